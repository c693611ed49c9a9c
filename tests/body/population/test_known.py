"""What is known of a patient is kept; what was changed once is not changed again unsaid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body import (
    Law,
    Parameters,
    Posture,
    at_hour,
    child,
    load_groups,
    load_parameters,
    of_groups,
    phases_by_clock,
    under_conditions,
)

SHIPPED = load_parameters()


def young(parameters: Parameters) -> Parameters:
    return child(parameters, age_years=8, height_cm=127.5, weight_kg=26)


def upright(parameters: Parameters) -> Parameters:
    return under_conditions(parameters, posture=Posture.HEAD_UP)


@pytest.mark.parametrize("name", load_groups())
@given(share=st.floats(0, 1))
def test_no_group_touches_what_is_known(name: str, share: float) -> None:
    for parameter in load_groups()[name].table:
        low, high = SHIPPED[parameter].low, SHIPPED[parameter].high
        value = low + share * (high - low)

        first = of_groups(SHIPPED.knowing(**{parameter: value}), name)[parameter]

        assert (first.value, first.sd, first.law) == (value, 0.0, Law.FIXED)


@pytest.mark.parametrize(
    "name", ["canal_length_cm", "spinal_csf_mL", "cord_volume_mL", "plasma_clearance_L_h", "plasma_volume_L"]
)
def test_no_size_of_a_child_touches_what_is_known(name: str) -> None:
    known = SHIPPED.knowing(**{name: 0.6 * SHIPPED[name].value})

    assert young(known)[name] == known[name]
    assert young(known)["canal_length_cm" if name != "canal_length_cm" else "spinal_csf_mL"].value < 80


def test_a_child_s_clearance_is_worked_out_with_the_bioavailability_that_is_known() -> None:
    small = young(SHIPPED.knowing(oral_bioavailability=0.5))["plasma_clearance_L_h"]

    assert small.value == pytest.approx(0.5 * 0.273 * 26)
    assert small.source.startswith("0.5 (known) x 0.273")


def test_fluid_known_in_a_posture_is_kept_while_what_is_heavy_sinks() -> None:
    known = SHIPPED.knowing(spinal_csf_mL=60)

    placed = under_conditions(known, posture=Posture.HEAD_UP, density_mg_mL=1025)

    assert placed["spinal_csf_mL"] == known["spinal_csf_mL"]
    assert placed["bulk_flow_mL_h"].value < 0


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            lambda: young(young(SHIPPED)),
            "a child of 8 years stands beside a child of 8 years; allowed: one child",
        ),
        (
            lambda: upright(upright(SHIPPED)),
            "one placed head up stands beside one placed head up; allowed: all conditions at once",
        ),
        (lambda: at_hour(at_hour(SHIPPED, 2), 18), "the hour 18 stands beside the hour 2; allowed: one hour"),
        (
            lambda: of_groups(of_groups(SHIPPED, "stroke"), "spinal"),
            "group 'spinal' stands beside 'stroke'; allowed: one disease",
        ),
        (
            lambda: of_groups(young(SHIPPED), "oral, Marsot 2013"),
            "group 'oral, Marsot 2013' stands beside a child of 8 years; allowed: one of them",
        ),
        (
            lambda: young(of_groups(SHIPPED, "oral, Chevillard 2017")),
            "a child of 8 years stands beside 'oral, Chevillard 2017'; allowed: one of them",
        ),
        (
            lambda: young(of_groups(SHIPPED, "pig")),
            "allowed: one of them, for a child's proportions are a human",
        ),
        (lambda: young(of_groups(SHIPPED, "DTPA")), "for a child's plasma is known for baclofen alone"),
        (lambda: at_hour(of_groups(SHIPPED, "pig"), 2), "for the hours were measured in human beings"),
        (
            lambda: of_groups(young(SHIPPED), "stroke"),
            "comes after a child of 8 years; allowed: before",
        ),
        (
            lambda: young(upright(SHIPPED)),
            "comes after one placed head up; allowed: before it",
        ),
        (
            lambda: under_conditions(SHIPPED, density_mg_mL=1100, posture=Posture.HEAD_UP),
            r"bulk_flow_mL_h, as what is 99\.4 mg/mL heavier drifts in one placed head up, is -98\.7 mL/h; ",
        ),
        (
            lambda: upright(SHIPPED.knowing(spinal_csf_mL=60)),
            "posture is head up, and spinal_csf_mL, which it changes, is known: 60 mL; allowed: one of",
        ),
        (
            lambda: under_conditions(SHIPPED.knowing(bulk_flow_mL_h=1), density_mg_mL=1025),
            "density_mg_mL is 1025 mg/mL, and bulk_flow_mL_h, which it changes, is known",
        ),
        (
            lambda: under_conditions(SHIPPED.knowing(dispersion_cm2_h=90), infusion_mL_h=1),
            "infusion_mL_h is 1 mL/h, and dispersion_cm2_h, which it changes, is known",
        ),
        (
            lambda: at_hour(SHIPPED.knowing(csf_turnover_mL_h=20), 2),
            "hour is 2, and csf_turnover_mL_h, which it changes, is known: 20 mL/h",
        ),
        (
            lambda: phases_by_clock(
                SHIPPED.knowing(csf_turnover_mL_h=20), 0, 0, starts_at=8, lasts_h=24, every_h=12
            ),
            "csf_turnover_mL_h, which it changes, is known",
        ),
        (
            lambda: under_conditions(SHIPPED, infusion_mL_h=1).knowing(stirring_flow_mL_h=0.5),
            "stirring_flow_mL_h is known too late; allowed: before what it is used for: an infusion of 1",
        ),
        (
            lambda: under_conditions(SHIPPED, density_mg_mL=1025).knowing(density_drift_mL_h_per_mg_mL=2),
            "density_drift_mL_h_per_mg_mL is known too late",
        ),
        (lambda: young(SHIPPED).knowing(oral_bioavailability=0.5), "oral_bioavailability is known too late"),
    ],
)
def test_what_would_be_lost_or_counted_twice_is_refused(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made()


def test_groups_of_different_kinds_may_be_said_one_after_the_other() -> None:
    together = of_groups(SHIPPED, "stroke", "oral, Marsot 2013")
    apart = of_groups(of_groups(SHIPPED, "stroke"), "oral, Marsot 2013")

    assert apart == together


def test_a_child_s_posture_and_hour_go_together() -> None:
    both = at_hour(upright(young(of_groups(SHIPPED, "cerebral palsy"))), 2)

    assert both["spinal_csf_mL"].value == pytest.approx(0.75 * 97.3 + 3.7)
    assert both["csf_turnover_mL_h"].value == 42
