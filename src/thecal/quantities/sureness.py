"""How sure a number is: whether anyone read it in its source."""

from __future__ import annotations

from enum import StrEnum


class Sureness(StrEnum):
    """How sure a number or a source is, by the mark that data files use."""

    VERIFIED = "V"
    SECONDARY = "V2"
    QUOTED = "M"
    DERIVED = "D"
    ASSUMED = "assumed"

    @property
    def meaning(self) -> str:
        """What the mark means, in words."""
        return _MEANINGS[self]

    @property
    def is_verified(self) -> bool:
        """Whether the number was read in its primary source."""
        return self is Sureness.VERIFIED


_MEANINGS = {
    Sureness.VERIFIED: "read in its source",
    Sureness.SECONDARY: "read in a secondary source",
    Sureness.QUOTED: "commonly quoted, unverified",
    Sureness.DERIVED: "derived, no single report",
    Sureness.ASSUMED: "assumed",
}
