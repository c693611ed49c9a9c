"""An accident on both pumps, side by side: a timeline, the dose at the catheter tip, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from thecal.body import READOUTS, SEDATION, WITHDRAWAL, Implant, csf_at, inflow_from_delivery
from thecal.lab.accidents.counterfactuals import counterfactuals
from thecal.lab.accidents.cumulative_dose import CumulativeDose
from thecal.lab.accidents.run import AccidentRun, Moment, run_accident
from thecal.lab.accidents.verdict import Verdict, judge, needs
from thecal.lab.accidents.wording import (
    describe_entered_program,
    describe_entry,
    describe_program,
    describe_state,
    describe_step,
)
from thecal.lab.cohort import Dosing, respond
from thecal.lab.patient import Origin, VirtualPatient
from thecal.quantities import DAY, HOUR, DoseRate, Interval, elapsed, write_hourly_rate
from thecal.therapy import Delivery

if TYPE_CHECKING:
    from thecal.lab.accidents.accident import Accident
    from thecal.pump import AlarmClass
    from thecal.therapy import Alarm

STARTS = datetime(2026, 3, 2, tzinfo=UTC)
"""When every run begins; only the time since then is shown."""
SAMPLES = 240
"""The number of intervals of the curves."""
_LEAD_IN = 10 * DAY
"""For how long the patient has had the first dose already, if the catheter holds drug at the beginning."""
_PATIENT = VirtualPatient(origin=Origin.SPINAL)
_TIP = Implant(tip_level="T10", catheter_length_cm=0, tubing_mL=0, primed_with_ug_mL=0)
"""The level of the tip; the run itself models the pump tubing and the catheter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownState:
    """A pump's state from one moment to the next, in words.

    Attributes:
        after: the time since the beginning from which it applies.
        state: what the pump reports that it does.
        program: the program that runs.
        standing: its active alarms, most urgent first, each with the class in which it sounds.
    """

    after: timedelta
    state: str
    program: str
    standing: tuple[tuple[Alarm, AlarmClass], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The run of one pump.

    Attributes:
        profile: of the pump.
        states: its states, in order of time.
        log: its own records, and the refusals of a check before the pump, with the time since the beginning.
        tip_dose: the true dose at the catheter tip.
        counted_dose: the dose by the pump's counter and the label.
        level_ng_mL: the concentration in the lumbar spinal fluid of the typical patient, at the samples; a
            model estimate.
        sedation, withdrawal: signals of the body model for that patient, from 0 to 1, at the samples.
        verdict: the dose compared with the intended dose, and what the pump did.
    """

    profile: str
    states: tuple[ShownState, ...]
    log: tuple[tuple[timedelta, str], ...]
    tip_dose: CumulativeDose
    counted_dose: CumulativeDose
    level_ng_mL: tuple[float, ...]
    sedation: tuple[float, ...]
    withdrawal: tuple[float, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpMoment:
    """One pump at one moment of the timeline.

    Attributes:
        records: what the pump recorded, or what a check before it refused.
        state: its state.
        tip_rate: the dose rate at the catheter tip from this moment.
        level_ng_mL: the concentration in the lumbar spinal fluid; a model estimate.
    """

    records: tuple[str, ...]
    state: ShownState
    tip_rate: DoseRate
    level_ng_mL: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One moment of the timeline: the steps, and the two pumps."""

    after: timedelta
    steps: tuple[str, ...]
    legacy: PumpMoment
    reference: PumpMoment

    @property
    def is_same_on_both(self) -> bool:
        """Whether both pumps recorded, do and deliver the same, to the figures that a page shows."""
        legacy, reference = self.legacy, self.reference
        return (
            legacy.records == reference.records
            and replace(legacy.state, after=reference.state.after) == reference.state
            and write_hourly_rate(legacy.tip_rate) == write_hourly_rate(reference.tip_rate)
            and f"{legacy.level_ng_mL:.2g}" == f"{reference.level_ng_mL:.2g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An accident on both pumps.

    Attributes:
        accident: the accident.
        samples: the times of the curves, since the beginning.
        legacy, reference: the run of each pump.
        rows: of the timeline.
        needs: what a programmer or a person must still do with the reference pump.
        counterfactuals: the outcome with another limit, with the legacy pump's steps, or with a level gauge.
    """

    accident: Accident
    samples: tuple[timedelta, ...]
    legacy: Side
    reference: Side
    rows: tuple[Row, ...]
    needs: tuple[str, ...]
    counterfactuals: tuple[str, ...]

    @property
    def entered(self) -> tuple[tuple[str, str], ...]:
        """Each order that was entered wrongly: the intended order, and the entered order."""
        return tuple(
            (str(step.parameters["meant"]), describe_entered_program(step))
            for step in self.accident.steps
            if "meant" in step.parameters
        )

    @property
    def signal(self) -> str:
        """The signal of the body model that shows this accident best, in words."""
        return READOUTS[WITHDRAWAL if self._is_underdose else SEDATION].meaning

    @property
    def signals(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """That signal on the legacy and on the reference pump, at the samples."""
        sides = (self.legacy, self.reference)
        old, new = (side.withdrawal if self._is_underdose else side.sedation for side in sides)
        return old, new

    @property
    def _is_underdose(self) -> bool:
        return max(self.legacy.withdrawal) > max(self.legacy.sedation)


def compare_pumps(accident: Accident) -> Comparison:
    """Run an accident on both pumps and compare them."""
    old, new = (run_accident(accident, profile, starts=STARTS) for profile in ("legacy", "reference"))
    samples = tuple(accident.lasts * part / SAMPLES for part in range(SAMPLES + 1))
    legacy, reference = (_side(accident, run, samples) for run in (old, new))
    unscreened = None
    if any(not refusal.by_pump for refusal in new.refused):
        unscreened_run = run_accident(accident, "reference", starts=STARTS, screens=False, steps_for="legacy")
        unscreened = judge(
            accident, unscreened_run, CumulativeDose.of(unscreened_run.at_tip, unscreened_run.starts)
        )
    return Comparison(
        accident=accident,
        samples=samples,
        legacy=legacy,
        reference=reference,
        rows=_rows(accident, legacy, reference),
        needs=needs(accident, new, reference.verdict, unscreened),
        counterfactuals=counterfactuals(accident, new, STARTS),
    )


def _side(accident: Accident, run: AccidentRun, samples: tuple[timedelta, ...]) -> Side:
    tip_dose = CumulativeDose.of(run.at_tip, run.starts)
    level, sedation, withdrawal = _body(accident, run, samples)
    return Side(
        profile=run.profile,
        states=tuple(_shown_state(moment) for moment in run.moments),
        log=_log(run),
        tip_dose=tip_dose,
        counted_dose=CumulativeDose.of(run.pump.delivery, run.starts),
        level_ng_mL=level,
        sedation=sedation,
        withdrawal=withdrawal,
        verdict=judge(accident, run, tip_dose),
    )


def _shown_state(moment: Moment) -> ShownState:
    return ShownState(
        after=moment.after,
        state=describe_state(moment),
        program=describe_program(moment.memory),
        standing=tuple(moment.standing.items()),
    )


def _log(run: AccidentRun) -> tuple[tuple[timedelta, str], ...]:
    memories = {moment.after: moment.memory for moment in run.moments}
    records = [
        (refusal.after, f"A check before the pump refuses: {refusal.reason}")
        for refusal in run.refused
        if not refusal.by_pump
    ]
    for entry in run.pump.log:
        after = elapsed(run.starts, entry.at)
        records.append((after, describe_entry(entry, memories[after])))
    return tuple(sorted(records, key=lambda row: row[0]))


def _rows(accident: Accident, legacy: Side, reference: Side) -> tuple[Row, ...]:
    """Return the timeline: every moment with a step or a record of a pump."""
    moments = {after for side in (legacy, reference) for after, _ in side.log}
    moments |= {step.after for step in accident.steps} | {accident.lasts}

    def place(after: timedelta) -> int:
        return after * SAMPLES // accident.lasts

    return tuple(
        Row(
            after=after,
            steps=tuple(describe_step(step) for step in accident.steps if step.after == after),
            legacy=_pump_moment(legacy, after, place(after)),
            reference=_pump_moment(reference, after, place(after)),
        )
        for after in sorted(moments)
    )


def _pump_moment(side: Side, after: timedelta, sample: int) -> PumpMoment:
    return PumpMoment(
        records=tuple(record for moment, record in side.log if moment == after),
        state=[state for state in side.states if state.after <= after][-1],
        tip_rate=side.tip_dose.rate(after),
        level_ng_mL=side.level_ng_mL[sample],
    )


def _body(
    accident: Accident, run: AccidentRun, samples: tuple[timedelta, ...]
) -> tuple[tuple[float, ...], ...]:
    """Return the lumbar level, the sedation signal and the withdrawal signal of the typical patient."""
    delivery, begins = run.at_tip, run.starts
    if accident.dead_volume_ug_per_mL:
        begins -= _LEAD_IN
        first = delivery.segments[0]
        delivery = Delivery((replace(first, interval=Interval(begins, run.starts)), *delivery.segments))
    response = respond(
        _PATIENT,
        Dosing(inflow=inflow_from_delivery(delivery, begins), implant=_TIP),
        patients=1,
        seed=1,
        sample_times_h=[(elapsed(begins, run.starts) + after) / HOUR for after in samples],
        sites=("lumbar",),
        also=(SEDATION, WITHDRAWAL),
    )
    return tuple(tuple(response.typical(name).tolist()) for name in (csf_at("lumbar"), SEDATION, WITHDRAWAL))
