"""The ledger page: what happened in a line, and a filter by what, who and when."""

from __future__ import annotations

import pytest

from thecal.clinic.demonstration.kinds import Kind as DemonstrationKind
from thecal.clinic.ledger.kinds import Kind as LedgerKind
from thecal.clinic.orders.kinds import Kind as OrderKind
from thecal.web.desk.ledger_lines import GROUPS, what_happened
from web.conftest import Desk


def test_an_entry_says_what_happened(desk: Desk) -> None:
    desk.sent("175")
    desk.press("/stop")

    text = desk.open("/ledger").text

    assert "Dose signed: 150 → 175 mcg/day (+25, +16.7 %)" in text
    assert "Program verified: the pump was read back, and it runs what was ordered" in text
    assert "STOP verified: the pump was read back, and it is stopped" in text


def test_every_kind_that_is_written_has_words_and_a_group() -> None:
    grouped = {kind for _, kinds in GROUPS.values() for kind in kinds}
    written = {kind.value for kind in (*OrderKind, *DemonstrationKind)}

    assert grouped == written
    for kind in (*written, LedgerKind.LEDGER_OPENED.value):
        facts = dict.fromkeys(
            ("reason", "change", "revision", "stopped", "demonstration", "by", "link"), "a fact"
        )
        assert "{" not in what_happened(kind, facts)


def test_an_old_entry_that_holds_less_is_named_by_its_kind() -> None:
    assert what_happened("prescription.signed", {}) == "Prescription signed"
    assert what_happened("tablet.crushed", {"by": "hand"}) == "Tablet crushed"


def test_entries_are_filtered_by_what_who_and_when(desk: Desk) -> None:
    desk.sent("175")
    desk.press("/stop")

    stops = desk.open("/ledger?kind=stops").text
    assert "STOP ordered" in stops
    assert "Dose signed" not in stops
    assert "Ledger opened" in desk.open("/ledger?person=system").text
    assert "Dose signed" not in desk.open("/ledger?person=system").text
    assert "No entry fits the filter." in desk.open("/ledger?until=2020-01-01").text
    assert "Dose signed" in desk.open("/ledger?since=2020-01-01&kind=orders").text


def test_a_filter_is_kept_from_page_to_page(desk: Desk) -> None:
    for _ in range(30):
        desk.press("/interrogate")
    desk.press("/stop")

    first = desk.open("/ledger?kind=readings")
    older = next(str(link["href"]) for link in first.all("a") if "before=" in str(link.get("href")))

    assert "kind=readings" in older
    page = desk.open(older.replace("&amp;", "&")).text
    assert "Pump interrogated" in page
    assert "STOP verified" not in page


@pytest.mark.parametrize("query", ["kind=dragons", "since=yesterday", "until=2026-13-01", "since=9999-99-99"])
def test_a_filter_that_makes_no_sense_is_refused(desk: Desk, query: str) -> None:
    assert desk.client.get(f"/ledger?{query}").status_code == 400


@pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01"])
def test_the_ends_of_the_calendar_do_not_break_the_page(desk: Desk, query: str) -> None:
    assert desk.client.get(f"/ledger?{query}").status_code in {200, 400}
