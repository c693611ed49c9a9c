"""A pump, a drug that is not baclofen, and short ways to say a program, for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from thecal.quantities import Concentration, DoseRate, FlowRate, Mass, PumpClock, Volume
from thecal.therapy import (
    BACLOFEN,
    Base,
    Bridge,
    Capability,
    DaySchedule,
    DoseStep,
    Drug,
    Flex,
    Once,
    PatientBolus,
    PeriodicBolus,
    Problem,
    Program,
    SimpleContinuous,
    SingleBolus,
    UndeliverableError,
    compile_program,
)

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""A Monday."""
UTC_CLOCK = PumpClock()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

OTHER_DRUG = Drug(
    name="a drug that is not baclofen",
    highest_concentration=Concentration(ug_per_mL=Decimal(2000)),
    concentration_source="made up",
    patient_bolus_denied=None,
)


def mL(number: str | int) -> Volume:  # noqa: N802 - the unit's own spelling
    return Volume(mL=Decimal(number))


def ug(number: str | int) -> Mass:
    return Mass(ug=Decimal(number))


def a_day(number: str | int) -> DoseRate:
    return DoseRate(ug_per_day=Decimal(number))


def flow(number: str | int) -> FlowRate:
    return FlowRate(mL_per_day=Decimal(number))


def solution(number: str | int) -> Concentration:
    return Concentration(ug_per_mL=Decimal(number))


def day(*steps: tuple[str, str | int]) -> DaySchedule:
    """Return a day of steps such as ("06:30", 120), in mcg/day."""
    return DaySchedule(
        tuple(DoseStep(start=time.fromisoformat(start), rate=a_day(rate)) for start, rate in steps)
    )


def flex(*steps: tuple[str, str | int]) -> Flex:
    return Flex((day(*steps),) * 7)


def program(
    base: Base,
    once: Once | None = None,
    *,
    at: str | int = 500,
    patient_bolus: PatientBolus | None = None,
) -> Program:
    """Return a program of baclofen, or of the other drug where a patient may ask for a bolus."""
    drug = BACLOFEN if patient_bolus is None else OTHER_DRUG
    return Program(drug=drug, concentration=solution(at), base=base, once=once, patient_bolus=patient_bolus)


def continuous(number: str | int, once: Once | None = None, *, at: str | int = 500) -> Program:
    return program(SimpleContinuous(dose=a_day(number)), once, at=at)


def bolus(dose: str | int, duration: timedelta = HOUR) -> SingleBolus:
    return SingleBolus(dose=ug(dose), duration=duration)


LIMITS = (
    "reservoir",
    "quantum",
    "flow_step",
    "flow_least",
    "flow_most",
    "minimum_rate",
    "flex_steps",
    "shortest_bolus",
    "longest_bolus",
    "daily_dose_most",
    "single_bolus_most",
)
CAN = Capability(
    model="test pump",
    reservoir=mL(20),
    unusable=mL("1.4"),
    low_reservoir=mL(2),
    quantum=mL("0.0005"),
    flow_step=flow("0.001"),
    flow_least=flow("0.048"),
    flow_most=flow(24),
    minimum_rate=flow("0.006"),
    flex_steps=13,
    shortest_bolus=MINUTE,
    longest_bolus=6 * HOUR,
    daily_dose_most=a_day(2000),
    single_bolus_most=ug(100),
    accuracy=Decimal("0.145"),
    sources=tuple((limit, f"who says {limit}") for limit in LIMITS),
)
PERIODIC = PeriodicBolus(background=a_day(50), bolus=ug(10), duration=15 * MINUTE, interval=6 * HOUR)
BRIDGE = Bridge(dose=a_day(200), old_concentration=solution(500), dead_volume=mL("0.316"))
PATIENT_BOLUS = PatientBolus(dose=ug(5), duration=10 * MINUTE, most_per_day=4, lockout=2 * HOUR)


def refused(requested: Program, **settings: object) -> tuple[Problem, ...]:
    """Return why a program is refused."""
    with pytest.raises(UndeliverableError) as refusal:
        compile_program(requested, CAN, **settings)  # type: ignore[arg-type]
    assert all(str(problem) in str(refusal.value) for problem in refusal.value.problems)
    return refusal.value.problems


def only(requested: Program, **settings: object) -> Problem:
    """Return the one reason why a program is refused."""
    (problem,) = refused(requested, **settings)
    return problem
