"""A pump's memory as JSON values, and back. Numbers with a fraction travel as text."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from thecal.pump.catalogue import capability_from_figures, figures_of
from thecal.pump.fault_log import fault_rows, faults_from_rows
from thecal.pump.hold import Hold
from thecal.pump.image_rows import (
    boluses_by_row,
    counters_row,
    fraction_row,
    level_row,
    moment,
    moment_or_none,
    open_row,
    raised_row,
    read_boluses_by,
    read_counters,
    read_intervals,
    read_level,
    read_open,
    read_raised,
    read_reading,
    read_tube,
    read_under_way,
    read_watch,
    reading_row,
    tape_from_rows,
    tape_rows,
    text_or_none,
    tube_row,
    under_way_row,
    watch_row,
)
from thecal.pump.log_pages import log_from_pages
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.profile import PROFILES
from thecal.quantities import (
    Concentration,
    DoseRate,
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
        "ordered_at": text_or_none(memory.ordered_at),
        "once_over": memory.once_over,
        "revision": memory.revision,
        "last_command": memory.last_command,
        "earlier_commands": list(memory.earlier_commands),
        "filled_mL": plain(memory.reservoir.content.mL),
        "filled_ug_per_mL": plain(memory.reservoir.concentration.ug_per_mL),
        "filled_at": memory.filled_at.isoformat(),
        "filled_counts": memory.filled_counts,
        "counts": memory.drive.counts,
        "phase": fraction_row(memory.drive.phase),
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
        "watch": watch_row(memory.watch),
        "holds": [hold.value for hold in memory.holds],
        "raised": [raised_row(one) for one in memory.raised],
        "alarm_starts": [[alarm.value, at.isoformat()] for alarm, at in memory.alarm_starts],
        "intervals_us": [
            microseconds(memory.intervals.critical),
            microseconds(memory.intervals.non_critical),
        ],
        "tones_to": text_or_none(memory.tones_to),
        "open": open_row(memory.open),
        "review_at": text_or_none(memory.review_at),
        "clock_set_at": text_or_none(memory.clock_set_at),
        "boluses_by": boluses_by_row(memory.boluses_by),
        "touched_at": text_or_none(memory.touched_at),
        "telemetry_since": text_or_none(memory.telemetry_since),
        "fallback": None if memory.fallback is None else plain(memory.fallback.ug_per_day),
        "replacement": None if memory.replacement is None else reading_row(memory.replacement),
        "counters": counters_row(memory.counters),
        "patient_boluses": [at.isoformat() for at in memory.patient_boluses],
        "patient_until": text_or_none(memory.patient_until),
        "once_paused_us": memory.once_paused_us,
        "once_given": fraction_row(memory.once_given),
        "patient_given": fraction_row(memory.patient_given),
        "under_way": under_way_row(memory.under_way),
        "level": level_row(memory.level),
        "boluses_withheld": memory.boluses_withheld,
        "finishing": memory.finishing,
        "paused_at": text_or_none(memory.paused_at),
        "history_lost_at": text_or_none(memory.history_lost_at),
        "bolus_when_low": memory.bolus_when_low,
        "tube": tube_row(memory.tube),
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
        ordered_at=moment_or_none(fields["ordered_at"]),
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
        watch=read_watch(fields["watch"]),
        holds=tuple(Hold(hold) for hold in fields["holds"]),
        raised=tuple(read_raised(row) for row in fields["raised"]),
        alarm_starts=tuple((Alarm(alarm), moment(at)) for alarm, at in fields["alarm_starts"]),
        intervals=read_intervals(fields["intervals_us"]),
        tones_to=moment_or_none(fields["tones_to"]),
        open=read_open(fields["open"]),
        review_at=moment_or_none(fields["review_at"]),
        clock_set_at=moment_or_none(fields["clock_set_at"]),
        boluses_by=read_boluses_by(fields["boluses_by"]),
        touched_at=moment_or_none(fields["touched_at"]),
        telemetry_since=moment_or_none(fields["telemetry_since"]),
        fallback=(
            None if fields["fallback"] is None else DoseRate(ug_per_day=as_decimal(fields["fallback"]))
        ),
        replacement=None if fields["replacement"] is None else read_reading(fields["replacement"]),
        counters=read_counters(fields["counters"]),
        patient_boluses=tuple(moment(at) for at in fields["patient_boluses"]),
        patient_until=moment_or_none(fields["patient_until"]),
        once_paused_us=fields["once_paused_us"],
        once_given=Fraction(*fields["once_given"]),
        patient_given=Fraction(*fields["patient_given"]),
        under_way=read_under_way(fields["under_way"]),
        level=read_level(fields["level"]),
        boluses_withheld=fields["boluses_withheld"],
        finishing=fields["finishing"],
        paused_at=moment_or_none(fields["paused_at"]),
        history_lost_at=moment_or_none(fields["history_lost_at"]),
        bolus_when_low=fields["bolus_when_low"],
        tube=read_tube(fields["tube"]),
        lowest_doses=tuple(
            (moment(at), DoseRate(ug_per_day=as_decimal(dose))) for at, dose in fields["lowest_doses"]
        ),
    )
