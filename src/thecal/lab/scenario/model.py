"""A scenario as a value: a patient, an implant, and what happens when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.quantities import since_midnight

if TYPE_CHECKING:
    from thecal.lab.patient import VirtualPatient
    from thecal.lab.scenario.events import Calendar, Event
    from thecal.lab.scenario.implant import ScenarioImplant
    from thecal.lab.scenario.observations import Observation
    from thecal.lab.scenario.plan import Step

FORMAT = 1
MOST_PATIENTS = 2000
MOST_SEED = 2**31
_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


class Basis(StrEnum):
    """What a scenario rests on."""

    PUBLISHED = "published"
    ASSUMED = "assumed"
    CONSTRUCTED = "constructed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario, read and checked.

    Attributes:
        name: short, from the file's name.
        digest: hex SHA-256 of the file.
        title, description: for people.
        basis: what it rests on.
        sources: who published what it re-enacts.
        assumptions: what is not published and was chosen here, each in a sentence.
        calendar: when it starts and how long it lasts.
        sample_every: pace of the curves.
        patients, seed: the cohort.
        patient: what is known of everyone in it.
        implant: None where drug comes by lumbar puncture only.
        events: in the order they happen.
        steps: what is done with the pump, each program fitted to it.
        observations: what is reported.
    """

    name: str
    digest: str
    title: str
    description: str
    basis: Basis
    sources: tuple[str, ...]
    assumptions: tuple[str, ...]
    calendar: Calendar
    sample_every: timedelta
    patients: int
    seed: int
    patient: VirtualPatient
    implant: ScenarioImplant | None
    events: tuple[Event, ...]
    steps: tuple[Step, ...]
    observations: tuple[Observation, ...]

    @property
    def sample_times(self) -> tuple[timedelta, ...]:
        """When the curves are sampled: at the scenario's pace, and whenever an observation looks."""
        every, lasts = self.sample_every, self.calendar.lasts
        moments = {number * every for number in range(lasts // every + 1)} | {lasts}
        for one in self.observations:
            moments |= {*one.at, one.start, one.end}
        return tuple(sorted(moments))

    @property
    def starts(self) -> datetime:
        """The pump's wall time at hour 0: a Monday, without a year that means anything."""
        return _A_MONDAY + since_midnight(self.calendar.starts_at)

    @property
    def ends(self) -> datetime:
        """The pump's wall time at the end."""
        return self.starts + self.calendar.lasts
