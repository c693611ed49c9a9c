"""A run as files: the same run gives the same bytes, and every number has its unit and its label."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from builders.scenarios import SMALL, read
from thecal.lab import Finding, Outcome, findings, run_scenario
from thecal.lab.report import comparison_table, render, write_band

LABEL = "model estimate, assumed parameters"
WITH_EXPECTED = SMALL.replace(
    'at = ["24 h", "2 day"]',
    'metric = "highest"\nexpected = { published = "a little", low = "1 ng/mL", high = "2 ng/mL",'
    ' source = "a paper", sureness = "assumed" }',
)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run_scenario(read())


def test_the_same_run_gives_the_same_bytes(outcome: Outcome) -> None:
    one, other = render(outcome), render(run_scenario(read()))

    assert set(one) == {"summary.json", "curves.csv", "curves.parquet", "figure.svg", "figure.png"}
    assert one == other


def test_another_seed_gives_other_bytes(outcome: Outcome) -> None:
    one, other = render(outcome), render(run_scenario(read(), seed=4))

    assert all(one[name] != other[name] for name in one)


def test_the_summary_says_what_was_run_with_what(outcome: Outcome) -> None:
    summary = json.loads(render(outcome)["summary.json"])

    assert summary["label"] == LABEL
    assert summary["cohort"] == {"patients": 6, "seed": 3, "origin": "spinal", "groups": []}
    assert summary["versions"]["scenario_format"] == 1
    assert summary["versions"]["parameters"]
    assert len(summary["scenario"]["sha256"]) == 64
    assert summary["pump"]["delivered"] == "200 mcg"
    assert summary["pump"]["programs"][0]["runs"][1].startswith("simple continuous: 100 mcg/day")
    first = summary["findings"][0]
    assert (first["at_h"], first["unit"]) == (24, "ng/mL")
    assert first["low"] <= first["median"] <= first["high"]


def test_every_column_of_the_table_carries_its_unit(outcome: Outcome) -> None:
    rows = list(csv.DictReader(io.StringIO(render(outcome)["curves.csv"].decode())))

    assert len(rows) == 49
    assert float(rows[-1]["time_h"]) == 48
    assert set(rows[0]) >= {"time_h", "csf_lumbar_ng_mL_p50", "tone_legs_p95", "pump_rate_ug_h"}
    assert float(rows[24]["csf_lumbar_ng_mL_p50"]) == pytest.approx(findings(outcome)[0].median, rel=1e-5)


def test_the_parquet_table_is_the_same_with_units_meanings_and_label(outcome: Outcome) -> None:
    report = render(outcome)
    table = pq.read_table(io.BytesIO(report["curves.parquet"]))

    assert table.column_names == report["curves.csv"].decode().partition("\n")[0].split(",")
    assert all(field.metadata[b"unit"] and field.metadata[b"meaning"] for field in table.schema)
    assert table.schema.metadata[b"label"].decode() == LABEL
    assert table.schema.field("tone_legs_p50").metadata[b"unit"] == b"Ashworth 1-5"


def test_everyone_s_own_curves_and_parameters_are_two_tables_that_join(outcome: Outcome) -> None:
    report = render(outcome, everyone=True)
    curves, patients = (
        pq.read_table(io.BytesIO(report[name])) for name in ("cohort.parquet", "patients.parquet")
    )

    everybody = len(outcome.response.curves["tone_legs"])
    assert curves.num_rows == everybody * 49
    assert patients["patient"].to_pylist() == list(range(everybody))
    assert curves["tone_legs"].to_numpy().tolist() == outcome.response["tone_legs"].ravel().tolist()
    for table in (curves, patients):
        assert all(field.metadata[b"unit"] and field.metadata[b"meaning"] for field in table.schema)
        assert table.schema.metadata[b"scenario_sha256"].decode() == outcome.scenario.digest
    assert set(render(outcome)) == set(report) - {"cohort.parquet", "patients.parquet"}


def test_the_figure_says_that_it_is_an_estimate_and_of_whom(outcome: Outcome) -> None:
    report = render(outcome)
    svg = report["figure.svg"].decode()

    assert LABEL in svg
    assert "6 drawn patients, seed 3" in svg
    assert "A small scenario" in svg
    assert report["figure.png"].startswith(b"\x89PNG")


def test_the_comparison_table_holds_what_is_held_against_a_publication() -> None:
    table = comparison_table([run_scenario(read(WITH_EXPECTED)), run_scenario(read())])

    lines = table.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("| `small` | lumbar spinal fluid | ")
    assert "a little (a paper [assumed]); the published range" in lines[2]
    assert lines[2].endswith("above 2 ng/mL |")


def finding(low: float | None, median: float | None, high: float | None, unit: str) -> Finding:
    return Finding(
        name="x",
        quantity="tone",
        site="legs",
        metric="lowest",
        at_h=None,
        unit=unit,
        low=low,
        median=median,
        high=high,
        typical=median,
        steady=None,
        expected=None,
        verdict=None,
    )


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (finding(1.0, 1.16154, 2.69727, "grade"), "1.2 (1 to 2.7) grade"),
        (finding(797.534, 1645.01, 3188.41, "ng/mL"), "1650 (798 to 3190) ng/mL"),
        (finding(1.0, 2.0, None, "h"), "2 (1 to never) h"),
        (finding(None, None, None, "h"), "does not come"),
        (finding(5.0, 5.0, 5.0, "h"), "5 h"),
    ],
)
def test_a_band_is_written_as_exactly_as_it_deserves(shown: Finding, words: str) -> None:
    assert write_band(shown) == words
