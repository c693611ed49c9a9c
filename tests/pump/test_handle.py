"""One entry for every command: compared, carried out once, refused with a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from builders.pumps import (
    C500,
    C2000,
    START,
    continuous,
    flow,
    fresh_id,
    implanted,
    mL,
    read,
    records,
    running,
)
from thecal.pump import Kind, Pump, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE, Mass
from thecal.therapy import (
    CancelBolus,
    CommandId,
    GiveClinicianBolus,
    Prime,
    PumpSerial,
    ReviseCatheter,
    SetClock,
    SilenceAlarms,
    StartBridge,
    Stop,
    WrittenAgainst,
)

STALE = WrittenAgainst(revision=9, digest="0" * 64)


def bolus(pump: Pump, number: str = "50", command: CommandId | None = None) -> GiveClinicianBolus:
    return GiveClinicianBolus(
        id=command or fresh_id(), against=read(pump), dose=Mass(ug=Decimal(number)), duration=HOUR
    )


def test_a_clinician_bolus_runs_on_top_of_the_base_program_and_ends() -> None:
    pump = running(continuous(200))

    pump.handle(bolus(pump), START + HOUR)

    assert flow(pump) == Decimal("0.4") + Decimal("0.1") * 24
    pump.advance(START + 2 * HOUR + MINUTE)
    assert flow(pump) == Decimal("0.4")
    assert records(pump, Kind.BOLUS_ENDED)[-1].fact("reason") == "complete"


def test_a_bolus_is_cancelled_by_its_id_at_any_revision() -> None:
    pump, given = running(continuous(200)), CommandId("the-bolus")
    pump.handle(bolus(pump, command=given), START + HOUR)
    with pytest.raises(RefusedError, match="no bolus of command another"):
        pump.handle(CancelBolus(id=fresh_id(), target=CommandId("another")), START + HOUR)
    pump.handle(SetClock(id=fresh_id(), against=read(pump), clock=pump.memory.clock), START + HOUR)

    pump.handle(CancelBolus(id=fresh_id(), target=given), START + HOUR + 10 * MINUTE)

    assert flow(pump) == Decimal("0.4")
    assert records(pump, Kind.BOLUS_ENDED)[-1].fact("reason") == "cancelled"


def test_nothing_that_runs_once_starts_on_a_stopped_pump_or_over_another() -> None:
    pump = implanted()
    with pytest.raises(RefusedError, match="bolus: this pump is stopped"):
        pump.handle(bolus(pump), START)
    prime = Prime(id=fresh_id(), against=read(pump), volume=mL("0.3"), duration=HOUR)
    with pytest.raises(RefusedError, match="prime: this pump is stopped"):
        pump.handle(prime, START)

    pump = running(continuous(200))
    pump.handle(bolus(pump), START)
    with pytest.raises(RefusedError, match="bolus: a bolus, a prime or a bridge is running"):
        pump.handle(bolus(pump), START + MINUTE)


def test_a_bridge_that_nothing_needs_is_refused_as_a_program_with_one_is() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)
    dose = pump.memory.program.daily_doses
    assert dose is not None
    bridge = StartBridge(
        id=fresh_id(), against=read(pump), daily_dose=dose[0], old_concentration=C2000, dead_volume=mL("0.3")
    )

    with pytest.raises(RefusedError, match="no bridge is needed"):
        pump.handle(bridge, START + DAY)


def test_a_command_written_against_another_state_is_refused() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="written for revision 9"):
        pump.handle(SilenceAlarms(id=fresh_id(), against=STALE), START + HOUR)

    assert pump.log[-1].kind is Kind.COMMAND_REFUSED


def test_a_repeated_command_is_answered_and_not_carried_out_again() -> None:
    pump, again = running(continuous(200)), SilenceAlarms(id=CommandId("again"), against=STALE)
    first = SilenceAlarms(id=CommandId("again"), against=read(pump))
    pump.handle(first, START + HOUR)
    before = len(records(pump, Kind.ALARM_SILENCED))

    pump.handle(again, START + 2 * HOUR)

    assert pump.log[-1].kind is Kind.COMMAND_REPEATED
    assert len(records(pump, Kind.ALARM_SILENCED)) == before


def test_a_stop_names_its_pump_or_the_one_under_the_wand() -> None:
    pump = running(continuous(200))
    with pytest.raises(RefusedError, match="this is pump TH-0001, the STOP is for pump TH-2"):
        pump.handle(Stop(id=fresh_id(), pump=PumpSerial("TH-2")), START + HOUR)
    assert not pump.memory.program.is_stopped

    assert pump.handle(Stop(id=fresh_id(), pump=pump.memory.serial), START + HOUR).stopped


def revised(pump: Pump, volume: str = "0.3", *, holds: object = None) -> ReviseCatheter:
    return ReviseCatheter(
        id=fresh_id(),
        against=read(pump),
        dead_volume=mL(volume),
        contents=holds,  # type: ignore[arg-type]
        reason="tip replaced at T6",
    )


def test_a_revised_catheter_is_taken_in_contact_alone_and_logged_with_its_reason() -> None:
    pump = running(continuous(200))
    with pytest.raises(RefusedError, match="contact: no wand was detected"):
        pump.handle(revised(pump), START + DAY)

    pump.touch(now=START + DAY)
    pump.handle(revised(pump), START + DAY)

    assert pump.memory.tube is not None
    assert pump.memory.tube.volume == mL("0.3")
    record = records(pump, Kind.CATHETER_REVISED)[-1]
    assert (record.fact("reason"), record.fact("holds")) == ("tip replaced at T6", "nothing")
    assert Pump.restore(pump.image()).memory.tube == pump.memory.tube


@pytest.mark.parametrize(
    ("volume", "holds", "said"),
    [
        ("0.05", None, "dead volume: 0.05 mL is outside what is allowed, 0.1 mL to 0.6 mL"),
        ("0.61", None, "dead volume: 0.61 mL"),
        ("0.3", C2000, "does not bridge what the catheter holds now"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(volume: str, holds: object, said: str) -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)
    pump.touch(now=START + DAY)
    before = pump.memory.tube

    with pytest.raises(RefusedError, match=said):
        pump.handle(revised(pump, volume, holds=holds), START + DAY)

    assert pump.memory.tube == before


@pytest.mark.parametrize("holds", [None, C500])
def test_what_left_the_old_tip_still_counts_after_a_revision(holds: object) -> None:
    pump = running(continuous(1000))
    pump.advance(START + DAY)
    limit = bolus(pump, "1500")
    with pytest.raises(RefusedError):
        Pump.restore(pump.image()).handle(limit, START + DAY)
    pump.touch(now=START + DAY)
    pump.handle(revised(pump, holds=holds), START + DAY)

    with pytest.raises(RefusedError):
        pump.handle(bolus(pump, "1500"), START + DAY)
