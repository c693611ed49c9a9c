"""Examples for every row of every decision table, one module for each package of rules."""

from builders.rules import doses
from builders.rules.example import Example

EXAMPLES: tuple[Example, ...] = (*doses.EXAMPLES,)
