from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client

from thecal.clinic.demonstration import access, queries
from thecal.clinic.demonstration.services import stopping
from thecal.clinic.orders.services import receiving
from web.conftest import Desk

ACTS = ["/stop", "/interrogate", "/training/advance", "/training/link", "/orders/none/send"]


@pytest.mark.requirement("ITB-121", "ITB-128")
def test_the_bench_says_what_the_implant_runs_and_until_when(desk: Desk) -> None:
    page = desk.open()

    for said in (
        "Simple continuous: 150 mcg/day",
        "500 mcg/mL",
        "Refill by",
        "Low-reservoir alarm",
        "TRAINING-1",
    ):
        assert said in page.text


@pytest.mark.requirement("ITB-129")
@pytest.mark.parametrize("path", ACTS)
def test_an_act_is_never_done_by_opening_a_page(desk: Desk, path: str) -> None:
    before = desk.clinic.kinds

    assert desk.client.get(path).status_code == 405
    assert desk.clinic.kinds == before


def test_an_act_without_its_token_is_refused_and_says_to_try_again(desk: Desk) -> None:
    before = desk.clinic.kinds

    answer = Client(enforce_csrf_checks=True).post("/stop")

    assert answer.status_code == 403
    assert "press STOP again" in desk.read(answer).text
    assert desk.clinic.kinds == before


def test_the_way_of_a_dose_ends_verified(desk: Desk) -> None:
    signed = desk.sign()
    waiting = desk.open()
    order = desk.clinic.page.order
    assert order is not None
    desk.press(f"/orders/{order.command}/send")
    page = desk.open()

    assert signed.status_code == 302
    assert "Signed, not yet sent" in waiting.text
    assert "Verified: the pump runs the ordered program" in page.text
    assert "Simple continuous: 165 mcg/day" in page.text


def test_a_withdrawn_order_was_never_sent(desk: Desk) -> None:
    desk.sign()
    order = desk.clinic.page.order
    assert order is not None

    desk.press(f"/orders/{order.command}/withdraw")

    assert "Order withdrawn" in desk.open().text
    assert "command.sent" not in desk.clinic.kinds


def test_an_order_is_sent_once_however_often_it_is_pressed(desk: Desk) -> None:
    desk.sent()
    order = desk.clinic.page.last_order
    assert order is not None

    again = desk.press(f"/orders/{order.command}/send")

    assert again.status_code == 409
    assert "Not done" in desk.read(again).text
    assert desk.clinic.kinds.count("command.sent") == 1


@pytest.mark.requirement("ITB-124")
@pytest.mark.parametrize(
    ("link", "outcome"),
    [
        ("dead", "Signed, not yet sent"),
        ("first-answer-lost", "Signed, not yet sent"),
        ("command-lost", "We could not confirm the change. Do not send again."),
        ("command-answer-lost", "We could not confirm the change. Do not send again."),
        ("read-back-lost", "We could not confirm the change. Do not send again."),
        ("read-back-answer-lost", "We could not confirm the change. Do not send again."),
        ("command-lost-once", "Unchanged: the old program still runs"),
        ("command-answer-lost-once", "Verified: the pump runs the ordered program"),
    ],
)
def test_a_cut_link_ends_in_what_is_known(desk: Desk, link: str, outcome: str) -> None:
    desk.press("/training/link", link=link)

    assert outcome in desk.sent().text


def test_while_uncertain_only_reading_and_stop_are_offered(desk: Desk) -> None:
    desk.press("/training/link", link="command-answer-lost")
    page = desk.sent()
    order = desk.clinic.page.order
    assert order is not None

    clinical = {form["action"] for form in page.all("form") if "/training/" not in str(form["action"])}

    assert clinical == {"/stop", f"/orders/{order.command}/settle"}
    assert "Do not send again" in page.text
    assert "As last read. What the pump does now is not known." in page.text


def test_interrogating_again_settles_an_uncertain_order(desk: Desk) -> None:
    desk.press("/training/link", link="read-back-answer-lost")
    desk.sent()
    order = desk.clinic.page.order
    assert order is not None

    desk.press("/training/link", link="dead")
    desk.press(f"/orders/{order.command}/settle")
    still = desk.open()
    desk.press("/training/link", link="good")
    desk.press(f"/orders/{order.command}/settle")

    assert "We could not confirm the change." in still.text
    assert "Verified" in desk.open().text


@pytest.mark.requirement("ITB-160")
def test_a_stop_over_a_dead_link_is_red_until_it_is_proved(desk: Desk) -> None:
    desk.press("/training/link", link="dead")
    desk.press("/stop")
    red = desk.open()
    desk.press("/training/link", link="good")
    desk.press("/stop")
    proved = desk.open()

    assert "treat the pump as still infusing" in red.text
    assert "Secure airway and breathing" in red.text
    assert "empties the reservoir" in red.text
    assert "physostigmine" not in red.text.lower()
    assert "STOP verified: the pump has stopped" in proved.text
    assert "Watch for withdrawal" in proved.text
    assert desk.clinic.truth.stopped


def test_stop_withdraws_what_was_signed_and_may_be_pressed_again(desk: Desk) -> None:
    desk.sign()

    assert desk.press("/stop").status_code == 302
    assert desk.press("/stop").status_code == 302

    assert "STOP verified" in desk.open().text
    assert desk.clinic.page.order is None


def test_interrogating_over_a_dead_link_says_that_nothing_was_read(desk: Desk) -> None:
    desk.press("/training/link", link="dead")

    answer = desk.press("/interrogate")

    assert answer.status_code == 504
    assert "Not done" in desk.read(answer).text


def test_time_moves_by_the_training_bar_only_and_asks_for_an_interrogation(desk: Desk) -> None:
    before = desk.clinic.page.now

    desk.press("/training/advance", span="week")

    assert (desk.clinic.page.now - before).days == 7
    assert "interrogate the pump before you propose another dose" in desk.open().text


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/training/advance", {"span": "year"}),
        ("/training/link", {"link": "magic"}),
        ("/training/advance", {}),
    ],
)
def test_what_the_training_bar_does_not_offer_is_refused(
    desk: Desk, path: str, values: dict[str, str]
) -> None:
    before = desk.clinic.kinds

    assert desk.press(path, **values).status_code == 400
    assert desk.clinic.kinds == before


def test_starting_over_asks_first(desk: Desk) -> None:
    asked = desk.open("/training/start-over")
    number = desk.clinic.bench_page.demonstration

    desk.press("/training/start-over")

    assert "Start over?" in asked.text
    assert number == 1
    assert desk.clinic.bench_page.demonstration == 2


def test_the_ledger_shows_its_newest_entries_and_pages_back_to_the_first(desk: Desk) -> None:
    for _ in range(30):
        desk.press("/interrogate")

    newest, older = desk.open("/ledger"), desk.open("/ledger?before=9")

    assert "Chain verified: 33 entries" in newest.text
    assert "thecal verify-ledger" in newest.text
    assert newest.text.count("Pump interrogated") == 25
    assert "Ledger opened" in older.text
    assert desk.client.get("/ledger?before=x").status_code == 400


def test_a_broken_chain_is_shown_and_stops_no_page(desk: Desk) -> None:
    (desk.clinic.folder / "ledger.seal").unlink()

    page = desk.open("/ledger")

    assert "The ledger was changed or damaged" in page.text
    assert "Chain verified" not in page.text


def test_what_is_not_there_says_so_and_keeps_stop_in_reach(desk: Desk) -> None:
    answer = desk.client.get("/nowhere")

    assert answer.status_code == 404
    assert "Page not found" in desk.read(answer).text
    assert {"/stop"} <= {form["action"] for form in desk.read(answer).all("form")}


def test_a_stop_that_did_not_go_out_is_red_and_says_what_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("attempt to write a readonly database")

    monkeypatch.setattr(stopping, "save", refuse)

    answer = desk.press("/stop")

    said = desk.read(answer).text
    assert answer.status_code == 503
    assert "STOP was not sent: treat the pump as still infusing" in said
    assert "empties the reservoir through the refill port" in said


def test_a_stop_is_answered_in_red_where_no_page_can_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("unable to open database file")

    monkeypatch.setattr(access, "bench_row", refuse)
    monkeypatch.setattr(queries, "page", refuse)

    answer = desk.press("/stop")

    assert answer.status_code == 503
    assert "STOP was not sent: treat the pump as still infusing" in desk.read(answer).text


def test_a_stop_that_could_not_be_recorded_says_so_until_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(receiving.ledger, "append", refuse)
    answer = desk.press("/stop")
    waiting = desk.open().text
    monkeypatch.undo()
    after = desk.open().text

    assert answer.status_code == 200
    assert "The pump has stopped. The record could not be written." in desk.read(answer).text
    assert "1 STOP not recorded yet" in waiting
    assert "not recorded yet" not in after
