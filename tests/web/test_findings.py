"""The bench's form shows what the rules say, and nothing is signed before a person answers it."""

import json

import pytest

from builders.clinic import ANSWERED, PIN
from thecal.clinic.orders.models import PrescriptionRecord
from web.conftest import Desk

LIFTED = {name: text for name, text in ANSWERED.items() if name.startswith("lift_")}
QUESTIONS = ("trigger_looked_for", "trigger_found", "pump_checked", "useful_tone_kept")


def _sign(desk: Desk, **values: str) -> str:
    proposal = {"mode": "simple", "reason": "spasms at night", **values}
    answer = desk.press("/sign", **proposal, reviewed=desk.reviewed(proposal), pin=PIN)
    assert answer.status_code == 422
    assert not PrescriptionRecord.objects.exists()
    return desk.read(answer).text


def test_a_tenfold_dose_is_typed_again_and_confirmed_before_it_is_signed(desk: Desk) -> None:
    page = desk.preview(mode="simple", daily_dose="1500")

    assert "1500 mcg/day is 10 times the last 24-hour dose, 150 mcg/day." in page.text
    assert "The highest 24-hour dose again, with its unit" in page.text
    assert "Second person who confirms" in page.text


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ({"retyped": ""}, "24-hour dose, typed again"),
        ({"retyped": "150 mcg/day"}, "150 mcg/day is not what would be signed"),
        ({"retyped": "1500"}, "1500"),
        ({"second_person": ""}, "enter who confirms the dose"),
        ({"lift_guard-many-times-more": " "}, "Give a reason or an answer"),
        (
            {"pump_checked": "", "lift_titration-no-change-yet": ""},
            "questions before an increase are not answered",
        ),
    ],
)
def test_a_tenfold_dose_with_one_thing_missing_is_not_signed(
    desk: Desk, left_out: dict[str, str], said: str
) -> None:
    whole = {**ANSWERED, "daily_dose": "1500", "retyped": "1500 mcg/day"}

    assert said in _sign(desk, **{**whole, **left_out})


def test_the_prescriber_cannot_be_the_second_person(desk: Desk) -> None:
    prescriber = desk.clinic.page.signed_by
    typed = {**ANSWERED, "daily_dose": "1500", "retyped": "1500 mcg/day", "second_person": prescriber.upper()}

    assert "it cannot be the prescriber" in _sign(desk, **typed)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_increase_with_a_question_open_is_not_signed(desk: Desk, question: str) -> None:
    typed = {**ANSWERED, "daily_dose": "160", question: "", "lift_titration-no-change-yet": ""}

    assert "questions before an increase are not answered" in _sign(desk, **typed)


def test_a_small_decrease_asks_nothing(desk: Desk) -> None:
    page = desk.preview(mode="simple", daily_dose="140")

    assert "What the rules say" not in page.text


def test_a_bolus_that_adds_up_is_a_finding(desk: Desk) -> None:
    page = desk.preview(mode="simple", daily_dose="150", bolus_dose="60", bolus_minutes="10")

    assert "this patient would receive up to" in page.text


def test_what_was_lifted_is_kept_with_reason_and_version(desk: Desk) -> None:
    typed = {**ANSWERED, "daily_dose": "1500", "retyped": "1500 mcg/day"}
    proposal = {"mode": "simple", "reason": "spasms at night", **typed}

    signed = desk.press("/sign", **proposal, reviewed=desk.reviewed(proposal), pin=PIN)

    assert signed.status_code == 302
    kept = json.loads(PrescriptionRecord.objects.get().findings)
    tenfold = next(one for one in kept if one["code"] == "guard.many-times-more")
    assert tenfold["reason"] == "discussed on the ward round"
    assert tenfold["second_person"] == "a second physician"


def test_the_source_of_each_limit_is_there_on_request(desk: Desk) -> None:
    page = desk.preview(mode="simple", daily_dose="200")

    assert "the strictest of the known steps" in page.text
    assert "reviewed 1 Dec 2026" in page.text


def test_a_large_planned_decrease_asks_for_a_withdrawal_plan_until_signed(desk: Desk) -> None:
    asked = desk.preview(mode="simple", daily_dose="110")
    answered = desk.preview(mode="simple", daily_dose="110", withdrawal_plan="yes")

    assert "planned decrease of more than 20 %" in asked.text
    assert "planned decrease of more than" not in answered.text
    assert "Is there a plan in case of withdrawal?" in answered.text


def test_with_the_questions_open_no_larger_dose_is_offered(desk: Desk) -> None:
    asked = desk.preview(mode="simple", daily_dose="160")
    answered = desk.preview(mode="simple", daily_dose="160", **{name: ANSWERED[name] for name in QUESTIONS})

    assert "What the rules offer: 2 programs" in asked.text
    assert "Smaller dose 135 mcg" in asked.text
    assert "What the rules offer: 3 programs" in answered.text
    assert "Largest usual increase 172.5 mcg" in answered.text


def test_an_offered_program_fills_the_form_and_keeps_the_answers(desk: Desk) -> None:
    answers = {name: ANSWERED[name] for name in QUESTIONS}

    page = desk.read(
        desk.press(
            "/option", mode="simple", daily_dose="160", reason="stiff", option="largest_step", **answers
        )
    )

    assert page.value("daily_dose") == "172.5"
    assert "150 → 172.5 mcg/day" in page.text
    assert "questions before an increase are not answered" not in page.text


def test_an_option_that_is_not_offered_changes_nothing(desk: Desk) -> None:
    page = desk.read(desk.press("/option", mode="simple", daily_dose="160", option="all at once"))

    assert page.value("daily_dose") == "160"
