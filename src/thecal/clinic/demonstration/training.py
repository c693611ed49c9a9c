"""Training: accidents played on a legacy and a reference pump, and how every alarm sounds and acts.

Nothing here touches the demonstration's patient or pump. A play is pure, so each is worked out once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from thecal.clinic.demonstration import access
from thecal.lab.accidents import (
    VIOLATIONS,
    Accident,
    Comparison,
    CumulativeDose,
    Difference,
    Side,
    Violation,
    compare_pumps,
    differences,
    load_accidents,
)
from thecal.lab.alarm_trials import AlarmTable, alarm_table

if TYPE_CHECKING:
    from thecal.clinic.people.access import Actor

__all__ = [
    "Accident",
    "AlarmTable",
    "Comparison",
    "CumulativeDose",
    "Difference",
    "Side",
    "Violation",
    "accident",
    "accidents",
    "alarms",
    "differences_of_pumps",
    "violations_of_legacy",
]


def accidents(*, actor: Actor) -> tuple[Comparison, ...]:
    """Return every shipped accident, played on both pumps; by title.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor)
    return tuple(sorted((_comparison(name) for name in load_accidents()), key=lambda one: one.accident.title))


def accident(name: str, *, actor: Actor) -> Comparison | None:
    """Return one accident, played on both pumps; None where there is none of that name.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor)
    return _comparison(name) if name in load_accidents() else None


def alarms(*, actor: Actor) -> AlarmTable:
    """Return the table of the alarms.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor)
    return alarm_table()


def differences_of_pumps(*, actor: Actor) -> tuple[Difference, ...]:
    """Return where the two pumps differ.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor)
    return differences()


def violations_of_legacy(*, actor: Actor) -> tuple[Violation, ...]:
    """Return what the legacy pump is known to violate, by number.

    Raises:
        NotPermittedError: a person who may not see it.
    """
    access.check(actor)
    return tuple(VIOLATIONS.values())


@cache
def _comparison(name: str) -> Comparison:
    return compare_pumps(load_accidents()[name])
