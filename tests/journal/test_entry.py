from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import clock_offsets, journals
from thecal.clinic.demonstration.kinds import Kind as DemonstrationKind
from thecal.clinic.ledger.kinds import Kind as LedgerKind
from thecal.clinic.orders.kinds import Kind as OrderKind
from thecal.journal import GENESIS, Entry, Kind, MemoryJournal, canonical, check_kind
from thecal.pump import Kind as PumpKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = Entry(
    number=1,
    at=NOON,
    actor="dr-rao",
    kind="prescription.signed",
    data=(("given", "100 mcg/day"), ("reason", "more tone")),
    previous=GENESIS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_the_canonical_form_is_one_byte_string() -> None:
    document = {"b": [1, "two", None], "a": {"z": True, "y": "\N{LATIN SMALL LETTER E WITH ACUTE}"}}

    assert canonical(document) == '{"a":{"y":"é","z":true},"b":[1,"two",null]}'.encode()


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), JSON, max_size=4))
def test_the_canonical_form_says_all_and_does_not_depend_on_order(document: dict[str, object]) -> None:
    data = canonical(document)

    assert json.loads(data) == document
    assert canonical(dict(reversed(document.items()))) == data


@pytest.mark.parametrize(
    "document",
    [
        {"dose": 1.5},
        {"dose": [1, {"x": float("nan")}]},
        {"dose": (0.1,)},
        {"dose": Decimal(1)},
        {1: "one"},
        {"dose": {None: "x"}},
        {"dose": object()},
    ],
)
def test_what_readers_could_take_for_something_else_has_no_canonical_form(
    document: dict[str, object],
) -> None:
    with pytest.raises(TypeError):
        canonical(document)


def test_an_entry_is_sealed_over_everything_it_says() -> None:
    document = (
        b'{"actor":"dr-rao","at":"2026-03-02T12:00:00.000000+00:00",'
        b'"data":{"given":"100 mcg/day","reason":"more tone"},"kind":"prescription.signed",'
        b'"number":1,"previous":"' + b"0" * 64 + b'"}'
    )

    assert FIRST.document == document
    assert FIRST.seal == hashlib.sha256(document).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"at": NOON + timedelta(microseconds=1)},
        {"actor": "dr-raO"},
        {"kind": "order.withdrawn"},
        {"data": (("given", "1000 mcg/day"), ("reason", "more tone"))},
        {"data": (("given", "100 mcg/day"),)},
        {"previous": "1" + "0" * 63},
    ],
)
def test_a_change_of_anything_changes_the_seal(change: dict[str, object]) -> None:
    assert replace(FIRST, **change).seal != FIRST.seal  # type: ignore[arg-type]


@given(clock_offsets())
def test_the_seal_does_not_depend_on_the_zone_the_time_was_told_in(offset: timedelta) -> None:
    assert replace(FIRST, at=NOON.astimezone(timezone(offset))).seal == FIRST.seal


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": 0}, "numbered from 1, got 0"),
        ({"at": NOON.replace(tzinfo=None)}, "no time zone"),
        ({"actor": ""}, "name the actor"),
        ({"actor": " "}, "name the actor"),
        ({"data": (("b", "1"), ("a", "2"))}, "unique and sorted"),
        ({"data": (("a", "1"), ("a", "2"))}, "unique and sorted"),
        ({"data": (("dose", 100),)}, "facts are text"),
        ({"data": (("dose", None),)}, "facts are text"),
        ({"actor": "\ud800"}, "cannot be written down"),
        ({"data": (("said", "\udfff"),)}, "cannot be written down"),
    ],
)
def test_an_entry_that_could_not_be_sealed_does_not_come_to_be(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(FIRST, **change)  # type: ignore[arg-type]


def test_a_fact_is_found_by_its_name() -> None:
    assert FIRST.fact("reason") == "more tone"
    with pytest.raises(KeyError):
        FIRST.fact("dose")


def test_every_kind_of_every_room_is_a_noun_and_what_happened_to_it() -> None:
    rooms = Kind.__subclasses__()

    assert {PumpKind, LedgerKind, OrderKind, DemonstrationKind} <= set(rooms)
    assert all(check_kind(kind) == kind for room in rooms for kind in room)


@pytest.mark.parametrize(
    "kind", ["", "pump", "pump.", ".read", "Pump.read", "pump.read.twice", "pump.read ", "pump.réad"]
)
def test_what_is_no_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="a kind is noun"):
        replace(FIRST, kind=kind)


def test_a_kind_that_no_room_writes_any_more_is_readable() -> None:
    assert replace(FIRST, kind="tablet.crushed").seal


def test_what_could_not_be_written_leaves_the_journal_as_it_was() -> None:
    journal = MemoryJournal()
    journal.append(at=NOON, actor="pump", kind="command.sent", data={})

    with pytest.raises(ValueError, match="entry 2"):
        journal.append(at=NOON, actor="\ud800", kind="command.sent", data={})

    assert [entry.number for entry in journal.entries] == [1]


@given(journals(least=1))
def test_what_was_read_from_a_journal_cannot_change_it(journal: MemoryJournal) -> None:
    before = journal.entries

    journal.append(at=NOON, actor="pump", kind="command.sent", data={"id": "7"})

    assert journal.entries[:-1] == before
    assert len(journal.entries) == len(before) + 1
