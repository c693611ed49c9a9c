"""The shipped scenarios against what was published, and the pages that speak of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thecal.lab import (
    Outcome,
    findings,
    read_scenario,
    run_scenario,
    shipped_names,
    shipped_scenario,
    summarise,
)
from thecal.lab.report import comparison_table
from thecal.lab.scenario import Basis, Metric
from thecal.lab.scenario.events import EVENT_KINDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "guides" / "scenarios.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {name: run_scenario(shipped_scenario(name)) for name in shipped_names()}


def test_the_readme_says_what_the_scenarios_predict(outcomes: dict[str, Outcome]) -> None:
    stands = re.search(r"<!-- scenario table: .*? -->\n\n(.*?)\n<!-- end", README, re.DOTALL)

    assert stands is not None
    assert stands[1] == comparison_table(outcomes.values()), "run tools/scenario-table.py"


def test_no_prediction_is_off_by_more_than_a_factor_of_two(outcomes: dict[str, Outcome]) -> None:
    """Rows 1 to 8 of the published validation are accepted within a factor of 2."""
    for outcome in outcomes.values():
        for finding in findings(outcome):
            if finding.expected is not None and finding.median is not None:
                assert finding.expected.low / 2 <= finding.median <= finding.expected.high * 2, finding.name


def test_steady_states_are_steady(outcomes: dict[str, Outcome]) -> None:
    steady = [finding.steady for outcome in outcomes.values() for finding in findings(outcome)]

    assert False not in steady
    assert steady.count(True) >= 8


def test_each_rung_of_the_ladder_does_more_and_a_day_is_enough_to_be_back(
    outcomes: dict[str, Outcome],
) -> None:
    found = {finding.name: finding.median for finding in findings(outcomes["screening-ladder"])}
    falls = [found[f"fall of tone in the legs after {dose} mcg"] for dose in (50, 75, 100)]
    before = found["tone in the legs before the second and third step"]

    assert None not in falls
    assert falls == sorted(fall for fall in falls if fall is not None)
    assert before == pytest.approx(4, abs=0.1)


def test_a_missed_refill_brings_the_stiffness_back(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["missed-refill"]
    happened = summarise(outcome)["punctures_and_refills"]
    found = {finding.name: finding.median for finding in findings(outcome)}

    assert outcome.supply is not None
    assert outcome.supply.ran_dry is not None
    assert happened == [
        {"at_h": 480.0, "what": "missed refill: 18 mL of 500 mcg/mL"},
        {"at_h": 576.0, "what": "refill: 18 mL of 500 mcg/mL"},
    ]
    assert found["tone in the legs at the missed date"] == pytest.approx(1, abs=0.2)
    assert found["tone in the legs, highest before the refill"] == pytest.approx(4, abs=0.1)
    assert found["tone in the legs at the end"] == pytest.approx(1.7, abs=0.5)


def test_what_is_not_published_is_marked() -> None:
    bases = {name: shipped_scenario(name).basis for name in shipped_names()}

    assert bases["penn-1989"] is Basis.ASSUMED
    assert bases["missed-refill"] is Basis.CONSTRUCTED
    assert set(bases.values()) == set(Basis)


def test_every_shipped_scenario_has_a_cohort_of_64() -> None:
    assert {shipped_scenario(name).patients for name in shipped_names()} == {64}


def test_the_guides_example_runs() -> None:
    example = re.search(r"## A whole scenario\n\n```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert example is not None

    outcome = run_scenario(read_scenario(example[1].encode(), name="guide"), patients=2)

    assert len(findings(outcome)) == 4


def test_the_guide_names_every_kind_of_event_and_every_metric() -> None:
    """What the format refuses by name, the guide explains by the same name."""
    for word in (*EVENT_KINDS, *Metric):
        assert f"`{word}`" in GUIDE, word
