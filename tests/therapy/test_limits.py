from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import concentrations, dose_rates, masses
from builders.therapy import (
    BRIDGE,
    CAN,
    HOUR,
    MINUTE,
    PATIENT_BOLUS,
    PERIODIC,
    a_day,
    bolus,
    continuous,
    flex,
    flow,
    mL,
    only,
    program,
    refused,
    solution,
    ug,
)
from thecal.quantities import Concentration, DoseRate, Mass, read_dose_rate
from thecal.therapy import (
    Bridge,
    Fallback,
    Priming,
    Problem,
    Program,
    SimpleContinuous,
    SingleBolus,
    Stopped,
    UndeliverableError,
    compile_program,
)


@pytest.mark.requirement("ITB-045")
def test_a_refusal_names_field_value_unit_range_and_source() -> None:
    assert str(only(continuous(10))) == (
        "daily dose: 10 mcg/day is outside what is allowed, 24 mcg/day to 2000 mcg/day (who says flow_least)"
    )
    assert str(only(continuous(13000))) == (
        "daily dose: 13000 mcg/day is outside what is allowed, "
        "24 mcg/day to 2000 mcg/day (who says flow_most)"
    )
    assert str(only(program(flex(("00:00", 10), ("06:00", 200))))) == (
        "step at 00:00, every day: 10 mcg/day is outside what is allowed, "
        "0 mcg/day, or 24 mcg/day to 12000 mcg/day (who says flow_least)"
    )


LONG = 6 * HOUR


@pytest.mark.requirement("ITB-016", "ITB-017", "ITB-018", "ITB-032", "ITB-034", "ITB-045", "ITB-170")
@pytest.mark.parametrize(
    ("requested", "field", "allowed", "source"),
    [
        (continuous(2001), "24-hour dose", "0 mcg/day to 2000 mcg/day", "daily_dose_most"),
        (continuous(1950, bolus(75)), "24-hour dose", "0 mcg/day to 2000 mcg/day", "daily_dose_most"),
        (program(Fallback(dose=a_day(5))), "fallback dose", "24 mcg/day to 2000 mcg/day", "flow_least"),
        (continuous(100, bolus("100.25")), "single bolus", "0.25 mcg to 100 mcg", "single_bolus_most"),
        (continuous(100, bolus("0.2")), "single bolus", "0.25 mcg to 100 mcg", "quantum"),
        (
            continuous(100, bolus(25, 59 * MINUTE / 60)),
            "single bolus duration",
            "1 min to 6 h",
            "shortest_bolus",
        ),
        (continuous(100, bolus(25, 7 * HOUR)), "single bolus duration", "1 min to 6 h", "longest_bolus"),
        (
            continuous(100, bolus(100, MINUTE)),
            "flow during the single bolus",
            "0 mL/day to 24 mL/day",
            "flow_most",
        ),
        (
            continuous(100, Priming(volume=mL("0.0004"), duration=HOUR)),
            "priming",
            "0.0005 mL to 20 mL",
            "quantum",
        ),
        (
            continuous(100, Priming(volume=mL(1), duration=30 * MINUTE)),
            "flow during priming",
            "0 mL/day to 24 mL/day",
            "flow_most",
        ),
        (
            continuous(100, Priming(volume=mL(1), duration=7 * HOUR)),
            "priming duration",
            "1 min to 6 h",
            "longest_bolus",
        ),
        (
            continuous(200, replace(BRIDGE, dose=a_day(20)), at=2000),
            "bridge dose",
            "24 mcg/day to 2000 mcg/day",
            "flow_least",
        ),
        (
            program(replace(PERIODIC, background=a_day(5))),
            "background dose",
            "0 mcg/day, or 24 mcg/day to 12000 mcg/day",
            "flow_least",
        ),
        (
            program(replace(PERIODIC, bolus=ug(101))),
            "periodic bolus",
            "0.25 mcg to 100 mcg",
            "single_bolus_most",
        ),
        (
            program(replace(PERIODIC, bolus=ug(90), duration=5 * MINUTE)),
            "flow during the periodic bolus",
            "0 mL/day to 24 mL/day",
            "flow_most",
        ),
        (
            program(replace(PERIODIC, duration=timedelta(seconds=30))),
            "periodic bolus duration",
            "1 min to 6 h",
            "shortest_bolus",
        ),
        (
            program(flex(("00:00", 24), ("06:00", 2424), ("08:00", 24))),
            "flex dose in one hour",
            "0 mcg to 100 mcg",
            "single_bolus_most",
        ),
        (
            program(flex(*((f"{hour:02}:00", 100) for hour in range(14)))),
            "steps, every day",
            "1 to 13 a day",
            "flex_steps",
        ),
        (
            program(SimpleContinuous(dose=a_day(100)), patient_bolus=replace(PATIENT_BOLUS, dose=ug("0.1"))),
            "patient bolus",
            "0.25 mcg to 100 mcg",
            "quantum",
        ),
        (
            program(SimpleContinuous(dose=a_day(1990)), patient_bolus=PATIENT_BOLUS),
            "24-hour dose",
            "0 mcg/day to 2000 mcg/day",
            "daily_dose_most",
        ),
        (
            program(
                SimpleContinuous(dose=a_day(100)),
                bolus(80, 15 * MINUTE),
                patient_bolus=replace(PATIENT_BOLUS, dose=ug(90)),
            ),
            "flow during the patient bolus",
            "0 mL/day to 24 mL/day",
            "flow_most",
        ),
    ],
)
def test_what_the_pump_cannot_do_is_refused_with_both_ends_of_what_it_can(
    requested: Program, field: str, allowed: str, source: str
) -> None:
    problem = only(requested)

    assert (problem.field, problem.allowed, problem.source) == (field, allowed, f"who says {source}")


def test_the_pumps_ends_are_its_own() -> None:
    least, most = continuous("2.4", at=50), continuous(1200, at=50)

    assert compile_program(least, CAN).program == least
    assert compile_program(most, CAN).program == most
    assert only(continuous("2.3999", at=50)).source == "who says flow_least"
    assert only(continuous("1200.0001", at=50)).source == "who says flow_most"


def test_every_amount_that_cannot_be_is_named_at_once() -> None:
    requested = program(flex(("00:00", 10), ("06:00", 13000)), bolus(500, 7 * HOUR))

    assert [problem.field for problem in refused(requested)] == [
        "step at 00:00, every day",
        "step at 06:00, every day",
        "single bolus duration",
        "single bolus",
    ]


@pytest.mark.requirement("ITB-036")
def test_what_runs_once_needs_a_reservoir_that_holds_it() -> None:  # ITB-036
    requested = continuous(480, bolus(50, HOUR))

    assert compile_program(requested, CAN, usable=mL("0.14"))
    problem = only(requested, usable=mL("0.1399"))
    assert str(problem) == (
        "reservoir: 0.14 mL needed is outside what is allowed, 0 mL to 0.1399 mL "
        "(usable content of the reservoir; ITB-036)"
    )
    assert only(continuous(100, Priming(volume=mL(1), duration=2 * HOUR)), usable=mL(0)).field == "reservoir"
    assert compile_program(continuous(480), CAN, usable=mL(0))


@given(concentrations(), st.sampled_from(["low", "high"]))
def test_both_ends_of_the_range_shown_are_accepted(concentration: Concentration, end: str) -> None:
    requested = program(flex(("00:00", 0), ("01:00", 1), ("01:01", 0)))
    can = replace(
        CAN, daily_dose_most=a_day(100_000), single_bolus_most=ug(100_000), flow_step=flow("0.0007")
    )
    with pytest.raises(UndeliverableError) as refusal:
        compile_program(replace(requested, concentration=concentration), can)
    low, high = refusal.value.problems[0].allowed.removeprefix("0 mcg/day, or ").split(" to ")

    dose = read_dose_rate(low if end == "low" else high, field="step")

    base = SimpleContinuous(dose=dose)
    assert compile_program(Program(drug=requested.drug, concentration=concentration, base=base), can)


@pytest.mark.requirement("ITB-002")
@given(dose_rates(), concentrations())
def test_any_dose_of_the_pumps_range_is_reachable_to_a_step(
    dose: DoseRate, concentration: Concentration
) -> None:
    least = Fraction(CAN.flow_least.mL_per_day) * Fraction(concentration.ug_per_mL)
    requested = Program(
        drug=program(Stopped()).drug, concentration=concentration, base=SimpleContinuous(dose=dose)
    )
    if not least <= Fraction(dose.ug_per_day) <= 24 * Fraction(concentration.ug_per_mL):
        assert "daily dose" in {problem.field for problem in refused(requested)}
        return

    programmed = compile_program(requested, CAN).program.mean_daily_dose

    assert programmed is not None
    assert (
        0
        <= Fraction(dose.ug_per_day) - Fraction(programmed.ug_per_day)
        < Fraction(concentration.ug_per_mL) / 1000
    )


@pytest.mark.requirement("ITB-034")
@given(masses(least="0.0001"))
def test_a_bolus_of_any_amount_is_whole_quanta_or_refused(dose: Mass) -> None:
    requested = continuous(100, SingleBolus(dose=dose, duration=LONG))
    if dose < ug("0.25"):
        assert only(requested).field == "single bolus"
        return

    once = compile_program(requested, CAN).program.once

    assert isinstance(once, SingleBolus)
    assert once.dose.ug % Decimal("0.25") == 0
    assert dose.ug - Decimal("0.25") < once.dose.ug <= dose.ug


@pytest.mark.parametrize(
    "change",
    [
        {"quantum": mL(0)},
        {"flow_step": flow(0)},
        {"flow_least": flow(0)},
        {"flow_least": flow(25)},
        {"flex_steps": 0},
        {"shortest_bolus": timedelta(0)},
        {"longest_bolus": timedelta(seconds=59)},
    ],
)
def test_a_pump_that_can_do_nothing_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="test pump: "):
        replace(CAN, **change)  # type: ignore[arg-type]


def test_a_pumps_limit_says_who_says_so() -> None:
    assert CAN.source("quantum") == "who says quantum"
    with pytest.raises(KeyError):
        CAN.source("colour")


def test_a_bridge_and_the_base_program_share_the_days_maximum() -> None:
    base = flex(("00:00", 2200), ("20:00", 0))
    bridge = Bridge(dose=a_day(1900), old_concentration=solution(500), dead_volume=mL("0.4"))

    assert compile_program(program(base), CAN)
    assert compile_program(continuous(1900, bridge), CAN)
    assert only(program(base, bridge)) == Problem(
        field="24-hour dose",
        value="2033.3171 mcg/day",
        allowed="0 mcg/day to 2000 mcg/day",
        source="who says daily_dose_most",
    )
