"""A bridge that is interrupted goes on where it was: the tube still holds the old solution."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    flow,
    fresh_id,
    read,
    records,
)
from builders.twin.bridge import DOSE, TUBE, bridged
from thecal.pump import LEGACY, Cause, Kind, Pump, events, scheduler
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Pause, Restart, Resume, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.quantities import Concentration


def _paused(pump: Pump) -> None:
    pump.handle(Pause(id=fresh_id(), against=read(pump)), pump.present)


def _resumed(pump: Pump) -> None:
    _paused(pump)
    pump.advance(pump.present + 10 * MINUTE)
    pump.handle(Resume(id=fresh_id(), against=read(pump)), pump.present)


def _befallen(cause: Cause, size: str | None = None) -> Callable[[Pump], None]:
    def befall(pump: Pump) -> None:
        pump.arrange(acting(cause, pump.present - START, size=size))

    return befall


def _restarted(pump: Pump) -> None:
    pump.arrange(acting(Cause.OVER_INFUSION, pump.present - START, lasting=3 * HOUR, size="3"))
    pump.advance(pump.present + 6 * HOUR)
    assert flow(pump) == 0
    pump.handle(Restart(id=fresh_id(), against=read(pump)), pump.present)


@pytest.mark.requirement("ITB-023", "ITB-171")
@pytest.mark.parametrize(
    ("interrupt", "loses"),
    [
        (_befallen(Cause.POWER_CUT), 0 * HOUR),
        (_befallen(Cause.WATCHDOG), 0 * HOUR),
        (_befallen(Cause.EXCEPTION, "1"), 0 * HOUR),
        (_befallen(Cause.HANG), 1 * MINUTE),
        (_paused, 30 * MINUTE),
        (_resumed, 10 * MINUTE),
        (_restarted, 6 * HOUR),
    ],
    ids=["power cut", "watchdog", "exception", "hang", "pause", "resumed", "restarted"],
)
@pytest.mark.parametrize(("old", "new"), [(C2000, C500), (C500, C2000)], ids=["weaker", "stronger"])
def test_a_bridge_that_is_interrupted_goes_on_and_the_dose_never_becomes_another(
    interrupt: Callable[[Pump], None], loses: timedelta, old: Concentration, new: Concentration
) -> None:
    pump = bridged(old, new)
    pace, ends = flow(pump), pump.memory.once_ends
    assert pace == DOSE.ug_per_day / old.ug_per_mL
    assert ends is not None
    pump.advance(pump.present + HOUR)

    interrupt(pump)

    pump.advance(ends - MINUTE)
    assert flow(pump) == pace
    pump.advance(ends + loses + MINUTE)
    assert flow(pump) == DOSE.ug_per_day / new.ug_per_mL
    (ended,) = records(pump, Kind.BOLUS_ENDED)
    assert ended.fact("reason") == "complete"
    counted = Fraction(ended.fact("drive_moved_mL"))
    assert counted >= Fraction(TUBE.mL) - Fraction(pump.memory.capability.quantum.mL)


QUANTUM = Fraction(MODEL.quantum.mL)


def moved(pump: Pump) -> Fraction:
    """Return what the drive counted while the bridge ran, in mL."""
    (ended,) = records(pump, Kind.BOLUS_ENDED)
    return Fraction(ended.fact("drive_moved_mL"))


@pytest.mark.requirement("ITB-023", "ITB-050")
@pytest.mark.parametrize(
    ("cause", "size", "loses"),
    [
        (Cause.SHAFT_WEAR, None, 3 * HOUR),
        (Cause.MRI_FIELD, None, 3 * HOUR),
        (Cause.LAGGING, "0.5", 1.5 * HOUR),
        (Cause.LAGGING, "0.001", 2.997 * HOUR),
    ],
    ids=["stall", "magnet", "half", "hardly"],
)
def test_while_the_drive_stands_a_stronger_solution_stays_in_the_tube_and_the_bridge_goes_on(
    cause: Cause, size: str | None, loses: timedelta
) -> None:
    pump = bridged(C2000, C500)
    pace, ends = flow(pump), pump.memory.once_ends
    assert ends is not None

    pump.arrange(acting(cause, pump.present + HOUR - START, lasting=3 * HOUR, size=size))
    pump.advance(ends + loses - 10 * MINUTE)
    assert not pump.memory.once_over
    assert flow(pump) == pace

    pump.advance(ends + loses + 10 * MINUTE)
    assert flow(pump) == DOSE.ug_per_day / C500.ug_per_mL
    assert Fraction(TUBE.mL) - QUANTUM <= moved(pump) <= Fraction(TUBE.mL) + 3 * QUANTUM


@pytest.mark.requirement("ITB-023")
def test_a_drive_that_stands_does_not_lengthen_a_bridge_to_a_stronger_solution() -> None:
    """Its flow is the faster one: what arrives in the meantime must not be given at it."""
    pump = bridged(C500, C2000)
    ends = pump.memory.once_ends
    assert ends is not None

    pump.arrange(acting(Cause.SHAFT_WEAR, pump.present + HOUR - START, lasting=3 * HOUR))
    pump.advance(ends + MINUTE)

    assert flow(pump) == DOSE.ug_per_day / C2000.ug_per_mL


@pytest.mark.requirement("ITB-023")
@pytest.mark.parametrize("before", [timedelta(microseconds=1), timedelta(milliseconds=1), MINUTE])
@pytest.mark.parametrize(
    "interrupt",
    [_paused, _befallen(Cause.SHAFT_WEAR), _befallen(Cause.COUNTER_STUCK)],
    ids=["pause", "stall", "unseen"],
)
def test_a_bridge_that_is_held_just_before_its_end_lives_on_in_hours_and_not_in_microseconds(
    interrupt: Callable[[Pump], None], before: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    pump, steps = bridged(C2000, C500), count()
    assert pump.memory.once_ends is not None
    pump.advance(pump.memory.once_ends - before)

    def stepped(*state: Any) -> Any:
        assert next(steps) < 5_000
        return scheduler.flow(*state)

    monkeypatch.setattr(events, "flow", stepped)
    interrupt(pump)
    pump.advance(pump.present + DAY)

    assert pump.memory.once_over == (interrupt is _paused)


@pytest.mark.requirement("ITB-160")
def test_a_stop_ends_a_bridge_at_once() -> None:
    pump = bridged(C2000, C500)

    pump.handle(Stop(id=fresh_id()), pump.present + HOUR)

    assert pump.memory.once_over
    assert flow(pump) == 0


def test_a_legacy_pump_forgets_its_bridge_with_a_reset() -> None:
    pump = bridged(C2000, C500, LEGACY)

    pump.arrange(acting(Cause.POWER_CUT, pump.present - START))

    assert pump.memory.once_over
