"""What the bench shows of a pump is what it delivers, never what it was commanded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from builders.clinic import ACTOR
from thecal.clinic.demonstration import access, services
from thecal.clinic.demonstration.bench import load, save
from thecal.pump import Cause, Condition
from thecal.therapy import CommandId, Pause, WrittenAgainst
from web.conftest import Desk

WEEK = timedelta(weeks=1)


def run_dry(desk: Desk) -> None:
    for _ in range(20):
        desk.clinic.advance(WEEK)
    desk.clinic.interrogate()


@pytest.mark.requirement("ITB-120")
def test_an_empty_pump_is_shown_as_empty_since_a_fixed_day(desk: Desk) -> None:
    run_dry(desk)
    empty_since = desk.clinic.page.known.therapy.empty_since
    first = desk.open().text
    desk.clinic.advance(WEEK)
    desk.clinic.interrogate()

    page = desk.open().text
    assert empty_since is not None
    assert desk.clinic.page.known.therapy.empty_since == empty_since
    assert "The reservoir is empty. Watch for withdrawal." in first
    assert "Delivered now 0 mcg/day" in page
    assert "Empty since" in page
    assert "overdue by" in page
    assert "whichever is lower, in a monitored bed" in page


def test_an_empty_pump_that_was_not_read_again_is_empty_all_the_same(desk: Desk) -> None:
    for _ in range(20):
        desk.clinic.advance(WEEK)

    assert "The reservoir is empty. Watch for withdrawal." in desk.open().text


@pytest.mark.requirement("ITB-120")
def test_an_order_to_a_pump_that_delivers_nothing_never_ends_green(desk: Desk) -> None:
    run_dry(desk)

    page = desk.sent("160")

    assert "The pump accepted the program, but no drug flows" in page.text
    assert "Verified: the pump runs the ordered program" not in page.text
    assert not [tag for tag in page.all("section") if "good" in (tag.get("class") or "")]


def test_a_failed_reading_ends_the_green_of_an_earlier_order(desk: Desk) -> None:
    assert "Verified: the pump runs the ordered program" in desk.sent().text
    desk.clinic.link("dead")
    failed = desk.read(desk.press("/interrogate")).text
    again = desk.open().text

    for page in (failed, again):
        assert "Verified: the pump runs the ordered program" not in page
        assert "what the pump does now is not known" in page
    desk.clinic.link("good")
    desk.clinic.interrogate()
    assert "Verified: the pump runs the ordered program" in desk.open().text


def test_time_that_passed_since_the_reading_ends_the_green(desk: Desk) -> None:
    desk.sent()
    desk.clinic.advance()

    assert "Verified: the pump runs the ordered program" not in desk.open().text


def test_only_another_concentration_is_said_to_reach_the_tip_later(desk: Desk) -> None:
    page = desk.sent().text

    assert "the new rate acts at the catheter tip from now on" in page
    assert "old solution" not in page


def test_a_bolus_that_is_over_is_not_shown_as_running(desk: Desk) -> None:
    proposal = desk.proposal("150", bolus_dose="20", bolus_minutes="30")
    desk.press("/sign", **proposal, reviewed=desk.reviewed(proposal), pin="2468")
    order = desk.clinic.page.order
    assert order is not None
    desk.clinic.send(order.command)
    assert "finished, no longer running" not in desk.open().text.lower()
    desk.clinic.advance()
    desk.clinic.interrogate()

    assert "finished, no longer running: single bolus" in desk.open().text.lower()


def test_the_dose_before_a_stop_is_shown(desk: Desk) -> None:
    desk.clinic.stop()

    assert "Delivered in the 24 hours before delivery ended 150 mcg" in desk.open().text


def test_a_stop_over_an_order_says_what_became_of_it(desk: Desk) -> None:
    desk.clinic.link("read-back-lost")
    desk.sign()
    order = desk.clinic.page.order
    assert order is not None
    desk.clinic.send(order.command)
    desk.clinic.link("good")

    desk.press("/stop")

    assert "The order before it:" in desk.open().text
    assert "It can no longer take effect." in desk.open().text


@pytest.mark.parametrize("path", ["/", "/body", "/curves", "/api/curves"])
def test_a_memory_that_cannot_be_read_answers_503_on_every_page(desk: Desk, path: str) -> None:
    row = access.bench_row(ACTOR)
    row.image = bytes(row.image).replace(b'"read"', b'"reed"')
    row.save()

    answer = desk.client.get(path)

    assert answer.status_code == 503
    assert "Start over" in desk.read(answer).text


def test_the_next_24_hours_count_a_bolus(desk: Desk) -> None:
    page = desk.press("/preview", **desk.proposal("150", bolus_dose="100", bolus_minutes="360"))

    assert "next 24 h" in desk.read(page).text


def test_an_order_to_a_pump_that_is_paused_does_not_stay_green(desk: Desk) -> None:
    assert "Verified: the pump runs the ordered program" in desk.sent().text
    row = desk.clinic.row
    bench = load(row)
    pump = bench._memory.pump
    against = WrittenAgainst.of(pump.status(now=bench.now))
    pump.handle(Pause(id=CommandId("pause"), against=against), bench.now)
    save(row, bench, now=row.saved_at)
    desk.clinic.interrogate()

    page = desk.open().text
    assert "Verified: the pump runs the ordered program" not in page
    assert "It is paused: the program does not run until it is resumed." in page


def test_a_dose_that_differs_from_the_program_is_said_and_never_green(desk: Desk) -> None:
    """The drive delivers a fifth less than it is told, and the pump notices."""
    desk.sent()
    row = desk.clinic.row
    bench = load(row)
    lagging = Condition(cause=Cause.LAGGING, since=bench.now, size=Decimal("0.8"))
    bench._memory.pump.arrange(lagging)
    save(row, bench, now=row.saved_at)
    desk.clinic.advance(WEEK)
    desk.clinic.interrogate()

    page = desk.open().text
    assert "Alarm: under-delivery" in page
    assert "The pump does not deliver the programmed dose." in page
    assert "to be delivered in the next 24 h: not as programmed" in page
    assert "The pump accepted the program, but does not deliver it" in page
    assert "Verified: the pump runs the ordered program" not in page


def test_the_next_24_hours_of_a_stopped_pump_are_nothing(desk: Desk) -> None:
    assert "to be delivered in the next 24 h: 150 mcg" in desk.open().text
    desk.clinic.stop()

    assert "to be delivered in the next 24 h: 0 mcg" in desk.open().text


@pytest.mark.parametrize("act", ["send_order", "interrogate"])
def test_a_defect_never_claims_that_nothing_was_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("a defect after the command left")

    monkeypatch.setattr(services, act, break_down)
    desk.client.raise_request_exception = False

    answer = desk.press("/orders/any/send" if act == "send_order" else "/interrogate")

    said = desk.read(answer).text
    assert answer.status_code == 500
    assert "Nothing was sent" not in said
    assert "not known whether something was sent" in said
