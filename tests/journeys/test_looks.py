"""Every state at phone and desktop width: nothing sticks out, axe finds nothing, and a picture is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Route, expect

from journeys.conftest import DESKTOP, PHONE, Bench

pytestmark = pytest.mark.browser

AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")


def as_begun(bench: Bench) -> None:
    bench.drawn("tone_arms")


def proposed(bench: Bench) -> None:
    bench.propose("165")
    expect(bench.page.locator(".with-proposal")).to_be_visible()


def flex(bench: Bench) -> None:
    bench.page.get_by_label("Steps through the day").check()
    bench.press("Add a step, Every day")
    bench.page.locator("[name=step_0_1_start]").fill("9 pm")
    expect(bench.page.locator("#preview")).to_contain_text("cannot be programmed yet")


def flex_signed(bench: Bench) -> None:
    bench.page.get_by_label("Steps through the day").check()
    bench.page.locator("[name=step_0_0_amount]").fill("60")
    bench.press("Add a step, Every day")
    bench.page.locator("[name=step_0_1_start]").fill("18:00")
    bench.page.locator("[name=step_0_1_amount]").fill("30")
    expect(bench.page.locator("#preview .flex-days")).to_contain_text("90 mcg a day")
    bench.answer()
    bench.page.get_by_label("Reason for the change").fill("stiff in the evening")
    bench.page.get_by_label("PIN of").fill("2468")
    bench.press("Sign this order")
    bench.press("Send to the pump")
    expect(bench.heading("Verified")).to_be_visible()
    bench.drawn("tone_arms")
    expect(bench.page.get_by_label("Changes of the dose")).to_contain_text("150 mcg/day → 90 mcg/day")


def refused(bench: Bench) -> None:
    bench.page.get_by_label("Daily dose").fill("99999")
    bench.press("Sign this order")
    expect(bench.page.get_by_role("alert")).to_be_visible()


def signed(bench: Bench) -> None:
    bench.sign("165")


def verified(bench: Bench) -> None:
    bench.send()
    expect(bench.heading("Verified")).to_be_visible()


def not_sent(bench: Bench) -> None:
    bench.link("dead")
    bench.send()
    expect(bench.heading("Signed, not yet sent: the pump could not be reached")).to_be_visible()


def unchanged(bench: Bench) -> None:
    bench.link("command-lost-once")
    bench.send()
    expect(bench.heading("Unchanged")).to_be_visible()


def uncertain(bench: Bench) -> None:
    bench.link("command-answer-lost")
    bench.send()
    expect(bench.heading("We could not confirm the change")).to_be_visible()


def still_infusing(bench: Bench) -> None:
    bench.link("dead")
    bench.stop()
    expect(bench.heading("STOP not confirmed")).to_be_visible()


def stopped(bench: Bench) -> None:
    bench.stop()
    expect(bench.heading("The pump is stopped")).to_be_visible()
    bench.press("+ 1 day")
    bench.press("Interrogate")
    bench.drawn("tone_arms")


def numbers(bench: Bench) -> None:
    bench.drawn("tone_arms")
    bench.page.get_by_text("The curves in numbers").click()


def ledger(bench: Bench) -> None:
    bench.open("/ledger")
    bench.page.get_by_text("Facts and seal").first.click()


def start_over(bench: Bench) -> None:
    bench.open("/training/start-over")


def not_found(bench: Bench) -> None:
    bench.open("/nowhere")


STATES = [
    as_begun,
    proposed,
    flex,
    flex_signed,
    refused,
    signed,
    verified,
    not_sent,
    unchanged,
    uncertain,
    still_infusing,
    stopped,
    numbers,
    ledger,
    start_over,
    not_found,
]


@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
def test_it_can_be_read_by_everybody_at_both_widths(
    bench: Bench, screens: Path, reach: Callable[[Bench], None]
) -> None:
    reach(bench)
    for name, size in (("360", PHONE), ("1280", DESKTOP)):
        bench.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        bench.page.evaluate("scrollTo(0, 0)")
        bench.page.screenshot(path=screens / f"{reach.__name__}-{name}.png", full_page=True)

        assert bench.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        bench.page.evaluate(AXE)
        found = bench.page.evaluate("axe.run()")
        assert [
            (violation["id"], [node["target"] for node in violation["nodes"]])
            for violation in found["violations"]
        ] == []


def test_what_is_touched_is_large_enough_for_a_finger(bench: Bench) -> None:
    bench.page.set_viewport_size({"width": 360, "height": 740})
    small = bench.page.evaluate(
        """[...document.querySelectorAll("button, select, a.button, .input")]
           .filter((shown) => shown.checkVisibility() && !shown.matches(".visually-hidden"))
           .map((shown) => [shown.textContent.trim() || shown.name, shown.getBoundingClientRect().height])
           .filter(([, height]) => height < 44)"""
    )

    assert small == []


def test_the_first_paint_does_not_wait_for_the_curves(bench: Bench) -> None:
    held: list[Route] = []
    bench.page.route("**/api/curves", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function it is given
    bench.open()

    expect(bench.heading("Implant")).to_be_visible()
    expect(bench.page.locator("[data-curves-state]")).to_have_text("Computing the curves…")


def test_curves_that_do_not_come_say_so_and_can_be_asked_for_again(bench: Bench) -> None:
    bench.page.route("**/api/curves", lambda route: route.abort())
    bench.open()
    expect(bench.page.locator("[data-curves-state]")).to_contain_text("could not be computed")

    bench.page.unroute("**/api/curves")
    bench.press("Try again")

    bench.drawn("tone_legs")
    bench.complaints.clear()  # the browser rightly complains of the lost request


def test_paper_says_simulated_pump_and_has_nothing_to_press(bench: Bench, screens: Path) -> None:
    bench.drawn("tone_arms")
    bench.page.emulate_media(media="print")
    bench.page.pdf(path=screens / "bench.pdf")
    bench.page.screenshot(path=screens / "print.png", full_page=True)

    expect(bench.page.get_by_text("SIMULATED PUMP", exact=True)).to_be_visible()
    expect(bench.page.get_by_text("Simple continuous")).to_be_visible()
    assert bench.page.get_by_role("button").count() == 0
