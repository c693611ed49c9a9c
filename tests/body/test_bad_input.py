"""Whatever cannot be is refused by name, value and allowed range, and never becomes a silent NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
import pytest

from builders.bodies import PRIMED, SCREENING, typical
from thecal.body import (
    READOUTS,
    TONE_LEGS,
    Anatomy,
    Bolus,
    CatheterFault,
    Ensemble,
    Fault,
    Implant,
    Inflow,
    Observation,
    OralDose,
    Patients,
    Phase,
    Treatment,
    at_hour,
    balance_mass,
    child,
    dose_drift,
    draw_patients,
    fit,
    load_parameters,
    plasma_clearance,
    simulate,
    simulate_phases,
)

SEEN = Observation(curve=TONE_LEGS, at_h=1, value=3, sd=0.5)


def by_hand(**values: float) -> Patients:
    """Return a patient made by hand, past every check of the parameters."""
    usual = {name: of.copy() for name, of in draw_patients(load_parameters(), 0, 0).values.items()}
    return Patients(MappingProxyType(usual | {name: np.array([of]) for name, of in values.items()}))


def patient_with(**values: float) -> Ensemble:
    return Ensemble(by_hand(**values))


def without(name: str) -> Ensemble:
    usual = draw_patients(load_parameters(), 0, 0).values
    return Ensemble(Patients(MappingProxyType({one: of for one, of in usual.items() if one != name})))


def run_with(*times_h: float, **more: object) -> object:
    # Arguments that no type checker would let pass are what is tested here.
    return simulate(typical(1), sample_times_h=times_h or (0, 24), boluses=[SCREENING], **more)  # type: ignore[arg-type]


def canal(*knots: tuple[float, float]) -> Anatomy:
    return Anatomy(1, csf_profile=knots)


def cord(*knots: tuple[float, float]) -> Anatomy:
    return Anatomy(1, cord_profile=knots)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a canal without width": (
        lambda: canal((0, 0.0), (60, 2)),
        r"area of csf_profile\[0\] is 0 cm2; allowed: 0.001 to 100 cm2",
    ),
    "a canal of less than nothing": (
        lambda: canal((0, 1), (60, -2)),
        r"area of csf_profile\[1\] is -2 cm2; allowed: 0.001 to 100 cm2",
    ),
    "a canal without a number": (
        lambda: canal((0, 1), (60, math.nan)),
        r"area of csf_profile\[1\] is nan cm2; allowed",
    ),
    "a canal that goes back down": (
        lambda: canal((0, 1), (40, 2), (30, 1), (60, 2)),
        r"height of csf_profile must increase: .*\[2\] is 30 cm after 40 cm",
    ),
    "a canal that ends in the chest": (
        lambda: canal((0, 1), (40, 2)),
        "csf_profile ends at 40 cm; allowed: at 60 cm",
    ),
    "a canal that begins above the sac": (
        lambda: canal((5, 1), (60, 2)),
        "csf_profile begins at 5 cm; allowed: at 0 cm",
    ),
    "a canal of one knot": (lambda: canal((60, 2)), "csf_profile has 1 knots; allowed: 2 or more"),
    "a cord above the canal": (
        lambda: cord((20, 0.1), (70, 0.5)),
        r"height of cord_profile\[1\] is 70 cm; allowed: 0 to 60 cm",
    ),
    "a cord that does not reach the brain": (
        lambda: cord((13, 0.1), (40, 0.5)),
        "cord_profile ends at 40 cm; allowed: at 60 cm",
    ),
    "a grid of half a cell": (lambda: Anatomy(0), "cells_per_cm is 0 cells/cm; allowed: 1 to 8 cells/cm"),
    "fluid of less than nothing": (
        lambda: patient_with(spinal_csf_mL=-5),
        "spinal_csf_mL of patient 0 is -5 mL; allowed: 10 to 250 mL",
    ),
    "nothing where nature has something": (
        lambda: patient_with(dispersion_cm2_h=0),
        "dispersion_cm2_h of patient 0 is 0 cm2/h; allowed:",
    ),
    "no number": (
        lambda: patient_with(ec50_ng_mL=math.nan),
        "ec50_ng_mL of patient 0 is nan ng/mL; allowed:",
    ),
    "endless": (
        lambda: patient_with(plasma_volume_L=math.inf),
        "plasma_volume_L of patient 0 is inf L; allowed",
    ),
    "a parameter too few": (lambda: without("hm_ec50_ng_mL"), "parameter hm_ec50_ng_mL is missing"),
    "a parameter too many": (lambda: patient_with(colour=1), "parameter 'colour' is unknown; allowed: "),
    "more values than patients": (
        lambda: Ensemble(
            Patients(
                MappingProxyType({**draw_patients(load_parameters(), 2, 0).values, "ec50_ng_mL": np.ones(2)})
            )
        ),
        r"ec50_ng_mL has shape \(2,\); allowed: \(3,\)",
    ),
    "a known parameter out of range": (
        lambda: load_parameters().knowing(spinal_csf_mL=-5),
        "spinal_csf_mL is -5 mL; allowed: 10 to 250 mL",
    ),
    "a parameter that nobody knows": (
        lambda: load_parameters().knowing(colour=1),
        "parameter 'colour' is unknown; allowed: canal_length_cm",
    ),
    "half a patient": (
        lambda: draw_patients(load_parameters(), 1.5, 0),  # type: ignore[arg-type]
        "count is 1.5 patients; allowed: a whole number",
    ),
    "a child of three": (
        lambda: child(load_parameters(), age_years=3, height_cm=95, weight_kg=14),
        "age_years is 3 years; allowed: 4 to 18 years",
    ),
    "an hour at which nobody measured": (lambda: at_hour(load_parameters(), 3), "hour is 3; allowed: 18:00"),
    "samples before the start": (lambda: run_with(-1, 2), r"sample_times_h\[0\] is -1 h; allowed: 0 to"),
    "samples that go backwards": (
        lambda: run_with(3, 2),
        r"sample_times_h must increase: .*\[1\] is 2 h after 3 h",
    ),
    "a sample at no time": (lambda: run_with(0, math.nan), r"sample_times_h\[1\] is nan h; allowed"),
    "a site that no spine has": (lambda: run_with(sites=["L9"]), "level 'L9' is unknown; allowed: S2"),
    "a site in place of a list": (lambda: run_with(sites="L3"), r"sites is 'L3'; allowed: a list, \['L3'\]"),
    "a readout that nobody knows": (
        lambda: run_with(also=["mood"]),
        "readout 'mood' is unknown; allowed: cord_legs",
    ),
    "an accuracy out of reach": (
        lambda: run_with(tolerance=1e-20),
        "tolerance is 1e-20; allowed: 1e-14 to 0.1",
    ),
    "an inflow into nowhere": (
        lambda: run_with(inflow=Inflow([0, 24], [0.01], [500])),
        "an inflow needs an implant: say where the catheter ends",
    ),
    "a schedule before the start": (
        lambda: Inflow([-1, 2], [0.1], [500]),
        r"edges_h\[0\] is -1 h; allowed: 0 to",
    ),
    "a schedule that goes backwards": (
        lambda: Inflow([0, 2, 1], [0.1, 0.1], [500, 500]),
        r"edges_h must increase: edges_h\[2\] is 1 h after 2 h",
    ),
    "a pump that sucks": (
        lambda: Inflow([0, 2], [-0.1], [500]),
        r"flow_mL_h\[0\] is -0.1 mL/h; allowed: 0 to 60",
    ),
    "a tip in the sacrum": (
        lambda: Implant(tip_level="S1", primed_with_ug_mL=0),
        "tip_level is 'S1'; allowed: vertebral level C1",
    ),
    "an injection before the start": (lambda: Bolus(at_h=-1, mass_ug=50), "at_h is -1 h; allowed: 0 to"),
    "a negative dose": (lambda: OralDose(at_h=0, dose_mg=-5), "dose_mg is -5 mg; allowed: 0 to 2000 mg"),
    "a leak mended before it is there": (
        lambda: CatheterFault(kind=Fault.LEAK, at_h=5, until_h=3),
        "until_h is 3 h; allowed: later than at_h, 5 h",
    ),
    "a phase at no time": (
        lambda: simulate_phases([Phase(0, typical(1)), Phase(math.nan, typical(1))], sample_times_h=[1]),
        "from_h is nan h; allowed",
    ),
    "a balance before the start": (
        lambda: balance_mass(typical(1), sample_times_h=[-1]),
        r"sample_times_h\[0\] is -1 h; allowed",
    ),
    "a fit to nothing": (
        lambda: fit(load_parameters(), [], Treatment()),
        "observations is 0 long; allowed: 1 or more",
    ),
    "a fit of nothing": (
        lambda: fit(load_parameters(), [SEEN], Treatment(), names=[]),
        "names is 0 parameters; allowed: 1 or more",
    ),
    "something seen before the start": (
        lambda: Observation(curve=TONE_LEGS, at_h=-1, value=3, sd=0.5),
        "at_h is -1 h; allowed: 0 to",
    ),
    "surer than sure": (
        lambda: Observation(curve=TONE_LEGS, at_h=1, value=3, sd=0),
        "sd of tone_legs at 1 h is 0 Ashworth 1-5; allowed",
    ),
    "more tone than there is": (
        lambda: patient_with(tone_legs_before=50),
        "tone_legs_before of patient 0 is 50 Ashworth 1-5; allowed: 1 to 5",
    ),
    "less tone than there is": (
        lambda: patient_with(tone_legs_before=0.2),
        "tone_legs_before of patient 0 is 0.2 Ashworth 1-5; allowed: 1 to 5",
    ),
    "a canal of ten kilometres": (
        lambda: patient_with(canal_length_cm=1e6),
        r"canal_length_cm of patient 0 is 1e\+06 cm; allowed: 20 to 80 cm",
    ),
    "hardly any fluid": (
        lambda: patient_with(spinal_csf_mL=1e-5),
        "spinal_csf_mL of patient 0 is 1e-05 mL; allowed: 10 to 250 mL",
    ),
    "more absorbed than swallowed": (
        lambda: patient_with(oral_bioavailability=7),
        "oral_bioavailability of patient 0 is 7 1; allowed: 0 to 1",
    ),
    "a renal share of five": (
        lambda: patient_with(renal_share=5, creatinine_clearance_mL_min=20),
        "renal_share of patient 0 is 5 1; allowed: 0 to 1",
    ),
    "plasma that fills by itself": (
        lambda: plasma_clearance(by_hand(renal_share=5, creatinine_clearance_mL_min=20)),
        "plasma of patient 0 is cleared of .* L/h, with a renal_share of 5 and 17% of usual renal",
    ),
    "a cord that fills its canal": (
        lambda: Ensemble.drawn(load_parameters().knowing(spinal_csf_mL=10, cord_volume_mL=50), 0, 0),
        "cord_volume_mL of patient 0 is 50 mL in 10 mL of spinal fluid; allowed: up to 4 times the fluid",
    ),
    "a child of four as tall as a man": (
        lambda: child(load_parameters(), age_years=4, height_cm=200, weight_kg=60),
        "height_cm at 4 years is 200 cm; allowed: 80 to 130 cm",
    ),
    "a child who weighs next to nothing": (
        lambda: child(load_parameters(), age_years=17, height_cm=200, weight_kg=10),
        r"weight_kg at 200 cm is 10 kg; allowed: 32 to 240 kg \(8 to 60 kg/m2, assumed\)",
    ),
    "a small child who weighs as a giant": (
        lambda: child(load_parameters(), age_years=18, height_cm=80, weight_kg=120),
        "weight_kg at 80 cm is 120 kg; allowed: 5.12 to 38.4 kg",
    ),
    "a drift that goes backwards": (
        lambda: dose_drift([90, 0], gain=1, per_day=0.01, level_over_ec50=1),
        r"at_days must increase: at_days\[1\] is 0 day after 90 day",
    ),
    "half a seed": (
        lambda: draw_patients(load_parameters(), 1, 1.5),
        "seed is 1.5 1; allowed: a whole number",
    ),  # type: ignore[arg-type]
    "two doses and a part of one": (
        lambda: OralDose.repeated(10, every_h=8, doses=2.7),  # type: ignore[arg-type]
        "doses is 2.7 doses; allowed: a whole number",
    ),
    "a balance at no time": (
        lambda: balance_mass(typical(1), sample_times_h=[]),
        "sample_times_h is 0 times; allowed: 1 or more",
    ),
    "a fault in words": (
        lambda: CatheterFault(kind="disconnection", at_h=1),  # type: ignore[arg-type]
        "kind is 'disconnection'; allowed: Fault.KINK, Fault.LEAK, Fault.DISCONNECTION, Fault.MIGRATION",
    ),
    "a grade at a sample that is not there": (
        lambda: simulate(Ensemble.drawn(load_parameters(), 2, 0), sample_times_h=[0]).score(TONE_LEGS, 1),
        "at is sample 1; allowed: -1 to 0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_by_name_value_and_range(case: str) -> None:
    ask, said = REFUSED[case]

    with pytest.raises(ValueError, match=said):
        ask()


def test_what_can_be_never_gives_anything_but_numbers() -> None:
    """The ends of every parameter's range, one at a time: whatever comes, it is a number."""
    table = load_parameters().table
    ends = [(name, end) for name, one in table.items() for end in (one.low, one.high)]
    ends[ends.index(("oral_bioavailability", 0.0))] = ("oral_bioavailability", 0.01)  # of 0 a dose is refused
    usual = draw_patients(load_parameters(), 0, 0).values
    rows = {name: np.repeat(usual[name], len(ends)) for name in table}
    for row, (name, end) in enumerate(ends):
        rows[name][row] = end
    everyone = Ensemble(Patients(MappingProxyType(rows)), Anatomy(1))

    response = simulate(
        everyone,
        sample_times_h=[0, 1e-3, 1, 24, 1000],
        inflow=Inflow.of_doses({0: 200}, concentration_ug_mL=500, until_h=500).stopped(until_h=1000),
        implant=PRIMED,
        boluses=[SCREENING],
        oral=[OralDose(at_h=2, dose_mg=20)],
        also=list(READOUTS),
    )

    for name in response.quantities:
        assert np.isfinite(response[name]).all(), name
        assert (response[name] >= 0).all(), name
