"""``thecal validate``: status 1 for a broken calibration, 2 for a page that cannot be renewed."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
from rich.console import Console
from typer.testing import CliRunner

from builders.validated import present, row
from thecal.lab.validation import Use, Validation, as_json, judge
from thecal.lab.validation.scores import scores
from thecal.lab.validation.writing import write_amount, write_number, write_verdict
from thecal.main.commands import app
from thecal.main.validate import show, status_of

RUNNER = CliRunner()
PAGE = Path(__file__).resolve().parents[2] / "docs" / "science" / "validation.md"


def test_the_rows_are_printed_as_json_and_the_page_is_renewed(tmp_path: Path) -> None:
    (tmp_path / "validation.md").write_bytes(PAGE.read_bytes())

    result = RUNNER.invoke(app, ["validate", "--json", "--docs", str(tmp_path)])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(as_json(present()))
    assert (tmp_path / "validation.md").read_bytes() == PAGE.read_bytes()
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        "validation-bolus.svg",
        "validation-further.svg",
        "validation-levels.svg",
        "validation-rows.svg",
    ]


def test_a_model_within_every_calibration_row_has_status_0_and_a_broken_one_1() -> None:
    out = judge(row(use=Use.CALIBRATION), np.array([9.0]))
    missed = judge(row(use=Use.TEST), np.array([9.0]))

    assert status_of(Validation("made up", (), (out,))) == 1
    assert status_of(Validation("made up", (), (missed,))) == 0


def printed(columns: int) -> list[str]:
    screen = Console(width=columns, file=StringIO())
    show(present(), screen)
    return screen.file.getvalue().splitlines()


def line_of(lines: list[str], row_id: str) -> str:
    return next(line for line in lines if line.split("  ")[0].strip() == row_id)


def test_the_table_names_every_row_its_verdict_and_source_where_there_is_room() -> None:
    lines = printed(600)

    for one in present().verdicts:
        line = line_of(lines, one.row.row_id)
        assert one.row.what in line
        assert write_verdict(one) in line
        assert one.row.source in line
        assert one.row.spread in line
    assert "model estimate" in lines[0]


def test_the_wider_score_and_the_one_without_the_pig_are_printed_beside_the_score() -> None:
    lines = printed(600)

    for score in scores(present()):
        assert (
            f"{score.name}: {score.met} of {score.of}, with human parameters for pigs {score.met_in_a_man}"
            in [line.strip() for line in lines]
        )


def test_eighty_columns_are_enough_to_read_the_table() -> None:
    lines = printed(80)

    assert max(map(len, lines)) <= 80
    for one in present().verdicts:
        line = line_of(lines, one.row.row_id)
        assert write_verdict(one).split()[0] in line
        assert one.row.what.split()[0] in line
        if one.row.kind:
            assert write_amount(one.row.observed, one.row.unit).split()[0] in line
            assert write_number(one.middle) in line
    assert any("sources: --json" in line for line in lines)


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
    assert "nowhere" in "".join(result.stderr.replace("│", "").split())  # the box breaks long lines
