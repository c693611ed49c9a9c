"""Examples for every row of every decision table, one module for each package of rules."""

from builders.rules import doses, emergencies
from builders.rules.example import Example

EXAMPLES: tuple[Example, ...] = (*doses.EXAMPLES, *emergencies.EXAMPLES)
