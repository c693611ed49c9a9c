"""One patient's history as the adviser reads it: therapy, scores, refills, events, goals and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.dosing.tables import FactsError, check_physiology, fact
from thecal.quantities import utc

if TYPE_CHECKING:
    from datetime import datetime, time, timedelta
    from decimal import Decimal

    from thecal.dosing.patient import Origin, Setting
    from thecal.quantities import Concentration, DoseRate, Mass, PumpClock, Volume
    from thecal.therapy import Capability, Program, Reservoir


class Limb(StrEnum):
    """Where tone was scored."""

    LEGS = "legs"
    ARMS = "arms"


class EventKind(StrEnum):
    """What happened to the patient or the pump, as far as a dose depends on it."""

    DROWSY = "drowsy"
    WITHDRAWAL_SIGN = "sign of withdrawal"
    INFECTION = "infection"
    NEW_MEDICINE = "new medicine"
    FALL = "fall"
    ALARM = "pump alarm"
    CATHETER_REVISED = "catheter revised"
    PUMP_REPLACED = "pump replaced"
    OTHER = "other"


class Aim(StrEnum):
    """What a goal asks of the therapy."""

    LESS_STIFFNESS = "less stiffness"
    FEWER_SPASMS = "fewer spasms"
    EASIER_TRANSFERS = "easier transfers"
    EASIER_CARE = "easier care"
    BETTER_SLEEP = "better sleep"
    KEEP_USEFUL_TONE = "keep useful tone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score of an examination.

    Attributes:
        at: when.
        scale: the id of the scale; scores of different scales are never pooled.
        limb: legs or arms.
        grade: on that scale.
        rater: who scored, by a name or code.
    """

    at: datetime
    scale: str
    limb: Limb
    grade: Decimal
    rater: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramPeriod:
    """A program that ran, with its time.

    Attributes:
        program: as programmed.
        start: from when.
        end: until when; None while it runs.
        delivered: whether a pump's record shows that it was delivered; else it is known as programmed only.
    """

    program: Program
    start: datetime
    end: datetime | None = None
    delivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BolusRecord:
    """A bolus that was given.

    Attributes:
        at: when it began.
        dose: how much.
    """

    at: datetime
    dose: Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillDone:
    """A refill.

    Attributes:
        at: when.
        filled: the volume filled.
        concentration: of the new solution.
        drained: the volume aspirated before it; None if it was not recorded.
        expected: the residual volume by calculation.
    """

    at: datetime
    filled: Volume
    concentration: Concentration
    drained: Volume | None = None
    expected: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened."""

    at: datetime
    kind: EventKind
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the patient wants, in the patient's own words.

    Attributes:
        wording: the patient's own.
        aim: what it asks of the therapy.
        start, end: the time of day it is about, by the pump's clock; None for the whole day.
    """

    wording: str
    aim: Aim
    start: time | None = None
    end: time | None = None

    @property
    def is_timed(self) -> bool:
        """Whether it is about a part of the day."""
        return self.start is not None and self.end is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person must answer before a dose is changed; None where nobody answered."""

    trigger_looked_for: bool | None = None
    trigger_found: bool | None = None
    pump_checked: bool | None = None
    useful_tone_kept: bool | None = None
    for_overdose: bool = False
    withdrawal_plan: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the adviser is told about one patient; what is not known stays None.

    Attributes:
        now: the present moment; nothing in the history is later.
        program: what the pump is programmed to run.
        capability: of the implanted pump.
        reservoir: its content at ``now``, by calculation.
        filled_at: when the drug in it was filled.
        clock: the pump's own clock.
        origin, age_years: of the patient.
        setting: first titration, or maintenance.
        programs: the programs that ran, the present one last.
        boluses: boluses given.
        scores, refills, events, goals: what was recorded.
        answers: to the questions before a change.
        screening_dose, screening_lasted, screening_adverse: the effective screening dose and its effect.
        no_drug_for: how long no drug was delivered, up to now; None where that is not known.
        last_effective_dose: the last 24-hour dose that was effective before a loss of drug.
    """

    now: datetime
    program: Program
    capability: Capability
    reservoir: Reservoir
    filled_at: datetime
    clock: PumpClock
    origin: Origin | None = fact("Is the spasticity of spinal or of cerebral origin?")
    age_years: Decimal | None = fact(
        "How old is the patient, in years?", within=("age_lowest", "age_highest")
    )
    setting: Setting | None = fact("Is this the first titration, or maintenance at a refill?")
    programs: tuple[ProgramPeriod, ...] = ()
    boluses: tuple[BolusRecord, ...] = ()
    scores: tuple[Score, ...] = ()
    refills: tuple[RefillDone, ...] = ()
    events: tuple[Event, ...] = ()
    goals: tuple[Goal, ...] = ()
    answers: Answers = field(default_factory=Answers)
    screening_dose: Mass | None = fact("Which screening dose was effective, in mcg?")
    screening_lasted: timedelta | None = fact("How long did the effect of that screening dose last?")
    screening_adverse: bool | None = fact("Did that screening dose cause an adverse reaction?")
    no_drug_for: timedelta | None = fact("For how long was no drug delivered?")
    last_effective_dose: DoseRate | None = fact("Which 24-hour dose was last effective before drug was lost?")

    def __post_init__(self) -> None:
        """Refuse facts outside physiology, and anything later than now.

        Raises:
            FactsError: naming the fact.
        """
        check_physiology(self)
        moments = [
            *(("programs", one.start) for one in self.programs),
            *(("boluses", one.at) for one in self.boluses),
            *(("scores", one.at) for one in self.scores),
            *(("refills", one.at) for one in self.refills),
            *(("events", one.at) for one in self.events),
            ("filled_at", self.filled_at),
        ]
        for name, at in moments:
            if utc(at) > utc(self.now):
                raise FactsError(
                    f"{name}: {at:%d %B %Y, %H:%M} is later than now, {self.now:%d %B %Y, %H:%M}"
                )

    @property
    def is_revised(self) -> bool:
        """Whether catheter or pump was revised or replaced since the program was last changed."""
        revisions = (EventKind.CATHETER_REVISED, EventKind.PUMP_REPLACED)
        since = self.last_change
        return any(
            event.kind in revisions and (since is None or utc(event.at) >= utc(since))
            for event in self.events
        )

    @property
    def last_change(self) -> datetime | None:
        """When the program was last changed; None where the history does not say."""
        return max((one.start for one in self.programs), default=None, key=utc)
