"""The body model: catheter, spinal fluid, cord, plasma and muscle tone; every result is a model estimate.

Floats begin here: ``inflow_from_delivery`` turns decimals into them, and only reports come back. The
equations, their sources, the calibration and its misses are in docs/science/body.md.
"""

from thecal.body.canal.anatomy import Anatomy
from thecal.body.canal.bolus import Bolus
from thecal.body.canal.levels import CISTERNA, SITES, TIP_LEVELS, VERTEBRAE, height_of
from thecal.body.catheter.faults import OUTSIDE, CatheterFault, Fault
from thecal.body.catheter.from_delivery import hours_since, inflow_from_delivery, inflow_from_programs
from thecal.body.catheter.implant import Implant
from thecal.body.catheter.inflow import Inflow
from thecal.body.cohort.ensemble import Ensemble
from thecal.body.cohort.oral import OralDose, plasma_clearance
from thecal.body.effects.readouts import (
    CORD_ARMS,
    CORD_LEGS,
    HM_LEGS,
    READOUTS,
    REFLEXES_ARMS,
    REFLEXES_LEGS,
    SEDATION,
    SPASMS_LEGS,
    SUPRASPINAL,
    WITHDRAWAL,
    Readout,
)
from thecal.body.effects.tolerance import dose_drift
from thecal.body.fitting.fit import fit
from thecal.body.fitting.gradient import differentiate
from thecal.body.fitting.observations import Observation, Treatment
from thecal.body.fitting.posterior import Posterior, Prediction
from thecal.body.population.children import child
from thecal.body.population.conditions import CSF_DENSITY_MG_ML, Posture, at_hour, under_conditions
from thecal.body.population.day_and_night import production_at
from thecal.body.population.groups import Group, load_groups, of_groups, read_groups
from thecal.body.population.parameters import (
    SURENESS,
    Law,
    Parameter,
    Parameters,
    Slot,
    load_parameters,
    read_parameters,
)
from thecal.body.population.patients import Patients, draw_patients
from thecal.body.scales.examiner import AGREEMENT, Agreement, examination_sd, examine
from thecal.body.scales.grades import MEANINGS, HmRatio, Tardieu
from thecal.body.scales.scale import (
    ASHWORTH_0_4,
    ASHWORTH_1_5,
    MODIFIED_ASHWORTH,
    PENN,
    REFLEX,
    SCALES,
    TARDIEU,
    Scale,
    Score,
    ScoreBand,
)
from thecal.body.simulation.clock import phases_by_clock
from thecal.body.simulation.curves import (
    PLASMA,
    PUMP_RATE,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    csf_at,
    meaning_of,
    unit_of,
)
from thecal.body.simulation.phases import Phase, simulate_phases
from thecal.body.simulation.response import LABEL, Band, Response
from thecal.body.simulation.simulate import MassBalance, balance_mass, simulate
from thecal.body.simulation.transport import Transport, simulate_transport
from thecal.body.tables import Column, as_table, write_table

__all__ = [
    "AGREEMENT",
    "ASHWORTH_0_4",
    "ASHWORTH_1_5",
    "CISTERNA",
    "CORD_ARMS",
    "CORD_LEGS",
    "CSF_DENSITY_MG_ML",
    "HM_LEGS",
    "LABEL",
    "MEANINGS",
    "MODIFIED_ASHWORTH",
    "OUTSIDE",
    "PENN",
    "PLASMA",
    "PUMP_RATE",
    "READOUTS",
    "REFLEX",
    "REFLEXES_ARMS",
    "REFLEXES_LEGS",
    "SCALES",
    "SEDATION",
    "SITES",
    "SPASMS_LEGS",
    "SUPRASPINAL",
    "SURENESS",
    "TARDIEU",
    "TIP_LEVELS",
    "TIP_RATE",
    "TONE_ARMS",
    "TONE_LEGS",
    "VERTEBRAE",
    "WITHDRAWAL",
    "Agreement",
    "Anatomy",
    "Band",
    "Bolus",
    "CatheterFault",
    "Column",
    "Ensemble",
    "Fault",
    "Group",
    "HmRatio",
    "Implant",
    "Inflow",
    "Law",
    "MassBalance",
    "Observation",
    "OralDose",
    "Parameter",
    "Parameters",
    "Patients",
    "Phase",
    "Posterior",
    "Posture",
    "Prediction",
    "Readout",
    "Response",
    "Scale",
    "Score",
    "ScoreBand",
    "Slot",
    "Tardieu",
    "Transport",
    "Treatment",
    "as_table",
    "at_hour",
    "balance_mass",
    "child",
    "csf_at",
    "differentiate",
    "dose_drift",
    "draw_patients",
    "examination_sd",
    "examine",
    "fit",
    "height_of",
    "hours_since",
    "inflow_from_delivery",
    "inflow_from_programs",
    "load_groups",
    "load_parameters",
    "meaning_of",
    "of_groups",
    "phases_by_clock",
    "plasma_clearance",
    "production_at",
    "read_groups",
    "read_parameters",
    "simulate",
    "simulate_phases",
    "simulate_transport",
    "under_conditions",
    "unit_of",
    "write_table",
]
