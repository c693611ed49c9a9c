"""What ends a bolus, what keeps one from beginning, and what its record says."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import (
    C500,
    C2000,
    MODEL,
    START,
    acting,
    alarms_of,
    bolus,
    continuous,
    fresh_id,
    kinds_of,
    program,
    read,
    recorded_mL,
    running,
    send,
    ug_a_day,
)
from builders.twin.patient_bolus import ALLOWED, BASE_mL, asked_of, refused, wanted
from builders.twin.window import highest_day_ug
from thecal.journal import Entry
from thecal.pump import ALARM_CLASSES, AlarmClass, Cause, Kind, Pump, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE, PumpClock
from thecal.therapy import (
    Alarm,
    DoseStep,
    Flex,
    RequestPatientBolus,
    SetBolusWhenLow,
    SetClock,
    SimpleContinuous,
    StartFallback,
    Stop,
)

QUANTUM = Fraction(MODEL.quantum.mL)


def ended(pump: Pump) -> Entry:
    """Return the record of the bolus that ended last."""
    return pump.log.of_kind(Kind.BOLUS_ENDED)[-1]


def account(entry: Entry) -> tuple[Decimal, Decimal, Decimal, str]:
    """Return what was programmed, delivered and remains, and why it ended."""
    programmed, delivered, remaining = (
        Decimal(entry.fact(name) or "") for name in ("planned_mL", "delivered_mL", "remaining_mL")
    )
    return programmed, delivered, remaining, entry.fact("reason") or ""


# --- the dose window, while a bolus runs (S-07) ------------------------------------------------------------


def near_the_limit() -> Pump:
    """Return a pump half an hour into a bolus of two hours, with half a day of 2400 mcg/day ahead."""
    base = Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(1400)), DoseStep(start=time(12), rate=ug_a_day(2400))
    )
    pump = running(program(base, concentration=C2000))
    begun = pump.memory.clock.midnight_before(START) + DAY
    send(pump, program(base, bolus(95, minutes=120), C2000), now=begun)
    pump.advance(begun + 30 * MINUTE)
    return pump


@pytest.mark.requirement("ITB-033")
def test_a_bolus_that_would_exceed_the_window_ends_with_a_warning_and_the_base_program_goes_on() -> None:
    pump = near_the_limit()
    before, offset = pump.memory, pump.memory.clock.offset
    base = Fraction(ug_a_day(1400).ug_per_day) / 2000

    pump.handle(SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(offset + HOUR)), pump.present)

    assert account(ended(pump))[3] == "dose window"
    assert Alarm.DOSE_LIMIT in alarms_of(pump)
    assert ALARM_CLASSES[Alarm.DOSE_LIMIT] is AlarmClass.CRITICAL
    assert pump.memory.program == before.program
    assert pump.memory.started == before.started
    assert Fraction(pump.status(now=pump.present).flow.mL_per_day) == base
    pump.advance(pump.present + 2 * DAY)
    assert Alarm.DOSE_LIMIT in alarms_of(pump)


@pytest.mark.requirement("ITB-033")
def test_a_bolus_that_still_fits_goes_on_when_the_clock_is_set() -> None:
    pump = near_the_limit()

    pump.handle(
        SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(pump.memory.clock.offset + MINUTE)),
        pump.present,
    )

    assert Alarm.DOSE_LIMIT not in alarms_of(pump)
    assert not pump.memory.once_over
    pump.advance(pump.present + 2 * DAY)
    assert account(ended(pump))[3] == "complete"


@pytest.mark.requirement("ITB-030", "ITB-035")
def test_a_clock_by_which_the_base_program_would_give_twice_is_refused_and_nothing_has_changed() -> None:
    pump = near_the_limit()
    before, offset = pump.memory, pump.memory.clock.offset

    with pytest.raises(RefusedError, match=r"24-hour dose: .* ITB-030"):
        pump.handle(
            SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(offset + 8 * HOUR)), pump.present
        )

    assert pump.memory.clock.offset == offset
    assert not pump.memory.once_over
    assert pump.memory.program == before.program


@pytest.mark.requirement("ITB-030", "ITB-035")
def test_a_fallback_is_held_against_the_window_as_any_program_is() -> None:
    base = Flex.every_day(
        DoseStep(start=time(0), rate=ug_a_day(1400)), DoseStep(start=time(12), rate=ug_a_day(2400))
    )
    pump = running(program(base, concentration=C2000))
    midnight = pump.memory.clock.midnight_before(START) + 2 * DAY
    pump.handle(Stop(id=fresh_id()), midnight)

    with pytest.raises(RefusedError, match="ITB-030"):
        pump.handle(StartFallback(id=fresh_id(), against=read(pump)), midnight)
    pump.handle(StartFallback(id=fresh_id(), against=read(pump)), midnight + 6 * HOUR)

    pump.advance(midnight + 3 * DAY)
    assert highest_day_ug(pump) <= MODEL.daily_dose_most.ug_per_day


@pytest.mark.requirement("ITB-033")
def test_a_bolus_that_nobody_counts_ends_before_what_is_in_doubt_exceeds_the_window() -> None:
    pump = running(continuous(1900, C2000))
    pump.advance(START + 2 * DAY)
    pump.arrange(acting(Cause.COUNTER_STUCK, 2 * DAY))
    send(pump, program(SimpleContinuous(dose=ug_a_day(1900)), bolus(95, minutes=360), C2000))

    pump.advance(START + 4 * DAY)

    assert account(ended(pump))[3] == "dose window"
    assert Alarm.DOSE_LIMIT in alarms_of(pump)
    assert pump.memory.program.base == SimpleContinuous(dose=ug_a_day(1900))
    assert not pump.status(now=pump.present).flow.is_zero


def test_a_drive_that_runs_ahead_within_a_bolus_is_stopped_as_any_other_is() -> None:
    """That is over-delivery (S-08), and not the dose window's affair."""
    pump = running(program(SimpleContinuous(dose=ug_a_day(200)), bolus(50)))
    pump.arrange(acting(Cause.RUNAWAY, MINUTE, lasting=HOUR, size="3"))

    pump.advance(START + HOUR)

    assert alarms_of(pump) == {Alarm.OVER_DELIVERY}
    assert pump.status(now=pump.present).flow.is_zero
    assert account(ended(pump))[3] == "over-delivery"


# --- its record ------------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-040")
def test_a_record_has_the_boluss_own_volume_and_not_the_bases() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(240)), bolus(50)))
    pump.advance(START + DAY)

    entry = ended(pump)

    assert account(entry) == (Decimal("0.1"), Decimal("0.1"), Decimal(0), "complete")
    assert Decimal(entry.fact("drive_moved_mL") or "") == Decimal("0.12")


@pytest.mark.requirement("ITB-040")
@pytest.mark.parametrize("minutes", [1, 15, 44, 59])
def test_a_record_of_a_bolus_cut_short_adds_up(minutes: int) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(240)), bolus(60)))
    pump.handle(Stop(id=fresh_id()), START + minutes * MINUTE)

    programmed, delivered, remaining, reason = account(ended(pump))

    assert (programmed, delivered, reason) == (Decimal("0.12"), Decimal("0.002") * minutes, "stopped")
    assert delivered + remaining == programmed
    base = Fraction("0.48") * minutes / 1440
    assert abs(recorded_mL(pump) - base - Fraction(delivered)) <= QUANTUM


@pytest.mark.requirement("ITB-040", "ITB-158")
def test_what_a_stall_kept_back_remains_in_the_record_and_is_not_made_up() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(240)), bolus(60)))
    pump.arrange(acting(Cause.SHAFT_WEAR, 15 * MINUTE, lasting=30 * MINUTE))

    pump.advance(START + DAY)

    assert account(ended(pump)) == (Decimal("0.12"), Decimal("0.06"), Decimal("0.06"), "complete")


@pytest.mark.requirement("ITB-040")
def test_a_patients_bolus_and_the_clinicians_have_each_their_own_record() -> None:
    pump = asked_of(wanted(bolus(60, minutes=360)))
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 2 * HOUR)
    pump.handle(Stop(id=fresh_id()), START + 2 * HOUR + 5 * MINUTE)

    patients, clinicians = pump.log.of_kind(Kind.BOLUS_ENDED)

    assert account(patients) == (Decimal("0.02"), Decimal("0.01"), Decimal("0.01"), "interrupted")
    assert account(clinicians) == (Decimal("0.12"), Decimal("0.04"), Decimal("0.08"), "stopped")


# --- a damaged history -----------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-041")
def test_a_damaged_history_blocks_further_boluses_for_a_day_and_nothing_else() -> None:
    pump = asked_of(wanted())
    pump.arrange(acting(Cause.LOG_DAMAGE, 3 * HOUR))

    refused(pump, "record of its boluses .*ITB-041", now=START + 4 * HOUR)
    with pytest.raises(RefusedError, match="ITB-041"):
        send(pump, wanted(bolus(60, minutes=360)))
    assert pump.status(now=START + DAY).delivered.mL == BASE_mL
    send(pump, wanted(dose=240))
    refused(pump, "ITB-041", now=START + 27 * HOUR - timedelta(microseconds=1))
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 27 * HOUR)
    pump.handle(Stop(id=fresh_id()), START + 28 * HOUR)

    assert pump.memory.program.is_stopped
    assert Kind.LOG_DAMAGED in kinds_of(pump)


@pytest.mark.requirement("ITB-041")
def test_a_bolus_that_runs_when_its_history_is_damaged_goes_on() -> None:
    pump = asked_of(wanted(bolus(60, minutes=360)))
    pump.arrange(acting(Cause.LOG_DAMAGE, 3 * HOUR))

    pump.advance(START + DAY)

    assert account(ended(pump)) == (Decimal("0.12"), Decimal("0.12"), Decimal(0), "complete")


# --- a low reservoir -------------------------------------------------------------------------------------


@pytest.mark.requirement("ITB-060")
def test_at_low_reservoir_no_bolus_is_given_where_the_pump_is_set_so() -> None:
    low = "1.95"
    free, bound = running(continuous(48), fill=low), running(continuous(48), fill=low)
    assert Alarm.LOW_RESERVOIR in alarms_of(bound)
    with_bolus = program(SimpleContinuous(dose=ug_a_day(48)), bolus(5))

    send(free, with_bolus)
    bound.handle(SetBolusWhenLow(id=fresh_id(), against=read(bound), allowed=False), START)
    with pytest.raises(RefusedError, match=r"reservoir is low.*ITB-060"):
        send(bound, with_bolus)

    assert not free.memory.once_over
    assert bound.memory.program == continuous(48)
    assert Kind.SETTING_CHANGED in kinds_of(bound)
    bound.handle(SetBolusWhenLow(id=fresh_id(), against=read(bound), allowed=True), START)
    send(bound, with_bolus)


def test_the_patients_bolus_of_these_tests_is_allowed_at_all() -> None:
    pump = asked_of(wanted())
    pump.handle(RequestPatientBolus(id=fresh_id()), START + ALLOWED.lockout)
    assert pump.memory.program.concentration == C500


@pytest.mark.requirement("ITB-041")
def test_a_pump_restored_with_a_damaged_log_gives_no_bolus_and_goes_on() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)
    image = bytearray(pump.image())
    image[-3] ^= 1

    again = Pump.restore(bytes(image))

    with pytest.raises(RefusedError, match="ITB-041"):
        send(again, program(SimpleContinuous(dose=ug_a_day(200)), bolus(5)))
    again.advance(START + 2 * DAY)
    assert again.memory.drive == running_for(2 * DAY).memory.drive
    send(again, program(SimpleContinuous(dose=ug_a_day(200)), bolus(5)))


def running_for(span: timedelta) -> Pump:
    """Return a pump that lived so long undisturbed."""
    pump = running(continuous(200))
    pump.advance(START + span)
    return pump
