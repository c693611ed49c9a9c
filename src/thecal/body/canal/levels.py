"""Where the vertebral levels lie along the canal, in a reference adult of 60 cm from sac end to cisterna.

``z_cm`` counts upwards from the end of the dural sac (middle of S2) to the cisterna magna. A level's
position is the middle of its vertebra. A patient with a longer canal has every level moved in proportion.

Heights are assumed: no opened source gives them. They are rounded so that the sac is 60 cm, the cord 42 cm
(both commonly quoted, unverified) and L3 lies 47 cm below the cisterna.
"""

from __future__ import annotations

import reprlib
from difflib import get_close_matches
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEIGHTS_CM = (
    ("S2", 1.5),
    ("S1", 2.9),
    *((f"L{n}", 3.4) for n in (5, 4, 3, 2, 1)),
    ("T12", 2.6),
    ("T11", 2.5),
    ("T10", 2.5),
    ("T9", 2.4),
    ("T8", 2.3),
    ("T7", 2.3),
    ("T6", 2.2),
    ("T5", 2.2),
    ("T4", 2.1),
    ("T3", 2.0),
    ("T2", 2.0),
    ("T1", 1.9),
    *((f"C{n}", 1.7) for n in (7, 6, 5, 4)),
    *((f"C{n}", 1.6) for n in (3, 2, 1)),
)
_TOPS_CM = tuple(round(top, 6) for top in accumulate(height for _, height in _HEIGHTS_CM))

REFERENCE_LENGTH_CM = _TOPS_CM[-1]
CISTERNA = "cisterna"
_AT_THE_TOP = (REFERENCE_LENGTH_CM, REFERENCE_LENGTH_CM)

VERTEBRAE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {name: (top - height, top) for (name, height), top in zip(_HEIGHTS_CM, _TOPS_CM, strict=True)}
)
"""Lower and upper edge of each vertebra, ``z_cm`` in the reference canal, from S2 up."""

SITES: Mapping[str, str] = MappingProxyType(
    {"lumbar": "L3", "thoracic": "T6", "cervical": "C5", "cisternal": CISTERNA}
)
"""The named places where spinal fluid is reported, and the level each stands for."""

TIP_LEVELS = tuple(list(VERTEBRAE)[list(VERTEBRAE).index("L2") :])
"""Levels where a catheter tip may lie: L2 to C1 (clinical review; cervical tips are used for the arms)."""


def height_of(level: str) -> float:
    """Return the position ``z_cm`` of a level or named site in the reference canal.

    >>> height_of("T10") > height_of("L3")
    True

    Raises:
        ValueError: no such level or site.
    """
    try:
        known = SITES.get(level, level)
        low, high = _AT_THE_TOP if known == CISTERNA else VERTEBRAE[known]
    except (KeyError, TypeError):
        near = get_close_matches(str(level), [*VERTEBRAE, *SITES, CISTERNA], n=1)
        meant = f". Did you mean {near[0]!r}?" if near else ""
        raise UnknownNameError(
            f"level {reprlib.repr(level)} is unknown; allowed: S2, S1, L5 to L1, T12 to T1, C7 to C1, "
            f"{CISTERNA}, or a site: {', '.join(SITES)}{meant}"
        ) from None
    return (low + high) / 2


def span_of(lowest: str, highest: str) -> tuple[float, float]:
    """Return ``z_cm`` from the lower edge of one vertebra to the upper edge of another."""
    return VERTEBRAE[lowest][0], VERTEBRAE[highest][1]
