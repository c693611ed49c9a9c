"""What a run says in numbers: each observation with its band, and against what was published."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import LABEL, load_parameters
from thecal.lab.run.metrics import is_steady, measure
from thecal.lab.run.outcome import in_hours
from thecal.lab.scenario import FORMAT, CatheterEvent, Change, Metric, Oral, Puncture, Refill
from thecal.lab.validation import judge_patients, write_judgement
from thecal.quantities import MINUTE, write_duration, write_mass, write_volume

if TYPE_CHECKING:
    from datetime import timedelta

    import numpy.typing as npt

    from thecal.lab.run.outcome import Outcome
    from thecal.lab.scenario import Expected, Observation

    Floats = npt.NDArray[np.float64]

SUMMARY_FORMAT = 2
_PERCENT = (5.0, 50.0, 95.0)
_DIGITS = 6
MET = "met"
_NOTHING_USABLE = "the reservoir holds nothing that the pump can use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One number of the run.

    Attributes:
        name: the observation's heading.
        quantity, site, metric: what was made of which curve.
        at_h: when, for a reading; None for what concerns a window.
        unit: of the numbers.
        low, median, high: 5, 50 and 95 % of the drawn patients; None where it never comes.
        typical: the typical patient.
        steady: for a steady state, whether it was reached; else None.
        expected: what was published; None without.
        verdict: ``met``, or by how much it is missed; None without an expectation.
    """

    name: str
    quantity: str
    site: str
    metric: str
    at_h: float | None
    unit: str
    low: float | None
    median: float | None
    high: float | None
    typical: float | None
    steady: bool | None
    expected: Expected | None
    verdict: str | None

    @property
    def met(self) -> bool | None:
        """Whether the published number is met; None without an expectation."""
        return None if self.verdict is None else self.verdict == MET


@dataclass(frozen=True, slots=True)
class WithoutDrug:
    """A stretch of a run in which the pump cannot deliver: hours since the start, and why."""

    from_h: float
    until_h: float
    why: str


def findings(outcome: Outcome) -> tuple[Finding, ...]:
    """Return everything the scenario asked to be reported, in its order."""
    return tuple(
        finding for observation in outcome.scenario.observations for finding in _found(outcome, observation)
    )


def summarise(outcome: Outcome) -> dict[str, object]:
    """Return the run as JSON values."""
    scenario, supply = outcome.scenario, outcome.supply
    return {
        "format": SUMMARY_FORMAT,
        "label": LABEL,
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "sha256": scenario.digest,
            "basis": scenario.basis.value,
            "sources": list(scenario.sources),
            "assumptions": list(scenario.assumptions),
            "lasts_h": in_hours(scenario.calendar.lasts),
        },
        "versions": {
            "thecal": version("thecal"),
            "scenario_format": FORMAT,
            "parameters": load_parameters().version,
        },
        "cohort": {
            "patients": scenario.patients,
            "seed": scenario.seed,
            "origin": scenario.patient.origin.value,
            "groups": list(scenario.patient.groups),
        },
        "known": dict(scenario.patient.known),
        "child": None if scenario.patient.child is None else asdict(scenario.patient.child),
        "posture": scenario.patient.posture.value,
        "density_mg_mL": scenario.patient.density_mg_mL,
        "rate_mL_h": scenario.patient.rate_mL_h,
        "changes": [
            {"at_h": in_hours(event.at), "what": event.describe()}
            for event in scenario.events
            if isinstance(event, Change)
        ],
        "punctures_and_refills": [
            {"at_h": in_hours(event.at), "what": event.describe()}
            for event in scenario.events
            if isinstance(event, (Puncture, Refill))
        ],
        "catheter": [
            {"at_h": in_hours(event.at), "what": event.describe()}
            for event in scenario.events
            if isinstance(event, CatheterEvent)
        ],
        "oral": [
            {"at_h": in_hours(event.at), "what": event.describe()}
            for event in scenario.events
            if isinstance(event, Oral)
        ],
        "without_drug": [asdict(lack) for lack in without_drug(outcome)],
        "pump": None
        if supply is None
        else {
            "model": scenario.implant.capability.model if scenario.implant else "",
            "delivered": write_mass(supply.delivery.mass),
            "delivered_volume": write_volume(supply.delivery.volume),
            "left_in_reservoir": write_volume(supply.status.content),
            "ran_dry": None if supply.ran_dry is None else write_duration(_whole_minutes(supply.ran_dry)),
            "programs": [
                {
                    "at_h": in_hours(step.at),
                    "runs": list(step.compiled.program.describe()),
                    "rounded": [asdict(rounding) for rounding in step.compiled.roundings],
                }
                for step in supply.programs
            ],
        },
        "findings": [asdict(finding) for finding in findings(outcome)],
    }


def without_drug(outcome: Outcome) -> tuple[WithoutDrug, ...]:
    """Return every stretch of the run in which no drug can come, with the reason."""
    scenario, supply = outcome.scenario, outcome.supply
    whole = (0.0, in_hours(scenario.calendar.lasts))
    others = [event for event in scenario.events if isinstance(event, (Puncture, Oral))]
    if supply is None:
        return () if others else (WithoutDrug(*whole, "no event gives a drug"),)
    lacks = [
        WithoutDrug(
            in_hours(dry.start), in_hours(dry.end), "the reservoir holds nothing that the pump can use"
        )
        for dry in supply.dry
    ]
    if supply.delivery.mass.is_zero and not lacks:
        lacks.append(WithoutDrug(*whole, "the pump is given no program that delivers"))
    return tuple(lacks)


def _whole_minutes(span: timedelta) -> timedelta:
    return span - span % MINUTE


def _found(outcome: Outcome, observation: Observation) -> list[Finding]:
    t_h = outcome.response.sample_times_h
    curve = outcome.response.curves[observation.curve]
    if observation.metric is Metric.READING:
        places = np.searchsorted(t_h, [in_hours(moment) for moment in observation.at])
        return [_finding(observation, curve[:, place], at_h=float(t_h[place])) for place in places]
    inside = (t_h >= in_hours(observation.start)) & (t_h <= in_hours(observation.end))
    t_h, curve = t_h[inside], curve[:, inside]
    steady = is_steady(t_h, curve[1:]) if observation.metric is Metric.STEADY_STATE else None
    return [_finding(observation, measure(t_h, curve, observation), steady=steady)]


def _finding(
    observation: Observation, numbers: Floats, *, at_h: float | None = None, steady: bool | None = None
) -> Finding:
    """Return the finding for one number of each patient, row 0 the typical one."""
    with np.errstate(invalid="ignore"):  # between infinities there is no number, and none is reported
        low, median, high = (_shown(number) for number in np.percentile(numbers[1:], _PERCENT))
    expected = observation.expected
    return Finding(
        name=observation.name,
        quantity=observation.quantity,
        site=observation.site,
        metric=observation.metric.value,
        at_h=at_h,
        unit=observation.unit,
        low=low,
        median=median,
        high=high,
        typical=_shown(numbers[0]),
        steady=steady,
        expected=expected,
        verdict=None if expected is None else _verdict(numbers[1:], expected, observation.unit),
    )


def _verdict(patients: Floats, expected: Expected, unit: str) -> str:
    accepted = (expected.low, expected.high)
    return write_judgement(judge_patients(patients, accepted, expected.judged), accepted, unit)


def _shown(number: float) -> float | None:
    """Return a number to six significant digits; None for what never comes."""
    return float(f"{number:.{_DIGITS}g}") if math.isfinite(number) else None
