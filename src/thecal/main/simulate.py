"""``thecal simulate``: run a scenario and write its tables, summary and figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from thecal.body import LABEL
from thecal.lab import (
    ScenarioError,
    findings,
    read_scenario,
    run_scenario,
    shipped_document,
    shipped_names,
    shipped_scenario,
)
from thecal.lab.report import render, summary_json, write_band
from thecal.lab.scenario import MOST_PATIENTS, MOST_SEED

if TYPE_CHECKING:
    from thecal.lab import Outcome

BAD_INPUT = 2
CANNOT_WRITE = 1


def simulate(
    scenario: Annotated[
        str | None, typer.Argument(metavar="FILE|NAME", help="A scenario file, or the name of a shipped one.")
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results; results/<name> unless given.", file_okay=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    cohort: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_PATIENTS, help="Patients to draw, instead of the scenario's number."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Seed of the draw, instead of the scenario's.")
    ] = None,
    everyone: Annotated[
        bool,
        typer.Option("--everyone", help="Also write each patient's own curves and parameters (Parquet)."),
    ] = False,
    show_list: Annotated[bool, typer.Option("--list", help="Name the shipped scenarios.")] = False,
) -> None:
    """Run a scenario: a virtual patient, a virtual pump, and what happens when."""
    screen, notes = Console(), Console(stderr=True)
    if show_list:
        _list(screen)
        return
    if scenario is None:
        raise typer.BadParameter("name a scenario file or a shipped scenario; --list names those")
    try:
        name, document = _document(scenario)
        outcome = _run(name, document, cohort=cohort, seed=seed, notes=notes)
    except ScenarioError as refused:
        count = len(refused.problems)
        notes.print(
            f"{scenario}: refused, {count} problem{'s' if count > 1 else ''}", markup=False, style="bold red"
        )
        for problem in refused.problems:
            notes.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    folder = out or Path("results") / name
    try:
        _write(folder, render(outcome, everyone=everyone))
    except OSError as error:
        notes.print(f"cannot write to {folder}: {error.strerror}", markup=False, style="bold red")
        raise typer.Exit(CANNOT_WRITE) from None
    if json:
        screen.print(summary_json(outcome).decode(), markup=False, highlight=False, soft_wrap=True, end="")
    else:
        _show(outcome, screen)
    notes.print(f"written to {folder}", markup=False, highlight=False, soft_wrap=True)


def _document(given: str) -> tuple[str, bytes]:
    """Return a scenario's short name and its bytes: a file if it is one, else a shipped scenario."""
    path = Path(given)
    if path.suffix == ".toml" or path.is_file():
        try:
            return path.stem, path.read_bytes()
        except OSError as error:
            raise typer.BadParameter(f"{given}: {error.strerror}") from None
    try:
        return given, shipped_document(given)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; a file's name ends in .toml") from None


def _run(name: str, document: bytes, *, cohort: int | None, seed: int | None, notes: Console) -> Outcome:
    """Run with a bar on the notes' console.

    Raises:
        ScenarioError: the scenario is refused; nothing was written.
    """
    scenario = read_scenario(document, name=name)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=notes,
    )
    with bar:
        task = bar.add_task(f"{escape(name)}: patients", total=cohort or scenario.patients)

        def advanced(done: int, patients: int) -> None:
            bar.update(task, completed=done, total=patients)

        return run_scenario(scenario, patients=cohort, seed=seed, progress=advanced)


def _write(folder: Path, report: dict[str, bytes]) -> None:
    """Write a report, each file under its name only when all of them are there."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {folder / f".{name}.part": folder / name for name in report}
    for part, content in zip(parts, report.values(), strict=True):
        part.write_bytes(content)
    for part, whole in parts.items():
        part.replace(whole)


def _list(screen: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "basis", "title"):
        table.add_column(heading)
    for name in shipped_names():
        scenario = shipped_scenario(name)
        table.add_row(name, scenario.basis.value, scenario.title)
    screen.print(table)


def _show(outcome: Outcome, screen: Console) -> None:
    """Print the findings as a table."""
    scenario = outcome.scenario
    caption = f"{LABEL}; {scenario.patients} drawn patients, seed {scenario.seed}"
    table = Table(title=escape(scenario.title), caption=caption)
    for heading in ("what", "at", "median (5 to 95 %)", "published", "verdict"):
        table.add_column(heading)
    for finding in findings(outcome):
        at = "" if finding.at_h is None else f"{finding.at_h:g} h"
        published = "" if finding.expected is None else finding.expected.published
        table.add_row(
            escape(finding.name), at, write_band(finding), escape(published), escape(finding.verdict or "")
        )
    screen.print(table)
    if outcome.supply is not None:
        for step in outcome.supply.programs:
            for rounding in step.compiled.roundings:
                screen.print(
                    f"rounded for the pump: {rounding.what}, asked {rounding.asked}, given {rounding.given}",
                    markup=False,
                )
