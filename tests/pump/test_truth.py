from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    START,
    acting,
    alarms_of,
    continuous,
    fresh_id,
    implanted,
    kinds_of,
    mL,
    program,
    read,
    refill,
    refill_now,
    running,
    send,
    ug_a_day,
)
from thecal.pump import LEGACY, REFERENCE, Cause, Kind, Profile, Pump, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import Alarm, CompareResidual, ResetValve, SimpleContinuous, Stop, WrittenAgainst

STALLS = [Cause.SHAFT_WEAR, Cause.INTERNAL_SHORT, Cause.GEAR_CORROSION, Cause.FOREIGN_PARTICLE]


def true_ug(pump: Pump) -> Decimal:
    """Return what truly reached the patient."""
    return pump.true_delivery.mass.ug


@pytest.mark.requirement("ITB-003")
def test_a_pump_that_nothing_acts_on_delivers_what_its_record_says() -> None:
    pump = running(continuous(200))

    pump.advance(START + 3 * DAY)

    assert pump.true_delivery == pump.delivery
    assert pump.true_content == pump.status(now=START + 3 * DAY).content


def test_a_quantum_a_little_larger_than_its_label_is_not_seen_by_the_pump() -> None:
    pump = running(continuous(200), gain="1.1")

    status = pump.status(now=START + 10 * DAY)

    assert status.delivered == mL(4)
    assert status.content == mL(14)
    assert pump.true_content == mL("13.6")
    assert true_ug(pump) == 2200
    assert status.alarms == ()


def test_an_over_infusing_legacy_pump_runs_dry_with_no_alarm() -> None:
    pump = running(continuous(200), gain="1.25", profile=LEGACY)

    pump.advance(START + 35 * DAY)

    assert pump.true_content == mL("1.4")
    assert alarms_of(pump) == set()
    last = pump.true_delivery.segments[-1]
    assert last.flow.is_zero
    assert last.interval.start - START == pytest.approx(timedelta(days=33.2), abs=timedelta(minutes=3))


@pytest.mark.requirement("ITB-073", "ITB-074", "ITB-093")
def test_a_drive_that_runs_ahead_is_stopped_after_two_quanta() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.RUNAWAY, HOUR, size="1.5"))

    pump.advance(START + DAY)

    assert {Alarm.OVER_DELIVERY} == alarms_of(pump)
    assert pump.status(now=START + DAY).flow.is_zero
    memory = pump.memory
    assert memory.drive.counts - memory.asked == 2
    noticed = next(entry for entry in pump.log if entry.kind is Kind.ALARM_RAISED)
    assert noticed.at - (START + HOUR) <= 5 * DAY / 800


def test_a_legacy_pump_does_not_see_its_drive_run_ahead() -> None:
    pump = running(continuous(200), profile=LEGACY)
    pump.arrange(acting(Cause.RUNAWAY, size="1.5"))

    pump.advance(START + 10 * DAY)

    assert alarms_of(pump) == set()
    assert true_ug(pump) == 3000


@pytest.mark.requirement("ITB-073", "ITB-075", "ITB-120")
def test_a_drive_that_lags_behind_alarms_and_keeps_its_program() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.LAGGING, size="0.9"))

    pump.advance(START + DAY)

    assert alarms_of(pump) == {Alarm.UNDER_DELIVERY}
    assert pump.status(now=START + DAY).flow.mL_per_day == Decimal("0.4")
    assert pump.memory.drive.counts == 720


@pytest.mark.requirement("ITB-080", "ITB-158")
@pytest.mark.parametrize("cause", STALLS)
def test_a_stall_is_noticed_half_a_minute_after_a_missed_quantum_and_nothing_is_made_up(cause: Cause) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, HOUR + MINUTE, lasting=5 * HOUR))

    pump.advance(START + 2 * HOUR)
    noticed = next(entry for entry in pump.log if entry.kind is Kind.PUMP_STALLED)
    assert noticed.at == START + HOUR + MINUTE + timedelta(seconds=42)  # a quantum is due each 108 s
    assert noticed.fact("first_missed") == (noticed.at - timedelta(seconds=30)).isoformat()
    assert alarms_of(pump) == {Alarm.MOTOR_STALL}
    assert pump.status(now=START + 2 * HOUR).flow.is_zero

    pump.advance(START + DAY)
    recovered = next(entry for entry in pump.log if entry.kind is Kind.STALL_RECOVERED)
    assert recovered.at == START + 6 * HOUR + MINUTE + timedelta(seconds=48 + 108)
    assert recovered.fact("turned") == (recovered.at - timedelta(seconds=108)).isoformat()
    assert recovered.fact("missed_quanta") in {"166", "167"}
    assert pump.memory.asked == 800
    assert 800 - pump.memory.drive.counts in {166, 167}
    assert alarms_of(pump) == {Alarm.MOTOR_STALL}
    pump.interrogate(now=START + DAY)
    assert alarms_of(pump) == set()


def test_a_legacy_pump_notices_a_stall_twenty_minutes_late_and_none_while_it_is_stopped() -> None:
    pump = running(continuous(200), profile=LEGACY)
    stopped = implanted(profile=LEGACY)
    for one in (pump, stopped):
        one.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=HOUR, until_seen=True))
        one.advance(START + 12 * HOUR)

    noticed = next(entry for entry in pump.log if entry.kind is Kind.PUMP_STALLED)
    first = pump.memory.watch.missed_since
    assert first is not None
    assert noticed.at == first + 20 * MINUTE
    assert Kind.PUMP_STALLED not in kinds_of(stopped)


@pytest.mark.requirement("ITB-079")
def test_a_reference_pump_that_is_stopped_still_notices_that_it_could_not_turn() -> None:
    pump = implanted()
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=HOUR, until_seen=True))

    pump.advance(START + 2 * HOUR)

    assert Alarm.MOTOR_STALL in alarms_of(pump)


@pytest.mark.requirement("ITB-153", "ITB-155")
@pytest.mark.parametrize(
    ("lingers", "until_seen", "back_after"),
    [(10 * MINUTE, False, HOUR), (13 * HOUR, False, 14 * HOUR), (timedelta(0), True, None)],
)
def test_a_rotor_turns_again_in_one_of_three_ways_after_a_magnet(
    lingers: timedelta, *, until_seen: bool, back_after: timedelta | None
) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=HOUR, lingers=lingers, until_seen=until_seen))

    pump.advance(START + 2 * HOUR + (back_after or 3 * DAY))

    if back_after is None:
        assert pump.memory.drive.counts < 40
        pump.interrogate(now=START + 4 * DAY)
        pump.advance(START + 4 * DAY + HOUR)
        assert pump.status(now=START + 4 * DAY + HOUR).flow.mL_per_day == Decimal("0.4")
    else:
        assert pump.status(now=pump.present).flow.mL_per_day == Decimal("0.4")


@pytest.mark.requirement("ITB-154")
def test_an_old_valve_pump_empties_itself_in_a_magnet() -> None:
    pump = running(continuous(200), model="Prometra 20 mL")
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=HOUR))

    pump.advance(START + 3 * HOUR)

    assert pump.true_content == mL("1.4")
    assert true_ug(pump) > 8000
    assert pump.status(now=START + 3 * HOUR).content > mL(17)


@pytest.mark.requirement("ITB-153", "ITB-154")
def test_a_newer_valve_pump_gives_ten_microlitres_and_stays_closed_until_somebody_resets_it() -> None:
    pump = running(continuous(200), model="Prometra II 20 mL")
    pump.arrange(acting(Cause.MRI_FIELD, HOUR, lasting=HOUR))

    pump.advance(START + 2 * DAY)
    assert true_ug(pump) == pytest.approx(Decimal(5 + 200) / 24 + 5, abs=Decimal(2))
    assert Alarm.MOTOR_STALL in alarms_of(pump)

    before = true_ug(pump)
    pump.interrogate(now=START + 2 * DAY)
    pump.advance(START + 3 * DAY)
    assert true_ug(pump) == before
    pump.handle(ResetValve(id=fresh_id(), against=read(pump)), START + 3 * DAY)
    pump.advance(START + 4 * DAY)
    assert true_ug(pump) == pytest.approx(before + 200, abs=Decimal(2))


@pytest.mark.parametrize(("cause", "lost"), [(Cause.OCCLUSION, "14"), (Cause.LEAK, "13.6")])
def test_a_blocked_catheter_keeps_the_drug_and_a_leaking_one_loses_it(cause: Cause, lost: str) -> None:
    pump = running(continuous(200))
    pump.arrange(acting(cause, DAY))

    pump.advance(START + 11 * DAY)

    assert true_ug(pump) == 200
    assert pump.status(now=START + 11 * DAY).delivered == mL("4.4")
    assert pump.true_content == (mL("17.57") if cause is Cause.OCCLUSION else mL(lost))


@pytest.mark.requirement("ITB-063", "ITB-077", "ITB-169")
def test_what_was_drawn_out_shows_what_the_pump_cannot_see() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.OCCLUSION, DAY))
    pump.advance(START + 20 * DAY)

    pump.handle(
        CompareResidual(id=fresh_id(), against=read(pump), drained=pump.true_content), START + 20 * DAY
    )

    (compared,) = [entry for entry in pump.log if entry.kind is Kind.RESIDUAL_COMPARED]
    assert (compared.fact("expected_mL"), compared.fact("drained_mL")) == ("10", "17.57")
    assert compared.fact("flagged") == "yes"


@pytest.mark.parametrize("profile", [LEGACY, REFERENCE])
def test_a_pump_that_surges_after_a_stop_gives_ten_minutes_too_much_unless_it_counts(
    profile: Profile,
) -> None:
    pump = running(continuous(200), profile=profile)
    pump.arrange(acting(Cause.RESTART_SURGE, size="9"))
    pump.handle(Stop(id=fresh_id()), START + DAY)
    send(pump, continuous(200), now=START + DAY + HOUR)

    pump.advance(START + DAY + 2 * HOUR)

    surplus = true_ug(pump) - Decimal(200) - Decimal(200) / 24
    if profile is LEGACY:
        assert surplus == pytest.approx(Decimal(200) * 8 * 10 / 1440, abs=Decimal(2))
    else:
        assert surplus < 0
        assert Alarm.OVER_DELIVERY in alarms_of(pump)


def test_no_needle_finds_the_port_of_a_flipped_pump() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.FLIPPED, DAY))
    pump.advance(START + 30 * DAY)

    refill(pump, fill="18", left="1.4")

    assert pump.status(now=pump.present).content == mL("19.4")
    assert pump.true_content == mL(6)


def test_drug_of_another_strength_than_its_label_is_given_at_the_programs_pace() -> None:
    pump = running(continuous(200))
    pump.advance(START + 10 * DAY)
    before = true_ug(pump)

    refill_now(
        pump,
        fresh_id(),
        START + 10 * DAY,
        against=WrittenAgainst(revision=pump.memory.revision, digest=pump.memory.plan.digest),
        left_behind=mL(0),
        fill=mL(18),
        concentration=C500,
        product=C2000,
        program=None,
    )
    pump.advance(START + 11 * DAY)

    assert true_ug(pump) - before == 800
    assert pump.delivery.mass.ug == 2200


def test_a_needle_alone_changes_nothing_that_the_pump_knows() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(200))))
    pump.advance(START + 10 * DAY)

    pump.fill_by_needle(left_behind=mL(0), fill=mL(18), product=C2000, now=START + 10 * DAY)
    pump.advance(START + 11 * DAY)

    assert pump.status(now=START + 11 * DAY).content == mL("13.6")
    assert pump.true_delivery.segments[-1].mass.ug == 800


def test_more_than_fits_is_refused_and_nothing_is_filled() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="capacity of this pump"):
        pump.fill_by_needle(left_behind=mL(10), fill=mL("10.1"), product=C500, now=START)
    assert pump.true_content == mL(18)


def test_a_clock_that_drifts_moves_the_dose_with_it() -> None:
    pump = running(continuous(200), drift_ppm=100)

    status = pump.status(now=START + 40 * DAY)

    assert pump.memory.at - START == 40 * DAY + timedelta(microseconds=40 * 86_400 * 100)
    assert status.delivered > mL("16")
    assert pump.true_delivery.segments[-1].interval.end - START == pytest.approx(
        40 * DAY, abs=timedelta(microseconds=2)
    )
    assert true_ug(pump) == pytest.approx(Decimal("8000.8"), abs=Decimal("0.1"))


@given(
    cuts=st.lists(st.timedeltas(timedelta(0), 3 * DAY), max_size=6),
    what=st.sampled_from(
        [
            (Cause.LAGGING, "0.7"),
            (Cause.OVER_INFUSION, "1.3"),
            (Cause.RUNAWAY, "1.3"),
            (Cause.BACKFLOW, "0.5"),
        ]
    ),
)
@settings(max_examples=25, deadline=None)
def test_whatever_acts_cutting_the_time_changes_nothing(
    cuts: list[timedelta], what: tuple[Cause, str]
) -> None:
    cause, size = what
    one = running(continuous(200), fill="3.5")
    other = Pump.restore(one.image())
    for pump in (one, other):
        pump.arrange(
            acting(cause, HOUR, lasting=2 * DAY, size=size),
            acting(Cause.SHAFT_WEAR, 3 * DAY, lasting=5 * HOUR),
            acting(Cause.POWER_CUT, 4 * DAY),
        )
    end = START + 19 * DAY
    moments = sorted(START + sum(cuts[: number + 1], timedelta(0)) for number in range(len(cuts)))

    for moment in moments:
        one.advance(moment)
    one.advance(end)
    other.advance(end)

    same = one.image() == other.image()
    assert same


@given(gain=st.integers(50, 200), day=st.integers(1, 40))
@settings(max_examples=20, deadline=None)
def test_what_truly_left_the_reservoir_truly_reached_the_patient(gain: int, day: int) -> None:
    pump = running(continuous(200), gain=f"{gain}/100")

    pump.advance(START + day * DAY)

    left = Fraction(18) - Fraction(pump.true_content.mL)
    reached = sum(
        Fraction(part.flow.mL_per_day) * Fraction(part.interval.length / DAY)
        for part in pump.true_delivery.segments
    )
    assert abs(left - reached) <= Fraction(1, 500)
