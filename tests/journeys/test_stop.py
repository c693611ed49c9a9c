"""STOP: one step away on every page, repeatable, and red until it is proved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from journeys.conftest import PHONE, Bench, Server, bench_in

pytestmark = pytest.mark.browser

RED = "STOP not confirmed: treat the pump as still infusing"
STOPPED = "STOP verified: the pump has stopped"


def test_a_stop_over_a_dead_link_is_red_and_stays_so_until_it_is_proved(bench: Bench) -> None:
    bench.link("dead")
    bench.stop()
    expect(bench.heading(RED)).to_be_visible()
    expect(bench.page.get_by_text("Hold the wand closer")).to_be_visible()

    bench.press("STOP pump again")
    expect(bench.heading(RED)).to_be_visible()
    bench.page.reload()
    expect(bench.heading(RED)).to_be_visible()

    bench.link("good")
    bench.stop()
    expect(bench.heading(STOPPED)).to_be_visible()
    expect(bench.heading("The pump is stopped. Watch for withdrawal.")).to_be_visible()
    expect(bench.page.get_by_label("Program in the pump")).to_contain_text("Stopped: no flow")


@pytest.mark.parametrize("path", ["/", "/ledger", "/training/start-over", "/nowhere", "/training/accidents"])
def test_two_keys_reach_stop_from_the_top_of_every_page(bench: Bench, path: str) -> None:
    bench.open(path)
    bench.page.keyboard.press("Tab")
    expect(bench.page.get_by_role("link", name="Skip to content")).to_be_focused()
    bench.page.keyboard.press("Tab")
    expect(bench.page.get_by_role("banner").get_by_role("button", name="STOP pump")).to_be_focused()
    bench.page.keyboard.press("Enter")

    expect(bench.heading(STOPPED)).to_be_visible()


def test_stop_works_while_an_order_is_uncertain(bench: Bench) -> None:
    bench.link("command-answer-lost")
    bench.send()
    expect(bench.heading("We could not confirm the change")).to_be_visible()

    bench.link("good")
    bench.stop()

    expect(bench.heading("The pump is stopped. Watch for withdrawal.")).to_be_visible()
    expect(bench.heading("We could not confirm the change")).to_have_count(0)


def test_stop_works_while_something_else_is_still_on_its_way(bench: Bench) -> None:
    # The request is held back on its way out, after the page has seen it leave.
    bench.page.evaluate("addEventListener('submit', (event) => event.preventDefault(), { once: true })")
    bench.press("Interrogate")
    expect(bench.page.get_by_role("button", name="Interrogate")).to_be_disabled()

    bench.stop()

    expect(bench.heading(STOPPED)).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}])
def test_stop_stays_in_view_however_far_one_scrolls(bench: Bench, size: dict[str, int]) -> None:
    bench.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    bench.page.get_by_role("button", name="Arrange").scroll_into_view_if_needed()

    button = bench.page.get_by_role("banner").get_by_role("button", name="STOP pump")
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] >= 44


def test_without_scripts_a_dose_is_given_and_stopped(browser: Browser, own_server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    bench = bench_in(context, own_server.url)
    bench.open()
    bench.page.get_by_label("Daily dose").fill("165")
    bench.page.locator("button[data-without-scripts]", has_text="Preview").click()
    bench.answer(with_scripts=False)
    bench.page.get_by_label("Reason for the change").fill("spasms at night")
    bench.page.get_by_label("PIN of").fill("2468")
    bench.press("Sign this order")
    bench.press("Send to the pump")
    expect(bench.heading("Verified")).to_be_visible()

    bench.stop()

    expect(bench.heading(STOPPED)).to_be_visible()
    bench.page.get_by_role("link", name="Read the curves as a table").click()
    expect(bench.page.get_by_role("cell", name="grade")).to_have_count(0)
    expect(bench.page.get_by_role("rowheader", name="Plasma")).to_be_visible()
    context.close()
