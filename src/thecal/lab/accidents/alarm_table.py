"""The table of the alarms: how each sounds, and what a legacy and a reference pump did about it.

No time of an alarm, and no effect on program or drug, is typed in: each alarm is brought about by a cause of
its own, alone, and the pump is watched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.lab.accidents.alarm_trials import TRIALS, Trial, bring_about
from thecal.lab.accidents.words import orders_in_words
from thecal.pump import PROFILES, RULES, TONES, Pump, RefusedError, capability, pump_model
from thecal.pump.alarms import ESCALATES_AT, ESCALATES_WITHIN, REARMS_AFTER
from thecal.quantities import DAY, HOUR, PumpClock, Volume, elapsed, write_duration
from thecal.therapy import BACLOFEN, Alarm, CommandId, PumpSerial, SetProgram, WrittenAgainst

if TYPE_CHECKING:
    from thecal.pump import AlarmClass, Priority, Tone

MODEL = "SynchroMed II 20 mL"
_STARTS = datetime(2026, 3, 2, tzinfo=UTC)
_LOOKS_EVERY = 6 * HOUR
_SHARES = (
    (Fraction(1, 100), "no"),
    (Fraction(1, 10), "almost none"),
    (Fraction(855, 1000), "less than programmed"),
    (Fraction(1145, 1000), "yes, as programmed"),
)
"""The most of each share, and its words: as programmed is within the tolerance of 14.5 %, ``accuracy``."""
_INTERVALS = MappingProxyType({"critical": "critical_interval", "non-critical": "non_critical_interval"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpResponse:
    """What one pump did.

    Attributes:
        raised_after: how long after its cause the alarm came; None if not while the pump was watched.
        then: what becomes of the program, in words; by itself it does not say that drug flows.
        share: drug that truly left the catheter tip in the 24 hours after, as a share of the program's; None
            where the pump refused the trial.
    """

    raised_after: timedelta | None
    then: str
    share: Fraction | None

    @property
    def drug_flows(self) -> str:
        """Whether drug flows, in words."""
        if self.share is None:
            return "cannot be tried"
        for most, words in _SHARES:
            if self.share <= most:
                return words
        return "yes, more than programmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm.

    Attributes:
        alarm: which.
        kind: its class.
        priority: how soon a person must act.
        event: from when on it could be noticed.
        effect: what happens to the program of a reference pump, by the pump's own table.
        tried: how it was brought about.
        watched: for how long.
        legacy, reference: what each did.
    """

    alarm: Alarm
    kind: AlarmClass
    priority: Priority
    event: str
    effect: str
    tried: str
    watched: timedelta
    legacy: PumpResponse
    reference: PumpResponse

    @property
    def drug_flows(self) -> str:
        """Whether drug flows on the reference pump and on the legacy pump, in one sentence."""
        reference, legacy = self.reference.drug_flows, self.legacy.drug_flows
        return reference if reference == legacy else f"reference pump: {reference}; legacy pump: {legacy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """How a class of alarm sounds.

    Attributes:
        kind: which.
        tone: to be played.
        said: in words.
        every: how often.
        source: who says how often, and how sure that is.
    """

    kind: AlarmClass
    tone: Tone
    said: str
    every: timedelta
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTable:
    """Every alarm, gravest first, and the rules of sounding."""

    model: str
    rows: tuple[AlarmRow, ...]
    sounds: tuple[Sound, ...]
    rules: tuple[str, ...]


_RULES = (
    "While a critical alarm stands, it alone sounds; the others stay on record.",
    f"A silenced alarm sounds again after {write_duration(REARMS_AFTER)}. Silence clears nothing.",
    f"An alarm that comes {ESCALATES_AT} times within {write_duration(ESCALATES_WITHIN)} sounds as critical.",
    "An alarm about a state goes with the state.",
    "An alarm about a fault stands until the pump is interrogated, also when the fault is over.",
)


@cache
def alarm_table() -> AlarmTable:
    """Bring every alarm about on both pumps, and say what each did."""
    return AlarmTable(
        model=MODEL,
        rows=tuple(_row(alarm) for alarm in RULES),
        sounds=tuple(_sound(kind) for kind in TONES),
        rules=_RULES,
    )


def _row(alarm: Alarm) -> AlarmRow:
    rule, trial = RULES[alarm], TRIALS[alarm]
    return AlarmRow(
        alarm=alarm,
        kind=rule.sounds_as,
        priority=rule.priority,
        event=rule.event,
        effect=rule.effect.value,
        tried=trial.said,
        watched=trial.watched,
        legacy=_response(alarm, trial, "legacy"),
        reference=_response(alarm, trial, "reference"),
    )


def tone_in_words(tone: Tone) -> str:
    """Say how a tone sounds: its pitches, whether they alternate, and how long."""
    pitches = list(dict.fromkeys(pitch for pitch, _ in tone.steps))
    lasts = f"{tone.lasts.total_seconds():g} s"
    if len(pitches) == 1:
        return f"one tone of {pitches[0]} Hz for {lasts}"
    each = f"{tone.steps[0][1] / 1000:g} s"
    return f"{' and '.join(f'{pitch} Hz' for pitch in pitches)} by turns, {each} each, for {lasts}"


def _sound(kind: AlarmClass) -> Sound:
    model = pump_model(MODEL)
    name = _INTERVALS[kind.value]
    figure = model.engineering[name]
    return Sound(
        kind=kind,
        tone=TONES[kind],
        said=tone_in_words(TONES[kind]),
        every=timedelta(seconds=int(model.number(name))),
        source=figure.source,
    )


def _response(alarm: Alarm, trial: Trial, profile: str) -> PumpResponse:
    pump = Pump.implanted(
        serial=PumpSerial("ALARMS"),
        capability=capability(MODEL),
        drug=BACLOFEN,
        fill=Volume(mL=trial.fill_mL),
        concentration=trial.program.concentration,
        clock=PumpClock(),
        now=_STARTS,
        profile=PROFILES[profile],
    )
    pump.handle(
        SetProgram(
            id=CommandId("trial"),
            against=WrittenAgainst(revision=0, digest=pump.memory.plan.digest),
            program=trial.program,
        ),
        _STARTS,
    )
    try:
        begins = bring_about(pump, trial, _STARTS)
    except RefusedError as refusal:
        return PumpResponse(raised_after=None, then=f"it refuses ({refusal})", share=None)
    raised = _raised(pump, alarm)
    while raised is None and pump.present < begins + trial.watched:
        pump.advance(pump.present + _LOOKS_EVERY)
        raised = _raised(pump, alarm)
    return PumpResponse(
        raised_after=None if raised is None else elapsed(begins, raised),
        then=orders_in_words(pump.memory, base=trial.program.mean_daily_dose),
        share=_share(pump, trial),
    )


def _share(pump: Pump, trial: Trial) -> Fraction:
    """Return how much drug truly leaves the tip in the next 24 hours, as a share of the base program's."""
    dose = trial.program.mean_daily_dose
    if dose is None or dose.is_zero:
        raise ValueError(f"{trial.said}: a trial needs a program with a dose to compare the delivery with")
    before = pump.true_delivery.mass
    pump.advance(pump.present + DAY)
    return Fraction((pump.true_delivery.mass - before).ug) / Fraction(dose.ug_per_day)


def _raised(pump: Pump, alarm: Alarm) -> datetime | None:
    return next((one.since for one in pump.memory.raised if one.alarm is alarm), None)
