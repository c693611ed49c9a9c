"""Many patients under one schedule, a block of them at a time.

A patient's parameters depend on the seed and the patient's number alone, and no patient's arithmetic sees
another's; so the result does not depend on how the cohort is cut into blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from thecal.body import Ensemble, Patients, Phase, Response, draw_patients, simulate_phases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from thecal.body import Bolus, CatheterFault, Implant, Inflow, OralDose
    from thecal.lab.patient import VirtualPatient

BLOCK = 64
_KEPT_COHORTS = 4
_MOST_KEPT_PATIENTS = 8 * BLOCK


class Progress(Protocol):
    """Anything that wants to know how far a cohort is."""

    def __call__(self, done: int, patients: int) -> None:
        """Hear that so many patients of so many are done."""


@dataclass(frozen=True, kw_only=True)
class Dosing:
    """How patients get the drug; as it stands, not at all.

    Attributes:
        inflow: what leaves the pump; None without one.
        implant: catheter and tip; needed with an inflow.
        faults: of the catheter.
        boluses: injections by lumbar puncture.
        oral: doses by mouth.
    """

    inflow: Inflow | None = None
    implant: Implant | None = None
    faults: Sequence[CatheterFault] = ()
    boluses: Sequence[Bolus] = ()
    oral: Sequence[OralDose] = ()


def respond(
    patient: VirtualPatient,
    dosing: Dosing,
    *,
    patients: int,
    seed: int,
    sample_times_h: Sequence[float],
    sites: Sequence[str],
    also: Sequence[str] = (),
    later: Sequence[tuple[float, VirtualPatient]] = (),
    block: int = BLOCK,
    progress: Progress | None = None,
) -> Response:
    """Return the curves of the typical patient (row 0) and of ``patients`` drawn ones.

    Args:
        patient: what is known; the rest is drawn.
        dosing: how they all get the drug.
        patients: how many are drawn.
        seed: of the draw.
        sample_times_h: hours since the start; increasing.
        sites: where spinal fluid is reported.
        also: further readouts of the body.
        later: what becomes of the patient, each from an hour on; hours increase.
        block: patients solved at a time; changes memory and speed, not the result.
        progress: called after each block.
    """
    parts: list[Response] = []
    starts = [0.0, *(from_h for from_h, _ in later)]
    bodies = [_ensembles(one, patients, seed, block) for one in (patient, *(one for _, one in later))]
    for number, ensembles in enumerate(zip(*bodies, strict=True)):
        parts.append(
            simulate_phases(
                [Phase(*phase) for phase in zip(starts, ensembles, strict=True)],
                sample_times_h=sample_times_h,
                inflow=dosing.inflow,
                implant=dosing.implant,
                faults=dosing.faults,
                boluses=dosing.boluses,
                oral=dosing.oral,
                also=also,
                sites=sites,
            )
        )
        if progress is not None:
            progress(min((number + 1) * block, patients), patients)
    first = parts[0]
    curves = {
        name: np.concatenate([first.curves[name], *(part.patients(name) for part in parts[1:])])
        for name in first.quantities
    }
    return Response(sample_times_h=first.sample_times_h, curves=MappingProxyType(curves))


def _ensembles(patient: VirtualPatient, patients: int, seed: int, block: int) -> Iterable[Ensemble]:
    """Return the blocks; those of small cohorts are kept, for taking them apart is what costs."""
    if patients <= _MOST_KEPT_PATIENTS:
        return _kept(patient, patients, seed, block)
    return _blocks(patient, patients, seed, block)


@lru_cache(maxsize=_KEPT_COHORTS)
def _kept(patient: VirtualPatient, patients: int, seed: int, block: int) -> tuple[Ensemble, ...]:
    return tuple(_blocks(patient, patients, seed, block))


def _blocks(patient: VirtualPatient, patients: int, seed: int, block: int) -> Iterator[Ensemble]:
    """Yield ensembles of the typical patient and at most ``block`` drawn ones each."""
    everyone = draw_patients(patient.parameters(), patients, seed)
    for start in range(1, max(patients, 1) + 1, block):
        rows = [0, *range(start, min(start + block, patients + 1))]
        part = Patients(MappingProxyType({name: of[rows] for name, of in everyone.values.items()}))
        yield Ensemble(part)
