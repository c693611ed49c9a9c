"""Refuse numbers that cannot be: the message names the quantity, its value, its unit and what is allowed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def number(name: str, value: float, unit: str, *, low: float, high: float, source: str = "") -> float:
    """Return ``value`` as a float from ``low`` to ``high``, both allowed.

    Raises:
        ValueError: not a number, not finite, or outside the range.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise ValueError(f"{name} must be a number in {unit}, got {value!r}")  # noqa: TRY004 - one kind of error
    if not math.isfinite(value) or not low <= value <= high:
        because = f" ({source})" if source else ""
        raise ValueError(f"{name} is {value:g} {unit}; allowed: {low:g} to {high:g} {unit}{because}")
    return float(value)


def series(name: str, values: Sequence[float] | Floats, unit: str, *, low: float, high: float) -> Floats:
    """Return a read-only 1-D copy of ``values``, each from ``low`` to ``high``.

    Raises:
        ValueError: not a list of finite numbers within the range; the message shows the first offender.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers in {unit}, got {values!r}") from error
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
