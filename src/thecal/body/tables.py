"""Results as Arrow tables and Parquet files, every column with its unit and meaning (needs pyarrow)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from typing import BinaryIO

    import numpy.typing as npt
    import pyarrow as pa


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """One column: its name, unit and meaning, and a value a row."""

    name: str
    unit: str
    meaning: str
    values: npt.NDArray[np.float64] | npt.NDArray[np.int32]


def patient_column(patients: int, *, rows_each: int = 1) -> Column:
    """Return the column that says whose a row is."""
    numbers = np.repeat(np.arange(patients, dtype=np.int32), rows_each)
    return Column("patient", "1", "number of the drawn patient; 0 is the typical one", numbers)


def as_table(columns: Iterable[Column], about: dict[str, str]) -> pa.Table:
    """Return columns as an Arrow table; each field's metadata holds ``unit`` and ``meaning``.

    Raises:
        ModuleNotFoundError: pyarrow is not installed; the message says how to.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - the models run without it
    except ModuleNotFoundError as error:
        raise _absent(error) from error
    arrays = {column: pa.array(np.ascontiguousarray(column.values)) for column in columns}
    fields = [
        pa.field(column.name, array.type, metadata={"unit": column.unit, "meaning": column.meaning})
        for column, array in arrays.items()
    ]
    return pa.table(list(arrays.values()), schema=pa.schema(fields, metadata=about))


def write_table(table: pa.Table, where: str | PathLike[str] | BinaryIO) -> None:
    """Write an Arrow table as Parquet, to a file's name or an open file.

    Raises:
        ModuleNotFoundError: pyarrow is not installed; the message says how to.
    """
    try:
        from pyarrow import parquet  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise _absent(error) from error
    parquet.write_table(table, where)


def _absent(error: ModuleNotFoundError) -> ModuleNotFoundError:
    return ModuleNotFoundError(
        "Arrow and Parquet need pyarrow, which is not installed; allowed: pip install 'thecal[lab]'",
        name=error.name,
    )
