"""Responses in one figure."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from builders.bodies import PRIMED
from thecal.body import PLASMA, PUMP_RATE, TONE_LEGS, Ensemble, Inflow, Response, load_parameters, simulate
from thecal.lab import plot


def run(patients: int, until_h: float = 48) -> Response:
    return simulate(
        Ensemble.drawn(load_parameters(), patients, seed=1, cells_per_cm=1),
        sample_times_h=[0, until_h / 2, until_h],
        inflow=Inflow.of_doses({0: 100}, concentration_ug_mL=500, until_h=until_h),
        implant=PRIMED,
        sites=[],
    )


def texts(picture: bytes) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(picture).iter() if node.tag.endswith("text")]  # noqa: S314 - our own


def test_a_figure_names_every_run_every_quantity_with_its_unit_and_what_is_drawn() -> None:
    shown = texts(plot({"one": run(3), "other": run(3)}, [PUMP_RATE, PLASMA, TONE_LEGS]))

    for word in ("one", "other", "drug leaving the pump", "mcg/h", "plasma", "ng/mL", "tone, legs"):
        assert word in shown
    assert "hours since the start" in shown
    assert "model estimate, assumed parameters: median and 5 to 95 % of the drawn patients" in shown


def test_without_drawn_patients_the_typical_one_is_drawn_and_named() -> None:
    shown = texts(plot({"one": run(0, until_h=100)}, [PLASMA]))

    assert "model estimate, assumed parameters: the typical patient" in shown
    assert "days since the start" in shown
    assert "one" not in shown


def test_of_many_runs_only_the_medians_are_drawn_and_the_figure_says_so() -> None:
    three, four = (texts(plot({str(number): run(2) for number in range(many)}, [PLASMA])) for many in (3, 4))

    assert "model estimate, assumed parameters: median and 5 to 95 % of the drawn patients" in three
    assert "model estimate, assumed parameters: median of the drawn patients" in four


def test_the_same_runs_give_the_same_bytes() -> None:
    assert plot({"one": run(2)}, [PLASMA], in_decades=[PLASMA]) == plot(
        {"one": run(2)}, [PLASMA], in_decades=[PLASMA]
    )


@pytest.mark.parametrize(
    ("runs", "quantities", "said"),
    [
        (0, [PLASMA], "responses is 0 responses; allowed: 1 to 5"),
        (6, [PLASMA], "responses is 6 responses; allowed: 1 to 5"),
        (1, [], "quantities is 0 curves; allowed: 1 or more"),
        (1, ["csf_L3_ng_mL"], "'csf_L3_ng_mL' was not reported; allowed: plasma_ng_mL"),
    ],
)
def test_a_figure_of_nothing_or_too_much_is_refused(runs: int, quantities: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plot({str(number): run(1) for number in range(runs)}, quantities)
