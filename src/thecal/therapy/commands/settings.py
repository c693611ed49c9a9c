"""Commands that change the pump's settings: clock, alarms, boluses at a low reservoir, valves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.quantities import DAY, PumpClock
from thecal.therapy.commands.checks import (
    CommandError,
    ComparedCommand,
    check_flag,
    check_seconds,
    check_type,
    check_volume,
)

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.quantities import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock(ComparedCommand):
    """Set the pump's clock; the dose in mcg/day stays as it is (ITB-118).

    Attributes:
        clock: the offset from UTC from now on.
    """

    clock: PumpClock

    def __post_init__(self) -> None:
        """Refuse anything but a clock."""
        ComparedCommand.__post_init__(self)
        check_type(self.clock, PumpClock, "clock")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """What is to be set of the alarms; None leaves a setting as it is. The pump knows the range of each.

    Attributes:
        low: content at which the low-reservoir alarm sounds (ITB-058).
        critical, non_critical: how often an alarm of each class sounds (ITB-094).
    """

    low: Volume | None = None
    critical: timedelta | None = None
    non_critical: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlarms(ComparedCommand):
    """Set at which content the low-reservoir alarm sounds, and how often each class of alarm sounds.

    Attributes:
        settings: at least one of them set.
    """

    settings: AlarmSettings

    def __post_init__(self) -> None:
        """Refuse settings that set nothing, a volume of nothing, and intervals that no alarm has."""
        ComparedCommand.__post_init__(self)
        check_type(self.settings, AlarmSettings, "alarm settings")
        if self.settings == AlarmSettings():
            raise CommandError("alarm settings", "none", "at least a volume or an interval to set")
        if self.settings.low is not None:
            check_volume(self.settings.low, "low-reservoir volume")
        if self.settings.critical is not None:
            check_seconds(self.settings.critical, "interval of critical alarms", DAY)
        if self.settings.non_critical is not None:
            check_seconds(self.settings.non_critical, "interval of non-critical alarms", DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceAlarms(ComparedCommand):
    """Silence the alarms for a while, or until the link is lost; they stay raised (ITB-099, ITB-100)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBolusWhenLow(ComparedCommand):
    """Set whether a bolus may be given while the reservoir is low (S-06).

    Attributes:
        allowed: whether it may.
    """

    allowed: bool

    def __post_init__(self) -> None:
        """Refuse anything but yes or no."""
        ComparedCommand.__post_init__(self)
        check_flag(self.allowed, "bolus while the reservoir is low")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetValve(ComparedCommand):
    """Open a valve that a magnet has closed (H-17); only a pump with valves takes it."""
