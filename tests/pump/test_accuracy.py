from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump import PumpModel, RefusedError, pump_model
from thecal.pump.accuracy import (
    MINUTE_WINDOWS,
    QUANTUM_WINDOWS,
    as_table,
    errors,
    quantum_bound,
    ripple_bound,
    samples_of,
    trumpet,
)
from thecal.quantities import FlowRate

ROTOR, VALVE = pump_model("SynchroMed II 20 mL"), pump_model("Prometra II 20 mL")
SLOW = FlowRate(mL_per_day=Decimal("0.1"))
FLOWS = [FlowRate(mL_per_day=Decimal(flow)) for flow in ("0.1", "0.4", "1")]


def rippled_samples(amplitude: float, period: float, step: float, number: int) -> list[float]:
    """Return the volumes of samples of a flow of 1 with a sinusoidal ripple, integrated exactly."""
    turn = 2 * math.pi / period

    def passed(moment: float) -> float:
        return moment + amplitude * (1 - math.cos(turn * moment)) / turn

    return [passed((at + 1) * step) - passed(at * step) for at in range(number)]


@pytest.mark.parametrize(
    ("period", "expected"),
    [(12, (9.549, 7.379, 0.899, 1.942, 1.190)), (7, (8.492, 3.397, 1.925, 0.894, 0.683))],
)
def test_a_ripple_sampled_every_half_minute_gives_the_published_figures(
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


@pytest.mark.parametrize("flow", FLOWS, ids=str)
@pytest.mark.parametrize("model", [ROTOR, VALVE], ids=["rotor", "valve"])
@pytest.mark.parametrize("windows", [None, MINUTE_WINDOWS], ids=["quanta", "minutes"])
def test_no_drive_of_the_twin_errs_beyond_its_oracle_nor_far_within_it(
    model: PumpModel, windows: tuple[float, ...] | None, flow: FlowRate
) -> None:
    curve = trumpet(model, flow, windows)

    lengths = [window.length for window in curve.windows]
    assert lengths == pytest.approx(list(windows or QUANTUM_WINDOWS))
    assert (curve.model, curve.flow, curve.unit) == (model.name, flow, "min" if windows else "quanta")
    for window in curve.windows:
        slack = 1e-4 * (1 + abs(window.bound_high))
        assert window.bound_low - slack <= window.lowest <= window.highest <= window.bound_high + slack
        if windows is None:
            assert window.highest == pytest.approx(window.bound_high, rel=0.015, abs=0.005)
            assert window.lowest == pytest.approx(window.bound_low, rel=0.015, abs=0.005)
    if windows is None:
        assert curve.mean_error == pytest.approx(0, abs=1e-6)


def test_what_the_twin_moves_has_the_ripple_that_its_model_says() -> None:
    wavier = ROTOR.with_figure("ripple", Decimal("0.3"), source="this test")

    def crest(model: PumpModel) -> float:
        return max(window.highest for window in trumpet(model, SLOW).windows)

    assert crest(wavier) == pytest.approx(3 * crest(ROTOR), rel=0.001)
    assert crest(ROTOR.with_figure("ripple", Decimal(0), source="this test")) == pytest.approx(0, abs=1e-6)


def test_half_a_minute_of_an_intrathecal_flow_says_nothing_about_a_valve() -> None:
    shortest = trumpet(VALVE, SLOW, MINUTE_WINDOWS).windows[0]

    assert shortest.lowest == -100
    assert shortest.highest == pytest.approx(1700)


def test_a_valve_is_even_over_whole_quanta_and_a_rotor_over_whole_turns() -> None:
    whole = [window for window in trumpet(VALVE, SLOW).windows if window.length % 1 == 0]
    assert all(abs(window.highest) < 1e-6 for window in whole)
    turn = int(ROTOR.number("ripple_quanta"))
    samples = samples_of(ROTOR, SLOW, 0.25, 16 * turn)
    assert errors(samples, 0.25, 4 * turn) == pytest.approx((0, 0), abs=1e-6)


def test_the_table_has_a_line_for_each_window_with_what_was_found_and_what_may_be() -> None:
    heading, *lines = as_table([trumpet(VALVE, SLOW)]).splitlines()

    assert len(lines) == len(QUANTUM_WINDOWS)
    assert heading.split() == ["pump", "mL/day", "window", "lasts", "found", "bound", "mean"]
    assert lines[0].split()[4:] == [
        *("0.1", "2.5", "quanta", "1.5", "h"),
        *("-20.00", "to", "+20.00", "-20.00", "to", "+20.00", "0.00"),
    ]


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
    with pytest.raises(RefusedError, match="5 mcg/day is outside what is allowed"):
        trumpet(ROTOR, FlowRate(mL_per_day=Decimal("0.01")))
