"""What is looked at in a body: the places whose levels are needed, and the curves made of these levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import list_of, unknown
from thecal.body.cohort.places import effect_sites, fluid_at, plasma
from thecal.body.effects.readouts import READOUTS
from thecal.body.effects.tolerance import ToleranceModel
from thecal.body.effects.tone import tone
from thecal.body.simulation.curves import PLASMA, PUMP_RATE, TIP_RATE, TONE_ARMS, TONE_LEGS, csf_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.body.bounds import Floats
    from thecal.body.catheter.faults import CatheterOutput
    from thecal.body.catheter.inflow import Inflow
    from thecal.body.cohort.ensemble import Ensemble
    from thecal.body.cohort.places import Place
    from thecal.body.effects.readouts import Readout


class View:
    """A look at some sites, plasma, tone, and whatever else is asked for.

    Args:
        ensemble: the patients.
        sites: sites or vertebral levels at which spinal fluid is reported.
        also: further readouts, by the names of ``READOUTS``.
        alike: the same patients at other times; tolerance that grows at one time is followed at all.

    Raises:
        ValueError: an unknown site or readout.
    """

    def __init__(
        self, ensemble: Ensemble, *, sites: Sequence[str], also: Sequence[str], alike: Sequence[Ensemble] = ()
    ) -> None:
        for name, names in (("sites", sites), ("also", also)):
            if isinstance(names, str):
                raise ValueError(f"{name} is {names!r}; allowed: a list, [{names!r}]")  # noqa: TRY004 - one kind
            list_of(name, names, str, allowed="names")
        self._patients = ensemble.patients
        self._sites = sites
        self._readouts = [(name, _readout(name)) for name in also]
        self._tolerance_model = ToleranceModel(ensemble, alike=alike)
        groups = [
            [*(fluid_at(ensemble, site) for site in sites), plasma(ensemble), *effect_sites(ensemble)],
            self._tolerance_model.places,
            *(readout.places(ensemble) for _, readout in self._readouts),
        ]
        self._cuts = np.cumsum([len(group) for group in groups])[:-1]
        self.places: list[Place] = [place for group in groups for place in group]
        """Where levels are needed, K of them."""
        self.plasma = len(sites)
        """Which of the places is plasma."""

    def curves(self, levels: Floats, *, tolerance: float) -> dict[str, Floats]:
        """Return the curves made of the levels at the places, shape ``(K, P, T)``; each ``(P, T)``."""
        # Far from a source, early on, nothing is left but rounding: a trace below the tolerance is none.
        levels = np.where(levels < tolerance * levels.max(axis=2, initial=0, keepdims=True), 0.0, levels)
        plain, changing, *own = np.split(levels, self._cuts)
        potency = self._patients["potency"][:, np.newaxis]
        effective, patients = (
            self._tolerance_model.effective_levels(plain[-2:] * potency, changing),
            self._patients,
        )
        curves = {csf_at(site): curve for site, curve in zip(self._sites, plain, strict=False)}
        curves[PLASMA] = plain[self.plasma]
        for name, before, level in zip(
            (TONE_LEGS, TONE_ARMS), ("tone_legs_before", "tone_arms_before"), effective, strict=True
        ):
            curves[name] = tone(
                level,
                before=patients[before],
                ec50_ng_mL=patients["ec50_ng_mL"],
                steepness=patients["effect_steepness"],
            )
        curves[TONE_LEGS] = self._tolerance_model.rebound(curves[TONE_LEGS], changing)
        for (name, readout), its_own in zip(self._readouts, own, strict=True):
            curves[name] = readout.read(patients, its_own, effective)
        return curves


def delivery_curves(
    inflows: Sequence[Inflow], outputs: Sequence[CatheterOutput], times: Floats, *, patients: int
) -> dict[str, Floats]:
    """Return the rates at which drug leaves pump and tip, one for all or each patient's; shape ``(P, T)``."""
    everyone = (patients, len(times))
    pump = [_rate_at(inflow.edges_h, inflow.rate_ug_h, times) for inflow in inflows]
    tip = [
        sum((_rate_at(one.edges_h, one.rate_ug_h, times) for _, one in output.outlets), 0 * times)
        for output in outputs
    ]
    return {PUMP_RATE: np.broadcast_to(pump, everyone), TIP_RATE: np.broadcast_to(tip, everyone)}


def _readout(name: str) -> Readout:
    try:
        return READOUTS[name]
    except KeyError:
        raise unknown("readout", name, READOUTS) from None


def _rate_at(edges_h: Floats, rate_ug_h: Floats, times_h: Floats) -> Floats:
    """Return a piecewise-constant rate at each time; an edge belongs to what it begins, outside it is 0."""
    padded = np.concatenate(([0.0], rate_ug_h, [0.0]))
    return padded[np.searchsorted(edges_h, times_h, side="right")]
