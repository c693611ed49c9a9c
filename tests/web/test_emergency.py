"""The emergency page: one step from every page, without sign-in, and as one file that needs no server."""

import re

from web.conftest import Desk


def test_it_is_one_step_from_the_bench_and_asks_nobody_to_sign_in(desk: Desk) -> None:
    assert 'href="/emergency"' in desk.press("/preview", mode="simple").content.decode()

    page = desk.open("/emergency")

    assert "Airway and breathing first" in page.text
    assert "baclofen 10 mg to 20 mg every 6 h" in page.text
    assert "30 mL to 40 mL of spinal fluid" in page.text


def test_every_action_shows_its_source_and_how_sure_it_is(desk: Desk) -> None:
    page = desk.open("/emergency")

    assert "Saulino 2016; read in its source" in page.text
    assert "US label, copy (DrugLib); read in a secondary source" in page.text
    assert "Contested: There is no validated conversion" in page.text


def test_the_file_loads_nothing_and_says_the_same(desk: Desk) -> None:
    answer = desk.client.get("/emergency/file")
    text = answer.content.decode()

    assert answer.headers["Content-Disposition"].endswith('emergency-intrathecal-baclofen.html"')
    assert not re.search(r"<script|<link|src=|url\(|@import|https?://", text)
    assert "Airway and breathing first" in text
    assert "not a certified device" in text


def test_no_page_says_that_all_is_well(desk: Desk) -> None:
    assert not re.search(r"\b(is|are) (safe|fine|well)\b", desk.open("/emergency").text)
