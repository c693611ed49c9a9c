"""A real Chromium against a real server: `thecal serve` in its own process, on a port the system gives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
PIN = "2468"
FAVOURABLE = {
    "trigger_looked_for": "yes",
    "trigger_found": "no",
    "pump_checked": "yes",
    "useful_tone_kept": "yes",
    "withdrawal_plan": "yes",
}
"""The answers after which no rule holds a change back."""
# A busy laptop is not a defect.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


AT_BOTH_WIDTHS = ("test_one_dose", "test_cut_links", "test_stop")
"""The journeys of the bench run on a phone and on a desktop; the other modules choose their own widths."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the journeys of the bench at both widths."""
    if "bench" in metafunc.fixturenames and metafunc.module.__name__.endswith(AT_BOTH_WIDTHS):
        metafunc.parametrize("bench", [PHONE, DESKTOP], ids=["360", "1280"], indirect=True)


@dataclass
class Server:
    """`thecal serve` on a data directory of its own."""

    folder: Path
    url: str = ""
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start, and return when it says where it listens."""
        environment = {**os.environ, "THECAL_DATA_DIR": str(self.folder), "THECAL_DEMONSTRATION_PIN": PIN}
        with (self.folder.parent / f"{self.folder.name}.log").open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "thecal", "serve", "--port", "0"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout
        for line in self._process.stdout:
            if found := re.search(r"http://\S+", line):
                self.url = found[0].rstrip("/")
                return
        self.stop()
        pytest.fail(f"the server ended before it listened; see {self.folder}.log")

    def stop(self) -> None:
        """Stop, as a person would."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(timeout=30)
        assert self._process.stdout
        self._process.stdout.close()
        self._process = None


@dataclass
class Bench:
    """The bench page in a browser, and what a clinician does there."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def stop(self) -> None:
        self.page.get_by_role("banner").get_by_role("button", name="STOP pump").click()

    def link(self, key: str) -> None:
        self.page.get_by_label("Link between wand and pump").select_option(key)
        self.press("Arrange")

    def propose(self, dose: str) -> None:
        """Type another dose and wait for what the pump would run."""
        self.page.get_by_label("Daily dose").fill(dose)
        expect(self.page.locator("#preview")).to_contain_text(f"{dose} mcg/day")

    def answer(self, dose: str = "", *, with_scripts: bool = True) -> None:
        """Answer the questions before a change, and what the rules ask for beside them."""
        advice = self.page.locator(".advice")
        for name, answer in FAVOURABLE.items():
            choice = advice.locator(f"[name={name}][value={answer}]")
            if choice.count():
                choice.check()
        if with_scripts:
            expect(self.page.locator("#preview")).not_to_contain_text("increase are not answered")
            expect(self.page.locator("#preview")).not_to_contain_text("planned decrease of more than")
        for reason in advice.locator("textarea").all():
            reason.fill("discussed on the ward round")
        for name, text in {"retyped": f"{dose} mcg/day", "second_person": "a second physician"}.items():
            if advice.locator(f"[name={name}]").count():
                advice.locator(f"[name={name}]").fill(text)

    def sign(self, dose: str) -> None:
        self.propose(dose)
        self.answer(dose)
        self.page.get_by_label("Reason for the change").fill("spasms at night")
        self.page.get_by_label("PIN of").fill(PIN)
        self.press("Sign this order")
        expect(self.heading("Signed, not yet sent")).to_be_visible()

    def send(self, dose: str = "165") -> None:
        self.sign(dose)
        self.press("Send to the pump")

    def heading(self, text: str):  # noqa: ANN201 - a Locator, whose type needs no import here
        return self.page.get_by_role("heading", name=text)

    def drawn(self, panel: str) -> str:
        """Return a panel's picture."""
        self.page.locator(f"[data-panel={panel}] canvas").wait_for()
        return str(self.page.evaluate(f"document.querySelector('[data-panel={panel}] canvas').toDataURL()"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium for one module: while it runs, Django keeps its database from this process."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("there is no chromium here: `make browser` says how to get it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the pictures go; pytest keeps the last three runs."""
    return tmp_path_factory.mktemp("screens")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """Return a server that a test may stop and start."""
    server = Server(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def bench_in(context: BrowserContext, url: str) -> Bench:
    """Return the bench page in a new tab that remembers what the browser complains about."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    bench = Bench(page, url)
    page.on("pageerror", lambda error: bench.complaints.append(str(error)))
    page.on("console", lambda said: _note(bench, said.type, said.text))
    return bench


# A refusal is answered with 4xx, and a preview is dropped when a newer one replaces it: both are errors of
# their own to whom they happen to, and neither is a defect.
ROUTINE = ("Failed to load resource: the server responded", "htmx:afterRequest", "htmx:sendAbort")


def _note(bench: Bench, kind: str, text: str) -> None:
    if kind in {"error", "warning"} and not text.startswith(ROUTINE):
        bench.complaints.append(text)


@pytest.fixture
def bench(request: pytest.FixtureRequest, browser: Browser, shared_server: Server) -> Iterator[Bench]:
    """Return the bench page of a demonstration just begun; what the browser complains about is a failure."""
    context = browser.new_context(viewport=getattr(request, "param", DESKTOP))
    bench = bench_in(context, shared_server.url)
    bench.open("/training/start-over")
    bench.press("Start over")
    expect(bench.heading("Demonstration patient")).to_be_visible()
    yield bench
    context.close()
    assert bench.complaints == []
