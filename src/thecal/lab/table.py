"""A run's curves as a table: one row a sample, columns that carry their unit in their name."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.body import LABEL, PUMP_RATE, TIP_RATE, meaning_of, unit_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from thecal.lab.run import Outcome

    Floats = npt.NDArray[np.float64]

_SAME_FOR_ALL = frozenset({PUMP_RATE, TIP_RATE})
_WRITTEN = "%.6g"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: with the unit, and what of the cohort it is: ``p5``, ``p50``, ``p95`` or ``typical``.
        unit: as UCUM or the scale's name.
        meaning: in words.
        values: one for each sample.
    """

    name: str
    unit: str
    meaning: str
    values: Floats


def columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the table of everything that was computed."""
    response = outcome.response
    table = [Column(name="time_h", unit="h", meaning="time since the start", values=response.sample_times_h)]
    for quantity in response.quantities:
        unit, what = unit_of(quantity), meaning_of(quantity)
        typical = response.typical(quantity)
        if quantity in _SAME_FOR_ALL:
            table.append(
                Column(
                    name=quantity, unit=unit, meaning=f"{what}; the same for every patient", values=typical
                )
            )
            continue
        band = response.band(quantity)
        for ending, meaning, values in (
            ("p5", "5 % of the drawn patients lie below", band.low),
            ("p50", "half of the drawn patients lie below", band.median),
            ("p95", "95 % of the drawn patients lie below", band.high),
            ("typical", "the patient with every parameter at its central value", typical),
        ):
            table.append(
                Column(name=f"{quantity}_{ending}", unit=unit, meaning=f"{what}; {meaning}", values=values)
            )
    return tuple(table)


def as_csv(table: tuple[Column, ...]) -> bytes:
    """Return the table as CSV, six significant digits."""
    lines = [",".join(column.name for column in table)]
    lines += [
        ",".join(_WRITTEN % value for value in row)
        for row in zip(*(column.values for column in table), strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def as_parquet(table: tuple[Column, ...], outcome: Outcome) -> bytes:
    """Return the table as Parquet, every column with its unit and meaning (needs pyarrow)."""
    import pyarrow as pa  # noqa: PLC0415 - the models run without it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema(
        [
            pa.field(column.name, pa.float64(), metadata={"unit": column.unit, "meaning": column.meaning})
            for column in table
        ],
        metadata={
            "label": LABEL,
            "scenario": outcome.scenario.name,
            "scenario_sha256": outcome.scenario.digest,
            "patients": str(outcome.scenario.patients),
            "seed": str(outcome.scenario.seed),
        },
    )
    written = io.BytesIO()
    pq.write_table(pa.table([column.values for column in table], schema=schema), written)
    return written.getvalue()
