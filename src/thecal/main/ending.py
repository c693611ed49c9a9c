"""How a command ends when it cannot go on: one sentence on standard error, and a status."""

from __future__ import annotations

from typing import NoReturn

import typer

CANNOT = 1
"""The machine, a file or a setting stands in the way."""
BAD_INPUT = 2
"""What was typed after the command is not possible."""


def end(message: str, *, status: int = CANNOT) -> NoReturn:
    """End the command with one sentence.

    Raises:
        Exit: always.
    """
    typer.echo(f"thecal: {message}", err=True)
    raise typer.Exit(status)


def reason(error: OSError) -> str:
    """Return why the operating system refused, without the error's number."""
    return error.strerror or str(error)
