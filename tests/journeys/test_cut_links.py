"""The link, cut at each step of an order: what may then be claimed, and how it is settled."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.conftest import Bench

pytestmark = pytest.mark.browser

UNCERTAIN = "We could not confirm the change. Do not send again."
UNCHANGED = "Unchanged: the old program still runs"
VERIFIED = "Verified: the pump runs the ordered program"


def test_cut_before_the_pump_took_it_the_old_program_runs(bench: Bench) -> None:
    bench.link("command-lost-once")
    bench.send()

    expect(bench.heading(UNCHANGED)).to_be_visible()
    expect(bench.page.get_by_label("Program in the pump")).to_contain_text("150 mcg/day")


@pytest.mark.parametrize("link", ["dead", "first-answer-lost"])
def test_a_link_dead_before_anything_left_keeps_the_order_to_try_again(bench: Bench, link: str) -> None:
    bench.link(link)
    bench.send()
    expect(bench.heading("Signed, not yet sent: the pump could not be reached")).to_be_visible()

    bench.link("good")
    bench.press("Try to send again")

    expect(bench.heading(VERIFIED)).to_be_visible()


@pytest.mark.parametrize(
    ("link", "settled"),
    [
        ("command-lost", UNCHANGED),
        ("command-answer-lost", UNCHANGED),
        ("read-back-lost", UNCHANGED),
        ("read-back-answer-lost", VERIFIED),
    ],
)
def test_cut_where_nobody_can_know_it_is_uncertain_until_read_again(
    bench: Bench, link: str, settled: str
) -> None:
    bench.link(link)
    bench.send()
    expect(bench.heading(UNCERTAIN)).to_be_visible()
    expect(bench.page.get_by_role("button", name="Send to the pump")).to_have_count(0)
    expect(bench.page.get_by_role("button", name="Sign this order")).to_have_count(0)
    expect(bench.page.get_by_label("Daily dose")).to_have_count(0)

    bench.link("dead")
    bench.press("Interrogate again")
    expect(bench.heading(UNCERTAIN)).to_be_visible()

    bench.link("good")
    bench.press("Interrogate again")
    expect(bench.heading(settled)).to_be_visible()
    expect(bench.page.get_by_label("Daily dose")).to_be_visible()
