"""Every hazard of the list that lives in a pump is brought about by its id, and makes itself felt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from builders.contacts import wand_session
from builders.pumps import C500, START, alarms_of, continuous, fresh_id, kinds_of, mL, read, running, send
from thecal.pump import (
    HAZARDS,
    LEGACY,
    REFERENCE,
    SIZES,
    Brought,
    Cause,
    Kind,
    Pump,
    PumpRadio,
    bring_about,
    by_chance,
    pump_model,
    soundings,
)
from thecal.pump.faults import DRIFT, REFILLED_EVERY, drifting_up
from thecal.pump.hazards import ACTS, FELT
from thecal.quantities import DAY, HOUR, Interval
from thecal.telemetry import Interrogate
from thecal.therapy import Alarm, ResetValve, Stop

LIVES_HERE = [name for name, hazard in HAZARDS.items() if not hazard.elsewhere]
STRUCK = START + DAY


def test_each_of_the_fifty_hazards_is_brought_about_by_name_or_is_not_the_pumps() -> None:
    assert list(HAZARDS) == [f"H-{number:02}" for number in range(1, 51)]
    for name, hazard in HAZARDS.items():
        assert bool(hazard.causes or hazard.act) != bool(hazard.elsewhere)
        assert bool(hazard.act) == (name in ACTS)
    assert len(LIVES_HERE) == 42
    assert set(FELT) == set(SIZES)


def pump_for(hazard: str, profile: object = REFERENCE) -> Pump:
    """Return a pump that a hazard can befall, with effects of its surroundings that others leave off."""
    kind = "Prometra 20 mL" if HAZARDS[hazard].on_valves else "SynchroMed II 20 mL"
    model = pump_model(kind)
    effects = {"pressure_effect": "0.01", "temperature_effect": "0.01", "level_error": "0.5"}
    for figure, effect in effects.items():
        model = model.with_figure(figure, Decimal(effect), source="this test")
    plain = running(continuous(200), model=kind, profile=profile)  # type: ignore[arg-type]
    pump = Pump(plain.memory, replace(plain.hardware, model=model))
    pump.advance(STRUCK)
    return pump


def lived(pump: Pump, cause: Cause | None) -> Pump:
    """Return it three days later, in which it was stopped and started, filled or asked by radio."""
    if cause is not None:
        pump.handle(Stop(id=fresh_id()), max(pump.present, STRUCK + HOUR))
        send(pump, continuous(200), now=pump.present + HOUR)
    if cause is Cause.FLIPPED:
        pump.fill_by_needle(left_behind=mL("1.4"), fill=mL(16), product=C500, now=pump.present)
    wand = wand_session()
    if cause is Cause.DEEP:
        PumpRadio(pump).receive_data(wand.send(Interrogate(), now=pump.present), now=pump.present)
    pump.advance(max(pump.present, START + 4 * DAY))
    return pump


def seen_of(pump: Pump) -> tuple[object, ...]:
    """Return what an onlooker could tell two pumps apart by."""
    truly = [(part.interval, part.flow) for part in pump.true_delivery.segments]
    kinds = [entry.kind for entry in pump.log]
    sounds = soundings(pump.memory, pump.hardware, Interval(pump.present, pump.present + DAY))
    memory = pump.memory
    return truly, kinds, memory.raised, memory.drive, memory.counters, sounds, pump.true_content, pump.level


@pytest.mark.parametrize(
    ("hazard", "cause"),
    [
        *((name, cause) for name in LIVES_HERE if name != "H-41" for cause in HAZARDS[name].causes),
        *((name, None) for name in ACTS),
    ],
)
def test_every_way_in_which_a_hazard_comes_about_makes_itself_felt(hazard: str, cause: Cause | None) -> None:
    struck, left = pump_for(hazard), pump_for(hazard)

    (brought,) = bring_about(struck, hazard, now=STRUCK, cause=cause)

    assert isinstance(brought, Brought)
    assert brought.hazard == hazard
    assert (cause is None) or cause in {one.cause for one in brought.conditions}
    assert seen_of(lived(struck, cause)) != seen_of(lived(left, cause))


def truly_given(pump: Pump, after: timedelta, lasting: timedelta = DAY) -> Decimal:
    """Return what truly reached the patient in a stretch after the hazard, in micrograms."""
    pump.advance(max(pump.present, STRUCK + after + lasting))
    truly = pump.true_delivery
    return truly.until(STRUCK + after + lasting).mass.ug - truly.until(STRUCK + after).mass.ug


@pytest.mark.parametrize(
    ("hazard", "ug"),
    [
        ("H-01", 200 + 60 * 10),
        ("H-02", 758),
        ("H-03", 2000),
        ("H-04", 24 * 60),
        ("H-05", 200 + Decimal("187.5") - Decimal(200) / 48),
        ("H-07", Decimal("189.5")),
        ("H-08", 0),
        ("H-09", 200),
        ("H-10", 250),
        ("H-12", 160),
        ("H-15", 0),
        ("H-26", 250),
        ("H-46", 758),
        ("H-49", 758),
    ],
)
def test_what_a_hazard_gives_the_patient_in_a_day_on_a_legacy_pump(hazard: str, ug: int | Decimal) -> None:
    """1.4 mL of the old solution stay under each filling, so that 2000 mcg/mL become 1895."""
    pump = pump_for(hazard, LEGACY)

    bring_about(pump, hazard, now=STRUCK)

    assert truly_given(pump, timedelta(0)) == pytest.approx(Decimal(ug), rel=Decimal("0.01"), abs=Decimal(2))


@pytest.mark.parametrize(
    ("hazard", "why"),
    [
        ("H-19", "capacity"),
        ("H-28", "patient bolus: denied"),
        ("H-30", "changed"),
        ("H-32", "changed"),
        ("H-34", "no wand was detected"),
    ],
)
def test_what_a_reference_pump_does_not_let_happen_is_refused_with_a_reason_and_recorded(
    hazard: str, why: str
) -> None:
    pump = pump_for(hazard)

    (brought,) = bring_about(pump, hazard, now=STRUCK)

    assert brought.refused is not None
    assert why in brought.refused
    assert Kind.COMMAND_REFUSED in kinds_of(pump)
    assert truly_given(pump, timedelta(0)) == pytest.approx(200, abs=1)


@pytest.mark.parametrize("hazard", ["H-18", "H-47"])
def test_a_filling_that_did_not_arrive_is_told_and_runs_dry(hazard: str) -> None:
    pump = pump_for(hazard)
    before = pump.true_content

    bring_about(pump, hazard, now=STRUCK)

    assert pump.true_content == before
    assert pump.status(now=pump.present).content == mL(20)
    pump.advance(STRUCK + 2 * HOUR)
    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)


def test_a_closed_valve_stays_closed_until_somebody_resets_it() -> None:
    for cause in HAZARDS["H-17"].causes:
        pump = pump_for("H-17")
        bring_about(pump, "H-17", now=STRUCK, lasting=HOUR, cause=cause)
        pump.advance(STRUCK + DAY)
        pump.interrogate(now=pump.present)
        assert truly_given(pump, DAY) == 0

        pump.handle(ResetValve(id=fresh_id(), against=read(pump)), pump.present)
        if cause is Cause.VALVE_CLOSED:
            assert truly_given(pump, 2 * DAY) == pytest.approx(200, abs=2)


def test_several_hazards_come_together() -> None:
    pump = pump_for("H-10", LEGACY)

    brought = bring_about(pump, "H-10", "H-24", "H-12", now=STRUCK)

    assert [one.hazard for one in brought] == ["H-10", "H-24", "H-12"]
    assert {one.cause for one in pump.hardware.during(STRUCK)} == {
        Cause.OVER_INFUSION,
        Cause.TONE_BROKEN,
        Cause.UNDER_INFUSION,
    }
    assert truly_given(pump, timedelta(0)) == pytest.approx(200, abs=1)


def test_a_drift_grows_from_refill_to_refill() -> None:
    steps = drifting_up(since=START, until=START + 4 * REFILLED_EVERY)

    assert [one.since for one in steps] == [START + number * REFILLED_EVERY for number in range(4)]
    pump = running(continuous(24), fill=20)
    pump.arrange(*steps)
    pump.advance(START + 300 * DAY)
    last = pump.true_delivery.segments[-1].flow.mL_per_day
    assert last == pytest.approx(Decimal("0.048") * DRIFT**4, rel=Decimal("0.0001"))


def test_chance_can_be_held_to_the_hazards_that_are_named() -> None:
    chances = [Random(seed) for seed in range(3000)]  # noqa: S311 - it decides nothing secret
    lives = [by_chance(one, since=START, lasting=3650 * DAY, hazards=["H-13", "H-23"]) for one in chances]

    befell = {one.cause for life in lives for one in life}
    assert Cause.SHAFT_WEAR in befell
    assert Cause.STALL_UNEXPLAINED in befell
    assert befell <= {*HAZARDS["H-13"].causes, *HAZARDS["H-23"].causes}
    with pytest.raises(KeyError):
        by_chance(Random(1), since=START, lasting=DAY, hazards=["H-99"])  # noqa: S311 - as above


@pytest.mark.parametrize(
    ("hazard", "cause", "complaint"),
    [
        ("H-51", None, "'H-51' is no hazard of the list; known: H-01 to H-50"),
        ("H-31", None, "H-31 is not the pump's: a screen asks for it"),
        ("H-10", Cause.LEAK, "catheter leak is none of its causes; its own: over-infusion"),
        ("H-03", Cause.LEAK, "its own: none"),
        ("H-16", None, "befalls valve pumps alone; SynchroMed II 20 mL is none"),
    ],
)
def test_what_cannot_be_brought_about_is_refused_by_name(
    hazard: str, cause: Cause | None, complaint: str
) -> None:
    pump = running(continuous(200), model="SynchroMed II 20 mL")

    with pytest.raises(ValueError, match=complaint):
        bring_about(pump, hazard, now=STRUCK, cause=cause)
