from __future__ import annotations

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, continuous
from thecal.body import Anatomy, Ensemble, Patients, draw_patients, load_parameters, simulate
from thecal.body.fitting.gradient import differentiate

NAMES = [
    "spinal_csf_mL",
    "dispersion_cm2_h",
    "bulk_flow_mL_h",
    "spinal_loss_per_h",
    "cord_exchange_per_h",
    "plasma_clearance_L_h",
    "effect_delay_per_h",
    "ec50_ng_mL",
]


def predict(patients: Patients) -> np.ndarray:
    """Return lumbar fluid, plasma and tone."""
    response = simulate(
        Ensemble(patients, Anatomy(1)),
        sample_times_h=[1.0, 4.0, 30.0],
        inflow=continuous(150, 40),
        implant=PRIMED,
        boluses=[SCREENING],
        tolerance=1e-13,
    )
    return np.stack(
        [response.curves[name] for name in ("csf_lumbar_ng_mL", "plasma_ng_mL", "tone_legs")], axis=1
    )


def test_a_batch_of_differences_is_what_a_fifth_order_difference_says() -> None:
    patient = draw_patients(load_parameters(), 0, 0)

    value, slopes = differentiate(patient, NAMES, predict)

    assert np.allclose(value, predict(patient)[0], rtol=1e-12)
    for row, name in enumerate(NAMES):
        step = 1e-3 * float(patient[name][0])
        shifted = [
            predict(draw_patients(load_parameters().knowing(**{name: patient[name][0] + n * step}), 0, 0))[0]
            for n in (-2, -1, 1, 2)
        ]
        slope = (shifted[0] - 8 * shifted[1] + 8 * shifted[2] - shifted[3]) / (12 * step)
        assert np.allclose(slopes[row], slope, rtol=1e-6, atol=1e-7 * np.max(np.abs(slope)))


def test_a_parameter_that_is_nothing_has_a_slope_too() -> None:
    patient = draw_patients(load_parameters().knowing(bulk_flow_mL_h=0.0), 0, 0)

    _, slopes = differentiate(patient, ["bulk_flow_mL_h"], predict)

    assert slopes[0, 0, 2] < 0  # flow towards the head takes drug from the lumbar canal


def test_a_gradient_of_nobody_or_of_nothing_known_is_refused() -> None:
    with pytest.raises(ValueError, match="a gradient is of 1 patient, got 3"):
        differentiate(draw_patients(load_parameters(), 2, 0), NAMES, predict)
    with pytest.raises(ValueError, match="parameter 'height' is unknown"):
        differentiate(draw_patients(load_parameters(), 0, 0), ["height"], predict)
