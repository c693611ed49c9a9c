"""A whole program in a scenario: what an order holds runs in the laboratory as it would in the pump."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from builders.scenarios import SMALL, problems_of, read, with_event
from thecal.body import PUMP_RATE
from thecal.lab import run_scenario
from thecal.quantities import Concentration, DoseRate, Mass
from thecal.therapy import BACLOFEN, Program, SimpleContinuous, SingleBolus, program_bytes


def program(ug_per_mL: int = 500) -> str:
    return program_bytes(
        Program(
            drug=BACLOFEN,
            concentration=Concentration(ug_per_mL=Decimal(ug_per_mL)),
            base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(240))),
            once=SingleBolus(dose=Mass(ug=Decimal(20)), duration=timedelta(hours=2)),
        )
    ).decode()


def scenario_text(document: str) -> str:
    return with_event('at = "24 h"', 'do = "program"', f"document = '''{document}'''")


def test_a_program_runs_with_what_comes_first_in_it() -> None:
    rate = run_scenario(read(scenario_text(program())), patients=1).response.typical(PUMP_RATE)

    assert rate[23] == pytest.approx(100 / 24)
    assert rate[25] == pytest.approx(240 / 24 + 10)
    assert rate[27] == pytest.approx(240 / 24)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            program(2000),
            "event[2].document: is for 2000 mcg/mL; allowed: a program for the 500 mcg/mL in the",
        ),
        (program().replace("240", "240.0"), "in another than its canonical form is refused"),
        ("{}", "these bytes are not a program"),
        ("240 mcg/day", "these bytes are not a program"),
    ],
)
def test_a_program_that_is_not_one_or_for_another_solution_is_refused(document: str, said: str) -> None:
    (problem,) = problems_of(scenario_text(document))

    assert said in problem


def test_a_program_needs_a_document() -> None:
    (problem,) = problems_of(SMALL + '[[event]]\nat = "24 h"\ndo = "program"\n')

    assert "event[2].document: is missing; allowed: a program in its canonical form" in problem
