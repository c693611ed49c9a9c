"""A real SQLite file for each test: real commits, real triggers, real locks, nothing rolled back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """Return a migrated database without a row; it is copied, never used."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    with django_db_blocker.unblock(), connected_to(path):
        call_command("migrate", verbosity=0)
    return path


@pytest.fixture
def data_dir(
    tmp_path: Path, empty_database: Path, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    """Return a data directory of its own with an empty database, to which Django is connected."""
    path = tmp_path / "thecal.sqlite3"
    shutil.copy(empty_database, path)
    settings.DATA_DIR = tmp_path
    with django_db_blocker.unblock(), connected_to(path):
        yield tmp_path


@contextmanager
def connected_to(path: Path) -> Iterator[None]:
    """Connect Django to a database file, and at the end to what it was connected to before."""
    configured = connection.settings_dict["NAME"]
    _connect(path)
    try:
        yield
    finally:
        _connect(configured)


def _connect(path: Path | str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = str(path)
