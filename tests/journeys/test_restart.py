"""The server stopped and started again: everything is there, and nothing begins anew unasked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, expect

from journeys.conftest import DESKTOP, Server, bench_in

pytestmark = pytest.mark.browser


def test_what_was_signed_stopped_and_uncertain_survives_a_restart(
    browser: Browser, own_server: Server
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    bench = bench_in(context, own_server.url)
    bench.open()
    bench.send("165")
    expect(bench.heading("Verified")).to_be_visible()
    bench.press("+ 1 day")
    bench.press("Interrogate")
    bench.link("read-back-answer-lost")
    bench.send("180")
    expect(bench.heading("We could not confirm the change")).to_be_visible()
    told = bench.page.get_by_label("Program in the pump").inner_text()

    own_server.stop()
    own_server.start()
    bench.url = own_server.url
    bench.open()

    expect(bench.heading("We could not confirm the change. Do not send again.")).to_be_visible()
    assert bench.page.get_by_label("Program in the pump").inner_text() == told
    bench.press("Interrogate again")
    expect(bench.heading("Verified")).to_be_visible()
    expect(bench.page.get_by_label("Program in the pump")).to_contain_text("180 mcg/day")

    bench.open("/ledger")
    expect(bench.heading("Chain verified")).to_be_visible()
    context.close()
    proved = subprocess.run(
        [sys.executable, "-m", "thecal", "verify-ledger"],
        env={**os.environ, "THECAL_DATA_DIR": str(own_server.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert proved.returncode == 0, proved.stderr
    assert "none altered" in proved.stdout


def test_starting_over_asks_first_and_no_is_the_easy_answer(browser: Browser, own_server: Server) -> None:
    context = browser.new_context(viewport=DESKTOP)
    bench = bench_in(context, own_server.url)
    bench.open()
    bench.send("165")
    running = bench.page.get_by_label("Program in the pump")

    bench.page.get_by_role("link", name="Start over…").click()
    bench.page.get_by_role("link", name="Keep this demonstration").click()
    expect(running).to_contain_text("165 mcg/day")

    bench.page.get_by_role("link", name="Start over…").click()
    bench.press("Start over")
    expect(running).to_contain_text("150 mcg/day")
    context.close()
