"""What-ifs of a patient with a pump, each beside the therapy as it is: the model alone, without a pump."""

from thecal.lab.whatif.bridge import Changeover, change_concentration
from thecal.lab.whatif.cases import Case, Map, WhatIf
from thecal.lab.whatif.catheter import CatheterProblem, break_catheter
from thecal.lab.whatif.expected import expect_measurement
from thecal.lab.whatif.oral import Tablets, compare_tablets
from thecal.lab.whatif.spinal import map_spinal_fluid

__all__ = [
    "Case",
    "CatheterProblem",
    "Changeover",
    "Map",
    "Tablets",
    "WhatIf",
    "break_catheter",
    "change_concentration",
    "compare_tablets",
    "expect_measurement",
    "map_spinal_fluid",
]
