"""One table of a scenario file, read strictly: each field is taken once, and what is left over is a fault.

A field that cannot be read is noted and a stand-in returned, so that one pass finds every fault. A stand-in
never reaches a simulation: ``read_scenario`` raises as soon as anything was noted.

ScenarioError (a ValueError)    the scenario is refused; carries every problem found
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from thecal.quantities import (
    DAY,
    plain,
    read_duration,
    read_number,
    read_time_of_day,
    since_midnight,
    write_duration,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

T = TypeVar("T")

FORMAT_SOURCE = "scenario format 1"

_ON_A_DAY = re.compile(r"day ([0-9]{1,4}) ([0-9:]{4,8})")
_AMOUNT = re.compile(r"(\S+)\s+(.+)")
LONGEST = 366 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a scenario is refused.

    Attributes:
        field: path in the file, for example ``event[2].dose``; events and observations count from 1.
        fault: what is wrong, with the value as written.
        allowed: the allowed values, with their unit.
        source: of the limit.
    """

    field: str
    fault: str
    allowed: str
    source: str = FORMAT_SOURCE

    def __str__(self) -> str:
        """Return the problem in one line."""
        return f"{self.field}: {self.fault}; allowed: {self.allowed} ({self.source})"


class ScenarioError(ValueError):
    """A scenario that cannot be run, with everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Table:
    """A table of the file at its path, with the list of problems shared by the whole file."""

    def __init__(
        self, fields: Mapping[str, object], path: str, problems: list[Problem], around: Table | None = None
    ) -> None:
        self._fields = dict(fields)
        self._path = path
        self._problems = problems
        self._around = around
        self.is_sound = True
        """Whether nothing was wrong so far with this table or one inside it."""

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def path(self, name: str) -> str:
        """Return the full name of a field."""
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, name: str, fault: str, *, allowed: str, source: str = FORMAT_SOURCE) -> None:
        """Record a problem with a field."""
        self._problems.append(Problem(field=self.path(name), fault=fault, allowed=allowed, source=source))
        table: Table | None = self
        while table is not None:
            table.is_sound = False
            table = table._around  # noqa: SLF001 - of the same class

    def read(
        self,
        name: str,
        read: Callable[[str], T],
        *,
        instead: T,
        allowed: str,
        source: str = FORMAT_SOURCE,
        default: T | None = None,
    ) -> T:
        """Take a field written as text.

        Args:
            name: of the field.
            read: turns the text into a value; raises ValueError where it cannot.
            instead: the stand-in after a fault.
            allowed: what may stand there, for the message.
            source: who says so.
            default: what an absent field means; None where it must be there.
        """
        if name not in self._fields:
            if default is not None:
                return default
            self.refuse(name, "is missing", allowed=allowed, source=source)
            return instead
        written = self._fields.pop(name)
        if not isinstance(written, str):
            self.refuse(name, f"{written!r} is not text in quotes", allowed=allowed, source=source)
            return instead
        try:
            return read(written)
        except ValueError as error:
            reason = str(error).removeprefix(f"{name}: ")
            fault = reason if written in reason else f"{written!r}: {reason}"
            self.refuse(name, fault, allowed=allowed, source=source)
            return instead

    def text(self, name: str, *, default: str | None = None) -> str:
        """Take a text that is not empty."""

        def not_empty(written: str) -> str:
            if not written.strip():
                raise ValueError("it is empty")
            return _showable(written.strip())

        return self.read(name, not_empty, instead="", allowed="some words", default=default)

    def choice(self, name: str, choices: Sequence[str], *, default: str | None = None) -> str:
        """Take one of a few words."""

        def one_of(written: str) -> str:
            if written not in choices:
                raise ValueError("it is not known here")
            return written

        return self.read(name, one_of, instead="", allowed=", ".join(choices), default=default)

    def number(
        self,
        name: str,
        unit: str,
        *,
        low: Decimal,
        high: Decimal,
        source: str,
        default: Decimal | None = None,
    ) -> Decimal:
        """Take a number with its unit, ``80 cm``, from ``low`` to ``high``; the unit 1 may be left out."""

        def measured(written: str) -> Decimal:
            bare = unit == "1" and not written.strip().endswith(" 1")
            amount = _AMOUNT.fullmatch(f"{written} 1".strip() if bare else written.strip())
            if amount is None or amount[2] != unit:
                raise ValueError(f"it must be a number and the unit {unit!r}")
            value = read_number(amount[1], field=name)
            if not low <= value <= high:
                raise ValueError("it is out of range")
            return value

        allowed = f"{plain(low)} to {plain(high)} {unit}"
        return self.read(name, measured, instead=low, allowed=allowed, source=source, default=default)

    def whole(self, name: str, *, low: int, high: int, default: int | None = None) -> int:
        """Take a whole number."""
        if name not in self._fields and default is not None:
            return default
        value = self._fields.pop(name, None)
        if type(value) is not int or not low <= value <= high:
            fault = "is missing" if value is None else f"{value!r} is not a whole number in range"
            self.refuse(name, fault, allowed=f"{low} to {high}")
            return low
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._fields.pop(name, default)
        if not isinstance(value, bool):
            self.refuse(name, f"{value!r} is neither", allowed="true, false")
            return default
        return value

    def time_of_day(self, name: str, *, default: time | None = None) -> time:
        """Take a pump time of day."""
        return self.read(
            name,
            lambda written: read_time_of_day(written, field=name),
            instead=time(0),
            allowed="a pump time of day, 00:00 to 23:59",
            default=default,
        )

    def span(
        self,
        name: str,
        *,
        low: timedelta = timedelta(0),
        high: timedelta = LONGEST,
        default: timedelta | None = None,
        source: str = FORMAT_SOURCE,
    ) -> timedelta:
        """Take a duration: ``90 min``, ``24 h``, ``3 day``."""
        allowed = f"{write_duration(low)} to {write_duration(high)}, written in s, min, h or day"

        def within(written: str) -> timedelta:
            return _within(read_duration(written, field=name), low, high)

        return self.read(name, within, instead=low, allowed=allowed, source=source, default=default)

    def moment(
        self, name: str, *, starts_at: time, lasts: timedelta, default: timedelta | None = None
    ) -> timedelta:
        """Take a time since the start: a duration, or the pump's clock on a day, ``day 2 06:30``."""
        allowed = f"0 min to {write_duration(lasts)} since the start, or a clock time such as 'day 2 06:30'"

        def since_start(written: str) -> timedelta:
            return _within(read_moment(written, starts_at=starts_at), timedelta(0), lasts)

        return self.read(name, since_start, instead=timedelta(0), allowed=allowed, default=default)

    def moments(self, name: str, *, starts_at: time, lasts: timedelta) -> tuple[timedelta, ...]:
        """Take a list of times since the start, each later than the one before."""
        written = self._fields.pop(name, None)
        allowed = (
            f"a list of times up to {write_duration(lasts)} since the start, each later than the one before"
        )
        if not isinstance(written, list) or not written or not all(isinstance(one, str) for one in written):
            fault = "is missing" if written is None else f"{written!r} is not a list of times"
            self.refuse(name, fault, allowed=allowed)
            return ()
        try:
            times = [_within(read_moment(one, starts_at=starts_at), timedelta(0), lasts) for one in written]
        except ValueError as error:
            self.refuse(name, f"{written!r}: {error}", allowed=allowed)
            return ()
        if any(later <= earlier for earlier, later in pairwise(times)):
            self.refuse(name, f"{written!r}: a time does not come after the one before", allowed=allowed)
        return tuple(times)

    def texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts; absent is none."""
        written = self._fields.pop(name, [])
        if not isinstance(written, list) or not all(isinstance(one, str) and one.strip() for one in written):
            self.refuse(name, f"{written!r} is not a list of texts", allowed='["one", "another"]')
            return ()
        try:
            return tuple(_showable(one.strip()) for one in written)
        except ValueError as error:
            self.refuse(name, str(error), allowed='["one", "another"]')
            return ()

    def table(self, name: str) -> Table | None:
        """Take a table inside this one; None where there is none."""
        inner = self._fields.pop(name, None)
        if inner is None:
            return None
        if not isinstance(inner, dict):
            self.refuse(name, f"{inner!r} is not a table", allowed=f"a table [{self.path(name)}]")
            return None
        return Table(inner, self.path(name), self._problems, self)

    def tables(self, name: str) -> tuple[Table, ...]:
        """Take a list of tables, counted from 1; absent is none."""
        inner = self._fields.pop(name, [])
        if not isinstance(inner, list) or not all(isinstance(one, dict) for one in inner):
            self.refuse(name, "is not a list of tables", allowed=f"tables [[{self.path(name)}]]")
            return ()
        return tuple(
            Table(one, f"{self.path(name)}[{number}]", self._problems, self)
            for number, one in enumerate(inner, start=1)
        )

    def renamed(self, old: str, new: str) -> None:
        """Refuse a field by its former name, and name the new one."""
        if self._fields.pop(old, None) is not None:
            self.refuse(old, f"is now called {new!r}", allowed=f"{new} = ... with the same value")

    def rest(self) -> tuple[str, ...]:
        """Return the names of the fields not taken yet."""
        return tuple(self._fields)

    def close(self, known: str) -> None:
        """Refuse every field that no reader used.

        Args:
            known: the fields this table has, for the message.
        """
        for name in self._fields:
            self.refuse(name, "is not a field of the format here", allowed=known)


def read_moment(written: str, *, starts_at: time) -> timedelta:
    """Read a time since the start, as a duration or as ``day 2 06:30`` of the pump's clock.

    Day 1 is the day on which the scenario starts.

    Raises:
        ValueError: neither.
    """
    on_a_day = _ON_A_DAY.fullmatch(written.strip())
    if on_a_day is None:
        return read_duration(written, field="time")
    clock = read_time_of_day(on_a_day[2], field="time")
    return timedelta(days=int(on_a_day[1]) - 1) + since_midnight(clock) - since_midnight(starts_at)


def _showable(text: str) -> str:
    """Return a text that a screen, a table and a figure can show; line breaks may stand in it.

    Raises:
        ValueError: a control character or another that cannot be shown.
    """
    for one in text:
        if not one.isprintable() and one not in "\n\t\r" and not (one.isspace() and one > "\x9f"):
            raise ValueError(f"the character U+{ord(one):04X} cannot be shown")
    return text


def _within(span: timedelta, low: timedelta, high: timedelta) -> timedelta:
    if not low <= span <= high:
        raise ValueError("it is out of range")
    return span
