"""Whether a contour's nodes are enough, asked of the engine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body.engine.respond import InputRoute, respond

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.canal.network import Network
    from thecal.body.engine.ladder import Tap

_MORE = 16


def self_check(
    network: Network,
    routes: list[InputRoute],
    taps: list[Tap],
    samples_h: Floats,
    *,
    tolerance: float,
    patients: int = 3,
) -> float:
    """Return what more nodes would change, relative to each tap's largest value, in the first patients."""
    first_patients = slice(0, patients)
    part, here, tap_rows = (
        network.rows(first_patients),
        [route.rows(first_patients) for route in routes],
        [tap.rows(first_patients) for tap in taps],
    )
    plain = respond(part, here, tap_rows, samples_h, tolerance=tolerance)
    finer = respond(part, here, tap_rows, samples_h, tolerance=tolerance, more_nodes=_MORE)
    highest = np.max(np.abs(finer), axis=2, keepdims=True, initial=0)
    return float(np.max(np.abs(finer - plain) / np.where(highest > 0, highest, 1.0), initial=0))
