"""The adviser on the bench: slips that a person must answer before signing, and the emergency page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys.conftest import DESKTOP, PHONE, PIN, Bench


def _try_to_sign(bench: Bench) -> None:
    bench.page.get_by_label("Reason for the change").fill("spasms at night")
    bench.page.get_by_label("PIN of").fill(PIN)
    bench.press("Sign this order")


@pytest.mark.parametrize("bench", [PHONE, DESKTOP], ids=["360", "1280"], indirect=True)
def test_ten_times_the_dose_is_not_signed_until_it_is_answered(bench: Bench, screens: Path) -> None:
    bench.propose("1500")
    expect(bench.page.locator(".advice")).to_contain_text("10 times the last 24-hour dose")
    bench.page.screenshot(path=screens / f"findings-{bench.page.viewport_size['width']}.png", full_page=True)

    _try_to_sign(bench)

    expect(bench.heading("Not signed. Correct the following:")).to_be_visible()
    expect(bench.page.get_by_role("alert")).to_contain_text("typed again")

    bench.answer("1500")
    _try_to_sign(bench)

    expect(bench.heading("Signed, not yet sent")).to_be_visible()


def test_boluses_that_add_up_are_a_finding_before_the_fourth(bench: Bench) -> None:
    for number in range(4):
        bench.page.get_by_text("Single bolus first (optional)").click()
        bench.page.get_by_label("Bolus", exact=True).fill("20")
        bench.page.get_by_label("Over", exact=True).fill("10")
        advice = bench.page.locator("#preview")
        if number:
            expect(advice).to_contain_text("With the boluses of the last 24 h")
            for field in bench.page.locator(".advice textarea").all():
                field.fill("watched on the ward")
        expect(advice).to_contain_text("20 mcg")
        _try_to_sign(bench)
        bench.press("Send to the pump")
        expect(bench.heading("Verified")).to_be_visible()
        bench.press("+ 1 hour")
        bench.press("Interrogate")


def test_the_full_dose_three_days_after_a_stop_is_a_finding(bench: Bench) -> None:
    bench.stop()
    for _ in range(3):
        bench.press("+ 1 day")
    bench.press("Interrogate")

    bench.propose("151")

    expect(bench.page.locator(".advice")).to_contain_text("is not a restart dose")


def test_the_emergency_page_is_one_step_away_and_fits_one_sheet_of_paper(bench: Bench) -> None:
    bench.page.get_by_role("link", name="Emergency", exact=True).click()
    expect(bench.heading("Too much baclofen")).to_be_visible()

    sheet = bench.page.pdf(format="A4")

    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1
