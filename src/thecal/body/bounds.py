"""Refuse what cannot be: the message names the quantity, its value, its unit and what is allowed."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

T = TypeVar("T")
_NUMBERS = "iuf"
"""Kinds of array that hold numbers; text that looks like numbers is none."""


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
        given = np.asarray(values)
        if given.size and given.dtype.kind not in _NUMBERS:
            raise ValueError("text, true or false, and the like")  # noqa: TRY301 - as whatever NumPy cannot read
        array = np.array(given, dtype=np.float64)
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
