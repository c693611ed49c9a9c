"""Signed, sent, and what may be claimed afterwards, wherever the link is cut or the server dies."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection

from builders.clinic import ACTOR, NOW, Clinic, PowerCutError, after, power_cut, uncertain
from thecal.clinic.demonstration import services
from thecal.clinic.demonstration.errors import LinkLostError
from thecal.clinic.demonstration.services import sending
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import errors
from thecal.clinic.orders import services as orders
from thecal.clinic.orders.models import OrderRecord, SessionRecord
from thecal.clinic.orders.services import exporting
from thecal.clinic.orders.states import OrderState, StopState
from thecal.lab.bench import Bench, LinkArrangement
from thecal.programmer import session_report
from thecal.therapy import CommandId, PumpSerial, Unchanged, program_digest, report_bytes


def test_a_dose_is_signed_sent_and_verified(clinic: Clinic) -> None:
    command = clinic.signed("123")

    assert clinic.page.order is not None
    assert clinic.page.order.state is OrderState.SIGNED
    assert clinic.send(command) is OrderState.VERIFIED

    page = clinic.page
    assert page.order is None
    assert page.last_order is not None
    assert page.last_order.command == command
    assert page.known.interrogation.status.last_command == command
    assert clinic.truth.program_digest == program_digest(page.last_order.programmed)
    assert clinic.kinds[-3:] == ["prescription.signed", "command.sent", "program.verified"]
    assert SessionRecord.objects.get().outcome == "verified"


def test_a_signed_order_is_withdrawn_and_can_no_longer_be_sent(clinic: Clinic) -> None:
    command = clinic.signed()

    services.withdraw_order(command, actor=ACTOR, now=NOW)

    with pytest.raises(errors.WrongStateError, match="withdrawn"):
        clinic.send(command)
    assert clinic.kinds[-1] == "order.withdrawn"
    assert clinic.page.why_not_propose == ""


def test_an_order_is_never_sent_twice(clinic: Clinic) -> None:
    command = clinic.signed()
    clinic.send(command)
    revision = clinic.truth.revision

    with pytest.raises(errors.WrongStateError, match="verified"):
        clinic.send(command)

    assert clinic.truth.revision == revision
    assert clinic.kinds.count("command.sent") == 1


def test_while_an_order_waits_no_other_is_proposed_or_signed(clinic: Clinic) -> None:
    form = clinic.form(daily_dose="130")
    reviewed = services.preview(form, actor=ACTOR).programmed_digest
    clinic.signed()

    with pytest.raises(errors.OpenOrderError):
        services.preview(form, actor=ACTOR)
    with pytest.raises(errors.OpenOrderError):
        services.sign_prescription(form, pin="2468", reviewed=reviewed, actor=ACTOR, now=NOW)


def test_an_unknown_order_is_refused(clinic: Clinic) -> None:
    with pytest.raises(errors.WrongStateError, match="no such order"):
        clinic.send(CommandId("nobody's"))


@pytest.mark.parametrize("cut", LinkArrangement)
def test_wherever_the_link_is_cut_the_page_claims_no_more_than_is_known(
    clinic: Clinic, cut: LinkArrangement
) -> None:
    before = clinic.truth.revision
    command = clinic.signed()
    clinic.link(cut.value)

    state = clinic.send(command)

    took = clinic.truth.last_command == command
    assert state in {
        OrderState.SIGNED,
        OrderState.VERIFIED,
        OrderState.UNCHANGED,
        OrderState.UNCERTAIN,
    }
    assert took or state is not OrderState.VERIFIED
    assert not took or state not in {OrderState.UNCHANGED, OrderState.SIGNED}
    if state is OrderState.SIGNED:
        services.withdraw_order(command, actor=ACTOR, now=NOW)
    if state is OrderState.UNCERTAIN:
        _uncertain_blocks(clinic, command)
        clinic.link("good")
        assert clinic.settle(command) is (OrderState.VERIFIED if took else OrderState.UNCHANGED)
    assert clinic.truth.revision == before + took
    assert clinic.page.order is None
    assert ledger.verify().matches_published


def _uncertain_blocks(clinic: Clinic, command: CommandId) -> None:
    form = clinic.form(daily_dose="130")
    assert clinic.page.order is not None
    assert clinic.page.order.is_uncertain
    assert "do not send again" in clinic.page.why_not_propose.lower()
    with pytest.raises(errors.UncertainOrderError):
        services.preview(form, actor=ACTOR)
    with pytest.raises(errors.UncertainOrderError):
        services.sign_prescription(form, pin="2468", reviewed="", actor=ACTOR, now=NOW)
    with pytest.raises(errors.UncertainOrderError):
        clinic.send(command)
    with pytest.raises(errors.WrongStateError):
        services.withdraw_order(command, actor=ACTOR, now=NOW)


def test_an_uncertain_order_stays_so_while_nothing_can_be_read(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("dead")

    assert clinic.settle(command) is OrderState.UNCERTAIN
    with pytest.raises(LinkLostError):
        clinic.interrogate()

    assert clinic.page.order is not None
    assert clinic.kinds[-1] == "pump.not-read"


def test_interrogating_settles_what_was_uncertain(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("good")

    clinic.interrogate()

    assert clinic.order(command).state is OrderState.VERIFIED


def test_a_stop_overtakes_an_uncertain_order(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("good")

    assert clinic.stop() is StopState.VERIFIED

    assert clinic.order(command).state is OrderState.OVERTAKEN
    assert clinic.truth.stopped
    assert "order.overtaken" in clinic.kinds


def test_a_stop_that_could_not_be_read_back_overtakes_once_the_pump_is_read(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("command-answer-lost")
    assert clinic.stop() is StopState.UNVERIFIED
    assert clinic.truth.stopped
    clinic.link("good")

    clinic.interrogate()

    assert clinic.truth.stopped
    assert clinic.order(command).state is OrderState.OVERTAKEN
    assert clinic.page.stop is None
    assert clinic.page.order is None


CRASHES: dict[str, tuple[object, str, object, OrderState]] = {
    "before the intent is written": (exporting.ledger, "append", power_cut, OrderState.SIGNED),
    "after the intent is written": (
        orders,
        "export_order",
        after(orders.export_order),
        OrderState.SENT,
    ),
    "before the command": (Bench, "send", power_cut, OrderState.SENT),
    "after the command": (Bench, "send", after(Bench.send), OrderState.SENT),
    "before the outcome is written": (sending, "receive", power_cut, OrderState.SENT),
    "after the outcome is written": (sending, "receive", after(sending.receive), OrderState.SENT),
    "before the pump's memory is saved": (sending, "save", power_cut, OrderState.SENT),
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_leaves_an_order_either_not_sent_or_uncertain(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    place, name, fault, expected = CRASHES[crash]
    command = clinic.signed()
    monkeypatch.setattr(place, name, fault)
    with pytest.raises(PowerCutError):
        clinic.send(command)
    monkeypatch.undo()
    connection.close()

    order = clinic.order(command)
    assert order.state is expected
    assert ("command.sent" in clinic.kinds) is (expected is OrderState.SENT)
    assert ledger.verify().matches_published
    if expected is OrderState.SENT:
        _uncertain_blocks(clinic, command)
        assert clinic.settle(command) in {OrderState.VERIFIED, OrderState.UNCHANGED}
    else:
        assert clinic.send(command) is OrderState.VERIFIED
    assert clinic.page.why_not_propose == ""


def test_nothing_is_sent_while_a_database_transaction_is_open(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def watch(name: str) -> None:
        act = getattr(Bench, name)

        def watched(*args: object, **kwargs: object) -> object:
            assert not connection.in_atomic_block
            sent.append(name)
            return act(*args, **kwargs)

        monkeypatch.setattr(Bench, name, watched)

    for name in ("send", "settle", "stop", "interrogate"):
        watch(name)
    uncertain(clinic)
    clinic.link("good")
    clinic.interrogate()
    clinic.interrogate()
    clinic.stop()

    assert set(sent) == {"send", "settle", "stop", "interrogate"}


@pytest.mark.parametrize("cut", ["dead", "first-answer-lost"])
def test_a_link_dead_before_anything_left_keeps_the_order_signed(clinic: Clinic, cut: str) -> None:
    command = clinic.signed()
    clinic.link(cut)

    assert clinic.send(command) is OrderState.SIGNED

    assert clinic.page.order is not None
    assert "nothing was sent" in clinic.page.order.outcome_reason
    assert (clinic.page.order.sent_at, clinic.kinds[-1]) == (None, "order.not-sent")
    clinic.link("good")
    assert clinic.send(command) is OrderState.VERIFIED


def test_an_order_not_sent_is_withdrawn_where_a_stop_was_ordered_meanwhile(clinic: Clinic) -> None:
    command, implant = clinic.signed(), clinic.row.implant
    orders.export_order(command, implant=implant, actor=ACTOR, now=NOW)
    orders.order_stop(CommandId("stop-1"), implant=implant, actor=ACTOR, now=NOW)
    report = session_report(
        Unchanged(reason="nothing was sent", status=None),
        command=command,
        pump=PumpSerial(implant.serial),
        now=NOW,
    )

    orders.receive_report(report_bytes(report), implant=implant, actor=ACTOR, now=NOW)

    assert clinic.order(command).state is OrderState.WITHDRAWN


def test_two_people_sending_at_once_send_once(clinic: Clinic) -> None:
    command = clinic.signed()
    revision = clinic.truth.revision
    results: list[object] = []

    def send() -> None:
        try:
            results.append(clinic.send(command))
        except errors.OrdersError as refused:
            results.append(type(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count(OrderState.VERIFIED) == 1
    assert set(results) <= {OrderState.VERIFIED, errors.UncertainOrderError, errors.WrongStateError}
    assert clinic.truth.revision == revision + 1
    assert clinic.kinds.count("command.sent") == 1


def test_the_database_refuses_a_second_open_order(clinic: Clinic) -> None:
    first = OrderRecord.objects.get(command=clinic.signed())
    services.withdraw_order(CommandId(first.command), actor=ACTOR, now=NOW)
    clinic.signed()

    with pytest.raises(IntegrityError):
        OrderRecord.objects.filter(command=first.command).update(state=OrderState.SIGNED)
    with pytest.raises(IntegrityError):
        OrderRecord.objects.filter(command=first.command).update(state="lost")
    with pytest.raises(IntegrityError):
        OrderRecord.objects.filter(command=first.command).update(state=OrderState.VERIFIED)


def test_an_order_that_was_altered_is_not_sent(clinic: Clinic) -> None:
    command = clinic.signed()
    order = OrderRecord.objects.get(command=command)
    document = bytes(order.document).replace(b'"ug_per_day":"123"', b'"ug_per_day":"923"')
    assert document != bytes(order.document)
    OrderRecord.objects.filter(command=command).update(document=document)

    with pytest.raises(errors.ForgedOrderError):
        clinic.send(command)

    assert "command.sent" not in clinic.kinds
    services.withdraw_order(command, actor=ACTOR, now=NOW)
