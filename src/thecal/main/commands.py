"""What ``thecal`` can do. Each command loads what it needs when it is called."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from thecal.main.advise import advise
from thecal.main.extras import require
from thecal.main.simulate import simulate
from thecal.main.validate import validate

app = typer.Typer(
    name="thecal",
    help="Open software for intrathecal baclofen therapy. Its pump is simulated; it is not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


def _show_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"thecal {version('thecal')}")
        raise typer.Exit


@app.callback()
def _thecal(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Read the options before the command."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any free port.")
    ] = 8000,
) -> None:
    """Serve the bench: a demonstration patient with a SIMULATED PUMP."""
    require("django", extra="clinic")
    from thecal.main.serve import serve as run

    run(host=host, port=port)


@app.command()
def verify_ledger() -> None:
    """Check whether the ledger was edited: every entry, every seal, and the seal outside the database."""
    require("django", extra="clinic")
    from thecal.main.verify import verify_ledger as run

    run()


app.command()(advise)
app.command()(simulate)
app.command()(validate)
