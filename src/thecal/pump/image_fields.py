"""A pump's memory and mechanism as JSON values, and back. Numbers with a fraction travel as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal.pump.catalogue import Figure, capability_from_figures, figures_of
from thecal.pump.conditions import Cause, Condition
from thecal.pump.counters import Counters
from thecal.pump.hardware import Hardware, built
from thecal.pump.hold import Hold, Open, Raised, Work
from thecal.pump.log import log_from_rows, log_rows
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.profile import PROFILES
from thecal.pump.tape import Tape
from thecal.quantities import (
    Concentration,
    DoseRate,
    FlowRate,
    Interval,
    PumpClock,
    Volume,
    as_decimal,
    microseconds,
    plain,
)
from thecal.therapy import (
    Alarm,
    CommandId,
    DeliverySegment,
    PumpSerial,
    Reservoir,
    program_fields,
    program_from_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from thecal.therapy import Capability

Fields = dict[str, Any]
# Any: JSON, each value is checked by what it becomes


def memory_fields(memory: Memory) -> Fields:
    """Return a memory as JSON values."""
    return {
        "serial": memory.serial,
        "model": memory.capability.model,
        "figures": {name: plain(number) for name, number in figures_of(memory.capability).items()},
        "sources": dict(memory.capability.sources),
        "clock_offset_us": microseconds(memory.clock.offset),
        "implanted_at": memory.implanted_at.isoformat(),
        "at": memory.at.isoformat(),
        "program": program_fields(memory.program),
        "started": memory.started.isoformat(),
        "started_counts": memory.started_counts,
        "once_over": memory.once_over,
        "revision": memory.revision,
        "last_command": memory.last_command,
        "filled_mL": plain(memory.reservoir.content.mL),
        "filled_ug_per_mL": plain(memory.reservoir.concentration.ug_per_mL),
        "filled_at": memory.filled_at.isoformat(),
        "filled_counts": memory.filled_counts,
        "counts": memory.drive.counts,
        "phase": [memory.drive.phase.numerator, memory.drive.phase.denominator],
        "tape": tape_rows(memory.tape),
        "log": log_rows(memory.log),
        "profile": memory.profile.name,
        "asked": memory.asked,
        "agreed": memory.agreed,
        "doubt": memory.doubt,
        "missed_since": _text(memory.missed_since),
        "holds": [hold.value for hold in memory.holds],
        "raised": [
            [one.alarm.value, one.since.isoformat(), _text(one.silent_until), one.escalated, one.over]
            for one in memory.raised
        ],
        "alarm_starts": [[alarm.value, at.isoformat()] for alarm, at in memory.alarm_starts],
        "open": _open_row(memory.open),
        "review_at": _text(memory.review_at),
        "replace_at": _text(memory.replace_at),
        "counters": [
            memory.counters.radio_us,
            memory.counters.tones,
            memory.counters.resets,
            memory.counters.extra_uC,
        ],
        "patient_boluses": [at.isoformat() for at in memory.patient_boluses],
        "patient_until": _text(memory.patient_until),
        "once_paused_us": memory.once_paused_us,
        "lowest_doses": [[at.isoformat(), plain(dose.ug_per_day)] for at, dose in memory.lowest_doses],
    }


def read_memory(fields: Fields) -> Memory:
    """Read a memory back.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, ArithmeticError: not what ``memory_fields`` writes.
    """
    capability = capability_from_figures(
        fields["model"],
        {name: as_decimal(number) for name, number in fields["figures"].items()},
        fields["sources"],
    )
    command = fields["last_command"]
    radio, tones, resets, extra = fields["counters"]
    return Memory(
        serial=PumpSerial(fields["serial"]),
        capability=capability,
        clock=PumpClock(timedelta(microseconds=fields["clock_offset_us"])),
        implanted_at=_moment(fields["implanted_at"]),
        at=_moment(fields["at"]),
        program=program_from_fields(fields["program"]),
        started=_moment(fields["started"]),
        started_counts=fields["started_counts"],
        once_over=fields["once_over"],
        revision=fields["revision"],
        last_command=None if command is None else CommandId(command),
        reservoir=Reservoir(
            content=Volume(mL=as_decimal(fields["filled_mL"])),
            capacity=capability.reservoir,
            unusable=capability.unusable,
            concentration=Concentration(ug_per_mL=as_decimal(fields["filled_ug_per_mL"])),
        ),
        filled_at=_moment(fields["filled_at"]),
        filled_counts=fields["filled_counts"],
        drive=Drive(counts=fields["counts"], phase=Fraction(*fields["phase"])),
        tape=tape_from_rows(fields["tape"]),
        log=log_from_rows(fields["log"]),
        profile=PROFILES[fields["profile"]],
        asked=fields["asked"],
        agreed=fields["agreed"],
        doubt=fields["doubt"],
        missed_since=_moment_or_none(fields["missed_since"]),
        holds=tuple(Hold(hold) for hold in fields["holds"]),
        raised=tuple(_read_raised(row) for row in fields["raised"]),
        alarm_starts=tuple((Alarm(alarm), _moment(at)) for alarm, at in fields["alarm_starts"]),
        open=_read_open(fields["open"]),
        review_at=_moment_or_none(fields["review_at"]),
        replace_at=_moment_or_none(fields["replace_at"]),
        counters=Counters(radio_us=radio, tones=tones, resets=resets, extra_uC=extra),
        patient_boluses=tuple(_moment(at) for at in fields["patient_boluses"]),
        patient_until=_moment_or_none(fields["patient_until"]),
        once_paused_us=fields["once_paused_us"],
        lowest_doses=tuple(
            (_moment(at), DoseRate(ug_per_day=as_decimal(dose))) for at, dose in fields["lowest_doses"]
        ),
    )


def hardware_fields(hardware: Hardware) -> Fields:
    """Return a mechanism as JSON values."""
    return {
        "engineering": {
            name: [plain(figure.value), figure.unit, figure.source, figure.verified]
            for name, figure in hardware.model.engineering.items()
        },
        "gain": hardware.gain,
        "drift": hardware.drift,
        "conditions": [_condition_row(one) for one in hardware.conditions],
        "begun": hardware.begun,
        "slip": hardware.slip,
        "content": hardware.content,
        "drawn": hardware.drawn,
        "ug_per_mL": plain(hardware.concentration.ug_per_mL),
        "truth": None if hardware.truth is None else tape_rows(hardware.truth),
        "dumped": [
            [
                segment.interval.start.isoformat(),
                segment.interval.end.isoformat(),
                plain(segment.flow.mL_per_day),
                plain(segment.concentration.ug_per_mL),
            ]
            for segment in hardware.dumped
        ],
    }


def read_hardware(fields: Fields, capability: Capability) -> Hardware:
    """Read a mechanism back.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, ArithmeticError: not what ``hardware_fields`` writes.
    """
    figures = {
        name: Figure(as_decimal(value), unit, source, verified=verified)
        for name, (value, unit, source, verified) in fields["engineering"].items()
    }
    return Hardware(
        model=built(capability, figures),
        gain=fields["gain"],
        drift=fields["drift"],
        conditions=tuple(_read_condition(row) for row in fields["conditions"]),
        begun=fields["begun"],
        slip=fields["slip"],
        content=fields["content"],
        drawn=fields["drawn"],
        concentration=Concentration(ug_per_mL=as_decimal(fields["ug_per_mL"])),
        truth=None if fields["truth"] is None else tape_from_rows(fields["truth"]),
        dumped=tuple(
            DeliverySegment(
                interval=Interval(_moment(start), _moment(end)),
                flow=FlowRate(mL_per_day=as_decimal(flow)),
                concentration=Concentration(ug_per_mL=as_decimal(strength)),
            )
            for start, end, flow, strength in fields["dumped"]
        ),
    )


def tape_rows(tape: Tape) -> list[list[object]]:
    """Return a tape as JSON values."""
    return [[us, plain(flow.mL_per_day), plain(strength.ug_per_mL)] for us, flow, strength in tape]


def tape_from_rows(rows: Iterable[tuple[int, str, str]]) -> Tape:
    """Read a tape back.

    Raises:
        ValueError: changes that do not follow each other.
    """
    changes = [
        (int(us), FlowRate(mL_per_day=as_decimal(flow)), Concentration(ug_per_mL=as_decimal(strength)))
        for us, flow, strength in rows
    ]
    moments = [us for us, _, _ in changes]
    if moments != sorted(set(moments)) or (moments and moments[0] != 0):
        raise ValueError("the changes of a tape follow each other, from 0")
    return Tape(changes)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _number_or_none(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _read_raised(row: Any) -> Raised:  # noqa: ANN401 - as Fields
    alarm, since, silent_until, escalated, over = row
    return Raised(
        alarm=Alarm(alarm),
        since=_moment(since),
        silent_until=_moment_or_none(silent_until),
        escalated=escalated,
        over=over,
    )


def _open_row(work: Open | None) -> list[object] | None:
    if work is None:
        return None
    return [
        work.work.value,
        work.since.isoformat(),
        None if work.fill is None else plain(work.fill.mL),
        None if work.concentration is None else plain(work.concentration.ug_per_mL),
        None if work.program is None else program_fields(work.program),
    ]


def _read_open(row: Any) -> Open | None:  # noqa: ANN401 - as Fields
    if row is None:
        return None
    work, since, fill, strength, program = row
    return Open(
        work=Work(work),
        since=_moment(since),
        fill=None if fill is None else Volume(mL=as_decimal(fill)),
        concentration=None if strength is None else Concentration(ug_per_mL=as_decimal(strength)),
        program=None if program is None else program_from_fields(program),
    )


def _condition_row(one: Condition) -> list[object]:
    return [
        one.cause.value,
        one.since.isoformat(),
        _text(one.until),
        _number_or_none(one.size),
        microseconds(one.lingers),
        one.until_seen,
    ]


def _read_condition(row: Any) -> Condition:  # noqa: ANN401 - as Fields
    cause, since, until, size, lingers, until_seen = row
    return Condition(
        cause=Cause(cause),
        since=_moment(since),
        until=_moment_or_none(until),
        size=None if size is None else as_decimal(size),
        lingers=timedelta(microseconds=lingers),
        until_seen=until_seen,
    )
