"""The clinic's tests work on a real database file, at a real bench."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from database import data_dir, empty_database

from thecal.clinic.orders import access, queries, services
from thecal.clinic.orders.models import BenchRecord
from thecal.clinic.orders.proposal import DoseForm
from thecal.clinic.orders.queries import BenchPage
from thecal.therapy import CommandId

__all__ = ["data_dir", "empty_database"]

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PIN = "2468"
ACTOR = access.demonstration_clinician()


@dataclass(frozen=True)
class Clinic:
    """A started demonstration, and what a test does at it in a word."""

    folder: Path

    def page(self) -> BenchPage:
        return queries.page(actor=ACTOR)

    def form(self, **values: str) -> DoseForm:
        return DoseForm.from_values({"mode": "simple", "reason": "too stiff at night", **values})

    def sign(self, form: DoseForm) -> CommandId:
        reviewed = services.preview(form, actor=ACTOR).given_digest
        return services.sign_prescription(form, pin=PIN, reviewed=reviewed, actor=ACTOR, now=NOW)

    def signed(self, dose: str = "120") -> CommandId:
        return self.sign(self.form(daily_dose=dose))

    def link(self, key: str) -> None:
        services.arrange_link(key, actor=ACTOR, now=NOW)

    def row(self) -> BenchRecord:
        return access.bench_row(ACTOR)


@pytest.fixture
def clinic(data_dir: Path) -> Clinic:
    services.open_bench(pin=PIN, actor=ACTOR, now=NOW)
    return Clinic(data_dir)
