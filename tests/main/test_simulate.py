"""``thecal simulate``: runs, lists, and refuses with every problem, exit status 2, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.scenarios import SMALL
from thecal.lab import shipped_names
from thecal.main.commands import app

RUNNER = CliRunner()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix != ".toml")


def test_the_shipped_scenarios_are_listed_with_their_titles(here: Path) -> None:
    result = RUNNER.invoke(app, ["simulate", "--list"])

    assert result.exit_code == 0
    assert all(name in result.stdout for name in shipped_names())
    assert "A missed refill" in result.stdout
    assert written(here) == []


def test_a_file_is_run_and_its_report_written_under_its_name(here: Path) -> None:
    result = RUNNER.invoke(app, ["simulate", "small.toml"])

    assert result.exit_code == 0
    assert "lumbar spinal fluid" in result.stdout
    assert "model estimate" in result.stdout
    assert written(here / "results" / "small") == [
        "curves.csv",
        "curves.parquet",
        "figure.png",
        "figure.svg",
        "summary.json",
    ]


def test_everyone_s_own_curves_are_written_when_asked_for(here: Path) -> None:
    result = RUNNER.invoke(app, ["simulate", "small.toml", "--everyone", "--cohort", "2"])

    assert result.exit_code == 0
    assert {"cohort.parquet", "patients.parquet"} < set(written(here / "results" / "small"))


def test_a_shipped_scenario_is_run_by_its_name_and_the_summary_printed_as_json(here: Path) -> None:
    result = RUNNER.invoke(
        app, ["simulate", "continuous-50", "--json", "--cohort", "3", "--seed", "9", "--out", "there"]
    )

    assert result.exit_code == 0
    assert json.loads(result.stdout)["cohort"] == {"patients": 3, "seed": 9, "origin": "spinal", "groups": []}
    assert json.loads((here / "there" / "summary.json").read_text()) == json.loads(result.stdout)


def test_a_bad_scenario_is_refused_with_all_that_is_wrong_and_nothing_is_written(here: Path) -> None:
    (here / "bad.toml").write_text(SMALL.replace("18 mL", "25 mL").replace("T10", "T13"), encoding="utf-8")

    result = RUNNER.invoke(app, ["simulate", "bad.toml"])

    assert result.exit_code == 2
    assert "refused, 2 problems" in result.stderr
    assert "implant.fill: '25 mL': it is out of range" in result.stderr
    assert "implant.tip: 'T13'" in result.stderr
    assert result.stdout == ""
    assert written(here) == []


def test_a_pump_that_would_run_dry_is_refused_before_anything_is_written(here: Path) -> None:
    (here / "dry.toml").write_text(SMALL.replace("18 mL", "1.6 mL"), encoding="utf-8")

    result = RUNNER.invoke(app, ["simulate", "dry.toml"])

    assert result.exit_code == 2
    assert "implant.fill: 1.6 mL and the refills last 1 day" in result.stderr
    assert written(here) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.toml"], "absent.toml"),
        (["screening-5000"], "not shipped"),
        ([], "--list"),
        (["small.toml", "--cohort", "0"], "--cohort"),
        (["small.toml", "--cohort", "2001"], "2000"),
        (["small.toml", "--seed", "-1"], "--seed"),
    ],
)
def test_what_cannot_be_run_is_refused_with_status_2(here: Path, arguments: list[str], said: str) -> None:
    result = RUNNER.invoke(app, ["simulate", *arguments])

    assert result.exit_code == 2
    assert said in result.stderr
    assert written(here) == []


def test_a_folder_that_cannot_be_written_to_is_said(here: Path) -> None:
    (here / "results").write_text("in the way", encoding="utf-8")

    result = RUNNER.invoke(app, ["simulate", "small.toml"])

    assert result.exit_code == 1
    assert "cannot write to results/small" in result.stderr
