"""``thecal simulate``: run a scenario and write its tables, summary and figure."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

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
from thecal.lab.plots.figures import legible
from thecal.lab.report import render, summary_json, write_band
from thecal.lab.run.summary import without_drug
from thecal.lab.scenario import MOST_PATIENTS, MOST_SEED
from thecal.main.whole_files import write_whole

if TYPE_CHECKING:
    from thecal.lab import Outcome

BAD_INPUT = 2
CANNOT_RUN = 1
_SHOWN = 60
MOST_BYTES = 1_000_000
"""Of a scenario file: far more than any, so that a wrong file is refused before it fills the memory."""


def simulate(
    scenario: Annotated[
        str | None, typer.Argument(metavar="FILE|NAME", help="A scenario file, or the name of a shipped one.")
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results; results/<name> by default.", file_okay=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    cohort: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_PATIENTS, help="Number of patients to draw, in place of the scenario's number."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Seed of the draw, in place of the scenario's.")
    ] = None,
    everyone: Annotated[
        bool,
        typer.Option("--everyone", help="Also write each patient's own curves and parameters (Parquet)."),
    ] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the shipped scenarios.")] = False,
) -> None:
    """Run a scenario: a virtual patient, a virtual pump and a course of events."""
    screen, notes = _console(), _console(stderr=True)
    if show_list:
        _list(screen)
        return
    if scenario is None:
        raise typer.BadParameter("name a scenario file or a shipped scenario; --list shows the shipped ones")
    try:
        name, document = _document(scenario)
        outcome = _run(name, document, cohort=cohort, seed=seed, notes=notes)
    except ScenarioError as refused:
        count = len(refused.problems)
        notes.print(f"{scenario}: refused, {count} problem{'s' if count > 1 else ''}", style="bold red")
        for problem in refused.problems:
            notes.print(f"  {problem}", soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    except MemoryError:
        notes.print(
            f"{scenario}: not enough memory; draw fewer patients or sample less often", style="bold red"
        )
        raise typer.Exit(CANNOT_RUN) from None
    folder = out or Path("results") / name
    try:
        report = render(outcome, everyone=everyone)
        _write(folder, report)
    except ModuleNotFoundError as error:
        notes.print(f"figures and tables need {error.name}: install thecal[lab]", style="bold red")
        raise typer.Exit(CANNOT_RUN) from None
    except OSError as error:
        notes.print(f"cannot write to {folder}: {error.strerror or error}", style="bold red", soft_wrap=True)
        raise typer.Exit(CANNOT_RUN) from None
    if json:
        screen.print(summary_json(outcome).decode(), soft_wrap=True, end="")
    else:
        _show(outcome, screen)
    for lack in without_drug(outcome):
        notes.print(
            f"without drug from {lack.from_h:g} to {lack.until_h:g} h: {lack.why}",
            style="bold yellow",
            soft_wrap=True,
        )
    notes.print(f"written to {folder}", soft_wrap=True)


def _console(*, stderr: bool = False) -> Console:
    """Return a console that shows text as it is written: no markup, emoji names or coloured numbers."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def _document(argument: str) -> tuple[str, bytes]:
    """Return a scenario's short name and its bytes: a file if it is one, else a shipped scenario."""
    path = Path(argument)
    try:
        if path.suffix == ".toml" or path.is_file():
            with path.open("rb") as file:
                document = file.read(MOST_BYTES + 1)
            if len(document) > MOST_BYTES:
                raise typer.BadParameter(
                    f"{argument}: larger than {MOST_BYTES} bytes, so it is not a scenario file"
                )
            return legible(path.stem), document
    except OSError as error:
        raise typer.BadParameter(f"{shorten(argument)}: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in a name
        raise typer.BadParameter(f"{shorten(argument)}: {error}") from None
    try:
        return argument, shipped_document(argument)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; a file's name ends in .toml") from None


def _run(name: str, document: bytes, *, cohort: int | None, seed: int | None, notes: Console) -> Outcome:
    """Run with a bar on the notes' console.

    Raises:
        ScenarioError: the scenario is refused; nothing was written.
    """
    scenario = read_scenario(document, name=name)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=notes,
    )
    with bar:
        task = bar.add_task(f"{name}: patients", total=cohort or scenario.patients)

        def advanced(done: int, patients: int) -> None:
            bar.update(task, completed=done, total=patients)

        return run_scenario(scenario, patients=cohort, seed=seed, progress=advanced)


def _write(folder: Path, report: dict[str, bytes]) -> None:
    """Write a report whole, or nothing of it: not even the folders that were made for it stay.

    Raises:
        OSError: a folder cannot be made, or a file not be written.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole({folder / file: content for file, content in report.items()})
    except BaseException:
        with suppress(OSError):  # the error that led here is the one to be told
            for one in missing:
                one.rmdir()
        raise


def shorten(name: str) -> str:
    """Return a name a person gave, cut where it would fill the screen, for a message only."""
    shown = legible(name)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}... ({len(shown)} characters)"


def _list(screen: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "basis", "title"):
        table.add_column(heading)
    for name in shipped_names():
        scenario = shipped_scenario(name)
        table.add_row(name, scenario.basis.value, Text(scenario.title))
    screen.print(table)


def _show(outcome: Outcome, screen: Console) -> None:
    """Print the findings as a table."""
    scenario = outcome.scenario
    caption = f"{LABEL}; {scenario.patients} drawn patients, seed {scenario.seed}"
    table = Table(title=Text(scenario.title), caption=caption)
    for heading in ("what", "at", "median (5 to 95 %)", "published", "verdict"):
        table.add_column(heading)
    for finding in findings(outcome):
        at = "" if finding.at_h is None else f"{finding.at_h:g} h"
        published = "" if finding.expected is None else finding.expected.published
        table.add_row(
            *(
                Text(cell)
                for cell in (finding.name, at, write_band(finding), published, finding.verdict or "")
            )
        )
    screen.print(table)
    if outcome.supply is not None:
        for step in outcome.supply.programs:
            for rounding in step.compiled.roundings:
                screen.print(
                    f"rounded for the pump: {rounding.what}, requested {rounding.requested}, "
                    f"programmed {rounding.programmed}"
                )
