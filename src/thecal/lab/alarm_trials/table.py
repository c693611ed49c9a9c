"""The table of the alarms: how each sounds, and what a legacy and a reference pump do.

Times and effects are results of simulation: each alarm is caused on its own, and the pump is observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.lab.accidents.wording import describe_flow_orders
from thecal.lab.alarm_trials.trials import TRIALS, Trial, cause_alarm
from thecal.pump import PROFILES, RULES, TONES, Pump, RefusedError, capability, pump_model
from thecal.pump.alarms import ESCALATES_AT, ESCALATES_WITHIN, REARMS_AFTER
from thecal.quantities import DAY, HOUR, PumpClock, Volume, elapsed, write_duration
from thecal.therapy import BACLOFEN, Alarm, CommandId, PumpSerial, SetProgram, WrittenAgainst

if TYPE_CHECKING:
    from thecal.pump import AlarmClass, Priority, Tone

MODEL = "SynchroMed II 20 mL"
_STARTS = datetime(2026, 3, 2, tzinfo=UTC)
_CHECK_INTERVAL = 6 * HOUR
_SHARES = (
    (Fraction(1, 100), "no"),
    (Fraction(1, 10), "almost none"),
    (Fraction(855, 1000), "less than programmed"),
    (Fraction(1145, 1000), "yes, as programmed"),
)
"""The upper bound of each share, and its text; "as programmed" allows for the accuracy of 14.5 %."""
_INTERVALS = MappingProxyType({"critical": "critical_interval", "non-critical": "non_critical_interval"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpResponse:
    """The response of one pump.

    Attributes:
        raised_after: the time from cause to alarm; None if there was no alarm during the observation.
        then: what happens to the program, in words; this does not mean that drug flows.
        share: the true delivery in the next 24 hours, as a share of the program's dose; None if the pump
            refused the trial.
    """

    raised_after: timedelta | None
    then: str
    share: Fraction | None

    @property
    def drug_flows(self) -> str:
        """Whether drug flows, in words."""
        if self.share is None:
            return "not tested: the pump refuses"
        for most, text in _SHARES:
            if self.share <= most:
                return text
        return "yes, more than programmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm.

    Attributes:
        alarm: which.
        kind: its class.
        priority: how soon a person must act.
        event: the event from which it is detectable.
        effect: what happens to the program of a reference pump, by the pump's own table.
        cause: how it was caused.
        observed: for how long the pump was observed.
        legacy, reference: the response of each pump.
    """

    alarm: Alarm
    kind: AlarmClass
    priority: Priority
    event: str
    effect: str
    cause: str
    observed: timedelta
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
        kind: the class.
        tone: its tone.
        description: the tone in words.
        every: the interval between two tones.
        source: the source of the interval, and its reliability.
    """

    kind: AlarmClass
    tone: Tone
    description: str
    every: timedelta
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTable:
    """Every alarm, most urgent first, and the rules of sounding."""

    model: str
    rows: tuple[AlarmRow, ...]
    sounds: tuple[Sound, ...]
    rules: tuple[str, ...]


_RULES = (
    "While a critical alarm is active, only it sounds; the others stay on record.",
    f"A silenced alarm sounds again after {write_duration(REARMS_AFTER)}. Silencing does not clear an alarm.",
    f"An alarm raised {ESCALATES_AT} times within {write_duration(ESCALATES_WITHIN)} sounds as critical.",
    "An alarm about a state ends when the state ends.",
    "An alarm about a fault stays active until the pump is interrogated, even if the fault has ended.",
)


@cache
def alarm_table() -> AlarmTable:
    """Cause every alarm on both pumps, and return the responses."""
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
        cause=trial.cause_text,
        observed=trial.observed,
        legacy=_response(alarm, trial, "legacy"),
        reference=_response(alarm, trial, "reference"),
    )


def describe_tone(tone: Tone) -> str:
    """Describe a tone: its pitches, whether they alternate, and its length."""
    pitches = list(dict.fromkeys(pitch for pitch, _ in tone.steps))
    lasts = f"{tone.lasts.total_seconds():g} s"
    if len(pitches) == 1:
        return f"one tone of {pitches[0]} Hz for {lasts}"
    each = f"{tone.steps[0][1] / 1000:g} s"
    return f"{' and '.join(f'{pitch} Hz' for pitch in pitches)} alternating every {each}, for {lasts}"


def _sound(kind: AlarmClass) -> Sound:
    model = pump_model(MODEL)
    name = _INTERVALS[kind.value]
    figure = model.engineering[name]
    return Sound(
        kind=kind,
        tone=TONES[kind],
        description=describe_tone(TONES[kind]),
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
        begins = cause_alarm(pump, trial, _STARTS)
    except RefusedError as refusal:
        return PumpResponse(raised_after=None, then=f"the pump refuses ({refusal})", share=None)
    raised = _raised(pump, alarm)
    while raised is None and pump.present < begins + trial.observed:
        pump.advance(pump.present + _CHECK_INTERVAL)
        raised = _raised(pump, alarm)
    return PumpResponse(
        raised_after=None if raised is None else elapsed(begins, raised),
        then=describe_flow_orders(pump.memory, before=trial.program),
        share=_share(pump, trial),
    )


def _share(pump: Pump, trial: Trial) -> Fraction:
    """Return the true delivery in the next 24 hours as a share of the base program's dose."""
    dose = trial.program.mean_daily_dose
    if dose is None or dose.is_zero:
        raise ValueError(
            f"{trial.cause_text}: a trial needs a program with a dose to compare the delivery with"
        )
    before = pump.true_delivery.mass
    pump.advance(pump.present + DAY)
    return Fraction((pump.true_delivery.mass - before).ug) / Fraction(dose.ug_per_day)


def _raised(pump: Pump, alarm: Alarm) -> datetime | None:
    return next((raised.since for raised in pump.memory.raised if raised.alarm is alarm), None)
