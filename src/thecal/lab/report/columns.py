"""A run's curves as a table: one row a sample, columns that carry their unit in their name."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from thecal.body import (
    LABEL,
    PUMP_RATE,
    TIP_RATE,
    Column,
    as_table,
    draw_patients,
    meaning_of,
    unit_of,
    write_table,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from thecal.lab.run.outcome import Outcome

_SAME_FOR_ALL = frozenset({PUMP_RATE, TIP_RATE})
_WRITTEN = "%.6g"


def columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the table of everything that was computed.

    A column's name ends in what of the cohort it is: ``p5``, ``p50``, ``p95`` or ``typical``.
    """
    response = outcome.response
    table = [Column("time_h", "h", "time since the start", response.sample_times_h)]
    for quantity in response.quantities:
        unit, what = unit_of(quantity), meaning_of(quantity)
        typical = response.typical(quantity)
        if quantity in _SAME_FOR_ALL:
            table.append(Column(quantity, unit, f"{what}; the same for every patient", typical))
            continue
        band = response.band(quantity)
        for ending, meaning, values in (
            ("p5", "5 % of the drawn patients lie below", band.low),
            ("p50", "half of the drawn patients lie below", band.median),
            ("p95", "95 % of the drawn patients lie below", band.high),
            ("typical", "the patient with every parameter at its central value", typical),
        ):
            table.append(Column(f"{quantity}_{ending}", unit, f"{what}; {meaning}", values))
    return tuple(table)


def as_csv(table: tuple[Column, ...]) -> bytes:
    """Return the table as CSV, six significant digits."""
    lines = [",".join(column.name for column in table)]
    lines += [
        ",".join(_WRITTEN % value for value in row)
        for row in zip(*(column.values for column in table), strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def cohort_parquet(outcome: Outcome) -> bytes:
    """Return everybody's curves as Parquet: a row for each patient and time (needs pyarrow)."""
    return _written(outcome.response.to_arrow(), outcome)


def patients_parquet(outcome: Outcome) -> bytes:
    """Return everybody's parameters as at the start as Parquet: a row for each patient (needs pyarrow)."""
    scenario = outcome.scenario
    parameters = scenario.patient.parameters()
    drawn = draw_patients(parameters, scenario.patients, scenario.seed)
    return _written(drawn.to_arrow(parameters), outcome)


def as_parquet(table: tuple[Column, ...], outcome: Outcome) -> bytes:
    """Return the table as Parquet, every column with its unit and meaning (needs pyarrow)."""
    return _written(as_table(table, {"label": LABEL}), outcome)


def _written(table: pa.Table, outcome: Outcome) -> bytes:
    """Return a table as Parquet, with what it came of."""
    scenario = outcome.scenario
    about = {
        "scenario": scenario.name,
        "scenario_sha256": scenario.digest,
        "patients": str(scenario.patients),
        "seed": str(scenario.seed),
    }
    written = io.BytesIO()
    write_table(table.replace_schema_metadata({**table.schema.metadata, **about}), written)
    return written.getvalue()
