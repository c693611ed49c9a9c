from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    CLOCK,
    MODEL,
    START,
    bolus,
    continuous,
    days,
    deliverable,
    implanted,
    mL,
    program,
    programmed_mL,
    programs,
    recorded_mL,
    refill,
    running,
    send,
    spans,
    ug_a_day,
)
from thecal.pump import Kind, Pump
from thecal.quantities import DAY, HOUR
from thecal.therapy import (
    Alarm,
    Bridge,
    DaySchedule,
    DoseStep,
    Flex,
    MinimumRate,
    PeriodicBolus,
    Priming,
    Program,
    SetProgram,
    SimpleContinuous,
    WrittenAgainst,
    refill_dates,
)
from thecal.therapy import program_digest as digest

QUANTUM = Fraction(MODEL.quantum.mL)


def kinds(pump: Pump) -> list[Kind]:
    return [entry.kind for entry in pump.log]


@pytest.mark.requirement("ITB-007", "ITB-010")
def test_a_pump_without_a_program_delivers_nothing() -> None:
    pump = implanted()

    pump.advance(START + 30 * DAY)

    assert pump.status(now=START + 30 * DAY).delivered == mL(0)
    assert [(part.interval.length, part.flow.mL_per_day) for part in pump.delivery.segments] == [
        (30 * DAY, 0)
    ]


@pytest.mark.requirement("ITB-001", "ITB-006")
def test_two_hundred_micrograms_a_day_at_500_draw_400_microlitres_a_day() -> None:
    pump = running(continuous(200))

    status = pump.status(now=START + 10 * DAY)

    assert status.flow.mL_per_day == Decimal("0.4")
    assert status.delivered == mL(4)
    assert status.content == mL(14)
    assert pump.delivery.mass.ug == 2000


def test_a_flex_step_holds_until_the_next_by_the_pumps_own_clock() -> None:
    day = DaySchedule(
        tuple(
            DoseStep(start=(CLOCK.reading(START) + shift).time(), rate=ug_a_day(rate))
            for shift, rate in ((-11.5 * HOUR, 100), (1 * HOUR, 200), (5 * HOUR, 0))
        )
    )
    pump = running(program(Flex((day,) * 7)))

    pump.advance(START + 6 * HOUR)

    got = [(part.interval.length, part.flow.mL_per_day) for part in pump.delivery.segments]
    assert got == [(1 * HOUR, Decimal("0.2")), (4 * HOUR, Decimal("0.4")), (1 * HOUR, 0)]


@pytest.mark.requirement("ITB-017")
@given(week=st.lists(days(), min_size=7, max_size=7).filter(lambda week: any(day.total_ug() for day in week)))
@settings(max_examples=30)
def test_each_weekday_gets_its_own_dose(week: list[DaySchedule]) -> None:
    what = program(Flex(tuple(week)))
    pump = implanted()
    midnight = CLOCK.midnight_before(START) + DAY
    if not deliverable(what):
        return
    pump.advance(midnight)
    send(pump, what)

    for ahead in range(7):
        before = recorded_mL(pump)
        pump.advance(midnight + (ahead + 1) * DAY)

        weekday = CLOCK.weekday(midnight + ahead * DAY)
        asked = week[weekday].total_ug() / 500
        assert 0 <= asked - (recorded_mL(pump) - before) < QUANTUM / 1000


@pytest.mark.requirement("ITB-015", "ITB-016", "ITB-040")
def test_a_single_bolus_comes_on_top_and_gives_way_to_the_base() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), bolus(50, minutes=30)))

    pump.advance(START + 2 * HOUR)

    got = [(part.interval.length, part.mass.ug) for part in pump.delivery.segments]
    assert got == [(HOUR / 2, Decimal("52.5")), (1.5 * HOUR, Decimal("7.5"))]
    assert kinds(pump)[-1] is Kind.BOLUS_ENDED
    ended = pump.log[-1]
    assert ended.at == START + HOUR / 2
    assert ended.fact("mode") == "single bolus"
    assert ended.fact("reason") == "complete"
    assert (ended.fact("planned_mL"), ended.fact("remaining_mL")) == ("0.1", "0")


@pytest.mark.requirement("ITB-015", "ITB-023")
@pytest.mark.parametrize(
    ("once", "name", "flow", "length"),
    [
        (Priming(volume=mL("0.14"), duration=HOUR), "priming", Decimal("3.36"), HOUR),
        (
            Bridge(dose=ug_a_day(200), old_concentration=continuous(1).concentration, dead_volume=mL("0.2")),
            "bridge",
            Decimal("0.4"),
            12 * HOUR,
        ),
    ],
)
def test_a_prime_and_a_bridge_run_in_place_of_the_base(
    once: Priming | Bridge, name: str, flow: Decimal, length: timedelta
) -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), once))

    pump.advance(START + DAY)

    got = [(part.interval.length, part.flow.mL_per_day) for part in pump.delivery.segments]
    assert got == [(length, flow), (DAY - length, Decimal("0.24"))]
    assert pump.log[-1].fact("mode") == name


@pytest.mark.requirement("ITB-040", "ITB-120")
def test_a_bolus_record_says_what_the_drive_moved_meanwhile() -> None:
    pump = running(continuous(120))
    send(pump, program(SimpleContinuous(dose=ug_a_day(120)), bolus(50)), now=START + DAY)

    pump.advance(START + 2 * DAY)

    assert pump.log[-1].fact("drive_moved_mL") == "0.11"


def test_the_minimum_rate_is_the_devices_own() -> None:
    pump = running(program(MinimumRate()))

    assert pump.status(now=START + 100 * DAY).delivered == mL("0.6")


@pytest.mark.requirement("ITB-011")
def test_a_new_program_ends_the_bolus_that_ran() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(120)), bolus(50, minutes=60)))

    send(pump, continuous(100), now=START + HOUR / 4)

    ended = next(entry for entry in pump.log if entry.kind is Kind.BOLUS_ENDED)
    assert (ended.fact("reason"), ended.fact("remaining_mL")) == ("replaced", "0.075")
    assert pump.status(now=START + HOUR / 4).flow.mL_per_day == Decimal("0.2")


# --- the reservoir runs down ---------------------------------------------------------------------------


@pytest.mark.requirement("ITB-059", "ITB-113")
def test_the_alarms_come_at_their_volumes_and_the_flow_ends_at_the_last() -> None:
    pump = running(continuous(200))

    pump.advance(START + 60 * DAY)

    low, empty = pump.log[-2:]
    assert (low.kind, low.at) == (Kind.RESERVOIR_RAN_LOW, START + 40 * DAY)
    assert (empty.kind, empty.at) == (Kind.RESERVOIR_EMPTIED, START + 41.5 * DAY)
    status = pump.status(now=START + 60 * DAY)
    assert status.alarms == (Alarm.EMPTY_RESERVOIR, Alarm.LOW_RESERVOIR)
    assert (status.content, status.delivered, status.flow.mL_per_day) == (mL("1.4"), mL("16.6"), 0)
    assert pump.delivery.segments[-1].interval.length == 18.5 * DAY
    assert pump.delivery.segments[-1].flow.is_zero


def test_the_alarms_come_even_when_somebody_looks_at_that_very_moment() -> None:
    pump = running(continuous(200))

    for days_later in (40, 41.5, 50):
        pump.advance(START + days_later * DAY)

    assert kinds(pump)[-2:] == [Kind.RESERVOIR_RAN_LOW, Kind.RESERVOIR_EMPTIED]


def test_a_fill_between_two_quanta_is_low_from_the_first_count_at_or_below_the_alarm() -> None:
    pump = running(continuous(500), fill="2.0003")
    one_quantum = DAY / 2000

    assert pump.status(now=START + one_quantum - timedelta(microseconds=1)).alarms == ()
    status = pump.status(now=START + one_quantum)
    assert (status.content, status.alarms) == (mL("1.9998"), (Alarm.LOW_RESERVOIR,))


@pytest.mark.requirement("ITB-005")
def test_a_low_reservoir_keeps_the_program() -> None:
    pump = running(continuous(200))

    status = pump.status(now=START + 41 * DAY)

    assert status.alarms == (Alarm.LOW_RESERVOIR,)
    assert status.flow.mL_per_day == Decimal("0.4")


@pytest.mark.requirement("ITB-158")
def test_what_an_empty_pump_missed_is_never_made_up() -> None:
    pump = running(continuous(200))
    pump.advance(START + 60 * DAY)

    refill(pump, fill="18.6")
    status = pump.status(now=START + 70 * DAY)

    assert status.delivered == mL("16.6") + mL(4)
    assert status.content == mL(16)
    assert status.alarms == ()


def test_a_bolus_that_ran_dry_does_not_go_on_after_the_refill() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(1000)), bolus(50, minutes=360)))
    pump.advance(START + HOUR)
    refill(pump, fill="0.05")
    pump.advance(START + 2 * HOUR)
    assert pump.status(now=START + 2 * HOUR).alarms[0] is Alarm.EMPTY_RESERVOIR

    refill(pump, fill="18")

    ended = next(entry for entry in pump.log if entry.kind is Kind.BOLUS_ENDED)
    assert ended.fact("reason") == "reservoir empty"
    assert START + HOUR < ended.at < START + 2 * HOUR
    assert pump.status(now=START + 2 * HOUR).flow.mL_per_day == 2


def test_a_pump_filled_below_its_alarm_says_so_from_the_first_moment() -> None:
    pump = implanted(fill="1.9")

    assert pump.status(now=START).alarms == (Alarm.PUMP_STOPPED, Alarm.LOW_RESERVOIR)
    assert kinds(pump) == [Kind.PUMP_IMPLANTED, Kind.RESERVOIR_RAN_LOW]


def test_a_pump_with_nothing_usable_is_empty_and_delivers_nothing() -> None:
    pump = running(continuous(200), fill="1.4")

    status = pump.status(now=START + DAY)

    assert status.alarms == (Alarm.EMPTY_RESERVOIR, Alarm.LOW_RESERVOIR)
    assert status.delivered == mL(0)


@given(what=programs(), fill=st.integers(14_500, 200_000))
@settings(max_examples=60)
def test_it_empties_when_the_refill_dates_say(what: Program, fill: int) -> None:
    pump = implanted(fill=str(Decimal(fill).scaleb(-4)))
    if what.once is not None:
        what = program(what.base)
    send(pump, what)
    said = refill_dates(
        pump.memory.holding,
        what,
        MODEL,
        now=START,
        started=START,
        filled_at=START,
        clock=CLOCK,
    ).empty
    if said is None or said > START + 3 * 365 * DAY:
        return

    pump.advance(said + timedelta(microseconds=1))

    # With periodic boluses it empties later, for the last ones are withheld (ITB-036).
    assert pump.memory.is_empty or isinstance(what.base, PeriodicBolus)
    emptied = [entry.at for entry in pump.log if entry.kind is Kind.RESERVOIR_EMPTIED]
    sooner = Fraction(0) if not emptied else programmed_mL(what, emptied[0], max(emptied[0], said))
    assert sooner < QUANTUM


# --- laws ------------------------------------------------------------------------------------------------


@given(
    what=programs(), cuts=st.lists(spans(), min_size=1, max_size=6), fill=st.sampled_from(["2.1", "3", "18"])
)
@settings(max_examples=60)
def test_however_the_time_is_cut_the_pump_ends_the_same(
    what: Program, cuts: list[timedelta], fill: str
) -> None:
    if what.once is not None and fill != "18":
        what = program(what.base)
    in_steps = implanted(fill)
    at_once = implanted(fill)
    for pump in (in_steps, at_once):
        pump.handle(
            SetProgram(
                id="a", against=WrittenAgainst(revision=0, digest=digest(pump.memory.program)), program=what
            ),
            START,
        )

    at = START
    for cut in cuts:
        at += cut
        in_steps.advance(at)
    at_once.advance(at)

    assert in_steps.memory == at_once.memory
    assert in_steps.image() == at_once.image()


@pytest.mark.requirement("ITB-006", "ITB-021", "ITB-120")
@given(what=programs(), span=spans(timedelta(days=100)), fill=st.sampled_from(["3", "18"]))
@settings(max_examples=60)
def test_volume_is_conserved_and_never_above_what_was_programmed(
    what: Program, span: timedelta, fill: str
) -> None:
    if what.once is not None and fill == "3":
        what = program(what.base)
    pump = running(what, fill)

    status = pump.status(now=START + span)

    delivered = Fraction(status.delivered.mL)
    assert delivered == pump.memory.drive.counts * QUANTUM
    assert Fraction(fill) - Fraction(status.content.mL) == delivered
    assert delivered <= programmed_mL(what, START, START + span)
    assert delivered <= Fraction(fill) - Fraction(MODEL.unusable.mL)
    assert abs(recorded_mL(pump) - delivered) <= QUANTUM
    if not pump.memory.is_empty:
        assert programmed_mL(what, START, START + span) - delivered < QUANTUM


def test_a_year_of_flex_is_lived_in_well_under_a_second() -> None:
    steps = tuple(
        DoseStep(start=(CLOCK.reading(START).replace(hour=hour, minute=0)).time(), rate=ug_a_day(24 + hour))
        for hour in range(0, 24, 2)
    )
    pump = running(program(Flex.every_day(*steps)))

    begun = perf_counter()
    pump.advance(START + 365 * DAY)

    assert perf_counter() - begun < 3  # a tenth of it on a quiet machine
