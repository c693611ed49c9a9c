"""The drug library: one approved entry for each product, signed; a program is checked against it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.histories import PUMP, continuous
from builders.libraries import Key, bounds, entry, library
from thecal.dosing.drugs import (
    LibraryError,
    Use,
    check_product,
    check_program,
    library_bytes,
    open_library,
    sign_library,
)
from thecal.dosing.findings import Finding, Lift, Weight
from thecal.dosing.limits import limits_for
from thecal.quantities import Concentration, Mass, Volume
from thecal.therapy import ForgedError, SingleBolus, Stopped

LIBRARY = library()
TWENTY = (Mass(ug=Decimal(10_000)), Volume(mL=Decimal(20)))
FIVE = (Mass(ug=Decimal(10_000)), Volume(mL=Decimal(5)))
AMPOULE = (Mass(ug=Decimal(50)), Volume(mL=Decimal(1)))
FIVE_HUNDRED, FIFTY = Concentration(ug_per_mL=Decimal(500)), Concentration(ug_per_mL=Decimal(50))


def _check(dose: str, **changed: object) -> tuple[Finding, ...]:
    program = replace(continuous(dose), **changed)
    return check_program(program, LIBRARY, minimum_rate=PUMP.minimum_rate)


def _bolus(ug: str, minutes: int) -> SingleBolus:
    return SingleBolus(dose=Mass(ug=Decimal(ug)), duration=timedelta(minutes=minutes))


def test_each_product_and_concentration_has_an_entry_with_limits_and_typical_value() -> None:
    one = LIBRARY.find("baclofen", FIVE_HUNDRED, Use.PUMP)

    assert one is not None
    assert one.typical_daily_dose is not None
    assert one.soft.daily_dose < one.hard.daily_dose
    assert one.soft.bolus < one.hard.bolus
    assert one.soft.shortest_bolus > one.hard.shortest_bolus


@pytest.mark.parametrize(
    ("dose", "changed", "code"),
    [
        ("800", {}, None),
        ("800.25", {}, "drug.soft-limit"),
        ("2003", {}, "drug.soft-limit"),
        ("2004", {}, "drug.hard-limit"),
        ("175", {"once": _bolus("50", 10)}, None),
        ("175", {"once": _bolus("51", 10)}, "drug.soft-limit"),
        ("175", {"once": _bolus("101", 10)}, "drug.hard-limit"),
        ("175", {"once": _bolus("20", 9)}, "drug.soft-limit"),
        ("175", {"once": _bolus("20", 4)}, "drug.hard-limit"),
    ],
)
def test_a_program_is_checked_against_soft_and_hard_limits(
    dose: str, changed: dict[str, object], code: str | None
) -> None:
    found = _check(dose, **changed)

    assert {finding.code for finding in found} == ({code} if code else set())


def test_a_soft_limit_asks_for_a_second_confirmation_and_a_reason() -> None:
    (finding,) = _check("900")

    assert finding.kind.lift is Lift.SECOND_SIGNATURE
    assert "confirm it a second time, with a reason" in finding.lifted_by
    assert "24-hour dose: 900 mcg/day is beyond the soft limit" in finding.says


def test_a_hard_limit_cannot_be_lifted_and_says_who_approved_it() -> None:
    (finding,) = _check("2100")

    assert finding.is_hard
    assert "at most 2003 mcg/day" in finding.says
    assert "approved by the chief pharmacist in version 3" in finding.because


def test_a_concentration_outside_the_library_is_not_covered_and_gets_no_number() -> None:
    (finding,) = _check("175", concentration=Concentration(ug_per_mL=Decimal(1000)))

    assert finding.code == "drug.not-covered"
    assert finding.is_hard
    assert "Covered here: 500 mcg/mL, 2000 mcg/mL" in finding.lifted_by


def test_a_stop_is_never_held_back_by_the_library() -> None:
    assert (
        check_program(replace(continuous("175"), base=Stopped()), LIBRARY, minimum_rate=PUMP.minimum_rate)
        == ()
    )


@given(lower=st.integers(24, 3000), more=st.integers(0, 500))
def test_a_higher_dose_is_never_judged_more_mildly(lower: int, more: int) -> None:
    order = [Weight.NOTE, Weight.SOFT, Weight.HARD]

    def worst(dose: int) -> int:
        return max((order.index(one.kind.weight) for one in _check(str(dose))), default=-1)

    assert worst(lower) <= worst(lower + more)


def test_a_signed_library_opens_as_it_was_signed() -> None:
    key = Key()

    assert open_library(sign_library(LIBRARY, key), key) == LIBRARY


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_library_changed_by_one_bit_does_not_open(position: int, bit: int) -> None:
    key = Key()
    signed = sign_library(LIBRARY, key)
    document = bytearray(signed.document)
    document[position % len(document)] ^= 1 << bit

    with pytest.raises(ForgedError):
        open_library(replace(signed, document=bytes(document)), key)


def test_a_library_signed_by_an_unknown_key_does_not_open() -> None:
    signed = sign_library(LIBRARY, Key())

    with pytest.raises(ForgedError):
        open_library(signed, Key())


def test_a_library_signed_in_another_form_is_refused_and_says_so() -> None:
    key = Key()
    document = library_bytes(LIBRARY).replace(b'"form":1', b'"form":2')
    signed = replace(sign_library(LIBRARY, key), document=document, signature=key.sign(document))

    with pytest.raises(ForgedError, match="form 2 is not known"):
        open_library(signed, key)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"approved_by": "  "}, "approved by a named person"),
        ({"entries": ()}, "give 1 or more"),
        ({"version": 0}, "give 1 or more"),
        ({"entries": (entry("10", "20"), entry("20", "40"))}, "has more than one entry"),
    ],
)
def test_a_library_that_nobody_could_rely_on_is_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(LibraryError, match=said):
        replace(LIBRARY, **changed)


def test_a_soft_limit_beyond_the_hard_one_is_refused() -> None:
    with pytest.raises(LibraryError, match="bolus: the soft limit lies beyond the hard one"):
        replace(entry("10", "20"), soft=bounds("800", "50", "200", 10))


@pytest.mark.parametrize(
    ("entered", "again", "use", "concentration", "code"),
    [
        (TWENTY, TWENTY, Use.PUMP, FIVE_HUNDRED, None),
        (FIVE, FIVE, Use.PUMP, FIVE_HUNDRED, "drug.wrong-product"),
        (TWENTY, FIVE, Use.PUMP, FIVE_HUNDRED, "drug.entries-differ"),
        (AMPOULE, AMPOULE, Use.TRIAL, FIFTY, None),
        (TWENTY, TWENTY, Use.TRIAL, FIVE_HUNDRED, "drug.not-for-trial"),
        (AMPOULE, AMPOULE, Use.PUMP, FIVE_HUNDRED, "drug.wrong-product"),
    ],
)
def test_a_product_is_entered_twice_in_mg_and_ml_and_must_match(
    *,
    entered: tuple[Mass, Volume],
    again: tuple[Mass, Volume],
    use: Use,
    concentration: Concentration,
    code: str | None,
) -> None:
    found = check_product(entered, again, use=use, concentration=concentration, limits=limits_for())

    assert [finding.code for finding in found] == ([code] if code else [])


def test_the_two_look_alike_products_are_told_apart_fourfold() -> None:
    (finding,) = check_product(FIVE, FIVE, use=Use.PUMP, concentration=FIVE_HUNDRED, limits=limits_for())

    assert finding.says == "The product holds 2000 mcg/mL; the program is for 500 mcg/mL."
