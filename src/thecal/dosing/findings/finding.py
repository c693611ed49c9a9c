"""A finding: a stable code, typed values, the limits behind it, and what would lift it.

FindingError (a ValueError)    a value missing that the wording needs, or one that it does not use
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from string import Formatter
from typing import TYPE_CHECKING, Any, TypeAlias

from thecal.dosing.limits import Limit
from thecal.quantities import (
    Concentration,
    DoseRate,
    FlowRate,
    Mass,
    Volume,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_flow,
    write_mass,
    write_rounded,
    write_volume,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = (
    Concentration | DoseRate | FlowRate | Mass | Volume | Decimal | int | str | timedelta | date | Limit
)
"""What a finding may carry: a quantity, a number, a time, words, or a limit of the rules."""


class FindingError(ValueError):
    """A finding whose values do not fit its wording."""


class Weight(StrEnum):
    """Whether a person can lift a finding.

    HARD: it cannot be signed; the pump cannot do it, the drug is unknown, or a hard limit is passed.
    SOFT: a named person lifts it with a reason.
    NOTE: to be read; nothing has to be lifted.
    """

    HARD = "hard"
    SOFT = "soft"
    NOTE = "note"


class Severity(StrEnum):
    """How bad it may be for the patient if the finding is passed over."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class Lift(StrEnum):
    """What a person must give so that an order with this finding can be signed.

    NOTHING: nothing is asked. NEVER: nobody can lift it. REASON: a named person's reason.
    ANSWER: a question answered, and a reason. RETYPE: the dose typed again with its unit, and a second
    person. SECOND_SIGNATURE: a reason and a second signature.
    """

    NOTHING = "nothing"
    NEVER = "never"
    REASON = "reason"
    ANSWER = "answer"
    RETYPE = "retype"
    SECOND_SIGNATURE = "second signature"


_LIFTS = {
    Weight.HARD: frozenset({Lift.NEVER}),
    Weight.SOFT: frozenset({Lift.REASON, Lift.ANSWER, Lift.RETYPE, Lift.SECOND_SIGNATURE}),
    Weight.NOTE: frozenset({Lift.NOTHING}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of finding.

    Attributes:
        code: stable, such as ``titration.step``; screens translate by it.
        weight: whether a person can lift it.
        severity: how bad it may be for the patient.
        lift: what a person must give.
        says: the finding in one sentence, a template with the values in braces.
        because: why it matters, a template.
        lifted_by: what would lift it, a template; what a person can do instead where nobody can lift it.
    """

    code: str
    weight: Weight
    severity: Severity
    lift: Lift
    says: str
    because: str
    lifted_by: str

    def __post_init__(self) -> None:
        """Refuse a way of lifting that does not fit the weight.

        Raises:
            FindingError: naming the code.
        """
        if self.lift not in _LIFTS[self.weight]:
            allowed = " or ".join(sorted(_LIFTS[self.weight]))
            raise FindingError(
                f"{self.code}: a {self.weight} finding is lifted by {allowed}, not {self.lift}"
            )

    @property
    def names(self) -> frozenset[str]:
        """The names of the values that the wording uses."""
        return names_in(self.says) | names_in(self.because) | names_in(self.lifted_by)

    def found(self, *limits: Limit, **values: Value) -> Finding:
        """Return a finding of this kind; limits are named in the wording by their ids.

        Raises:
            FindingError: a value missing that the wording needs, or one that it does not use.
        """
        named: dict[str, Value] = {limit.id: limit for limit in limits} | values
        if named.keys() != self.names:
            missing, extra = sorted(self.names - named.keys()), sorted(named.keys() - self.names)
            raise FindingError(f"{self.code}: values missing: {missing}; not used: {extra}")
        return Finding(kind=self, values=tuple(sorted(named.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found about one proposal or one patient.

    Attributes:
        kind: with code, weight, severity and wording.
        values: by name, typed, in the order of their names.
    """

    kind: Kind
    values: tuple[tuple[str, Value], ...]

    @property
    def code(self) -> str:
        """The stable code."""
        return self.kind.code

    @property
    def says(self) -> str:
        """The finding in one English sentence."""
        return fill(self.kind.says, dict(self.values))

    @property
    def because(self) -> str:
        """Why it matters."""
        return fill(self.kind.because, dict(self.values))

    @property
    def lifted_by(self) -> str:
        """What would lift it."""
        return fill(self.kind.lifted_by, dict(self.values))

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The numbers of the rules behind it, each with source and sureness."""
        return tuple(value for _, value in self.values if isinstance(value, Limit))

    @property
    def is_hard(self) -> bool:
        """Whether nobody can lift it."""
        return self.kind.weight is Weight.HARD


def kind(
    code: str,
    weight: Weight,
    severity: Severity,
    lift: Lift,
    *,
    says: str,
    because: str,
    lifted_by: str,
) -> Kind:
    """Return a kind of finding; see ``Kind``."""
    return Kind(
        code=code,
        weight=weight,
        severity=severity,
        lift=lift,
        says=says,
        because=because,
        lifted_by=lifted_by,
    )


def names_in(template: str) -> frozenset[str]:
    """Return the names in braces of a template."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def fill(template: str, values: Mapping[str, Value]) -> str:
    """Return a template with its values written for people."""
    return template.format_map({name: write_value(values[name]) for name in names_in(template)})


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Limit, Limit.write),
    (Mass, write_mass),
    (DoseRate, write_dose_rate),
    (FlowRate, write_flow),
    (Volume, write_volume),
    (Concentration, write_concentration),
    (timedelta, write_duration),
    (datetime, "{:%d %B %Y, %H:%M}".format),
    (date, "{:%d %B %Y}".format),
    (Decimal, write_rounded),
    (int, str),
    (str, str),
)
"""How each type is written; a datetime is a date too, so it comes first."""


def write_value(value: Value) -> str:
    """Write one value for people: with its unit, micrograms as mcg, no trailing zero.

    >>> write_value(DoseRate(ug_per_day=Decimal("175.0")))
    '175 mcg/day'
    """
    return next(write(value) for kind_of_value, write in _WRITERS if isinstance(value, kind_of_value))
