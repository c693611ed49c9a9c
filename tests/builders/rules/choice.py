"""Examples of the level of the tip."""

from builders.rules.example import Example
from thecal.dosing.choice import Pattern, PlaceFacts

_LEVELS = {
    "legs": (Pattern.LEGS, "T6 to T10"),
    "arms-and-legs": (Pattern.ARMS_AND_LEGS, "T1 to T2"),
    "dystonia": (Pattern.DYSTONIA, "mid-cervical"),
}
EXAMPLES = tuple(
    Example(table="choice.tip", row=row, facts=PlaceFacts(pattern=pattern), gives=level)
    for row, (pattern, level) in _LEVELS.items()
)
