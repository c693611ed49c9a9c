"""The patient's physics: catheter, spinal fluid, cord, plasma and muscle tone; every result a model estimate.

Floats begin here: ``inflow_from_delivery`` is the door, and nothing but a report comes back through it. The
equations, their sources, the calibration and its misses are in docs/science/body.md.
"""

from thecal.body.anatomy import Anatomy
from thecal.body.bolus import Bolus
from thecal.body.catheter import Implant, Inflow
from thecal.body.door import hours_since, inflow_from_delivery
from thecal.body.ensemble import Ensemble
from thecal.body.habit import dose_drift
from thecal.body.levels import CISTERNA, SITES, TIP_LEVELS, VERTEBRAE, height_of
from thecal.body.oral import OralDose, plasma_clearance
from thecal.body.parameters import (
    Law,
    Parameter,
    Parameters,
    Patients,
    draw_patients,
    load_parameters,
    read_parameters,
)
from thecal.body.readouts import (
    CORD_ARMS,
    CORD_LEGS,
    HM_LEGS,
    READOUTS,
    REFLEXES_LEGS,
    SEDATION,
    SPASMS_LEGS,
    SUPRASPINAL,
    WITHDRAWAL,
    Readout,
)
from thecal.body.response import (
    LABEL,
    PLASMA,
    PUMP_RATE,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    Band,
    Response,
    csf_at,
)
from thecal.body.scales import ASHWORTH_1_5, Scale, Score, ScoreBand
from thecal.body.simulate import MassBalance, balance_mass, simulate

__all__ = [
    "ASHWORTH_1_5",
    "CISTERNA",
    "CORD_ARMS",
    "CORD_LEGS",
    "HM_LEGS",
    "LABEL",
    "PLASMA",
    "PUMP_RATE",
    "READOUTS",
    "REFLEXES_LEGS",
    "SEDATION",
    "SITES",
    "SPASMS_LEGS",
    "SUPRASPINAL",
    "TIP_LEVELS",
    "TIP_RATE",
    "TONE_ARMS",
    "TONE_LEGS",
    "VERTEBRAE",
    "WITHDRAWAL",
    "Anatomy",
    "Band",
    "Bolus",
    "Ensemble",
    "Implant",
    "Inflow",
    "Law",
    "MassBalance",
    "OralDose",
    "Parameter",
    "Parameters",
    "Patients",
    "Readout",
    "Response",
    "Scale",
    "Score",
    "ScoreBand",
    "balance_mass",
    "csf_at",
    "dose_drift",
    "draw_patients",
    "height_of",
    "hours_since",
    "inflow_from_delivery",
    "load_parameters",
    "plasma_clearance",
    "read_parameters",
    "simulate",
]
