"""Baclofen that is swallowed: from the gut to plasma, and the little of it that reaches fluid and cord.

One compartment with first-order absorption (Simon 2018), in the plasma that intrathecal drug spills into:

    gut' = -ka gut,  plasma' = (F ka gut - CL plasma) / V,  fluid' = kf (ratio plasma - fluid)

Spinal fluid follows plasma to a fixed ratio, alike at every level; cord and brain follow the fluid. What gets
there is a few micrograms of tens of milligrams and is not taken out of plasma: nothing feeds back
(docs/science/oral.md). The chain is the kind of cascade that hangs below the body's network, so it is solved
the same way, whatever rates coincide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import LONGEST_H, explains_arguments, number, one_of, whole
from thecal.body.engine.drive import Drive
from thecal.body.engine.schedule import NEAR_H, carry, choose_contour, merge_near
from thecal.body.population.patients import Patients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

    Stages = tuple[tuple[Floats, Floats], ...]
    """Compartments one below the other: gain, 1/h, and own rate, 1/h, of each; shapes ``(P,)``."""

MOST_MG = 2000.0
_MOST_DOSES = 100_000
_UG_PER_MG = 1000.0
USUAL_CREATININE_CLEARANCE_ML_MIN = 120.0
"""At which a parameter set's plasma clearance holds; the one that Wuis 1990's clearance is split by [D]."""


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class OralDose:
    """One dose by mouth.

    Args:
        at_h: hours since the start.
        dose_mg: baclofen swallowed.
    """

    at_h: float
    dose_mg: float

    def __post_init__(self) -> None:
        """Refuse what cannot be swallowed."""
        number("at_h", self.at_h, "h", low=0, high=LONGEST_H)
        number("dose_mg", self.dose_mg, "mg", low=0, high=MOST_MG)

    @classmethod
    def repeated(cls, dose_mg: float, *, every_h: float, doses: int, from_h: float = 0.0) -> tuple[Self, ...]:
        """Return so many equal doses, the first at ``from_h``.

        >>> [dose.at_h for dose in OralDose.repeated(10, every_h=8, doses=3)]
        [0.0, 8.0, 16.0]

        Raises:
            ValueError: an interval or a count that cannot be.
        """
        number("every_h", every_h, "h", low=1 / 60, high=24 * 366)
        doses = whole("doses", doses, "doses", low=1, high=_MOST_DOSES)
        number("from_h", from_h, "h", low=0, high=LONGEST_H)
        return tuple(cls(at_h=from_h + every_h * count, dose_mg=dose_mg) for count in range(doses))


def plasma_clearance(patients: Patients) -> Floats:
    """Return what plasma is cleared of, L/h, at each patient's renal function; shape ``(P,)``.

    >>> from thecal.body import draw_patients, load_parameters
    >>> usual = load_parameters()
    >>> kidneys = [usual.knowing(creatinine_clearance_mL_min=each) for each in (120, 40)]
    >>> well, ill = (plasma_clearance(draw_patients(one, 0, seed=0))[0] for one in kidneys)
    >>> bool(ill < 0.6 * well)
    True

    The renal share falls in proportion to creatinine clearance, the rest stays.

    Raises:
        ValueError: nothing, or less, is cleared.

    Source:
        Renal clearance of baclofen equals creatinine clearance, 69 % of it leaves unchanged in urine (Wuis
        1989). It falls by 32, 46 and 57 % at 65, 40 and 20 mL/min, where Vlavonou 2014 cuts the dose by 1/3,
        1/2 and 2/3.
    """
    one_of("patients", patients, Patients, allowed="Patients")
    renal = patients["renal_share"]
    function = patients["creatinine_clearance_mL_min"] / USUAL_CREATININE_CLEARANCE_ML_MIN
    cleared = patients["plasma_clearance_L_h"] * (1.0 - renal + renal * function)
    if not (cleared > 0).all():
        patient = int(np.flatnonzero(~(cleared > 0))[0])
        raise ValueError(
            f"plasma of patient {patient} is cleared of {cleared[patient]:g} L/h, with a renal_share of "
            f"{renal[patient]:g} and {function[patient]:.0%} of usual renal function; allowed: above 0 L/h"
        )
    return np.asarray(cleared)


def fluid_stages(patients: Patients) -> Stages:
    """Return the stage from plasma to spinal fluid, the same at every level."""
    follows = patients["plasma_to_csf_per_h"]
    return ((patients["csf_plasma_ratio"] * follows, follows),)


def oral_stages(patients: Patients, stages: Stages) -> Stages:
    """Return all the stages to a place: gut, ug; plasma, ng/mL; and those from plasma on."""
    absorbed, volume_L = patients["oral_absorption_per_h"], patients["plasma_volume_L"]
    into_plasma = patients["oral_bioavailability"] * absorbed / volume_L
    cleared = plasma_clearance(patients) / volume_L
    return ((np.ones(len(patients)), absorbed), (into_plasma, cleared), *stages)


def oral_levels(
    chains: Sequence[Stages], doses: Sequence[OralDose], times_h: Floats, *, tolerance: float
) -> Floats:
    """Return levels from oral doses alone; shape ``(K, P, T)``.

    Args:
        chains: for each of K places all stages that lead to it (``oral_stages``).
        doses: at any times, in any order.
        times_h: increasing; shape ``(T,)``.
        tolerance: error relative to the highest value of a place.
    """
    at_h = np.array([dose.at_h for dose in doses])
    amounts_ug = np.array([dose.dose_mg for dose in doses]) * _UG_PER_MG
    order = np.argsort(at_h)
    drive = Drive(at_h[order], np.zeros(len(doses)), amounts_ug[order])
    entered = [np.stack([gain, *(np.zeros_like(gain) for _ in below)]) for (gain, _), *below in chains]
    return _passed_down(chains, entered, drive, times_h, tolerance=tolerance)


def remaining_levels(
    chains: Sequence[Stages], initial: Sequence[Floats], start_h: float, times_h: Floats, *, tolerance: float
) -> Floats:
    """Return levels from what stages held at a time, nothing entering since; shape ``(K, P, T)``.

    Args:
        chains: for each of K places the stages that lead to it.
        initial: contents of each stage at the start; for each place shape ``(stages, P)``.
        start_h: when.
        times_h: increasing, from the start on; shape ``(T,)``.
        tolerance: error relative to the highest value of a place.
    """
    drive = Drive(np.array([start_h]), np.zeros(1), np.ones(1))
    levels = _passed_down(chains, initial, drive, times_h, tolerance=tolerance)
    at_once = times_h - start_h < NEAR_H
    for level, rows in zip(levels, initial, strict=True):
        if len(rows):
            level[:, at_once] = rows[-1][:, np.newaxis]
    return levels


def _passed_down(
    chains: Sequence[Stages], initial: Sequence[Floats], drive: Drive, times_h: Floats, *, tolerance: float
) -> Floats:
    """Return the last stage of each chain, where each unit of the drive puts so much into every stage."""
    out = np.zeros((len(chains), initial[0].shape[1], len(times_h)))
    if not len(times_h):
        return out
    times = merge_near(times_h)
    drive = drive.moved_to_samples(times, NEAR_H)
    shared = choose_contour([drive], times, tolerance)
    past = carry(shared, drive, times)[:-1]
    for row, (chain, there) in enumerate(zip(chains, initial, strict=True)):
        passed = np.zeros((there.shape[1], len(shared.nodes)), np.complex128)
        for (gain, rate), amount in zip(chain, there, strict=True):
            passed = (passed * gain[:, np.newaxis] + amount[:, np.newaxis]) / (
                rate[:, np.newaxis] + shared.nodes
            )
        out[row] = np.concatenate((passed.real, passed.imag), axis=1) @ past
    out[out < tolerance * out.max(axis=2, keepdims=True)] = 0.0
    return out
