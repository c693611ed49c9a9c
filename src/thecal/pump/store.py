"""The memory that keeps: two copies, written page by page, each closed by its checksum; beside them the log.

The newest whole copy is written last, and only when the other is whole with the new content. A cut between
any two pages, or within one, and cuts upon cuts, leave at least one copy whole: the old content or the new,
never anything else (ITB-111, ITB-116, ITB-123). The log only grows: a record's pages are written before the
copies that count it, so that one that was cut off was never committed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from thecal.pump.errors import MemoryImageError

PAGE = 64
LOG = -1
"""Where a page goes that belongs to the log."""
_HEAD = 44
_NUMBER, _LENGTH = 8, 4
_ERASED = b"\xff"


@dataclass(frozen=True, slots=True)
class Write:
    """One page that the memory takes in one go: into which copy or the ``LOG``, where, and what."""

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
    """The copies and the log as they stand, byte for byte."""

    copies: tuple[bytes, ...]
    log: bytes = b""

    @classmethod
    def holding(cls, content: bytes, *, copies: int = 2, log: bytes = b"") -> Store:
        """Return a store all of whose copies hold a content."""
        return cls((_framed(content, 1),) * copies, log)

    def writes(self, content: bytes, *, records: bytes = b"", end: int | None = None) -> tuple[Write, ...]:
        """Return the pages by which a new content is written, in their order: the head of a copy last.

        Args:
            content: for the copies.
            records: what the log grows by; written first.
            end: where the log ends as the copies have it; what an earlier cut left beyond is written over.
        """
        framed = _framed(content, self.recover().number + 1)
        start = len(self.log) if end is None else end
        pages = [
            Write(LOG, start + place, records[place : place + PAGE]) for place in range(0, len(records), PAGE)
        ]
        for copy in self._oldest_first():
            pages.append(Write(copy, 0, _ERASED * _HEAD))
            pages += [
                Write(copy, place, framed[place : min(place + PAGE, len(framed))])
                for place in range(_HEAD, len(framed), PAGE)
            ]
            pages.append(Write(copy, 0, framed[:_HEAD]))
        return tuple(pages)

    def _oldest_first(self) -> list[int]:
        """Return the copies, those that are not whole first and the newest last."""
        numbers = [0 if (found := _read(copy)) is None else found[0] for copy in self.copies]
        return sorted(range(len(numbers)), key=numbers.__getitem__)

    def after(self, writes: tuple[Write, ...], *, torn: Write | None = None) -> Store:
        """Return the store after some pages, and after the first half of one more."""
        regions = {place: bytearray(copy) for place, copy in enumerate(self.copies)}
        regions[LOG] = bytearray(self.log)
        if torn is not None:
            writes = (*writes, Write(torn.copy, torn.place, torn.data[: len(torn.data) // 2]))
        for page in writes:
            held = regions[page.copy]
            held.extend(_ERASED * (page.place + len(page.data) - len(held)))
            held[page.place : page.place + len(page.data)] = page.data
        return Store(tuple(bytes(regions[place]) for place in range(len(self.copies))), bytes(regions[LOG]))

    def struck(self, copy: int, place: int, flip: int) -> Store:
        """Return the store after some bits of one byte of a copy have flipped.

        Args:
            copy: which.
            place: of the byte in its content.
            flip: which of its bits, 1 to 255.
        """
        altered = bytearray(self.copies[copy])
        altered[_HEAD + place] ^= flip
        return Store((*self.copies[:copy], bytes(altered), *self.copies[copy + 1 :]), self.log)

    def recover(self) -> Recovered:
        """Return what a start finds.

        Raises:
            MemoryImageError: no copy is whole.
        """
        found = [_read(copy) for copy in self.copies]
        whole = [one for one in found if one is not None]
        if not whole:
            raise MemoryImageError("no copy of the pump's memory is intact")
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
