"""Data directories that earlier versions made: today's code brings them up to date and loses nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker, Settings

from database import connected_to
from thecal.clinic.demonstration import queries, services
from thecal.clinic.demonstration.access import CLINICIAN
from thecal.clinic.demonstration.models import BenchRecord
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import keys, proof
from thecal.clinic.orders.models import KeyRecord, OrderRecord, SessionRecord, StopRecord
from thecal.clinic.orders.states import OrderState, StopState
from thecal.clinic.people.queries import count_real_patients
from thecal.therapy import read_session_report

NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
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


def test_every_order_and_stop_is_for_its_own_implant(said: dict[str, Any]) -> None:
    benches = list(BenchRecord.objects.select_related("implant").order_by("demonstration"))

    assert len(benches) == said["demonstration"]
    assert len({bench.implant.pk for bench in benches}) == len(benches)
    assert [bench.implant.ended_at is None for bench in benches] == [bench.running for bench in benches]
    assert {row.implant_id for row in (*OrderRecord.objects.all(), *StopRecord.objects.all())} == {
        bench.implant.pk for bench in benches
    }
    for row in OrderRecord.objects.select_related("prescription", "implant"):
        assert row.prescription.implant_id == row.implant_id
        assert row.prescription.pump == row.implant.serial
    for report in SessionRecord.objects.all():
        assert read_session_report(bytes(report.document)).command == report.command
    assert count_real_patients() == 0


def test_the_demonstration_goes_on_where_it_was(said: dict[str, Any]) -> None:
    page = queries.page(actor=CLINICIAN)
    therapy = page.therapy

    assert (page.demonstration, therapy.now.isoformat()) == (said["demonstration"], said["now"])
    assert therapy.known.interrogation.status.revision == said["revision"]
    assert therapy.known.interrogation.status.program_digest == said["program_digest"]
    assert therapy.order is not None
    assert therapy.order.command == said["open_order"]
    services.arrange_link("good", actor=CLINICIAN, now=NOW)
    assert services.settle(therapy.order.command, actor=CLINICIAN, now=NOW) is OrderState.VERIFIED
    assert services.stop_pump(actor=CLINICIAN, now=NOW).state is StopState.VERIFIED
    services.start_over(actor=CLINICIAN, now=NOW)
    assert ledger.verify().matches_published


def test_the_key_still_opens(said: dict[str, Any]) -> None:
    assert said["entries"]
    assert keys.key_id_of(keys.read_public_key()) == KeyRecord.objects.get().key_id
    assert keys.open_private_key("2468")


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.parent.name)
def test_a_wait_after_wrong_pins_ends_when_it_would_have_ended(
    directory: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    shutil.copy(directory / "thecal.sqlite3", tmp_path)
    database = tmp_path / "thecal.sqlite3"
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("UPDATE orders_keyrecord SET wrong_pins = 6, wait_until = '2026-04-01 09:31:00'")

    with django_db_blocker.unblock(), connected_to(database):
        call_command("migrate", verbosity=0)
        key = KeyRecord.objects.get()

    assert (key.wrong_pins, key.wait, key.waits_from) == (6, timedelta(minutes=1), NOW)
