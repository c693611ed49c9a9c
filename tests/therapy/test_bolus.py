from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given

from builders.strategies import concentrations, onces, patient_boluses
from builders.therapy import DAY, HOUR, MINUTE, a_day, bolus, mL, solution, ug
from thecal.quantities import MICROSECONDS_PER_DAY, Concentration, microseconds
from thecal.therapy import (
    Bridge,
    Once,
    PatientBolus,
    Priming,
    ProgramError,
    SingleBolus,
    once_duration,
    once_flow,
)
from thecal.therapy.bolus import describe_once, describe_patient_bolus


def bridge(dose: str | int = 200, old: str | int = 500, dead: str = "0.316") -> Bridge:
    return Bridge(dose=a_day(dose), old_concentration=solution(old), dead_volume=mL(dead))


@pytest.mark.requirement("ITB-050")
@pytest.mark.parametrize(
    ("old", "dose", "hours"), [(500, 200, "19.0"), (1000, 200, "37.9"), (2000, 400, "37.9")]
)
def test_a_bridge_lasts_until_the_old_drug_has_left_the_catheter(
    old: int, dose: int, hours: str
) -> None:  # C6
    length = bridge(dose, old).duration

    assert f"{length / HOUR:.1f}" == hours
    assert not length.microseconds


def test_the_length_of_a_bridge_is_exact_to_the_second() -> None:  # C6
    assert bridge().duration == timedelta(hours=18, minutes=57, seconds=36)


@pytest.mark.requirement("ITB-050")
def test_a_bridge_flows_at_the_pace_that_keeps_the_dose() -> None:  # C7: q = D / C_old
    assert once_flow(bridge(), solution(2000)) == Fraction(2, 5)


@pytest.mark.requirement("ITB-023")
@given(onces(), concentrations())
def test_what_runs_once_delivers_its_own_volume(once: Once, concentration: Concentration) -> None:  # ITB-023
    volume = once_flow(once, concentration) * microseconds(once_duration(once)) / MICROSECONDS_PER_DAY

    match once:
        case SingleBolus(dose=dose):
            assert volume * Fraction(concentration.ug_per_mL) == Fraction(dose.ug)
        case Priming(volume=prime):
            assert volume == Fraction(prime.mL)
        case Bridge(dead_volume=dead):  # cut to the second, so short by less than a second's flow
            second = once_flow(once, concentration) / 86_400
            assert 0 <= Fraction(dead.mL) - volume < second


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bolus(0), "0 mcg is not a bolus"),
        (lambda: bolus(5, timedelta(0)), "single bolus duration: 0 s is outside .* 1 s to 180 days"),
        (lambda: bolus(5, timedelta(microseconds=1)), r"single bolus duration: 0\.000001 s is outside"),
        (lambda: bolus(5, 181 * DAY), "single bolus duration: 15638400 s is outside .* 1 s to 180 days"),
        (lambda: Priming(volume=mL(0), duration=HOUR), "0 mL primes nothing"),
        (lambda: Priming(volume=mL(1), duration=-HOUR), "priming duration: -3600 s is outside"),
        (lambda: bridge(dose=0), "must all be above 0"),
        (lambda: bridge(old=0), "must all be above 0"),
        (lambda: bridge(dead="0"), "must all be above 0"),
        (lambda: bridge(dose="0.0001"), "lasts 136512000000 s, which is outside .* 1 s to 180 days"),
        (lambda: bridge(dose=2000, old=50, dead="0.0001"), "lasts 0 s, which is outside .* 1 s to 180 days"),
    ],
)
def test_what_no_pump_could_mean_is_refused(make: object, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.requirement("ITB-023")
def test_what_runs_once_is_said_with_its_end_and_amount() -> None:  # ITB-023
    assert describe_once(bolus("50.0", 30 * MINUTE)) == (
        "single bolus, once: 50 mcg over 30 min, on top of the base program"
    )
    assert describe_once(Priming(volume=mL("0.14"), duration=HOUR)) == (
        "priming, once: 0.14 mL over 1 h, then the base program"
    )
    assert describe_once(bridge()) == (
        "bridge, once: 200 mcg/day of the old 500 mcg/mL for 18 h 57 min 36 s, then the base program"
    )


def allowance(**changes: object) -> PatientBolus:
    settings: dict[str, object] = {
        "dose": ug(5),
        "duration": 10 * MINUTE,
        "most_per_day": 4,
        "lockout": 2 * HOUR,
    }
    return PatientBolus(**(settings | changes))  # type: ignore[arg-type]


@pytest.mark.requirement("ITB-026", "ITB-038")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dose": ug(0)}, "must be above 0"),
        ({"most_per_day": 0}, "must be above 0"),
        ({"duration": timedelta(0)}, "patient bolus duration: 0 s is outside"),
        ({"lockout": timedelta(seconds=7200, microseconds=1)}, "patient bolus lockout: .* whole seconds"),
        ({"lockout": 9 * MINUTE}, r"a lockout of 9 min is shorter than the bolus \(10 min\)"),
    ],
)
def test_a_patient_bolus_without_limits_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        allowance(**change)


def test_a_patient_bolus_is_said_with_all_its_limits() -> None:
    assert describe_patient_bolus(allowance()) == (
        "patient bolus, on request: 5 mcg over 10 min, at most 4 in 24 h, at least 2 h apart"
    )


@given(patient_boluses())
def test_a_day_of_asking_adds_up(allowed: PatientBolus) -> None:
    assert allowed.most_in_a_day.ug == allowed.dose.ug * allowed.most_per_day
