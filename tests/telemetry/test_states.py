from __future__ import annotations

from pathlib import Path

import pytest

from thecal.telemetry import Role, State
from thecal.telemetry.states import TRANSITIONS, Step, diagram

PAGE = Path(__file__).parents[2] / "docs" / "telemetry" / "session.md"


def test_the_page_shows_the_table_as_it_is() -> None:
    assert f"```text\n{diagram()}\n```" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("role", Role)
def test_every_state_that_can_be_reached_has_a_row(role: Role) -> None:
    reached = {after for steps in TRANSITIONS[role].values() for after in steps.values()}

    assert reached | {State.READY} == set(TRANSITIONS[role])


@pytest.mark.parametrize("role", Role)
def test_nothing_leads_out_of_a_broken_session_but_to_begin_anew(role: Role) -> None:
    assert TRANSITIONS[role][State.BROKEN] == {Step.ANEW: State.READY}
