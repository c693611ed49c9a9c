"""A run as files: a summary for programs, a table for statistics, a figure for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from thecal.lab.plots.scenario import as_pictures
from thecal.lab.report.columns import as_csv, as_parquet, cohort_parquet, columns, patients_parquet
from thecal.lab.run.summary import Finding, findings, summarise
from thecal.lab.validation.judging import write_number
from thecal.quantities import as_decimal, write_rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thecal.lab.run.outcome import Outcome

SUMMARY = "summary.json"


def summary_json(outcome: Outcome) -> bytes:
    """Return the summary as JSON."""
    return (json.dumps(summarise(outcome), indent=2, ensure_ascii=False) + "\n").encode()


def render(outcome: Outcome, *, everyone: bool = False) -> dict[str, bytes]:
    """Return every file of a report by its name; the same run always gives the same bytes.

    Needs ``thecal[lab]``: matplotlib and pyarrow.

    Args:
        outcome: of the run.
        everyone: whether each patient's own curves and parameters are there too, beside the cohort's bands.
    """
    table = columns(outcome)
    each = {"cohort.parquet": cohort_parquet, "patients.parquet": patients_parquet} if everyone else {}
    return {
        **{name: of(outcome) for name, of in each.items()},
        SUMMARY: summary_json(outcome),
        "curves.csv": as_csv(table),
        "curves.parquet": as_parquet(table, outcome),
        **{f"figure.{kind}": picture for kind, picture in as_pictures(outcome).items()},
    }


def write_band(finding: Finding) -> str:
    """Write a finding's median with its band, for example ``85 (37 to 152) ng/mL``."""
    if finding.median is None:
        return "does not come"
    low, middle, high = (_edge(edge, finding.unit) for edge in (finding.low, finding.median, finding.high))
    return (
        f"{middle} {finding.unit}" if low == middle == high else f"{middle} ({low} to {high}) {finding.unit}"
    )


def _edge(number: float | None, unit: str) -> str:
    """Write a number as exactly as it deserves: a grade to a tenth."""
    if number is None:
        return "never"
    return write_rounded(as_decimal(repr(number)), places=1) if unit == "grade" else write_number(number)


def comparison_table(outcomes: Iterable[Outcome]) -> str:
    """Return the Markdown table of every finding that is held against a published one."""
    rows = [
        "| scenario | what | predicted: median (5 to 95 %) | published | verdict |",
        "|---|---|---|---|---|",
    ]
    for outcome in outcomes:
        for finding in findings(outcome):
            if finding.expected is None:
                continue
            accepted = finding.expected
            published = f"{accepted.published} ({accepted.source} [{accepted.sureness}]); {accepted.why}"
            cells = (
                f"`{outcome.scenario.name}`",
                finding.name,
                write_band(finding),
                published,
                finding.verdict,
            )
            rows.append("| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"
