"""Look into the body: figures that the server draws, says and tabulates, and errors beside their fields."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

import thecal.web.demo as demo_package
from thecal.web.demo.charts.axes import ValueAxis, nice
from thecal.web.demo.charts.maps import SHADES
from web.conftest import Desk, Reader

PAGES = ["/body", "/body/oral", "/body/catheter", "/body/concentration", "/body/expected"]
STYLE = Path(demo_package.__file__).parent / "static" / "demo" / "whatif.css"


def pictures(page: Reader) -> list[str]:
    return [str(tag.get("aria-label")) for tag in page.all("div") if tag.get("role") == "img"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_what_it_is_and_works_without_scripts(desk: Desk, path: str) -> None:
    page = desk.open(path)

    assert "model estimate, assumed parameters" in page.text
    assert "Nothing on these pages changes the pump or the record." in page.text
    for form in page.all("form"):
        assert form["action"] == "/stop" or form["method"] == "get"
    assert {"/body", "/body/oral", "/body/catheter", "/body/concentration", "/body/expected"} <= {
        link.get("href") for link in page.all("a")
    }
    for described in pictures(page):
        assert re.search(r"\d", described), "a picture's words hold its numbers"
    assert pictures(page)


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_read_not_posted_to(desk: Desk, path: str) -> None:
    assert desk.press(path).status_code == 405


def test_the_map_is_said_in_words_and_in_numbers(desk: Desk) -> None:
    page = desk.open("/body?daily_dose=200")

    assert "Highest at T10, at the catheter tip: " in page.text
    assert "What if 200 mcg/day" in page.text
    assert sum("Spinal map, " in words for words in pictures(page)) == 2
    assert "The map in numbers" in page.text
    heads = [tag for tag in page.all("th") if tag.get("scope") == "row"]
    assert len(heads) >= 27


def test_a_catheter_that_fell_off_leaves_nothing_and_the_map_says_so(desk: Desk) -> None:
    assert (
        "No drug remains in the spinal fluid after one week."
        in desk.open("/body/catheter?fault=disconnection").text
    )


def test_a_bridge_is_said_to_the_minute_with_what_happens_without_it(desk: Desk) -> None:
    page = desk.open("/body/concentration")

    assert "1 day 1 h 17 min 150 mcg/day of the old 500 mcg/mL" in page.text
    assert (
        "4 days 5 h 7 min until the old solution is out, at 37.5 mcg/day instead of 150 mcg/day" in page.text
    )
    assert "With 0.199 mL, which is also published, the bridge would take 1 day 6 h" in page.text


def test_what_was_left_behind_is_said_with_what_comes_of_it(desk: Desk) -> None:
    text = desk.open("/body/concentration?left=1.4").text

    assert "In the reservoir 1895 mcg/mL and not 2000 mcg/mL" in text
    assert "the patient gets 142 mcg/day where 150 mcg/day is programmed" in text


def test_a_figure_has_a_line_for_each_case_and_a_band_for_what_differs(desk: Desk) -> None:
    page = desk.open("/body/catheter")
    looks = [str(path["class"]) for path in page.all("path")]

    assert looks.count("line today") == looks.count("line proposed") == 7
    assert looks.count("band today") == looks.count("band proposed") == 6, "what a pump gives has no band"
    for path in page.all("path"):
        assert re.fullmatch(r"M[\d. -]+(L[\d. -]+)*Z?", str(path["d"]))


def test_the_wider_band_is_drawn_and_named_where_something_is_measured(desk: Desk) -> None:
    page = desk.open("/body/expected")

    assert [str(path["class"]) for path in page.all("path")].count("outer-band today") == 4
    assert "90 % of modelled patients (parameters)" in page.text
    assert "90 % of single measurements (parameters and measurement)" in page.text


@pytest.mark.parametrize(
    ("path", "field", "said"),
    [
        ("/body?daily_dose=99999", "daily_dose", "mcg/day"),
        ("/body/oral?tablet_mg=abc", "tablet_mg", "1 to 300 mg"),
        ("/body/catheter?percent=400", "percent", "1 to 100 %"),
        ("/body/concentration?new=0", "new", "above 0 to 2000 mcg/mL"),
    ],
)
def test_what_cannot_be_is_said_where_it_was_typed_and_nothing_is_drawn(
    desk: Desk, path: str, field: str, said: str
) -> None:
    answer = desk.client.get(path)
    page = desk.read(answer)

    assert answer.status_code == 422
    assert page.value(field) == path.partition("=")[2], "the field keeps what was typed"
    wrong = next(tag for tag in page.all("input") if tag.get("name") == field)
    assert wrong["aria-invalid"] == "true"
    assert f"{field}-error" in str(wrong["aria-describedby"])
    assert said in page.text
    assert "This cannot be shown yet" in page.text
    assert pictures(page) == []


def test_a_typed_value_is_never_markup(desk: Desk) -> None:
    answer = desk.client.get("/body/oral", {"tablet_mg": "<script>alert(1)</script>"})

    assert b"<script>alert" not in answer.content


def test_without_a_demonstration_the_page_offers_to_start_over(desk: Desk) -> None:
    row = desk.clinic.row
    row.image = b"nothing like a bench"
    row.save()

    answer = desk.client.get("/body")

    assert answer.status_code == 503
    assert "start over" in desk.read(answer).text.lower()


def test_the_bench_leads_to_the_body(desk: Desk) -> None:
    assert "/body" in {link.get("href") for link in desk.open().all("a")}


def test_a_preview_leads_to_the_map_of_what_is_proposed(desk: Desk) -> None:
    page = desk.read(desk.press("/preview", **desk.proposal("240")))
    address = next(str(link["href"]) for link in page.all("a") if "daily_dose" in str(link.get("href")))

    assert "spasms" not in address, "the reason stays out of addresses"
    assert "What if 240 mcg/day" in desk.open(address).text


def test_each_shade_is_darker_than_the_one_before() -> None:
    style = STYLE.read_text(encoding="utf-8")
    shades = [re.search(rf"\.s{shade} {{\s+fill: #(\w{{6}})", style) for shade in range(SHADES)]

    assert all(shades)
    light = [_luminance(found[1]) for found in shades if found]
    assert len(light) == SHADES
    assert all(later < earlier for earlier, later in pairwise(light))


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_axes_hold_their_values_and_name_round_ones() -> None:
    axis = ValueAxis.from_zero(390)

    assert [text for _, text in axis.names] == ["0", "100", "200", "300"]
    assert axis.y(0) == 100
    assert 0 < axis.y(390) < 10
    assert ValueAxis.from_zero(0).high > 0
    decades = ValueAxis.decades(0.3, 250)
    assert (decades.low, decades.high) == (0.1, 1000)
    assert decades.y(10) == pytest.approx(50)
    assert [nice(least) for least in (0.011, 1, 1.1, 24, 26, 100)] == [0.02, 1, 2, 25, 50, 100]


STATES = {
    "stopped": [("/stop", {})],
    "stopped and a day later": [("/stop", {}), ("/training/advance", {"span": "day"}), ("/interrogate", {})],
    "never read again, and long empty": [("/training/advance", {"span": "week"})] * 8,
    "run empty, and read": [*[("/training/advance", {"span": "week"})] * 8, ("/interrogate", {})],
}


@pytest.mark.parametrize("state", STATES)
def test_the_body_can_be_looked_into_whatever_became_of_the_pump(desk: Desk, state: str) -> None:
    for path, values in STATES[state]:
        assert desk.press(path, **values).status_code == 302

    shown = {path: desk.client.get(path) for path in PAGES}

    for path, answer in shown.items():
        nothing_to_bridge = path == "/body/concentration" and "stopped" in state
        assert answer.status_code == (422 if nothing_to_bridge else 200), path
        assert "nan" not in re.findall(r"[\w.]+", answer.content.decode().lower())


def test_a_pump_that_may_have_changed_is_drawn_as_last_read_beside_the_order(desk: Desk) -> None:
    desk.press("/training/link", link="command-answer-lost")
    desk.sent("240")

    page = desk.open("/body")

    assert "Program as ordered" in page.text
    assert "and the open order" in page.text
    assert "What the pump does now is not known" in page.text
