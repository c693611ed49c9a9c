"""An analysis is a checked document: what it names exists, and what it leans on is shown."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from architecture.repository import ROOT
from builders.pages import names_on, resolve
from safety_case.case import Case, Status, read_case
from thecal.pump import FlowEffect, Pump

FOLDER = ROOT / "docs" / "safety"
CASE = read_case(FOLDER / "case.toml")
ANALYSES = sorted((FOLDER / "analyses").glob("*.md"))
ID = re.compile(r"ITB-\d+")


def leaning_on_nothing(text: str, case: Case) -> list[str]:
    """Return what an analysis says that the case does not bear out.

    In a table, a statement that names requirements leans on what their tests show; one that says *planned*
    must name a row that is.
    """
    found = [f"no requirement {name}" for name in ID.findall(text) if name not in case.by_id]
    cells = [line.rstrip("| ").rpartition("|")[2] for line in text.splitlines() if line.startswith("|")]
    for said in (said for cell in cells for said in cell.split(";")):
        rows = [case.by_id[name] for name in ID.findall(said) if name in case.by_id]
        if "planned" in said.lower():
            if rows and all(row.status is not Status.PLANNED for row in rows):
                found.append(f"no longer planned: {said.strip()}")
        else:
            found += [
                f"nothing shows {row.id} yet: {said.strip()}"
                for row in rows
                if row.status is Status.OUT_OF_SCOPE or (row.status is Status.PLANNED and not row.half)
            ]
    return found


@pytest.mark.parametrize("page", ANALYSES, ids=lambda page: page.stem)
def test_an_analysis_leans_on_nothing_that_is_not_shown(page: Path) -> None:
    assert leaning_on_nothing(page.read_text(encoding="utf-8"), CASE) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("| a | b (ITB-999) |", ["no requirement ITB-999"]),
        ("| a | shown (ITB-131) |", ["nothing shows ITB-131 yet: shown (ITB-131)"]),
        ("| a | shown (ITB-001); planned (ITB-131) |", ["no longer planned: planned (ITB-131)"]),
        ("| a | planned (ITB-001) |", ["no longer planned: planned (ITB-001)"]),
        ("| a | shown (ITB-001) |", []),
    ],
)
def test_an_analysis_that_leans_on_nothing_is_found(line: str, found: list[str]) -> None:
    assert leaning_on_nothing(line, CASE) == found


GUIDE_WORDS = ("not given", "given when unsafe", "too early", "too late", "too long", "too short")
ORDERS = {
    "A program is committed": ("set_program", "write_program", "confirm_program"),
    "STOP": ("stop",),
    "A refill is carried out": ("arm_refill", "confirm_refill", "refill"),
    "A pause": ("pause", "resume"),
    "A restart": ("restart",),
    "An alarm is silenced": ("silence", "link_lost"),
    "The clock is set": ("set_clock",),
    "A patient asks for a bolus": ("request_bolus",),
    "The fallback is started": ("start_fallback", "set_fallback"),
    "A periodic bolus is withheld": ("set_bolus_when_low",),
    "The alarms are set": ("set_alarms",),
    "A valve is opened": ("reset_valve",),
}
"""The sections about orders, and about what an order sets, with the acts of a pump that each is about."""
BY_ITSELF: dict[str, set[FlowEffect]] = {
    "A single dose ends": {FlowEffect.ENDS_BOLUS},
    "The pump delivers": {FlowEffect.KEEPS, FlowEffect.NONE_LEFT},
    "An alarm sounds": set(),
    "The drive is stopped for over-delivery": {FlowEffect.STANDS},
    "The processor restarts": {FlowEffect.RESUMES},
    "A bolus ends at the 24-hour dose limit": {FlowEffect.ENDS_BOLUS},
    "The fallback starts by itself, and waits for room": {FlowEffect.FALLS_BACK},
    "A date is shown": set(),
}
"""The sections about what a pump does by itself, and the effects of alarms that each is about."""


def sections_of(text: str) -> dict[str, str]:
    """Return the sections of a page, and for each the first column of its table."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {
        part.partition("\n")[0]: "\n".join(
            line.split("|")[1].strip() for line in part.splitlines() if line.startswith("| ")
        )
        for part in parts
    }


CONTROLS = sections_of((FOLDER / "analyses" / "control-actions.md").read_text(encoding="utf-8"))


def asked(words: str, guide_word: str) -> bool:
    """Say whether a row of a section begins with a guide word, alone or with others."""
    return any(guide_word in row.partition(":")[0] for row in words.splitlines())


@pytest.mark.parametrize("section", [*ORDERS, *BY_ITSELF])
def test_every_control_applies_with_every_guide_word(section: str) -> None:
    assert [word for word in GUIDE_WORDS if not asked(CONTROLS[section], word)] == []


def test_every_order_and_every_effect_of_an_alarm_is_a_control_that_is_analysed() -> None:
    acts = dict(inspect.getmembers(Pump, inspect.isfunction))
    analysed = {act for names in ORDERS.values() for act in names}
    orders = {name for name, act in acts.items() if "command" in inspect.signature(act).parameters}

    assert set(CONTROLS) == {*ORDERS, *BY_ITSELF}
    assert analysed <= set(acts)
    entries = {"handle", "has_carried_out"}  # to every act, and to none
    assert {name for name in orders if not name.startswith("_")} - entries <= analysed
    assert set().union(*BY_ITSELF.values()) == set(FlowEffect)


def test_a_guide_word_that_no_row_begins_with_is_found() -> None:
    page = "## A\n\n| guide word | how |\n|---|---|\n| not given | a |\n| too early, too late | b |\n"

    words = sections_of(page)["A"]

    assert [word for word in GUIDE_WORDS if not asked(words, word)] == [
        "given when unsafe",
        "too long",
        "too short",
    ]


@pytest.mark.parametrize(
    "dotted", names_on((FOLDER / "analyses" / "algorithms.md").read_text(encoding="utf-8"))
)
def test_every_algorithm_stands_in_the_code(dotted: str) -> None:
    assert resolve(dotted) is not None


def test_every_analysis_is_one_that_a_requirement_names() -> None:
    named = {row.analysis for row in CASE.requirements if row.analysis}

    assert named == {page.relative_to(FOLDER).as_posix() for page in ANALYSES}
