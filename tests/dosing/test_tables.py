"""Every row of every decision table has an example, and uses no number that it does not show."""

from typing import Any

import pytest

from builders.rules import EXAMPLES
from builders.rules.example import Example
from thecal.dosing.emergencies import EMERGENCIES
from thecal.dosing.findings import Finding
from thecal.dosing.limits import Jurisdiction, Limits, entries, limits_for
from thecal.dosing.rulebook import CALCULATIONS, KINDS, TABLES
from thecal.dosing.tables import Hit, Row, Table

BY_ID = {table.id: table for table in TABLES}
ROWS = [(table, row) for table in TABLES for row in table.rows]


class _Noting(Limits):
    """Limits that note which of them were read."""

    def __init__(self, jurisdiction: Jurisdiction | None) -> None:
        super().__init__(jurisdiction)
        self.read: set[str] = set()

    def find(self, name: str) -> Any:
        self.read.add(name)
        return super().find(name)


def _row(example: Example) -> Row[Any, Any]:
    return next(row for row in BY_ID[example.table].rows if row.id == example.row)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_row_speaks_for_its_example_and_gives_what_it_must(example: Example) -> None:
    decision = BY_ID[example.table].decide(example.facts, limits_for(example.jurisdiction))

    assert example.row in decision.rows
    given = decision.results[decision.rows.index(example.row)]
    assert (given.code if isinstance(given, Finding) else given) == example.gives


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{table.id}, {row.id}" for table, row in ROWS])
def test_every_row_has_an_example(table: Table[Any, Any], row: Row[Any, Any]) -> None:
    assert any(example.table == table.id and example.row == row.id for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_row_uses_no_number_that_it_does_not_show(example: Example) -> None:
    row, limits = _row(example), _Noting(example.jurisdiction)

    assert row.holds(example.facts, limits)
    row.gives(example.facts, limits)

    assert limits.read <= row.limit_ids


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{table.id}, {row.id}" for table, row in ROWS])
def test_a_row_names_only_limits_that_exist(table: Table[Any, Any], row: Row[Any, Any]) -> None:
    assert row.limit_ids <= entries().keys()
    assert row.when_here(limits_for())
    assert row.then_here(limits_for())


@pytest.mark.parametrize("table", [one for one in TABLES if one.hit is Hit.FIRST], ids=lambda one: one.id)
def test_a_fact_that_is_missing_applies_for_and_decides_nothing(table: Table[Any, Any]) -> None:
    facts = next(example.facts for example in EXAMPLES if example.table == table.id)
    needs = {name for row in table.rows for name in row.needs}
    empty = type(facts)(**{name: getattr(facts, name) for name in _required(facts)})

    decision = table.decide(empty, limits_for())

    if not needs:
        pytest.skip("a table that needs no fact asks for none")
    assert decision.asks
    assert all(question.text.endswith("?") for question in decision.asks)


def _required(facts: Any) -> list[str]:
    return [name for name, field in facts.__dataclass_fields__.items() if field.default is not None]


def test_no_two_tables_calculations_or_findings_share_an_id() -> None:
    ids = [one.id for one in (*TABLES, *CALCULATIONS)]
    codes = [kind.code for kind in KINDS]

    assert len(ids) == len(set(ids))
    assert len(codes) == len(set(codes))


def test_every_finding_that_a_row_gives_is_in_the_rulebook() -> None:
    found = {
        given.kind.code
        for example in EXAMPLES
        for given in BY_ID[example.table].decide(example.facts, limits_for(example.jurisdiction)).results
        if isinstance(given, Finding)
    }

    assert found <= {kind.code for kind in KINDS}


def test_every_limit_is_used_by_a_rule() -> None:
    used = {name for _, row in ROWS for name in row.limit_ids}
    used |= {name for calculation in CALCULATIONS for name in calculation.limit_ids}
    used |= {name for kind in KINDS for name in kind.names}
    used |= {name for one in EMERGENCIES for action in one.actions for name in action.limit_ids}
    bounds = {name for name in entries() if name.endswith(("_lowest", "_highest"))}

    assert set(entries()) - used - bounds == set()
