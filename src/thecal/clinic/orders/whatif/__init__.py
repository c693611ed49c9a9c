"""What if: questions to the model about the demonstration patient. Nothing is written, no pump is asked."""

from thecal.clinic.orders.whatif.answers import (
    Answer,
    catheter_fault,
    next_measurement,
    oral_or_pump,
    other_concentration,
    spinal_map,
)
from thecal.clinic.orders.whatif.asked import FAULTS, LEVELS, MENDED, TIMES_A_DAY, Asked
from thecal.lab.forecast import ASSAY_SHARE, EXAMINER_SD, Series
from thecal.lab.whatif import Case, Changeover, Map, WhatIf

__all__ = [
    "ASSAY_SHARE",
    "EXAMINER_SD",
    "FAULTS",
    "LEVELS",
    "MENDED",
    "TIMES_A_DAY",
    "Answer",
    "Asked",
    "Case",
    "Changeover",
    "Map",
    "Series",
    "WhatIf",
    "catheter_fault",
    "next_measurement",
    "oral_or_pump",
    "other_concentration",
    "spinal_map",
]
