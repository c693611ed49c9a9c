"""A history is read from JSON strictly: every fault at once, each with its place and what is expected."""

import json
from typing import Any

import pytest

from architecture.repository import ROOT
from thecal.dosing.history import Aim, Limb
from thecal.dosing.history.document import HistoryError, history_schema, read_history
from thecal.dosing.limits import limits_for
from thecal.dosing.patient import Origin
from thecal.dosing.propose import propose
from thecal.pump import load_catalogue
from thecal.quantities import DoseRate, as_decimal

EXAMPLE = ROOT / "docs" / "guides" / "history.json"
SCHEMA = ROOT / "docs" / "guides" / "history.schema.json"


def _document(**changed: Any) -> str:
    return json.dumps({**json.loads(EXAMPLE.read_text(encoding="utf-8")), **changed})


def _faults(document: str) -> list[str]:
    with pytest.raises(HistoryError) as refused:
        read_history(document, capabilities=load_catalogue())
    return [str(fault) for fault in refused.value.faults]


def test_the_example_of_the_guide_is_read_with_every_value() -> None:
    history = read_history(_document(), capabilities=load_catalogue())

    assert history.origin is Origin.MULTIPLE_SCLEROSIS
    assert history.program.daily_doses is not None
    assert history.program.daily_doses[0] == DoseRate(ug_per_day=as_decimal("175"))
    assert [score.grade for score in history.scores] == [4, 3, 3]
    assert {score.limb for score in history.scores} == {Limb.LEGS}
    assert history.goals[0].aim is Aim.EASIER_TRANSFERS
    assert len(propose(history, limits_for()).options) == 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"dose": "1"}, "dose: is no field of it"),
        (
            {"program": {"continuous": 175}},
            "program.continuous: 175 is not text; write the amount with its unit",
        ),
        ({"program": {"continuous": "175"}}, "program.continuous: '175' "),
        (
            {"program": {"continuous": "175 mg/day"}},
            "program.continuous: the unit of '175 mg/day' is not known here",
        ),
        ({"program": {}}, "program: has no mode; give one of continuous, flex, stopped"),
        ({"program": {"continuous": "1 mcg/day", "stopped": True}}, "has continuous, stopped; give one of"),
        ({"now": "2026-03-02T09:00:00"}, "now: '2026-03-02T09:00:00': "),
        ({"pump": "other"}, "pump: 'other' is not known; known: "),
        ({"patient": {"origin": "spine"}}, "patient.origin: 'spine': "),
        ({"patient": {"age_years": "180"}}, "age_years: 180 is outside what can be, 0 y to 120 y"),
        ({"format": 2}, "format: 2: "),
        ({"scores": [{"at": "2026-03-01T09:00:00Z"}]}, "scores.0.scale: is missing"),
        ({"events": [{"at": "2026-03-03T09:00:00Z", "kind": "fall"}]}, "events: 03 March 2026"),
        ({"answers": {"pump_checked": "yes"}}, "answers.pump_checked: 'yes': "),
    ],
)
def test_a_slip_is_refused_with_its_place_and_value(changed: dict[str, Any], said: str) -> None:
    assert any(said in fault for fault in _faults(_document(**changed))), _faults(_document(**changed))


def test_every_fault_is_named_at_once() -> None:
    faults = _faults(_document(no_drug_for="3", patient={"origin": "spine"}, extra=1))

    assert {fault.split(":")[0] for fault in faults} == {"no_drug_for", "patient.origin", "extra"}


@pytest.mark.parametrize("text", ["", "{", "[]", "nul", '{"format": NaN}'])
def test_what_is_no_history_at_all_is_refused(text: str) -> None:
    assert _faults(text)


def test_the_committed_schema_is_the_one_that_is_read() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == history_schema()
