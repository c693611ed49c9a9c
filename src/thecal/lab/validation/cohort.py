"""Whom the experiments ask: drawn patients with the tone that a study's patients had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from thecal.body import Ensemble, Law, Parameters, load_parameters

INFUSION_CELLS_PER_CM, BOLUS_CELLS_PER_CM = 1, 2
"""Grids on which infusions, and boluses, change by less than 1 % when made finer (docs/science/body.md)."""
PRIME_UG_ML = 500.0
_KEPT = 8


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Drawn patients, the same for every row.

    Args:
        patients: how many.
        seed: of the draw.
        tip: vertebral level of the catheter's tip.
    """

    patients: int
    seed: int
    tip: str

    def __post_init__(self) -> None:
        """Refuse a cohort that has no middle."""
        if self.patients < 1:
            raise ValueError(f"patients is {self.patients}; allowed: 1 or more")

    def ensemble(
        self, cells_per_cm: int, *, limb: str = "legs", before: float = 4.0, before_sd: float = 0.5
    ) -> Ensemble:
        """Return the patients, with this mean and SD of tone before in one limb (Ashworth 1-5)."""
        return _drawn(self, cells_per_cm, f"tone_{limb}_before", before, before_sd)


@lru_cache(maxsize=_KEPT)
def _drawn(cohort: Cohort, cells_per_cm: int, name: str, mean: float, sd: float) -> Ensemble:
    shipped = load_parameters()
    group = replace(shipped[name], value=mean, law=Law.NORMAL, sd=sd)
    parameters = Parameters(version=shipped.version, table=MappingProxyType({**shipped.table, name: group}))
    return Ensemble.drawn(parameters, cohort.patients, cohort.seed, cells_per_cm=cells_per_cm)
