"""The page of the rules says what the code says."""

import importlib.util

from architecture.repository import ROOT
from thecal.dosing.emergencies import EMERGENCIES
from thecal.dosing.limits import Jurisdiction, entries, limits_for
from thecal.dosing.rulebook import CALCULATIONS, TABLES
from thecal.dosing.rulebook_page import sections


def _page() -> str:
    spec = importlib.util.spec_from_file_location("rulebook_tool", ROOT / "tools" / "rulebook.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return str(tool.page())


def test_the_committed_page_is_the_one_drawn_from_the_rules() -> None:
    assert (ROOT / "docs" / "rules" / "index.md").read_text(encoding="utf-8") == _page(), "make rules"


def test_every_table_and_calculation_is_shown_with_its_numbers() -> None:
    shown = sections(limits_for(Jurisdiction.US))

    assert [one.id for one in shown] == [*(one.id for one in TABLES), *(one.id for one in CALCULATIONS)]
    numbers = {limit.id for one in shown for limit in one.limits} | {
        limit.id for one in shown for limit in one.undecided
    }
    bounds = {name for name in entries() if name.endswith(("_lowest", "_highest"))}
    emergencies = {name for one in EMERGENCIES for action in one.actions for name in action.limit_ids}
    findings_only = set(entries()) - numbers - bounds - emergencies
    assert not findings_only, f"shown nowhere: {findings_only}"


def test_a_number_that_nobody_verified_says_so() -> None:
    limits = {limit.id: limit for one in sections(limits_for()) for limit in one.limits}

    assert limits["flex_rise"].sureness.meaning == "commonly quoted, unverified"
    assert "commonly quoted, unverified" in _page()
