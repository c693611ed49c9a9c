"""Why a pump does not follow its program, what it is alarming about, and what was begun and not finished."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.quantities import MINUTE

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from fractions import Fraction

    from thecal.quantities import Concentration, Volume
    from thecal.therapy import Alarm, CommandId, Program


class Hold(StrEnum):
    """Why the drive does not follow the program."""

    END_OF_SERVICE = "end of service"
    OVER_DELIVERY = "over-delivery"
    UPDATE = "update open"
    TELEMETRY = "telemetry mode"
    RESET = "reset"
    HUNG = "processor hangs"
    PAUSE = "paused"
    WINDOW = "dose window"


STANDS = frozenset({Hold.END_OF_SERVICE, Hold.OVER_DELIVERY, Hold.UPDATE, Hold.TELEMETRY, Hold.HUNG})
"""Holds under which the drive stands."""
AT_MINIMUM = frozenset({Hold.RESET, Hold.PAUSE, Hold.WINDOW})
"""Holds under which it turns at the device's minimum rate."""
NEVER_RAISE = frozenset({Hold.PAUSE, Hold.WINDOW})
"""Those of them under which it flows no faster than the program would."""


def without(holds: tuple[Hold, ...], ended: Hold) -> tuple[Hold, ...]:
    """Return the holds but the one that has ended."""
    return tuple(hold for hold in holds if hold is not ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """How often the alarms of each class sound (ITB-094).

    Attributes:
        critical: between two soundings of a critical alarm.
        non_critical: of any other.
    """

    critical: timedelta = 10 * MINUTE
    non_critical: timedelta = 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One alarm, since it began.

    Attributes:
        alarm: what about.
        since: when it was raised.
        silent_until: when its sound comes back, after somebody silenced it for a while (ITB-099).
        escalated: it came back three times in ten minutes (ITB-101), grew, or was a stop whose review or
            whose withdrawal is due (ITB-161); it sounds as critical, and more often than that.
        over: its cause is gone; it goes when somebody interrogates the pump (ITB-106).
        sounds_from: from when on it sounds as often as it does now; None since it was raised.
        returns: how often its cause was gone and came back, recorded or not.
    """

    alarm: Alarm
    since: datetime
    silent_until: datetime | None = None
    escalated: bool = False
    over: bool = False
    sounds_from: datetime | None = None
    returns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What was in the reservoir when it was measured, by the measure and by the pump's own account (ITB-057).

    Attributes:
        at: when.
        measured: what was drawn out, or the gauge showed.
        computed: what the pump expected, from its counts.
        error: of the gauge that measured it; None where it was drawn out.
    """

    at: datetime
    measured: Volume
    computed: Volume
    error: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A periodic bolus that has begun and is not over (ITB-040).

    Attributes:
        began: from when on it has run; later than its own beginning where the program began within it.
        ends: when it is to end.
        given: quanta that are its share in what was counted since.
    """

    began: datetime
    ends: datetime
    given: Fraction


class Work(StrEnum):
    """What can be begun and left unfinished."""

    UPDATE = "update"
    REFILL = "refill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An update or a refill that was begun and is not done.

    Attributes:
        work: which.
        since: when it was begun.
        fill: what is to be filled in; None for an update.
        concentration: of that, as its label says.
        program: what is to run then; None for the one that runs.
        command: the order that wrote the program, which waits to be read back (ITB-123); None where none did.
        dead_volume: what was to be bridged, where a stop has taken the program's place.
    """

    work: Work
    since: datetime
    fill: Volume | None = None
    concentration: Concentration | None = None
    program: Program | None = None
    command: CommandId | None = None
    dead_volume: Volume | None = None
