"""Make the data directory ``database/``: two demonstrations and every state of orders and STOPs.

README.md says with which code, and how.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent / "database"
shutil.rmtree(HERE, ignore_errors=True)
HERE.mkdir()
os.environ |= {"THECAL_DATA_DIR": str(HERE), "DJANGO_SETTINGS_MODULE": "thecal.main.settings"}

import django  # noqa: E402 - the settings read the environment

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from thecal.clinic.ledger import queries as ledger  # noqa: E402
from thecal.clinic.orders import access, queries, services  # noqa: E402
from thecal.clinic.orders.errors import SignatureRefusedError  # noqa: E402
from thecal.clinic.orders.models import OrderRecord, StopRecord  # noqa: E402
from thecal.clinic.orders.proposal import DoseForm  # noqa: E402
from thecal.therapy import CommandId  # noqa: E402

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PIN = "2468"
ACTOR = access.demonstration_clinician()


class Clinic:
    """A clinician at the bench, a minute of whose time passes with every act."""

    def __init__(self) -> None:
        self.now = NOW

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def sign(self, *, pin: str = PIN, **values: str) -> CommandId:
        form = DoseForm.from_values({"mode": "simple", "reason": "too stiff at night", **values})
        reviewed = services.preview(form, actor=ACTOR).given_digest
        return services.sign_prescription(form, pin=pin, reviewed=reviewed, actor=ACTOR, now=self.tick())

    def send(self, command: CommandId) -> None:
        services.send_order(command, actor=ACTOR, now=self.tick())

    def link(self, key: str) -> None:
        services.arrange_link(key, actor=ACTOR, now=self.tick())

    def stop(self) -> None:
        services.stop_pump(actor=ACTOR, now=self.tick())

    def read(self) -> None:
        services.interrogate(actor=ACTOR, now=self.tick())

    def advance(self) -> None:
        services.advance(timedelta(days=1), actor=ACTOR, now=self.tick())


def first_demonstration(clinic: Clinic) -> None:
    """Orders verified, withdrawn, unchanged and overtaken; a STOP verified and one superseded."""
    clinic.send(clinic.sign(daily_dose="165"))
    services.withdraw_order(clinic.sign(daily_dose="170"), actor=ACTOR, now=clinic.tick())
    clinic.link("command-lost-once")
    clinic.send(clinic.sign(daily_dose="175"))
    clinic.link("good")
    clinic.read()
    clinic.link("command-answer-lost")
    clinic.send(clinic.sign(daily_dose="180"))
    clinic.link("good")
    clinic.stop()
    clinic.advance()
    clinic.read()
    clinic.send(clinic.sign(daily_dose="140", bolus_dose="20", bolus_minutes="20"))


def second_demonstration(clinic: Clinic) -> None:
    """A STOP settled late, a flex program, wrong PINs; an order uncertain and a STOP unproved at the end."""
    clinic.link("read-back-lost")
    clinic.stop()
    clinic.link("good")
    clinic.read()
    steps = {
        "step_0_0_start": "00:00",
        "step_0_0_amount": "60",
        "step_0_1_start": "18:00",
        "step_0_1_amount": "30",
    }
    clinic.send(clinic.sign(mode="flex", pattern="every day", **steps))
    for _ in range(2):
        try:
            clinic.sign(pin="0000", daily_dose="120")
        except SignatureRefusedError:
            continue
    clinic.advance()
    clinic.read()
    clinic.link("read-back-answer-lost")
    clinic.send(clinic.sign(daily_dose="110"))
    clinic.link("dead")
    clinic.stop()


def main() -> None:
    """Write the data directory, and beside it what today's code must find there."""
    call_command("migrate", verbosity=0)
    services.open_bench(pin=PIN, actor=ACTOR, now=NOW)
    clinic = Clinic()
    first_demonstration(clinic)
    services.start_over(actor=ACTOR, now=clinic.tick())
    second_demonstration(clinic)
    page, summary = queries.page(actor=ACTOR), ledger.verify()
    said = {
        "entries": summary.count,
        "seal": summary.seal,
        "kinds": sorted({line.kind for line in ledger.newest(limit=10_000)}),
        "orders": {row.command: [row.state, row.prescription.reason] for row in OrderRecord.objects.all()},
        "stops": {row.command: row.state for row in StopRecord.objects.all()},
        "demonstration": page.demonstration,
        "now": page.now.isoformat(),
        "open_order": page.order.command if page.order else None,
        "revision": page.known.interrogation.status.revision,
        "program_digest": page.known.interrogation.status.program_digest,
    }
    (HERE / "said.json").write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    connection.close()
    with sqlite3.connect(HERE / "thecal.sqlite3") as database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("VACUUM")
    (HERE / "ledger.seal.lock").unlink(missing_ok=True)


main()
