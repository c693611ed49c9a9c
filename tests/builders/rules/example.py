"""One example of a decision table: facts, the row that must speak, and what it must give."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from thecal.dosing.limits import Jurisdiction
from thecal.quantities import Concentration, DoseRate, Mass, Volume


@dataclass(frozen=True, kw_only=True)
class Example:
    """Facts under which a row speaks.

    Attributes:
        table: the id of the table.
        row: the id of the row.
        facts: the facts.
        gives: what the row gives: the value itself, or the code of its finding.
        jurisdiction: whose labels apply.
    """

    table: str
    row: str
    facts: Any
    gives: Any
    jurisdiction: Jurisdiction | None = Jurisdiction.US

    def __str__(self) -> str:
        return f"{self.table}, {self.row}"


def mcg(number: str) -> Mass:
    return Mass(ug=Decimal(number))


def mcg_per_day(number: str) -> DoseRate:
    return DoseRate(ug_per_day=Decimal(number))


def mcg_per_ml(number: str) -> Concentration:
    return Concentration(ug_per_mL=Decimal(number))


def ml(number: str) -> Volume:
    return Volume(mL=Decimal(number))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
