"""No failure of a component over-delivers: what it costs in drug is bounded, and the drive then stands."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    fresh_id,
    program,
    read,
    records,
    running,
    ug_a_day,
)
from thecal.pump import LEGACY, SIZES, Cause, Kind, Pump
from thecal.pump.conditions import MORE
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, Restart, SimpleContinuous

QUANTUM_UG = MODEL.quantum.mL * C500.ug_per_mL
SECOND = timedelta(seconds=1)
TOLERANCE = Decimal(1) + MODEL.accuracy
SIZED = {
    "degrees C": "39",
    "mmHg below sea level": "200",
    "m of water": "5",
    "mAh": "10",
    "V": "4.5",
    "s": "-7200",
    "its number": "7",
    "number of the bit": "77",
}


def true_ug(pump: Pump) -> Decimal:
    """Return what truly reached the patient, in mcg."""
    return pump.true_delivery.mass.ug


@pytest.mark.requirement("ITB-093")
@pytest.mark.parametrize(
    ("cause", "size"),
    [
        *((cause, size) for cause in sorted(MORE) for size in ("1.01", "1.14", "1.2", "1.5", "3", "9")),
        *((cause, None) for cause in Cause if cause not in MORE),
    ],
)
def test_no_component_that_fails_gives_more_than_its_tolerance_and_two_strokes(
    cause: Cause, size: str | None
) -> None:
    pump = running(continuous(200))
    given = size or SIZED.get(SIZES.get(cause, ""), "0.8")
    pump.arrange(acting(cause, DAY + MINUTE, size=given if cause in SIZES else None))
    stroke = Decimal(size or 1)
    quarter = Decimal(200) / 96 if cause is Cause.PACED_FAST else Decimal(0)

    for day in (1, 2, 5, 20):
        pump.advance(START + day * DAY)
        most = Decimal(200) * day * (TOLERANCE if cause is Cause.OVER_INFUSION else 1)
        assert true_ug(pump) <= most + (2 * stroke + 1) * QUANTUM_UG + quarter * stroke


@pytest.mark.requirement("ITB-093")
@given(
    gain=st.integers(115, 400),
    begins=st.timedeltas(timedelta(0), 3 * DAY),
    dose=st.sampled_from([24, 200, 1000]),
)
@settings(max_examples=40, deadline=None)
def test_a_stroke_larger_than_the_tolerance_is_seen_at_the_second_and_the_drive_stands(
    gain: int, begins: timedelta, dose: int
) -> None:
    pump = running(continuous(dose))
    size = Decimal(gain) / 100
    pump.arrange(acting(Cause.OVER_INFUSION, begins, size=str(size)))
    pump.advance(START + begins)
    counts = pump.memory.drive.counts

    pump.advance(START + begins + 3 * DAY)

    assert pump.memory.drive.counts == counts + 2
    assert alarms_of(pump) == {Alarm.OVER_DELIVERY}
    assert pump.status(now=pump.present).flow.is_zero
    excess = true_ug(pump) - pump.delivery.mass.ug
    assert excess <= (3 * (size - 1)) * QUANTUM_UG + Decimal("0.001")


@pytest.mark.requirement("ITB-093")
@pytest.mark.parametrize("gain", ["1.02", "1.1", "1.145"])
def test_a_pump_within_its_declared_tolerance_never_stops_for_it(gain: str) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(90)), gain=gain)

    pump.advance(START + 30 * DAY)

    assert alarms_of(pump) == set()
    assert true_ug(pump) <= pump.delivery.mass.ug * TOLERANCE


@pytest.mark.requirement("ITB-093")
def test_large_strokes_far_apart_stop_nothing_and_two_near_each_other_do() -> None:
    apart, near = running(continuous(200)), running(continuous(200))
    for pump, every in ((apart, 4 * HOUR), (near, HOUR)):
        pump.arrange(
            *(
                acting(Cause.OVER_INFUSION, number * every + MINUTE, lasting=100 * SECOND, size="2")
                for number in range(1, 5)
            )
        )

        pump.advance(START + DAY)

    assert (apart.memory.large_strokes, alarms_of(apart)) == (4, set())
    assert (near.memory.large_strokes, alarms_of(near)) == (2, {Alarm.OVER_DELIVERY})


@pytest.mark.requirement("ITB-093")
def test_a_drive_whose_strokes_stay_too_large_is_stopped_again_after_each_restart() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.OVER_INFUSION, HOUR, size="1.6"))
    pump.advance(START + 2 * HOUR)

    for number in range(1, 4):
        pump.handle(Restart(id=fresh_id(), against=read(pump)), START + (2 + number) * HOUR)
        pump.advance(START + (2 + number) * HOUR + 30 * MINUTE)
        assert pump.status(now=pump.present).flow.is_zero
        assert pump.memory.large_strokes == 2 * (number + 1)

    assert len([one for one in records(pump, Kind.ALARM_RAISED) if one.fact("large_strokes") == "2"]) == 4


def test_a_legacy_pump_gives_what_its_strokes_are_and_says_nothing() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.arrange(acting(Cause.OVER_INFUSION, size="1.6"))

    pump.advance(START + 10 * DAY)

    assert true_ug(pump) == 3200
    assert Fraction(pump.status(now=pump.present).delivered.mL) == 4
    assert alarms_of(pump) == set()
