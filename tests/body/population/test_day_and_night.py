from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.bodies import PRIMED, continuous
from thecal.body import (
    Ensemble,
    Law,
    at_hour,
    csf_at,
    load_parameters,
    phases_by_clock,
    production_at,
    simulate,
    simulate_phases,
)

SHIPPED = load_parameters()


def test_the_two_hours_are_as_published_with_their_spread() -> None:
    for hour, measured in ((18, (12.0, 7.0)), (2, (42.0, 2.0))):
        found = at_hour(SHIPPED, hour)["csf_turnover_mL_h"]

        assert production_at(hour) == measured
        assert (found.value, found.sd, found.law, found.sureness) == (*measured, Law.NORMAL, "V")


@given(hour=st.floats(0, 24))
def test_every_hour_lies_between_the_two_and_midnight_is_one_moment(hour: float) -> None:
    value, sd = production_at(hour)

    assert 12 <= value <= 42
    assert 2 <= sd <= 7
    assert production_at(0) == production_at(24)


def test_the_day_s_sum_is_what_the_same_study_gives() -> None:
    """650 mL/day (Nilsson 1992); nothing was set by it."""
    hours = np.arange(0, 24, 0.01)

    assert np.mean([production_at(float(hour))[0] for hour in hours]) * 24 == pytest.approx(650, rel=0.01)


def test_it_rises_in_the_evening_and_falls_through_the_day() -> None:
    evening = [production_at(hour)[0] for hour in (18, 20, 22, 24)]
    day = [production_at(hour)[0] for hour in (2, 6, 10, 14, 18)]

    assert evening == sorted(evening)
    assert day == sorted(day, reverse=True)


def test_phases_follow_the_clock_from_the_hour_the_run_starts() -> None:
    phases = phases_by_clock(SHIPPED, 3, 5, starts_at=17, lasts_h=48, every_h=2, cells_per_cm=1)

    assert [phase.from_h for phase in phases] == list(range(0, 48, 2))
    production = [float(phase.ensemble.patients["csf_turnover_mL_h"][0]) for phase in phases]
    assert production[0] == 12  # 17:00 to 19:00, read at 18:00
    assert production[:12] == production[12:]
    assert max(production) == production[4] == 42  # 01:00 to 03:00
    assert phases[0].ensemble is phases[12].ensemble


def test_who_makes_more_than_most_does_so_all_day() -> None:
    phases = phases_by_clock(SHIPPED, 40, 5, starts_at=6, lasts_h=24, every_h=6, cells_per_cm=1)

    ranks = [np.argsort(phase.ensemble.patients["csf_turnover_mL_h"][1:]).tolist() for phase in phases]

    assert all(rank == ranks[0] for rank in ranks)


def test_the_head_follows_the_clock_and_stays_between_its_two_ends() -> None:
    clock = phases_by_clock(SHIPPED, 0, 0, starts_at=8, lasts_h=144, every_h=4, cells_per_cm=1)
    times = np.arange(120, 144.0, 2)
    run = {"inflow": continuous(100, 150), "implant": PRIMED, "sites": ["cisternal"]}

    day = simulate_phases(clock, sample_times_h=times, **run).typical(csf_at("cisternal"))  # type: ignore[arg-type]

    low, high = (
        simulate(
            Ensemble.drawn(at_hour(SHIPPED, hour), 0, 0, cells_per_cm=1),
            sample_times_h=[140],
            **run,  # type: ignore[arg-type]
        ).typical(csf_at("cisternal"))[0]
        for hour in (2, 18)
    )
    assert low < day.min() < day.max() < high
    assert day.max() > 1.1 * day.min()


@pytest.mark.parametrize("hour", [-1, 24.1, float("nan")])
def test_no_hour_of_a_day_is_refused(hour: float) -> None:
    with pytest.raises(ValueError, match=r"hour is .* h; allowed: 0 to 24 h"):
        production_at(hour)
