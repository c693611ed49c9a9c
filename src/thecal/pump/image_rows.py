"""The parts of a pump's memory as JSON values, and back; each value is checked by what it becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal.pump.conditions import Cause
from thecal.pump.counters import Counters, Reading
from thecal.pump.dead_space import Entered, Tube
from thecal.pump.hold import Intervals, Level, Open, Raised, UnderWay, Work
from thecal.pump.tape import Tape
from thecal.pump.watch import Watch
from thecal.quantities import (
    Concentration,
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
    program_fields,
    program_from_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def tube_row(tube: Tube | None) -> list[object] | None:
    """Return what is known of the tube as JSON values."""
    if tube is None:
        return None
    entered = [[plain(one.concentration.ug_per_mL), one.counts, one.at.isoformat()] for one in tube.entered]
    return [entered, None if tube.volume is None else plain(tube.volume.mL)]


def read_tube(row: Any) -> Tube | None:  # noqa: ANN401 - JSON
    """Read what is known of the tube back."""
    if row is None:
        return None
    entered, volume = row
    return Tube(
        entered=tuple(
            Entered(concentration=Concentration(ug_per_mL=as_decimal(strength)), counts=counts, at=moment(at))
            for strength, counts, at in entered
        ),
        volume=None if volume is None else Volume(mL=as_decimal(volume)),
    )


def boluses_by_row(waits: tuple[PumpClock, datetime] | None) -> list[object] | None:
    """Return the clock that periodic boluses follow as JSON values."""
    return None if waits is None else [microseconds(waits[0].offset), waits[1].isoformat()]


def read_boluses_by(row: Any) -> tuple[PumpClock, datetime] | None:  # noqa: ANN401 - JSON
    """Read the clock that periodic boluses follow back."""
    if row is None:
        return None
    offset, until = row
    return PumpClock(timedelta(microseconds=offset)), moment(until)


def counters_row(counters: Counters) -> list[int]:
    """Return raw counters as JSON values."""
    return [counters.radio_us, counters.tones, counters.resets, counters.extra_uC]


def read_counters(row: Any) -> Counters:  # noqa: ANN401 - JSON
    """Read raw counters back."""
    radio, tones, resets, extra = row
    return Counters(radio_us=radio, tones=tones, resets=resets, extra_uC=extra)


def reading_row(reading: Reading) -> list[object]:
    """Return what the raw counters showed as JSON values."""
    return [reading.lived_us, reading.counts, counters_row(reading.counters)]


def read_reading(row: Any) -> Reading:  # noqa: ANN401 - JSON
    """Read what the raw counters showed back."""
    lived, counts, counters = row
    return Reading(lived_us=lived, counts=counts, counters=read_counters(counters))


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


def watch_row(watch: Watch) -> list[object]:
    """Return what the detectors remember as JSON values."""
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


def read_watch(row: Any) -> Watch:  # noqa: ANN401 - JSON
    """Read what the detectors remember back."""
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


def read_intervals(row: Any) -> Intervals:  # noqa: ANN401 - JSON
    """Read the intervals of the alarms back."""
    critical, non_critical = row
    return Intervals(
        critical=timedelta(microseconds=critical), non_critical=timedelta(microseconds=non_critical)
    )


def raised_row(one: Raised) -> list[object]:
    """Return an alarm as JSON values."""
    return [
        one.alarm.value,
        one.since.isoformat(),
        text_or_none(one.silent_until),
        one.escalated,
        one.over,
        text_or_none(one.sounds_from),
        one.returns,
    ]


def read_raised(row: Any) -> Raised:  # noqa: ANN401 - JSON
    """Read an alarm back."""
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


def fraction_row(exact: Fraction) -> list[int]:
    """Return a fraction as JSON values."""
    return [exact.numerator, exact.denominator]


def under_way_row(one: UnderWay | None) -> list[object] | None:
    """Return a periodic bolus under way as JSON values."""
    return None if one is None else [one.began.isoformat(), one.ends.isoformat(), *fraction_row(one.given)]


def read_under_way(row: Any) -> UnderWay | None:  # noqa: ANN401 - JSON
    """Read a periodic bolus under way back."""
    if row is None:
        return None
    began, ends, *given = row
    return UnderWay(began=moment(began), ends=moment(ends), given=Fraction(*given))


def level_row(level: Level | None) -> list[str | None] | None:
    """Return a measured level as JSON values."""
    if level is None:
        return None
    error = None if level.error is None else plain(level.error.mL)
    return [level.at.isoformat(), plain(level.measured.mL), plain(level.computed.mL), error]


def read_level(row: Any) -> Level | None:  # noqa: ANN401 - JSON
    """Read a measured level back."""
    if row is None:
        return None
    at, measured, computed, error = row
    return Level(
        at=moment(at),
        measured=Volume(mL=as_decimal(measured)),
        computed=Volume(mL=as_decimal(computed)),
        error=None if error is None else Volume(mL=as_decimal(error)),
    )


def open_row(work: Open | None) -> list[object] | None:
    """Return what was begun and is not done as JSON values."""
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


def read_open(row: Any) -> Open | None:  # noqa: ANN401 - JSON
    """Read what was begun and is not done back."""
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
