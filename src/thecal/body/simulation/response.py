"""What a simulation reports: labelled arrays, the typical patient's line and the band of the drawn ones.

Everything here is a model estimate with assumed parameters (``LABEL``), and is to be shown as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import unknown
from thecal.body.effects.readouts import REFLEXES_ARMS, REFLEXES_LEGS, SPASMS_LEGS
from thecal.body.scales.scale import ASHWORTH_1_5, PENN, REFLEX, Scale, Score, ScoreBand
from thecal.body.simulation.curves import TONE_ARMS, TONE_LEGS, meaning_of, unit_of
from thecal.body.tables import Column, as_table, patient_column, write_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import BinaryIO

    import pyarrow as pa

    from thecal.body.bounds import Floats

LABEL = "model estimate, assumed parameters"
LOW_PERCENT, MIDDLE_PERCENT, HIGH_PERCENT = 5.0, 50.0, 95.0

SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        TONE_LEGS: ASHWORTH_1_5,
        TONE_ARMS: ASHWORTH_1_5,
        SPASMS_LEGS: PENN,
        REFLEXES_LEGS: REFLEX,
        REFLEXES_ARMS: REFLEX,
    }
)


@dataclass(frozen=True, eq=False)
class Band:
    """5th, 50th and 95th percentile of the drawn patients at each sample time; shape ``(T,)`` each."""

    low: Floats
    median: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Response:
    """Curves of every patient: P rows, of which row 0 is the typical patient, by T sample times.

    >>> from thecal.body import Bolus, Ensemble, load_parameters, simulate
    >>> patients = Ensemble.drawn(load_parameters(), 8, seed=1)
    >>> trial = simulate(patients, sample_times_h=[0, 4], boluses=[Bolus(at_h=0, mass_ug=50)])
    >>> trial["tone_legs"].shape, trial.units["tone_legs"]
    ((9, 2), 'Ashworth 1-5')

    Args:
        sample_times_h: hours since the start; shape ``(T,)``.
        curves: for each quantity, whose unit ends its name, shape ``(P, T)``; row 0 is the typical patient.
    """

    sample_times_h: Floats
    curves: Mapping[str, Floats]
    label: str = LABEL

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what was reported."""
        return tuple(self.curves)

    @property
    def units(self) -> dict[str, str]:
        """Unit, or scale, of what was reported."""
        return {name: unit_of(name) for name in self.curves}

    def __getitem__(self, quantity: str) -> Floats:
        """Return everybody's curves of a quantity; shape ``(P, T)``.

        Raises:
            ValueError: it was not reported.
        """
        return self._curves(quantity)

    def to_arrow(self) -> pa.Table:
        """Return a tidy Arrow table: ``patient`` (0 is the typical one), ``time_h``, and a column a curve.

        P x T rows, so that dplyr, pandas, polars or DuckDB group and join it at once.
        Every field carries ``unit`` and ``meaning`` in its metadata.

        Raises:
            ModuleNotFoundError: pyarrow is not installed; the message says how to.
        """
        patients, times = len(next(iter(self.curves.values()))), len(self.sample_times_h)
        time_h = np.tile(self.sample_times_h, patients)
        return as_table(
            [
                patient_column(patients, rows_each=times),
                Column("time_h", "h", "time since the start", time_h),
                *(
                    Column(name, unit_of(name), meaning_of(name), np.ravel(curve))
                    for name, curve in self.curves.items()
                ),
            ],
            {"label": self.label},
        )

    def write_parquet(self, where: str | PathLike[str] | BinaryIO) -> None:
        """Write the table of ``to_arrow`` as Parquet, to a file's name or an open file.

        Raises:
            ModuleNotFoundError: pyarrow is not installed; the message says how to.
        """
        write_table(self.to_arrow(), where)

    def patients(self, quantity: str) -> Floats:
        """Return the drawn patients' curves; shape ``(P - 1, T)``."""
        return self._curves(quantity)[1:]

    def typical(self, quantity: str) -> Floats:
        """Return the typical patient's curve; shape ``(T,)``."""
        curve: Floats = self._curves(quantity)[0]
        return curve

    def band(self, quantity: str) -> Band:
        """Return the 5, 50 and 95 % of the drawn patients.

        Raises:
            ValueError: an unknown quantity, or no drawn patients to take a band from.
        """
        drawn = self.patients(quantity)
        if not len(drawn):
            raise ValueError("a band needs drawn patients, and there are 0; allowed: 1 or more")
        low, median, high = np.percentile(drawn, [LOW_PERCENT, MIDDLE_PERCENT, HIGH_PERCENT], axis=0)
        return Band(low=low, median=median, high=high)

    def score(self, quantity: str, at: int) -> ScoreBand:
        """Return a tone, spasms or reflexes at one sample as a score with its band.

        Args:
            quantity: ``tone_legs``, ``tone_arms``, or a readout that is graded.
            at: index of the sample.

        Raises:
            ValueError: the quantity is not a score, or there is no such sample.
        """
        if quantity not in SCALES:
            raise ValueError(f"{quantity!r} is not a score; allowed: {', '.join(SCALES)}")
        scale, band, times = SCALES[quantity], self.band(quantity), len(self.sample_times_h)
        if not -times <= at < times:
            raise ValueError(f"at is sample {at}; allowed: {-times} to {times - 1}")
        return ScoreBand(
            low=Score(scale, float(band.low[at])),
            middle=Score(scale, float(band.median[at])),
            high=Score(scale, float(band.high[at])),
        )

    def _curves(self, quantity: str) -> Floats:
        try:
            return self.curves[quantity]
        except KeyError:
            raise unknown("curve", quantity, self.curves, why="was not reported") from None
