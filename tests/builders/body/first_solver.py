"""The first solver of this body, a second way to the same numbers: modes, advanced from event to event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from builders.body.event_march import Port, march
from builders.body.modes import tree_modes, with_downstream

if TYPE_CHECKING:
    from builders.body.modes import Modes
    from thecal.body import Ensemble
    from thecal.body.engine import InputRoute, Tap


def march_routes(
    ensemble: Ensemble, routes: list[InputRoute], taps: list[Tap], times_h: np.ndarray
) -> np.ndarray:
    """Return what ``thecal.body.engine.respond`` returns; shape ``(K, P, T)``."""
    tree = tree_modes(ensemble.network)
    return np.stack([_march_tap(tree, routes, tap, times_h) for tap in taps])


def _march_tap(modes: Modes, routes: list[InputRoute], tap: Tap, times_h: np.ndarray) -> np.ndarray:
    """Return one tap; each has its modes to itself, so that none has to make room for an equal rate."""
    states = modes.masses.shape[1]
    feed = _read(tap, modes, states)
    for gain, rate in tap.cascade:
        modes = with_downstream(modes, rate, gain[:, np.newaxis] * feed)
        feed = modes.downstream[:, -1]
    ports = []
    for route in routes:
        drive = route.drive
        masses = np.zeros((len(feed), states))
        masses[:, : route.source.shape[1]] = route.source
        given = tuple((at, amount) for at, amount in zip(drive.at_h, drive.amounts_ug, strict=True) if amount)
        rate = np.cumsum(drive.jumps_ug_h)[:-1]
        ports.append(Port(modes.amplitudes(masses), drive.at_h, rate, at_once=given))
    return march(modes.rates, ports, times_h, feed[:, np.newaxis])[:, 0]


def _read(tap: Tap, modes: Modes, states: int) -> np.ndarray:
    weights = np.zeros((len(tap.csf), states))
    weights[:, : tap.csf.shape[1]] = tap.csf
    if tap.cord is not None:
        weights[:, tap.csf.shape[1] :] = tap.cord
    return (weights[:, np.newaxis, :] @ modes.masses)[:, 0]
