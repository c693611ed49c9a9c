"""Signed, sent, and what may be claimed afterwards, wherever the link is cut or the server dies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Never

import pytest
from django.db import IntegrityError, connection

from clinic.demonstration import ACTOR, NOW, Clinic
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import bench, errors, queries, record, services
from thecal.clinic.orders.models import OrderRecord, SessionRecord
from thecal.clinic.orders.services import sending
from thecal.clinic.orders.states import OrderState, StopState
from thecal.lab.bench import Bench, LinkArrangement
from thecal.therapy import CommandId, program_digest


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
    assert clinic.truth.program_digest == program_digest(page.last_order.given)
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
    reviewed = services.preview(form, actor=ACTOR).given_digest
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
    assert state in {OrderState.VERIFIED, OrderState.UNCHANGED, OrderState.UNCERTAIN}
    assert took or state is not OrderState.VERIFIED
    assert not took or state is not OrderState.UNCHANGED
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


def uncertain(clinic: Clinic) -> CommandId:
    """Leave an order uncertain that the pump did take."""
    command = clinic.signed("140")
    clinic.link("read-back-answer-lost")
    assert clinic.send(command) is OrderState.UNCERTAIN
    assert clinic.truth.last_command == command
    return command


def test_an_uncertain_order_stays_so_while_nothing_can_be_read(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("dead")

    assert clinic.settle(command) is OrderState.UNCERTAIN
    with pytest.raises(errors.LinkLostError):
        clinic.interrogate()

    assert clinic.page.order is not None
    assert clinic.kinds[-1] == "program.uncertain"


def test_interrogating_settles_what_was_uncertain(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("good")

    clinic.interrogate()

    assert queries.order(command, actor=ACTOR).state is OrderState.VERIFIED


def test_a_stop_overtakes_an_uncertain_order(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.link("good")

    assert clinic.stop() is StopState.VERIFIED

    assert queries.order(command, actor=ACTOR).state is OrderState.OVERTAKEN
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
    assert queries.order(command, actor=ACTOR).state is OrderState.OVERTAKEN
    assert clinic.page.stop is None
    assert clinic.page.order is None


# --- crashes -----------------------------------------------------------------------------------------


class PowerCutError(RuntimeError):
    """The server dies here."""


def power_cut(*_: object, **__: object) -> Never:
    raise PowerCutError


def after(act: Callable[..., object]) -> Callable[..., Never]:
    def do_and_die(*args: object, **kwargs: object) -> Never:
        act(*args, **kwargs)
        raise PowerCutError

    return do_and_die


CRASHES: dict[str, tuple[object, str, object, OrderState]] = {
    "before the intent is written": (sending.ledger, "append", power_cut, OrderState.SIGNED),
    "after the intent is written": (sending, "_send", power_cut, OrderState.SENT),
    "before the command": (Bench, "send", power_cut, OrderState.SENT),
    "after the command": (Bench, "send", after(Bench.send), OrderState.SENT),
    "before the outcome is written": (record, "record_outcome", power_cut, OrderState.SENT),
    "after the outcome is written": (record, "record_outcome", after(record.record_outcome), OrderState.SENT),
    "before the pump's memory is saved": (bench, "put", power_cut, OrderState.SENT),
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

    order = queries.order(command, actor=ACTOR)
    assert order.state is expected
    assert ("command.sent" in clinic.kinds) is (expected is OrderState.SENT)
    assert ledger.verify().matches_published
    if expected is OrderState.SENT:
        _uncertain_blocks(clinic, command)
        assert clinic.settle(command) in {OrderState.VERIFIED, OrderState.UNCHANGED}
    else:
        assert clinic.send(command) is OrderState.VERIFIED
    assert clinic.page.why_not_propose == ""


def test_an_order_settled_before_it_went_out_does_not_go_out(clinic: Clinic) -> None:
    command = clinic.signed()
    revision = clinic.truth.revision
    sending._write_intent(command, actor=ACTOR, now=NOW)
    assert clinic.settle(command) is OrderState.UNCHANGED

    assert sending._carry_out(command, actor=ACTOR, now=NOW) is OrderState.UNCHANGED

    assert clinic.truth.revision == revision


def test_an_order_does_not_go_out_once_a_stop_was_ordered(clinic: Clinic) -> None:
    command = clinic.signed()
    sending._write_intent(command, actor=ACTOR, now=NOW)
    clinic.link("dead")
    assert clinic.stop() is StopState.UNVERIFIED
    clinic.link("good")
    revision = clinic.truth.revision

    assert sending._carry_out(command, actor=ACTOR, now=NOW) is OrderState.UNCHANGED

    assert clinic.truth.revision == revision


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
