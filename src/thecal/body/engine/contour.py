"""Where in the complex plane to ask a transfer function, so that few answers give every time.

A linear system's response to a step or a pulse is a Bromwich integral. On a hyperbola around the negative
real axis its trapezium rule converges like exp(-B J) in the number J of nodes, for every lag from the
shortest to the longest at once, whatever the rates of the system: stiffness does not enter. The hyperbola,
its step and its scale are those of Weideman and Trefethen, Math. Comp. 76 (2007) 1341, section 4; the angle
is found here by search. All singularities must lie on the real axis from 0 down, which a tree and what hangs
below it guarantee. Nodes in the lower half plane mirror those above and are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import LONGEST_H, number

if TYPE_CHECKING:
    import numpy.typing as npt

    Complexes = npt.NDArray[np.complex128]

MOST_NODES = 240
_FLOOR = 1e-14
"""What rounding leaves: about fifty times the spacing of doubles."""
_MARGIN = 4.0
"""The observed error of a step over exp(-B J), rounded up."""
_ANGLES = np.linspace(math.pi / 4, math.pi / 2, 402)[1:-1]


@dataclass(frozen=True, eq=False)
class Contour:
    """Nodes s, 1/h, and weights w: f(t) = Re sum w F(s) e^(s t) for lags t from shortest to longest.

    Args:
        nodes: in the upper half plane; shape ``(J,)``.
        weights: 1/h; shape ``(J,)``.
    """

    nodes: Complexes
    weights: Complexes


def fresh_contour(
    shortest_h: float, longest_h: float, tolerance: float, *, share: float = 1.0, more_nodes: int = 0
) -> Contour:
    """Return the smallest contour that serves all lags between two, to a tolerance.

    Args:
        shortest_h: the shortest lag, h; above 0.
        longest_h: the longest lag, h.
        tolerance: error relative to the largest value of the response, 1e-14 to 0.1.
        share: what the response is of that to its largest jump held for ever: the tolerance is lowered by it,
            but not below what is in reach.
        more_nodes: nodes beyond those the tolerance asks for, to check it by.

    Raises:
        ValueError: lags the wrong way round, or an accuracy out of reach; the message says what is in reach.
    """
    number("longest_h", longest_h, "h", low=0, high=LONGEST_H)
    if not 0 < shortest_h <= longest_h:
        raise ValueError(f"shortest_h is {shortest_h:g} h; allowed: above 0, to longest_h, {longest_h:g} h")
    ratio = longest_h / shortest_h
    width = np.arccosh(
        ((math.pi - 2 * _ANGLES) * ratio + 4 * _ANGLES - math.pi)
        / ((4 * _ANGLES - math.pi) * np.sin(_ANGLES))
    )
    pace = math.pi * (math.pi - 2 * _ANGLES) / width
    best = int(np.argmax(pace))
    rate = float(pace[best])
    reach = max(_FLOOR, _MARGIN * math.exp(-rate * MOST_NODES))
    if not reach <= tolerance <= 0.1:  # noqa: PLR2004 - a tenth is no accuracy at all
        raise ValueError(
            f"tolerance is {tolerance:g}; allowed: {reach:.1g} to 0.1 "
            f"for lags from {shortest_h:g} to {longest_h:g} h"
        )
    aim = max(tolerance * share, reach)
    count = math.ceil(math.log(_MARGIN / aim) / rate) + more_nodes
    angle, step = float(_ANGLES[best]), float(width[best]) / count
    scale = (4 * math.pi * angle - math.pi**2) / float(width[best]) * count / longest_h
    angles = (np.arange(count) + 0.5) * step
    return Contour(
        nodes=scale * (1 + np.sin(1j * angles - angle)),
        weights=step * scale / math.pi * np.cos(1j * angles - angle),
    )


contour = lru_cache(maxsize=64)(fresh_contour)
"""The same, kept: many schedules ask for the same one."""
