"""A journal in memory, and what every journal can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from thecal.journal.chain import entry_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from thecal.journal.entry import Entry


class Journal(Protocol):
    """Anything that keeps entries in order and never lets one go."""

    def append(self, *, at: datetime, actor: str, kind: str, data: Mapping[str, str]) -> Entry:
        """Write one more entry and return it."""


class MemoryJournal:
    """A journal that lasts as long as the process: for tests, simulations and a wand without a disk."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def append(self, *, at: datetime, actor: str, kind: str, data: Mapping[str, str]) -> Entry:
        """Write one more entry and return it."""
        last = self._entries[-1] if self._entries else None
        entry = entry_after(last, at=at, actor=actor, kind=kind, data=data)
        self._entries.append(entry)
        return entry

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)
