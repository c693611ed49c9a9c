from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import capabilities, compiled_programs, concentrations, dose_rates, masses, programs
from thecal.quantities import Concentration, DoseRate, Interval, Mass, read_dose_rate
from thecal.therapy import (
    Base,
    Bridge,
    Capability,
    Compiled,
    Fallback,
    Flex,
    MinimumRate,
    PatientBolus,
    PeriodicBolus,
    Priming,
    Problem,
    Program,
    SimpleContinuous,
    SingleBolus,
    Stopped,
    UndeliverableError,
    compile_program,
    pieces,
)
from therapy.reference import (
    CAN,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    UTC_CLOCK,
    a_day,
    bolus,
    continuous,
    day,
    flex,
    flow,
    mL,
    program,
    strength,
    ug,
)

PERIODIC = PeriodicBolus(background=a_day(50), bolus=ug(10), duration=15 * MINUTE, interval=6 * HOUR)
BRIDGE = Bridge(dose=a_day(200), old_concentration=strength(500), dead_volume=mL("0.316"))
ASKED_FOR = PatientBolus(dose=ug(5), duration=10 * MINUTE, most_per_day=4, lockout=2 * HOUR)


def refused(asked: Program, **settings: object) -> tuple[Problem, ...]:
    """Return why a program is refused."""
    with pytest.raises(UndeliverableError) as refusal:
        compile_program(asked, CAN, **settings)  # type: ignore[arg-type]
    assert all(str(problem) in str(refusal.value) for problem in refusal.value.problems)
    return refusal.value.problems


def only(asked: Program, **settings: object) -> Problem:
    """Return the one reason why a program is refused."""
    (problem,) = refused(asked, **settings)
    return problem


def paces(base: Base) -> list[Fraction]:
    """Return every continuous dose that a base mode is made of, in mcg/day."""
    match base:
        case Stopped() | MinimumRate():
            return []
        case Fallback(dose=dose) | SimpleContinuous(dose=dose):
            return [Fraction(dose.ug_per_day)]
        case Flex(days=days):
            return [Fraction(step.rate.ug_per_day) for each in days for step in each.steps]
        case PeriodicBolus(background=background):
            return [Fraction(background.ug_per_day)]


def amounts(what: Program) -> list[tuple[Fraction, Fraction]]:
    """Return every amount of a program with the pump's step for it."""
    strength_ = Fraction(what.concentration.ug_per_mL)
    step, quantum = Fraction(CAN.flow_step.mL_per_day), Fraction(CAN.quantum.mL)
    found = [(pace, step * strength_) for pace in paces(what.base)]
    if isinstance(what.base, PeriodicBolus):
        found.append((Fraction(what.base.bolus.ug), quantum * strength_))
    match what.once:
        case SingleBolus(dose=dose):
            found.append((Fraction(dose.ug), quantum * strength_))
        case Priming(volume=volume):
            found.append((Fraction(volume.mL), quantum))
        case Bridge(dose=pace, old_concentration=old):
            found.append((Fraction(pace.ug_per_day), step * Fraction(old.ug_per_mL)))
        case None:
            pass
    if what.patient_bolus is not None:
        found.append((Fraction(what.patient_bolus.dose.ug), quantum * strength_))
    return found


@st.composite
def accepted(draw: st.DrawFn) -> tuple[Program, Compiled]:
    """Draw a program that is not quite what the pump can do, and what it becomes."""
    fits = draw(compiled_programs(CAN))
    more = draw(st.decimals("0", "0.9", places=3))

    def nudged(pace: DoseRate) -> DoseRate:
        step = CAN.flow_step.as_dose(fits.concentration)
        return pace if pace.is_zero else pace + step.scaled(more)

    base = fits.base
    match base:
        case Fallback(dose=dose) | SimpleContinuous(dose=dose):
            base = replace(base, dose=nudged(dose))
        case Flex(days=days):
            base = Flex(
                tuple(
                    replace(each, steps=tuple(replace(step, rate=nudged(step.rate)) for step in each.steps))
                    for each in days
                )
            )
        case PeriodicBolus():
            base = replace(base, background=nudged(base.background))
        case Stopped() | MinimumRate():
            pass
    asked = replace(fits, base=base)
    return asked, compile_program(asked, CAN)


@given(accepted())
def test_no_amount_is_rounded_up_and_none_by_a_whole_step(drawn: tuple[Program, Compiled]) -> None:
    asked, compiled = drawn

    for (wanted, step), (got, _) in zip(amounts(asked), amounts(compiled.program), strict=True):
        assert 0 <= wanted - got < step


@given(accepted())
def test_everything_given_is_a_whole_number_of_the_pumps_steps(drawn: tuple[Program, Compiled]) -> None:
    _, compiled = drawn

    assert all(got % step == 0 for got, step in amounts(compiled.program))  # ITB-002


@given(accepted())
def test_compiling_twice_changes_nothing(drawn: tuple[Program, Compiled]) -> None:
    _, compiled = drawn

    assert compile_program(compiled.program, CAN) == Compiled(program=compiled.program, roundings=())


@given(accepted())
def test_every_rounding_is_shown_and_can_be_seen(drawn: tuple[Program, Compiled]) -> None:
    asked, compiled = drawn

    assert (asked == compiled.program) == (not compiled.roundings)
    assert all(rounding.asked != rounding.given for rounding in compiled.roundings)
    assert len({rounding.what for rounding in compiled.roundings}) == len(compiled.roundings)


@given(programs(), capabilities())
def test_any_program_and_any_pump_are_compiled_or_refused_with_every_reason(
    asked: Program, can: Capability
) -> None:
    try:
        given_ = compile_program(asked, can).program
    except UndeliverableError as refusal:
        assert refusal.problems  # noqa: PT017 - either outcome is right
        assert all(each.field and each.value and each.allowed for each in refusal.problems)  # noqa: PT017
    else:
        assert compile_program(given_, can).program == given_


@given(compiled_programs(CAN))
def test_a_compiled_program_never_flows_faster_than_the_pump_can(what: Program) -> None:  # ITB-016
    window = Interval(NOW, NOW + timedelta(days=9))

    parts = pieces(what, window, started=NOW, clock=UTC_CLOCK, minimum_rate=CAN.minimum_rate)

    assert max(part.mL_per_day for part in parts) <= Fraction(CAN.flow_most.mL_per_day)


@given(compiled_programs(CAN), st.timedeltas(timedelta(0), timedelta(days=8)))
def test_no_24_hours_of_a_compiled_program_hold_more_than_the_daily_maximum(
    what: Program, after: timedelta
) -> None:  # ITB-018, ITB-035
    start = NOW + after
    parts = pieces(
        what, Interval(start, start + DAY), started=NOW, clock=UTC_CLOCK, minimum_rate=CAN.minimum_rate
    )
    volume = sum((part.volume for part in parts), Fraction(0))
    primed = Fraction(what.once.volume.mL) if isinstance(what.once, Priming) else Fraction(0)
    if isinstance(what.once, Bridge) and start < NOW + what.once.duration:
        return  # two solutions; the next test has that day

    assert (volume - primed) * Fraction(what.concentration.ug_per_mL) <= 2000


def test_a_bridge_and_the_base_program_share_the_days_maximum() -> None:
    base = flex(("00:00", 2200), ("20:00", 0))
    bridge = Bridge(dose=a_day(1900), old_concentration=strength(500), dead_volume=mL("0.4"))

    assert compile_program(program(base), CAN)
    assert compile_program(continuous(1900, bridge), CAN)
    assert only(program(base, bridge)) == Problem(
        field="24-hour dose",
        value="2033.3171 mcg/day",
        allowed="0 mcg/day to 2000 mcg/day",
        source="who says daily_dose_most",
    )


@pytest.mark.parametrize(
    ("asked", "given_"),
    [
        (continuous("100.3"), continuous("100")),
        (continuous("125.75"), continuous("125.5")),
        (program(Fallback(dose=a_day("80.49"))), program(Fallback(dose=a_day(80)))),
        (program(flex(("00:00", "100.3"), ("06:00", 0))), program(flex(("00:00", 100), ("06:00", 0)))),
        (continuous(100, bolus("25.3")), continuous(100, bolus("25.25"))),
        (
            continuous(100, Priming(volume=mL("0.3164"), duration=HOUR)),
            continuous(100, Priming(volume=mL("0.316"), duration=HOUR)),
        ),
        (
            continuous(200, replace(BRIDGE, dose=a_day("200.3")), at=2000),
            continuous(200, BRIDGE, at=2000),
        ),
        (
            program(replace(PERIODIC, background=a_day("50.2"), bolus=ug("10.1"))),
            program(replace(PERIODIC, background=a_day(50), bolus=ug(10))),
        ),
        (
            program(SimpleContinuous(dose=a_day(100)), patient_bolus=replace(ASKED_FOR, dose=ug("5.2"))),
            program(SimpleContinuous(dose=a_day(100)), patient_bolus=ASKED_FOR),
        ),
        (program(Stopped()), program(Stopped())),
        (program(MinimumRate()), program(MinimumRate())),
    ],
)
def test_every_mode_is_rounded_down_to_what_the_pump_can_do(asked: Program, given_: Program) -> None:
    assert compile_program(asked, CAN).program == given_


def test_the_same_day_is_rounded_once_and_said_so() -> None:
    compiled = compile_program(program(flex(("00:00", "100.3"), ("06:00", 140))), CAN)

    assert [(each.what, each.asked, each.given) for each in compiled.roundings] == [
        ("step at 00:00, every day", "100.3 mcg/day", "100 mcg/day")
    ]


def test_different_days_are_rounded_each_by_its_name() -> None:
    work, rest = day(("00:00", "100.3")), day(("00:00", 100), ("10:00", "120.4"))

    compiled = compile_program(program(Flex((work,) * 5 + (rest,) * 2)), CAN)

    assert [each.what for each in compiled.roundings] == [
        "step at 00:00, every Monday, Tuesday, Wednesday, Thursday and Friday",
        "step at 10:00, every Saturday and Sunday",
    ]


def test_a_rounding_too_small_for_four_places_is_shown_with_more() -> None:
    (rounding,) = compile_program(continuous("100.00001"), CAN).roundings

    assert (rounding.asked, rounding.given) == ("100.00001 mcg/day", "100 mcg/day")


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


@pytest.mark.parametrize(
    ("asked", "field", "allowed", "source"),
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
            program(SimpleContinuous(dose=a_day(100)), patient_bolus=replace(ASKED_FOR, dose=ug("0.1"))),
            "patient bolus",
            "0.25 mcg to 100 mcg",
            "quantum",
        ),
        (
            program(SimpleContinuous(dose=a_day(1990)), patient_bolus=ASKED_FOR),
            "24-hour dose",
            "0 mcg/day to 2000 mcg/day",
            "daily_dose_most",
        ),
        (
            program(
                SimpleContinuous(dose=a_day(100)),
                bolus(80, 15 * MINUTE),
                patient_bolus=replace(ASKED_FOR, dose=ug(90)),
            ),
            "flow during the patient bolus",
            "0 mL/day to 24 mL/day",
            "flow_most",
        ),
    ],
)
def test_what_the_pump_cannot_do_is_refused_with_both_ends_of_what_it_can(
    asked: Program, field: str, allowed: str, source: str
) -> None:
    problem = only(asked)

    assert (problem.field, problem.allowed, problem.source) == (field, allowed, f"who says {source}")


def test_every_amount_that_cannot_be_is_named_at_once() -> None:
    asked = program(flex(("00:00", 10), ("06:00", 13000)), bolus(500, 7 * HOUR))

    assert [problem.field for problem in refused(asked)] == [
        "step at 00:00, every day",
        "step at 06:00, every day",
        "single bolus duration",
        "single bolus",
    ]


def test_what_runs_once_needs_a_reservoir_that_holds_it() -> None:  # ITB-036
    asked = continuous(480, bolus(50, HOUR))

    assert compile_program(asked, CAN, usable=mL("0.14"))
    problem = only(asked, usable=mL("0.1399"))
    assert str(problem) == (
        "reservoir: 0.14 mL needed by what runs once is outside what is allowed, 0 mL to 0.1399 mL "
        "(usable content of the reservoir; ITB-036)"
    )
    assert only(continuous(100, Priming(volume=mL(1), duration=2 * HOUR)), usable=mL(0)).field == "reservoir"
    assert compile_program(continuous(480), CAN, usable=mL(0))


@given(concentrations(), st.sampled_from(["low", "high"]))
def test_both_ends_of_the_range_shown_are_accepted(concentration: Concentration, end: str) -> None:
    asked = program(flex(("00:00", 0), ("01:00", 1), ("01:01", 0)))
    can = replace(
        CAN, daily_dose_most=a_day(100_000), single_bolus_most=ug(100_000), flow_step=flow("0.0007")
    )
    with pytest.raises(UndeliverableError) as refusal:
        compile_program(replace(asked, concentration=concentration), can)
    low, high = refusal.value.problems[0].allowed.removeprefix("0 mcg/day, or ").split(" to ")

    dose = read_dose_rate(low if end == "low" else high, field="step")

    base = SimpleContinuous(dose=dose)
    assert compile_program(Program(drug=asked.drug, concentration=concentration, base=base), can)


@given(dose_rates(), concentrations())
def test_any_dose_of_the_pumps_range_is_reachable_to_a_step(
    dose: DoseRate, concentration: Concentration
) -> None:
    least = Fraction(CAN.flow_least.mL_per_day) * Fraction(concentration.ug_per_mL)
    asked = Program(
        drug=program(Stopped()).drug, concentration=concentration, base=SimpleContinuous(dose=dose)
    )
    if not least <= Fraction(dose.ug_per_day) <= 24 * Fraction(concentration.ug_per_mL):
        assert "daily dose" in {problem.field for problem in refused(asked)}
        return

    given_ = compile_program(asked, CAN).program.mean_daily_dose

    assert given_ is not None
    assert (
        0
        <= Fraction(dose.ug_per_day) - Fraction(given_.ug_per_day)
        < Fraction(concentration.ug_per_mL) / 1000
    )


@given(masses(least="0.0001"))
def test_a_bolus_of_any_amount_is_whole_quanta_or_refused(dose: Mass) -> None:
    asked = continuous(100, SingleBolus(dose=dose, duration=LONG))
    if dose < ug("0.25"):
        assert only(asked).field == "single bolus"
        return

    once = compile_program(asked, CAN).program.once

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
