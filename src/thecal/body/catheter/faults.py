"""What goes wrong with a catheter: kinks, leaks, disconnection, a tip that moves.

Each fault has a time and a place. A kink passes only a share of what the pump turns, the rest stays in the
pump; a leak lets a share out on the way, which the model takes to be lost to tissue; what lies beyond a fault
moves on with what is left of the flow (docs/science/catheter.md, eq. 3). Neglected: pressure, compliance, the
burst of fluid when a kink lets go.
"""

from __future__ import annotations

import math
import reprlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import LONGEST_H, explains_arguments, number, one_of
from thecal.body.canal.levels import TIP_LEVELS
from thecal.body.catheter.implant import Implant, TipFlow, as_tip_flow
from thecal.body.catheter.inflow import Inflow
from thecal.body.catheter.tubing import changes_of, pieces_for, thinned, through_tubing, tubing_contents_ug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats

OUTSIDE = "outside"
"""Where a tip lies that has slipped out of the spinal fluid."""


class Fault(Enum):
    """What can go wrong."""

    KINK = "kink"
    LEAK = "leak"
    DISCONNECTION = "disconnection"
    MIGRATION = "migration"


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class CatheterFault:
    """One fault.

    Args:
        kind: what goes wrong.
        at_h: when it begins, hours since the start.
        until_h: when it is mended; by default never.
        share: of a kink the share of flow it holds back (1: total), of a leak the share it lets out.
        position: of a leak or disconnection, as a share of the dead volume from the pump.
        level: of a migration where the tip then lies, C1 to L2, or ``outside`` the spinal fluid.
    """

    kind: Fault
    at_h: float
    until_h: float = math.inf
    share: float = 1.0
    position: float = 0.5
    level: str | None = None

    def __post_init__(self) -> None:
        """Refuse a fault that cannot be."""
        one_of("kind", self.kind, Fault, allowed=", ".join(map(str, Fault)))
        number("at_h", self.at_h, "h", low=0, high=LONGEST_H)
        if self.until_h != math.inf:
            number("until_h", self.until_h, "h", low=0, high=LONGEST_H)
        if not self.until_h > self.at_h:
            raise ValueError(f"until_h is {self.until_h:g} h; allowed: later than at_h, {self.at_h:g} h")
        number("share", self.share, "1", low=0, high=1)
        number("position", self.position, "1", low=0, high=1)
        moves = self.kind is Fault.MIGRATION
        if moves and self.level not in (*TIP_LEVELS, OUTSIDE):
            raise ValueError(
                f"level is {reprlib.repr(self.level)}; allowed: vertebral level {TIP_LEVELS[-1]} to "
                f"{TIP_LEVELS[0]}, or {OUTSIDE}"
            )
        if self.level is not None and not moves:
            raise ValueError(
                f"level is {reprlib.repr(self.level)} for a {self.kind.value}; allowed: for a migration"
            )
        if self.kind is Fault.DISCONNECTION and self.share != 1:
            raise ValueError(f"share is {self.share:g} for a disconnection; allowed: 1, or call it a leak")


@dataclass(frozen=True, eq=False)
class CatheterOutput:
    """Where the drug that the pump delivered leaves the catheter, and where it is lost.

    Args:
        outlets: for each level the drug that entered spinal fluid there.
        pieces: what enters each piece of the catheter, and the volume of the piece, mL.
        lost: drug that never enters spinal fluid: kept in the pump, leaked, or from a tip outside.
        primed_ug_mL: concentration in pump tubing and catheter at the start.
    """

    outlets: tuple[tuple[str, TipFlow], ...]
    pieces: tuple[tuple[Inflow, float], ...]
    lost: tuple[TipFlow, ...]
    primed_ug_mL: float

    def contents_ug(self, times_h: Floats) -> Floats:
        """Return the drug inside pump tubing and catheter at each time, for plug flow."""
        contents = (tubing_contents_ug(inflow, mL, self.primed_ug_mL, times_h) for inflow, mL in self.pieces)
        return sum(contents, np.zeros(len(times_h)))

    def lost_ug(self, times_h: Floats) -> Floats:
        """Return the drug that has been lost by each time."""
        return sum((one.delivered_ug(times_h) for one in self.lost), np.zeros(len(times_h)))


def through_faults(inflow: Inflow, implant: Implant, faults: Sequence[CatheterFault] = ()) -> CatheterOutput:
    """Return what leaves a catheter with these faults while the pump delivers ``inflow``."""
    volume, primed = implant.dead_volume_mL, implant.primed_with_ug_mL
    lost: list[TipFlow] = []
    pieces: list[tuple[Inflow, float]] = []
    flow = inflow
    for fault in faults:
        if fault.kind is Fault.KINK:
            flow, leaving = _divided(flow, fault)
            lost.append(leaving)
    changes = changes_of(inflow, primed)
    passed = 0.0
    leaks = [fault for fault in faults if fault.kind in (Fault.LEAK, Fault.DISCONNECTION)]
    for leak in sorted(leaks, key=lambda fault: fault.position):
        pieces.append((flow, (leak.position - passed) * volume))
        out = _through(*pieces[-1], implant, changes)
        flow, leaving = _divided(out, leak)
        lost.append(leaving)
        passed = leak.position
    pieces.append((flow, (1.0 - passed) * volume))
    tip = as_tip_flow(_through(*pieces[-1], implant, changes))
    outlets = _by_level(tip, implant.tip_level, faults)
    lost += [part for level, part in outlets if level == OUTSIDE]
    inside = tuple((level, part) for level, part in outlets if level != OUTSIDE)
    return CatheterOutput(outlets=inside, pieces=tuple(pieces), lost=tuple(lost), primed_ug_mL=primed)


def _through(flow: Inflow, volume_mL: float, implant: Implant, changes: int) -> Inflow:
    """Return what leaves a piece of the catheter; the leaks do not multiply its plugs."""
    if not implant.disperses:
        return through_tubing(flow, volume_mL, implant.primed_with_ug_mL)
    out = through_tubing(
        flow,
        volume_mL,
        implant.primed_with_ug_mL,
        bore_mL_per_cm=implant.bore_mL_per_cm,
        diffusion_cm2_h=implant.diffusion_cm2_h,
        pieces=pieces_for(flow, implant.primed_with_ug_mL, changes),
    )
    return thinned(out, changes)


def _divided(flow: Inflow, fault: CatheterFault) -> tuple[Inflow, TipFlow]:
    """Return what goes on past a fault, and the drug that does not."""
    if not len(flow.flow_mL_h):
        return flow, as_tip_flow(flow)
    cut = [moment for moment in (fault.at_h, fault.until_h) if flow.edges_h[0] < moment < flow.edges_h[-1]]
    edges = np.union1d(flow.edges_h, cut)
    middles = (edges[:-1] + edges[1:]) / 2
    segment = np.searchsorted(flow.edges_h, middles, side="right") - 1
    share = np.where((middles >= fault.at_h) & (middles < fault.until_h), fault.share, 0.0)
    all_of_it, concentration = flow.flow_mL_h[segment], flow.concentration_ug_mL[segment]
    onwards = Inflow(edges, all_of_it * (1.0 - share), concentration)
    return onwards, TipFlow(edges_h=edges, rate_ug_h=all_of_it * share * concentration)


def _by_level(tip: TipFlow, level: str, faults: Sequence[CatheterFault]) -> list[tuple[str, TipFlow]]:
    """Return the drug by the level at which the tip lies when it leaves; the last migration counts."""
    moves = [fault for fault in faults if fault.kind is Fault.MIGRATION]
    if not moves or not len(tip.rate_ug_h):
        return [(level, tip)]
    cut = [one for move in moves for one in (move.at_h, move.until_h)]
    inner = [one for one in cut if tip.edges_h[0] < one < tip.edges_h[-1]]
    edges = np.union1d(tip.edges_h, inner)
    middles = (edges[:-1] + edges[1:]) / 2
    rate = tip.rate_ug_h[np.searchsorted(tip.edges_h, middles, side="right") - 1]
    where = np.full(len(middles), level, dtype=object)
    for move in sorted(moves, key=lambda move: move.at_h):
        where[(middles >= move.at_h) & (middles < move.until_h)] = move.level
    levels = dict.fromkeys([level, *(str(move.level) for move in moves)])
    return [(one, TipFlow(edges_h=edges, rate_ug_h=np.where(where == one, rate, 0.0))) for one in levels]
