"""How predictions change with a patient's parameters: a whole Jacobian from one batch of patients.

Central differences. The engine is smooth in the parameters to about 1e-13, so that differences over a
hundred-thousandth are good to about 1e-8; and a batch of 2 p + 1 patients costs only a few times one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from thecal.body.bounds import unknown
from thecal.body.population.patients import Patients

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thecal.body.bounds import Floats

_STEP = 1e-5
"""Relative to the parameter, or as it stands where that is 0."""


def differentiate(
    patient: Patients, names: Sequence[str], predict: Callable[[Patients], Floats]
) -> tuple[Floats, Floats]:
    """Return a prediction and its derivative by each parameter.

    Args:
        patient: one row.
        names: the p parameters to differentiate by.
        predict: from patients to predictions, patients first: shape ``(P, ...)``.

    Returns:
        Shapes ``(...)`` and ``(p, ...)``, the latter per unit of each parameter.

    Raises:
        ValueError: more or fewer rows than one, or an unknown parameter.
    """
    if len(patient) != 1:
        raise ValueError(f"a gradient is of 1 patient, got {len(patient)}")
    for name in names:
        if name not in patient.values:
            raise unknown("parameter", name, patient.values)
    count = 1 + 2 * len(names)
    values = {name: np.repeat(patient[name], count) for name in patient.values}
    steps = np.empty(len(names))
    for row, name in enumerate(names):
        centre = float(patient[name][0])
        up, down = centre + _STEP * (abs(centre) or 1.0), centre - _STEP * abs(centre)
        values[name][1 + 2 * row], values[name][2 + 2 * row] = up, down
        steps[row] = up - down
    found = predict(Patients(values=MappingProxyType(values)))
    above, below = found[1::2], found[2::2]
    return found[0], (above - below) / steps.reshape(-1, *[1] * (found.ndim - 1))
