"""The catheter: what leaves the tip while a pump delivers, and what the catheter holds.

With W(t) the volume pumped so far, fluid at the tip at time t entered when W was W(t) - V_dead, so the tip
delivers flow(t) x c(W(t) - V_dead) (docs/science/catheter.md, eq. 1). A change of concentration reaches the
tip exactly when V_dead has been pumped behind it, whatever the flow did meanwhile. Blurring along the way is
``tubing``; leaks, kinks and a tip that moves are ``faults``.

Neglected: diffusion at the tip while the pump stands still, compliance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import explains_arguments, number, one_of
from thecal.body.canal.levels import TIP_LEVELS, height_of
from thecal.body.catheter.inflow import MOST_UG_ML, running_total
from thecal.body.catheter.tubing import through_tubing, tubing_contents_ug
from thecal.body.population.parameters import CATHETER_PARAMETERS, load_parameters

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.catheter.inflow import Inflow

_LONGEST_CATHETER_CM = 150.0


def _shipped(name: str) -> float:
    return load_parameters().catheter[name].value


@explains_arguments
@dataclass(frozen=True, kw_only=True)
class Implant:
    """Where the catheter ends and what it holds when the story begins.

    Args:
        primed_with_ug_mL: concentration in the dead volume at the start: the pump's where the catheter was
            primed with it or the pump has run for some days; 0 where spinal fluid fills it, and drug reaches
            the tip only after the dead volume. There is no default: it moves every curve.
        tip_level: vertebral level of the tip, C1 to L2.
        catheter_length_cm: implanted length.
        tubing_mL: volume of the pump's own tubing; ``tubing_mL`` of ``parameters.toml`` unless given (0.140:
            SynchroMed II programmer since 2017, TGA recall RC-2017-RN-00065-1; whether it is the true
            geometry is open, 0.14 to 0.20).
        bore_mL_per_cm: catheter volume per length; ``catheter_bore_mL_per_cm`` there (0.0022: commonly
            quoted, not verified).
        disperses: whether a change of concentration blurs on its way (``tubing``); else it moves as a plug.
        diffusion_cm2_h: of the drug, which evens out what blurs; ``catheter_diffusion_cm2_h`` there (0.032).
    """

    primed_with_ug_mL: float
    tip_level: str = "T10"
    catheter_length_cm: float = 80.0
    tubing_mL: float = field(default_factory=lambda: _shipped("tubing_mL"))
    bore_mL_per_cm: float = field(default_factory=lambda: _shipped("catheter_bore_mL_per_cm"))
    disperses: bool = False
    diffusion_cm2_h: float = field(default_factory=lambda: _shipped("catheter_diffusion_cm2_h"))

    def __post_init__(self) -> None:
        """Refuse what cannot be implanted."""
        height_of(self.tip_level)
        if self.tip_level not in TIP_LEVELS:
            raise ValueError(
                f"tip_level is {self.tip_level!r}; allowed: vertebral level {TIP_LEVELS[-1]} to "
                f"{TIP_LEVELS[0]} (levels in clinical use)"
            )
        number("catheter_length_cm", self.catheter_length_cm, "cm", low=0, high=_LONGEST_CATHETER_CM)
        for name, shipped in CATHETER_PARAMETERS.items():
            one = load_parameters().catheter[name]
            number(shipped, getattr(self, shipped), one.unit, low=one.low, high=one.high)
        one_of("disperses", self.disperses, bool, allowed="True or False")
        number("primed_with_ug_mL", self.primed_with_ug_mL, "ug/mL", low=0, high=MOST_UG_ML)
        if self.disperses and not self.bore_mL_per_cm:
            raise ValueError("bore_mL_per_cm is 0 mL/cm; allowed: above 0 mL/cm in a catheter that disperses")

    @property
    def dead_volume_mL(self) -> float:  # noqa: N802 - the symbol's case is the unit
        """Tubing and catheter together."""
        return self.tubing_mL + self.catheter_length_cm * self.bore_mL_per_cm

    @property
    def blurring_bore_mL_per_cm(self) -> float | None:  # noqa: N802 - the symbol's case is the unit
        """The bore in which fronts blur; None where they move as plugs."""
        return self.bore_mL_per_cm if self.disperses else None


@dataclass(frozen=True, eq=False)
class TipFlow:
    """Drug leaving the catheter tip, constant between edges; shapes ``(n + 1,)`` and ``(n,)``."""

    edges_h: Floats
    rate_ug_h: Floats

    def delivered_ug(self, times_h: Floats) -> Floats:
        """Return the drug that has left the tip by each time."""
        return np.interp(times_h, self.edges_h, running_total(self.rate_ug_h * np.diff(self.edges_h)))


def through_catheter(inflow: Inflow, implant: Implant) -> TipFlow:
    """Return what leaves the tip of a whole catheter while the pump delivers ``inflow``."""
    return as_tip_flow(
        through_tubing(
            inflow,
            implant.dead_volume_mL,
            implant.primed_with_ug_mL,
            bore_mL_per_cm=implant.blurring_bore_mL_per_cm,
            diffusion_cm2_h=implant.diffusion_cm2_h,
        )
    )


def as_tip_flow(outflow: Inflow) -> TipFlow:
    """Return the drug in a flow."""
    return TipFlow(edges_h=outflow.edges_h, rate_ug_h=outflow.rate_ug_h)


def contents_ug(inflow: Inflow, implant: Implant, times_h: Floats) -> Floats:
    """Return the drug inside a whole catheter at each time, from the plugs that lie in it."""
    return tubing_contents_ug(inflow, implant.dead_volume_mL, implant.primed_with_ug_mL, times_h)
