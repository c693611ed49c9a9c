"""The shipped scenarios against what was published, and the pages that speak of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thecal.body import TIP_RATE
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

ROOT = Path(__file__).parents[3]
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


def test_a_bridge_keeps_the_dose_and_what_was_left_behind_raises_it_afterwards(
    outcomes: dict[str, Outcome],
) -> None:
    """1 mL of 2000 and 17 mL of 500 mcg/mL are 583 mcg/mL, not the 500 that the pump was told."""
    tip = outcomes["weaker-solution"].response.typical(TIP_RATE) * 24
    days = outcomes["weaker-solution"].response.sample_times_h / 24

    assert tip[days < 10] == pytest.approx(125, rel=1e-3)
    assert tip[-1] == pytest.approx(125 * (2000 + 17 * 500) / 18 / 500, rel=1e-3)


def test_a_leak_brings_the_stiffness_back_until_it_is_mended(outcomes: dict[str, Outcome]) -> None:
    found = {(one.name, one.at_h): one.median for one in findings(outcomes["leaking-catheter"])}
    tone = [found["tone in the legs, the same times", 24.0 * day] for day in (3, 8, 13)]
    tip = [found["drug at the tip before, during and after the leak", 24.0 * day] for day in (3, 8, 13)]

    assert tip == pytest.approx([6.25, 0.3 * 6.25, 6.25])
    assert tone[1] > tone[0] + 1
    assert tone[2] == pytest.approx(tone[0], abs=0.05)


def test_a_night_rate_is_felt_at_night_and_a_child_s_posture_thins_the_fluid(
    outcomes: dict[str, Outcome],
) -> None:
    outcome = outcomes["child-at-night"]
    noon, night, upright = (one.median or 0.0 for one in findings(outcome)[:3])

    assert night > 1.2 * noon
    assert 0 < upright < noon
    assert summarise(outcome)["changes"] == [{"at_h": 48.0, "what": "the patient changes: placed head up"}]


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
