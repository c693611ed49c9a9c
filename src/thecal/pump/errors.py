"""Everything a pump can refuse.

PumpError (a ValueError)
├── RefusedError        a command the pump will not carry out; nothing has changed, the reason is for a nurse
├── MemoryImageError    bytes that are not a whole, unaltered memory of a known form: nothing is restored
└── CatalogueError      a pump model that is not known, or a figure without its unit, source or sureness
"""

from __future__ import annotations


class PumpError(ValueError):
    """Something a pump refuses."""


class RefusedError(PumpError):
    """A command the pump will not carry out: it goes on as before."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MemoryImageError(PumpError):
    """Bytes that are not a whole, unaltered memory of a known form."""


class CatalogueError(PumpError):
    """A model that is not known, or a figure without its unit, source or sureness."""
