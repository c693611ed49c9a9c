"""Patients ready to simulate: networks taken apart once and run under as many schedules as one likes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np

from thecal.body.bounds import explains_arguments, one_of
from thecal.body.canal.anatomy import ARMS_CM, DEFAULT_CELLS_PER_CM, LEGS_CM, Anatomy
from thecal.body.canal.levels import height_of
from thecal.body.canal.network import Network, build_network
from thecal.body.cohort.oral import plasma_clearance
from thecal.body.engine.ladder import Tap
from thecal.body.population.patients import Patients, check_patients, draw_patients

if TYPE_CHECKING:
    from thecal.body.bounds import Floats
    from thecal.body.population.parameters import Parameters

_NG_PER_UG = 1000.0


@explains_arguments
@dataclass(frozen=True, eq=False)
class Ensemble:
    """Patients on a grid, ready to simulate: row 0 the typical patient, the others drawn.

    Args:
        patients: their parameters.
        anatomy: the grid and the shapes on it.
    """

    patients: Patients
    anatomy: Anatomy = field(default_factory=Anatomy)

    @classmethod
    def drawn(
        cls, parameters: Parameters, count: int, seed: int, *, cells_per_cm: int = DEFAULT_CELLS_PER_CM
    ) -> Self:
        """Return the typical patient and ``count`` drawn ones, solved at ``cells_per_cm``.

        >>> from thecal.body import load_parameters
        >>> small, large = (Ensemble.drawn(load_parameters(), count, seed=7) for count in (5, 50))
        >>> len(small), bool(small.patients["ec50_ng_mL"][5] == large.patients["ec50_ng_mL"][5])
        (6, True)
        """
        return cls(draw_patients(parameters, count, seed), Anatomy(cells_per_cm))

    def __post_init__(self) -> None:
        """Refuse patients with a parameter missing, of unlike number, or who cannot be."""
        one_of("anatomy", self.anatomy, Anatomy, allowed="an Anatomy")
        check_patients(self.patients)

    def __len__(self) -> int:
        return len(self.patients)

    @cached_property
    def network(self) -> Network:
        """The compartments and their rates."""
        return build_network(self.patients, self.anatomy)

    def csf_tap(self, level: str) -> Tap:
        """Return spinal fluid at a level or site, ng/mL."""
        return Tap(_placed(self.anatomy, level) / self.network.csf_mL * _NG_PER_UG)

    def effect_tap(self, span_cm: tuple[float, float]) -> Tap:
        """Return the effect site of a stretch of cord, ng/mL."""
        delay = self.patients["effect_delay_per_h"]
        weights = _spread(self.anatomy, span_cm) / self.network.cord_mL * _NG_PER_UG
        return Tap(np.zeros_like(self.network.csf_mL), weights, ((delay, delay),))

    @property
    def effect_taps(self) -> list[Tap]:
        """The effect sites of legs and arms, ng/mL."""
        return [self.effect_tap(LEGS_CM), self.effect_tap(ARMS_CM)]

    @cached_property
    def plasma_leaving(self) -> Floats:
        """Rate at which plasma is cleared, 1/h; shape ``(P,)``."""
        return plasma_clearance(self.patients) / self.patients["plasma_volume_L"]

    @property
    def plasma_tap(self) -> Tap:
        """Plasma, ng/mL (ug/L)."""
        per_L = 1 / self.patients["plasma_volume_L"]
        return Tap(self.network.loss, None, ((per_L, self.plasma_leaving),))

    @cached_property
    def pool_taps(self) -> list[Tap]:
        """Where drug can be, ug: spinal fluid, cranium, cord, plasma, eliminated."""
        spinal, none = np.ones_like(self.network.csf_mL), np.zeros_like(self.network.csf_mL)
        spinal[:, -1] = 0.0
        one = np.ones(len(self))
        plasma = (one, self.plasma_leaving)
        return [
            Tap(spinal),
            Tap(1.0 - spinal),
            Tap(none, np.ones_like(self.network.cord_mL)),
            Tap(self.network.loss, None, (plasma,)),
            Tap(self.network.loss, None, (plasma, (self.plasma_leaving, 0 * one))),
        ]

    def tip_shares(self, level: str) -> Floats:
        """Return each spinal cell's (and the cranium's) share of what leaves a tip; shape ``(P, N + 1)``."""
        return np.broadcast_to(_placed(self.anatomy, level), self.network.csf_mL.shape)


@lru_cache(maxsize=256)
def _placed(anatomy: Anatomy, level: str) -> Floats:
    """Return ``Anatomy.place`` of a level, kept from patient to patient."""
    return anatomy.place(height_of(level))


@lru_cache(maxsize=64)
def _spread(anatomy: Anatomy, span_cm: tuple[float, float]) -> Floats:
    return anatomy.cord_weights(span_cm)
