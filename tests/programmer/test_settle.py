"""An order that is uncertain is settled by reading the pump, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.bedside import BEFORE, ORDER, SERIAL, TRUSTED, Bedside, dose, nothing_written
from thecal.programmer import PendingCommand, send_and_verify, settle, stop
from thecal.programmer.transports.loopback import Cut
from thecal.therapy import CommandId, PumpSerial, Uncertain, Unchanged, Verified

LASTING, ONCE = True, False


def uncertain(bedside: Bedside, *, frame: int) -> PendingCommand:
    pending = PendingCommand.of(bedside.order())
    outcome = send_and_verify(
        bedside.link(Cut(frame=frame, lasting=LASTING)),
        signed=bedside.signed(),
        verifier=TRUSTED,
        before_send=nothing_written,
    )
    assert isinstance(outcome, Uncertain)
    return pending


@pytest.mark.requirement("ITB-124")
@pytest.mark.parametrize("lasting", [LASTING, ONCE], ids=["lasting", "once"])
@pytest.mark.parametrize("frame", [1, 2, 3])
@pytest.mark.parametrize(("sent", "truth"), [(3, Unchanged), (4, Unchanged), (5, Unchanged), (6, Verified)])
def test_settling_says_what_is_true_or_nothing_wherever_the_link_breaks(
    sent: int, truth: type, frame: int, *, lasting: bool
) -> None:
    bedside = Bedside()
    pending = uncertain(bedside, frame=sent)
    last_read = bedside.found.status

    outcome = settle(bedside.link(Cut(frame=frame, lasting=lasting)), pending, last_read=last_read)

    assert type(outcome) is (Uncertain if frame < 3 else truth)
    if isinstance(outcome, Uncertain):
        assert outcome.command == ORDER
        assert "could not be read" in outcome.reason
    assert type(settle(bedside.link(), pending, last_read=last_read)) is truth


@pytest.mark.parametrize("frame", [3, 4])
def test_an_order_that_a_stop_came_after_stays_uncertain(frame: int) -> None:
    bedside = Bedside()
    pending = uncertain(bedside, frame=frame)
    assert isinstance(stop(bedside.link(), command=CommandId("stop")), Verified)

    outcome = settle(bedside.link(), pending)

    assert isinstance(outcome, Uncertain)
    assert "its last command is stop" in outcome.reason


def test_another_pump_settles_nothing() -> None:
    bedside = Bedside()
    pending = replace(uncertain(bedside, frame=4), pump=PumpSerial("SIM-2"))

    outcome = settle(bedside.link(), pending)

    assert isinstance(outcome, Uncertain)
    assert f"pump {SERIAL} answered, not pump SIM-2" in outcome.reason


def test_the_old_program_under_a_new_revision_does_not_pass_for_unchanged() -> None:
    bedside = Bedside()
    pending = uncertain(bedside, frame=4)
    bedside.take(BEFORE, "another wand")

    outcome = settle(bedside.link(), pending)

    assert bedside.running == BEFORE
    assert isinstance(outcome, Uncertain)


def test_another_program_under_the_same_id_does_not_pass_for_verified() -> None:
    bedside = Bedside()
    pending = uncertain(bedside, frame=3)
    bedside.take(dose("120"), pending.command)

    assert isinstance(settle(bedside.link(), pending), Uncertain)


def test_settling_sends_no_command() -> None:
    bedside = Bedside()
    pending = uncertain(bedside, frame=3)

    settle(bedside.link(), pending)

    assert bedside.commands() == []
