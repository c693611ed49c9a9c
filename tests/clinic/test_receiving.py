"""A session report is received once, by the implant it is about, and claims no more than it read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.clinic import ACTOR, NOW, Clinic, uncertain
from thecal.clinic.orders import services
from thecal.clinic.orders.errors import ReportRefusedError
from thecal.clinic.orders.models import SessionRecord, StopRecord
from thecal.clinic.orders.states import OrderState, StopState
from thecal.clinic.people.access import Actor
from thecal.clinic.people.errors import NotPermittedError
from thecal.therapy import CommandId, PumpSerial, SessionReport, report_bytes

DIGEST = "0" * 64
NEW_STOP = CommandId("stop-1")


def report(clinic: Clinic, command: str, **changes: object) -> SessionReport:
    """Return a report about a command: nothing could be read, unless something else is said."""
    unread = SessionReport(
        command=CommandId(command),
        pump=PumpSerial(clinic.row.implant.serial),
        outcome="uncertain",
        reason="the link was cut",
        revision=None,
        program_digest=None,
        last_command=None,
        stopped=None,
        at=clinic.page.now,
    )
    return replace(unread, **changes)  # type: ignore[arg-type]


def receive(clinic: Clinic, document: bytes) -> None:
    services.receive_report(document, implant=clinic.row.implant, actor=ACTOR, now=NOW)


def exported(clinic: Clinic) -> CommandId:
    command = clinic.signed()
    services.export_order(command, implant=clinic.row.implant, actor=ACTOR, now=NOW)
    return command


def test_an_old_report_that_nothing_was_sent_does_not_reopen_an_order(clinic: Clinic) -> None:
    command = clinic.signed()
    clinic.link("dead")
    assert clinic.send(command) is OrderState.SIGNED
    nothing_sent = bytes(SessionRecord.objects.get().document)
    clinic.link("read-back-answer-lost")
    assert clinic.send(command) is OrderState.UNCERTAIN

    with pytest.raises(ReportRefusedError, match="received before"):
        receive(clinic, nothing_sent)

    assert clinic.order(command).state is OrderState.UNCERTAIN


def test_a_report_of_a_stop_is_received_once(clinic: Clinic) -> None:
    clinic.link("dead")
    clinic.stop()
    command = StopRecord.objects.get().command
    clinic.link("good")
    clinic.interrogate()
    assert StopRecord.objects.get().state == StopState.INFUSING
    said = report(
        clinic,
        command,
        outcome="verified",
        revision=9,
        program_digest=DIGEST,
        last_command=CommandId(command),
        stopped=True,
    )

    with pytest.raises(ReportRefusedError, match="waits for a session report"):
        receive(clinic, report_bytes(said))

    assert StopRecord.objects.get().state == StopState.INFUSING


@pytest.mark.parametrize("outcome", ["verified", "unchanged", "uncertain"])
def test_a_report_of_another_pump_settles_nothing(clinic: Clinic, outcome: str) -> None:
    command = exported(clinic)
    services.order_stop(NEW_STOP, implant=clinic.row.implant, actor=ACTOR, now=NOW)
    read = {"revision": 99, "program_digest": DIGEST, "stopped": outcome != "verified"}
    last = command if outcome == "verified" else NEW_STOP
    said = report(clinic, command, outcome=outcome, pump=PumpSerial("TRAINING-2"), last_command=last, **read)

    if outcome == "verified":
        with pytest.raises(ReportRefusedError, match="is about pump TRAINING-2"):
            receive(clinic, report_bytes(said))
    else:
        receive(clinic, report_bytes(said))

    # Nothing went to this patient's pump: an unchanged order is withdrawn, for a STOP was ordered meanwhile.
    expected = {
        "verified": OrderState.SENT,
        "unchanged": OrderState.WITHDRAWN,
        "uncertain": OrderState.UNCERTAIN,
    }
    assert clinic.order(command).state is expected[outcome]
    assert StopRecord.objects.get().state == StopState.ORDERED


def test_a_reading_of_another_pump_settles_no_stop_and_counts_as_no_reading(clinic: Clinic) -> None:
    clinic.link("dead")
    clinic.stop()
    other = replace(clinic.truth, serial=PumpSerial("TRAINING-2"), stopped=True)

    services.note_reading(other, implant=clinic.row.implant, actor=ACTOR, now=NOW)

    assert StopRecord.objects.get().state == StopState.UNVERIFIED
    assert clinic.row.implant.last_read_failed
    assert "interrogate" in clinic.page.why_not_propose


@pytest.mark.parametrize("document", [b"", b"{}", b"\xff", b"not a report"])
def test_bytes_that_are_no_report_are_refused_and_change_nothing(clinic: Clinic, document: bytes) -> None:
    before = clinic.kinds

    with pytest.raises(ReportRefusedError, match="cannot be read"):
        receive(clinic, document)

    assert clinic.kinds == before


def test_a_report_about_a_command_that_nobody_sent_is_refused(clinic: Clinic) -> None:
    command = clinic.signed()

    for unknown in (command, "nobody's"):
        with pytest.raises(ReportRefusedError, match="waits for a session report"):
            receive(clinic, report_bytes(report(clinic, unknown)))

    assert clinic.order(command).state is OrderState.SIGNED
    assert not SessionRecord.objects.exists()


def test_a_report_is_kept_exactly_as_it_was_written(clinic: Clinic) -> None:
    command = exported(clinic)
    document = report_bytes(report(clinic, command))

    receive(clinic, document)

    assert bytes(SessionRecord.objects.get().document) == document
    assert clinic.order(command).state is OrderState.UNCERTAIN


def test_nobody_hands_in_a_report_for_a_patient_they_may_not_treat(clinic: Clinic) -> None:
    uncertain(clinic)
    visitor = Actor(ref="visitor", name="A visitor")

    with pytest.raises(NotPermittedError):
        services.receive_report(b"{}", implant=clinic.row.implant, actor=visitor, now=NOW)
    with pytest.raises(NotPermittedError):
        services.note_reading(clinic.truth, implant=clinic.row.implant, actor=visitor, now=NOW)
