"""The clinic's tests work on a real database file, at a real bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.clinic import ACTOR, NOW, PIN, Clinic
from database import data_dir, empty_database
from thecal.clinic.demonstration import services

__all__ = ["data_dir", "empty_database"]


@pytest.fixture
def clinic(data_dir: Path) -> Clinic:
    services.open_bench(pin=PIN, actor=ACTOR, now=NOW)
    return Clinic(data_dir)
