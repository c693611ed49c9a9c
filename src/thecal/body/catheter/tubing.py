"""A length of pump tubing or catheter: its outflow, its contents, and how a concentration front spreads.

Laminar flow shears a front and diffusion across the bore evens it out: on the whole a dispersion along the
lumen that grows with the square of the speed (Taylor 1953, Aris 1956; docs/science/catheter.md, eq. 2),

    D = Dm (1 + Pe^2 / 48),   Pe = speed x radius / Dm.

A front that took from a to b to pass has then spread by the variance of 2 D summed over that time. It is
replaced by many small fronts, placed evenly by share, so that half the change leaves before one dead volume
and half after, and no drug is gained or lost. As everything else is exact, plug flow is the limit.

Holds where a front travels for much longer than radius^2 / Dm, some seconds. The pump's tubing is taken to
have the catheter's bore. No measurement of baclofen in a catheter was found.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.catheter.inflow import Inflow, running_total
from thecal.body.population.parameters import load_parameters

if TYPE_CHECKING:
    from thecal.body.bounds import Floats

_PIECES = 40
"""Small fronts that stand for one blurred front."""
_FEWEST_PIECES = 4
"""The same for a front that is itself a small part of one that blurred before."""
_PLUGS_EACH = 160
"""Plugs of even concentration, for each change that the pump made, that continue into the next length."""
_WIDEST = 0.2
"""Highest spread of a front over the volume: above it a front would leave before it entered."""


def through_tubing(
    inflow: Inflow,
    volume_mL: float,
    primed_ug_mL: float,
    *,
    bore_mL_per_cm: float | None = None,
    diffusion_cm2_h: float | None = None,
    pieces: int = _PIECES,
) -> Inflow:
    """Return the outflow of a length of tubing while ``inflow`` enters it.

    Args:
        inflow: what enters.
        volume_mL: its volume.
        primed_ug_mL: its concentration at the start.
        bore_mL_per_cm: its volume per length, where fronts blur; None for plug flow.
        diffusion_cm2_h: of the drug; by default that of ``parameters.toml``.
        pieces: small fronts that stand for one blurred front.

    Returns:
        Its edges are the inflow's own and, exactly, the moments when a front leaves.
    """
    if not len(inflow.flow_mL_h):
        return inflow
    pumped = inflow.pumped_mL
    changes = np.diff(inflow.concentration_ug_mL, prepend=primed_ug_mL)
    at = np.flatnonzero(changes)
    leaves_mL, steps = pumped[:-1][at] + volume_mL, changes[at]
    if bore_mL_per_cm is not None and volume_mL:
        spread = _spread_mL(inflow, pumped[:-1][at], leaves_mL, bore_mL_per_cm, diffusion_cm2_h)
        spread = np.minimum(spread, _WIDEST * volume_mL)
        leaves_mL = (leaves_mL[:, np.newaxis] + spread[:, np.newaxis] * _even_places(pieces)).ravel()
        steps = np.repeat(steps / pieces, pieces)
        order = np.argsort(leaves_mL)
        leaves_mL, steps = leaves_mL[order], steps[order]
    edges = np.union1d(inflow.edges_h, _when_pumped(inflow, leaves_mL[leaves_mL < pumped[-1]]))
    middles = (edges[:-1] + edges[1:]) / 2
    segment = np.minimum(np.searchsorted(inflow.edges_h, middles, side="right"), len(pumped) - 1) - 1
    gone = np.interp(middles, inflow.edges_h, pumped)
    if bore_mL_per_cm is None:
        entered = np.clip(np.searchsorted(pumped, gone - volume_mL, side="right") - 1, 0, len(pumped) - 2)
        leaving = np.where(gone < volume_mL, primed_ug_mL, inflow.concentration_ug_mL[entered])
    else:
        content = _never_negative(leaves_mL, primed_ug_mL + running_total(steps))
        leaving = content[np.searchsorted(leaves_mL, gone, side="right")]
    return Inflow(edges, inflow.flow_mL_h[segment], leaving)


def changes_of(inflow: Inflow, primed_ug_mL: float) -> int:
    """Return how often the concentration at the entry changes, starting from the primed concentration."""
    return int(np.count_nonzero(np.diff(inflow.concentration_ug_mL, prepend=primed_ug_mL)))


def pieces_for(inflow: Inflow, primed_ug_mL: float, changes: int) -> int:
    """Return into how many small fronts each front of a flow is divided in the next length.

    A front that has blurred before is many small ones already: together they are resolved as well as the
    pump's own ``changes`` would be, and their number does not multiply from length to length.
    """
    fronts = max(changes_of(inflow, primed_ug_mL), 1)
    return min(_PIECES, max(_FEWEST_PIECES, math.ceil(_PIECES * changes / fronts)))


def thinned(outflow: Inflow, changes: int) -> Inflow:
    """Return a flow with neighbouring plugs of nearly the same concentration as one plug.

    No drug is gained or lost. No concentration moves by more than 1/160 of the mean size of the pump's own
    changes: of everything that the concentration rises and falls, 160 plugs for each change keep equal
    parts. Edges at which nothing changes any more are left out.

    Args:
        outflow: of a length of tubing.
        changes: how often the pump changed the concentration, the first from the primed concentration.
    """
    most, plugs = _PLUGS_EACH * max(changes, 1), outflow.concentration_ug_mL
    moves = np.abs(np.diff(plugs, prepend=plugs[:1]))
    if np.count_nonzero(moves) <= most:
        return outflow
    moved = np.cumsum(moves)
    _, plug = np.unique(np.ceil(moved / moved[-1] * most), return_inverse=True)
    volumes = outflow.flow_mL_h * np.diff(outflow.edges_h)
    mL, ug = (np.bincount(plug, weights) for weights in (volumes, volumes * plugs))
    flowing = np.where(mL > 0, mL, 1.0)
    mean = np.where(mL > 0, ug / flowing, np.bincount(plug, plugs) / np.bincount(plug))[plug]
    changing = (np.diff(mean) != 0) | (np.diff(outflow.flow_mL_h) != 0)
    first = np.concatenate(([True], changing))
    edges = np.append(outflow.edges_h[:-1][first], outflow.edges_h[-1])
    return Inflow(edges, outflow.flow_mL_h[first], mean[first])


def tubing_contents_ug(inflow: Inflow, volume_mL: float, primed_ug_mL: float, times_h: Floats) -> Floats:
    """Return the drug inside a length of tubing with plug flow, at each time."""
    if not len(inflow.flow_mL_h):
        return np.full(len(times_h), primed_ug_mL * volume_mL)
    pumped = inflow.pumped_mL
    edges = np.concatenate(([-volume_mL], pumped))
    concentrations = np.concatenate(([primed_ug_mL], inflow.concentration_ug_mL))
    newest = np.interp(times_h, inflow.edges_h, pumped)[:, np.newaxis]
    inside = np.clip(edges, newest - volume_mL, newest)
    return np.asarray(np.diff(inside) @ concentrations)


def _never_negative(leaves_mL: Floats, content_ug_mL: Floats) -> Floats:
    """Return the content between fronts without the dips that neighbours of unlike width leave.

    The drug that has left is made to rise only, and to end where it did: none is gained or lost.
    """
    if not len(leaves_mL):
        return content_ug_mL
    widths = np.diff(leaves_mL)
    left_ug = running_total(content_ug_mL[1:-1] * widths)
    rising = np.minimum(np.maximum.accumulate(left_ug), left_ug[-1])
    inner = np.divide(np.diff(rising), widths, out=np.zeros(len(widths)), where=widths > 0)
    return np.concatenate((content_ug_mL[:1], np.maximum(inner, 0.0), np.maximum(content_ug_mL[-1:], 0.0)))


def dispersion_cm2_h(
    flow_mL_h: Floats, bore_mL_per_cm: float, diffusion_cm2_h: float | None = None
) -> Floats:
    """Return the dispersion along a lumen of this bore at each flow (Taylor and Aris)."""
    shipped = load_parameters().catheter["catheter_diffusion_cm2_h"].value
    diffusion = shipped if diffusion_cm2_h is None else diffusion_cm2_h
    radius_cm = math.sqrt(bore_mL_per_cm / math.pi)
    peclet = flow_mL_h / bore_mL_per_cm * radius_cm / diffusion
    return np.asarray(diffusion * (1.0 + peclet**2 / 48.0))


def _spread_mL(  # noqa: N802 - the symbol's case is the unit
    inflow: Inflow,
    entered_mL: Floats,
    leaves_mL: Floats,
    bore_mL_per_cm: float,
    diffusion_cm2_h: float | None = None,
) -> Floats:
    """Return the standard deviation of each front as it leaves, as a volume."""
    growing = dispersion_cm2_h(inflow.flow_mL_h, bore_mL_per_cm, diffusion_cm2_h)
    grown_cm2 = running_total(2.0 * growing * np.diff(inflow.edges_h))
    ends = np.minimum(leaves_mL, inflow.pumped_mL[-1])
    times = [_when_pumped(inflow, one) for one in (entered_mL, ends)]
    went_in, came_out = (np.interp(time, inflow.edges_h, grown_cm2) for time in times)
    return np.asarray(np.sqrt(np.maximum(came_out - went_in, 0.0)) * bore_mL_per_cm)


def _when_pumped(inflow: Inflow, volumes_mL: Floats) -> Floats:
    """Return when each volume, from 0 to all, has first been pumped."""
    pumped, moving = inflow.pumped_mL, inflow.flow_mL_h > 0
    step = np.maximum(np.searchsorted(pumped, volumes_mL) - 1, 0)
    flow = np.where(moving[step], inflow.flow_mL_h[step], 1.0)
    return np.asarray(inflow.edges_h[step] + (volumes_mL - pumped[step]) / flow)


@lru_cache(maxsize=_PIECES)
def _even_places(pieces: int) -> Floats:
    """Return the places of equal shares of a normal front: the mean of each, scaled to variance 1."""
    from statistics import NormalDist  # noqa: PLC0415 - slow to load, and few catheters disperse

    normal = NormalDist()
    cuts = [normal.inv_cdf(count / pieces) for count in range(1, pieces)]
    density = np.array([0.0, *(normal.pdf(cut) for cut in cuts), 0.0])
    places = pieces * (density[:-1] - density[1:])
    places = (places - places[::-1]) / 2
    return np.asarray(places / np.sqrt(np.mean(places**2)), dtype=np.float64)
