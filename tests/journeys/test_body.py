"""Look into the body in a real browser: read by everybody at both widths, by keyboard, and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect

from journeys.conftest import DESKTOP, PHONE, Bench

pytestmark = pytest.mark.browser

AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
PAGES = {
    "Spinal map": "Where along the spine is the drug?",
    "By mouth or by pump": "What would oral baclofen do instead?",
    "Catheter faults": "What if the catheter fails now?",
    "Change of concentration": "What if the bridge is forgotten?",
    "What to expect": "What may the next visit find?",
}


def check(bench: Bench, screens: Path, name: str) -> None:
    """Nothing sticks out at either width, axe finds nothing on the narrow one, and a picture is kept."""
    for width, size in (("1280", DESKTOP), ("360", PHONE)):
        bench.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        bench.page.screenshot(path=screens / f"body-{name}-{width}.png", full_page=True)
        assert bench.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    bench.page.evaluate(AXE)
    found = bench.page.evaluate("axe.run()")
    assert [
        (violation["id"], [node["target"] for node in violation["nodes"]])
        for violation in found["violations"]
    ] == []


def test_every_question_can_be_reached_from_the_bench_and_read_by_everybody(
    bench: Bench, screens: Path
) -> None:
    bench.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Body").click()
    questions = bench.page.get_by_role("navigation", name="Questions to the model")
    for name, heading in PAGES.items():
        questions.get_by_role("link", name=name).click()
        expect(bench.heading(heading)).to_be_visible()
        for numbers in bench.page.locator("summary").all():
            numbers.click()
        check(bench, screens, name)
    shapes = bench.page.evaluate(
        "[...document.querySelectorAll('.chart .line')].map((line) => line.getBoundingClientRect().width)"
    )
    assert min(shapes) > 100, "a curve fills its figure"


def test_a_dose_is_tried_by_keyboard_and_a_wrong_one_is_told_where_it_stands(
    bench: Bench, screens: Path
) -> None:
    bench.open("/body")
    dose = bench.page.get_by_label("Daily dose to try")
    dose.fill("200")
    dose.press("Enter")
    expect(bench.page.locator("[data-map]")).to_have_count(2)
    row = bench.page.locator("[data-map] .area").first.bounding_box()
    assert row is not None
    assert row["height"] > 300, "27 levels, each tall enough to be told apart"

    dose.fill("99999")
    dose.press("Enter")
    expect(bench.page.get_by_role("alert")).to_be_focused()
    expect(bench.page.get_by_role("alert")).to_contain_text("mcg/day")
    expect(bench.page.locator("[data-map]")).to_have_count(0)
    check(bench, screens, "wrong")


def test_paper_has_the_map_and_nothing_to_press(bench: Bench, screens: Path) -> None:
    bench.open("/body/catheter?fault=disconnection")
    bench.page.emulate_media(media="print")
    bench.page.screenshot(path=screens / "body-print.png", full_page=True)

    expect(bench.page.get_by_text("SIMULATED PUMP", exact=True)).to_be_visible()
    expect(bench.page.locator("[data-map]")).to_have_count(2)
    expect(bench.page.get_by_text("catheter disconnected").first).to_be_visible()
    assert bench.page.get_by_role("button").count() == 0
