"""Where a concentration counts: each place as seen from the spinal fluid and from plasma.

What reached a place from the catheter or a needle and what reached it by mouth add up, for everything up to a
place is linear. A place is a tap on the body's network, and the stages that lead to it from plasma.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.canal.anatomy import ARMS_CM, LEGS_CM
from thecal.body.canal.levels import CISTERNA
from thecal.body.cohort.oral import fluid_stages
from thecal.body.engine.ladder import Tap

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.cohort.ensemble import Ensemble
    from thecal.body.cohort.oral import Stages

_HOURS_PER_DAY = 24.0


@dataclass(frozen=True, eq=False)
class Place:
    """One place.

    Args:
        tap: how it is seen from the body's network.
        from_plasma: the stages that lead to it from plasma.
    """

    tap: Tap
    from_plasma: Stages

    def behind(self, rate: Floats) -> Place:
        """Return the place that follows this one at a rate, 1/h; shape ``(P,)``."""
        stage = ((rate, rate),)
        tap = Tap(self.tap.csf, self.tap.cord, (*self.tap.cascade, *stage))
        return Place(tap, (*self.from_plasma, *stage))


def fluid_at(ensemble: Ensemble, site: str) -> Place:
    """Return spinal fluid at a site."""
    return Place(ensemble.csf_tap(site), fluid_stages(ensemble.patients))


def plasma(ensemble: Ensemble) -> Place:
    """Return plasma: what was swallowed, and what spilled from spinal fluid."""
    return Place(ensemble.plasma_tap, ())


def effect_sites(ensemble: Ensemble) -> tuple[Place, Place]:
    """Return where tone in legs and arms is made: a delay behind their stretches of cord."""
    exchange, delay = (ensemble.patients[name] for name in ("cord_exchange_per_h", "effect_delay_per_h"))
    lead = (*fluid_stages(ensemble.patients), (exchange, exchange), (delay, delay))
    legs, arms = ensemble.effect_taps
    return Place(legs, lead), Place(arms, lead)


def cord_of(ensemble: Ensemble, *, legs: bool) -> Place:
    """Return the stretch of cord that serves legs or arms, without the delay of the effect."""
    tap = ensemble.effect_tap(LEGS_CM if legs else ARMS_CM)
    exchange = ensemble.patients["cord_exchange_per_h"]
    lead = (*fluid_stages(ensemble.patients), (exchange, exchange))
    return Place(Tap(tap.csf, tap.cord), lead)


def brain(ensemble: Ensemble) -> Place:
    """Return the supraspinal effect site: a delay behind the fluid around the brain.

    By mouth, brain is taken to see the same share of plasma as spinal fluid does (assumed).
    """
    return fluid_at(ensemble, CISTERNA).behind(ensemble.patients["brain_delay_per_h"])


def adapted_level(ensemble: Ensemble) -> Place:
    """Return the level at the legs' effect site that the patient is used to."""
    legs, _ = effect_sites(ensemble)
    return legs.behind(ensemble.patients["adaptation_per_day"] / _HOURS_PER_DAY)


def level_withdrawn_to(ensemble: Ensemble) -> Place:
    """Return the level at the legs' effect site as a withdrawal syndrome follows it."""
    legs, _ = effect_sites(ensemble)
    return legs.behind(ensemble.patients["withdrawal_delay_per_h"])


def tolerated_levels(ensemble: Ensemble) -> tuple[Place, Place]:
    """Return the levels at the effect sites of legs and arms that tolerance has grown by."""
    rate = ensemble.patients["tolerance_per_day"] / _HOURS_PER_DAY
    legs, arms = effect_sites(ensemble)
    return legs.behind(rate), arms.behind(rate)


def effect_share(level_ng_mL: Floats, ec50_ng_mL: Floats, steepness: Floats) -> Floats:
    """Return the share of the full effect, 0 to 1, of a level ``(P, T)`` in each patient ``(P,)``."""
    power = (level_ng_mL / ec50_ng_mL[:, np.newaxis]) ** steepness[:, np.newaxis]
    return np.asarray(1.0 - 1.0 / (1.0 + power), dtype=np.float64)
