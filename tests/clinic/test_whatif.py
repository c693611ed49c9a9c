"""What-ifs as the clinic answers them: what was typed, every problem with its range, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from builders.clinic import ACTOR, Clinic, said_and_why
from thecal.clinic.orders import whatif
from thecal.clinic.orders.case import ImplantCase
from thecal.clinic.orders.whatif import Answer
from thecal.clinic.people.access import Actor
from thecal.clinic.people.errors import NotPermittedError
from thecal.quantities import DAY, Mass

ASKING: list[Callable[[ImplantCase, Actor], Answer]] = [
    lambda case, actor: whatif.spinal_map({"daily_dose": "200"}, case, actor=actor),
    lambda case, actor: whatif.oral_or_pump({}, case, actor=actor),
    lambda case, actor: whatif.catheter_fault({}, case, actor=actor),
    lambda case, actor: whatif.other_concentration({}, case, actor=actor),
    lambda case, actor: whatif.next_measurement({}, case, actor=actor),
]


def problems(answer: Answer) -> dict[str, str]:
    assert answer.found is None, "nothing is shown of a question that cannot be"
    return {problem.field: said_and_why(problem) for problem in answer.problems}


def labels(answer: Answer) -> list[str]:
    assert answer.problems == ()
    assert answer.found is not None
    return [case.label for case in answer.found.cases]


@pytest.mark.parametrize("ask", ASKING)
def test_asking_changes_neither_the_bench_nor_the_record(
    clinic: Clinic, ask: Callable[[ImplantCase, Actor], Answer]
) -> None:
    image, entries = bytes(clinic.row.image), clinic.kinds

    assert ask(clinic.case, ACTOR).found is not None

    assert bytes(clinic.row.image) == image
    assert clinic.kinds == entries


@pytest.mark.parametrize("ask", ASKING)
def test_a_stranger_may_not_ask(clinic: Clinic, ask: Callable[[ImplantCase, Actor], Answer]) -> None:
    with pytest.raises(NotPermittedError):
        ask(clinic.case, Actor(ref="stranger", name="A stranger"))


def test_without_another_dose_there_is_todays_program_alone(clinic: Clinic) -> None:
    assert labels(whatif.spinal_map({}, clinic.case, actor=ACTOR)) == ["today's program"]


def test_the_next_measurement_is_told_for_another_dose_too(clinic: Clinic) -> None:
    answer = whatif.next_measurement({"daily_dose": "200"}, clinic.case, actor=ACTOR)

    assert labels(answer) == ["today's program", "what if 200 mcg/day"]
    assert answer.found is not None
    assert all(len(case.measured) == 4 for case in answer.found.cases)
    assert set(problems(whatif.next_measurement({"daily_dose": "x"}, clinic.case, actor=ACTOR))) == {
        "daily_dose"
    }


def test_an_order_that_is_open_stands_beside_todays_program(clinic: Clinic) -> None:
    clinic.signed("123")

    answer = whatif.spinal_map({}, clinic.case, actor=ACTOR)

    assert labels(answer) == ["today's program", "program as ordered"]
    assert answer.ordered


def test_a_dose_is_fitted_to_the_pump_before_it_is_shown(clinic: Clinic) -> None:
    answer = whatif.spinal_map({"daily_dose": "200.03"}, clinic.case, actor=ACTOR)

    assert labels(answer) == ["today's program", "what if 200 mcg/day"]


def test_a_proposal_in_steps_can_be_looked_at_as_it_stands_in_the_form(clinic: Clinic) -> None:
    steps = {
        "mode": "flex",
        "pattern": "every day",
        "step_0_0_start": "00:00",
        "step_0_0_amount": "50",
        "step_0_1_start": "12:00",
        "step_0_1_amount": "130",
        "bolus_dose": "20",
        "bolus_minutes": "60",
    }

    shown = whatif.spinal_map(steps, clinic.case, actor=ACTOR)
    wrong = whatif.spinal_map({**steps, "step_0_1_start": "noon"}, clinic.case, actor=ACTOR)

    assert labels(shown) == ["today's program", "what if 180 mcg/day, in steps, after a bolus"]
    assert "'noon' is not a time of day" in problems(wrong)[""]


def test_days_that_differ_are_named_with_their_lowest_and_highest_dose(clinic: Clinic) -> None:
    steps = {
        "mode": "flex",
        "pattern": "weekdays and weekend",
        "step_0_0_start": "00:00",
        "step_0_0_amount": "120",
        "step_1_0_start": "00:00",
        "step_1_0_amount": "190",
    }

    answer = whatif.spinal_map(steps, clinic.case, actor=ACTOR)

    assert labels(answer) == ["today's program", "what if 120 mcg to 190 mcg in any 24 h, in steps"]


@pytest.mark.parametrize("typed", ["abc", "0", "99999", "1,000", "-5", "1e3", "x" * 5000])
def test_a_dose_that_cannot_be_names_value_range_and_source(clinic: Clinic, typed: str) -> None:
    said = problems(whatif.spinal_map({"daily_dose": typed}, clinic.case, actor=ACTOR))

    assert set(said) == {"daily_dose"}
    assert "mcg/day" in said["daily_dose"]
    assert "enter " in said["daily_dose"]
    assert said["daily_dose"].endswith(")")


def test_tablets_are_what_was_typed(clinic: Clinic) -> None:
    answer = whatif.oral_or_pump({"tablet_mg": "12.5", "times_a_day": "4"}, clinic.case, actor=ACTOR)

    assert labels(answer)[1] == "by mouth alone, 12.5 mg every 6 h"
    assert answer.a_day == Mass(ug=Decimal(50_000))


def test_every_wrong_field_is_reported_at_once(clinic: Clinic) -> None:
    typed = {"tablet_mg": "301", "times_a_day": "5", "creatinine": ""}

    said = problems(whatif.oral_or_pump(typed, clinic.case, actor=ACTOR))

    assert said["tablet_mg"].startswith("dose by mouth: 301 mg; enter 1 to 300 mg (")
    assert said["times_a_day"] == "times a day: '5' is not known; allowed: 1, 2, 3, 4, 6"
    assert said["creatinine"] == (
        "creatinine clearance: is empty; enter 5 to 250 mL/min (range of the body model)"
    )


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ({"fault": "leak", "percent": "30"}, "leak lets out 30 % of the flow"),
        ({"fault": "kink", "percent": "100"}, "kink holds back 100 % of the flow"),
        ({"fault": "disconnection", "percent": "nonsense"}, "catheter disconnected"),
        ({"fault": "migration", "level": "L1", "percent": ""}, "tip moved to L1"),
    ],
)
def test_a_fault_applies_only_what_it_needs(clinic: Clinic, typed: dict[str, str], label: str) -> None:
    assert labels(whatif.catheter_fault(typed, clinic.case, actor=ACTOR)) == ["catheter whole", label]


def test_a_fault_that_cannot_be_is_refused(clinic: Clinic) -> None:
    typed = {"fault": "migration", "level": "S2", "mended": "7"}

    said = problems(whatif.catheter_fault(typed, clinic.case, actor=ACTOR))

    assert "'S2' is not known; allowed: C1, C2" in said["level"]
    assert said["mended"] == "mended: '7' is not known; allowed: no, 1, 2, 4"
    share = problems(whatif.catheter_fault({"percent": "0"}, clinic.case, actor=ACTOR))["percent"]
    assert share == "share of the flow: 0 %; enter 1 to 100 % (range of the body model)"
    assert set(problems(whatif.catheter_fault({"fault": "gremlin"}, clinic.case, actor=ACTOR))) == {"fault"}


def test_concentrations_begin_with_what_the_pump_holds(clinic: Clinic) -> None:
    answer = whatif.other_concentration({}, clinic.case, actor=ACTOR)

    assert (answer.form.text("old"), answer.form.text("new")) == ("500", "2000")
    assert labels(answer) == ["with the bridge", "bridge forgotten"]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        (
            {"new": "2001"},
            "new",
            "new concentration: 2001 mcg/mL; enter above 0 to 2000 mcg/mL (highest",
        ),
        ({"old": "0"}, "old", "old concentration: 0 mcg/mL; enter above 0 to 2000"),
        ({"new": "500"}, "new", "new concentration: 500 mcg/mL is the old one"),
        ({"left": "11"}, "left", "left behind: 11 mL; enter 0 to 10 mL (half the reservoir"),
        ({"new": "5"}, "", "with 5 mcg/mL in the pump: "),
    ],
)
def test_a_concentration_that_cannot_be_is_refused(
    clinic: Clinic, typed: dict[str, str], field: str, message: str
) -> None:
    assert problems(whatif.other_concentration(typed, clinic.case, actor=ACTOR))[field].startswith(message)


def test_what_is_not_settled_is_told_on_every_page(clinic: Clinic) -> None:
    assert not whatif.next_measurement({}, clinic.case, actor=ACTOR).in_doubt

    clinic.link("command-answer-lost")
    clinic.send(clinic.signed("123"))

    assert whatif.next_measurement({}, clinic.case, actor=ACTOR).in_doubt
    assert whatif.catheter_fault({"percent": "0"}, clinic.case, actor=ACTOR).in_doubt


def test_a_stopped_pump_has_nothing_to_bridge_and_says_so(clinic: Clinic) -> None:
    clinic.stop()

    assert "delivers no dose" in problems(whatif.other_concentration({}, clinic.case, actor=ACTOR))[""]
    assert labels(whatif.oral_or_pump({}, clinic.case, actor=ACTOR))[0] == "from the pump, stopped"


def test_what_is_shown_starts_from_what_the_wand_last_read(clinic: Clinic) -> None:
    read_at = clinic.page.known.read_at
    clinic.advance(DAY)

    answer = whatif.next_measurement({}, clinic.case, actor=ACTOR)

    assert answer.read_at == read_at
    assert answer.now == read_at + DAY
