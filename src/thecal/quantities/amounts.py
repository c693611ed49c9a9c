"""Amounts of drug and fluid: frozen, non-negative, in one unit each, exact.

Sums and products of decimals are exact here: the arithmetic context has room for 200 digits, which is five
quotients multiplied together, and raises rather than rounds. A quotient need not have a finite decimal form;
it is carried to 40 significant digits, rounded **down**, so that nothing derived from a division ever asks
for more drug than was meant. An amount is 0 or from 1E-60 to below 1E+15 of its unit: beyond that lies a slip
or an attack, and no drug.

QuantityError (a ValueError)    a number that cannot be an amount: the message shows the value and its unit
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from decimal import ROUND_DOWN, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from datetime import timedelta

_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_QUOTIENT = Context(prec=40, rounding=ROUND_DOWN, traps=[InvalidOperation, DivisionByZero, Overflow])
_SECONDS_PER_DAY = Decimal(86_400)
_MICRO = Decimal("0.000001")
_WRITTEN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_MOST_DIGITS = 15
_MOST_PLACES = 60


class QuantityError(ValueError):
    """A number that cannot be an amount."""


def as_decimal(number: Decimal | int | str) -> Decimal:
    """Return ``number`` as a finite decimal; a float is refused, for it carries digits nobody typed.

    Raises:
        QuantityError: not a number in plain ASCII digits, not finite, or a float.
    """
    if isinstance(number, (float, bool)):
        message = f"{number!r} is a {type(number).__name__}; write the number as text or Decimal"
        raise QuantityError(message)
    if isinstance(number, str) and not _WRITTEN.fullmatch(number):
        raise QuantityError(f"{number!r} is not a number")
    value = Decimal(number)
    if not value.is_finite():
        raise QuantityError(f"{number!r} is not a finite number")
    return value


def exactly(left: Decimal, right: Decimal) -> Decimal:
    """Return the exact product of two decimals."""
    return _EXACT.multiply(left, right)


def quotient(over: Decimal, under: Decimal) -> Decimal:
    """Return ``over / under`` to 40 significant digits, rounded down.

    Raises:
        QuantityError: ``under`` is zero.
    """
    if not under:
        raise QuantityError(f"{over} cannot be divided by {under}")
    return _QUOTIENT.divide(over, under)


def seconds(span: timedelta) -> Decimal:
    """Return ``span`` in seconds, exactly."""
    whole = Decimal(span.days * 86_400 + span.seconds)
    return _EXACT.add(whole, _EXACT.multiply(Decimal(span.microseconds), _MICRO))


@dataclass(frozen=True, slots=True, order=True)
class _Amount:
    """What every amount shares: one decimal field whose name is its unit."""

    def __post_init__(self) -> None:
        """Refuse what is not a finite, non-negative decimal."""
        unit = fields(self)[0].name
        value = getattr(self, unit)
        if not isinstance(value, Decimal):
            raise QuantityError(f"{type(self).__name__} takes a Decimal, got {value!r} ({unit})")
        if not value.is_finite() or value < 0:
            raise QuantityError(f"{type(self).__name__} must be a number from 0 up, got {value} {unit}")
        if value and not -_MOST_PLACES <= value.adjusted() < _MOST_DIGITS:
            raise QuantityError(
                f"{type(self).__name__} must be 0 or from 1E-{_MOST_PLACES} to below 1E+{_MOST_DIGITS}, "
                f"got {value} {unit}"
            )

    @property
    def _value(self) -> Decimal:
        value: Decimal = getattr(self, fields(self)[0].name)
        return value

    def _like(self, value: Decimal) -> Self:
        return type(self)(**{fields(self)[0].name: value})

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return self._like(_EXACT.add(self._value, other._value))

    def __sub__(self, other: Self) -> Self:
        """Take away; more than there is raises QuantityError, for no amount is below nothing."""
        if type(other) is not type(self):
            return NotImplemented
        return self._like(_EXACT.subtract(self._value, other._value))

    def scaled(self, factor: Decimal) -> Self:
        """Return this amount times an exact, non-negative factor."""
        return self._like(_EXACT.multiply(self._value, factor))

    def over_amount(self, other: Self) -> Decimal:
        """Return the ratio to another amount of the same kind (40 digits, rounded down)."""
        return quotient(self._value, other._value)

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing of it."""
        return self._value == 0


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Mass(_Amount):
    """An amount of drug, in micrograms."""

    ug: Decimal


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Volume(_Amount):
    """An amount of fluid, in millilitres."""

    mL: Decimal


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Concentration(_Amount):
    """Drug per volume of solution, in micrograms per millilitre."""

    ug_per_mL: Decimal

    def of(self, volume: Volume) -> Mass:
        """Return the drug in ``volume`` of this solution."""
        return Mass(ug=_EXACT.multiply(self.ug_per_mL, volume.mL))

    def volume_of(self, mass: Mass) -> Volume:
        """Return the volume that holds ``mass`` (40 digits, rounded down)."""
        return Volume(mL=quotient(mass.ug, self.ug_per_mL))


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class DoseRate(_Amount):
    """Drug per time in the unit clinicians prescribe: micrograms per day."""

    ug_per_day: Decimal

    def over(self, span: timedelta) -> Mass:
        """Return the dose delivered at this rate during ``span`` (40 digits, rounded down)."""
        return Mass(ug=quotient(_EXACT.multiply(self.ug_per_day, seconds(span)), _SECONDS_PER_DAY))

    def as_flow(self, concentration: Concentration) -> FlowRate:
        """Return the flow that carries this dose (40 digits, rounded down)."""
        return FlowRate(mL_per_day=quotient(self.ug_per_day, concentration.ug_per_mL))


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class FlowRate(_Amount):
    """Fluid per time, in millilitres per day."""

    mL_per_day: Decimal

    def over(self, span: timedelta) -> Volume:
        """Return the volume that flows during ``span`` (40 digits, rounded down)."""
        return Volume(mL=quotient(_EXACT.multiply(self.mL_per_day, seconds(span)), _SECONDS_PER_DAY))

    def as_dose(self, concentration: Concentration) -> DoseRate:
        """Return the dose this flow carries, exactly."""
        return DoseRate(ug_per_day=_EXACT.multiply(self.mL_per_day, concentration.ug_per_mL))
