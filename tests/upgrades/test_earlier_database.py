"""Data directories that earlier versions made: today's code brings them up to date and loses nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker, Settings

from database import connected_to
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import proof
from thecal.clinic.orders.models import OrderRecord, StopRecord

DIRECTORIES = sorted(Path(__file__).parent.glob("*/database"))


@pytest.fixture(params=DIRECTORIES, ids=lambda path: path.parent.name)
def said(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Any]]:
    """Connect to a copy that was brought up to date; return what was on record when it was made."""
    directory: Path = request.param
    for file in directory.iterdir():
        shutil.copy(file, tmp_path)
    settings.DATA_DIR = tmp_path
    with django_db_blocker.unblock(), connected_to(tmp_path / "thecal.sqlite3"):
        call_command("migrate", verbosity=0)
        yield json.loads((directory / "said.json").read_text(encoding="utf-8"))


def test_there_is_a_directory_to_open() -> None:
    assert DIRECTORIES


def test_the_ledger_is_whole_and_its_old_kinds_are_readable(said: dict[str, Any]) -> None:
    summary = ledger.verify()
    assert (summary.count, summary.seal) == (said["entries"], said["seal"])
    lines = ledger.newest(limit=10_000)
    assert sorted({line.kind for line in lines}) == said["kinds"]
    assert all(line.at is not None for line in lines)


def test_every_order_and_stop_is_there_as_it_was_signed(said: dict[str, Any]) -> None:
    assert proof.check_orders() == len(said["orders"])
    orders = {row.command: [row.state, row.prescription.reason] for row in OrderRecord.objects.all()}
    assert orders == said["orders"]
    assert {row.command: row.state for row in StopRecord.objects.all()} == said["stops"]
