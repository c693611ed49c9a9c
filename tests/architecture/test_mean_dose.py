"""A weekly mean is no 24-hour dose: few may ask for one, each for a reason that is written here."""

from __future__ import annotations

import ast

from architecture.repository import name_of, ours

MEAN = "mean_daily_dose"
WHY = {
    "src/thecal/therapy/program.py": "defines it, and calls it a mean where the days differ",
    "src/thecal/pump/alarm_settings.py": "how many days a volume lasts, not how much a day gives",
    "src/thecal/lab/alarm_trials/table.py": "the programs of the trials give the same dose every day",
}


def uses(source: str) -> list[int]:
    """Return the lines that take or define the mean."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr == MEAN)
        or (isinstance(node, ast.FunctionDef) and node.name == MEAN)
    ]


def test_only_who_needs_a_mean_asks_for_one() -> None:
    found = {
        name_of(path) for path in ours(".py", under="src/thecal") if uses(path.read_text(encoding="utf-8"))
    }

    assert found - WHY.keys() == set(), "show or compare therapy.daily_dose instead, or say why not here"
    assert WHY.keys() - found == set(), "these no longer need their reason"


def test_a_use_of_the_mean_is_found() -> None:
    assert uses("dose = program.mean_daily_dose\n") == [1]
    assert uses("dose = program.daily_doses\n") == []
