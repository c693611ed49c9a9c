"""What if: the demonstration patient's body looked into, on the model alone; no pump hears of it."""

from thecal.lab.whatif.bridge import Changeover, change_concentration
from thecal.lab.whatif.catheter import Mishap, go_wrong
from thecal.lab.whatif.expected import expect
from thecal.lab.whatif.look import Case, Map, WhatIf
from thecal.lab.whatif.measurement import ASSAY_SHARE, EXAMINER_SD
from thecal.lab.whatif.oral import Tablets, by_mouth
from thecal.lab.whatif.spinal import along_the_cord
from thecal.lab.whatif.subject import Subject, subject_of

__all__ = [
    "ASSAY_SHARE",
    "EXAMINER_SD",
    "Case",
    "Changeover",
    "Map",
    "Mishap",
    "Subject",
    "Tablets",
    "WhatIf",
    "along_the_cord",
    "by_mouth",
    "change_concentration",
    "expect",
    "go_wrong",
    "subject_of",
]
