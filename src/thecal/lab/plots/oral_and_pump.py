"""By mouth beside from a pump: the same patients twice, in one figure (needs matplotlib)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.body import CORD_LEGS, PLASMA, SEDATION, TONE_LEGS, Implant, Inflow, OralDose
from thecal.lab.cohort import Dosing, respond
from thecal.lab.patient import Origin, VirtualPatient
from thecal.lab.plots.responses import plot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.body import Response

_HOURS = 96
_PATIENTS, _SEED = 64, 60
_DOSE_MG, _EVERY_H = 20.0, 8.0
_DOSE_UG_DAY, _CONCENTRATION_UG_ML = 200.0, 500.0


def oral_against_intrathecal() -> Mapping[str, Response]:
    """Return four days of the same patients by mouth and from a pump."""
    patient = VirtualPatient(origin=Origin.SPINAL, known=(("tone_legs_before", 4.0),))
    times = [0.5 * step for step in range(2 * _HOURS + 1)]
    pump = Inflow([0.0, _HOURS], [_DOSE_UG_DAY / 24 / _CONCENTRATION_UG_ML], [_CONCENTRATION_UG_ML])
    doses = OralDose.repeated(_DOSE_MG, every_h=_EVERY_H, doses=int(_HOURS / _EVERY_H))
    implant = Implant(primed_with_ug_mL=_CONCENTRATION_UG_ML)
    also = (CORD_LEGS, SEDATION)
    return {
        "20 mg by mouth every 8 h": respond(
            patient,
            Dosing(oral=doses),
            patients=_PATIENTS,
            seed=_SEED,
            sample_times_h=times,
            sites=(),
            also=also,
        ),
        "200 mcg/day from a pump, tip T10": respond(
            patient,
            Dosing(inflow=pump, implant=implant),
            patients=_PATIENTS,
            seed=_SEED,
            sample_times_h=times,
            sites=(),
            also=also,
        ),
    }


def as_svg(responses: Mapping[str, Response]) -> bytes:
    """Return cord, plasma, tone and sedation of responses as one figure; the same runs, the same bytes."""
    return plot(responses, (CORD_LEGS, PLASMA, TONE_LEGS, SEDATION), in_decades=(CORD_LEGS, PLASMA))
