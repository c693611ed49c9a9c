"""``thecal validate``: status 1 for a broken calibration, 2 for a page that cannot be renewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.validated import present
from thecal.lab.validation import as_json, load_rows
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


def test_the_table_names_every_row_its_verdict_and_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")

    result = RUNNER.invoke(app, ["validate"])

    assert result.exit_code == STATUS
    for row in load_rows().rows:
        assert f" {row.row_id} " in result.stdout
        assert row.source in result.stdout
    assert "met" in result.stdout
    assert "missed" in result.stdout
    assert "model estimate" in result.stdout


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
