"""The command ``thecal``: it says what to install where a plain install cannot do what was asked."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

NOT_INSTALLED = 2


def main() -> None:
    """Run the command line."""
    require("typer", extra="lab")
    import_module("thecal.main.commands").app()


def require(module: str, *, extra: str) -> None:
    """Go on only if ``module`` is installed; else say which extra brings it, and exit with status 2."""
    if find_spec(module) is None:
        sys.stderr.write(
            f"thecal: this needs what the extra {extra!r} brings, and it is not installed. Install it with:\n"
            f"  pip install 'thecal[{extra}]'\n"
        )
        sys.exit(NOT_INSTALLED)
