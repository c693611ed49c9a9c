"""The memory that keeps, byte for byte: cuts upon cuts, flipped bits, and a log that only grows."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.pump.errors import MemoryImageError
from thecal.pump.store import LOG, PAGE, Recovered, Store, Write

CUTS = st.tuples(
    st.binary(min_size=1, max_size=300),
    st.binary(max_size=200).map(lambda record: record.replace(b"\n", b".") + b"\n"),
    st.integers(0, 30),
    st.booleans(),
)


@pytest.mark.requirement("ITB-116")
@given(cuts=st.lists(CUTS, min_size=1, max_size=8), copies=st.integers(2, 3))
@settings(max_examples=150)
def test_cuts_upon_cuts_leave_what_was_committed_last_or_what_was_being_written(
    cuts: list[tuple[bytes, bytes, int, bool]], copies: int
) -> None:
    store, committed, lines, number = Store.holding(b"first", copies=copies), b"first", b"", 1
    for content, record, cut, torn in cuts:
        pages = store.writes(content, records=record, end=len(lines))
        half = pages[cut] if torn and cut < len(pages) else None
        store = store.after(pages[:cut], torn=half)

        found = store.recover()

        assert found.content in {committed, content}
        assert found.number >= number
        if found.number > number:
            committed, lines, number = content, lines + record, found.number
        assert found.content == committed
        assert store.log[: len(lines)] == lines
        if cut >= len(pages):
            assert (found.content, found.damaged) == (content, ())


def test_the_newest_whole_copy_is_written_last() -> None:
    whole = Store.holding(b"old")
    between = whole.after(whole.writes(b"new")[:4])
    assert between.recover() == Recovered(b"new", 2, (1,))
    assert between.writes(b"newer")[0].copy == 1

    torn = whole.after(whole.writes(b"new")[:1])
    assert torn.recover() == Recovered(b"old", 1, (0,))
    assert torn.writes(b"newer")[0].copy == 0

    stale = whole.after(whole.writes(b"new")[:3])
    assert stale.recover() == Recovered(b"new", 2, ())
    assert stale.writes(b"newer")[0].copy == 1


def test_a_copy_is_its_number_its_length_its_seal_and_its_content() -> None:
    (copy,) = Store.holding(b"content", copies=1).copies

    head = (1).to_bytes(8) + (7).to_bytes(4)
    assert copy == head + hashlib.sha256(head + b"content").digest() + b"content"


def test_pages_go_by_the_page_the_head_is_erased_first_and_written_last() -> None:
    store = Store.holding(b"a")
    content, records = b"x" * (PAGE + 1), b"y" * (2 * PAGE)

    pages = store.writes(content, records=records)

    assert [(page.copy, page.place, len(page.data)) for page in pages] == [
        (LOG, 0, PAGE),
        (LOG, PAGE, PAGE),
        (0, 0, 44),
        (0, 44, PAGE),
        (0, 44 + PAGE, 1),
        (0, 0, 44),
        (1, 0, 44),
        (1, 44, PAGE),
        (1, 44 + PAGE, 1),
        (1, 0, 44),
    ]
    assert pages[2].data == b"\xff" * 44
    assert pages[5].data == pages[9].data
    assert pages[5].data[:8] == (2).to_bytes(8)
    after = store.after(pages)
    assert after.recover() == Recovered(content, 2, ())
    assert after.log == records
    assert [(page.copy, page.place) for page in after.writes(b"b", records=b"z")[:1]] == [(LOG, 2 * PAGE)]
    assert [(page.copy, page.place) for page in after.writes(b"b", records=b"z", end=5)[:1]] == [(LOG, 5)]


def test_a_torn_page_is_its_first_half() -> None:
    store = Store.holding(b"a", log=b"....")

    torn = store.after((), torn=Write(LOG, 2, b"abcde"))

    assert torn.log == b"..ab"
    assert torn.copies == store.copies
    assert store.after((Write(LOG, 6, b"x"),)).log == b"....\xff\xffx"


def test_a_shorter_content_over_a_longer_one_is_read_to_its_own_end() -> None:
    store = Store.holding(b"long" * 50)

    found = store.after(store.writes(b"s")).recover()

    assert found == Recovered(b"s", 2, ())


@given(copy=st.integers(0, 1), place=st.integers(0, 43 + 30), flip=st.integers(1, 255))
@settings(max_examples=100)
def test_any_altered_byte_of_a_copy_is_found_and_the_next_write_puts_it_right(
    copy: int, place: int, flip: int
) -> None:
    store = Store.holding(b"thirty bytes of what is needed")
    altered = bytes([store.copies[copy][place] ^ flip])

    damaged = store.after((Write(copy, place, altered),))

    assert damaged.recover() == Recovered(b"thirty bytes of what is needed", 1, (copy,))
    pages = damaged.writes(b"new")
    assert pages[0].copy == copy
    assert damaged.after(pages).recover() == Recovered(b"new", 2, ())


@pytest.mark.parametrize("copies", [(), (b"",), (b"\xff" * 44, b"\x00" * 100)])
def test_copies_of_which_none_is_whole_are_refused(copies: tuple[bytes, ...]) -> None:
    with pytest.raises(MemoryImageError, match=r"^no copy of the pump's memory is intact$"):
        Store(copies).recover()


@pytest.mark.requirement("ITB-084")
@pytest.mark.parametrize("copy", [0, 1, 2])
def test_a_byte_that_is_struck_is_that_byte_of_that_copys_content_and_nothing_else(copy: int) -> None:
    whole = Store.holding(b"content", copies=3, log=b"log\n")

    struck = whole.struck(copy, 2, 0b101)

    assert struck.log == b"log\n"
    for number, (before, after) in enumerate(zip(whole.copies, struck.copies, strict=True)):
        changed = {place: after[place] for place in range(len(before)) if before[place] != after[place]}
        assert changed == ({len(before) - len(b"ntent"): ord("n") ^ 0b101} if number == copy else {})
    assert struck.recover() == Recovered(b"content", 1, (copy,))
    assert struck.struck(copy, 2, 0b101) == whole
