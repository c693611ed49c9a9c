"""A pump's status as fields, in every reply.

=============  ==================================================
text           serial number, not empty
moment, span   the pump's clock, and its offset from UTC
u32            revision
digest         of the program it runs
code, text     id of the last command it carried out: yes and the id, or no
code           stopped: yes or no
code           paused: yes or no
decimal        flow, mL/day
decimal        content of the reservoir, mL
decimal        concentration, mcg/mL
decimal        delivered since implant, mL
u8, codes      alarms: how many, and each, in two bytes
u8, codes      what of them has escalated, in the same way
code           sound off: yes or no
u32            records in the log
=============  ==================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.quantities import Concentration, FlowRate, Volume
from thecal.telemetry.codes import AlarmCode
from thecal.telemetry.errors import RemoteProtocolError
from thecal.therapy import CommandId, PumpSerial, PumpStatus, program_digest

if TYPE_CHECKING:
    from thecal.telemetry.fields import FieldReader, FieldWriter
    from thecal.therapy import Alarm, Program


def write_status(status: PumpStatus, fields: FieldWriter) -> None:
    """Write a pump's status."""
    fields.text(status.serial)
    fields.moment_with_offset(status.at)
    fields.whole(status.revision, 4)
    fields.digest(status.program_digest)
    fields.optional_text(status.last_command)
    fields.truth(value=status.stopped)
    fields.truth(value=status.paused)
    fields.decimal(status.flow.mL_per_day)
    fields.decimal(status.content.mL)
    fields.decimal(status.concentration.ug_per_mL)
    fields.decimal(status.delivered.mL)
    _write_alarms(status.alarms, fields)
    _write_alarms(status.escalated, fields)
    fields.truth(value=status.sound_off)
    fields.whole(status.log_records, 4)


def read_status(fields: FieldReader) -> PumpStatus:
    """Read a pump's status."""
    serial = PumpSerial(fields.text())
    if not serial.strip():
        raise RemoteProtocolError("a pump has a serial number, and this status names none")
    at = fields.moment_with_offset()
    revision = fields.whole(4)
    digest = fields.digest()
    last = fields.optional_text()
    return PumpStatus(
        serial=serial,
        at=at,
        revision=revision,
        program_digest=digest,
        last_command=None if last is None else CommandId(last),
        stopped=fields.truth(),
        paused=fields.truth(),
        flow=FlowRate(mL_per_day=fields.decimal()),
        content=Volume(mL=fields.decimal()),
        concentration=Concentration(ug_per_mL=fields.decimal()),
        delivered=Volume(mL=fields.decimal()),
        alarms=_read_alarms(fields),
        escalated=_read_alarms(fields),
        sound_off=fields.truth(),
        log_records=fields.whole(4),
    )


def _write_alarms(alarms: tuple[Alarm, ...], fields: FieldWriter) -> None:
    fields.whole(len(alarms), 1)
    for alarm in alarms:
        fields.code(AlarmCode[alarm.name], size=2)


def _read_alarms(fields: FieldReader) -> tuple[Alarm, ...]:
    return tuple(fields.code(AlarmCode, size=2).alarm for _ in range(fields.whole(1)))


def read_program_of(status: PumpStatus, fields: FieldReader) -> Program:
    """Read the program behind a status, which must be the one that the status names."""
    program = fields.program()
    if program_digest(program) != status.program_digest:
        raise RemoteProtocolError("the program is not the one whose digest the status names")
    return program
