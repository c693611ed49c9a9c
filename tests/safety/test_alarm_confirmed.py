"""The pump sounds whatever a person had it do, and nothing that it does by itself (ITB-162)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from builders.pumps import (
    C500,
    CLOCK,
    START,
    acting,
    arm_refill,
    continuous,
    fresh_id,
    mL,
    read,
    records,
    refill,
    running,
    send,
    ug_a_day,
)
from builders.twin.patient_bolus import asked_of, wanted
from thecal.pump import Cause, Kind, Pump, RefusedError, confirmations
from thecal.quantities import DAY, HOUR, MINUTE, Interval, PumpClock
from thecal.therapy import (
    AbandonProgram,
    AlarmSettings,
    BeginUpdate,
    CancelRefill,
    CommandId,
    CompareResidual,
    ConfirmProgram,
    ConfirmRefill,
    Pause,
    PumpStatus,
    RequestPatientBolus,
    ResetValve,
    Restart,
    Resume,
    SetAlarms,
    SetBolusWhenLow,
    SetClock,
    SetFallback,
    SilenceAlarms,
    StartFallback,
    Stop,
    WriteProgram,
    WrittenAgainst,
)

AT = START + DAY
ORDER = CommandId("an order")
Does = Callable[[Pump], object]


def nothing(_pump: Pump) -> None:
    """Do nothing beforehand."""


def written(pump: Pump, *, now: datetime = AT) -> PumpStatus:
    """Write a program down, to be read back."""
    status = pump.status(now=now)
    return pump.handle(
        WriteProgram(id=ORDER, against=WrittenAgainst.of(status), program=wanted(dose=150)), now
    )


def armed(pump: Pump, *, now: datetime = AT) -> PumpStatus:
    """Begin a refill."""
    return arm_refill(pump, fill=mL(10), concentration=C500, program=None, now=now)


def ran_ahead(pump: Pump) -> None:
    """Let the drive run ahead, so that a fault holds the pump."""
    pump.arrange(acting(Cause.RUNAWAY, HOUR, lasting=HOUR, size="3"))


def had_fever(pump: Pump) -> None:
    """Let an alarm stand whose cause is over."""
    pump.arrange(acting(Cause.FEVER, HOUR, lasting=HOUR, size="42"))


SOUNDED: dict[str, tuple[Does, Does]] = {
    "set_program": (nothing, lambda pump: send(pump, wanted(dose=150), now=AT)),
    "write_program": (nothing, written),
    "confirm_program": (
        lambda pump: written(pump, now=AT - MINUTE),
        lambda pump: pump.handle(ConfirmProgram(id=ORDER), AT),
    ),
    "refill": (lambda pump: pump.advance(AT), lambda pump: refill(pump, fill="10")),
    "stop": (nothing, lambda pump: pump.handle(Stop(id=fresh_id()), AT)),
    "begin_update": (nothing, lambda pump: pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), AT)),
    "abandon_update": (
        lambda pump: pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), AT - MINUTE),
        lambda pump: pump.handle(AbandonProgram(id=fresh_id(), against=read(pump)), AT),
    ),
    "give_up_written": (
        lambda pump: written(pump, now=AT - MINUTE),
        lambda pump: pump.give_up_written(now=AT),
    ),
    "arm_refill": (nothing, armed),
    "confirm_refill": (
        lambda pump: armed(pump, now=AT - MINUTE),
        lambda pump: pump.handle(ConfirmRefill(id=fresh_id(), against=read(pump), left_behind=mL("1.4")), AT),
    ),
    "cancel_refill": (
        lambda pump: armed(pump, now=AT - MINUTE),
        lambda pump: pump.handle(CancelRefill(id=fresh_id(), against=read(pump)), AT),
    ),
    "compare_residual": (
        nothing,
        lambda pump: pump.handle(CompareResidual(id=fresh_id(), against=read(pump), drained=mL("17.6")), AT),
    ),
    "silence": (nothing, lambda pump: pump.handle(SilenceAlarms(id=fresh_id(), against=read(pump)), AT)),
    "set_clock": (
        nothing,
        lambda pump: pump.handle(
            SetClock(id=fresh_id(), against=read(pump), clock=PumpClock(CLOCK.offset + HOUR)), AT
        ),
    ),
    "pause": (nothing, lambda pump: pump.handle(Pause(id=fresh_id(), against=read(pump)), AT)),
    "resume": (
        lambda pump: pump.handle(Pause(id=fresh_id(), against=read(pump)), AT - MINUTE),
        lambda pump: pump.handle(Resume(id=fresh_id(), against=read(pump)), AT),
    ),
    "set_bolus_when_low": (
        nothing,
        lambda pump: pump.handle(SetBolusWhenLow(id=fresh_id(), against=read(pump), allowed=False), AT),
    ),
    "set_alarms": (
        nothing,
        lambda pump: pump.handle(
            SetAlarms(id=fresh_id(), against=read(pump), settings=AlarmSettings(low=mL(4))), AT
        ),
    ),
    "restart": (ran_ahead, lambda pump: pump.handle(Restart(id=fresh_id(), against=read(pump)), AT)),
    "set_fallback": (
        nothing,
        lambda pump: pump.handle(
            SetFallback(id=fresh_id(), against=read(pump), daily_dose=ug_a_day(100)), AT
        ),
    ),
    "start_fallback": (
        lambda pump: pump.handle(Stop(id=fresh_id()), AT - HOUR),
        lambda pump: pump.handle(StartFallback(id=fresh_id(), against=read(pump)), AT),
    ),
    "request_bolus": (nothing, lambda pump: pump.handle(RequestPatientBolus(id=fresh_id()), AT)),
    "interrogate": (had_fever, lambda pump: pump.interrogate(now=AT)),
}
"""Every act that alters delivery, filling, alarms or clock: what comes before it, and the act."""

SILENT = {
    "handle": "the entry to every act, each of which is here by its own name",
    "has_carried_out": "reads",
    "fill_by_needle": "the needle's work: the pump is not told",
    "refuse_frame": "refuses, and alters nothing",
    "link_lost": "nobody's act; the alarm itself is heard again",
    "lose_power_at_write": "befalls it",
    "damage_log": "befalls it",
    "implanted": "makes the pump",
    "restore": "makes the pump",
    "image": "is kept",
    "status": "reads",
    "record_error": "reads",
    "advance": "time passes",
    "arrange": "befalls it",
    "touch": "a wand is felt",
    "in_contact": "reads",
    "check_contact": "refuses, and alters nothing",
    "contact": "a wand is felt",
    "spend_radio": "the radio is paid for",
    "reset_valve": "has a test of its own: this pump has no valves",
}
"""Everything else that can be done with a pump, and why it is not sounded."""


def sounded(pump: Pump, start: datetime = AT, lasting: timedelta = DAY) -> tuple[datetime, ...]:
    """Return when a pump confirmed something."""
    return confirmations(pump.memory, pump.hardware, Interval(start, start + lasting))


def test_every_act_of_a_pump_is_either_sounded_or_not_and_why() -> None:
    acts = {name for name, _ in inspect.getmembers(Pump, callable) if not name.startswith("_")}

    assert acts == set(SOUNDED) | set(SILENT)
    assert not set(SOUNDED) & set(SILENT)


@pytest.mark.requirement("ITB-162")
def test_a_valve_that_is_opened_is_sounded() -> None:
    pump = running(continuous(200), model="Prometra II 20 mL")

    pump.handle(ResetValve(id=fresh_id(), against=read(pump)), AT)

    assert sounded(pump) == (AT,)


@pytest.mark.requirement("ITB-162")
@pytest.mark.parametrize("name", SOUNDED)
def test_whatever_a_person_has_the_pump_do_is_sounded_once_and_at_once(name: str) -> None:
    before, act = SOUNDED[name]
    pump = asked_of(wanted())
    before(pump)
    pump.advance(AT)
    assert sounded(pump) == ()

    act(pump)

    assert sounded(pump) == (AT,)


@pytest.mark.requirement("ITB-162")
@pytest.mark.parametrize(
    "cause", [Cause.CLOCK_JUMP, Cause.BOTH_COPIES, Cause.RUNAWAY, Cause.POWER_CUT, Cause.EMI, Cause.FEVER]
)
def test_what_befalls_the_pump_is_not_sounded_as_carried_out(cause: Cause) -> None:
    pump = asked_of(wanted())
    written(pump)
    sizes = {Cause.CLOCK_JUMP: "60", Cause.RUNAWAY: "3", Cause.FEVER: "42"}
    pump.arrange(acting(cause, DAY + 30 * timedelta(seconds=1), lasting=HOUR, size=sizes.get(cause)))

    pump.advance(AT + 10 * DAY)

    assert sounded(pump, lasting=10 * DAY) == (AT,)


@pytest.mark.requirement("ITB-162")
def test_a_pause_is_sounded_when_it_begins_and_not_when_it_ends_by_itself() -> None:
    pump = running(continuous(200))
    pump.handle(Pause(id=fresh_id(), against=read(pump)), AT)

    pump.advance(AT + 2 * HOUR)

    assert [entry.at - AT for entry in records(pump, Kind.PROGRAM_RESUMED)] == [30 * MINUTE]
    assert sounded(pump) == (AT,)


@pytest.mark.requirement("ITB-162")
def test_an_update_that_a_fault_gave_up_is_not_sounded_and_one_that_a_person_gave_up_is() -> None:
    pump = asked_of(wanted())
    written(pump)
    pump.arrange(acting(Cause.RUNAWAY, DAY, lasting=HOUR, size="3"))
    pump.advance(AT + HOUR)

    (given_up,) = records(pump, Kind.UPDATE_ABANDONED)
    assert given_up.fact("cause") == "what it was written for has changed"
    assert sounded(pump) == (AT,)


@pytest.mark.requirement("ITB-162")
def test_an_alarm_that_goes_with_its_state_is_not_sounded_as_carried_out() -> None:
    pump = running(continuous(200))
    pump.arrange(acting(Cause.BATTERY_DRAIN, DAY, size="1400"))
    pump.advance(AT + 120 * DAY)

    assert records(pump, Kind.SERVICE_ENDED)
    assert records(pump, Kind.ALARM_CLEARED)
    assert sounded(pump, lasting=120 * DAY) == ()


@pytest.mark.requirement("ITB-162")
def test_what_is_repeated_or_refused_is_not_sounded() -> None:
    pump, command = running(continuous(200)), fresh_id()
    pump.handle(Stop(id=command), AT)

    pump.handle(Stop(id=command), AT + HOUR)
    with pytest.raises(RefusedError, match="this pump is stopped"):
        pump.handle(Pause(id=fresh_id(), against=read(pump)), AT + 2 * HOUR)

    assert sounded(pump) == (AT,)
