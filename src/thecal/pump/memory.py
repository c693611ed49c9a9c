"""Everything a pump remembers, as one frozen value: an act makes a new one, and it is swapped in whole."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.counters import Counters, Reading
from thecal.pump.hold import Intervals
from thecal.pump.motor import volume_of
from thecal.pump.plan import ByIdentity, plan_of
from thecal.pump.profile import REFERENCE
from thecal.pump.rhythm import tones_of
from thecal.pump.tally import Doubts, Tally
from thecal.pump.watch import Watch
from thecal.quantities import microseconds, plain
from thecal.therapy import Bridge

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.dead_space import Tube
    from thecal.pump.hold import Hold, Level, Open, Raised, UnderWay
    from thecal.pump.log import Log
    from thecal.pump.motor import Drive
    from thecal.pump.plan import Plan
    from thecal.pump.profile import Profile
    from thecal.pump.tape import Tape
    from thecal.quantities import DoseRate, PumpClock, Volume
    from thecal.therapy import (
        Alarm,
        Capability,
        CommandId,
        DeliverySegment,
        Program,
        PumpSerial,
        Reservoir,
    )


def _quanta_of(reservoir: Reservoir, can: Capability) -> tuple[int, int]:
    """Return after how many quanta a filling is empty, and after how many it is low."""
    quantum = Fraction(can.quantum.mL)
    above = Fraction(reservoir.content.mL) - Fraction(can.low_reservoir.mL)
    return Fraction(reservoir.usable.mL) // quantum, max(0, -(-above // quantum))


_QUANTA = ByIdentity(_quanta_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A pump's memory at one moment.

    Attributes:
        serial: the implant's serial number.
        capability: what it can do and what it is allowed.
        clock: its own clock, which knows no zone.
        implanted_at: when its life began.
        at: up to when it has lived.
        program: what it runs, in the concentration the last fill was labelled with.
        started: when the program began.
        ordered_at: when a person last ordered one; None where nobody has.
        started_counts: the drive's count then.
        once_over: nothing runs once any more, or nothing ever did.
        revision: counts every committed program, from 0 before the first.
        last_command: the last one it carried out.
        earlier_commands: those it carried out before that one, newest last; they act once, too (ITB-039).
        reservoir: as it was filled; what is in it now is ``holding``.
        filled_at: when that was.
        filled_counts: the drive's count then.
        drive: where the drive stands, as the independent counter says.
        tape: what the drive did since ``implanted_at``, without gaps.
        log: numbered and sealed records.
        profile: how it behaves where devices and requirements differ.
        asked: quanta that the command path asked the drive for, since implant.
        agreed: how many of them were not counted and are known not to have been; never made up.
        doubt: quanta that may or may not have moved beyond those counted, until somebody proves it.
        doubts: when they may have moved, in the last day: what the dose window counts.
        large_strokes: strokes that touched the stop, which none within the tolerance reaches (ITB-093).
        watch: what the detectors remember.
        holds: why the drive does not follow the program, if it does not.
        raised: what is alarming.
        alarm_starts: when alarms began in the last minutes, for escalation.
        intervals: how often the alarms sound; a setting (ITB-094).
        tones_to: up to when what sounded is in the counters; None where nothing has sounded.
        open: an update or a refill that was begun and is not done.
        review_at: when a stop that a person ordered is to be looked at again.
        clock_set_at: when somebody last set the clock of the day; None not since implantation.
        boluses_by: the clock that the periodic boluses still follow after it was set, and until when: then
            the next would have begun, so that none is given twice (ITB-118).
        touched_at: when the pump's own coil last felt a wand on the skin.
        telemetry_since: when the radio woke, be it for a wand or for interference.
        fallback: the dose that somebody entered for when the program is lost; None for the week's lowest.
        replacement: what the raw counters showed when it asked to be replaced.
        counters: what the battery, the radio and the tones have come to.
        patient_boluses: when the patient's boluses of the last day began.
        patient_until: when the running one ends.
        once_paused_us: how long what runs once gave way to the patient's boluses.
        once_given, patient_given: quanta that are the share of what runs once, and of the patient's newest
            bolus, in what was counted; base program not included.
        under_way: the periodic bolus that has begun and is not over; None where none has.
        level: the newest measure of the reservoir beside what the pump then expected; None before the first.
        boluses_withheld: the reservoir does not hold another periodic bolus; the background goes on.
        finishing: a stop was ordered, and the quantum that was under way is being finished (ITB-019).
        paused_at: when the program was paused; None where it is not.
        history_lost_at: when the record of its boluses was last found damaged.
        bolus_when_low: whether a bolus may be given while the reservoir is low; a setting (ITB-060).
        tube: what has entered catheter and tubing; None where it was one solution alone.
        lowest_doses: the lowest 24-hour dose of each recent program, and when it last ran.
    """

    serial: PumpSerial
    capability: Capability
    clock: PumpClock
    implanted_at: datetime
    at: datetime
    program: Program
    started: datetime
    started_counts: int
    once_over: bool
    revision: int
    last_command: CommandId | None
    reservoir: Reservoir
    filled_at: datetime
    filled_counts: int
    drive: Drive
    tape: Tape
    log: Log
    profile: Profile = REFERENCE
    asked: int = 0
    agreed: int = 0
    doubt: int = 0
    doubts: Doubts = ()
    large_strokes: int = 0
    watch: Watch = field(default_factory=Watch)
    holds: tuple[Hold, ...] = ()
    raised: tuple[Raised, ...] = ()
    alarm_starts: tuple[tuple[Alarm, datetime], ...] = ()
    intervals: Intervals = field(default_factory=Intervals)
    tones_to: datetime | None = None
    open: Open | None = None
    review_at: datetime | None = None
    clock_set_at: datetime | None = None
    boluses_by: tuple[PumpClock, datetime] | None = None
    touched_at: datetime | None = None
    telemetry_since: datetime | None = None
    fallback: DoseRate | None = None
    replacement: Reading | None = None
    counters: Counters = field(default_factory=Counters)
    patient_boluses: tuple[datetime, ...] = ()
    patient_until: datetime | None = None
    once_paused_us: int = 0
    once_given: Fraction = Fraction(0)
    patient_given: Fraction = Fraction(0)
    under_way: UnderWay | None = None
    level: Level | None = None
    boluses_withheld: bool = False
    finishing: bool = False
    paused_at: datetime | None = None
    history_lost_at: datetime | None = None
    bolus_when_low: bool = True
    tube: Tube | None = None
    lowest_doses: tuple[tuple[datetime, DoseRate], ...] = ()
    earlier_commands: tuple[CommandId, ...] = ()
    ordered_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a memory that contradicts itself."""
        if not self.implanted_at <= self.started <= self.at or not (
            self.implanted_at <= self.filled_at <= self.at
        ):
            raise ValueError("a pump is implanted, filled and programmed before the present, in that order")
        if not self.started_counts <= self.drive.counts <= self.empty_counts or self.revision < 0:
            raise ValueError("a pump's counters only go up, and stop where the reservoir is empty")
        if min(self.doubt, self.asked) < 0:
            raise ValueError("a pump's counters only go up")
        last = self.tape.last
        if (last is not None and self.implanted_at + timedelta(microseconds=last[0]) >= self.at) or (
            last is None and self.at > self.implanted_at
        ):
            raise ValueError(f"the delivery record does not end at {self.at.isoformat()}")

    @property
    def reading(self) -> Reading:
        """What the raw counters show, with what the alarms that stand have sounded."""
        lived = microseconds(self.at - self.implanted_at)
        return Reading(lived_us=lived, counts=self.drive.counts, counters=self.counters_now)

    @property
    def counters_now(self) -> Counters:
        """The counters with every tone before the present, for the battery (ITB-109)."""
        since, counters = self.tones_to or self.implanted_at, self.counters
        new = tones_of(self.raised, self.intervals, since, self.at)
        return replace(counters, tones=counters.tones + new) if new else counters

    @property
    def replace_at(self) -> datetime | None:
        """When it asked to be replaced; computed, and kept nowhere (ITB-108)."""
        if self.replacement is None:
            return None
        return self.implanted_at + timedelta(microseconds=self.replacement.lived_us)

    @property
    def tally(self) -> Tally:
        """How many quanta have moved at least, and at most: a quantum under way is begun (ITB-111)."""
        counts = self.drive.counts
        return Tally(counted=counts, begun=counts + self.doubt + int(self.drive.phase > 0))

    @property
    def delivered_facts(self) -> dict[str, str]:
        """What a record says of what was delivered until then: least and most, until it is proven."""
        tally, quantum = self.tally, self.capability.quantum
        return {
            "delivered_least_mL": plain(volume_of(tally.counted, quantum).mL),
            "delivered_most_mL": plain(volume_of(tally.begun, quantum).mL),
        }

    @property
    def delivery(self) -> tuple[DeliverySegment, ...]:
        """What the drive did since ``implanted_at``, without gaps."""
        return self.tape.segments(self.implanted_at, self.at)

    @property
    def dose_clock(self) -> PumpClock:
        """The clock that the program follows now."""
        waits = self.boluses_by
        return self.clock if waits is None or self.at >= waits[1] else waits[0]

    @property
    def plan(self) -> Plan:
        """The program in whole numbers."""
        return plan_of(self.program, self.capability)

    # --- the reservoir, by counts (ITB-057) ------------------------------

    @property
    def empty_counts(self) -> int:
        """The count at which the last usable quantum has left."""
        return self.filled_counts + _QUANTA(self.reservoir, self.capability)[0]

    @property
    def low_counts(self) -> int:
        """The count from which on the content is at or below the low-reservoir alarm."""
        return self.filled_counts + _QUANTA(self.reservoir, self.capability)[1]

    @property
    def short_counts(self) -> int | None:
        """The count from which on no further periodic bolus begins (ITB-036, ITB-060); None without any."""
        if not self.plan.bolus_quanta:
            return None
        enough = self.empty_counts - self.plan.bolus_quanta + 1
        return enough if self.bolus_when_low else min(enough, self.low_counts)

    @property
    def is_empty(self) -> bool:
        """Whether not one usable quantum is left."""
        return self.drive.counts >= self.empty_counts

    @property
    def is_low(self) -> bool:
        """Whether the content is at or below the low-reservoir alarm."""
        return self.drive.counts >= self.low_counts

    @property
    def shows_low(self) -> bool:
        """Whether the gauge, less its error, shows less than the count, and no more than the alarm volume."""
        level = self._gauged
        if level is None or level.error is None:
            return False
        return (
            level.measured < level.computed and level.measured <= self.capability.low_reservoir + level.error
        )

    @property
    def shows_empty(self) -> bool:
        """Whether the gauge shows less than the count, and nothing usable."""
        level = self._gauged
        return (
            level is not None
            and level.measured < level.computed
            and level.measured <= self.capability.unusable
        )

    @property
    def _gauged(self) -> Level | None:
        """What the gauge has shown of this filling; None where nothing, or there is no gauge."""
        level = self.level
        return None if level is None or level.error is None or level.at <= self.filled_at else level

    @property
    def holding(self) -> Reservoir:
        """The reservoir as it is now."""
        used = volume_of(self.drive.counts - self.filled_counts, self.capability.quantum)
        return replace(self.reservoir, content=self.reservoir.content - used)

    @property
    def usable(self) -> Volume:
        """What can still be delivered: whole quanta."""
        return volume_of(self.empty_counts - self.drive.counts, self.capability.quantum)

    # --- the program ------------------------------------------------------------------------------------

    @property
    def once_ends(self) -> datetime | None:
        """When what runs once will be over; None where nothing does."""
        timed, latest = self.once_timed, self.once_latest
        if timed is None or latest is None or not self.washes_out:
            return timed
        asked = timedelta(0) if self.patient_until is None else self.patient_until - self.at
        return min(latest, max(timed, self.at + asked + timedelta(microseconds=math.ceil(self.once_left_us))))

    @property
    def once_timed(self) -> datetime | None:
        """When what runs once will be over by the time it has run."""
        if self.once_over or self.program.once is None:
            return None
        return self.started + timedelta(microseconds=self.plan.once_us + self.once_paused_us)

    @property
    def once_latest(self) -> datetime | None:
        """When a bridge is over whatever was counted of it: after twice its time (S-36)."""
        timed = self.once_timed
        return None if timed is None else timed + timedelta(microseconds=self.plan.once_us)

    @property
    def washes_out(self) -> bool:
        """Whether a bridge drives a stronger solution out: what was not counted is still there (S-36)."""
        once = self.program.once
        return (
            isinstance(once, Bridge)
            and self.profile.wants_bridge
            and not self.once_over
            and once.old_concentration > self.program.concentration
        )

    @property
    def once_left_us(self) -> Fraction:
        """How long what runs once has still to flow, in microseconds, by what was counted of it."""
        given_us = self.once_given * self.plan.scale / self.plan.once_pace
        return max(Fraction(0), self.plan.once_us - given_us)
