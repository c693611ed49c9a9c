"""A safety case, as small as one can be."""

from __future__ import annotations

SMALL = """
[[section]]
letter = "A"
title = "Delivery"

[[requirement]]
id = "ITB-001"
section = "A"
text = "It delivers"
origin = "KSU R5.1.0(1)"
transfer = "adapted"
status = "test"

[[requirement]]
id = "ITB-002"
section = "A"
text = "It is used without error"
origin = "HF"
transfer = "carried over"
status = "out of scope"
reason = "needs people"
needs_people = true

[[hazard]]
id = "H-01"
cause = "It does not"
severity = 5
control = "a test"
requirements = ["ITB-001"]

[[decision]]
id = "S-01"
title = "One of two"
rows = ["ITB-001"]
disagree = "two say two things"
decided = "the first"
reason = "it is safer"
"""


VIOLATION = """
[[violation]]
id = "L-01"
requirement = "ITB-001"
how = "it stops"
source = "a notice"
"""
