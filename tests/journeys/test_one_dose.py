"""One dose: proposed, seen, signed, sent and verified."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from journeys.conftest import FAVOURABLE, PIN, Bench

pytestmark = pytest.mark.browser


def test_a_dose_is_proposed_the_curves_move_and_it_ends_verified(bench: Bench) -> None:
    lumbar, legs = bench.drawn("csf_lumbar"), bench.drawn("tone_legs")

    bench.propose("180")
    expect(bench.page.locator(".with-proposal")).to_be_visible()
    expect(bench.page.locator("#preview")).to_contain_text("+20 %")

    assert bench.drawn("csf_lumbar") != lumbar
    assert bench.drawn("tone_legs") != legs

    bench.sign("180")
    bench.press("Send to the pump")

    expect(bench.heading("Verified: the pump runs the ordered program")).to_be_visible()
    expect(bench.page.get_by_label("Program in the pump")).to_contain_text("180 mcg/day, all day")


def test_a_flex_pattern_is_built_step_by_step(bench: Bench) -> None:
    page = bench.page
    page.get_by_label("Steps through the day").check()
    page.locator("[name=step_0_0_amount]").fill("60")
    bench.press("Add a step, Every day")
    expect(page.locator("[name=step_0_1_start]")).to_be_focused()
    page.keyboard.type("18:00")
    page.locator("[name=step_0_1_amount]").fill("100")

    expect(page.locator("#preview")).to_contain_text("18:00 to 24:00, 100 mcg in all")
    expect(page.locator("#preview")).to_contain_text("160 mcg/day")

    page.get_by_label("Weekdays and weekend").check()
    expect(page.locator("[name=step_1_1_amount]")).to_have_value("100")
    page.locator("[name=step_1_1_amount]").fill("80")
    expect(page.locator("#preview")).to_contain_text(
        "every Saturday and Sunday: 18:00 to 24:00, 80 mcg in all"
    )

    page.get_by_label("Remove step 2, Saturday and Sunday").click()
    expect(page.locator("#preview")).to_contain_text("every Saturday and Sunday: 60 mcg in 24 h")
    expect(page.locator("[name=step_1_1_amount]")).to_have_count(0)
    expect(page.locator("[name=step_0_1_amount]")).to_have_value("100")


def test_a_dose_the_pump_cannot_do_is_refused_as_one_types(bench: Bench) -> None:
    bench.page.get_by_label("Daily dose").fill("99999")

    expect(bench.page.locator("#preview")).to_contain_text("cannot be programmed yet")
    expect(bench.page.locator("#preview")).to_contain_text("enter 24 to 2003 mcg/day")
    expect(bench.page.get_by_label("Daily dose")).to_have_value("99999")
    expect(bench.page.locator(".with-proposal")).to_have_count(0)


def test_a_wrong_pin_keeps_the_form_and_the_review(bench: Bench) -> None:
    bench.propose("165")
    bench.answer()
    bench.page.get_by_label("Reason for the change").fill("spasms at night")
    bench.page.get_by_label("PIN of").fill("1111")
    bench.press("Sign this order")

    expect(bench.page.get_by_role("alert")).to_be_focused()
    expect(bench.page.get_by_label("Daily dose")).to_have_value("165")
    expect(bench.page.locator("#preview")).to_contain_text("165 mcg/day")

    bench.page.get_by_label("PIN of").fill(PIN)
    bench.press("Sign this order")
    expect(bench.heading("Signed, not yet sent")).to_be_visible()


def test_a_double_click_signs_and_sends_once(bench: Bench) -> None:
    bench.propose("165")
    bench.answer()
    bench.page.get_by_label("Reason for the change").fill("spasms at night")
    bench.page.get_by_label("PIN of").fill(PIN)
    bench.page.get_by_role("button", name="Sign this order").dblclick()
    expect(bench.heading("Signed, not yet sent")).to_be_visible()
    bench.page.get_by_role("button", name="Send to the pump").dblclick()

    expect(bench.heading("Verified")).to_be_visible()
    expect(bench.page.get_by_text("Not done")).to_have_count(0)


def test_a_signature_is_not_asked_for_by_a_preview_that_was_still_owed(bench: Bench) -> None:
    bench.propose("165")
    bench.answer()
    bench.page.get_by_label("Reason for the change").fill("spasms at night")
    asked: list[str] = []
    bench.page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    # The answer to the signature is slow; the preview owed for the PIN's keys falls due meanwhile.
    bench.page.evaluate("addEventListener('submit', (event) => event.preventDefault(), { once: true })")
    bench.page.get_by_label("PIN of").fill(PIN)
    bench.press("Sign this order")
    bench.page.evaluate("new Promise((done) => setTimeout(done, 800))")

    assert asked == []


def test_a_slow_network_shows_that_work_goes_on_and_a_lost_one_says_so(bench: Bench) -> None:
    held: list[Route] = []
    bench.page.route("**/preview", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function it is given
    bench.page.get_by_label("Daily dose").fill("165")

    expect(bench.page.locator("#preview-busy")).to_have_css("opacity", "1")

    while not held:  # the page is busy a moment before the request arrives here
        bench.page.wait_for_timeout(50)
    held[0].abort()
    expect(bench.page.locator("#preview")).to_contain_text("the server does not answer")
    bench.complaints.clear()  # the browser rightly complains of the lost request


def test_the_form_is_worked_by_the_keyboard_alone(bench: Bench) -> None:
    page = bench.page
    page.get_by_label("Daily dose").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("165")
    expect(page.locator("#preview")).to_contain_text("165 mcg/day")
    for name, answer in FAVOURABLE.items():
        if name != "withdrawal_plan":
            page.locator(f"[name={name}][value={answer}]").focus()
            page.keyboard.press("Space")
    expect(page.locator("#preview")).not_to_contain_text("increase are not answered")
    page.get_by_label("Reason for the change").focus()
    page.keyboard.type("spasms at night")
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(bench.heading("Signed, not yet sent")).to_be_visible()
    page.get_by_role("button", name="Send to the pump").focus()
    page.keyboard.press("Enter")

    expect(bench.heading("Verified")).to_be_visible()


def test_enter_in_a_field_reviews_and_never_signs(bench: Bench) -> None:
    bench.page.get_by_label("Daily dose").fill("165")
    bench.page.get_by_label("Daily dose").press("Enter")

    expect(bench.page).to_have_url(f"{bench.url}/preview#propose")
    expect(bench.page.locator("#preview")).to_contain_text("165 mcg/day")
    expect(bench.page.locator(".with-proposal")).to_be_visible()
    expect(bench.heading("Signed, not yet sent")).to_have_count(0)
