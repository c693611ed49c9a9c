"""What a pump alarms about, and how gravely."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.therapy import Alarm

if TYPE_CHECKING:
    from thecal.pump.memory import Memory


class AlarmClass(StrEnum):
    """The two classes of an implant's alarms, as they sound (ITB-094)."""

    CRITICAL = "critical"
    NON_CRITICAL = "non-critical"


ALARM_CLASSES = {
    Alarm.EMPTY_RESERVOIR: AlarmClass.CRITICAL,
    Alarm.PUMP_STOPPED: AlarmClass.CRITICAL,
    Alarm.LOW_RESERVOIR: AlarmClass.NON_CRITICAL,
}
"""Every alarm with its class, gravest first.

None of them changes the flow (ITB-004): an empty reservoir has none, a stop was ordered, and at a low
reservoir the program is kept. A stopped pump alarms from the first moment, sooner than ITB-013 asks.
"""


def alarming(memory: Memory) -> tuple[Alarm, ...]:
    """Return what a pump is alarming about, gravest first."""
    holds = {
        Alarm.EMPTY_RESERVOIR: memory.is_empty,
        Alarm.PUMP_STOPPED: memory.program.is_stopped,
        Alarm.LOW_RESERVOIR: memory.is_low,
    }
    return tuple(alarm for alarm in ALARM_CLASSES if holds[alarm])
