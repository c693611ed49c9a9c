"""A name that nothing has is refused by name with the nearest one; so is an argument of a constructor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from thecal import body
from thecal.body import (
    Anatomy,
    Bolus,
    CatheterFault,
    Ensemble,
    Implant,
    Inflow,
    OralDose,
    Phase,
    Transport,
    load_groups,
    load_parameters,
    of_groups,
    simulate,
)
from thecal.body.bounds import ArgumentError, UnknownNameError

USUAL = load_parameters()
ONE = Ensemble.drawn(USUAL, 0, 0, cells_per_cm=1)
RESPONSE = simulate(ONE, sample_times_h=[0, 1], sites=["lumbar"])
UNKNOWN: dict[str, tuple[Callable[[], object], str]] = {
    "a step": (lambda: USUAL.changed("diseases", "x", {}), "disease"),
    "a parameter that changes": (
        lambda: USUAL.changed("hour", "x", {"ec50_ng": USUAL["ec50_ng_mL"]}),
        "ec50_ng_mL",
    ),
    "a parameter that is used": (lambda: USUAL.changed("hour", "x", {}, uses=["ec50_ng"]), "ec50_ng_mL"),
    "a parameter": (lambda: USUAL["ec50"], "ec50_ng_mL"),
    "a row of the table": (lambda: USUAL.table["ec50"], "ec50_ng_mL"),
    "a row after a change": (lambda: USUAL.knowing(potency=1).table["ec50"], "ec50_ng_mL"),
    "a number of the catheter": (lambda: USUAL["tubing_ml"], "tubing_mL"),
    "what is known": (lambda: USUAL.knowing(ec50=3), "ec50_ng_mL"),
    "a patient's": (lambda: ONE.patients["ec50"], "ec50_ng_mL"),
    "a group": (lambda: of_groups(USUAL, "strok"), "stroke"),
    "a group of all": (lambda: load_groups()["strok"], "stroke"),
    "a group's parameter": (lambda: load_groups()["stroke"].table["tone_legs"], "tone_legs_before"),
    "a curve": (lambda: body.unit_of("tone_leg"), "tone_legs"),
    "a curve of a response": (lambda: RESPONSE["tone_leg"], "tone_legs"),
    "a readout": (lambda: simulate(ONE, sample_times_h=[1], also=["spasm_legs"]), "spasms_legs"),
    "a site": (lambda: simulate(ONE, sample_times_h=[1], sites=["lumbr"]), "lumbar"),
}
ARGUMENTS: dict[str, tuple[Callable[[], object], str]] = {
    "Bolus": (lambda: Bolus(at_h=0, dose_ug=50), "no argument dose_ug.* Did you mean mass_ug"),  # type: ignore[call-arg]
    "Bolus, short of one": (lambda: Bolus(at_h=0), "Bolus needs mass_ug"),  # type: ignore[call-arg]
    "Bolus, by place": (lambda: Bolus(0, 50), "takes 0 arguments by place, got 2"),  # type: ignore[misc]
    "Inflow": (
        lambda: Inflow([0, 1], [0.1], conc_ug_mL=[1]),  # type: ignore[call-arg]
        "Did you mean concentration_ug_mL",
    ),
    "Implant": (lambda: Implant(tip="T10"), "no argument tip; .* Did you mean tip_level"),  # type: ignore[call-arg]
    "Implant, unprimed": (Implant, "Implant needs primed_with_ug_mL"),
    "CatheterFault": (lambda: CatheterFault(at_h=1), "CatheterFault needs kind"),  # type: ignore[call-arg]
    "OralDose": (lambda: OralDose(at_h=0, mg=5), "Did you mean dose_mg"),  # type: ignore[call-arg]
    "Transport": (lambda: Transport(half=3), "no argument half"),  # type: ignore[call-arg]
    "Phase": (lambda: Phase(0), "Phase needs ensemble"),  # type: ignore[call-arg]
    "Anatomy": (lambda: Anatomy(cells=2), "Did you mean cells_per_cm"),  # type: ignore[call-arg]
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest_that_there_is(case: str) -> None:
    ask, nearest = UNKNOWN[case]

    with pytest.raises(
        UnknownNameError, match=f"is unknown|was not reported.*Did you mean '{nearest}'"
    ) as no:
        ask()

    assert str(no.value).endswith(f"Did you mean {nearest!r}?")


@pytest.mark.parametrize("error", [ValueError, KeyError])
def test_an_unknown_name_is_an_error_of_either_kind(error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^step 'study' is unknown; allowed: disease, course"):
        USUAL.changed("study", "x", {})


@pytest.mark.parametrize("case", ARGUMENTS)
def test_a_wrong_argument_is_refused_with_the_right_one(case: str) -> None:
    ask, said = ARGUMENTS[case]

    with pytest.raises(ArgumentError, match=said):
        ask()


def test_an_error_inside_a_constructor_is_not_taken_for_a_wrong_argument() -> None:
    with pytest.raises(ValueError, match="mass_ug is -1 ug") as no:
        Bolus(at_h=0, mass_ug=-1)
    assert not isinstance(no.value, ArgumentError)


def test_an_inflow_that_ends_early_is_refused_and_one_that_stops_is_not() -> None:
    pump = Inflow([0, 24], [0.01], [500])
    implant = Implant(primed_with_ug_mL=500)

    with pytest.raises(ValueError, match=r"inflow ends at 24 h, before the last sample at 48 h; .*stopped"):
        simulate(ONE, sample_times_h=[1, 48], inflow=pump, implant=implant)
    stopped = simulate(ONE, sample_times_h=[1, 48], inflow=pump.stopped(until_h=48), implant=implant).typical(
        body.PUMP_RATE
    )

    assert stopped.tolist() == [5, 0]
