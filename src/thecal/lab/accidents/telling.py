"""An accident told on both pumps side by side: one timeline, what left the tip, what that came to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from thecal.body import READOUTS, SEDATION, WITHDRAWAL, Implant, csf_at, inflow_from_delivery
from thecal.lab.accidents.course import Course
from thecal.lab.accidents.otherwise import otherwise
from thecal.lab.accidents.play import Moment, Played, play
from thecal.lab.accidents.verdict import Verdict, judge, needs
from thecal.lab.accidents.words import (
    entered_in_words,
    entry_in_words,
    program_in_words,
    state_in_words,
    step_in_words,
)
from thecal.lab.cohort import Dosing, respond
from thecal.lab.patient import Origin, VirtualPatient
from thecal.quantities import DAY, HOUR, DoseRate, Interval, elapsed
from thecal.therapy import Delivery

if TYPE_CHECKING:
    from thecal.lab.accidents.accident import Accident
    from thecal.pump import AlarmClass
    from thecal.therapy import Alarm

STARTS = datetime(2026, 3, 2, tzinfo=UTC)
"""When every play begins; only the time since then is told."""
SAMPLES = 240
"""Into how many parts a play is cut for its curves."""
_BEFORE = 10 * DAY
"""So long the patient has had the first dose already, should the tube hold drug when the play begins."""
_PATIENT = VirtualPatient(origin=Origin.SPINAL)
_TIP = Implant(tip_level="T10", catheter_length_cm=0, tubing_mL=0, primed_with_ug_mL=0)
"""Where the tip is; the tube before it is the play's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A pump from one moment up to the next, in words.

    Attributes:
        after: from when, since the beginning.
        state: what it does, as it would say itself.
        program: that it runs.
        standing: its alarms, gravest first, and as what each sounds.
    """

    after: timedelta
    state: str
    program: str
    standing: tuple[tuple[Alarm, AlarmClass], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one pump made of it.

    Attributes:
        profile: of the pump.
        looks: how it was, in order.
        log: its own records and what a check before it refused, with the time since the beginning.
        course: what truly left the catheter's tip.
        believed: what left the pump, as its counter and the label say.
        level_ng_mL: of the lumbar spinal fluid of the typical patient, at the samples; a model estimate.
        sedation, withdrawal: signals of the body's model for that patient, from 0 to 1, at the samples.
        verdict: what it came to.
    """

    profile: str
    looks: tuple[Look, ...]
    log: tuple[tuple[timedelta, str], ...]
    course: Course
    believed: Course
    level_ng_mL: tuple[float, ...]
    sedation: tuple[float, ...]
    withdrawal: tuple[float, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one pump made of one moment.

    Attributes:
        said: what it wrote down, or a check before it said.
        look: how it was then.
        tip: what left the catheter's tip from then on.
        level_ng_mL: of the lumbar spinal fluid by then; a model estimate.
    """

    said: tuple[str, ...]
    look: Look
    tip: DoseRate
    level_ng_mL: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One moment of the timeline: what people did, and what each pump made of it."""

    after: timedelta
    done: tuple[str, ...]
    legacy: Told
    reference: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An accident on both pumps.

    Attributes:
        accident: that was played.
        samples: the times of the curves, since the beginning.
        legacy, reference: what each pump made of it.
        rows: of the timeline.
        needs: what the reference pump leaves to a programmer or a person.
        otherwise: what would have come of it with another limit, with other people, or with a gauge.
    """

    accident: Accident
    samples: tuple[timedelta, ...]
    legacy: Side
    reference: Side
    rows: tuple[Row, ...]
    needs: tuple[str, ...]
    otherwise: tuple[str, ...]

    @property
    def entered(self) -> tuple[tuple[str, str], ...]:
        """Every order that says something else than was meant: what was meant, and what was entered."""
        return tuple(
            (str(step.said["meant"]), entered_in_words(step))
            for step in self.accident.steps
            if "meant" in step.said
        )

    @property
    def signal(self) -> str:
        """Which signal of the body's model tells most of this accident, in words."""
        return READOUTS[WITHDRAWAL if self._lacks else SEDATION].meaning

    @property
    def signals(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """That signal on the legacy and on the reference pump, at the samples."""
        sides = (self.legacy, self.reference)
        old, new = (side.withdrawal if self._lacks else side.sedation for side in sides)
        return old, new

    @property
    def _lacks(self) -> bool:
        return max(self.legacy.withdrawal) > max(self.legacy.sedation)


def tell(accident: Accident) -> Telling:
    """Play an accident on both pumps and tell what came of it."""
    old, new = (play(accident, profile, starts=STARTS) for profile in ("legacy", "reference"))
    samples = tuple(accident.lasts * part / SAMPLES for part in range(SAMPLES + 1))
    legacy, reference = (_side(accident, played, samples) for played in (old, new))
    unscreened = None
    if any(not one.by_pump for one in new.refused):
        bare = play(accident, "reference", starts=STARTS, screens=False, people="legacy")
        unscreened = judge(accident, bare, Course.of(bare.at_tip, bare.starts))
    return Telling(
        accident=accident,
        samples=samples,
        legacy=legacy,
        reference=reference,
        rows=_rows(accident, legacy, reference),
        needs=needs(accident, new, reference.verdict, unscreened),
        otherwise=otherwise(accident, new, STARTS),
    )


def _side(accident: Accident, played: Played, samples: tuple[timedelta, ...]) -> Side:
    course = Course.of(played.at_tip, played.starts)
    level, sedation, withdrawal = _body(accident, played, samples)
    return Side(
        profile=played.profile,
        looks=tuple(_look(moment) for moment in played.moments),
        log=_log(played),
        course=course,
        believed=Course.of(played.pump.delivery, played.starts),
        level_ng_mL=level,
        sedation=sedation,
        withdrawal=withdrawal,
        verdict=judge(accident, played, course),
    )


def _look(moment: Moment) -> Look:
    return Look(
        after=moment.after,
        state=state_in_words(moment),
        program=program_in_words(moment.memory),
        standing=tuple(moment.standing.items()),
    )


def _log(played: Played) -> tuple[tuple[timedelta, str], ...]:
    memories = {moment.after: moment.memory for moment in played.moments}
    told = [
        (one.after, f"A check before the pump refuses: {one.reason}")
        for one in played.refused
        if not one.by_pump
    ]
    for entry in played.pump.log:
        after = elapsed(played.starts, entry.at)
        told.append((after, entry_in_words(entry, memories[after])))
    return tuple(sorted(told, key=lambda row: row[0]))


def _rows(accident: Accident, legacy: Side, reference: Side) -> tuple[Row, ...]:
    """Return the timeline: every moment at which somebody did something, or a pump wrote something down."""
    moments = {after for side in (legacy, reference) for after, _ in side.log}
    moments |= {step.after for step in accident.steps} | {accident.lasts}

    def place(after: timedelta) -> int:
        return after * SAMPLES // accident.lasts

    return tuple(
        Row(
            after=after,
            done=tuple(step_in_words(step) for step in accident.steps if step.after == after),
            legacy=_told(legacy, after, place(after)),
            reference=_told(reference, after, place(after)),
        )
        for after in sorted(moments)
    )


def _told(side: Side, after: timedelta, sample: int) -> Told:
    return Told(
        said=tuple(said for moment, said in side.log if moment == after),
        look=[look for look in side.looks if look.after <= after][-1],
        tip=side.course.rate(after),
        level_ng_mL=side.level_ng_mL[sample],
    )


def _body(
    accident: Accident, played: Played, samples: tuple[timedelta, ...]
) -> tuple[tuple[float, ...], ...]:
    """Return the lumbar level, the sedation signal and the withdrawal signal of the typical patient."""
    delivery, born = played.at_tip, played.starts
    if accident.tube_ug_per_mL:
        born -= _BEFORE
        first = delivery.segments[0]
        delivery = Delivery((replace(first, interval=Interval(born, played.starts)), *delivery.segments))
    response = respond(
        _PATIENT,
        Dosing(inflow=inflow_from_delivery(delivery, born), implant=_TIP),
        patients=1,
        seed=1,
        sample_times_h=[(elapsed(born, played.starts) + after) / HOUR for after in samples],
        sites=("lumbar",),
        also=(SEDATION, WITHDRAWAL),
    )
    return tuple(tuple(response.typical(name).tolist()) for name in (csf_at("lumbar"), SEDATION, WITHDRAWAL))
