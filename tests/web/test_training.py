"""The training pages: every accident on both pumps, readable without scripts, and every alarm."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from builders.clinic import ACTOR
from thecal.clinic.demonstration import training
from thecal.clinic.people.access import Actor
from thecal.clinic.people.errors import NotPermittedError
from thecal.web.demo.charts.pictures import HIGH, WIDE, pictures_of
from thecal.web.demo.training import player_data, tones_of
from web.conftest import Desk

COMPARISONS = training.accidents(actor=ACTOR)
NAMES = [comparison.accident.name for comparison in COMPARISONS]


def test_the_list_says_of_every_accident_what_when_whence_and_what_came_of_it(desk: Desk) -> None:
    page = desk.open("/training/accidents")

    assert len(COMPARISONS) == 9
    for comparison in COMPARISONS:
        assert comparison.accident.title in page.text
        assert comparison.accident.story in page.text
        assert comparison.accident.learn in page.text
        assert f"Sureness: {comparison.accident.source_reliability}." in page.text
        assert comparison.legacy.verdict.headline in page.text
        assert comparison.reference.verdict.headline in page.text
        assert any(f"/{comparison.accident.name}" in str(link.get("href")) for link in page.all("a"))
    assert "A refill left open alarms never after 30 min" in page.text
    for one in training.violations_of_legacy(actor=ACTOR):
        said = f"{one.number} {one.how[0].upper()}{one.how[1:]}. Violates {one.requirement}."
        assert said in page.text
        assert any(link.get("href") == f"#{one.number}" for link in page.all("a"))
        assert any(item.get("id") == one.number for item in page.all("li"))
    assert "None listed" not in page.text


@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
def test_an_accident_is_shown_whole_without_a_script(desk: Desk, comparison: training.Comparison) -> None:
    page = desk.open(f"/training/accidents/{comparison.accident.name}")

    for side in (comparison.legacy, comparison.reference):
        assert side.verdict.headline in page.text
        for said in side.verdict.actions:
            assert said in page.text
        for _, said in side.log:
            assert said in page.text
    for said in (
        *comparison.needs,
        *comparison.counterfactuals,
        *(one for both in comparison.entered for one in both),
    ):
        assert said[1:] in page.text
    assert comparison.accident.assumes in page.text
    assert "it does not measure its reservoir volume" in page.text
    assert len([item for item in page.all("li") if "data-moment" in item]) == len(comparison.rows)
    assert [group.get("hidden") for group in page.all("div") if "data-player" in group] == [None]
    assert "reconstruction on a simulated pump" in page.text
    assert len(page.all("svg")) == 3


def test_a_refusal_by_a_planned_check_is_named_as_such(desk: Desk) -> None:
    page = desk.open("/training/accidents/ampoules-swapped")

    assert "A check in the programmer: the refusal at 4 days comes from a planned check" in page.text
    assert "Without that check this pump accepts the order too. Too much: 800 mcg in 24 h" in page.text


def test_an_accident_nobody_knows_is_not_found(desk: Desk) -> None:
    assert desk.client.get("/training/accidents/unheard-of").status_code == 404
    assert desk.client.get("/training/accidents/../alarms").status_code in {200, 404}
    assert training.accident("unheard-of", actor=ACTOR) is None


def test_only_who_may_work_at_the_bench_sees_the_training() -> None:
    stranger = Actor(ref="clinician:nobody", name="Nobody")

    for ask in (
        training.accidents,
        training.alarms,
        training.differences_of_pumps,
        training.violations_of_legacy,
    ):
        with pytest.raises(NotPermittedError):
            ask(actor=stranger)
    with pytest.raises(NotPermittedError):
        training.accident(NAMES[0], actor=stranger)


def test_every_alarm_is_on_the_page_with_its_sound_and_what_either_pump_did(desk: Desk) -> None:
    table = training.alarms(actor=ACTOR)
    page = desk.open("/training/alarms")

    for row in table.rows:
        assert row.alarm.capitalize() in page.text
        assert row.effect[1:] in page.text
    for rule in table.rules:
        assert rule in page.text
    assert [button["data-tone"] for button in page.all("button") if "data-tone" in button] == [
        sound.kind.value for sound in table.sounds
    ]
    assert "No alarm in 3 days" in page.text
    assert "not tried" not in page.text
    assert "After 2 days. The drive is stopped, as ordered" in page.text


@pytest.mark.requirement("ITB-103")
@pytest.mark.parametrize("path", ["/training/accidents/interval-2004", "/training/alarms"])
def test_the_tones_of_a_page_are_the_pumps_own(desk: Desk, path: str) -> None:
    table = training.alarms(actor=ACTOR)
    carried = [json.loads(script) for script in desk.open(path).scripts if script.startswith('{"critical"')]

    assert carried == [tones_of(table)]
    for sound in table.sounds:
        lasts = sum(milliseconds for _, milliseconds in carried[0][sound.kind.value])
        assert lasts == sound.tone.lasts.total_seconds() * 1000


@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
def test_a_play_for_the_browser_goes_forward_and_covers_the_whole(comparison: training.Comparison) -> None:
    play = json.loads(json.dumps(player_data(comparison)))

    assert play["stops"] == sorted(set(play["stops"]))
    assert (play["stops"][0], play["stops"][-1]) == (0, play["lasts"])
    assert len(play["clock"]) == len(play["stops"])
    assert len(play["moments"]) == len(comparison.rows)
    assert play["moments"] == sorted(play["moments"])
    for side in play["sides"].values():
        assert len(side["level"]) == len(side["signal"]) == len(play["stops"])
        for rows in (side["tip"], side["believed"], [[look["from"]] for look in side["looks"]]):
            assert rows[0][0] == 0
            assert all(sooner[0] < later[0] for sooner, later in pairwise(rows))


@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
def test_a_picture_stays_on_its_ground(comparison: training.Comparison) -> None:
    for picture in pictures_of(comparison):
        top = float(picture.ticks[0])
        assert 0 <= picture.wrong_x < WIDE
        for line in picture.lines:
            points = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", line.path)
            xs = [float(x) for x, _ in points] + [float(x) for x in re.findall(r"H(-?[\d.]+)", line.path)]
            ys = [float(y) for _, y in points] + [float(y) for y in re.findall(r"V(-?[\d.]+)", line.path)]
            assert (min(xs), max(xs)) == (0, WIDE)
            assert min(ys) >= 0
            assert max(ys) <= HIGH
            assert float(line.highest.removeprefix("< ")) <= max(top, 0.1)
