"""The numbers of the rules: complete, sourced, and the stricter one where a place has none of its own."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.dosing.limits import (
    Entry,
    Jurisdiction,
    LimitError,
    LocalPolicy,
    PolicyError,
    PolicyValue,
    Undecided,
    entries,
    limits_for,
)
from thecal.dosing.limits.table import Stricter, read_entries
from thecal.quantities import Sureness

ENTRIES = list(entries().values())
SIGNED = PolicyValue(
    value=Decimal(48), signed_by="the medical lead", signed_on=date(2026, 11, 3), reason="our ward's rule"
)
GOOD = """
version = "1"
[limit.pause]
what = "a pause"
unit = "h"
any = { value = "8", sureness = "V", source = "a label", reviewed = 2026-12-01 }
"""


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_number_has_unit_source_sureness_and_date(entry: Entry) -> None:
    for limit in entry.values.values():
        assert limit.source.strip()
        assert limit.unit == entry.unit
        assert isinstance(limit.sureness, Sureness)
        assert isinstance(limit.reviewed, date)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
@pytest.mark.parametrize("jurisdiction", [None, *Jurisdiction])
def test_every_limit_has_a_value_everywhere_or_names_who_decides(
    entry: Entry, jurisdiction: Jurisdiction | None
) -> None:
    found = limits_for(jurisdiction).find(entry.id)

    if isinstance(found, Undecided):
        assert found.decided_by
        assert not any(character.isdigit() for character in found.write())
    else:
        assert found.applies


@given(entry=st.sampled_from([one for one in ENTRIES if one.stricter is not None]))
def test_without_a_jurisdiction_no_known_value_is_stricter(entry: Entry) -> None:
    chosen = limits_for(None)[entry.id].value

    for limit in entry.values.values():
        assert chosen <= limit.value if entry.stricter is Stricter.LOWER else chosen >= limit.value


def test_a_place_without_a_label_takes_the_stricter_one_and_says_so() -> None:
    limit = limits_for(Jurisdiction.IN)["start_long_effect"]

    assert limit.is_stand_in
    assert limit.write() == "8 h"
    assert limit.applies == "no label of India was found: the stricter known label, United States, stands in"


def test_a_signed_local_value_is_used_and_says_who_signed_it() -> None:
    limit = limits_for(None, LocalPolicy(hospital="Ward 4", values={"restart_after": SIGNED}))[
        "restart_after"
    ]

    assert limit.value == 48
    assert limit.applies == "local policy of Ward 4"
    assert limit.source == "our ward's rule (the medical lead, 03 November 2026)"


def test_a_label_limit_cannot_be_set_by_local_policy() -> None:
    with pytest.raises(PolicyError, match="this limit is not set by local policy"):
        LocalPolicy(hospital="Ward 4", values={"step_most_cerebral": SIGNED})


@pytest.mark.parametrize("missing", ["signed_by", "reason"])
def test_a_local_value_without_signature_or_reason_is_refused(missing: str) -> None:
    parts = {"value": Decimal(48), "signed_by": "the lead", "signed_on": date(2026, 11, 3), "reason": "ours"}

    with pytest.raises(PolicyError, match="give who signed the value, and why"):
        LocalPolicy(hospital="Ward 4", values={"restart_after": PolicyValue(**(parts | {missing: "  "}))})


@pytest.mark.parametrize("field", ["value", "sureness", "source", "reviewed"])
def test_a_number_without_one_of_its_parts_is_refused(field: str) -> None:
    with pytest.raises(LimitError, match=f"pause, any: {field} is missing"):
        read_entries(
            GOOD.replace(f"{field} =", "note =") if field != "value" else GOOD.replace('value = "8", ', "")
        )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "h"', 'unit = "hours"', "unit 'hours' is not one of"),
        ('"8"', "8", "write the value as text"),
        ('"a label"', '" "', "has no source"),
        ("2026-12-01", '"today"', "reviewed must be a date"),
        ("any = {", "ZZ = {", "ZZ is no field of a limit"),
        ("[limit.pause]", "[other.pause]", "other is no part of it"),
    ],
)
def test_a_table_with_a_slip_is_refused_and_the_slip_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(LimitError, match=said):
        read_entries(GOOD.replace(old, new))


def test_values_that_differ_need_to_say_which_is_stricter() -> None:
    second = 'US = { value = "9", sureness = "V", source = "a label", reviewed = 2026-12-01 }\n'

    with pytest.raises(LimitError, match="say which is the stricter"):
        read_entries(GOOD + second)


def test_a_limit_is_read_in_its_own_unit_only() -> None:
    with pytest.raises(LimitError, match="is in h, it was read in mcg"):
        _ = limits_for()["restart_after"].mass
