"""What if: questions to the model about one patient with a pump. Nothing is written; no pump is read."""

from thecal.clinic.orders.whatif.answers import (
    Answer,
    catheter_fault,
    next_measurement,
    oral_or_pump,
    other_concentration,
    spinal_map,
)
from thecal.clinic.orders.whatif.typed_form import FAULTS, LEVELS, MENDED, TIMES_A_DAY, TypedForm
from thecal.lab.forecast import ASSAY_SHARE, EXAMINER_SD, Series, ValueRange
from thecal.lab.whatif import Case, Changeover, Map, WhatIf

__all__ = [
    "ASSAY_SHARE",
    "EXAMINER_SD",
    "FAULTS",
    "LEVELS",
    "MENDED",
    "TIMES_A_DAY",
    "Answer",
    "Case",
    "Changeover",
    "Map",
    "Series",
    "TypedForm",
    "ValueRange",
    "WhatIf",
    "catheter_fault",
    "next_measurement",
    "oral_or_pump",
    "other_concentration",
    "spinal_map",
]
