"""One line of the table."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one benchmark found.

    Args:
        id: B1 to B13, with a letter for a variant.
        claim: what is measured, in words.
        cells: spinal cells of the grid.
        ratio: the number the target is about.
        target: the least or the most it may be, as ``>= 5000`` or ``<= 0.1``; empty for none.
        ours: our time, or what else is compared, with its unit.
        theirs: the peer's.
        our_error: against the oracle; None where there is none.
        peer_error: the peer's, against the same.
        peer: whom we are compared with.
        note: what a reader has to know.
    """

    id: str
    claim: str
    cells: int
    ratio: float | None
    target: str
    ours: str
    theirs: str
    our_error: float | None
    peer_error: float | None
    peer: str
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if not self.target or self.ratio is None:
            return None
        sign, bound = self.target.split()
        least = sign == ">="
        return self.ratio >= float(bound) if least else self.ratio <= float(bound)

    def as_json(self) -> dict[str, object]:
        """Return the row as JSON values."""
        return asdict(self) | {"met": self.met}

    def as_markdown(self) -> str:
        """Return the row of the table."""
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        parts = (
            self.id,
            self.claim,
            str(self.cells) if self.cells else "",
            "" if self.ratio is None else short(self.ratio),
            self.target,
            verdict,
            self.ours,
            self.theirs,
            "" if self.our_error is None else f"{self.our_error:.1e}",
            "" if self.peer_error is None else f"{self.peer_error:.1e}",
            self.peer,
            self.note,
        )
        return "| " + " | ".join(parts) + " |"


HEADS = (
    "id", "what", "cells", "ratio", "target", "", "ours", "theirs", "our error", "their error", "peer", "note"
)  # fmt: skip


def short(number: float) -> str:
    """Return a number to three digits, without an exponent unless it is tiny."""
    if 0 < abs(number) < 1e-4:
        return f"{number:.1e}"
    digits = max(0, 2 - math.floor(math.log10(abs(number)))) if number else 0
    return f"{round(number, digits):,.{digits}f}"


def ms(seconds: float) -> str:
    """Return a time in the unit it is best read in."""
    return f"{short(1e6 * seconds)} us" if seconds < 1e-3 else f"{short(1e3 * seconds)} ms"
