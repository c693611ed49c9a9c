"""The facts a rule needs: each a field with the question that asks for it; None means not known.

FactsError (a ValueError)    a value outside physiology, or one that cannot be what its field says
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from thecal.dosing.findings import write_value
from thecal.dosing.limits import Limits

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
_ASK, _WITHIN = "ask", "within"


class FactsError(ValueError):
    """A fact that cannot be true of a patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A fact that is missing, and the question that asks for it.

    Attributes:
        fact: the name of the field.
        text: the question in words.
    """

    fact: str
    text: str


def fact(ask: str, *, within: tuple[str, str] | None = None) -> Any:  # noqa: ANN401 - a dataclass field
    """Declare a fact that may be missing: a keyword-only field whose default is None, not known.

    Args:
        ask: the question that asks a person for it.
        within: the ids of the lowest and highest limit of physiology; outside them the value is refused.
    """
    return field(default=None, metadata={_ASK: ask, _WITHIN: within})


def question_text(facts: type[DataclassInstance], name: str) -> str:
    """Return the question that asks for a fact."""
    return str(next(one.metadata[_ASK] for one in fields(facts) if one.name == name))


def known(value: T | None) -> T:
    """Return a fact that the row declared in its ``needs``.

    Raises:
        FactsError: it is not known, so the row does not declare it.
    """
    if value is None:
        raise FactsError("a row used a fact that is not known; declare it in its needs")
    return value


def questions_of(facts: DataclassInstance, names: tuple[str, ...]) -> tuple[Question, ...]:
    """Return the questions for those of the named facts that are not known."""
    asks = {one.name: one.metadata.get(_ASK, one.name) for one in fields(facts)}
    return tuple(Question(fact=name, text=asks[name]) for name in names if getattr(facts, name) is None)


def check_physiology(facts: DataclassInstance) -> None:
    """Refuse facts outside physiology; call it from ``__post_init__``.

    Raises:
        FactsError: naming the fact, its value, and the range with its source.
    """
    limits = Limits()
    for one in fields(facts):
        value, within = getattr(facts, one.name), one.metadata.get(_WITHIN)
        if value is None or within is None:
            continue
        low, high = limits[within[0]], limits[within[1]]
        plain_value = value if isinstance(value, (Decimal, int)) else _magnitude(value)
        if not low.value <= plain_value <= high.value:
            raise FactsError(
                f"{one.name}: {write_value(value)} is outside what can be, {low.write()} to {high.write()} "
                f"({low.source})"
            )


def _magnitude(amount: DataclassInstance) -> Decimal:
    value: Decimal = getattr(amount, fields(amount)[0].name)
    return value
