"""A lack of drug is refused or reported: no run goes to its end without drug and without a word."""

from __future__ import annotations

from dataclasses import astuple
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenarios import PUNCTURE, SMALL, problems_of, read, with_event
from thecal.lab import ScenarioError, run_scenario, summarise
from thecal.lab.run.summary import without_drug

NOTHING_USABLE = "the reservoir holds nothing that the pump can use"
FILL = 'fill = "18 mL"'


def meant(text: str) -> str:
    """Return a scenario that means its reservoir to run dry."""
    return text.replace('tip = "T10"', 'tip = "T10"\nruns_dry = true')


def refilled(fill: str, left_behind: str = "0 mL", at: str = "24 h") -> str:
    return with_event(
        f'at = "{at}"',
        'do = "refill"',
        f'fill = "{fill}"',
        f'left_behind = "{left_behind}"',
        'concentration = "500 mcg/mL"',
    )


def lacks(text: str) -> list[tuple[float, float, str]]:
    return [astuple(lack) for lack in without_drug(run_scenario(read(text), patients=1))]


def test_a_first_filling_of_which_nothing_is_usable_is_refused() -> None:
    (problem,) = problems_of(SMALL.replace(FILL, 'fill = "0.5 mL"'))

    assert problem.startswith(
        "implant.fill: leaves 0.5 mL in the reservoir, of which the pump can use nothing"
    )
    assert "allowed: more than 1.4 mL in it, or runs_dry = true in [implant]" in problem


@pytest.mark.parametrize(
    ("fill", "left_behind"), [("0 mL", "0 mL"), ("1.4 mL", "0 mL"), ("0.7 mL", "0.7 mL")]
)
def test_a_refill_of_which_nothing_is_usable_is_refused(fill: str, left_behind: str) -> None:
    (problem,) = problems_of(refilled(fill, left_behind))

    assert problem.startswith("event[2].fill: leaves ")
    assert "of which the pump can use nothing" in problem


def test_a_filling_that_is_meant_to_hold_nothing_usable_is_reported() -> None:
    text = meant(SMALL.replace(FILL, 'fill = "0.5 mL"'))

    assert lacks(text) == [(0, 48, NOTHING_USABLE)]
    assert summarise(run_scenario(read(text), patients=1))["without_drug"] == [
        {"from_h": 0.0, "until_h": 48.0, "why": NOTHING_USABLE}
    ]


def test_every_dry_stretch_is_reported_and_ends_with_a_refill() -> None:
    """1.6 mL lasts a day at 0.2 mL/day; then half a day of nothing, and a refill that lasts 6 h."""
    text = refilled("1.45 mL", at="36 h").replace(FILL, 'fill = "1.6 mL"')

    assert lacks(meant(text)) == [(24, 36, NOTHING_USABLE), (42, 48, NOTHING_USABLE)]
    with pytest.raises(ScenarioError, match="the refills last 1 day"):
        run_scenario(read(text))


def test_a_refill_of_nothing_usable_is_reported_from_the_refill_on() -> None:
    assert lacks(meant(refilled("1 mL"))) == [(24, 48, NOTHING_USABLE)]


def test_a_dose_of_more_than_is_usable_is_refused_by_the_pump() -> None:
    text = with_event('at = "12 h"', 'do = "single bolus"', 'dose = "100 mcg"', 'over = "1 h"')

    with pytest.raises(ScenarioError, match="event at 12 h"):
        run_scenario(read(text.replace(FILL, 'fill = "1.6 mL"').replace("100 mcg/day", "24 mcg/day")))


def test_a_pump_without_a_program_that_delivers_is_reported() -> None:
    text = SMALL.replace('do = "simple continuous"\ndose = "100 mcg/day"', 'do = "stop"')

    assert lacks(text) == [(0, 48, "the pump is given no program that delivers")]


def test_a_scenario_that_gives_no_drug_at_all_says_so() -> None:
    without = SMALL[: SMALL.index("[implant]")] + SMALL[SMALL.index("[[observe]]") :]

    assert lacks(without) == [(0, 48, "no event gives a drug")]
    assert lacks(without + PUNCTURE) == []


def test_a_run_that_never_lacks_drug_reports_nothing() -> None:
    assert lacks(SMALL) == []


@given(hundredths=st.integers(min_value=1, max_value=200))
@settings(max_examples=12)
def test_whatever_is_filled_in_it_lasts_or_is_refused_or_reported(hundredths: int) -> None:
    """0.4 mL are asked for in two days, beyond the 1.4 mL that are not usable."""
    fill = Decimal(hundredths) / 100
    text = SMALL.replace(FILL, f'fill = "{fill} mL"')
    lasts = fill >= Decimal("1.8")

    try:
        outcome = run_scenario(read(text), patients=1)
    except ScenarioError:
        assert not lasts
        outcome = run_scenario(read(meant(text)), patients=1)
    else:
        assert lasts

    assert outcome.supply is not None
    dry_h = sum(lack.until_h - lack.from_h for lack in without_drug(outcome))
    delivered_h = float(outcome.supply.delivery.volume.mL) / 0.2 * 24
    assert dry_h == pytest.approx(48 - delivered_h, abs=0.3)
