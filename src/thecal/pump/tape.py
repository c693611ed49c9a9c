"""The record of what the drive did: when its flow changed, and to what.

It only grows, and older tapes are beginnings of newer ones, so that a life of ten years is never copied.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.quantities import Interval
from thecal.therapy import DeliverySegment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from thecal.quantities import Concentration, FlowRate

Change = tuple[int, "FlowRate", "Concentration"]
"""Microseconds since the tape began, and the flow and the solution from then on."""


class Tape:
    """A tape of changes, frozen as it stands; what is written next stands on a longer one."""

    __slots__ = ("_changes", "_length")

    def __init__(self, changes: list[Change] | None = None) -> None:
        self._changes = [] if changes is None else changes
        self._length = len(self._changes)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Change]:
        return iter(self._changes[: self._length])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tape) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # equal tapes may differ in what follows them

    @property
    def last(self) -> Change | None:
        """The newest change."""
        return self._changes[self._length - 1] if self._length else None

    def unrolled(self) -> list[Change]:
        """Return the changes as a list to append to, from which ``Tape`` makes the longer tape."""
        if len(self._changes) != self._length:
            return self._changes[: self._length]
        return self._changes

    def since(self, us: int) -> list[Change]:
        """Return the changes that say what flowed from a moment on, the first of them perhaps before it."""
        low, high = 0, self._length
        while low < high:
            middle = (low + high) // 2
            if self._changes[middle][0] <= us:
                low = middle + 1
            else:
                high = middle
        return self._changes[max(0, low - 1) : self._length]

    def segments(self, start: datetime, end: datetime) -> tuple[DeliverySegment, ...]:
        """Return the record as adjoining segments, from when the tape began up to ``end``."""
        moments = [start + timedelta(microseconds=us) for us, _, _ in self]
        return tuple(
            DeliverySegment(interval=Interval(begins, ends), flow=flow, concentration=concentration)
            for begins, ends, (_, flow, concentration) in zip(
                moments, [*moments[1:], end], self, strict=False
            )
        )
