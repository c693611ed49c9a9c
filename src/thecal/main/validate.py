"""``thecal validate``: what has been published against what the model says."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from thecal.body import LABEL
from thecal.lab.plots.validation import as_figures
from thecal.lab.validation import Use, as_json, load_rows
from thecal.lab.validation import validate as run_validation
from thecal.lab.validation.page import check_marks, insert, parts
from thecal.lab.validation.scores import scores
from thecal.lab.validation.writing import write_amount, write_middle, write_range, write_verdict
from thecal.main.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.lab.validation import Row, Validation, Verdict
    from thecal.lab.validation.scores import Score

BROKEN_MODEL = 1
BAD_INPUT = 2
PAGE = "validation.md"
_WIDE = 120
"""Columns from which on there is room for sources."""
_TITLES = MappingProxyType(
    {
        Use.CALIBRATION: "Calibration: the model may be set by these",
        Use.TEST: "Test only: nothing is set by these",
    }
)
_FURTHER = "Further numbers: scored separately"
_WIRING = "Wiring rows, and rows that wait: not scored"
FIGURES = "figures"


def validate(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    docs: Annotated[
        Path | None,
        typer.Option(
            help=f"Folder of {PAGE}: rewrite its tables and figures.",
            file_okay=False,
            exists=True,
        ),
    ] = None,
) -> None:
    """Compare the model with published numbers: status 1 if a calibration number is outside its spread.

    A missed test row does not change the status: nothing may be tuned to it. Status 2: the page could not
    be rewritten.
    """
    screen, notes = Console(emoji=False), Console(stderr=True, emoji=False)
    try:
        page = None if docs is None else _read(docs)
        validation = _run(notes)
        if docs is not None and page is not None:
            _renew(docs, page, validation)
            notes.print(
                f"rewrote {docs / PAGE} and its figures", markup=False, highlight=False, soft_wrap=True
            )
    except ModuleNotFoundError as error:
        notes.print(f"figures need {error.name}: install thecal[lab]", markup=False, style="bold red")
        raise typer.Exit(BAD_INPUT) from None
    except (OSError, ValueError) as error:
        notes.print(f"{docs}: {error}", markup=False, style="bold red", soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    if json:
        screen.print(as_json(validation), markup=False, highlight=False, soft_wrap=True, end="")
    else:
        show(validation, screen)
    if validation.broken:
        names = ", ".join(one.row.row_id for one in validation.broken)
        notes.print(f"calibration rows outside their spread: {names}", markup=False, style="bold red")
    raise typer.Exit(status_of(validation))


def status_of(validation: Validation) -> int:
    """Return 0 for a model within the spread of every calibration row, 1 for a broken one."""
    return BROKEN_MODEL if validation.broken else 0


def _run(notes: Console) -> Validation:
    """Run with a bar on the notes' console."""
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=notes,
    )
    with bar:
        task = bar.add_task("rows", total=len(load_rows().rows))

        def begins(row: Row) -> None:
            bar.update(task, advance=1, description=escape(f"{row.row_id}: {row.what}"))

        return run_validation(progress=begins)


def _read(docs: Path) -> str:
    """Return the page that is to be renewed.

    Raises:
        OSError: it cannot be read.
        ValueError: it lacks the marks of a part.
    """
    page = (docs / PAGE).read_text("utf-8")
    check_marks(page)
    return page


def _renew(docs: Path, page: str, validation: Validation) -> None:
    """Renew the page and its figures, each under its name only when all of them are there.

    Raises:
        OSError: a file cannot be written.
    """
    renewed = {docs / PAGE: insert(page, parts(validation)).encode()}
    renewed |= {docs / FIGURES / name: content for name, content in as_figures(validation).items()}
    (docs / FIGURES).mkdir(exist_ok=True)
    write_whole(renewed)


def show(validation: Validation, screen: Console) -> None:
    """Print a table for each use, with sources where the screen has room, and the score."""
    met, count = validation.score()
    calibrated, of = validation.score(Use.CALIBRATION)
    wide = screen.width >= _WIDE
    screen.print(
        f"Model {validation.model} compared with published numbers: {LABEL}", markup=False, highlight=False
    )
    for use, title in _TITLES.items():
        screen.print(_table([one for one in validation.verdicts if one.row.use is use], title, wide=wide))
    screen.print(_table(validation.further, _FURTHER, wide=wide))
    screen.print(_table(validation.unscored, _WIRING, wide=wide))
    screen.print(
        f"met: {met} of {count} test-only numbers, {calibrated} of {of} calibration numbers",
        *(_write_score(one) for one in scores(validation)),
        "" if wide else "sources: --json, or docs/science/validation.md",
        sep="\n",
        markup=False,
        highlight=False,
    )


def _write_score(score: Score) -> str:
    return f"{score.name}: {score.met} of {score.of}, with human parameters for pigs {score.met_in_a_man}"


def _table(verdicts: Sequence[Verdict], title: str, *, wide: bool) -> Table:
    """Return the rows of one use, in cells of two lines so that 80 columns are enough."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("row", no_wrap=True)
    table.add_column("what", ratio=2)
    table.add_column("observed\naccepted", min_width=15)
    table.add_column("model\n5 to 95 %", min_width=15)
    table.add_column("verdict", min_width=7)
    if wide:
        table.add_column("source", ratio=3)
    for one in verdicts:
        row = one.row
        model = write_middle(one).replace(" (", "\n").removesuffix(")")
        cells = [
            row.row_id,
            row.what,
            f"{write_amount(row.observed, row.unit)}\n{write_range(row.accepted)}",
            f"needs {row.needs}" if row.needs else model,
            write_verdict(one),
        ]
        if wide:
            cells.append(f"{row.source}; {row.spread} [{row.sureness}]")
        table.add_row(*(escape(cell) for cell in cells))
    return table
