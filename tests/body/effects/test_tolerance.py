from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from builders.bodies import PRIMED, SCREENING, continuous, typical
from thecal.body import (
    CORD_LEGS,
    HM_LEGS,
    READOUTS,
    REFLEXES_LEGS,
    SEDATION,
    SPASMS_LEGS,
    SUPRASPINAL,
    TONE_LEGS,
    WITHDRAWAL,
    Ensemble,
    Inflow,
    csf_at,
    dose_drift,
    load_parameters,
    simulate,
)
from thecal.body.cohort.places import Place, adapted_level, level_withdrawn_to, tolerated_levels
from thecal.body.effects.tolerance import ToleranceModel

TOLERANT = {"tolerance_gain": 2.0, "tolerance_per_day": 0.05}


def test_the_typical_patient_neither_tolerates_nor_rebounds() -> None:
    drug = {"inflow": continuous(200, 480).stopped(until_h=1000), "implant": PRIMED}
    times = np.arange(0.0, 900.0, 12.0)

    plain = simulate(typical(1), sample_times_h=times, **drug).typical(TONE_LEGS)
    spelt_out = simulate(typical(1, tolerance_gain=0, rebound_grades=0), sample_times_h=times, **drug)

    assert plain.tolist() == spelt_out.typical(TONE_LEGS).tolist()
    assert plain.max() <= 4


def test_the_dose_that_drifts_holds_the_tone_still() -> None:
    """Drift and simulation are two ways to the same tone."""
    body = typical(1, **TOLERANT)
    days = np.arange(0.0, 201.0)
    first_ug_day = 100.0
    rest = simulate(
        typical(1),
        sample_times_h=[960],
        inflow=continuous(first_ug_day, 1000),
        implant=PRIMED,
        also=[CORD_LEGS],
    ).typical(CORD_LEGS)[0]
    over = rest / float(body.patients["ec50_ng_mL"][0])
    factors = dose_drift(days, gain=2.0, per_day=0.05, level_over_ec50=over)
    rising = Inflow(24 * days, first_ug_day / 24 / 500 * factors[:-1], np.full(200, 500.0))

    tone = simulate(body, sample_times_h=24 * np.arange(5, 200, 5.0), inflow=rising, implant=PRIMED)
    steady = simulate(
        body, sample_times_h=24 * np.arange(5, 200, 5.0), inflow=continuous(100, 4800), implant=PRIMED
    )

    assert np.ptp(tone.typical(TONE_LEGS)) < 0.1
    assert np.ptp(steady.typical(TONE_LEGS)) > 0.5


def test_the_drift_ends_where_the_balance_says() -> None:
    """At rest f = 1 + g u f / (1 + u f), a quadratic in the factor f at a level u."""
    gain, level = 3.0, 1.4
    b = 1 - level - gain * level
    root = (-b + np.sqrt(b * b + 4 * level)) / (2 * level)

    factors = dose_drift([0, 30, 540, 5000], gain=gain, per_day=0.0055, level_over_ec50=level)

    assert factors[0] == 1
    assert factors[3] == pytest.approx(root, rel=1e-3)
    assert (np.diff(factors) > 0).all()
    assert dose_drift([0, 500], gain=0, per_day=0.0055, level_over_ec50=1).tolist() == [1, 1]


def test_the_drift_does_not_depend_on_how_often_one_looks() -> None:
    often = dose_drift(np.arange(0, 541.0), gain=2, per_day=0.0055, level_over_ec50=2)
    rarely = dose_drift([0, 540], gain=2, per_day=0.0055, level_over_ec50=2)

    assert often[-1] == pytest.approx(rarely[-1], rel=1e-6)


def test_withdrawal_peaks_days_after_the_drug_stops_and_ends_in_weeks() -> None:
    stop_h = 60 * 24.0
    times = np.arange(0, stop_h + 60 * 24, 6.0)

    signal = simulate(
        typical(1),
        sample_times_h=times,
        inflow=continuous(300, stop_h).stopped(until_h=3000),
        implant=PRIMED,
        also=[WITHDRAWAL],
    ).typical(WITHDRAWAL)

    highest_h = times[signal.argmax()] - stop_h
    assert signal[times < stop_h].max() < 0.01
    assert 24 < highest_h < 120
    assert signal.max() > 0.4
    assert signal[-1] < 0.2 * signal.max()


def test_a_low_dose_leaves_little_to_be_missed() -> None:
    def highest(dose: float) -> float:
        times = np.arange(1400, 1700, 6.0)
        found = simulate(
            typical(1),
            sample_times_h=times,
            inflow=continuous(dose, 1440).stopped(until_h=3000),
            implant=PRIMED,
            also=[WITHDRAWAL],
        )
        return float(found.typical(WITHDRAWAL).max())

    assert highest(10) < 0.2 < highest(100) < highest(600) < 1


def test_rebound_lifts_tone_above_what_it_was_and_never_off_the_scale() -> None:
    times = np.arange(0, 1000, 6.0)
    drug = {"inflow": continuous(300, 700).stopped(until_h=1000), "implant": PRIMED}

    tones = [
        simulate(typical(1, rebound_grades=grades), sample_times_h=times, **drug).typical(TONE_LEGS)
        for grades in (0, 1, 4)
    ]

    assert tones[0].max() <= 4 < tones[1].max() < tones[2].max() <= 5
    assert tones[1][times < 500] == pytest.approx(tones[0][times < 500], abs=0.02)


def test_a_bolus_at_the_lumbar_spine_reaches_the_brain_late_and_thin() -> None:
    times = np.arange(0, 24, 0.25)

    found = simulate(typical(), sample_times_h=times, boluses=[SCREENING], also=[SUPRASPINAL, CORD_LEGS])

    cord, brain = found.typical(CORD_LEGS), found.typical(SUPRASPINAL)
    assert times[brain.argmax()] > times[cord.argmax()] + 3
    assert brain.max() < 0.1 * cord.max()


def test_more_drug_at_the_brain_means_more_sedation() -> None:
    signals = []
    for dose in (100, 400, 2400):
        found = simulate(
            typical(1), sample_times_h=[200], inflow=continuous(dose, 201), implant=PRIMED, also=[SEDATION]
        )
        signals.append(found.typical(SEDATION)[0])

    assert signals == sorted(signals)
    assert signals[0] < 0.05
    assert signals[2] > 0.9


def test_other_signs_start_where_the_patient_was_and_fall() -> None:
    body = typical()
    found = simulate(
        body,
        sample_times_h=np.arange(0, 6.01, 0.1),
        boluses=[SCREENING],
        also=[SPASMS_LEGS, REFLEXES_LEGS, HM_LEGS],
    )

    for name, before in ((SPASMS_LEGS, 3.3), (REFLEXES_LEGS, 3.0), (HM_LEGS, 1.0)):
        curve = found.typical(name)
        assert curve[0] == before
        assert 0 <= curve.min() < before / 2
    falls = 1 - found.typical(HM_LEGS)
    assert falls[10] == pytest.approx(0.77, abs=0.02)  # Stokic 2012, a calibration row
    assert falls[10:].max() == pytest.approx(0.91, abs=0.02)


def test_spasms_and_reflexes_are_scores_of_their_own_scales() -> None:
    body = Ensemble.drawn(load_parameters(), 20, 1, cells_per_cm=1)

    found = simulate(body, sample_times_h=[3], boluses=[SCREENING], also=[SPASMS_LEGS, REFLEXES_LEGS])

    assert str(found.score(SPASMS_LEGS, at=0)).startswith("Penn spasm frequency: ")
    assert found.score(REFLEXES_LEGS, at=0).middle.scale_id == "reflex-0-5"


def test_spasms_after_three_days_are_penns() -> None:
    found = simulate(
        typical(), sample_times_h=[72], inflow=continuous(200, 73), implant=PRIMED, also=[SPASMS_LEGS]
    )

    assert found.typical(SPASMS_LEGS)[0] == pytest.approx(0.4, abs=0.05)


def test_every_readout_can_be_asked_for_at_once() -> None:
    found = simulate(typical(1), sample_times_h=[0, 5], boluses=[SCREENING], also=list(READOUTS), sites=[])

    for name, readout in READOUTS.items():
        assert found.curves[name].shape == (1, 2)
        assert readout.unit
        assert readout.meaning
    assert csf_at("lumbar") not in found.quantities


def one_step(gain: float, level: float, per_day: float, days: float, slow: float) -> float:
    """Return where the follower is a step later, written out: a guess at the middle, then the whole step."""
    here = level * (1 + gain * slow / (1 + slow))
    halfway = here + (slow - here) * np.exp(-per_day * days / 2)
    there = level * (1 + gain * halfway / (1 + halfway))
    return float(there + (slow - there) * np.exp(-per_day * days))


@pytest.mark.parametrize("days", [0.2, 0.25])
def test_one_step_of_the_drift_is_the_rule_of_the_midpoint(days: float) -> None:
    slow = one_step(3.0, 1.4, 0.8, days, 0.0)

    found = dose_drift([0, days], gain=3.0, per_day=0.8, level_over_ec50=1.4)

    assert found.tolist() == pytest.approx([1.0, 1 + 3.0 * slow / (1 + slow)], rel=1e-14)


def test_the_drift_takes_steps_of_at_most_a_quarter_of_a_day() -> None:
    first = one_step(3.0, 1.4, 0.8, 0.2, 0.0)
    second = one_step(3.0, 1.4, 0.8, 0.2, first)

    found = dose_drift([0.4], gain=3.0, per_day=0.8, level_over_ec50=1.4)

    assert found.tolist() == pytest.approx([1 + 3.0 * second / (1 + second)], rel=1e-14)


def test_the_drift_follows_its_differential_equation() -> None:
    """A' = k (u f - A), f = 1 + g A / (1 + A), by a solver that knows nothing of our steps."""

    def rate(_: float, slow: float) -> float:
        return 0.3 * (1.4 * (1 + 3.0 * slow / (1 + slow)) - slow)

    slow = solve_ivp(rate, (0, 20), [0.0], t_eval=[5, 20], rtol=1e-10, atol=1e-12).y[0]

    found = dose_drift([5, 20], gain=3.0, per_day=0.3, level_over_ec50=1.4)

    assert found == pytest.approx(1 + 3.0 * slow / (1 + slow), rel=1e-3)


def test_a_drift_seen_on_no_day_and_on_the_first_day_is_nothing() -> None:
    assert dose_drift([], gain=1, per_day=0.01, level_over_ec50=1).tolist() == []
    assert dose_drift([0], gain=1, per_day=0.01, level_over_ec50=1).tolist() == [1]


@pytest.mark.parametrize(
    ("known", "places"),
    [
        ({}, []),
        ({"tolerance_gain": 1}, tolerated_levels),
        ({"rebound_grades": 1}, lambda body: (adapted_level(body), level_withdrawn_to(body))),
        (
            {"tolerance_gain": 1, "rebound_grades": 1},
            lambda body: (*tolerated_levels(body), adapted_level(body), level_withdrawn_to(body)),
        ),
    ],
    ids=["neither", "tolerant", "rebounding", "both"],
)
def test_what_is_followed_is_what_the_patient_forms(
    known: dict[str, float], places: Callable[[Ensemble], tuple[Place, ...]]
) -> None:
    body = typical(1, **known)

    found = ToleranceModel(body).places

    expected = places(body) if callable(places) else places
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.tap.cord, other.tap.cord)
        assert np.array_equal(one.from_plasma, other.from_plasma)
    assert len(ToleranceModel(typical(1), alike=[body]).places) == len(found)


def test_the_tolerant_feel_a_level_over_what_they_are_used_to() -> None:
    body = Ensemble.drawn(
        load_parameters().knowing(tolerance_gain=2.0, rebound_grades=1), 1, 3, cells_per_cm=1
    )
    ec50 = body.patients["ec50_ng_mL"]
    sites, followed = np.full((2, 2, 3), 30.0), np.zeros((4, 2, 3))
    followed[0], followed[1], followed[2:] = ec50[:, np.newaxis], 3 * ec50[:, np.newaxis], 999.0

    effective = ToleranceModel(body).effective_levels(sites, followed)

    assert effective[0] == pytest.approx(np.full((2, 3), 30 / 2))
    assert effective[1] == pytest.approx(np.full((2, 3), 30 / 2.5))
    assert ToleranceModel(typical(1)).effective_levels(sites, followed) is sites


def test_a_molecule_of_half_the_potency_is_got_used_to_by_half() -> None:
    body = typical(1, tolerance_gain=2.0, potency=0.5)
    ec50 = body.patients["ec50_ng_mL"]
    sites, followed = np.full((2, 1, 3), 30.0), np.zeros((2, 1, 3))
    followed[:] = 2 * ec50[:, np.newaxis]

    assert ToleranceModel(body).effective_levels(sites, followed) == pytest.approx(np.full((2, 1, 3), 30 / 2))


def test_rebound_adds_its_grades_by_the_share_that_is_missed_up_to_the_highest() -> None:
    body = typical(1, rebound_grades=2, tolerance_gain=1)
    ec50 = float(body.patients["ec50_ng_mL"][0])
    followed = np.zeros((4, 1, 3))
    followed[:2] = 999.0
    followed[2], followed[3] = ec50, [[ec50, 0.0, ec50 / 2]]
    legs = np.array([[3.0, 3.0, 4.8]])

    assert ToleranceModel(body).rebound(legs, followed).tolist() == [pytest.approx([3.0, 4.0, 5.0])]
    assert ToleranceModel(typical(1)).rebound(legs, followed) is legs


@pytest.mark.parametrize(
    ("requested", "said"),
    [
        (
            lambda: dose_drift([3, -1], gain=1, per_day=0.01, level_over_ec50=1),
            "at_days[1] is -1 day; allowed: 0 to 10980 day",
        ),
        (
            lambda: dose_drift([3, 1], gain=1, per_day=0.01, level_over_ec50=1),
            "at_days must increase: at_days[1] is 1 day after 3 day",
        ),
        (
            lambda: dose_drift([1], gain=-1, per_day=0.01, level_over_ec50=1),
            "gain is -1 1; allowed: 0 to 20 1",
        ),
        (
            lambda: dose_drift([1], gain=1, per_day=2, level_over_ec50=1),
            "per_day is 2 1/day; allowed: 0 to 1 1/day",
        ),
        (
            lambda: dose_drift([1], gain=1, per_day=0.01, level_over_ec50=-1),
            "level_over_ec50 is -1 1; allowed: 0 to 1000 1",
        ),
    ],
)
def test_a_drift_of_numbers_that_cannot_be_is_refused(requested: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        requested()
