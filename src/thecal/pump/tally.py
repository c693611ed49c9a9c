"""The drive's count as it is kept: a quantum is written as begun before it moves, as counted after (ITB-111).

So whatever cuts the power, and whenever, what has moved lies between the two numbers, which differ by the one
quantum under way and by those that are in doubt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.journal import canonical
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.quantities import DAY

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.store import Store, Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many quanta have moved: at least ``counted``, at most ``begun``."""

    counted: int
    begun: int

    def __post_init__(self) -> None:
        """Refuse to have counted what was not begun."""
        if not 0 <= self.counted <= self.begun:
            raise ValueError(f"no more is counted than was begun, got {self}")

    @property
    def content(self) -> bytes:
        """It as bytes, for a store."""
        return canonical({"counted": self.counted, "begun": self.begun})

    @classmethod
    def found(cls, store: Store) -> Tally:
        """Return what a start finds in a store.

        Raises:
            MemoryImageError: no copy is whole.
        """
        fields = json.loads(store.recover().content)
        return cls(counted=fields["counted"], begun=fields["begun"])


def around_a_quantum(store: Store) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
    """Return the pages that are written before the next quantum moves, and those written after it."""
    now = Tally.found(store)
    begun = Tally(counted=now.counted, begun=now.begun + 1)
    before = store.writes(begun.content)
    counted = Tally(counted=now.counted + 1, begun=now.begun + 1)
    return before, store.after(before).writes(counted.content)


Doubts = tuple[tuple["datetime", "datetime", int], ...]
"""Stretches in which quanta may have moved that nobody counted: from when, until when, and how many."""


def doubted(doubts: Doubts, since: datetime, until: datetime, quanta: int, *, born: datetime) -> Doubts:
    """Return the doubts of the last day with one more; adjoining ones are one, so that no cut shows.

    None goes on past a self-test, which come from ``born`` on: what is in doubt leaves the day with the
    quarter of an hour in which it was driven, and not evened out over a long stretch.
    """
    recent = tuple(one for one in doubts if until - one[1] <= DAY)
    if recent and recent[-1][1] == since and (since - born) % SELF_TEST_EVERY:
        begun, _, before = recent[-1]
        return (*recent[:-1], (begun, until, before + quanta))
    return (*recent, (since, until, quanta))


def in_doubt(doubts: Doubts, at: datetime) -> int:
    """Return how many quanta may have moved uncounted in the last 24 hours."""
    return sum(quanta for _, until, quanta in doubts if at - until <= DAY)
