"""The rulebook has a version that stands for everything it says."""

import subprocess
import sys
import tomllib
from importlib.resources import files

from thecal.dosing.rulebook import rulebook_version

DIGEST = "from thecal.dosing.rulebook import rulebook_digest; print(rulebook_digest())"


def test_the_version_was_raised_with_the_last_change_of_a_rule() -> None:
    recorded = tomllib.loads((files("thecal.dosing") / "rulebook.toml").read_text(encoding="utf-8"))

    shipped = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True)

    assert recorded["version"] == rulebook_version()
    assert recorded["digest"] == shipped.stdout.strip(), (
        "raise the version, and write the new digest beside it"
    )
