"""What every test shares: how Hypothesis works here, and which requirements a test may carry."""

import os
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from minutes import Minutes
from safety_case.case import read_case
from safety_case.evidence import ids_of

# No deadline: a busy laptop is not a defect. `make test` asks for Hypothesis's own profile "ci", and CI gets
# it unasked: the same examples every time. Elsewhere every run tries new ones.
settings.register_profile("search", deadline=None)
# `make mutate` runs a test a thousand times: fewer examples, always the same, and any that fails will do.
settings.register_profile(
    "mutate",
    deadline=None,
    derandomize=True,
    max_examples=15,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
if "CI" not in os.environ:
    settings.load_profile("search")

_CASE = Path(__file__).parents[1] / "docs" / "safety" / "case.toml"


def pytest_configure(config: pytest.Config) -> None:
    """Add the minutes of each folder to what is printed at the end."""
    config.pluginmanager.register(Minutes(), "minutes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a mark that names no requirement, before anything runs."""
    known = read_case(_CASE).ids
    for item in items:
        ids_of(item, known)
