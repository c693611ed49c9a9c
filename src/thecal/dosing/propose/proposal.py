"""What the adviser proposes: two to four programs, *no change* first, with findings and questions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.dosing.findings import Finding
    from thecal.dosing.history import History
    from thecal.dosing.tables import Question
    from thecal.therapy import DailyDose, Program, RefillDates, Rounding


class OptionKind(StrEnum):
    """What an option does."""

    NO_CHANGE = "no change"
    SMALLEST_STEP = "smallest usual increase"
    LARGEST_STEP = "largest usual increase"
    DECREASE = "smaller dose"
    PATTERN = "same dose, another pattern over the day"
    RESTART = "restart"
    ENTERED = "as entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One program that could be signed.

    Attributes:
        kind: what it does.
        program: as compiled for the pump.
        roundings: what compiling rounded.
        daily_dose: its 24-hour dose.
        refill: the dates of the reservoir if this program runs from now on.
        findings: what the rules say about it.
    """

    kind: OptionKind
    program: Program
    roundings: tuple[Rounding, ...]
    daily_dose: DailyDose
    refill: RefillDates
    findings: tuple[Finding, ...]

    @property
    def can_be_signed(self) -> bool:
        """Whether no finding is hard; the soft ones still have to be lifted by a person."""
        return not any(finding.is_hard for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the adviser proposes for one history, with everything it rests on.

    Attributes:
        history: the input.
        place: whose rules apply, in words.
        options: two to four, *no change* first.
        findings: about the history itself.
        asks: what is not known and would have to be.
        rulebook: the version of the rules.
        made_at: the moment of the history.
    """

    history: History
    place: str
    options: tuple[Option, ...]
    findings: tuple[Finding, ...]
    asks: tuple[Question, ...]
    rulebook: str
    made_at: datetime
