"""A pump's memory as JSON values, and back. Numbers with a fraction travel as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal.pump.catalogue import capability_from_figures, figures_of
from thecal.pump.conditions import Cause
from thecal.pump.counters import Counters, Reading
from thecal.pump.dead_space import Tube
from thecal.pump.fault_log import fault_rows, faults_from_rows
from thecal.pump.hold import Hold, Intervals, Level, Open, Raised, UnderWay, Work
from thecal.pump.log_pages import log_from_pages
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.profile import PROFILES
from thecal.pump.tape import Tape
from thecal.pump.watch import Watch
from thecal.quantities import (
    Concentration,
    DoseRate,
    FlowRate,
    PumpClock,
    Volume,
    as_decimal,
    microseconds,
    plain,
)
from thecal.therapy import (
    Alarm,
    CommandId,
    PumpSerial,
    Reservoir,
    program_fields,
    program_from_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


Fields = dict[str, Any]
# Any: JSON, each value is checked by what it becomes


def memory_fields(memory: Memory) -> Fields:
    """Return a memory as JSON values; of its log only where it ends, for it has its own pages."""
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
        "earlier_commands": list(memory.earlier_commands),
        "filled_mL": plain(memory.reservoir.content.mL),
        "filled_ug_per_mL": plain(memory.reservoir.concentration.ug_per_mL),
        "filled_at": memory.filled_at.isoformat(),
        "filled_counts": memory.filled_counts,
        "counts": memory.drive.counts,
        "phase": _fraction_row(memory.drive.phase),
        "tape": tape_rows(memory.tape),
        "log_written": memory.log.written,
        "log_tip": memory.log.tip,
        "log_lost": list(memory.log.lost),
        "faults": fault_rows(memory.log.faults),
        "profile": memory.profile.name,
        "asked": memory.asked,
        "agreed": memory.agreed,
        "doubt": memory.doubt,
        "doubts": [[since.isoformat(), until.isoformat(), quanta] for since, until, quanta in memory.doubts],
        "large_strokes": memory.large_strokes,
        "watch": _watch_row(memory.watch),
        "holds": [hold.value for hold in memory.holds],
        "raised": [_raised_row(one) for one in memory.raised],
        "alarm_starts": [[alarm.value, at.isoformat()] for alarm, at in memory.alarm_starts],
        "intervals_us": [
            microseconds(memory.intervals.critical),
            microseconds(memory.intervals.non_critical),
        ],
        "tones_to": text_or_none(memory.tones_to),
        "open": _open_row(memory.open),
        "review_at": text_or_none(memory.review_at),
        "clock_set_at": text_or_none(memory.clock_set_at),
        "boluses_by": _boluses_by_row(memory.boluses_by),
        "touched_at": text_or_none(memory.touched_at),
        "telemetry_since": text_or_none(memory.telemetry_since),
        "fallback": None if memory.fallback is None else plain(memory.fallback.ug_per_day),
        "replacement": None if memory.replacement is None else _reading_row(memory.replacement),
        "counters": _counters_row(memory.counters),
        "patient_boluses": [at.isoformat() for at in memory.patient_boluses],
        "patient_until": text_or_none(memory.patient_until),
        "once_paused_us": memory.once_paused_us,
        "once_given": _fraction_row(memory.once_given),
        "patient_given": _fraction_row(memory.patient_given),
        "under_way": _under_way_row(memory.under_way),
        "level": _level_row(memory.level),
        "boluses_withheld": memory.boluses_withheld,
        "finishing": memory.finishing,
        "paused_at": text_or_none(memory.paused_at),
        "history_lost_at": text_or_none(memory.history_lost_at),
        "bolus_when_low": memory.bolus_when_low,
        "tube": _tube_row(memory.tube),
        "lowest_doses": [[at.isoformat(), plain(dose.ug_per_day)] for at, dose in memory.lowest_doses],
    }


def read_memory(fields: Fields, pages: bytes) -> Memory:
    """Read a memory back, with the pages of its log.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, ArithmeticError: not what ``memory_fields`` writes.
    """
    capability = capability_from_figures(
        fields["model"],
        {name: as_decimal(number) for name, number in fields["figures"].items()},
        fields["sources"],
    )
    command = fields["last_command"]
    return Memory(
        serial=PumpSerial(fields["serial"]),
        capability=capability,
        clock=PumpClock(timedelta(microseconds=fields["clock_offset_us"])),
        implanted_at=moment(fields["implanted_at"]),
        at=moment(fields["at"]),
        program=program_from_fields(fields["program"]),
        started=moment(fields["started"]),
        started_counts=fields["started_counts"],
        once_over=fields["once_over"],
        revision=fields["revision"],
        last_command=None if command is None else CommandId(command),
        earlier_commands=tuple(CommandId(one) for one in fields["earlier_commands"]),
        reservoir=Reservoir(
            content=Volume(mL=as_decimal(fields["filled_mL"])),
            capacity=capability.reservoir,
            unusable=capability.unusable,
            concentration=Concentration(ug_per_mL=as_decimal(fields["filled_ug_per_mL"])),
        ),
        filled_at=moment(fields["filled_at"]),
        filled_counts=fields["filled_counts"],
        drive=Drive(counts=fields["counts"], phase=Fraction(*fields["phase"])),
        tape=tape_from_rows(fields["tape"]),
        log=log_from_pages(
            pages,
            written=fields["log_written"],
            tip=fields["log_tip"],
            faults=faults_from_rows(fields["faults"]),
        ),
        profile=PROFILES[fields["profile"]],
        asked=fields["asked"],
        agreed=fields["agreed"],
        doubt=fields["doubt"],
        doubts=tuple((moment(since), moment(until), quanta) for since, until, quanta in fields["doubts"]),
        large_strokes=fields["large_strokes"],
        watch=_read_watch(fields["watch"]),
        holds=tuple(Hold(hold) for hold in fields["holds"]),
        raised=tuple(_read_raised(row) for row in fields["raised"]),
        alarm_starts=tuple((Alarm(alarm), moment(at)) for alarm, at in fields["alarm_starts"]),
        intervals=_read_intervals(fields["intervals_us"]),
        tones_to=moment_or_none(fields["tones_to"]),
        open=_read_open(fields["open"]),
        review_at=moment_or_none(fields["review_at"]),
        clock_set_at=moment_or_none(fields["clock_set_at"]),
        boluses_by=_read_boluses_by(fields["boluses_by"]),
        touched_at=moment_or_none(fields["touched_at"]),
        telemetry_since=moment_or_none(fields["telemetry_since"]),
        fallback=(
            None if fields["fallback"] is None else DoseRate(ug_per_day=as_decimal(fields["fallback"]))
        ),
        replacement=None if fields["replacement"] is None else _read_reading(fields["replacement"]),
        counters=_read_counters(fields["counters"]),
        patient_boluses=tuple(moment(at) for at in fields["patient_boluses"]),
        patient_until=moment_or_none(fields["patient_until"]),
        once_paused_us=fields["once_paused_us"],
        once_given=Fraction(*fields["once_given"]),
        patient_given=Fraction(*fields["patient_given"]),
        under_way=_read_under_way(fields["under_way"]),
        level=_read_level(fields["level"]),
        boluses_withheld=fields["boluses_withheld"],
        finishing=fields["finishing"],
        paused_at=moment_or_none(fields["paused_at"]),
        history_lost_at=moment_or_none(fields["history_lost_at"]),
        bolus_when_low=fields["bolus_when_low"],
        tube=_read_tube(fields["tube"]),
        lowest_doses=tuple(
            (moment(at), DoseRate(ug_per_day=as_decimal(dose))) for at, dose in fields["lowest_doses"]
        ),
    )


def _tube_row(tube: Tube | None) -> list[object] | None:
    if tube is None:
        return None
    volume = None if tube.volume is None else plain(tube.volume.mL)
    return [plain(tube.holds.ug_per_mL), tube.since.isoformat(), tube.counts, volume]


def _read_tube(row: Any) -> Tube | None:  # noqa: ANN401 - as Fields
    if row is None:
        return None
    holds, since, counts, volume = row
    return Tube(
        holds=Concentration(ug_per_mL=as_decimal(holds)),
        since=moment(since),
        counts=counts,
        volume=None if volume is None else Volume(mL=as_decimal(volume)),
    )


def _boluses_by_row(waits: tuple[PumpClock, datetime] | None) -> list[object] | None:
    return None if waits is None else [microseconds(waits[0].offset), waits[1].isoformat()]


def _read_boluses_by(row: Any) -> tuple[PumpClock, datetime] | None:  # noqa: ANN401 - as Fields
    if row is None:
        return None
    offset, until = row
    return PumpClock(timedelta(microseconds=offset)), moment(until)


def _counters_row(counters: Counters) -> list[int]:
    return [counters.radio_us, counters.tones, counters.resets, counters.extra_uC]


def _read_counters(row: Any) -> Counters:  # noqa: ANN401 - as Fields
    radio, tones, resets, extra = row
    return Counters(radio_us=radio, tones=tones, resets=resets, extra_uC=extra)


def _reading_row(reading: Reading) -> list[object]:
    return [reading.lived_us, reading.counts, _counters_row(reading.counters)]


def _read_reading(row: Any) -> Reading:  # noqa: ANN401 - as Fields
    lived, counts, counters = row
    return Reading(lived_us=lived, counts=counts, counters=_read_counters(counters))


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


def text_or_none(at: datetime | None) -> str | None:
    """Return a moment as text; None for none."""
    return None if at is None else at.isoformat()


def moment(text: str) -> datetime:
    """Read a moment, as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def moment_or_none(text: str | None) -> datetime | None:
    """Read a moment; None for none."""
    return None if text is None else moment(text)


def _watch_row(watch: Watch) -> list[object]:
    return [
        text_or_none(watch.missed_since),
        watch.missed_counts,
        text_or_none(watch.turned_at),
        watch.lagged,
        watch.lag_asked,
        watch.strokes_seen,
        watch.stroke_asked,
        [at.isoformat() for at in watch.upsets],
        [cause.value for cause in watch.found],
        text_or_none(watch.hung_since),
    ]


def _read_watch(row: Any) -> Watch:  # noqa: ANN401 - as Fields
    (
        missed_since,
        missed_counts,
        turned_at,
        lagged,
        lag_asked,
        strokes,
        stroke_asked,
        upsets,
        found,
        hung_since,
    ) = row
    return Watch(
        missed_since=moment_or_none(missed_since),
        missed_counts=missed_counts,
        turned_at=moment_or_none(turned_at),
        lagged=lagged,
        lag_asked=lag_asked,
        strokes_seen=strokes,
        stroke_asked=stroke_asked,
        upsets=tuple(moment(at) for at in upsets),
        found=tuple(Cause(cause) for cause in found),
        hung_since=moment_or_none(hung_since),
    )


def _read_intervals(row: Any) -> Intervals:  # noqa: ANN401 - as Fields
    critical, non_critical = row
    return Intervals(
        critical=timedelta(microseconds=critical), non_critical=timedelta(microseconds=non_critical)
    )


def _raised_row(one: Raised) -> list[object]:
    return [
        one.alarm.value,
        one.since.isoformat(),
        text_or_none(one.silent_until),
        one.escalated,
        one.over,
        text_or_none(one.sounds_from),
        one.returns,
    ]


def _read_raised(row: Any) -> Raised:  # noqa: ANN401 - as Fields
    alarm, since, silent_until, escalated, over, sounds_from, returns = row
    return Raised(
        alarm=Alarm(alarm),
        since=moment(since),
        silent_until=moment_or_none(silent_until),
        escalated=escalated,
        over=over,
        sounds_from=moment_or_none(sounds_from),
        returns=returns,
    )


def _fraction_row(exact: Fraction) -> list[int]:
    return [exact.numerator, exact.denominator]


def _under_way_row(one: UnderWay | None) -> list[object] | None:
    return None if one is None else [one.began.isoformat(), one.ends.isoformat(), *_fraction_row(one.given)]


def _read_under_way(row: Any) -> UnderWay | None:  # noqa: ANN401 - as Fields
    if row is None:
        return None
    began, ends, *given = row
    return UnderWay(began=moment(began), ends=moment(ends), given=Fraction(*given))


def _level_row(level: Level | None) -> list[str] | None:
    if level is None:
        return None
    return [level.at.isoformat(), plain(level.measured.mL), plain(level.computed.mL)]


def _read_level(row: Any) -> Level | None:  # noqa: ANN401 - as Fields
    if row is None:
        return None
    at, measured, computed = row
    return Level(
        at=moment(at), measured=Volume(mL=as_decimal(measured)), computed=Volume(mL=as_decimal(computed))
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
        work.command,
        None if work.dead_volume is None else plain(work.dead_volume.mL),
    ]


def _read_open(row: Any) -> Open | None:  # noqa: ANN401 - as Fields
    if row is None:
        return None
    work, since, fill, strength, program, command, dead = row
    return Open(
        work=Work(work),
        since=moment(since),
        fill=None if fill is None else Volume(mL=as_decimal(fill)),
        concentration=None if strength is None else Concentration(ug_per_mL=as_decimal(strength)),
        program=None if program is None else program_from_fields(program),
        command=None if command is None else CommandId(command),
        dead_volume=None if dead is None else Volume(mL=as_decimal(dead)),
    )
