"""Nothing that a pump remembers is left out of its image: every field is set to something, and comes back."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import C500, C2000, START, acting, continuous, mL, running, ug_a_day
from thecal.pump import LEGACY, Cause, Hardware, Memory, Pump
from thecal.pump.counters import Counters, Reading
from thecal.pump.dead_space import Entered, Tube
from thecal.pump.hold import Hold, Intervals, Level, Open, Raised, UnderWay, Work
from thecal.pump.motor import Drive
from thecal.pump.tape import Tape
from thecal.pump.watch import Watch
from thecal.quantities import DAY, HOUR, MINUTE, FlowRate, Interval, PumpClock
from thecal.therapy import Alarm, CommandId, DeliverySegment

COUNTERS = Counters(radio_us=1, tones=2, resets=3, extra_uC=4)
LATER = START + HOUR
REMEMBERED: dict[str, object] = {
    "clock": PumpClock(timedelta(hours=-3, microseconds=7)),
    "once_over": False,
    "drive": Drive(counts=77, phase=Fraction(3, 7)),
    "profile": LEGACY,
    "asked": 81,
    "agreed": -3,
    "doubt": 5,
    "large_strokes": 2,
    "watch": Watch(
        missed_since=LATER,
        missed_counts=1,
        turned_at=LATER + MINUTE,
        lagged=2,
        lag_asked=3,
        upsets=(START, LATER),
        found=(Cause.TONE_BROKEN,),
        hung_since=LATER,
    ),
    "holds": (Hold.OVER_DELIVERY, Hold.RESET),
    "raised": (
        Raised(
            alarm=Alarm.MOTOR_STALL,
            since=LATER,
            silent_until=LATER + HOUR,
            escalated=True,
            over=True,
            sounds_from=LATER,
            returns=7,
        ),
        Raised(alarm=Alarm.TEMPERATURE, since=START),
    ),
    "alarm_starts": ((Alarm.MOTOR_STALL, LATER),),
    "intervals": Intervals(critical=2 * MINUTE, non_critical=20 * MINUTE),
    "tones_to": LATER,
    "open": Open(
        work=Work.REFILL,
        since=LATER,
        fill=mL("12.5"),
        concentration=C2000,
        program=continuous(200, C2000),
        command=CommandId("an order"),
    ),
    "review_at": LATER,
    "clock_set_at": LATER,
    "boluses_by": (PumpClock(timedelta(hours=2, microseconds=5)), LATER),
    "touched_at": LATER,
    "telemetry_since": LATER,
    "fallback": ug_a_day("120.5"),
    "doubts": ((START, START + HOUR, 3), (START + 2 * HOUR, START + 2 * HOUR, 1)),
    "tube": Tube(
        entered=(
            Entered(concentration=C2000, counts=0, at=START),
            Entered(concentration=C500, counts=7, at=START + HOUR),
        ),
        volume=mL("0.316"),
    ),
    "ordered_at": START + HOUR,
    "replacement": Reading(lived_us=9, counts=8, counters=COUNTERS),
    "counters": COUNTERS,
    "patient_boluses": (START, LATER),
    "patient_until": LATER,
    "once_paused_us": 6,
    "once_given": Fraction(5, 3),
    "patient_given": Fraction(7, 3),
    "boluses_withheld": True,
    "finishing": True,
    "paused_at": LATER,
    "history_lost_at": LATER,
    "bolus_when_low": False,
    "under_way": UnderWay(began=START, ends=LATER, given=Fraction(8, 3)),
    "level": Level(at=LATER, measured=mL("11.5"), computed=mL("12.25"), error=mL("0.5")),
    "lowest_doses": ((LATER, ug_a_day("99.5")),),
    "last_command": CommandId("another order"),
    "earlier_commands": (CommandId("a first order"), CommandId("a second one")),
    "revision": 12,
    "started": LATER,
    "started_counts": 70,
    "filled_at": LATER,
    "filled_counts": 60,
}
BUILT: dict[str, object] = {
    "gain": 1_000_001,
    "drift": -7,
    "conditions": (
        acting(Cause.MRI_FIELD, HOUR, lasting=HOUR, lingers=MINUTE, until_seen=True),
        acting(Cause.FEVER, 2 * HOUR, size="40.5"),
        replace(acting(Cause.VALVE_CLOSED, 3 * HOUR, lasting=HOUR), until_reset=True),
    ),
    "begun": 1,
    "slip": 3,
    "content": 999,
    "drawn": 55,
    "concentration": C2000,
    "truth": Tape([(0, FlowRate(mL_per_day=Decimal("0.5")), C2000)]),
    "dumped": (
        DeliverySegment(
            interval=Interval(START, LATER), flow=FlowRate(mL_per_day=Decimal(1)), concentration=C2000
        ),
    ),
    "stored": 77,
}


def lived() -> Pump:
    """Return a pump that ran for a day."""
    pump = running(continuous(200))
    pump.advance(START + DAY)
    return pump


def default(of: Field[object]) -> object:
    """Return what a field is where nobody says."""
    return of.default if of.default_factory is MISSING else of.default_factory()


@pytest.mark.requirement("ITB-116")
@pytest.mark.parametrize("name", REMEMBERED)
def test_whatever_a_pump_remembers_comes_back(name: str) -> None:
    pump = lived()
    assert getattr(pump.memory, name) != REMEMBERED[name]

    again = Pump.restore(Pump(replace(pump.memory, **{name: REMEMBERED[name]}), pump.hardware).image())

    assert getattr(again.memory, name) == REMEMBERED[name]
    assert replace(again.memory, **{name: getattr(pump.memory, name)}) == pump.memory


@pytest.mark.parametrize("name", BUILT)
def test_whatever_is_true_of_a_mechanism_comes_back(name: str) -> None:
    pump = lived()
    assert getattr(pump.hardware, name) != BUILT[name]

    again = Pump.restore(Pump(pump.memory, replace(pump.hardware, **{name: BUILT[name]})).image())

    assert getattr(again.hardware, name) == BUILT[name]
    assert replace(again.hardware, **{name: getattr(pump.hardware, name)}) == pump.hardware


def test_every_field_that_may_be_left_out_is_tried() -> None:
    for of, tried in ((Memory, REMEMBERED), (Hardware, BUILT)):
        for one in fields(of):
            if one.default is not MISSING or one.default_factory is not MISSING:
                assert one.name in tried, f"{of.__name__}.{one.name} may be lost in the image"
                assert tried[one.name] != default(one)
