"""Money: whole paise of one currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from thecal.quantities.amounts import exactly

_PAISE = Decimal(100)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Money:
    """Indian rupees, held as a whole number of paise; negative is a refund or a debt."""

    paise: int

    def __post_init__(self) -> None:
        """Refuse anything but a whole number."""
        if type(self.paise) is not int:
            raise ValueError(f"money is a whole number of paise, got {self.paise!r}")

    @classmethod
    def rupees(cls, amount: Decimal) -> Money:
        """Return an amount given in rupees.

        Raises:
            ValueError: fractions of a paisa, or not a finite number.
        """
        if not amount.is_finite() or (paise := exactly(amount, _PAISE)) != int(paise):
            raise ValueError(f"{amount} rupees is not a whole number of paise")
        return cls(paise=int(paise))

    def __add__(self, other: Money) -> Money:
        return Money(paise=self.paise + other.paise)

    def __sub__(self, other: Money) -> Money:
        return Money(paise=self.paise - other.paise)

    def __mul__(self, count: int) -> Money:
        return Money(paise=self.paise * count)

    def __str__(self) -> str:
        """Write it as Indian bills do: ``₹1,23,456.50``."""
        sign = "-" if self.paise < 0 else ""
        whole, fraction = divmod(abs(self.paise), 100)
        digits = str(whole)
        head, tail = digits[:-3], digits[-3:]
        groups = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
        return f"{sign}₹{','.join([*groups, tail])}.{fraction:02d}"
