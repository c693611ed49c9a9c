"""A trainee plays an accident: what either pump did, seen, heard on demand, and read without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, expect

from journeys.conftest import DESKTOP, PHONE, Bench, Server, bench_in

pytestmark = pytest.mark.browser

AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
SURGE = "/training/accidents/stop-restart-surge"
LEFT = "/training/accidents/left-stopped"
COUNTS_TONES = """
window.tones = 0;
window.AudioContext = class extends AudioContext { constructor() { super(); window.tones += 1; } };
"""


@pytest.mark.parametrize("path", ["/training/accidents", LEFT, "/training/alarms"])
def test_the_training_can_be_read_by_everybody_at_both_widths(bench: Bench, screens: Path, path: str) -> None:
    bench.open(path)
    if path == LEFT:
        for _ in range(3):
            bench.press("Next event")
    for name, size in (("360", PHONE), ("1280", DESKTOP)):
        bench.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        bench.page.evaluate("scrollTo(0, 0)")
        bench.page.screenshot(
            path=screens / f"{path.strip('/').replace('/', '-')}-{name}.png", full_page=True
        )

        assert bench.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        bench.page.evaluate(AXE)
        found = bench.page.evaluate("axe.run()")
        assert [
            (violation["id"], [node["target"] for node in violation["nodes"]])
            for violation in found["violations"]
        ] == []


def test_a_trainee_steps_through_an_accident_by_keyboard_and_sees_both_pumps(bench: Bench) -> None:
    bench.open("/training/accidents")
    bench.page.get_by_role("link", name="Left stopped after an update").click()
    legacy = bench.page.get_by_role("region", name="Legacy pump")
    reference = bench.page.get_by_role("region", name="Reference pump")
    expect(legacy).to_contain_text("It delivers its program.")

    bench.page.get_by_role("button", name="Next event").press("Enter")
    expect(legacy).to_contain_text("It is stopped until the update is completed.")
    expect(legacy).to_contain_text("0 mcg/h")
    expect(reference).to_contain_text("8.33 mcg/h")
    bench.page.get_by_role("button", name="Next event").press("Enter")
    expect(reference).to_contain_text("refill or update left open (critical)")
    expect(bench.page.get_by_role("status")).to_contain_text(
        "Reference pump: Alarms: refill or update left open"
    )
    expect(legacy.get_by_role("button", name="Play the alarm tone")).to_be_hidden()
    bench.page.get_by_role("button", name="Next event").press("Enter")
    expect(legacy).to_contain_text("pump stopped (critical)")
    expect(bench.page.locator("[aria-current=step]")).to_contain_text("After 3 days")

    slider = bench.page.get_by_role("slider")
    slider.press("Home")
    expect(legacy).to_contain_text("It delivers its program.")
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "8 days")


def test_a_play_runs_to_its_end_and_can_be_paused(bench: Bench) -> None:
    bench.open(SURGE)
    bench.page.get_by_label("Whole simulation in").select_option("10")
    bench.press("Start")
    slider = bench.page.get_by_role("slider")
    expect(slider).not_to_have_attribute("aria-valuetext", "0 min")

    bench.press("Pause")
    expect(bench.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    slider.fill("230")
    bench.press("Start")

    expect(slider).to_have_attribute("aria-valuetext", "1 day 7 h")
    expect(bench.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    expect(bench.page.get_by_role("region", name="Reference pump")).to_contain_text(
        "over-delivery (critical)"
    )


def test_nothing_sounds_before_somebody_asks_for_it(bench: Bench) -> None:
    bench.page.add_init_script(COUNTS_TONES)
    bench.open(LEFT)
    for _ in range(2):
        bench.press("Next event")
    assert bench.page.evaluate("window.tones") == 0

    bench.page.get_by_role("region", name="Reference pump").get_by_role(
        "button", name="Play the alarm tone"
    ).click()
    assert bench.page.evaluate("window.tones") == 1

    bench.open("/training/alarms")
    bench.press("Listen: non-critical")
    assert bench.page.evaluate("window.tones") == 1


def test_without_scripts_the_whole_accident_is_told_and_paper_has_it_too(
    browser: Browser, shared_server: Server, screens: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    bench = bench_in(context, shared_server.url)
    bench.open(LEFT)

    expect(bench.page.get_by_role("slider")).to_be_hidden()
    expect(bench.page.get_by_role("img", name="Leaves the catheter tip")).to_be_visible()
    expect(bench.heading("After 3 days")).to_be_visible()
    expect(bench.page.get_by_text("Alarms: pump stopped.")).to_be_visible()
    bench.page.emulate_media(media="print")
    bench.page.pdf(path=screens / "accident.pdf")
    expect(bench.page.get_by_text("SIMULATED PUMP", exact=True)).to_be_visible()
    expect(bench.heading("After 3 days")).to_be_visible()
    assert bench.page.get_by_role("button").count() == 0
    context.close()
