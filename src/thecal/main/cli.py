"""The command ``thecal``: it says what to install where a plain install cannot do what was asked."""

from __future__ import annotations

from thecal.main.extras import require


def main() -> None:
    """Run the command line."""
    require("typer", extra="lab")
    from thecal.main.commands import app

    app()
