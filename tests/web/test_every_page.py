"""What holds for every page in every state: it says what it is, runs nothing foreign, and STOP is on it."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from builders.written import ill_written
from thecal.main import settings as main_settings
from web.conftest import Desk

STATES = [
    "as begun",
    "reviewed",
    "refused",
    "signed",
    "verified",
    "unchanged",
    "uncertain",
    "still infusing",
    "stopped",
    "link lost",
    "ledger",
    "rulebook",
    "emergency",
    "curves",
    "body",
    "body asked wrongly",
    "concentration",
    "start over",
    "accidents",
    "accident",
    "alarms",
    "no such page",
    "bad request",
    "no token",
]


def answer_in(state: str, desk: Desk) -> HttpResponse:  # noqa: C901, PLR0911, PLR0912 - one answer a state
    match state:
        case "reviewed":
            return desk.press("/preview", **desk.proposal("165.55555"))
        case "refused":
            return desk.press("/sign", **desk.proposal("99999"), pin="0000")
        case "signed":
            desk.sign()
        case "verified":
            desk.sent()
        case "unchanged":
            desk.press("/training/link", link="dead")
            desk.sent()
        case "uncertain":
            desk.press("/training/link", link="read-back-lost")
            desk.sent()
        case "still infusing":
            desk.press("/training/link", link="dead")
            desk.press("/stop")
        case "stopped":
            desk.press("/stop")
        case "link lost":
            desk.press("/training/link", link="dead")
            return desk.press("/interrogate")
        case "ledger":
            return desk.client.get("/ledger")
        case "rulebook" | "emergency":
            return desk.client.get(f"/{state}")
        case "curves":
            return desk.client.get("/curves")
        case "body":
            return desk.client.get("/body?daily_dose=200")
        case "body asked wrongly":
            return desk.client.get("/body/oral?tablet_mg=5.0&times_a_day=x")
        case "concentration":
            return desk.client.get("/body/concentration")
        case "start over":
            return desk.client.get("/training/start-over")
        case "accidents":
            return desk.client.get("/training/accidents")
        case "accident":
            return desk.client.get("/training/accidents/interval-2004")
        case "alarms":
            return desk.client.get("/training/alarms")
        case "no such page":
            return desk.client.get("/nowhere")
        case "bad request":
            return desk.press("/training/advance", span="century")
        case "no token":
            return Client(enforce_csrf_checks=True).post("/interrogate")
    return desk.client.get("/")


@pytest.mark.requirement("ITB-160", "ITB-172")
@pytest.mark.parametrize("state", STATES)
def test_every_page_is_marked_guarded_and_stoppable(desk: Desk, state: str) -> None:
    answer = answer_in(state, desk)
    page = desk.read(answer)

    assert "SIMULATED PUMP" in page.text
    assert "not a certified device" in page.text
    assert "no-store" in answer.headers["Cache-Control"]

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy

    stops = [form for form in page.all("form") if form["action"] == "/stop"]
    assert all(form["method"] == "post" for form in stops)
    assert next(tag for tag, _ in page.tags if tag in {"form", "button"}) == "form"
    assert page.all("form")[0] in stops, "STOP is the first thing to press on every page"


@pytest.mark.parametrize("state", STATES)
def test_no_page_runs_or_styles_anything_inline(desk: Desk, state: str) -> None:
    page = desk.read(answer_in(state, desk))

    assert page.all("style") == []
    for script in page.all("script"):
        assert script.get("src") or script.get("type") == "application/json"
    for tag, attributes in page.tags:
        handlers = [name for name in attributes if name == "style" or re.match(r"on|hx-on", name)]
        assert not handlers, f"{tag}: {handlers}"
        for address in (attributes.get("src"), attributes.get("href"), attributes.get("action")):
            assert address is None or address.startswith(("/", "#", "?")), address


@pytest.mark.requirement("ITB-172")
@pytest.mark.parametrize("state", STATES)
def test_no_page_can_be_misread(desk: Desk, state: str) -> None:
    assert ill_written(desk.read(answer_in(state, desk)).text) == []


@pytest.mark.parametrize("state", ["signed", "uncertain", "still infusing", "reviewed"])
def test_every_field_and_button_has_a_name(desk: Desk, state: str) -> None:
    page = desk.read(answer_in(state, desk))
    labelled = {label.get("for") for label in page.all("label")}

    for field in page.all("input") + page.all("select") + page.all("textarea"):
        if field.get("type") in {"hidden", "radio"}:
            continue
        assert field.get("id") in labelled, field


def test_a_defect_of_ours_says_so_and_keeps_stop_in_reach(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("thecal.clinic.demonstration.queries.page", broken)
    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert "Error in Thecal" in desk.read(answer).text
    assert "a defect" not in answer.content.decode()
    assert desk.read(answer).all("form")[0]["action"] == "/stop"


def test_without_a_demonstration_the_page_offers_to_start_over(desk: Desk) -> None:
    row = desk.clinic.row
    row.image = b"nothing like a bench"
    row.save()

    answer = desk.client.get("/")
    desk.press("/training/start-over")

    assert answer.status_code == 503
    assert "start over" in desk.read(answer).text.lower()
    assert "Simple continuous" in desk.open().text


def test_the_pages_allow_no_more_than_the_settings_say() -> None:
    directives = main_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert directives["script-src"] == directives["style-src"] == ["'self'"]
