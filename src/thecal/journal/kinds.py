"""The grammar of what can have happened: ``noun.verb-in-the-past``. Each room lists its own kinds."""

from __future__ import annotations

import re
from enum import StrEnum

_GRAMMAR = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*", re.ASCII)


class Kind(StrEnum):
    """The base of every room's list of kinds."""


def check_kind(kind: str) -> str:
    """Return a kind that follows the grammar; one that no room writes any more stays readable.

    Raises:
        ValueError: it does not follow the grammar.
    """
    if not _GRAMMAR.fullmatch(kind):
        raise ValueError(f"{kind!r} is no kind of entry: a kind is noun.verb, in small letters")
    return kind
