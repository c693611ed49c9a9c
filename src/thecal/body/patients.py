"""Virtual patients: drawn from the parameters, and refused where they cannot be.

A patient's draw depends on the seed, the patient's own number and the parameter's name, and on nothing
else: each parameter has its own random stream, and patient n takes its n-th number.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.arrow import Column, as_table, patient_column
from thecal.body.bounds import number
from thecal.body.parameters import NEEDED, load_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from thecal.body.bounds import Floats
    from thecal.body.parameters import Parameter, Parameters

_MOST_PATIENTS = 1_000_000
_BEYOND = 1.01
"""How far beyond a negative bound a difference quotient may step."""


@dataclass(frozen=True, eq=False)
class Patients:
    """The typical patient and, after it, drawn ones.

    Args:
        values: for each parameter, one value per row; row 0 holds the central values.
    """

    values: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def to_arrow(self, parameters: Parameters) -> pa.Table:
        """Return an Arrow table, one row a patient: ``patient`` and every parameter.

        Args:
            parameters: that the patients were drawn from; they say unit, source and sureness of a column.

        Raises:
            ModuleNotFoundError: pyarrow is not installed; the message says how to.
        """
        columns = [
            Column(name, one.unit, f"{one.source} [{one.sureness}]", values)
            for name, values in self.values.items()
            for one in [parameters[name]]
        ]
        return as_table([patient_column(len(self)), *columns], {"parameters": parameters.version})


def draw_patients(parameters: Parameters, count: int, seed: int) -> Patients:
    """Return the typical patient (row 0) and ``count`` drawn ones (rows 1 to ``count``).

    >>> len(draw_patients(load_parameters(), 20, seed=1))
    21

    Patient n is the same patient in every cohort with this seed.

    Raises:
        ValueError: a count or seed below 0, or a count beyond a million.
    """
    number("count", count, "patients", low=0, high=_MOST_PATIENTS)
    if count != int(count):
        raise ValueError(f"count is {count:g} patients; allowed: a whole number")
    number("seed", seed, "1", low=0, high=2**63)
    values = {}
    for name, parameter in parameters.table.items():
        stream = np.random.Generator(np.random.Philox(key=[int(seed), zlib.crc32(name.encode())]))
        drawn = parameter.at(stream.standard_normal(int(count)))
        values[name] = np.concatenate(([parameter.value], drawn))
    return Patients(values=MappingProxyType(values))


def check_patients(patients: Patients) -> None:
    """Refuse patients who cannot be, however they were made.

    Raises:
        ValueError: a parameter is missing or unknown, has more values than another, is no number, is negative
            or nothing where nature allows only more.
    """
    if patients.values.keys() != NEEDED:
        if missing := sorted(NEEDED - set(patients.values)):
            raise ValueError(f"parameter {missing[0]} is missing in the patients; allowed: all {len(NEEDED)}")
        unknown = min(set(patients.values) - NEEDED)
        raise ValueError(f"parameter {unknown!r} is unknown; allowed: {', '.join(sorted(NEEDED))}")
    one_each = (len(patients),)
    for name, values in patients.values.items():
        if values.shape != one_each:
            raise ValueError(f"{name} has shape {values.shape}; allowed: {one_each}, one value a patient")
    known, lowest = _lowest()
    rows = np.concatenate([patients.values[one.name] for one in known]).reshape(len(known), -1)
    sound = np.isfinite(rows) & (rows >= lowest)
    if not sound.all():
        row, patient = np.argwhere(~sound)[0]
        one = known[row]
        raise ValueError(
            f"{one.name} of patient {patient} is {rows[row, patient]:g} {one.unit}; "
            f"allowed: {one.low:g} to {one.high:g} {one.unit} ({one.source})"
        )


@lru_cache(maxsize=1)
def _lowest() -> tuple[tuple[Parameter, ...], Floats]:
    """Return the shipped parameters and the least that nature allows of each: 0, more, or below 0."""
    known = tuple(load_parameters().table.values())
    tiny = np.finfo(float).tiny
    return known, np.array([[tiny if one.low > 0 else _BEYOND * min(one.low, 0.0)] for one in known])
