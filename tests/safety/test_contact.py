"""Contact, as the pump's own end reports it: what comes by radio from afar is not carried out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.bedside import AFTER, BEFORE, Bedside
from builders.pumps import (
    START,
    acting,
    alarms_of,
    arm_refill,
    continuous,
    fresh_id,
    kinds_of,
    mL,
    read,
    records,
    refill,
    running,
    send,
    ug_a_day,
)
from builders.twin.contact import Nearby, order
from thecal.pump import CONFIRMATION, LEGACY, TONES, Cause, Kind, Pump, confirmations
from thecal.pump.living import FROM_AFAR_MOST
from thecal.quantities import DAY, HOUR, MINUTE, Interval, PumpClock
from thecal.telemetry import (
    Interrogate,
    InterrogateReply,
    ReadStatus,
    SetProgramReply,
    Stop,
    StopReply,
)
from thecal.therapy import Alarm, CommandId, SetClock, SetFallback, SilenceAlarms, commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@pytest.mark.requirement("ITB-137", "ITB-162")
@given(after=st.timedeltas(timedelta(0), 10 * MINUTE))
@settings(max_examples=40)
def test_a_command_by_radio_is_taken_within_two_minutes_of_a_contact_that_the_pump_felt(
    after: timedelta,
) -> None:
    bedside = Bedside()
    touched = bedside.clock.now()
    bedside.pump.touch(now=touched)
    near, wand = after <= 2 * MINUTE, Nearby(bedside.pump)

    reply = wand.ask(order(bedside), now=touched + after)
    assert isinstance(reply, SetProgramReply)
    assert (reply.refusal is None) == near
    wand.ask(ReadStatus(), now=touched + after)
    assert bedside.pump.memory.program == (AFTER if near else BEFORE)

    reply = wand.ask(Stop(command=CommandId("stop")), now=touched + after)
    assert isinstance(reply, StopReply)
    assert (reply.refusal is None) == near
    assert reply.status.stopped == near
    if not near:
        assert "Hold it there, and send the command again" in (reply.refusal or "")
        assert kinds_of(bedside.pump).count(Kind.COMMAND_REFUSED) == 2


@pytest.mark.requirement("ITB-162")
def test_a_flood_of_commands_from_afar_does_not_fill_the_log() -> None:
    bedside = Bedside()
    now, pump = bedside.clock.now(), bedside.pump
    far = timedelta(minutes=2)

    for after in (0, 1, 119):
        for _ in range(FROM_AFAR_MOST):
            reply = Nearby(pump).ask(
                Stop(command=CommandId("stop")), now=now + far + timedelta(seconds=after)
            )
            assert isinstance(reply, StopReply)
            assert reply.refusal is not None
    assert kinds_of(pump).count(Kind.COMMAND_REFUSED) == FROM_AFAR_MOST

    Nearby(pump).ask(Stop(command=CommandId("stop")), now=now + 2 * far)
    assert kinds_of(pump).count(Kind.COMMAND_REFUSED) == FROM_AFAR_MOST + 1


@pytest.mark.requirement("ITB-106", "ITB-162")
def test_a_question_from_afar_ends_no_alarm_and_a_question_by_contact_ends_those_that_are_over() -> None:
    bedside = Bedside()
    now, pump = bedside.clock.now() + HOUR, bedside.pump
    pump.arrange(acting(Cause.WATCHDOG, now - START))

    for question in (Interrogate(), ReadStatus()):
        Nearby(pump).ask(question, now=now)
        assert alarms_of(pump) == {Alarm.PUMP_RESET}
    pump.touch(now=now)
    Nearby(pump).ask(Interrogate(), now=now)

    assert alarms_of(pump) == set()


@pytest.mark.requirement("ITB-162")
def test_a_question_from_afar_drops_no_program_that_waits_to_be_read_back() -> None:
    bedside = Bedside()
    now, pump, wand = bedside.clock.now(), bedside.pump, Nearby(bedside.pump)
    pump.touch(now=now)
    wand.ask(order(bedside), now=now)
    far = now + timedelta(seconds=121)

    Nearby(pump).ask(Interrogate(), now=far)
    assert pump.memory.open is not None
    pump.touch(now=far)
    Nearby(pump).ask(Interrogate(), now=far)

    assert pump.memory.open is None


@pytest.mark.requirement("ITB-162")
def test_a_flood_of_questions_from_afar_does_not_fill_the_log_and_the_first_are_in_it() -> None:
    bedside = Bedside()
    now, pump, wand = bedside.clock.now(), bedside.pump, Nearby(bedside.pump)
    before = kinds_of(pump).count(Kind.PUMP_INTERROGATED)

    for _ in range(2 * FROM_AFAR_MOST):
        wand.ask(Interrogate(), now=now)

    asked = records(pump, Kind.PUMP_INTERROGATED)[before:]
    assert [one.fact("contact") for one in asked] == ["none"] * FROM_AFAR_MOST
    pump.touch(now=now)
    wand.ask(Interrogate(), now=now)
    assert records(pump, Kind.PUMP_INTERROGATED)[-1].data == ()


@pytest.mark.requirement("ITB-162")
def test_no_question_is_contact_and_a_question_needs_none() -> None:
    bedside = Bedside()
    now, wand = bedside.clock.now(), Nearby(bedside.pump)

    for _ in range(3):
        assert isinstance(wand.ask(Interrogate(), now=now), InterrogateReply)

    reply = wand.ask(order(bedside), now=now)
    assert isinstance(reply, SetProgramReply)
    assert "no wand was detected on the skin" in (reply.refusal or "")


@pytest.mark.requirement("ITB-162")
def test_a_contact_that_goes_on_is_recorded_once_and_outlives_a_restart() -> None:
    pump = running(continuous(200))
    for seconds in (0, 60, 170):
        pump.touch(now=START + timedelta(seconds=seconds))
    assert kinds_of(pump).count(Kind.WAND_CONTACTED) == 1

    again = Pump.restore(pump.image())
    again.check_contact(now=START + timedelta(seconds=290))
    again.touch(now=START + HOUR)
    assert kinds_of(again).count(Kind.WAND_CONTACTED) == 2


@pytest.mark.requirement("ITB-162")
@pytest.mark.parametrize(
    "act",
    [
        lambda pump, now: send(pump, continuous(150), now=now),
        lambda pump, _now: refill(pump, fill="10"),
        lambda pump, now: pump.handle(commands.Stop(id=fresh_id()), now),
        lambda pump, now: pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), now),
        lambda pump, now: pump.handle(
            SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(HOUR)), now
        ),
        lambda pump, now: pump.handle(
            SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(100)), now
        ),
        lambda pump, now: arm_refill(
            pump, fill=mL(10), concentration=pump.memory.reservoir.concentration, program=None, now=now
        ),
    ],
    ids=["program", "refill", "stop", "silence", "clock", "fallback", "armed"],
)
def test_whatever_alters_delivery_filling_alarms_or_clock_is_sounded_by_the_pump(
    act: Callable[[Pump, datetime], object],
) -> None:
    pump, now = running(continuous(200)), START + DAY
    pump.arrange(acting(Cause.CLOCK_JUMP, HOUR, size="60"))
    pump.advance(now)
    today = Interval(now, now + DAY)
    assert confirmations(pump.memory, pump.hardware, Interval(START + MINUTE, now + DAY)) == ()

    act(pump, now)

    assert set(confirmations(pump.memory, pump.hardware, today)) == {now}
    assert CONFIRMATION not in TONES.values()
    pump.arrange(acting(Cause.TONE_BROKEN, DAY))
    assert confirmations(pump.memory, pump.hardware, today) == ()


def test_a_legacy_pump_obeys_from_afar() -> None:
    pump = running(continuous(200), profile=LEGACY)

    reply = Nearby(pump).ask(Stop(command=CommandId("stop")), now=START + DAY)

    assert isinstance(reply, StopReply)
    assert reply.status.stopped
