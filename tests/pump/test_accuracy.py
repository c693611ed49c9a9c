from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump import pump_model
from thecal.pump.accuracy import (
    MINUTE_WINDOWS,
    QUANTUM_WINDOWS,
    errors,
    quantum_bound,
    ripple_bound,
    rippled_samples,
    trumpet,
)
from thecal.quantities import FlowRate

ROTOR, VALVE = pump_model("SynchroMed II 20 mL"), pump_model("Prometra II 20 mL")
SLOW = FlowRate(mL_per_day=Decimal("0.1"))


@pytest.mark.parametrize(
    ("period", "expected"),
    [(12, (9.549, 7.379, 0.899, 1.942, 1.190)), (7, (8.492, 3.397, 1.925, 0.894, 0.683))],
)
def test_a_ripple_sampled_every_half_minute_gives_the_analytic_trumpet(
    period: float, expected: tuple[float, ...]
) -> None:
    samples = rippled_samples(0.1, period, 0.5, 2 * 60 * 4)

    found = [errors(samples, 0.5, int(2 * window))[0] for window in MINUTE_WINDOWS]

    assert found == pytest.approx(expected, abs=0.0006)
    for window, error in zip(MINUTE_WINDOWS, found, strict=True):
        assert error <= ripple_bound(0.1, window, period) + 1e-9


def test_the_bounds_of_a_period_of_seven_minutes_are_those_of_the_formula() -> None:
    bounds = [ripple_bound(0.1, window, 7) for window in MINUTE_WINDOWS]

    assert bounds == pytest.approx((8.710, 3.484, 1.975, 0.917, 0.701), abs=0.0006)


@pytest.mark.parametrize("model", [ROTOR, VALVE])
@pytest.mark.parametrize("windows", [None, MINUTE_WINDOWS])
def test_no_drive_errs_beyond_its_oracle(model: object, windows: tuple[float, ...] | None) -> None:
    curve = trumpet(model, SLOW, windows)  # type: ignore[arg-type]

    lengths = [window.length for window in curve.windows]
    assert lengths == pytest.approx(list(windows or QUANTUM_WINDOWS))
    assert curve.unit == ("min" if windows else "quanta")
    for window in curve.windows:
        slack = 1e-6 * (1 + abs(window.bound_high))
        assert window.bound_low - slack <= window.lowest <= window.highest <= window.bound_high + slack


def test_half_a_minute_of_an_intrathecal_flow_says_nothing_about_a_valve() -> None:
    shortest = trumpet(VALVE, SLOW, MINUTE_WINDOWS).windows[0]

    assert shortest.lowest == -100
    assert shortest.highest > 1000


def test_a_valve_is_even_over_whole_quanta_and_a_rotor_over_whole_turns() -> None:
    assert all(abs(window.highest) < 1e-6 for window in trumpet(VALVE, SLOW).windows)
    turn = float(ROTOR.number("ripple_quanta"))
    samples = rippled_samples(0.1, turn, 0.25, 1000)
    assert errors(samples, 0.25, int(4 * turn)) == pytest.approx((0, 0), abs=1e-9)


@given(quanta=st.floats(0.1, 500))
def test_more_quanta_in_a_window_leave_less_room_for_error(quanta: float) -> None:
    high, low = quantum_bound(quanta)

    assert low <= 1e-9
    assert high >= -1e-9
    assert high - low <= 100 / quanta + 1e-6


def test_windows_that_do_not_fit_and_drives_at_rest_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        errors([1.0], 1.0, 2)
    with pytest.raises(ValueError, match="at rest"):
        trumpet(ROTOR, FlowRate(mL_per_day=Decimal(0)))
