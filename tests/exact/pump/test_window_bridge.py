"""The dose window and a bridge: what leaves the tube meanwhile is the old solution, up to the dead volume."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import C500, C2000, MODEL, START, fresh_id, mL, refill, send, ug_a_day
from builders.therapy import OTHER_DRUG
from builders.twin.window import LESS, allowing
from thecal.pump import Pump, RefusedError
from thecal.pump.dead_space import Entered, Tube
from thecal.pump.motor import Drive
from thecal.pump.tape import Tape
from thecal.pump.window import check_patient_bolus, check_window, exceeds
from thecal.quantities import DAY, HOUR, MINUTE, Concentration, FlowRate, Mass, PumpClock, microseconds
from thecal.therapy import Bridge, PatientBolus, Program, PumpSerial, SimpleContinuous, Stop

ALLOWED = PatientBolus(dose=Mass(ug=Decimal(10)), duration=30 * MINUTE, most_per_day=4, lockout=2 * HOUR)


def base_of(dose: int, concentration: Concentration, bridge: Bridge | None = None) -> Program:
    """Return so many mcg a day, with a patient's bolus for the asking."""
    base = SimpleContinuous(dose=ug_a_day(dose))
    return Program(
        drug=OTHER_DRUG, concentration=concentration, base=base, once=bridge, patient_bolus=ALLOWED
    )


def bridge(dose: int, old: Concentration) -> Bridge:
    """Return a bridge over 0.1 mL."""
    return Bridge(dose=ug_a_day(dose), old_concentration=old, dead_volume=mL("0.1"))


def refilled(what: Program, old: Concentration) -> Pump:
    """Return a pump that gave 200 mcg a day of the old solution, and has just been filled anew."""
    pump = Pump.implanted(
        serial=PumpSerial("TH-0003"),
        capability=MODEL,
        drug=OTHER_DRUG,
        fill=mL(18),
        concentration=old,
        clock=PumpClock(),
        now=START,
    )
    send(pump, base_of(200, old))
    pump.advance(START + 2 * DAY)
    refill(pump, fill="18", left="0", concentration=what.concentration, what=what)
    return pump


UP = base_of(200, C2000, bridge(200, C500))
DOWN = base_of(200, C500, bridge(200, C2000))


def limit(pump: Pump, most: int | Decimal) -> bool:
    """Say whether a maximum is exactly what the running program comes to, at worst."""
    return not exceeds(allowing(pump.memory, most)) and exceeds(allowing(pump.memory, most - LESS))


@pytest.mark.requirement("ITB-030", "ITB-050")
@pytest.mark.parametrize(("what", "old"), [(UP, C500), (DOWN, C2000)], ids=["stronger", "weaker"])
def test_a_correct_bridge_is_the_same_dose_all_along_whichever_way_the_strength_goes(
    what: Program, old: Concentration
) -> None:
    pump = refilled(what, old)

    for hours in (0, 1, 3, 5, 6, 7, 12, 24, 30, 31, 54, 55):
        pump.advance(START + 2 * DAY + hours * HOUR)
        assert limit(pump, 200), hours


@pytest.mark.requirement("ITB-030", "ITB-050")
@pytest.mark.parametrize(
    ("dose", "volume", "most"), [(200, "0.1", 200), (800, "0.4", 350), (100, "0.1", 200)]
)
def test_a_bridge_is_held_against_the_maximum_at_the_strength_that_leaves_the_tube(
    dose: int, volume: str, most: int
) -> None:
    """Six hours of 800 mcg/day are 200 mcg, beside 150 in the other eighteen."""
    once = Bridge(dose=ug_a_day(dose), old_concentration=C500, dead_volume=mL(volume))
    pump = refilled(base_of(200, C2000, once), C500)

    check_window(allowing(pump.memory, most), pump.memory.program)
    with pytest.raises(RefusedError, match=f"{most} mcg/day is outside"):
        check_window(allowing(pump.memory, most - LESS), pump.memory.program)


def test_a_bridge_that_a_stop_ended_is_remembered_and_counts_as_the_old_solution() -> None:
    pump = refilled(UP, C500)
    pump.handle(Stop(id=fresh_id()), START + 2 * DAY + 3 * HOUR)

    # 3 h of 0.4 mL/day at 500 mcg/mL are 25 mcg, beside 175 in the other twenty-one
    assert limit(pump, 200)


def test_a_bridge_that_was_cut_short_leaves_the_old_solution_until_its_volume_has_left() -> None:
    pump = refilled(UP, C500)
    memory, begun = pump.memory, 2 * microseconds(DAY)
    slow, same = FlowRate(mL_per_day=Decimal("0.1")), FlowRate(mL_per_day=Decimal("0.4"))
    tape = Tape([(0, same, C500), (begun, same, C2000), (begun + 3 * microseconds(HOUR), slow, C2000)])
    driven = Drive(counts=memory.drive.counts + 241, phase=Fraction(2, 3))
    cut = replace(memory, once_over=True, at=memory.at + 20 * HOUR, tape=tape, drive=driven)

    # 4 h before it and 3 h of it at 200 mcg/day; 0.05 mL left, which are 12 h of 50; 5 h at 200 again
    low = base_of(24, C2000)
    check_window(allowing(cut, 125), low)
    with pytest.raises(RefusedError, match="125 mcg/day is outside"):
        check_window(allowing(cut, 125 - LESS), low)


@pytest.mark.parametrize(("what", "old", "most"), [(UP, C500, Decimal(210)), (DOWN, C2000, Decimal("252.5"))])
def test_a_patients_bolus_during_a_bridge_counts_at_the_stronger_of_the_two(
    what: Program, old: Concentration, most: Decimal
) -> None:
    """Half an hour of base and bolus: 10 mcg above 200 mcg/day, or 0.0283 mL of 2000 mcg/mL."""
    pump = refilled(what, old)

    for memory, at_most in (
        (pump.memory, most),
        (replace(pump.memory, once_over=True, tube=None), Decimal(210)),
    ):
        check_patient_bolus(allowing(memory, at_most), ALLOWED.duration)
        with pytest.raises(RefusedError, match=f"{at_most} mcg/day is outside"):
            check_patient_bolus(allowing(memory, at_most - LESS), ALLOWED.duration)


@pytest.mark.parametrize(("more", "most"), [(50, "237.5"), (100, "275"), (150, "312.5")])
def test_what_a_patients_bolus_drove_out_is_missing_at_the_end_of_the_bridge(more: int, most: str) -> None:
    """Half of the bridge is left in time; in volume a quarter, or nothing: the rest is 800 mcg/day.

    Where more was driven than the tube holds, half of those three hours was the new solution, too.
    """
    pump = refilled(UP, C500)
    pump.advance(START + 2 * DAY + 3 * HOUR)
    memory = pump.memory

    further = replace(memory, drive=Drive(counts=memory.drive.counts + more))

    assert not exceeds(allowing(further, Decimal(most)))
    assert exceeds(allowing(further, Decimal(most) - LESS))


@pytest.mark.requirement("ITB-030")
@pytest.mark.parametrize(("volume", "most"), [("0.1", 360), ("0.15", 380), ("0.2", 400), ("0.3", 400)])
def test_what_needs_no_bridge_counts_with_its_own_strength_until_it_is_driven_out(
    volume: str, most: int
) -> None:
    """0.2 mL a day of 1600 mcg/mL are 320 mcg, and of 2000 mcg/mL 400: by the half of a day each is 360."""
    newer = Concentration(ug_per_mL=Decimal(1600))
    layers = tuple(Entered(concentration=one, counts=0, at=START) for one in (C2000, newer))
    what = base_of(320, newer)
    pump = refilled(base_of(200, C2000), C2000)
    nothing = Tape([(0, FlowRate(mL_per_day=Decimal(0)), newer)])
    reservoir = replace(pump.memory.reservoir, concentration=newer)
    memory = replace(pump.memory, tape=nothing, reservoir=reservoir, drive=Drive(counts=0), started_counts=0)
    memory = replace(memory, tube=Tube(entered=layers, volume=mL(volume)), filled_counts=0)

    check_window(allowing(memory, most + LESS), what)  # a moment is rounded up
    with pytest.raises(RefusedError, match=f"{most} mcg/day is outside"):
        check_window(allowing(memory, most - LESS), what)


def test_a_bridge_that_has_not_begun_and_one_after_which_nothing_flows_are_counted_too() -> None:
    born = Pump.implanted(
        serial=PumpSerial("TH-0004"),
        capability=MODEL,
        drug=OTHER_DRUG,
        fill=mL(18),
        concentration=C2000,
        clock=PumpClock(),
        now=START,
    ).memory
    layers = tuple(Entered(concentration=one, counts=0, at=START) for one in (C500, C2000))
    tube = Tube(entered=layers, volume=mL("0.1"))
    told = replace(born, program=UP, once_over=False, tube=tube)
    assert not exceeds(allowing(told, 200))
    assert exceeds(allowing(told, 200 - LESS))

    same, nothing = FlowRate(mL_per_day=Decimal("0.4")), FlowRate(mL_per_day=Decimal(0))
    tape = Tape([(0, same, C2000), (6 * microseconds(HOUR), nothing, C2000)])
    stood = replace(told, once_over=True, at=START + 30 * HOUR, tape=tape)
    check_window(allowing(stood, 50), base_of(24, C2000))
    with pytest.raises(RefusedError, match="50 mcg/day is outside"):
        check_window(allowing(replace(stood, at=START + 24 * HOUR), 50 - LESS), base_of(24, C2000))
