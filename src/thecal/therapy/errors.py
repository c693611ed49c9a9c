"""Everything the shared language can refuse.

TherapyError (a ValueError)
├── ProgramError          a program that no pump could mean: a hole, an overlap, a forbidden mode
├── UndeliverableError    a program this pump cannot deliver; carries every problem, not the first
├── ReservoirError        more fluid than there is, or more than fits
└── ForgedError           a sealed document that does not carry the signature it claims
"""

from __future__ import annotations

from dataclasses import dataclass


class TherapyError(ValueError):
    """Something the shared language refuses."""


class ProgramError(TherapyError):
    """A program that no pump could mean."""


class ReservoirError(TherapyError):
    """More fluid than there is, or more than fits."""


class ForgedError(TherapyError):
    """A sealed document that does not carry the signature it claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a value was refused, complete enough for the person who typed it."""

    field: str
    value: str
    allowed: str
    source: str

    def __str__(self) -> str:
        """Name the field, the value, what is allowed, and who says so."""
        return f"{self.field}: {self.value} is outside what is allowed, {self.allowed} ({self.source})"


class UndeliverableError(TherapyError):
    """A program that this pump cannot deliver."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems
