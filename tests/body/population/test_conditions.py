from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, continuous
from thecal.body import (
    PLASMA,
    TONE_LEGS,
    Ensemble,
    OralDose,
    Parameters,
    Posture,
    at_hour,
    balance_mass,
    child,
    csf_at,
    load_parameters,
    read_parameters,
    simulate,
    under_conditions,
)

SHIPPED = load_parameters()
TEXT = files("thecal.body").joinpath("parameters.toml").read_text("utf-8")
HEAVY = 1025.0


def at_rest(parameters: Parameters, site: str) -> float:
    body = Ensemble.drawn(parameters, 0, 0, cells_per_cm=1)
    found = simulate(body, sample_times_h=[400], inflow=continuous(100, 401), implant=PRIMED, sites=[site])
    return float(found.typical(csf_at(site))[0])


def up_over_down(parameters: Parameters) -> float:
    """How much of what leaves a tip at T10 goes headwards."""
    return at_rest(parameters, "T4") / at_rest(parameters, "L3")


def test_lying_flat_with_fluid_as_dense_as_ones_own_changes_nothing() -> None:
    assert under_conditions(SHIPPED).table == SHIPPED.table


def test_what_is_heavy_sinks_in_one_who_sits_and_rises_in_one_who_lies() -> None:
    usual = up_over_down(SHIPPED)

    assert up_over_down(under_conditions(SHIPPED, posture=Posture.HEAD_UP, density_mg_mL=HEAVY)) < 0.5 * usual
    assert up_over_down(under_conditions(SHIPPED, density_mg_mL=HEAVY)) > 1.5 * usual


def test_what_is_light_goes_the_other_way() -> None:
    light = under_conditions(SHIPPED, posture=Posture.HEAD_UP, density_mg_mL=990)

    assert up_over_down(light) > up_over_down(under_conditions(SHIPPED, posture=Posture.HEAD_UP))


def test_a_quick_infusion_spreads_further_than_a_slow_one() -> None:
    slow, quick = (under_conditions(SHIPPED, infusion_mL_h=flow) for flow in (0.02, 1.0))

    assert slow["dispersion_cm2_h"].value == pytest.approx(1.02 * SHIPPED["dispersion_cm2_h"].value)
    assert at_rest(quick, "T4") / at_rest(quick, "T10") > 1.05 * at_rest(slow, "T4") / at_rest(slow, "T10")


def test_posture_moves_lumbosacral_fluid() -> None:
    volumes = [under_conditions(SHIPPED, posture=posture)["spinal_csf_mL"].value for posture in Posture]

    assert volumes == pytest.approx([97.3, 101.0, 91.6])


def test_drug_is_conserved_when_fluid_flows_down() -> None:
    sinking = under_conditions(SHIPPED, posture=Posture.HEAD_UP, density_mg_mL=HEAVY)
    body = Ensemble.drawn(sinking, 3, 1, cells_per_cm=1)

    balance = balance_mass(body, sample_times_h=[1, 24, 90], inflow=continuous(100, 90), implant=PRIMED)

    assert sinking["bulk_flow_mL_h"].value < 0
    assert balance.worst_error < 1e-10


def test_the_hours_of_the_day_bracket_the_head_more_than_the_back() -> None:
    evening, night = (at_hour(SHIPPED, hour) for hour in (18, 2))

    ratios = {site: at_rest(evening, site) / at_rest(night, site) for site in ("lumbar", "cisternal")}

    assert 1 < ratios["lumbar"] < 1.3 < ratios["cisternal"]


def test_a_child_has_a_shorter_canal_and_plasma_by_weight() -> None:
    small = child(SHIPPED, age_years=8, height_cm=127.5, weight_kg=25)

    assert small["canal_length_cm"].value == pytest.approx(45)
    assert small["spinal_csf_mL"].value == pytest.approx(97.3 * 0.75)
    body = Ensemble.drawn(small, 0, 0, cells_per_cm=1)
    times = np.concatenate(([0.0], np.geomspace(1e-3, 200, 4000)))
    plasma = simulate(body, sample_times_h=times, oral=[OralDose(at_h=0, dose_mg=5)], sites=[]).typical(
        PLASMA
    )
    assert np.trapezoid(plasma, times) == pytest.approx(5000 / (0.273 * 25), rel=1e-3)  # dose over CL/F


def test_half_a_bolus_does_for_a_child_nearly_what_a_whole_one_does_for_an_adult() -> None:
    bodies = [
        Ensemble.drawn(one, 0, 0, cells_per_cm=1)
        for one in (SHIPPED, child(SHIPPED, age_years=6, height_cm=115, weight_kg=20))
    ]

    falls = [
        4 - simulate(body, sample_times_h=np.arange(0, 8, 0.25), boluses=[SCREENING]).typical(TONE_LEGS).min()
        for body in bodies
    ]

    assert falls[1] > falls[0]


def test_what_could_not_be_read_has_a_named_place() -> None:
    slots = {slot.name: slot for slot in SHIPPED.slots}

    assert "ec50_ng_mL" in slots["Heetla 2016"].fills
    assert "tolerance_gain" in slots["Ordia 1996; Draulans 2013"].fills
    assert {"Penn and Kroin 1985, 1987; Mueller 1988", "dispersion in man"} <= set(slots)
    for slot in slots.values():
        assert slot.what
        assert slot.source
        assert set(slot.fills) <= {*SHIPPED.table, *SHIPPED.catheter}


@pytest.mark.parametrize(
    ("pattern", "instead", "said"),
    [
        (
            r'fills = \["effect_delay_per_h"',
            'fills = ["effect_delay"',
            "slot Heetla 2016: parameter 'effect_delay' is unknown; allowed: ",
        ),
        (r'name = "Heetla 2016"\n', "", "slot [?]: needs fills, name, source, what"),
        (r'fills = \["dispersion_cm2_h"\]', 'fills = "all"', "slot dispersion in man: needs"),
    ],
)
def test_a_slot_that_cannot_be_is_refused(pattern: str, instead: str, said: str) -> None:
    text, changed = re.subn(pattern, instead, TEXT, count=1)
    assert changed

    with pytest.raises(ValueError, match=said):
        read_parameters(text)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: at_hour(SHIPPED, 12), "hour is 12; allowed: 18:00 and 2:00"),
        (
            lambda: under_conditions(SHIPPED, density_mg_mL=1.0),
            "density_mg_mL is 1 mg/mL; allowed: 950 to 1100",
        ),
        (lambda: under_conditions(SHIPPED, infusion_mL_h=-1), "infusion_mL_h is -1 mL/h"),
        (
            lambda: child(SHIPPED, age_years=3, height_cm=95, weight_kg=14),
            "age_years is 3 years; allowed: 4 to 18",
        ),
        (lambda: child(SHIPPED, age_years=8, height_cm=30, weight_kg=25), "height_cm is 30 cm"),
        (lambda: child(SHIPPED, age_years=8, height_cm=120, weight_kg=2), "weight_kg is 2 kg"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made()
