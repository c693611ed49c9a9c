"""Entries in a row, each holding the seal of the one before.

A chain alone does not notice that its tail was cut off, or that it was written anew from some entry on, so
the newest seal is also published outside wherever the entries are kept, and ``verify_chain`` takes it as
``published``.

BrokenChainError (a ValueError)    an entry was changed, lost, added or moved; names the first
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.journal.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


GENESIS = "0" * 64


class BrokenChainError(ValueError):
    """The record was altered; ``number`` is the first entry that does not fit."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"entry {number}: {reason}")
        self.number = number


def entry_after(last: Entry | None, *, at: datetime, actor: str, kind: str, data: Mapping[str, str]) -> Entry:
    """Return the next entry of a chain that ends in ``last`` (None for the first)."""
    return Entry(
        number=last.number + 1 if last else 1,
        at=at,
        actor=actor,
        kind=kind,
        data=tuple(sorted(data.items())),
        previous=last.seal if last else GENESIS,
    )


def verify_chain(sealed: Iterable[tuple[Entry, str]], *, published: tuple[int, str] | None = None) -> int:
    """Check entries against the seals kept beside them, and against the newest published seal.

    Args:
        sealed: (entry, the seal stored with it), in order from the first.
        published: number and seal of the newest entry as published outside; None skips that check.

    Returns:
        How many entries were checked.

    Raises:
        BrokenChainError: an entry does not fit; the message says which and how.
    """
    previous, number = GENESIS, 0
    newest, expected = published or (0, GENESIS)
    found: str | None = None
    for entry, seal in sealed:
        number += 1
        if entry.number != number:
            raise BrokenChainError(
                number, f"missing or out of order; number {entry.number} stands in its place"
            )
        if entry.previous != previous:
            raise BrokenChainError(number, "does not carry the seal of the entry before it")
        if entry.seal != seal:
            raise BrokenChainError(number, "its content does not match its seal: it was altered")
        previous = seal
        if number == newest:
            found = seal
    if newest > number:
        raise BrokenChainError(
            number + 1, f"cut off: entry {newest} was published, the record ends at {number}"
        )
    if newest >= 1 and found != expected:
        raise BrokenChainError(newest, "is not the entry whose seal was published")
    return number
