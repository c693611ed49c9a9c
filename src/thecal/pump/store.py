"""The memory that keeps: two copies, written page by page, each closed by its checksum.

The first copy is written while the second still holds the old content, and the second only when the first is
whole. A cut between any two pages, or within one, leaves at least one copy whole: the old content or the new,
never anything else (ITB-111, ITB-116, ITB-123).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from thecal.pump.errors import MemoryImageError

PAGE = 64
_HEAD = 44
_NUMBER, _LENGTH = 8, 4
_ERASED = b"\xff"


@dataclass(frozen=True, slots=True)
class Write:
    """One page that the memory takes in one go: into which copy, where, and what."""

    copy: int
    place: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start finds: the newest whole content, its number, and which copies were not whole."""

    content: bytes
    number: int
    damaged: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """The copies as they stand, byte for byte."""

    copies: tuple[bytes, ...]

    @classmethod
    def holding(cls, content: bytes, *, copies: int = 2) -> Store:
        """Return a store all of whose copies hold a content."""
        return cls((_framed(content, 1),) * copies)

    def writes(self, content: bytes) -> tuple[Write, ...]:
        """Return the pages by which a new content is written, in their order: the head of a copy last."""
        framed = _framed(content, self.recover().number + 1)
        pages = []
        for copy in range(len(self.copies)):
            pages.append(Write(copy, 0, _ERASED * _HEAD))
            pages += [
                Write(copy, place, framed[place : min(place + PAGE, len(framed))])
                for place in range(_HEAD, len(framed), PAGE)
            ]
            pages.append(Write(copy, 0, framed[:_HEAD]))
        return tuple(pages)

    def after(self, writes: tuple[Write, ...], *, torn: Write | None = None) -> Store:
        """Return the store after some pages, and after the first half of one more."""
        copies = [bytearray(copy) for copy in self.copies]
        if torn is not None:
            writes = (*writes, Write(torn.copy, torn.place, torn.data[: len(torn.data) // 2]))
        for page in writes:
            held = copies[page.copy]
            held.extend(_ERASED * (page.place + len(page.data) - len(held)))
            held[page.place : page.place + len(page.data)] = page.data
        return Store(tuple(bytes(copy) for copy in copies))

    def recover(self) -> Recovered:
        """Return what a start finds.

        Raises:
            MemoryImageError: no copy is whole.
        """
        found = [_read(copy) for copy in self.copies]
        whole = [one for one in found if one is not None]
        if not whole:
            raise MemoryImageError("no copy of the pump's memory is whole")
        number, content = max(whole)
        damaged = tuple(place for place, one in enumerate(found) if one is None)
        return Recovered(content, number, damaged)


def _framed(content: bytes, number: int) -> bytes:
    head = number.to_bytes(_NUMBER) + len(content).to_bytes(_LENGTH)
    return head + hashlib.sha256(head + content).digest() + content


def _read(copy: bytes) -> tuple[int, bytes] | None:
    head, seal = copy[: _NUMBER + _LENGTH], copy[_NUMBER + _LENGTH : _HEAD]
    length = int.from_bytes(head[_NUMBER:])
    content = copy[_HEAD : _HEAD + length]
    if len(content) != length or hashlib.sha256(head + content).digest() != seal:
        return None
    return int.from_bytes(head[:_NUMBER]), content
