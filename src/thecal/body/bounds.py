"""Refuse what cannot be: the message names the quantity, its value, its unit and what is allowed."""

from __future__ import annotations

import inspect
import reprlib
from difflib import get_close_matches
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

LONGEST_H = 24 * 366 * 30.0
"""Longest simulation, h: thirty years."""
T = TypeVar("T")
V = TypeVar("V")
_NUMBERS = "iuf"
"""Kinds of array that hold numbers; text that looks like numbers is none."""


_ALIKE = 0.5
"""How much of a name must agree with another for the other to be suggested (``difflib``)."""


class UnknownNameError(ValueError, KeyError):
    """A name that nothing has: of a parameter, a group, a study, a curve, a level.

    Also a ``KeyError``, so that a mapping behaves as mappings do.
    """

    def __str__(self) -> str:
        """Return the message as it was written; a ``KeyError`` would show it in quotation marks."""
        return str(self.args[0])


class ArgumentError(TypeError, ValueError):
    """An argument that a value does not have, or one that is missing."""


def unknown(what: str, name: object, known: Iterable[str], *, why: str = "is unknown") -> UnknownNameError:
    """Return the refusal of a name, with the nearest one that there is, and all of them."""
    names = [str(one) for one in known]
    near = get_close_matches(str(name), names, n=1, cutoff=_ALIKE)
    meant = f". Did you mean {near[0]!r}?" if near else ""
    return UnknownNameError(f"{what} {reprlib.repr(name)} {why}; allowed: {', '.join(names)}{meant}")


class Named(dict[str, V]):
    """A mapping that refuses a name it does not have with the nearest one that it has.

    Args:
        what: what the names are of, for the message.
        entries: by name.
    """

    def __init__(self, what: str, entries: Mapping[str, V]) -> None:
        super().__init__(entries)
        self._what = what

    def __missing__(self, name: str) -> V:
        """Refuse a name that is not there."""
        raise unknown(self._what, name, self)


def explains_arguments(cls: type[T]) -> type[T]:
    """Return the class, whose refusal of wrong arguments says which there are and which is nearest.

    For a dataclass, above ``@dataclass``. An argument of an unknown name, or a missing one, is an
    ``ArgumentError``, which is a ``TypeError`` as Python's own.
    """
    plain, signature = cls.__init__, inspect.signature(cls)

    @wraps(plain)
    def checked(self: T, *args: object, **named: object) -> None:
        try:
            signature.bind(*args, **named)
        except TypeError as error:
            raise ArgumentError(_which(cls.__name__, signature, len(args), named) or str(error)) from None
        plain(self, *args, **named)

    cls.__init__ = checked  # type: ignore[method-assign, assignment]
    return cls


def _which(name: str, signature: inspect.Signature, positions: int, named: Mapping[str, object]) -> str:
    """Return in a sentence which argument is wrong; nothing where none is unknown or missing."""
    takes = signature.parameters
    every = ", ".join(takes)
    for one in named:
        if one not in takes:
            unit = [each for each in takes if each.rpartition("_")[2] == one.rpartition("_")[2]]
            near = get_close_matches(one, takes, n=1, cutoff=_ALIKE) or unit[:1]
            meant = f". Did you mean {near[0]}?" if near else ""
            return f"{name} has no argument {one}; allowed: {every}{meant}"
    by_place = [one for one in takes.values() if one.kind is not one.KEYWORD_ONLY]
    if positions > len(by_place):
        return f"{name} takes {len(by_place)} arguments by place, got {positions}; allowed by name: {every}"
    reached = {one.name for one in by_place[:positions]} | named.keys()
    missing = [one.name for one in takes.values() if one.default is one.empty and one.name not in reached]
    return f"{name} needs {', '.join(missing)}; allowed: {every}" if missing else ""


def number(name: str, value: float, unit: str, *, low: float, high: float, source: str = "") -> float:
    """Return ``value`` as a float from ``low`` to ``high``, both allowed.

    Raises:
        ValueError: not a number, not finite, or outside the range.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise ValueError(f"{name} must be a number in {unit}, got {reprlib.repr(value)}")  # noqa: TRY004 - one kind of error
    if not low <= value <= high:  # nothing is true of what is no number
        because = f" ({source})" if source else ""
        raise ValueError(f"{name} is {_written(value)} {unit}; allowed: {low:g} to {high:g} {unit}{because}")
    return float(value)


def _written(value: float) -> str:
    try:
        return f"{value:g}"
    except OverflowError:
        return reprlib.repr(value)


def whole(name: str, value: float, unit: str, *, low: int, high: int) -> int:
    """Return ``value`` as a whole number from ``low`` to ``high``; nothing is cut off.

    Raises:
        ValueError: not a whole number, or outside the range.
    """
    number(name, value, unit, low=low, high=high)
    if value != int(value):
        raise ValueError(f"{name} is {value:g} {unit}; allowed: a whole number")
    return int(value)


def one_of(name: str, value: T, kind: type[T] | tuple[type[T], ...], *, allowed: str) -> T:
    """Return ``value`` if it is of a kind.

    Raises:
        ValueError: it is something else; the message says what may stand there.
    """
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {reprlib.repr(value)}; allowed: {allowed}")  # noqa: TRY004 - one kind of error
    return value


def list_of(name: str, values: Iterable[T], kind: type[T], *, allowed: str) -> tuple[T, ...]:
    """Return a list of one kind of thing as a tuple.

    Raises:
        ValueError: it is no list, but perhaps one of its things; or it holds something else.
    """
    if isinstance(values, kind) or not hasattr(values, "__iter__"):
        raise ValueError(f"{name} is {reprlib.repr(values)}; allowed: a list of {allowed}")
    found = tuple(values)
    for at, value in enumerate(found):
        one_of(f"{name}[{at}]", value, kind, allowed=allowed)
    return found


def series(name: str, values: Sequence[float] | Floats, unit: str, *, low: float, high: float) -> Floats:
    """Return a read-only 1-D copy of ``values``, each from ``low`` to ``high``.

    Raises:
        ValueError: not a list of finite numbers within the range; the message shows the first offender.
    """
    try:
        converted = np.asarray(values)
        if converted.size and converted.dtype.kind not in _NUMBERS:
            raise ValueError("text, true or false, and the like")  # noqa: TRY301 - as whatever NumPy cannot read
        array = np.array(converted, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be numbers in {unit}, got {reprlib.repr(values)}") from error
    if array.ndim != 1:
        raise ValueError(f"{name} must be one list of numbers in {unit}, got {array.ndim} dimensions")
    wrong = np.flatnonzero(~(np.isfinite(array) & (array >= low) & (array <= high)))
    if wrong.size:
        at = int(wrong[0])
        raise ValueError(f"{name}[{at}] is {array[at]:g} {unit}; allowed: {low:g} to {high:g} {unit}")
    array.setflags(write=False)
    return array


def increasing(name: str, values: Floats, unit: str) -> Floats:
    """Return ``values`` unchanged if each is greater than the one before.

    Raises:
        ValueError: two values that stand still or go backwards.
    """
    back = np.flatnonzero(np.diff(values) <= 0)
    if back.size:
        at = int(back[0])
        raise ValueError(
            f"{name} must increase: {name}[{at + 1}] is {values[at + 1]:g} {unit} after {values[at]:g} {unit}"
        )
    return values
