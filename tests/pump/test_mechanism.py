"""What no count shows: a blocked line, water above it, depth, a gauge that is wrong, an altered date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.contacts import wand_session
from builders.pumps import START, acting, alarms_of, continuous, fresh_id, kinds_of, mL, read, running, send
from thecal.pump import LEGACY, RATES, REFERENCE, Cause, Kind, Pump, PumpRadio, RefusedError
from thecal.pump.conditions import STALLS
from thecal.pump.hardware import PPM
from thecal.pump.store import Store
from thecal.pump.surroundings import line_holds
from thecal.pump.vital import vital
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.telemetry import Interrogate
from thecal.therapy import Alarm, CompareResidual, ResetValve

# --- a blocked line ---------------------------------------------------------------------------------------


def given_between(pump: Pump, start: timedelta, end: timedelta) -> Decimal:
    """Return what truly reached the patient between two moments since the start, in micrograms."""
    truly = pump.true_delivery
    return truly.until(START + end).mass.ug - truly.until(START + start).mass.ug


@settings(max_examples=30, deadline=None)
@given(
    hours=st.integers(1, 120), ug=st.sampled_from([24, 200, 900]), gain=st.sampled_from(["0.9", "1", "1.14"])
)
def test_a_blocked_line_stores_what_the_pressure_allows_and_gives_no_more_than_that_when_it_opens(
    hours: int, ug: int, gain: str
) -> None:
    pump = running(continuous(ug), gain=gain)
    pump.arrange(acting(Cause.OCCLUSION, DAY, lasting=hours * HOUR))
    pump.advance(START + DAY + hours * HOUR - timedelta(microseconds=1))
    most, asked = line_holds(pump.hardware.model.engineering), Fraction(ug * hours, 24 * 500) * Fraction(gain)
    stored = Fraction(pump.hardware.stored, PPM) * Fraction(pump.memory.capability.quantum.mL)

    assert stored <= most
    assert stored == pytest.approx(min(most, asked), abs=0.0012)
    assert given_between(pump, DAY, DAY + hours * HOUR) == 0

    pump.advance(START + DAY + hours * HOUR + MINUTE)
    assert pump.hardware.stored == 0
    opens = given_between(pump, DAY + hours * HOUR, DAY + hours * HOUR + MINUTE)
    assert Fraction(opens) == pytest.approx(stored * 500 + Fraction(ug, 1440) * Fraction(gain), abs=0.7)


def test_what_a_blocked_line_stores_is_lost_to_the_reservoir_and_found_in_the_patient() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.OCCLUSION, DAY, lasting=5 * DAY))
    pump.advance(START + 5 * DAY)
    assert pump.true_content == mL("17.57")

    pump.advance(START + 7 * DAY)

    assert pump.true_delivery.mass.ug == pytest.approx(200 * 2 + Decimal("0.03") * 500, abs=Decimal("0.3"))
    assert Pump.restore(pump.image()).image() == pump.image()


def test_a_line_that_does_not_yield_stores_nothing() -> None:
    plain = running(continuous(200))
    stiff = plain.hardware.model.with_figure("compliance", Decimal(0), source="this test")
    pump = Pump(plain.memory, replace(plain.hardware, model=stiff))
    pump.arrange(acting(Cause.OCCLUSION, DAY))

    pump.advance(START + 3 * DAY)

    assert pump.true_content == mL("17.6")


# --- water above it, and depth under the skin -------------------------------------------------------------


@pytest.mark.requirement("ITB-156")
@pytest.mark.parametrize(
    ("model", "metres", "flows"),
    [
        ("Prometra II 20 mL", "2", True),
        ("Prometra II 20 mL", "2.2", False),
        ("MedStream 20 mL", "2.2", False),
        ("SynchroMed II 20 mL", "9", True),
    ],
)
def test_gas_alone_pushes_nothing_out_against_more_water_than_its_pressure_lifts(
    model: str, metres: str, *, flows: bool
) -> None:
    pump = running(continuous(200), model=model)
    pump.arrange(acting(Cause.HYPERBARIC, DAY, lasting=DAY, size=metres))

    pump.advance(START + 3 * DAY)

    assert bool(given_between(pump, DAY, 2 * DAY)) == flows
    assert given_between(pump, 2 * DAY, 3 * DAY) == pytest.approx(200, abs=Decimal("0.01"))


def asked_by_radio(pump: Pump) -> bytes:
    """Return what a pump answers a wand that asks how it is."""
    wand = wand_session()
    return PumpRadio(pump).receive_data(wand.send(Interrogate(), now=pump.present), now=pump.present)


@pytest.mark.parametrize(("deep", "heard"), [("2.5", True), ("2.6", False)])
def test_no_wand_reaches_a_pump_that_lies_deeper_than_its_model_may(deep: str, *, heard: bool) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.DEEP, size=deep))

    assert bool(asked_by_radio(pump)) == heard


# --- how soon an order is carried out ---------------------------------------------------------------------


@pytest.mark.requirement("ITB-021")
@given(before=st.integers(24, 2000), after=st.integers(24, 2000), at=st.timedeltas(timedelta(0), 2 * DAY))
@settings(max_examples=40, deadline=None)
def test_a_new_flow_shows_in_the_count_within_one_quantum_of_it(
    before: int, after: int, at: timedelta
) -> None:
    pump = running(continuous(before))
    pump.advance(START + at)
    send(pump, continuous(after))
    counts, a_quantum = pump.memory.drive.counts, timedelta(days=0.0005 * 500 / after, microseconds=1)

    pump.advance(START + at + a_quantum)
    assert pump.memory.drive.counts == counts + 1
    pump.advance(START + at + 2 * a_quantum)
    assert pump.memory.drive.counts == counts + 2


# --- the radio and the battery ----------------------------------------------------------------------------


@pytest.mark.requirement("ITB-151")
def test_every_answer_by_radio_costs_charge_by_the_bytes_that_it_takes() -> None:
    pump = running(continuous(200))
    pump.touch(now=START)
    before = pump.life.used_uC

    said = asked_by_radio(pump)
    once = pump.memory.counters.radio_us
    asked_by_radio(pump)

    assert once >= len(said) * 1_000_000 // 500 > 0
    assert pump.memory.counters.radio_us == pytest.approx(2 * once, rel=0.2)
    milliamps = int(pump.hardware.model.number("radio_current"))
    assert pump.life.used_uC - before == pump.memory.counters.radio_us * milliamps * 1000 // 1_000_000


@pytest.mark.requirement("ITB-151")
def test_a_flood_by_radio_is_paid_for_even_if_it_is_not_answered() -> None:
    pump = running(continuous(200))

    assert PumpRadio(pump).receive_data(b"x" * 5000, now=START) == b""

    assert pump.memory.counters.radio_us == 10_000_000


# --- the gauge --------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-057", "ITB-082")
@pytest.mark.parametrize("wrong", ["3", "-3"])
def test_a_gauge_that_reads_wrong_is_noticed_within_a_day_and_changes_neither_flow_nor_count(
    wrong: str,
) -> None:
    pump, right = running(continuous(200), fill=15), running(continuous(200), fill=15)
    pump.arrange(acting(Cause.GAUGE_WRONG, DAY + HOUR, lasting=5 * DAY, size=wrong))

    for one in (pump, right):
        one.advance(START + 2 * DAY)

    assert alarms_of(pump) == {Alarm.LEVEL_DIFFERS}
    assert pump.level is not None
    assert pump.level.measured.mL - pump.true_content.mL == Decimal(wrong)
    assert pump.memory.drive == right.memory.drive
    assert pump.status(now=pump.present).content == right.status(now=right.present).content


@pytest.mark.requirement("ITB-082", "ITB-169")
@pytest.mark.parametrize(
    ("cause", "size", "flagged"),
    [(Cause.GAUGE_WRONG, "4", "no"), (Cause.OCCLUSION, None, "yes"), (Cause.UNDER_INFUSION, "0.6", "yes")],
)
def test_the_drained_volume_tells_a_gauge_that_is_wrong_from_a_flow_that_is(
    cause: Cause, size: str | None, flagged: str
) -> None:
    pump = running(continuous(200), fill=15)
    pump.arrange(acting(cause, size=size))
    pump.advance(START + 20 * DAY)
    assert Alarm.LEVEL_DIFFERS in alarms_of(pump)

    pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=pump.true_content), pump.present)

    (compared,) = pump.log.of_kind(Kind.RESIDUAL_COMPARED)
    assert compared.fact("flagged") == flagged


def test_no_gauge_shows_less_than_nothing_or_more_than_fits() -> None:
    for wrong, shown in (("-30", "0"), ("30", "20")):
        pump = running(continuous(200))
        pump.arrange(acting(Cause.GAUGE_WRONG, size=wrong))
        assert pump.level is not None
        assert pump.level.measured == mL(shown)


def test_the_sensor_of_the_2013_recall_can_be_wrong_on_the_pump_that_had_it() -> None:
    pump = running(continuous(200), model="MedStream 20 mL", profile=LEGACY)
    pump.arrange(acting(Cause.GAUGE_WRONG, size="4"))

    pump.advance(START + 10 * DAY)

    assert pump.level is not None
    assert (pump.level.measured, pump.true_content) == (mL(18), mL(14))


# --- valves, dates and bits -------------------------------------------------------------------------------


def test_a_rotor_has_no_valve_to_reset() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="its drive is a rotor"):
        pump.handle(ResetValve(id=fresh_id(), against=read(pump)), START)


def test_a_valve_is_not_opened_while_the_magnet_still_holds_it() -> None:
    pump = running(continuous(200), model="Prometra II 20 mL")
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=2 * HOUR))

    pump.handle(ResetValve(id=fresh_id(), against=read(pump)), START + 2 * HOUR)
    pump.advance(START + DAY)

    assert given_between(pump, 4 * HOUR, DAY) == 0


@pytest.mark.requirement("ITB-108")
def test_a_kept_date_that_was_altered_is_put_right_by_the_counters_and_obeyed_by_a_legacy_pump() -> None:
    ours, legacy = (running(continuous(24), profile=profile) for profile in (REFERENCE, LEGACY))
    for pump in (ours, legacy):
        pump.arrange(acting(Cause.DATE_ALTERED, DAY))
        pump.advance(START + 100 * DAY)

    assert ours.life.replace_at is None
    assert Kind.MEMORY_REPAIRED in kinds_of(ours)
    assert not ours.status(now=ours.present).flow.is_zero
    assert Kind.SERVICE_ENDED in kinds_of(legacy)
    assert legacy.status(now=legacy.present).flow.is_zero


@pytest.mark.requirement("ITB-084", "ITB-085")
@given(place=st.integers(0, 400), bit=st.integers(0, 7), copy=st.integers(0, 1))
@settings(max_examples=20)
def test_one_bit_of_one_copy_is_found_by_its_checksum_and_the_other_copy_is_read(
    place: int, bit: int, copy: int
) -> None:
    content = vital(running(continuous(200)).memory)
    struck = Store.holding(content).struck(copy, place, 1 << bit)

    assert struck.copies[copy] != struck.copies[1 - copy]
    assert struck.recover().content == content
    assert struck.recover().damaged == (copy,)


def test_stalls_by_chance_add_up_to_the_published_rate() -> None:
    published = sum(RATES[cause].a_year for cause in RATES if cause in STALLS - {Cause.FOREIGN_PARTICLE})

    assert published == Decimal("0.00456")
