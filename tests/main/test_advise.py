"""``thecal advise``: proposals for a history file, on screen and as JSON; a slip ends with status 2."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from architecture.repository import ROOT
from thecal.main.commands import app

HISTORY = ROOT / "docs" / "guides" / "history.json"


def _advise(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["advise", *arguments], env={"COLUMNS": "120"})
    return result.exit_code, result.output


def test_the_options_are_shown_with_dose_and_refill_date() -> None:
    status, shown = _advise(str(HISTORY), "--jurisdiction", "US")

    assert status == 0
    assert "no change" in shown
    assert "227.5 mcg/day" in shown
    assert "a person signs" in shown


def test_without_a_jurisdiction_the_strictest_step_is_the_largest_that_is_offered() -> None:
    _, shown = _advise(str(HISTORY))

    assert "201.2 mcg/day" in shown
    assert "227.5 mcg/day" not in shown


def test_the_json_has_options_with_findings_and_their_sources(tmp_path: Path) -> None:
    changed = json.loads(HISTORY.read_text(encoding="utf-8"))
    changed["answers"]["pump_checked"] = False
    written = tmp_path / "history.json"
    written.write_text(json.dumps(changed), encoding="utf-8")

    status, shown = _advise(str(written), "--json")

    proposal = json.loads(shown)
    codes = {finding["code"] for option in proposal["options"] for finding in option["findings"]}
    assert status == 0
    assert proposal["options"][0]["kind"] == "no change"
    assert "titration.pump-not-checked" in codes


def test_a_slip_in_the_file_is_named_with_its_place(tmp_path: Path) -> None:
    slip = tmp_path / "slip.json"
    slip.write_text(HISTORY.read_text(encoding="utf-8").replace("175 mcg/day", "175"), encoding="utf-8")

    status, shown = _advise(str(slip))

    assert status == 2
    assert "program.continuous: " in shown
    assert "last_effective_dose: " in shown


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, what: str) -> None:
    path = tmp_path if what == "folder" else tmp_path / "none.json"

    status, shown = _advise(str(path))

    assert status == 2
    assert path.name in shown.replace("\n", "")


def test_each_option_has_what_the_patients_own_model_expects() -> None:
    _, shown = _advise(str(HISTORY), "--json", "--jurisdiction", "US")

    proposal = json.loads(shown)
    outlook = proposal["outlook"]
    assert [one["kind"] for one in outlook["options"]] == [one["kind"] for one in proposal["options"]]
    assert sorted(one["sedation_rank"] for one in outlook["options"]) == [1, 2, 3, 4]
    assert outlook["label"] == "model estimate, assumed parameters"
    for option in outlook["options"]:
        first = option["tone"][0]
        assert first["score"]["low"] <= first["score"]["middle"] <= first["score"]["high"]
        assert 0.8 <= first["score"]["share"] <= 1
    assert outlook["teaches_most"]


def test_a_pattern_that_gains_little_is_shown_as_no_difference_expected() -> None:
    _, shown = _advise(str(HISTORY), "--jurisdiction", "US")

    assert "no difference" in shown
    assert "withdrawal after a stop" in shown


def test_the_rules_alone_show_no_model() -> None:
    status, shown = _advise(str(HISTORY), "--rules-only", "--json")

    assert status == 0
    assert "outlook" not in json.loads(shown)
