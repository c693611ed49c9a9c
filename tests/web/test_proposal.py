from __future__ import annotations

import pytest

from builders.clinic import ANSWERED
from web.conftest import Desk

PREVIEW = {"headers": {"HX-Request": "true"}}


@pytest.mark.requirement("ITB-053", "ITB-062", "ITB-122")
def test_a_preview_compares_every_setting_and_brings_new_dates_and_curves(desk: Desk) -> None:
    page = desk.preview(mode="simple", daily_dose="180")

    assert "150 mcg/day 180 mcg/day +20 %" in page.text
    assert "refill by" in page.text
    assert "SIMULATED" not in page.text, "it is a part of a page"
    assert '"proposed"' in page.scripts[0]


def test_a_preview_shows_what_was_rounded(desk: Desk) -> None:
    page = desk.preview(mode="simple", daily_dose="165.01")

    assert "daily dose: requested 165.01 mcg/day, programmed 165 mcg/day" in page.text


def test_the_reason_applies_for_when_signing_not_while_typing(desk: Desk) -> None:
    assert "reason" not in desk.preview(mode="simple", daily_dose="180", reason="").text

    refused = desk.press("/sign", mode="simple", daily_dose="180", reason="", pin="2468", reviewed="x")

    assert refused.status_code == 422
    assert "enter why the dose is changed" in desk.read(refused).text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"daily_dose": ""}, "is empty"),
        ({"daily_dose": "1,000"}, "is not a number as doses are written"),
        ({"daily_dose": "0.1 mg"}, "the unit"),
        ({"daily_dose": "99999"}, "enter 24 to 2003 mcg/day"),
        ({"daily_dose": "0"}, "order a stop instead"),
        ({"daily_dose": "180", "bolus_dose": "5000", "bolus_minutes": "10"}, "enter 0.25 to 100 mcg"),
        ({"daily_dose": "180", "bolus_dose": "5"}, "bolus duration"),
        (
            {"mode": "flex", "pattern": "every day", "step_0_0_start": "01:00", "step_0_0_amount": "9"},
            "00:00",
        ),
        ({"mode": "magic"}, "is not known"),
        ({"daily_dose": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_kept_as_typed(
    desk: Desk, values: dict[str, str], said: str
) -> None:
    proposal = {**desk.proposal(), **values}
    before = desk.clinic.kinds

    fragment = desk.preview(**proposal)
    answer = desk.press("/sign", **proposal, pin="2468", reviewed="0" * 64)
    page = desk.read(answer)

    assert said in fragment.text
    assert "cannot be programmed yet" in fragment.text
    assert answer.status_code == 422
    assert page.value("daily_dose") == proposal["daily_dose"]
    assert page.value("pin") is None
    assert "spasms at night" in page.text
    assert desk.clinic.kinds == before


def test_a_missing_reason_does_not_hide_what_else_is_wrong(desk: Desk) -> None:
    page = desk.read(desk.press("/sign", **desk.proposal("99999", reason=""), pin="2468"))

    assert "enter why the dose is changed" in page.text
    assert "99999 mcg/day" in page.text


def test_a_field_that_is_wrong_is_marked_and_says_why(desk: Desk) -> None:
    page = desk.read(desk.press("/sign", **desk.proposal("99999"), pin="2468"))

    field = next(field for field in page.all("input") if field.get("name") == "daily_dose")

    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "daily_dose-error"
    assert {"id": "daily_dose-error", "class": "error "} in page.all("p")


def test_a_wrong_pin_signs_nothing_and_loses_nothing(desk: Desk) -> None:
    answer = desk.sign("180", pin="7531")
    page = desk.read(answer)

    assert answer.status_code == 422
    assert "PIN" in page.text
    assert page.value("daily_dose") == "180"
    assert page.value("reviewed"), "the review stands, ready for the right PIN"
    assert desk.clinic.page.order is None
    assert "7531" not in answer.content.decode()


def test_what_was_not_reviewed_is_not_signed(desk: Desk) -> None:
    reviewed = desk.reviewed(desk.proposal("160"))

    answer = desk.press("/sign", **desk.proposal("600"), reviewed=reviewed, pin="2468")

    assert answer.status_code == 422
    assert "not what was reviewed" in desk.read(answer).text
    assert desk.clinic.page.order is None


def test_a_second_signature_waits_for_the_first_order(desk: Desk) -> None:
    proposal = desk.proposal()
    reviewed = desk.reviewed(proposal)
    desk.press("/sign", **proposal, reviewed=reviewed, pin="2468")

    again = desk.press("/sign", **proposal, reviewed=reviewed, pin="2468")

    assert again.status_code == 409
    assert "send or withdraw it" in desk.read(again).text
    assert desk.clinic.kinds.count("prescription.signed") == 1


def test_a_flex_pattern_is_signed_as_typed(desk: Desk) -> None:
    steps = {
        "mode": "flex",
        "pattern": "every day",
        "step_0_0_start": "00:00",
        "step_0_0_amount": "60",
        "step_0_1_start": "18:00",
        "step_0_1_amount": "100",
        "reason": "evening spasms",
        **ANSWERED,
    }
    signed = desk.press("/sign", **steps, reviewed=desk.reviewed(steps), pin="2468")
    page = desk.open()

    assert signed.status_code == 302
    assert "18:00 to 24:00, 100 mcg in all" in page.text
    assert "160 mcg/day +6.7 %" in page.text


def test_a_step_is_added_and_removed_without_losing_what_was_typed(desk: Desk) -> None:
    typed = {"mode": "flex", "pattern": "every day", "step_0_0_start": "00:00", "step_0_0_amount": "60"}

    more = desk.read(desk.press("/steps", **typed, add="0"))
    less = desk.read(desk.press("/steps", **typed, step_0_1_start="06:00", remove="step_0_0_start"))

    assert more.value("step_0_0_amount") == "60"
    assert more.value("step_0_1_start") == ""
    assert less.value("step_0_1_start") == "06:00"
    assert "step_0_0_start" not in {field.get("name") for field in less.all("input")}


def test_other_days_begin_with_the_steps_of_the_first(desk: Desk) -> None:
    typed = {"mode": "flex", "step_0_0_start": "00:00", "step_0_0_amount": "60"}

    answer = desk.client.post(
        "/steps", {**typed, "pattern": "weekdays and weekend"}, headers={"HX-Request": "true"}
    )
    page = desk.read(answer)

    assert page.value("step_1_0_amount") == "60"
    assert "Saturday and Sunday" in page.text
    assert answer.headers["HX-Trigger-After-Swap"] == "preview-again"


def test_going_back_to_a_review_leads_to_the_bench(desk: Desk) -> None:
    for path in ("/preview", "/steps", "/sign"):
        assert desk.client.get(path).headers["Location"] == "/"
