"""Every answer of the server arrives on the page: refusals, defects, and none at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.conftest import DESKTOP, PHONE, Bench, Server, bench_in

pytestmark = pytest.mark.browser


@pytest.fixture(params=[PHONE, DESKTOP], ids=["360", "1280"])
def own_bench(request: pytest.FixtureRequest, browser: Browser, own_server: Server) -> Iterator[Bench]:
    """Return the bench page of a server that the test may break."""
    context = browser.new_context(viewport=request.param)
    bench = bench_in(context, own_server.url)
    bench.open()
    yield bench
    context.close()


def type_a_dose(page: Page) -> None:
    page.get_by_label("Daily dose").fill("165")


def test_no_answer_says_so_and_keeps_what_was_typed(own_bench: Bench, own_server: Server) -> None:
    own_server.stop()
    type_a_dose(own_bench.page)

    expect(own_bench.page.locator("#preview")).to_contain_text("the server does not answer")
    expect(own_bench.page.get_by_label("Daily dose")).to_have_value("165")


def test_a_form_that_is_too_old_says_so_in_the_preview(own_bench: Bench) -> None:
    own_bench.page.context.clear_cookies()
    type_a_dose(own_bench.page)

    expect(own_bench.page.locator("#preview")).to_contain_text("Not done: please try again")
    expect(own_bench.page.get_by_label("Daily dose")).to_have_value("165")


def test_a_field_sent_twice_is_refused_in_the_preview(own_bench: Bench) -> None:
    page = own_bench.page
    page.evaluate(
        """() => {
            const field = document.getElementById("daily_dose");
            field.after(Object.assign(document.createElement("input"), {name: "daily_dose", value: "900"}));
        }"""
    )
    type_a_dose(page)

    expect(page.locator("#preview")).to_contain_text("The request could not be read")


def test_an_order_that_came_between_is_said_in_the_preview(own_bench: Bench, browser: Browser) -> None:
    other = bench_in(browser.new_context(), own_bench.url)
    other.open()
    other.sign("170")
    other.page.context.close()

    type_a_dose(own_bench.page)

    expect(own_bench.page.locator("#preview")).to_contain_text("There is a signed order")


def test_a_pump_that_cannot_be_read_is_said_in_the_preview(own_bench: Bench, own_server: Server) -> None:
    with closing(sqlite3.connect(own_server.folder / "thecal.sqlite3")) as raw, raw:
        raw.execute("UPDATE demonstration_benchrecord SET image = x'00'")
    type_a_dose(own_bench.page)

    expect(own_bench.page.locator("#preview")).to_contain_text("There is no demonstration")


def test_a_defect_of_ours_is_said_in_the_preview(own_bench: Bench, own_server: Server) -> None:
    with closing(sqlite3.connect(own_server.folder / "thecal.sqlite3")) as raw, raw:
        raw.execute("ALTER TABLE orders_orderrecord RENAME TO lost")
    type_a_dose(own_bench.page)

    expect(own_bench.page.locator("#preview")).to_contain_text("Error in Thecal")
    expect(own_bench.page.get_by_role("banner").get_by_role("button", name="STOP pump")).to_be_visible()
