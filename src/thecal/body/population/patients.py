"""Virtual patients: drawn from the parameters, and refused where they cannot be.

A patient's draw depends on the seed, the patient's own number and the parameter's name, and on nothing
else: each parameter has its own random stream, and patient n takes its n-th number.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import explains_arguments, one_of, unknown, whole
from thecal.body.population.parameters import PATIENT_PARAMETERS, Parameters, load_parameters
from thecal.body.tables import Column, as_table, patient_column

if TYPE_CHECKING:
    import pyarrow as pa

    from thecal.body.bounds import Floats
    from thecal.body.population.parameters import Parameter

MOST_PATIENTS = 1_000_000
"""Most that are drawn at once."""
_BEYOND = 1e-3
"""How far beyond the ends of a range a difference quotient may step, relative to them (``gradient``)."""
MOST_CORD = 4.0
"""Cord over the fluid around it, at most. Assumed: it is 0.2 in the one subject measured (Sass 2017)."""


@explains_arguments
@dataclass(frozen=True, eq=False)
class Patients:
    """The typical patient and, after it, drawn ones.

    Args:
        values: for each parameter, one value per row; row 0 holds the central values.
    """

    values: Mapping[str, Floats]

    def __post_init__(self) -> None:
        """Refuse what holds no values by name."""
        one_of("values", self.values, Mapping, allowed="an array of values for each parameter, by its name")

    def __getitem__(self, name: str) -> Floats:
        try:
            return self.values[name]
        except KeyError:
            raise unknown("parameter", name, self.values) from None

    def __len__(self) -> int:
        return len(next(iter(self.values.values()), ()))

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
        ValueError: a count or seed below 0 or not whole, or a count beyond a million.
    """
    one_of("parameters", parameters, Parameters, allowed="Parameters, as load_parameters returns them")
    count = whole("count", count, "patients", low=0, high=MOST_PATIENTS)
    seed = whole("seed", seed, "1", low=0, high=2**63)
    values = {}
    for name, parameter in parameters.table.items():
        stream = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(name.encode())]))
        drawn = parameter.at(stream.standard_normal(count))
        values[name] = np.concatenate(([parameter.value], drawn))
    return Patients(values=MappingProxyType(values))


def check_patients(patients: Patients) -> None:
    """Refuse patients who cannot be, however they were made.

    Raises:
        ValueError: a parameter is missing or unknown, has more values than another, is no number or out of
            its range; or a cord fills more than its canal.
    """
    one_of("patients", patients, Patients, allowed="Patients")
    if patients.values.keys() != PATIENT_PARAMETERS:
        if missing := sorted(PATIENT_PARAMETERS - set(patients.values)):
            raise ValueError(
                f"parameter {missing[0]} is missing in the patients; allowed: all {len(PATIENT_PARAMETERS)}"
            )
        raise unknown(
            "parameter", min(set(patients.values) - PATIENT_PARAMETERS, key=str), sorted(PATIENT_PARAMETERS)
        )
    for name, values in patients.values.items():
        one_of(name, values, np.ndarray, allowed="an array, one value a patient")
        if values.dtype.kind not in "iuf":
            raise ValueError(f"{name} holds {values.dtype}; allowed: numbers, one a patient")
    one_each = (len(patients),)
    for name, values in patients.values.items():
        if values.shape != one_each:
            raise ValueError(f"{name} has shape {values.shape}; allowed: {one_each}, one value a patient")
    known, lowest, highest = _ends()
    rows = np.concatenate([patients.values[one.name] for one in known]).reshape(len(known), -1)
    sound = (rows >= lowest) & (rows <= highest)
    if not sound.all():
        row, patient = np.argwhere(~sound)[0]
        one = known[row]
        raise ValueError(
            f"{one.name} of patient {patient} is {rows[row, patient]:g} {one.unit}; "
            f"allowed: {one.low:g} to {one.high:g} {one.unit} ({one.source})"
        )
    cord, fluid = patients["cord_volume_mL"], patients["spinal_csf_mL"]
    if len(tight := np.flatnonzero(cord > MOST_CORD * fluid)):
        patient = tight[0]
        raise ValueError(
            f"cord_volume_mL of patient {patient} is {cord[patient]:g} mL in {fluid[patient]:g} mL of spinal "
            f"fluid; allowed: up to {MOST_CORD:g} times the fluid (assumed)"
        )


@lru_cache(maxsize=1)
def _ends() -> tuple[tuple[Parameter, ...], Floats, Floats]:
    """Return the shipped parameters and the ends of each one's range, a little widened."""
    known = tuple(load_parameters().table.values())
    ends = np.array([(one.low, one.high) for one in known])
    wider = _BEYOND * np.abs(ends)
    return known, ends[:, :1] - wider[:, :1], ends[:, 1:] + wider[:, 1:]
