"""Observations of a patient, the treatment behind them, and what the model predicts for them.

A number is taken as measured with an error; a grade as an examiner wrote it is an interval, from halfway to
the grade below to halfway to the one above; a sample below what the laboratory can tell is anything less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import LONGEST_H, explains_arguments, number, unknown
from thecal.body.effects.readouts import HM_LEGS, READOUTS
from thecal.body.population.parameters import Law
from thecal.body.scales.examiner import AGREEMENT, examination_sd
from thecal.body.simulation.curves import PLASMA, TONE_ARMS, TONE_LEGS, csf_at, unit_of
from thecal.body.simulation.response import SCALES
from thecal.body.simulation.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats
    from thecal.body.canal.bolus import Bolus
    from thecal.body.catheter.faults import CatheterFault
    from thecal.body.catheter.implant import Implant
    from thecal.body.catheter.inflow import Inflow
    from thecal.body.cohort.ensemble import Ensemble
    from thecal.body.cohort.oral import OralDose
    from thecal.body.scales.scale import Scale
    from thecal.body.simulation.response import Response

_MOST_NG_ML = 1e5
"""No sample of fluid or plasma is stronger: twice the screening ampoule of 50 mcg/mL, undiluted. Assumed."""
_MOST_HM = 10.0
"""H/M ratio over that before the drug; a measured one may lie above 1. Assumed."""
_LEAST_SD = 1e-5
"""No measurement is more exact, and the squares of smaller errors would swallow the prior in a sum."""
_PLAIN = (PLASMA, TONE_LEGS, TONE_ARMS)


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class Observation:
    """One observation of the patient.

    >>> round(Observation.graded(TONE_LEGS, at_h=4, grade=3).sd, 2)
    0.58
    >>> Observation(curve=TONE_LEGS, at_h=4, value=12, sd=0.5)
    Traceback (most recent call last):
        ...
    ValueError: tone_legs at 4 h is 12 Ashworth 1-5; allowed: 1 to 5 Ashworth 1-5

    Args:
        curve: by the name of the response's curve: tone, spinal fluid at a site, plasma, a readout.
        at_h: when, hours since the start.
        value: in the curve's unit.
        sd: of the measurement: in the same unit for a normal law, of the natural logarithm for a log-normal.
        law: of the measurement's error; log-normal is an error in proportion.
        in_grades: the value is a grade as written, the nearest one to what the examiner found.
        below: the value is the least that the laboratory can tell, and the sample had less.
    """

    curve: str
    at_h: float
    value: float
    sd: float
    law: Law = Law.NORMAL
    in_grades: bool = False
    below: bool = False

    def __post_init__(self) -> None:
        """Refuse an impossible observation: before the start, off the scale, or without error."""
        number("at_h", self.at_h, "h", low=0, high=LONGEST_H)
        low, high = range_of(self.curve)
        what = f"{self.curve} at {self.at_h:g} h"
        number(what, self.value, unit_of(self.curve), low=low, high=high)
        check_error(what, self.curve, sd=self.sd, law=self.law, in_grades=self.in_grades)
        if self.in_grades and self.below:
            raise ValueError(f"{what} is in_grades and below; allowed: one of them, for grades have no limit")
        if self.in_grades and self.value not in anchors_of(SCALES[self.curve]):
            written = ", ".join(f"{anchor:g}" for anchor in anchors_of(SCALES[self.curve]))
            raise ValueError(f"{what} is {self.value:g}, which is no grade; allowed: {written}")
        if self.law is Law.LOGNORMAL and not self.value > 0:
            raise ValueError(f"{what} is {self.value:g} with a log-normal error; allowed: more than 0")

    @classmethod
    def graded(cls, curve: str, *, at_h: float, grade: float, sd: float | None = None) -> Self:
        """Return a grade as an examiner wrote it.

        Args:
            curve: one that is graded.
            at_h: when, hours since the start.
            grade: on the curve's scale.
            sd: of one examination, grades, before it is rounded; the middle of what was measured unless
                given.

        Raises:
            ValueError: no curve of grades, no grade of its scale, or no sd where examiners were not measured.
        """
        if sd is None:
            sd = examination_error(curve)
        return cls(curve=curve, at_h=at_h, value=grade, sd=sd, in_grades=True)


@explains_arguments
@dataclass(frozen=True, kw_only=True, eq=False)
class Treatment:
    """The treatment of the patient; each field as for ``simulate``."""

    inflow: Inflow | None = None
    implant: Implant | None = None
    faults: Sequence[CatheterFault] = ()
    boluses: Sequence[Bolus] = ()
    oral: Sequence[OralDose] = ()


def range_of(curve: str) -> tuple[float, float]:
    """Return the lowest and the highest value that a curve can be observed at, in its unit.

    Raises:
        ValueError: no curve that can be observed.
    """
    if curve in SCALES:
        return SCALES[curve].lowest, SCALES[curve].highest
    if curve == HM_LEGS:
        return 0.0, _MOST_HM
    site = site_of(curve)
    if site is None and curve not in {*_PLAIN, *READOUTS}:
        raise unknown("curve", curve, [*_PLAIN, *READOUTS, csf_at("<site>")])
    return 0.0, _MOST_NG_ML if unit_of(curve) == unit_of(PLASMA) else 1.0


def site_of(curve: str) -> str | None:
    """Return the site or level of a curve of spinal fluid; None for another curve."""
    site = curve.removeprefix("csf_").removesuffix("_ng_mL")
    return site if curve == csf_at(site) else None


def anchors_of(scale: Scale) -> tuple[float, ...]:
    """Return where the grades of a scale stand, from the lowest up."""
    return tuple(anchor for anchor, _ in scale.grades)


def examination_error(curve: str) -> float:
    """Return the SD of one examination, grades, as measured between raters.

    Raises:
        ValueError: the curve is not graded, or no measurement of its examiners was found.
    """
    if curve not in SCALES:
        raise ValueError(f"{curve} is not graded; allowed: {', '.join(SCALES)}")
    scale = SCALES[curve]
    if scale.scale_id not in AGREEMENT:
        raise ValueError(f"no source for the agreement of examiners on {scale.name}: give an sd, grades")
    return examination_sd(AGREEMENT[scale.scale_id].middle)


def check_error(what: str, curve: str, *, sd: float, law: Law, in_grades: bool) -> None:
    """Refuse an error of measurement that the curve cannot have.

    Raises:
        ValueError: an sd of nothing, a fixed law, or grades of what has none.
    """
    number(f"sd of {what}", sd, "1" if law is Law.LOGNORMAL else unit_of(curve), low=_LEAST_SD, high=1e9)
    if law not in {Law.NORMAL, Law.LOGNORMAL}:
        raise ValueError(f"law of {what} is {law}; allowed: Law.NORMAL, Law.LOGNORMAL")
    if in_grades and curve not in SCALES:
        raise ValueError(f"{curve} is not graded; allowed with in_grades: {', '.join(SCALES)}")
    if in_grades and law is not Law.NORMAL:
        raise ValueError(f"law of {what} is {law}; allowed with in_grades: Law.NORMAL")


def predicted(
    ensemble: Ensemble, observations: Sequence[Observation], treatment: Treatment, *, tolerance: float = 1e-7
) -> Floats:
    """Return what the model predicts for each observation, in their order; shape ``(P, n)``."""
    times = np.unique([one.at_h for one in observations])
    response = response_to(
        ensemble, treatment, [one.curve for one in observations], times, tolerance=tolerance
    )
    places = np.searchsorted(times, [one.at_h for one in observations])
    return np.stack(
        [response.curves[one.curve][:, at] for one, at in zip(observations, places, strict=True)], axis=1
    )


def response_to(
    ensemble: Ensemble, treatment: Treatment, curves: Sequence[str], times_h: Floats, *, tolerance: float
) -> Response:
    """Return these curves of the patients under a treatment."""
    requested = dict.fromkeys(curves)
    return simulate(
        ensemble,
        sample_times_h=times_h,
        inflow=treatment.inflow,
        implant=treatment.implant,
        faults=treatment.faults,
        boluses=treatment.boluses,
        oral=treatment.oral,
        sites=[site for one in requested if (site := site_of(one)) is not None],
        also=[one for one in requested if one in READOUTS],
        tolerance=tolerance,
    )
