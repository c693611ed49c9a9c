"""What is wrong with a scenario: all of it, each fault with its field.

ScenarioError (a ValueError)    the scenario is refused; carries every problem found
"""

from __future__ import annotations

from dataclasses import dataclass

FORMAT_SOURCE = "scenario format 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a scenario is refused.

    Attributes:
        field: path in the file, for example ``event[2].dose``; events and observations count from 1.
        said: what is wrong, with the value as written.
        allowed: what may stand there, with its unit.
        source: who says so.
    """

    field: str
    said: str
    allowed: str
    source: str = FORMAT_SOURCE

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.field}: {self.said}; allowed: {self.allowed} ({self.source})"


class ScenarioError(ValueError):
    """A scenario that cannot be run, with everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
