"""A program whose 24-hour dose varies is shown with its lowest and its highest, never with a mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest

from builders.readings import RUNNING, last_reading, subject_of
from thecal.lab.forecast import Subject
from thecal.lab.whatif import Changeover, Tablets, change_concentration, compare_tablets
from thecal.quantities import HOUR, Concentration, DoseRate, Mass, Volume
from thecal.therapy import Base, DaySchedule, DoseRange, DoseStep, Flex, MinimumRate, ProgramError


def rate(ug_per_day: int) -> DoseRate:
    return DoseRate(ug_per_day=Decimal(ug_per_day))


def days(on_weekdays: int, at_weekends: int) -> Flex:
    work, rest = (
        DaySchedule((DoseStep(start=time(0), rate=rate(dose)),)) for dose in (on_weekdays, at_weekends)
    )
    return Flex((work,) * 5 + (rest,) * 2)


def subject(base: Base) -> Subject:
    reading = last_reading()
    running = replace(reading.interrogation, program=replace(RUNNING, base=base))
    return subject_of(replace(reading, interrogation=running))


def changed(base: Base) -> Changeover:
    old, new = (Concentration(ug_per_mL=Decimal(number)) for number in (500, 2000))
    return change_concentration(subject(base), old=old, new=new, left_behind=Volume(mL=Decimal(0)))


def between(low: str | int, high: str | int) -> DoseRange:
    return DoseRange(lowest=Mass(ug=Decimal(low)), highest=Mass(ug=Decimal(high)))


def test_a_bridge_gives_the_lowest_24_hour_dose_where_that_varies() -> None:
    found = changed(days(120, 300))

    assert found.programmed == between(120, 300)
    assert found.bridge.dose == rate(120)
    assert found.unbridged_dose == between(30, 75)
    assert found.mixed_dose == found.programmed


def test_a_program_in_the_same_steps_every_day_is_bridged_with_its_24_hour_dose() -> None:
    steps = (DoseStep(start=time(0), rate=rate(100)), DoseStep(start=time(12), rate=rate(200)))

    found = changed(Flex.every_day(*steps))

    assert found.programmed == between(150, 150)
    assert found.bridge.dose == rate(150)


def test_the_old_solution_leaves_with_the_steps_of_the_program() -> None:
    """From Friday 09:00 by the pump's clock: 15 h at 120, a weekend at 300, then 120 again, of 2000."""
    found = changed(days(120, 300))

    dead = float(found.dead_volume.mL) * 2000
    assert dead > 15 * 120 / 24 + 300
    assert found.clears_unbridged / HOUR == pytest.approx(15 + (dead - 15 * 120 / 24) * 24 / 300, abs=0.001)


def test_days_without_a_dose_cannot_be_bridged() -> None:
    with pytest.raises(ProgramError, match="0 mcg to 525 mcg in any 24 h: a bridge has one dose"):
        changed(days(0, 525))
    with pytest.raises(ProgramError, match="delivers no dose"):
        changed(MinimumRate())


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (days(0, 525), "0 mcg to 525 mcg in any 24 h"),
        (days(150, 150), "150 mcg/day"),
        (MinimumRate(), "at its minimum rate"),
    ],
)
def test_tablets_are_compared_with_the_24_hour_dose_of_the_pump(base: Base, said: str) -> None:
    tablets = Tablets(dose=Mass(ug=Decimal(20_000)), times_a_day=3, creatinine_clearance_mL_min=Decimal(120))

    pump, _ = compare_tablets(subject(base), tablets).cases

    assert pump.label == f"from the pump, {said}"
