"""The worked examples of refills, changeovers and dead space come out to the last digit."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from builders.rules.example import mcg, mcg_per_day, mcg_per_ml, ml
from builders.rules.supply import CHANGE, DRAINED, NEW
from thecal.dosing.limits import limits_for
from thecal.dosing.supply import (
    ManualDoseFacts,
    alarm_volume,
    changeover_findings,
    drained_findings,
    effective_concentration,
    manual_dose,
    prime,
    replacement,
)
from thecal.dosing.supply.changeover import ChangeoverFacts
from thecal.quantities import FlowRate
from thecal.therapy import prime_volume

LIMITS = limits_for()


def _codes(facts: ChangeoverFacts) -> list[str]:
    return [finding.code for finding in changeover_findings(facts, LIMITS).results]


@pytest.mark.parametrize(("fill", "gives"), [("18.6", "605"), ("38.6", "552.5")])
def test_a_residual_of_2000_makes_500_stronger(fill: str, gives: str) -> None:
    effective = effective_concentration(
        residual=ml("1.4"), old=mcg_per_ml("2000"), fill=ml(fill), filled=mcg_per_ml("500")
    )

    assert effective == mcg_per_ml(gives)


def test_the_dilution_is_written_with_both_concentrations() -> None:
    (diluted, _) = changeover_findings(CHANGE, LIMITS).results

    assert diluted.says == (
        "With the residual volume the reservoir holds 605 mcg/mL, not 500 mcg/mL: 21 % away from it."
    )


@pytest.mark.parametrize(("fill", "found"), [("30", 0), ("29.9", 1)])
def test_a_dilution_of_just_the_limit_is_passed(fill: str, found: int) -> None:
    facts = replace(CHANGE, old=mcg_per_ml("1275"), residual=ml("1"), fill=ml(fill))

    assert _codes(facts).count("changeover.diluted") == found


@pytest.mark.parametrize("answer", [{"is_rinsed": True}, {"by_effective": True}])
def test_a_rinse_or_the_effective_concentration_answers_it(answer: dict[str, bool]) -> None:
    assert _codes(replace(CHANGE, **answer)) == ["changeover.bridge"]


@pytest.mark.parametrize(
    ("old", "new", "dose", "hours", "without"),
    [
        ("500", "2000", "200", "18.96", "50"),
        ("1000", "2000", "200", "37.92", "100"),
        ("2000", "500", "400", "37.92", "1600"),
        ("500", "2000", "400", "9.48", "100"),
    ],
)
def test_a_bridge_lasts_until_the_old_solution_is_out(
    old: str, new: str, dose: str, hours: str, without: str
) -> None:
    facts = replace(
        CHANGE,
        old=mcg_per_ml(old),
        filled=mcg_per_ml(new),
        current=mcg_per_day(dose),
        proposed=mcg_per_day(dose),
        is_rinsed=True,
    )
    (bridge,) = changeover_findings(facts, LIMITS).results
    values = dict(bridge.values)

    assert values["length"] == timedelta(hours=float(hours))
    assert values["without"] == mcg_per_day(without)
    assert values["shown"] == mcg_per_ml(new).of(ml("0.316"))
    assert values["true"] == mcg_per_ml(old).of(ml("0.316"))


@pytest.mark.parametrize(("proposed", "for_overdose"), [("100", "yes"), ("0", "yes"), ("0", "")])
def test_a_stop_and_a_decrease_for_overdose_are_not_held_back(proposed: str, for_overdose: str) -> None:
    facts = replace(CHANGE, proposed=mcg_per_day(proposed), for_overdose=bool(for_overdose))

    assert "changeover.other-change" not in _codes(facts)


def test_the_same_concentration_needs_no_bridge() -> None:
    assert _codes(replace(CHANGE, filled=CHANGE.old, proposed=mcg_per_day("500"))) == []


@pytest.mark.parametrize("drained", ["3", "1", "5"])
def test_a_difference_of_just_the_limit_is_passed(drained: str) -> None:
    assert drained_findings(replace(DRAINED, drained=ml(drained)), LIMITS).results == ()


def test_a_kept_catheter_full_of_drug_is_not_primed() -> None:
    assert prime(replace(NEW, catheter_full=True, tubing_primed=None), LIMITS).results == (ml("0"),)


def test_80_cm_of_catheter_and_the_tubing_hold_0_316_ml() -> None:
    whole = prime_volume(
        tubing=LIMITS["prime_tubing"].volume, catheter_mL_per_cm=Decimal("0.0022"), length_cm=Decimal(80)
    )

    assert whole == ml("0.316")
    assert prime(NEW, LIMITS).results == (whole,)
    assert mcg_per_ml("2000").of(whole) == mcg("632")


def test_a_catheter_of_2000_gives_352_mcg_and_is_refused() -> None:
    facts = ManualDoseFacts(volume=ml("0.176"), concentration=mcg_per_ml("2000"), is_aspirated=False)
    (blocked,) = manual_dose(facts, LIMITS).results

    assert facts.dose == mcg("352")
    assert blocked.is_hard


@pytest.mark.parametrize("volume", ["0.025", "0.001"])
def test_a_small_manual_dose_gives_no_warning(volume: str) -> None:
    facts = ManualDoseFacts(volume=ml(volume), concentration=mcg_per_ml("1000"), is_aspirated=False)

    assert manual_dose(facts, LIMITS).results == ()


def test_the_alarm_leaves_seven_days_at_the_fastest_delivery() -> None:
    flow = FlowRate(mL_per_day=Decimal("0.4"))

    assert alarm_volume(flow, ml("1.4"), LIMITS) == ml("4.606")


def test_a_pump_ends_with_its_life_or_after_its_notice() -> None:
    implanted = date(2020, 3, 1)

    assert replacement(implanted, None, LIMITS).ends == date(2027, 3, 1)
    assert replacement(implanted, date(2026, 1, 1), LIMITS).ends == date(2026, 4, 1)
    assert replacement(implanted, date(2027, 2, 1), LIMITS).ends == date(2027, 3, 1)
    assert replacement(date(2020, 2, 29), None, LIMITS).ends == date(2027, 2, 28)


def test_a_replacement_is_planned_six_and_booked_three_months_ahead() -> None:
    dates = replacement(date(2020, 9, 1), None, LIMITS)

    assert dates.plan_from <= date(2027, 3, 1)
    assert dates.book_by <= date(2027, 6, 1)


def test_a_notice_before_the_implant_is_refused() -> None:
    with pytest.raises(ValueError, match="is before the implant"):
        replacement(date(2026, 1, 1), date(2025, 1, 1), LIMITS)
