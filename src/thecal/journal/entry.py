"""One thing that happened: facts only, in the past tense, never edited."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from thecal.journal.kinds import check_kind

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(document: Mapping[str, object]) -> bytes:
    """Return the one byte string of a JSON document: keys sorted, no spaces, UTF-8.

    Numbers with a fraction travel as text, so that no reader's float can change them.

    Raises:
        TypeError: a value that JSON does not know, a float, or a name that is not text.
        UnicodeEncodeError: text that is none, a lone half of a surrogate pair.
    """
    _refuse_inexact(document)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse_inexact(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: write it as text so that every reader sees the same digits")
    if isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError(f"{name!r} names a value and is not text; two names could become one")
            _refuse_inexact(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_inexact(inner)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened, sealed to the entry before it.

    Attributes:
        number: place in the chain, from 1.
        at: when it happened, aware; kept in UTC to the microsecond.
        actor: who did it, or ``pump``, ``programmer``, ``system``.
        kind: what happened, as the room that wrote it names it.
        data: facts as (name, text) pairs, names unique and sorted.
        previous: seal of the entry before, or ``GENESIS``.
    """

    number: int
    at: datetime
    actor: str
    kind: str
    data: tuple[tuple[str, str], ...]
    previous: str

    def __post_init__(self) -> None:
        """Refuse a naive time, no actor, no kind, a number below 1, and facts not text, sorted and unique."""
        if self.number < 1:
            raise ValueError(f"entries are numbered from 1, got {self.number}")
        if self.at.utcoffset() is None:
            raise ValueError(f"entry {self.number}: {self.at.isoformat()} has no time zone")
        if not self.actor.strip():
            raise ValueError(f"entry {self.number}: no actor; name the actor")
        try:
            check_kind(self.kind)
        except ValueError as error:
            raise ValueError(f"entry {self.number}: {error}") from error
        names = [name for name, _ in self.data]
        if names != sorted(set(names)):
            raise ValueError(f"entry {self.number}: fact names must be unique and sorted, got {names}")
        if not all(isinstance(value, str) for _, value in self.data):
            raise ValueError(f"entry {self.number}: facts are text, got {self.data}")
        try:
            self.seal  # noqa: B018 - an entry that cannot be sealed must not come to be
        except UnicodeEncodeError as error:
            raise ValueError(f"entry {self.number}: {error.object!r} cannot be written down") from error

    @cached_property
    def document(self) -> bytes:
        """The canonical form that the seal covers."""
        return canonical(
            {
                "actor": self.actor,
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "data": dict(self.data),
                "kind": str(self.kind),
                "number": self.number,
                "previous": self.previous,
            }
        )

    @cached_property
    def seal(self) -> str:
        """Hex SHA-256 over the canonical form, which holds the seal of the entry before."""
        return hashlib.sha256(self.document).hexdigest()

    def fact(self, name: str) -> str:
        """Return one fact by name.

        Raises:
            KeyError: the entry holds no such fact.
        """
        return dict(self.data)[name]
