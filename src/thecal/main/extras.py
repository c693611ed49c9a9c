"""What a plain install lacks, and which extra brings it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

NOT_INSTALLED = 2


def require(module: str, *, extra: str) -> None:
    """Go on only if ``module`` is installed; else say which extra brings it, and exit with status 2."""
    if find_spec(module) is None:
        sys.stderr.write(
            f"thecal: this needs the extra {extra!r}, which is not installed. Install it with:\n"
            f"  pip install 'thecal[{extra}]'\n"
        )
        sys.exit(NOT_INSTALLED)
