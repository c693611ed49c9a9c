"""How often the bands of an advice hold what then happens, in patients of another structure.

Each patient is titrated by examiners who err as examiners do, is advised at some point of it, and then lives
on under every option. What is counted is tone itself, the grade an examiner then writes, and the gain.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import ASHWORTH_1_5, examine
from thecal.dosing.history import Aim, Answers, Goal, History, Limb, ProgramPeriod, Score
from thecal.dosing.limits import Limits
from thecal.dosing.patient import Origin, Setting
from thecal.lab.advice.advise import advise
from thecal.lab.advice.doses import doses_of, future_of
from thecal.lab.advice.strangers import Stranger
from thecal.pump import capability
from thecal.quantities import Concentration, DoseRate, PumpClock, Volume
from thecal.therapy import BACLOFEN, Program, Reservoir, SimpleContinuous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from thecal.lab.advice.advice import Advice
    from thecal.lab.advice.doses import Stretch
    from thecal.lab.advice.strangers import Person

    Floats = NDArray[np.float64]

_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SOLUTION = Concentration(ug_per_mL=Decimal(500))
_PUMP = capability("reference design 40 mL")
_STEP = timedelta(days=3)
_RISE = Decimal("1.15")
_WANTED_GRADE = 2
_MOST_STEPS = 10
_DAY_H = 24
_ORIGINS = (Origin.SPINAL_CORD_INJURY, Origin.MULTIPLE_SCLEROSIS, Origin.CEREBRAL_PALSY, Origin.BRAIN_INJURY)
_GOAL = Goal(wording="Getting dressed in the morning", aim=Aim.EASIER_CARE, start=time(7), end=time(10))
TUNED_ON, REPORTED_ON = 1, 3
"""Seeds: the error of the model was chosen on the first, and its bands are reported on the other."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A share of outcomes inside their bands.

    Attributes:
        covered: so many.
        of: so many.
        stated: what the bands say they hold, 0 to 1; the mean.
    """

    covered: int
    of: int
    stated: float

    @property
    def share(self) -> float:
        """Held over all."""
        return self.covered / self.of


def coverage(
    seed: int,
    patients: int,
    *,
    drawn: Callable[[np.random.Generator], Person] = Stranger.drawn,
    scored: bool = True,
) -> Mapping[str, Coverage]:
    """Return the coverage of each kind of band over so many patients, each under each option.

    Args:
        seed: of the patients and their examiners.
        patients: how many.
        drawn: makes a patient.
        scored: whether the adviser sees their scores, or the doses alone.
    """
    counted: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for number in range(patients):
        dice = np.random.Generator(np.random.Philox(key=[seed, number]))
        person = drawn(dice)
        history = titrated(person, dice)
        if not scored:
            history = replace(history, scores=())
        advice = advise(history, Limits(), seed=number)
        for name, covered, stated in outcomes(person, advice, dice):
            counted[name].append((covered, stated))
    return {
        name: Coverage(
            sum(covered for covered, _ in rows), len(rows), sum(stated for _, stated in rows) / len(rows)
        )
        for name, rows in sorted(counted.items())
    }


def titrated(person: Person, dice: np.random.Generator) -> History:
    """Return a history: a score before, and one before each rise, until the grade is low or someone asks."""
    steps = int(dice.integers(1, _MOST_STEPS + 1))
    dose = Decimal(int(dice.choice([50, 75, 100])))
    scores, periods, hourly = [_score(person.before, _BEGIN, dice)], [], []
    now = _BEGIN
    for step in range(steps):
        if step and scores[-1].grade > _WANTED_GRADE:
            dose = (dose * _RISE).quantize(Decimal(1))
        periods.append(ProgramPeriod(program=_continuous(dose), start=now))
        hourly += [float(dose)] * (_STEP // timedelta(hours=1))
        now += _STEP
        scores.append(_score(_tone(person, hourly)[-1], now, dice))
    return replace(
        _history(periods[-1].program, now, Origin(str(dice.choice(_ORIGINS)))),
        programs=tuple(periods),
        scores=tuple(scores),
    )


def outcomes(person: Person, advice: Advice, dice: np.random.Generator) -> Iterable[tuple[str, bool, float]]:
    """Yield the name of each band, whether it covered what happened, and what it says it holds."""
    history = advice.proposal.history
    doses = doses_of(history)
    past = _hourly(doses.past, doses.now_h)
    ahead_h = _DAY_H * max(one.days for one in advice.outlooks[0].tone)
    lives = []
    for outlook in advice.outlooks:
        future = future_of(history, outlook.option.program, doses, ahead_h)
        shifted = _hourly(future, doses.now_h + ahead_h)[len(past) :]
        lives.append(_tone(person, [*past, *shifted])[len(past) :])
    for outlook, life in zip(advice.outlooks, lives, strict=True):
        for one in outlook.tone:
            at = _DAY_H * one.days - 1
            true, gain = life[at], lives[0][at] - life[at]
            grade = float(_score(true, history.now, dice).grade)
            kind = outlook.option.kind.value
            for group in (f"{one.days} days", kind, "all"):
                yield f"tone, {group}", one.true.low <= true <= one.true.high, 0.9
                yield f"score, {group}", one.score.low <= grade <= one.score.high, one.score.share
            if outlook is not advice.outlooks[0]:
                yield f"gain, {kind}", one.gain.low <= gain <= one.gain.high, 0.9


def _tone(person: Person, hourly: list[float]) -> Floats:
    return person.tone(np.array(hourly), from_hour=float(_BEGIN.hour))


def _hourly(rows: Sequence[Stretch], until_h: float) -> list[float]:
    """Return the dose of each hour, mcg/day."""
    found, place = [], 0
    for hour in range(int(until_h)):
        while place + 1 < len(rows) and rows[place].ends_h <= hour + 0.5:
            place += 1
        found.append(rows[place].least_mL_h * rows[place].ug_mL * _DAY_H)
    return found


def _score(tone: float, at: datetime, dice: np.random.Generator) -> Score:
    grade = examine(np.array([tone]), ASHWORTH_1_5, seed=int(dice.integers(2**31)))[0]
    return Score(
        at=at, scale=ASHWORTH_1_5.scale_id, limb=Limb.LEGS, grade=Decimal(int(grade)), rater="examiner"
    )


def _continuous(dose: Decimal) -> Program:
    return Program(
        drug=BACLOFEN, concentration=_SOLUTION, base=SimpleContinuous(dose=DoseRate(ug_per_day=dose))
    )


def _history(program: Program, now: datetime, origin: Origin) -> History:
    return History(
        now=now,
        program=program,
        capability=_PUMP,
        reservoir=Reservoir(
            content=Volume(mL=Decimal(30)),
            capacity=_PUMP.reservoir,
            unusable=_PUMP.unusable,
            concentration=_SOLUTION,
        ),
        filled_at=_BEGIN,
        clock=PumpClock(timedelta(0)),
        origin=origin,
        age_years=Decimal(45),
        setting=Setting.FIRST_TITRATION,
        goals=(_GOAL,),
        answers=Answers(
            trigger_looked_for=True, trigger_found=False, pump_checked=True, useful_tone_kept=True
        ),
        no_drug_for=timedelta(0),
    )
