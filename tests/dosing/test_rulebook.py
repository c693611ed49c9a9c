"""The rulebook has a version that stands for everything it says."""

import tomllib
from importlib.resources import files

from thecal.dosing.rulebook import rulebook_digest, rulebook_version


def test_the_version_was_raised_with_the_last_change_of_a_rule() -> None:
    recorded = tomllib.loads((files("thecal.dosing") / "rulebook.toml").read_text(encoding="utf-8"))

    assert recorded["version"] == rulebook_version()
    assert recorded["digest"] == rulebook_digest(), "raise the version, and write the new digest beside it"
