"""Patients whom the adviser's model does not know, to test how often its bands hold the truth.

A ``Stranger`` shares nothing with the body: no spinal fluid, no cord, no parameter. The dose, mcg/day,
reaches an effect through two delays of hours; tone falls with it by a sigmoid that may end above normal tone,
needs more drug with the weeks, and swings with the hours of the day. A ``TolerantBody`` is the body with the
parts that the adviser leaves off or assumes otherwise. All numbers are assumed, and wide on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from thecal.body import (
    TONE_LEGS,
    Ensemble,
    Implant,
    Inflow,
    Patients,
    draw_patients,
    load_parameters,
    simulate,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LOWEST, _HIGHEST = 1.0, 5.0
_DAY_H = 24.0
_UG_ML = 500.0


class Person(Protocol):
    """Anybody whose tone follows from doses."""

    @property
    def before(self) -> float:
        """Tone without drug, Ashworth 1-5."""

    def tone(self, doses_ug_day: Floats, *, from_hour: float) -> Floats:
        """Return tone at the end of each hour, Ashworth 1-5.

        Args:
            doses_ug_day: the rate of each hour since the first dose; shape ``(T,)``.
            from_hour: hour of the day at which the first one begins.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """One patient.

    Attributes:
        before: tone without drug, Ashworth 1-5.
        removable: share of the tone above normal that drug can take.
        half_ug_day: dose of half of that.
        steepness: of the sigmoid.
        delays_h: mean stay in each delay.
        tolerance: by how much the dose of half the effect grows in the end.
        tolerance_days: in which most of it does.
        swing: of the tone over a day, grades.
        swing_peak_h: hour of day at which it is highest.
    """

    before: float
    removable: float
    half_ug_day: float
    steepness: float
    delays_h: tuple[float, float]
    tolerance: float
    tolerance_days: float
    swing: float
    swing_peak_h: float

    @classmethod
    def drawn(cls, dice: np.random.Generator) -> Self:
        """Return one patient at random."""
        return cls(
            before=float(np.clip(dice.normal(3.8, 0.7), 2.0, _HIGHEST)),
            removable=float(dice.uniform(0.7, 1.0)),
            half_ug_day=150.0 * float(np.exp(dice.normal(0.0, 0.6))),
            steepness=1.6 * float(np.exp(dice.normal(0.0, 0.25))),
            delays_h=(
                6.0 * float(np.exp(dice.normal(0.0, 0.3))),
                12.0 * float(np.exp(dice.normal(0.0, 0.4))),
            ),
            tolerance=float(dice.uniform(0.0, 0.5)),
            tolerance_days=60.0 * float(np.exp(dice.normal(0.0, 0.3))),
            swing=float(dice.uniform(0.0, 0.3)),
            swing_peak_h=float(dice.uniform(0.0, _DAY_H)),
        )

    def tone(self, doses_ug_day: Floats, *, from_hour: float) -> Floats:
        """Return tone at the end of each hour, as ``Person``."""
        level = doses_ug_day
        for stay in self.delays_h:
            level = _followed(level, stay)
        hours = np.arange(1, len(doses_ug_day) + 1, dtype=np.float64)
        grown = 1.0 + self.tolerance * (1.0 - np.exp(-hours / (_DAY_H * self.tolerance_days)))
        power = (level / (self.half_ug_day * grown)) ** self.steepness
        fall = (self.before - _LOWEST) * self.removable * power / (1.0 + power)
        angle = 2 * np.pi * (from_hour + hours - self.swing_peak_h) / _DAY_H
        return np.clip(self.before - fall + self.swing * np.cos(angle), _LOWEST, _HIGHEST)


@dataclass(frozen=True, eq=False)
class TolerantBody:
    """One patient of the body, with tolerance, a slower and flatter effect, and a tip at another level."""

    patients: Patients
    tip_level: str

    @classmethod
    def drawn(cls, dice: np.random.Generator) -> Self:
        """Return one patient at random."""
        usual = draw_patients(load_parameters(), 1, int(dice.integers(2**31)))
        changed = {
            "tone_legs_before": float(np.clip(dice.normal(3.8, 0.7), 2.0, _HIGHEST)),
            "ec50_ng_mL": 200.0 * float(np.exp(dice.normal(0.0, 0.6))),
            "effect_steepness": 2.0 * float(np.exp(dice.normal(0.0, 0.2))),
            "effect_delay_per_h": 0.1 * float(np.exp(dice.normal(0.0, 0.3))),
            "tolerance_gain": float(dice.uniform(0.0, 1.5)),
        }
        values = {name: of[1:] for name, of in usual.values.items()}
        values |= {name: np.array([value]) for name, value in changed.items()}
        return cls(Patients(MappingProxyType(values)), str(dice.choice(["T8", "T10", "T12"])))

    @property
    def before(self) -> float:
        """Tone without drug, Ashworth 1-5."""
        return float(self.patients["tone_legs_before"][0])

    def tone(self, doses_ug_day: Floats, *, from_hour: float) -> Floats:  # noqa: ARG002 - as ``Person``
        """Return tone at the end of each hour, as ``Person``."""
        changes = np.flatnonzero(np.diff(doses_ug_day, prepend=-1.0))
        edges = np.append(changes, len(doses_ug_day)).astype(np.float64)
        inflow = Inflow(edges, doses_ug_day[changes] / _DAY_H / _UG_ML, np.full(len(changes), _UG_ML))
        response = simulate(
            Ensemble(self.patients),
            sample_times_h=np.arange(1.0, len(doses_ug_day) + 1),
            inflow=inflow,
            implant=Implant(primed_with_ug_mL=_UG_ML, tip_level=self.tip_level),
            sites=[],
            tolerance=1e-6,
        )
        return np.asarray(response.curves[TONE_LEGS][0])


def _followed(level: Floats, stay_h: float) -> Floats:
    """Return a first-order follower at the end of each hour."""
    keep = float(np.exp(-1.0 / stay_h))
    found, value = np.empty(len(level)), 0.0
    for hour, target in enumerate(level):
        value = target + (value - target) * keep
        found[hour] = value
    return found
