"""``thecal validate``: status 1 for a broken calibration, 2 for a page that cannot be renewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.validated import present
from thecal.lab.validation import as_json
from thecal.lab.validation.writing import write_amount, write_number, write_verdict
from thecal.main.commands import app

RUNNER = CliRunner()
PAGE = Path(__file__).resolve().parents[2] / "docs" / "science" / "validation.md"
STATUS = 1 if present().broken else 0


def test_the_rows_are_printed_as_json_and_the_page_is_renewed(tmp_path: Path) -> None:
    (tmp_path / "validation.md").write_bytes(PAGE.read_bytes())

    result = RUNNER.invoke(app, ["validate", "--json", "--docs", str(tmp_path)])

    assert result.exit_code == STATUS
    assert json.loads(result.stdout) == json.loads(as_json(present()))
    assert (tmp_path / "validation.md").read_bytes() == PAGE.read_bytes()
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        "validation-bolus.svg",
        "validation-levels.svg",
        "validation-rows.svg",
    ]
    for one in present().broken:
        assert one.row.row_id in result.stderr


def test_the_table_names_every_row_its_verdict_and_source_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "600")

    result = RUNNER.invoke(app, ["validate"])

    assert result.exit_code == STATUS
    for one in present().verdicts:
        line = next(
            line for line in result.stdout.splitlines() if line.split("  ")[0].strip() == one.row.row_id
        )
        assert one.row.what in line
        assert write_verdict(one) in line
        assert one.row.source in line
    assert "model estimate" in result.stdout


def test_eighty_columns_are_enough_to_read_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    result = RUNNER.invoke(app, ["validate"])

    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    for one in present().verdicts:
        line = next(line for line in lines if line.split("  ")[0].strip() == one.row.row_id)
        assert write_verdict(one).split()[0] in line
        assert one.row.what.split()[0] in line
        if one.row.kind:
            assert write_amount(one.row.observed, one.row.unit).split()[0] in line
            assert write_number(one.middle) in line
    assert "sources: --json" in result.stdout


def test_a_page_without_its_marks_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "validation.md").write_text("nothing here\n", encoding="utf-8")

    result = RUNNER.invoke(app, ["validate", "--docs", str(tmp_path)])

    assert result.exit_code == 2
    assert "<!-- score -->" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["validation.md"]
    assert (tmp_path / "validation.md").read_text(encoding="utf-8") == "nothing here\n"


def test_a_folder_without_the_page_is_refused(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["validate", "--docs", str(tmp_path)])

    assert result.exit_code == 2
    assert "validation.md" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused_before_anything_runs(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["validate", "--docs", str(tmp_path / "nowhere")])

    assert result.exit_code == 2
    assert "nowhere" in result.stderr.replace("\n", "")
