"""The drive's count as it is kept: a quantum is written as begun before it moves, as counted after (ITB-111).

So whatever cuts the power, and whenever, what has moved lies between the two numbers, which differ by the one
quantum under way and by those that are in doubt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.journal import canonical

if TYPE_CHECKING:
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
