"""The drug of a history as the body gets it: programs, boluses, and what is not known between them.

Where no program is known to have run, the dose lies somewhere between those of its neighbours, or between
nothing and the last one. A ``share`` from 0 to 1 chooses in that range; a fit takes the middle of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.body import Bolus, Implant, Inflow, Treatment, hours_since
from thecal.dosing.history import ProgramPeriod
from thecal.dosing.patient import Setting
from thecal.lab.advice.choices import PAST_DAYS, SETTLING_HOURS, TIP_LEVEL
from thecal.quantities import HOUR, Interval, elapsed, utc
from thecal.therapy import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from thecal.dosing.history import History
    from thecal.therapy import Program

_HOURS_PER_DAY = 24.0
_WEEK = timedelta(days=7)
_LEAST_BOLUS_ML = 0.01
_SAME_BOLUS = HOUR
_MIDDLE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of constant flow; its flow lies between two values where it is not known.

    Attributes:
        begins_h, ends_h: hours since the start.
        least_mL_h, most_mL_h: the same where the dose is known.
        ug_mL: concentration of what flows.
    """

    begins_h: float
    ends_h: float
    least_mL_h: float
    most_mL_h: float
    ug_mL: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """The drug of one history, from a start on.

    Attributes:
        start: hour 0.
        now_h: hour of the present.
        past: what flowed, without gaps.
        boluses: that were given.
        implant: the catheter, as far as it is known.
        unsure_h: from when until when a score says nothing, for the dose before it is not known.
        is_sampled: whether some dose is chosen from a range.
        notes: what was assumed.
    """

    start: datetime
    now_h: float
    past: tuple[Stretch, ...]
    boluses: tuple[Bolus, ...]
    implant: Implant
    unsure_h: tuple[tuple[float, float], ...]
    is_sampled: bool
    notes: tuple[str, ...]

    def treatment(self, share: float = _MIDDLE, future: Sequence[Stretch] = ()) -> Treatment:
        """Return past and future as a treatment of the body.

        Args:
            share: where in its range a dose lies that is not known, 0 to 1.
            future: what flows from the present on.
        """
        edges, flows, concentrations = [0.0], [], []
        for one in (*self.past, *future):
            edges.append(one.ends_h)
            flows.append(one.least_mL_h + share * (one.most_mL_h - one.least_mL_h))
            concentrations.append(one.ug_mL)
        return Treatment(
            inflow=Inflow(edges, flows, concentrations), implant=self.implant, boluses=self.boluses
        )

    def counts(self, at_h: float) -> bool:
        """Return whether the drug behind an examination at this hour is known."""
        return at_h >= 0 and not any(begins <= at_h < ends for begins, ends in self.unsure_h)


def doses_of(history: History) -> Doses:
    """Return the drug of a history up to now."""
    reader = _Reader(history)
    past = reader.past()
    boluses = tuple(reader.boluses())
    return Doses(
        start=reader.start,
        now_h=reader.hour(history.now),
        past=past,
        boluses=boluses,
        implant=Implant(primed_with_ug_mL=past[0].ug_mL, tip_level=TIP_LEVEL),
        unsure_h=tuple(reader.unsure),
        is_sampled=any(one.least_mL_h != one.most_mL_h for one in past),
        notes=tuple(reader.notes),
    )


def future_of(history: History, program: Program, doses: Doses, hours: float) -> tuple[Stretch, ...]:
    """Return what flows for some hours if a program begins now."""
    start = utc(history.now)
    return tuple(_running(history, program, start, start + timedelta(hours=hours), start, doses.start))


class _Reader:
    """One reading of a history; collects what is unsure and what is assumed."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.now = utc(history.now)
        self.notes: list[str] = [
            f"The catheter is taken to end at {TIP_LEVEL}; the history does not say where."
        ]
        self.unsure: list[tuple[float, float]] = []
        oldest = self.now - timedelta(days=PAST_DAYS)
        self.programs = sorted(history.programs, key=lambda one: utc(one.start))
        if not self.programs:
            self.programs = [ProgramPeriod(program=history.program, start=oldest)]
            self.notes.append("Since when the program runs is not known; it is taken to have run for months.")
        self.first = utc(self.programs[0].start)
        self.is_new = history.setting is Setting.FIRST_TITRATION
        moments = [self.first, *(utc(one.at) for one in history.scores)]
        moments += [utc(one.at) for one in history.boluses]
        self.start = max(oldest, min(moments)) if self.is_new else oldest
        if not self.start < self.now:
            self.start = self.now - HOUR

    def hour(self, moment: datetime) -> float:
        """Return hours since the start."""
        return hours_since(self.start, utc(moment))

    def past(self) -> tuple[Stretch, ...]:
        """Return what flowed from the start until now, without gaps."""
        found = [*self._before(), *self._programmed()]
        found = [one for one in found if one.ends_h > 0]
        found[0] = replace(found[0], begins_h=0.0)
        stopped_for = self.history.no_drug_for
        if stopped_for:
            found = list(_stopped(found, max(0.0, self.hour(self.now - stopped_for)), self.hour(self.now)))
            self.notes.append("No drug is counted for the time for which none was delivered.")
        return tuple(found)

    def boluses(self) -> Iterator[Bolus]:
        """Return boluses: through a lumbar puncture before the first program, else through the catheter."""
        if self.history.screening_dose is not None and not self.history.boluses:
            self.notes.append("The screening dose is not counted: it is not recorded when it was given.")
        with_once = [utc(one.start) for one in self.programs if one.program.once is not None]
        for one in self.history.boluses:
            at = utc(one.at)
            if at < self.start or any(abs(at - start) < _SAME_BOLUS for start in with_once):
                continue
            mass = float(one.dose.ug)
            if at < self.first and self.is_new:
                yield Bolus(at_h=self.hour(at), mass_ug=mass)
                continue
            volume = max(_LEAST_BOLUS_ML, mass / float(self.history.program.concentration.ug_per_mL))
            yield Bolus(at_h=self.hour(at), mass_ug=mass, volume_mL=volume, level=TIP_LEVEL)

    def _before(self) -> Iterator[Stretch]:
        """Return what flowed before the first program that is known."""
        first = self.programs[0]
        concentration = float(first.program.concentration.ug_per_mL)
        if self.start >= self.first:
            # The run begins without drug; a score counts once that no longer matters.
            self.unsure.append((0.0, SETTLING_HOURS if self.start > self.first else 0.0))
            return
        until = self.hour(self.first)
        if self.is_new:
            self.notes.append("Before the first program no drug is taken to have been infused.")
            flow = 0.0
        else:
            self.notes.append("Before the first program that is recorded its dose is taken to have run.")
            self.unsure.append((0.0, until + SETTLING_HOURS))
            flow = _mean_ug_h(self.history, first.program) / concentration
        yield Stretch(begins_h=0.0, ends_h=until, least_mL_h=flow, most_mL_h=flow, ug_mL=concentration)

    def _programmed(self) -> Iterator[Stretch]:
        ends = [utc(one.start) for one in self.programs[1:]] + [self.now]
        later: list[ProgramPeriod | None] = [*self.programs[1:], None]
        for period, following, until in zip(self.programs, later, ends, strict=True):
            begins = utc(period.start)
            ended = until if period.end is None else min(until, utc(period.end))
            ended = max(ended, begins)
            shown = max(begins, self.start)
            if ended > shown:
                yield from _running(self.history, period.program, shown, ended, begins, self.start)
            if ended < until and until > self.start:
                yield self._gap(period, following, max(ended, self.start), until)

    def _gap(
        self, before: ProgramPeriod, after: ProgramPeriod | None, begins: datetime, ends: datetime
    ) -> Stretch:
        """Return a stretch whose dose is not known."""
        neighbours = [_mean_ug_h(self.history, before.program)]
        neighbours.append(0.0 if after is None else _mean_ug_h(self.history, after.program))
        concentration = float(before.program.concentration.ug_per_mL)
        least, most = (flow / concentration for flow in sorted(neighbours))
        self.unsure.append((self.hour(begins), self.hour(ends) + SETTLING_HOURS))
        days = elapsed(begins, ends) / (24 * HOUR)
        per_day = sorted(_HOURS_PER_DAY * rate for rate in neighbours)
        self.notes.append(
            f"The dose is not known for {days:.1f} days, up to {ends:%d %B %Y}: every dose from "
            f"{per_day[0]:.0f} to {per_day[1]:.0f} mcg/day counts as possible, scores from then until "
            f"{SETTLING_HOURS:.0f} h later are left out, and bands are wider."
        )
        return Stretch(
            begins_h=self.hour(begins),
            ends_h=self.hour(ends),
            least_mL_h=least,
            most_mL_h=most,
            ug_mL=concentration,
        )


def _running(  # noqa: PLR0917 - from when until when, and since when, are three times
    history: History, program: Program, begins: datetime, ends: datetime, started: datetime, start: datetime
) -> Iterator[Stretch]:
    """Return what a program delivers from ``begins`` until ``ends``."""
    found = pieces(
        program,
        Interval(begins, ends),
        started=started,
        clock=history.clock,
        minimum_rate=history.capability.minimum_rate,
    )
    concentration = float(program.concentration.ug_per_mL)
    for one in found:
        if one.interval.end == one.interval.start:
            continue
        flow = float(one.mL_per_day) / _HOURS_PER_DAY
        yield Stretch(
            begins_h=hours_since(start, one.interval.start),
            ends_h=hours_since(start, one.interval.end),
            least_mL_h=flow,
            most_mL_h=flow,
            ug_mL=concentration,
        )


def _mean_ug_h(history: History, program: Program) -> float:
    """Return the mean dose of a week of a program, mcg/h."""
    start = utc(history.now)
    week = _running(history, replace(program, once=None), start, start + _WEEK, start, start)
    infused = sum(one.least_mL_h * one.ug_mL * (one.ends_h - one.begins_h) for one in week)
    return infused / (_WEEK / HOUR)


def _stopped(past: Sequence[Stretch], from_h: float, until_h: float) -> Iterator[Stretch]:
    """Return the past with nothing flowing from an hour on."""
    for one in past:
        if one.begins_h < from_h:
            yield replace(one, ends_h=min(one.ends_h, from_h))
    yield Stretch(begins_h=from_h, ends_h=until_h, least_mL_h=0.0, most_mL_h=0.0, ug_mL=past[-1].ug_mL)
