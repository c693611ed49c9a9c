from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import time
from fractions import Fraction

import pytest
from hypothesis import given

from builders.strategies import capabilities, patient_boluses, programs
from builders.therapy import (
    BRIDGE,
    HOUR,
    MINUTE,
    NOW,
    OTHER_DRUG,
    a_day,
    bolus,
    continuous,
    day,
    flex,
    mL,
    program,
    solution,
    ug,
)
from thecal.quantities import Concentration
from thecal.therapy import (
    BACLOFEN,
    Bridge,
    Capability,
    DaySchedule,
    DoseStep,
    Fallback,
    Flex,
    MinimumRate,
    PatientBolus,
    PatientRef,
    PeriodicBolus,
    Prescription,
    Priming,
    Program,
    ProgramError,
    PumpSerial,
    SimpleContinuous,
    Stopped,
    UndeliverableError,
    compile_program,
    drug_named,
    program_bytes,
    program_from_bytes,
)

PERIODIC = PeriodicBolus(background=a_day(50), bolus=ug(10), duration=5 * MINUTE, interval=6 * HOUR)
THIRTEEN = tuple(DoseStep(start=time(hour), rate=a_day(100 + hour)) for hour in range(13))
PATIENT_BOLUS = PatientBolus(dose=ug(5), duration=10 * MINUTE, most_per_day=4, lockout=2 * HOUR)
MODES = {
    "stopped pump": program(Stopped()),
    "minimum rate": program(MinimumRate()),
    "fallback": program(Fallback(dose=a_day(80))),
    "simple continuous": continuous(100),
    "flex, the same every day": program(flex(("00:00", 100), ("06:30", 140))),
    "flex, 13 steps and different days": program(
        Flex((DaySchedule(THIRTEEN),) * 5 + (day(("00:00", 90)),) * 2)
    ),
    "periodic bolus": program(PERIODIC),
    "single bolus": continuous(100, bolus(25)),
    "single bolus on flex": program(flex(("00:00", 100), ("06:30", 140)), bolus(25)),
    "priming bolus": continuous(100, Priming(volume=mL("0.316"), duration=HOUR)),
    "bridge bolus": continuous(
        200, Bridge(dose=a_day(200), old_concentration=solution(500), dead_volume=mL("0.316")), at=2000
    ),
}


@pytest.mark.requirement("ITB-164")
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_a_pump_can_be_expressed(mode: str) -> None:
    expressed = MODES[mode]

    assert program_from_bytes(program_bytes(expressed)) == expressed
    assert expressed.describe()[0] == f"baclofen {expressed.concentration.ug_per_mL} mcg/mL"


@pytest.mark.requirement("ITB-024")
def test_a_patient_bolus_can_be_expressed_and_baclofen_denies_it() -> None:  # ITB-024
    allowed = program(SimpleContinuous(dose=a_day(100)), patient_bolus=PATIENT_BOLUS)

    assert allowed.describe()[-1].startswith("patient bolus, on request: 5 mcg")
    assert allowed.patient_bolus_volume == Fraction(20, 500)
    with pytest.raises(ProgramError, match=r"patient bolus: denied, .*Prometra.*ITB-024"):
        Program(
            drug=BACLOFEN,
            concentration=solution(500),
            base=SimpleContinuous(dose=a_day(100)),
            patient_bolus=PATIENT_BOLUS,
        )


@pytest.mark.requirement("ITB-049")
def test_no_concentration_is_assumed() -> None:  # ITB-049: a default of 0.1 mg/mL killed
    defaults = {field.name: field.default for field in fields(Program)}

    assert defaults["concentration"] is MISSING
    assert all(field.default is MISSING for field in fields(Concentration))


@pytest.mark.requirement("ITB-043", "ITB-048")
@pytest.mark.parametrize("wrong", [0, "2000.1", 10_000])
def test_a_concentration_outside_the_library_is_refused(wrong: str | int) -> None:  # ITB-048
    with pytest.raises(
        ProgramError, match=r"concentration: .* above 0 mcg/mL and up to 2000 mcg/mL \(highest"
    ):
        continuous(100, at=wrong)


def test_the_old_solution_of_a_bridge_is_of_the_library_too() -> None:
    bridge = Bridge(dose=a_day(200), old_concentration=solution(4000), dead_volume=mL("0.3"))

    with pytest.raises(ProgramError, match="bridge, old concentration: 4000 mcg/mL is outside"):
        continuous(200, bridge)


def test_a_stopped_pump_takes_no_bolus() -> None:
    with pytest.raises(ProgramError, match="needs a base program to return to"):
        program(Stopped(), bolus(25))


@pytest.mark.requirement("ITB-046")
def test_an_unknown_drug_is_not_in_the_library() -> None:  # ITB-046
    assert drug_named("baclofen") is BACLOFEN
    with pytest.raises(ValueError, match="drug 'Baclofen' is not in the library; known: baclofen"):
        drug_named("Baclofen")


@given(programs())
def test_the_daily_dose_is_the_mean_of_the_weekdays(drawn: Program) -> None:
    if drawn.is_minimum_rate:
        assert drawn.daily_doses is None
        assert drawn.mean_daily_dose is None
        return
    assert drawn.daily_doses is not None
    assert drawn.mean_daily_dose is not None
    mean = sum(Fraction(dose.ug_per_day) for dose in drawn.daily_doses) / 7

    assert len(drawn.daily_doses) == 7
    assert abs(Fraction(drawn.mean_daily_dose.ug_per_day) - mean) < Fraction(1, 10**30)
    assert drawn.is_stopped == (drawn.mean_daily_dose.is_zero)


@given(programs())
def test_a_program_says_its_dose_in_24_hours(drawn: Program) -> None:  # ITB-053, H-04
    said = any("24-hour dose" in line for line in drawn.describe())

    assert said == (not drawn.is_stopped and not drawn.is_minimum_rate)


@pytest.mark.requirement("ITB-024")
@given(patient_boluses())
def test_a_program_without_patient_bolus_lets_the_patient_ask_for_nothing(allowed: PatientBolus) -> None:
    assert continuous(100).patient_bolus_volume == 0
    assert program(SimpleContinuous(dose=a_day(100)), patient_bolus=allowed).patient_bolus_volume > 0


def prescription(**changes: object) -> Prescription:
    settings: dict[str, object] = {
        "patient": PatientRef("patient-1"),
        "pump": PumpSerial("TH-0001"),
        "requested": continuous("100.3"),
        "programmed": continuous("100"),
        "reason": "more tone at night",
        "prescriber": "dr-rao",
        "signed_at": NOW,
    }
    return Prescription(**(settings | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "say why the dose is changed"),
        ({"prescriber": ""}, "signed by a person"),
        ({"programmed": continuous("100", at=1000)}, "programmed drug and concentration"),
        (
            {"programmed": Program(drug=OTHER_DRUG, concentration=solution(500), base=Stopped())},
            "drug and concentration",
        ),
        ({"programmed": continuous("100.4")}, "must not exceed the requested dose"),
        ({"programmed": program(Fallback(dose=a_day(100)))}, "nor change its mode"),
        ({"signed_at": NOW.replace(tzinfo=None)}, "no time zone"),
    ],
)
def test_a_prescription_that_grew_or_was_not_signed_is_refused(
    change: dict[str, object], message: str
) -> None:
    assert prescription().programmed == continuous(100)
    with pytest.raises(ValueError, match=message):
        prescription(**change)


WEEKDAYS = Flex((day(("00:00", 100)),) * 5 + (day(("00:00", 300)),) * 2)
EARLY, LATE = flex(("00:00", 300), ("12:00", 100)), flex(("00:00", 100), ("12:00", 300))
PRIME = Priming(volume=mL("0.2"), duration=HOUR)


@pytest.mark.parametrize(
    ("requested", "programmed"),
    [
        # All of these have the same mean as what was requested, or a smaller one.
        (program(WEEKDAYS), program(Flex(WEEKDAYS.days[::-1]))),
        (program(Flex.every_day(DoseStep(start=time(0), rate=a_day(160)))), program(WEEKDAYS)),
        (program(EARLY), program(LATE)),
        (program(PERIODIC), program(replace(PERIODIC, first=time(1)))),
        (program(PERIODIC), program(replace(PERIODIC, duration=10 * MINUTE))),
        (continuous(100), continuous(100, bolus(50))),
        (continuous(100, bolus(50)), continuous(90, bolus(60))),
        (continuous(100, bolus(50, 2 * HOUR)), continuous(100, bolus(50, HOUR))),
        (continuous(100, bolus(50)), continuous(100)),
        (continuous(100, PRIME), continuous(100, replace(PRIME, volume=mL("0.3")))),
        (continuous(100, BRIDGE), continuous(100, replace(BRIDGE, dose=a_day(210)))),
        (continuous(100, BRIDGE), continuous(100, replace(BRIDGE, dead_volume=mL("0.4")))),
        (continuous(100, BRIDGE), continuous(100, bolus(50))),
    ],
)
def test_a_prescription_never_gives_more_than_requested(requested: Program, programmed: Program) -> None:
    assert prescription(requested=requested, programmed=requested).programmed == requested
    with pytest.raises(ProgramError, match="must not exceed the requested dose"):
        prescription(requested=requested, programmed=programmed)


def test_a_prescription_lets_a_patient_request_no_more_than_was_prescribed() -> None:
    def allowing(allowed: PatientBolus | None) -> Program:
        return Program(
            drug=OTHER_DRUG,
            concentration=solution(500),
            base=SimpleContinuous(dose=a_day(100)),
            patient_bolus=allowed,
        )

    less = replace(PATIENT_BOLUS, dose=ug(4))
    assert prescription(requested=allowing(PATIENT_BOLUS), programmed=allowing(less)).programmed == allowing(
        less
    )
    for more in (replace(PATIENT_BOLUS, dose=ug(6)), replace(PATIENT_BOLUS, most_per_day=5)):
        with pytest.raises(ProgramError, match="must not exceed the requested dose"):
            prescription(requested=allowing(PATIENT_BOLUS), programmed=allowing(more))
    with pytest.raises(ProgramError, match="must not exceed the requested dose"):
        prescription(requested=allowing(None), programmed=allowing(PATIENT_BOLUS))


@given(programs(), capabilities())
def test_what_a_pump_makes_of_a_program_can_always_be_prescribed(what: Program, can: Capability) -> None:
    try:
        compiled = compile_program(what, can).program
    except UndeliverableError:
        return

    assert prescription(requested=what, programmed=compiled).programmed == compiled


def test_a_stop_and_the_minimum_rate_can_be_prescribed() -> None:
    for base in (Stopped(), MinimumRate()):
        assert prescription(requested=program(base), programmed=program(base)).programmed.base == base
