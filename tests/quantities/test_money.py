from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.quantities import Money

PAISE = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("paise", "written"),
    [
        (12_345_650, "₹1,23,456.50"),
        (0, "₹0.00"),
        (5, "₹0.05"),
        (-123_400, "-₹1,234.00"),
        (99_999, "₹999.99"),
        (1_000_000_000, "₹1,00,00,000.00"),
    ],
)
def test_money_is_written_as_indian_bills_write_it(paise: int, written: str) -> None:
    assert str(Money(paise=paise)) == written


@given(PAISE, PAISE, st.integers(-99, 99))
def test_money_is_reckoned_in_whole_paise(one: int, other: int, count: int) -> None:
    assert Money(paise=one) + Money(paise=other) == Money(paise=one + other)
    assert Money(paise=one) - Money(paise=other) == Money(paise=one - other)
    assert Money(paise=one) * count == Money(paise=one * count)


@given(PAISE)
def test_rupees_become_paise_exactly(paise: int) -> None:
    assert Money.rupees(Decimal(paise).scaleb(-2)) == Money(paise=paise)


@pytest.mark.parametrize(
    "amount", ["0.001", "0.0100000000000000000000000000000001", "NaN", "sNaN", "Infinity"]
)
def test_parts_of_a_paisa_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not a whole number of paise"):
        Money.rupees(Decimal(amount))


@pytest.mark.parametrize("paise", [1.0, True, "1", Decimal(1)])
def test_paise_are_whole_numbers_and_nothing_else(paise: object) -> None:
    with pytest.raises(ValueError, match="whole number of paise"):
        Money(paise=paise)  # type: ignore[arg-type]
