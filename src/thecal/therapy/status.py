"""What a pump says of itself, and what an order to it can be known to have done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from thecal.therapy.reservoir import Reservoir

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from thecal.quantities import Concentration, FlowRate, Volume
    from thecal.therapy.capability import Capability
    from thecal.therapy.program import Program

PumpSerial = NewType("PumpSerial", str)
CommandId = NewType("CommandId", str)


class Alarm(StrEnum):
    """What a pump can be alarming about."""

    LOW_RESERVOIR = "low reservoir"
    EMPTY_RESERVOIR = "empty reservoir"
    PUMP_STOPPED = "pump stopped"
    MOTOR_STALL = "motor stall"
    OVER_DELIVERY = "over-delivery"
    UNDER_DELIVERY = "under-delivery"
    REPLACE_SOON = "replace soon"
    END_OF_SERVICE = "end of service"
    PUMP_RESET = "pump reset"
    MEMORY_ERROR = "memory error"
    TRANSACTION_OPEN = "refill or update left open"
    DOSE_LIMIT = "dose limit"
    TEMPERATURE = "temperature"
    SELF_TEST_FAILED = "self-test failed"
    OCCLUSION = "occlusion"
    UNSTABLE_FLOW = "unstable flow"
    PROCESSOR_ERROR = "processor error"
    CLOCK_ERROR = "clock error"
    LIBRARY_ERROR = "drug library error"
    KEY_STUCK = "request key stuck"
    PAUSE_LONG = "pause too long"
    LEVEL_DIFFERS = "reservoir level differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpStatus:
    """The status that a pump reports.

    Attributes:
        serial: the implant's serial number.
        at: the pump's clock when it answered; its offset from UTC is the pump's own.
        revision: counts every committed program, from 0 before the first.
        program_digest: of the program it runs.
        stopped: whether its program is a stop.
        paused: whether its program is paused and the device's minimum rate runs instead.
        last_command: id of the last command that it executed; None before the first.
        flow: the flow that the drive is commanded now; the last quantum, which a stop completes, is not
            included.
        content: computed content of the reservoir.
        concentration: of what is in the reservoir.
        delivered: volume counted by the drive since implant.
        alarms: the active alarms, most urgent first.
        escalated: those that have escalated and sound more often than other critical alarms.
        sound_off: whether a person has silenced any of them, so that not every active alarm sounds.
        log_records: the number of records in its log.
    """

    serial: PumpSerial
    at: datetime
    revision: int
    program_digest: str
    last_command: CommandId | None
    stopped: bool
    paused: bool
    flow: FlowRate
    content: Volume
    concentration: Concentration
    delivered: Volume
    alarms: tuple[Alarm, ...]
    escalated: tuple[Alarm, ...]
    sound_off: bool
    log_records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrogation:
    """Everything a wand reads before anything else is allowed (ITB-121).

    Attributes:
        status: as of now.
        program: what runs.
        started: when the program began to run.
        filled_at: when the reservoir was last filled.
        clock_offset: the pump clock's fixed offset from UTC.
        capability: what this pump can do.
    """

    status: PumpStatus
    program: Program
    started: datetime
    filled_at: datetime
    clock_offset: timedelta
    capability: Capability

    @property
    def reservoir(self) -> Reservoir:
        """The reservoir as the pump computed it when it was read."""
        return Reservoir(
            content=self.status.content,
            capacity=self.capability.reservoir,
            unusable=self.capability.unusable,
            concentration=self.status.concentration,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The pump runs the ordered program; it was read back."""

    running: Program
    status: PumpStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The pump runs its earlier program. ``status`` is None if nothing was sent."""

    reason: str
    status: PumpStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """It is unknown whether the pump accepted the command, until the next interrogation."""

    command: CommandId
    reason: str


Outcome = Verified | Unchanged | Uncertain
