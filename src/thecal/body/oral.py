"""Baclofen that is swallowed: from the gut to plasma, and the little of it that reaches fluid and cord.

One compartment with first-order absorption (Simon 2018), in the plasma that intrathecal drug spills into:

    gut' = -ka gut,  plasma' = F ka gut - (CL / V) plasma,  fluid' = kf (ratio plasma - fluid)

Spinal fluid follows plasma to a fixed ratio, alike at every level; cord and brain follow the fluid. What gets
there is a few micrograms of tens of milligrams and is not taken out of plasma: nothing feeds back
(docs/science/oral.md). The chain is the kind of cascade that hangs below the body's network, so it is solved
the same way, whatever rates coincide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import number
from thecal.body.engine.contour import contour
from thecal.body.engine.drive import Drive
from thecal.body.engine.schedule import carry, reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats
    from thecal.body.parameters import Patients

    Stages = tuple[tuple[Floats, Floats], ...]
    """Compartments one below the other: gain, 1/h, and own rate, 1/h, of each; shapes ``(P,)``."""

MOST_MG = 2000.0
_LONGEST_H = 24 * 366 * 30.0
_MOST_DOSES = 100_000
_UG_PER_MG = 1000.0
_DECIMALS = 8
"""Of an hour, to which sample times are told apart: 36 microseconds."""
USUAL_CREATININE_CLEARANCE_ML_MIN = 120.0
"""At which a parameter set's plasma clearance holds; the one that Wuis 1990's clearance is split by [D]."""


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
        number("at_h", self.at_h, "h", low=0, high=_LONGEST_H)
        number("dose_mg", self.dose_mg, "mg", low=0, high=MOST_MG)

    @classmethod
    def repeated(cls, dose_mg: float, *, every_h: float, doses: int, from_h: float = 0.0) -> tuple[Self, ...]:
        """Return so many equal doses, the first at ``from_h``.

        Raises:
            ValueError: an interval or a count that cannot be.
        """
        number("every_h", every_h, "h", low=1 / 60, high=24 * 366)
        number("doses", doses, "doses", low=1, high=_MOST_DOSES)
        return tuple(cls(at_h=from_h + every_h * count, dose_mg=dose_mg) for count in range(int(doses)))


def plasma_clearance(patients: Patients) -> Floats:
    """Return what plasma is cleared of, L/h, at each patient's renal function; shape ``(P,)``.

    The renal share falls in proportion to creatinine clearance, the rest stays.

    Source:
        Renal clearance of baclofen equals creatinine clearance, 69 % of it leaves unchanged in urine (Wuis
        1989). It falls by 32, 46 and 57 % at 65, 40 and 20 mL/min, where Vlavonou 2014 cuts the dose by 1/3,
        1/2 and 2/3.
    """
    renal = patients["renal_share"]
    function = patients["creatinine_clearance_mL_min"] / USUAL_CREATININE_CLEARANCE_ML_MIN
    return patients["plasma_clearance_L_h"] * (1.0 - renal + renal * function)


def fluid_stages(patients: Patients) -> Stages:
    """Return the stage from plasma to spinal fluid, the same at every level."""
    follows = patients["plasma_to_csf_per_h"]
    return ((patients["csf_plasma_ratio"] * follows, follows),)


def swallowed(
    patients: Patients,
    doses: Sequence[OralDose],
    places: Sequence[Stages],
    times_h: Floats,
    *,
    tolerance: float,
) -> Floats:
    """Return concentrations from oral doses alone, ng/mL; shape ``(K, P, T)``.

    Args:
        patients: P of them.
        doses: at any times, in any order.
        places: for each of K places the stages from plasma down to it; none for plasma itself.
        times_h: increasing; shape ``(T,)``.
        tolerance: error relative to the highest value of a place.
    """
    seen, again = np.unique(np.round(times_h, _DECIMALS), return_inverse=True)
    at_h = np.array([dose.at_h for dose in doses])
    amounts_ug = np.array([dose.dose_mg for dose in doses]) * _UG_PER_MG
    order = np.argsort(at_h, kind="stable")
    drive = Drive(at_h[order], np.zeros(len(doses)), amounts_ug[order])
    out = np.zeros((len(places), len(patients), len(seen)))
    if not len(seen):
        return out
    shortest_h, longest_h, share = reach([drive], seen)
    shared = contour(shortest_h, longest_h, tolerance, share=share)
    past, _ = carry(shared, drive, seen)
    absorbed, cleared = patients["oral_absorption_per_h"], plasma_clearance(patients)
    volume_L = patients["plasma_volume_L"]
    to_plasma: Stages = (
        (patients["oral_bioavailability"] * absorbed, absorbed),
        (1.0 / volume_L, cleared / volume_L),
    )
    for row, stages in enumerate(places):
        passed = np.ones((len(patients), len(shared.nodes)), np.complex128)
        for gain, rate in (*to_plasma, *stages):
            passed *= gain[:, np.newaxis] / (rate[:, np.newaxis] + shared.nodes)
        out[row] = np.concatenate((passed.real, passed.imag), axis=1) @ past
    out[out < tolerance * out.max(axis=2, initial=0, keepdims=True)] = 0.0
    return out[:, :, again]
