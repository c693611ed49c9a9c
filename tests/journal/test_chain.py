from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders.strategies import journals, moments
from thecal.journal import GENESIS, BrokenChainError, Entry, MemoryJournal, entry_after, verify_chain

Sealed = list[tuple[Entry, str]]


def sealed(journal: MemoryJournal) -> Sealed:
    """Return the entries with the seals kept beside them."""
    return [(entry, entry.seal) for entry in journal.entries]


def newest(record: Sealed) -> tuple[int, str]:
    """Return what is published outside of the newest entry."""
    return record[-1][0].number, record[-1][1]


KINDS = ("pump.read", "pump.not-read", "program.verified")


def first_bad(record: Sealed, published: tuple[int, str] | None = None) -> int:
    """Return the number of the first entry that does not fit."""
    with pytest.raises(BrokenChainError) as broken:
        verify_chain(record, published=published)
    assert f"entry {broken.value.number}: " in str(broken.value)
    return broken.value.number


@st.composite
def changed(draw: st.DrawFn, entry: Entry) -> Entry:
    """Draw an entry that differs from ``entry`` in one field."""
    change = draw(
        st.sampled_from(
            [
                {"at": entry.at + timedelta(microseconds=1)},
                {"actor": entry.actor + "x"},
                {"kind": draw(st.sampled_from([kind for kind in KINDS if kind != entry.kind]))},
                {"data": (*entry.data, ("\U0010ffff", "more"))},
                {"data": (("\U0010ffff", ""),) if not entry.data else entry.data[1:]},
                {"previous": "f" * 64},
            ]
        )
    )
    return replace(entry, **change)


@given(journals())
def test_an_untouched_record_is_whole(journal: MemoryJournal) -> None:
    record = sealed(journal)

    assert verify_chain(record) == len(record)
    for entry, seal in record:
        assert verify_chain(record, published=(entry.number, seal)) == len(record)


def test_an_empty_record_is_whole_unless_something_was_published() -> None:
    assert verify_chain([]) == 0
    assert verify_chain([], published=(0, GENESIS)) == 0
    assert first_bad([], published=(1, "a" * 64)) == 1


@pytest.mark.requirement("ITB-117")
@given(journals(least=1), st.data())
def test_a_change_of_any_field_is_noticed_at_the_entry_changed(
    journal: MemoryJournal, data: st.DataObject
) -> None:
    record = sealed(journal)
    at = data.draw(st.integers(0, len(record) - 1))
    entry, seal = record[at]

    record[at] = (data.draw(changed(entry)), seal)

    assert first_bad(record) == entry.number


@given(journals(least=2), st.data())
def test_a_change_sealed_anew_is_noticed_at_the_next_entry(
    journal: MemoryJournal, data: st.DataObject
) -> None:
    record = sealed(journal)
    at = data.draw(st.integers(0, len(record) - 2))
    forged = replace(record[at][0], actor=record[at][0].actor + "x")

    record[at] = (forged, forged.seal)

    assert first_bad(record) == forged.number + 1


@given(journals(least=1), st.data())
def test_a_changed_seal_is_noticed(journal: MemoryJournal, data: st.DataObject) -> None:
    record = sealed(journal)
    at = data.draw(st.integers(0, len(record) - 1))
    entry, seal = record[at]

    record[at] = (entry, seal[:-1] + ("0" if seal[-1] != "0" else "1"))

    assert first_bad(record) == entry.number


@given(journals(least=2), st.data())
def test_a_removed_entry_is_noticed(journal: MemoryJournal, data: st.DataObject) -> None:
    record = sealed(journal)
    at = data.draw(st.integers(0, len(record) - 2))

    del record[at]

    assert first_bad(record) == at + 1


@given(journals(least=2), st.data())
def test_entries_that_changed_places_are_noticed(journal: MemoryJournal, data: st.DataObject) -> None:
    record = sealed(journal)
    one, other = sorted(data.draw(st.sets(st.integers(0, len(record) - 1), min_size=2, max_size=2)))

    record[one], record[other] = record[other], record[one]

    assert first_bad(record) == one + 1


@given(journals(least=1), st.data())
def test_an_entry_put_in_between_is_noticed(journal: MemoryJournal, data: st.DataObject) -> None:
    record = sealed(journal)
    at = data.draw(st.integers(0, len(record) - 1))
    before = record[at - 1][0] if at else None
    extra = entry_after(before, at=data.draw(moments()), actor="mallory", kind="command.sent", data={})
    assume(extra.seal != record[at][1])

    record.insert(at, (extra, extra.seal))

    assert first_bad(record) == at + 2


@given(journals(least=1), st.data())
def test_a_cut_tail_is_noticed_by_the_seal_published_outside(
    journal: MemoryJournal, data: st.DataObject
) -> None:
    record = sealed(journal)
    published = newest(record)
    keep = data.draw(st.integers(0, len(record) - 1))

    cut = record[:keep]

    assert verify_chain(cut) == keep  # the chain alone does not notice
    assert first_bad(cut, published) == keep + 1


@given(journals(least=1), st.data())
def test_a_record_written_anew_is_noticed_by_the_seal_published_outside(
    journal: MemoryJournal, data: st.DataObject
) -> None:
    record = sealed(journal)
    published = newest(record)
    at = data.draw(st.integers(0, len(record) - 1))
    anew: Sealed = record[:at]
    for entry, _ in record[at:]:
        forged = replace(entry, actor=entry.actor + "x", previous=anew[-1][1] if anew else GENESIS)
        anew.append((forged, forged.seal))

    assert verify_chain(anew) == len(record)  # the chain alone does not notice
    assert first_bad(anew, published) == published[0]


@given(journals(least=1))
def test_the_next_entry_carries_the_seal_of_the_last(journal: MemoryJournal) -> None:
    last = journal.entries[-1]

    following = entry_after(last, at=last.at, actor="pump", kind="command.sent", data={"b": "2", "a": "1"})

    assert (following.number, following.previous) == (last.number + 1, last.seal)
    assert following.data == (("a", "1"), ("b", "2"))
