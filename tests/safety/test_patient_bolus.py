"""What a patient may ask for, with a drug that allows it (S-15): the pump enforces every limit itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    MODEL,
    START,
    arm_refill,
    bolus,
    fresh_id,
    mL,
    read,
    refill_now,
    send,
)
from builders.twin.patient_bolus import BASE_mL, EACH_mL, asked_of, refused, wanted
from builders.twin.window import highest_day_ug
from thecal.pump import Pump, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE, Mass
from thecal.therapy import (
    CancelRefill,
    PatientBolus,
    RequestPatientBolus,
    SingleBolus,
    WrittenAgainst,
)

TICK = timedelta(microseconds=1)


@pytest.mark.requirement("ITB-025")
def test_without_a_request_there_is_no_bolus_and_with_one_there_is_one() -> None:
    silent, asked = asked_of(wanted()), asked_of(wanted())
    asked.handle(RequestPatientBolus(id=fresh_id()), START + 2 * HOUR)

    assert silent.status(now=START + DAY).delivered.mL == BASE_mL
    assert asked.status(now=START + DAY).delivered.mL == BASE_mL + EACH_mL


@pytest.mark.requirement("ITB-026", "ITB-029")
def test_a_lockout_lasts_to_the_microsecond() -> None:
    pump = asked_of(wanted())
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 2 * HOUR)

    refused(pump, "one is running", now=START + 2 * HOUR + 5 * MINUTE)
    refused(pump, "locked out", now=START + 4 * HOUR - TICK)
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 4 * HOUR)

    assert len(pump.memory.patient_boluses) == 2


@pytest.mark.requirement("ITB-028")
def test_a_lockout_begins_with_every_program_and_every_refill() -> None:
    pump = asked_of(wanted())
    refused(pump, "locked out", now=START + 2 * HOUR - TICK)
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 2 * HOUR)

    at = START + 6 * HOUR
    status = pump.status(now=at)
    refill_now(
        pump,
        fresh_id(),
        at,
        against=WrittenAgainst.of(status),
        left_behind=mL("1.4"),
        fill=mL(10),
        concentration=C500,
        program=None,
    )

    refused(pump, "locked out", now=at + 2 * HOUR - TICK)
    pump.handle(RequestPatientBolus(id=fresh_id()), at + 2 * HOUR)


@pytest.mark.requirement("ITB-027", "ITB-029")
def test_four_in_any_24_hours_are_given_and_the_fifth_is_not() -> None:
    pump = asked_of(wanted())
    for number in range(1, 5):
        pump.handle(RequestPatientBolus(id=fresh_id()), START + number * 2 * HOUR)

    refused(pump, "4 in the last 24 h is the limit", now=START + 10 * HOUR)
    refused(pump, "4 in the last 24 h is the limit", now=START + 26 * HOUR - TICK)
    assert pump.status(now=START + 26 * HOUR - TICK).delivered.mL <= BASE_mL * 26 / 24 + 4 * EACH_mL

    pump.handle(RequestPatientBolus(id=fresh_id()), START + 26 * HOUR)
    refused(pump, "locked out|limit", now=START + 27 * HOUR)


@pytest.mark.requirement("ITB-029", "ITB-060")
def test_no_bolus_is_given_while_the_pump_alarms() -> None:
    pump = asked_of(wanted(), fill="2.1")

    refused(pump, "not while the pump alarms .low reservoir", now=START + DAY)


@pytest.mark.requirement("ITB-031")
def test_a_patients_bolus_goes_first_and_the_clinicians_goes_on_after_it() -> None:
    square = SingleBolus(dose=Mass(ug=Decimal(60)), duration=6 * HOUR)
    pump = asked_of(wanted(square))
    alone = pump.status(now=START + HOUR).flow.mL_per_day
    base = Decimal("0.24")

    pump.handle(RequestPatientBolus(id=fresh_id()), START + 2 * HOUR)
    during = pump.status(now=START + 2 * HOUR + 5 * MINUTE).flow.mL_per_day
    after = pump.status(now=START + 2 * HOUR + 15 * MINUTE).flow.mL_per_day
    late = pump.status(now=START + 6 * HOUR + 5 * MINUTE).flow.mL_per_day
    over = pump.status(now=START + 6 * HOUR + 15 * MINUTE).flow.mL_per_day

    assert alone == after == late > base
    assert during == base + EACH_mL * 144
    assert over == base
    assert pump.status(now=START + DAY).delivered.mL == BASE_mL + Decimal("0.12") + EACH_mL


# --- the dose window -------------------------------------------------------------------------------------

OFTEN = PatientBolus(dose=Mass(ug=Decimal(100)), duration=20 * MINUTE, most_per_day=9, lockout=HOUR)


def after_half_a_day_of_more() -> Pump:
    """Return a pump that gave 950 mcg in half a day, and now gives 960 mcg a day with nine boluses of 100."""
    pump = asked_of(wanted(dose=1900, allowed=None))
    send(pump, wanted(dose=960, allowed=OFTEN), now=START + DAY / 2)
    return pump


@pytest.mark.requirement("ITB-030", "ITB-035")
def test_a_patients_bolus_is_held_against_what_another_program_gave_and_the_base_still_to_come() -> None:
    pump, begun = after_half_a_day_of_more(), START + DAY / 2
    for number in range(1, 6):  # 950 given, 480 still to come in these 24 h, 500 asked for: 1930
        pump.handle(RequestPatientBolus(id=fresh_id()), begun + number * HOUR)

    refused(pump, r"24-hour dose: .* 2030 mcg/day .* ITB-030", now=begun + 6 * HOUR)
    assert not pump.status(now=begun + 7 * HOUR).flow.is_zero
    refused(pump, "ITB-030", now=begun + 8 * HOUR)
    pump.handle(
        RequestPatientBolus(id=fresh_id()), begun + 14 * HOUR
    )  # two hours of the old program have left the window

    pump.advance(START + 3 * DAY)
    assert highest_day_ug(pump) <= MODEL.daily_dose_most.ug_per_day


@pytest.mark.requirement("ITB-030")
def test_a_patients_bolus_is_held_against_the_rest_of_a_clinicians_that_follows_it() -> None:
    square = SingleBolus(dose=Mass(ug=Decimal(90)), duration=6 * HOUR)
    pump = asked_of(wanted(dose=1900, allowed=None))
    send(pump, wanted(square, dose=960, allowed=OFTEN), now=START + DAY / 2)
    for number in range(1, 5):
        pump.handle(RequestPatientBolus(id=fresh_id()), START + DAY / 2 + number * HOUR)

    refused(pump, "ITB-030", now=START + DAY / 2 + 5 * HOUR)
    pump.advance(START + 3 * DAY)
    assert highest_day_ug(pump) <= MODEL.daily_dose_most.ug_per_day


@pytest.mark.requirement("ITB-030", "ITB-035")
@given(gaps=st.lists(st.timedeltas(MINUTE, 9 * HOUR), min_size=1, max_size=14))
@settings(max_examples=25, deadline=None)
def test_no_asking_brings_any_day_above_the_maximum(gaps: list[timedelta]) -> None:
    pump = after_half_a_day_of_more()
    for gap in gaps:
        with suppress(RefusedError):
            pump.handle(RequestPatientBolus(id=fresh_id()), pump.present + gap)

    pump.advance(pump.present + DAY)

    assert highest_day_ug(pump) <= MODEL.daily_dose_most.ug_per_day


def test_the_square_bolus_of_these_tests_is_one_that_the_pump_gives() -> None:
    assert asked_of(wanted(bolus(60, minutes=360))).memory.program.once is not None


@pytest.mark.requirement("ITB-029", "ITB-159")
def test_no_bolus_is_given_on_request_while_nobody_knows_what_the_reservoir_holds() -> None:
    pump = asked_of(wanted())
    now = START + 3 * HOUR
    pump.advance(now)
    arm_refill(pump, fill=mL(10), concentration=C500, program=None, now=now)

    with pytest.raises(RefusedError, match="a refill is armed"):
        pump.handle(RequestPatientBolus(id=fresh_id()), now)

    pump.handle(CancelRefill(id=fresh_id(), against=read(pump)), now)
    pump.handle(RequestPatientBolus(id=fresh_id()), now)
