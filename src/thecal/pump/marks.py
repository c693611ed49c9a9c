"""The counts at which something is to be done, and after how many quanta each of them is reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.pump.hardware import PPM
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.window import quanta_to_limit
from thecal.therapy import Alarm

if TYPE_CHECKING:
    from thecal.pump.hardware import Acting, Hardware
    from thecal.pump.memory import Memory

AGREE_WITHIN = 1
"""Quanta by which the two counters may differ; one more is an alarm (ITB-090)."""

LARGE_STROKES = 2
"""Strokes larger than the declared tolerance that are an alarm, unless they came far apart (ITB-093)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What lies ahead of a drive.

    Attributes:
        counts: where it stands.
        low, empty: counts at which the reservoir is low, and empty.
        short: count from which on it does not hold enough for another periodic bolus; None where none comes.
        slip, ratio: what a drive that runs ahead or behind has left over, and makes of a quantum.
        counted: whether the counter sees what it makes.
        large: whether each stroke is larger than its label by more than the declared tolerance.
        made: further marks, in quanta moved from here.
        asked: further marks, in quanta asked for from here.
    """

    counts: int
    low: int
    empty: int
    short: int | None
    slip: int
    ratio: int
    counted: bool
    large: bool = False
    made: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()

    @classmethod
    def of(cls, memory: Memory, hardware: Hardware, acting: Acting) -> Marks:
        """Return what lies ahead of a pump."""
        counts = memory.drive.counts
        marks = cls(
            counts=counts,
            low=memory.low_counts,
            empty=memory.empty_counts,
            short=memory.short_counts,
            slip=hardware.slip,
            ratio=acting.ratio,
            counted=acting.counted,
            asked=(1,) if memory.finishing else (),
            large=acting.drawn > PPM * (1 + memory.capability.accuracy),
        )
        if hardware.is_plain and not hardware.model.number("wear"):
            return marks
        made = [PPM - counts % PPM]
        if acting.drawn and acting.room is not None:
            made.append(acting.room // acting.drawn)
        if acting.drawn and hardware.drawn < hardware.content:
            made.append(-(-(hardware.content - hardware.drawn) // acting.drawn))
        asked = [*marks.asked]
        if acting.ratio == 0 and memory.watch.missed_since is None:
            asked.append(1)
        if memory.profile.tests_itself and _stood(memory):
            made.append(1)
        if marks.large and memory.profile.checks_strokes:
            made.append(LARGE_STROKES - memory.large_strokes + memory.watch.strokes_seen)
        if acting.misled:
            made.append(quanta_to_limit(memory))
        if (apart := _pulses_until_apart(memory, hardware, acting)) is not None:
            asked.append(apart)
        return replace(marks, made=tuple(made), asked=tuple(asked))

    def crossed(self, memory: Memory) -> Memory:
        """Return the memory with what the drive has just come past written into its log."""
        log, counts = memory.log, memory.drive.counts
        if self.counts < self.low <= counts:
            log = recorded(log, Kind.RESERVOIR_RAN_LOW, at=memory.at)
        if self.counts < self.empty <= counts:
            log = recorded(log, Kind.RESERVOIR_EMPTIED, at=memory.at)
        return memory if log is memory.log else replace(memory, log=log)


def _stood(memory: Memory) -> bool:
    """Say whether the next quantum that is counted tells that the drive turns again."""
    return memory.watch.missed_since is not None or _stands(memory, Alarm.MOTOR_STALL)


def _lags(memory: Memory) -> bool:
    """Say whether it is known that the drive lags, so that the next self-test looks how far."""
    return _stands(memory, Alarm.UNDER_DELIVERY)


def _stands(memory: Memory, alarm: Alarm) -> bool:
    return any(one.alarm is alarm and not one.over for one in memory.raised)


def pulses_to_mark(marks: Marks) -> int | None:
    """Return after how many quanta asked for the first mark is reached; None where none will be."""
    ahead = list(marks.asked)
    if marks.ratio:
        made = list(marks.made)
        if marks.counted:
            levels = (mark for mark in (marks.low, marks.empty, marks.short) if mark is not None)
            made += [mark - marks.counts for mark in levels if mark > marks.counts]
        ahead += [-(-(quanta * PPM - marks.slip) // marks.ratio) for quanta in made]
    return max(1, min(ahead)) if ahead else None


def _pulses_until_apart(memory: Memory, hardware: Hardware, acting: Acting) -> int | None:
    """Return after how many quanta asked for the two counters no longer agree; None where they will."""
    ratio = acting.ratio if acting.counted else 0
    if not memory.profile.two_counters or acting.misled or ratio == PPM or (ratio == 0 and acting.counted):
        return None
    missing = memory.asked - memory.drive.counts - memory.agreed
    if abs(missing) > AGREE_WITHIN or (ratio < PPM and _lags(memory)):
        return None
    if ratio < PPM:
        further = AGREE_WITHIN + 1 - missing
        if ratio == 0:
            return further
        return (hardware.slip + (further - 1) * PPM) // (PPM - acting.ratio) + 1
    further = AGREE_WITHIN + 1 + missing
    return max(1, -(-(further * PPM - hardware.slip) // (acting.ratio - PPM)))
