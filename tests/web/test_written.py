from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from thecal.quantities import Concentration, DoseRate, FlowRate, Mass, Volume
from thecal.web.ui.templatetags import written

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Mass(ug=Decimal("50.00")), "50 mcg"),
        (Volume(mL=Decimal("0.50")), "0.5 mL"),
        (Concentration(ug_per_mL=Decimal(500)), "500 mcg/mL"),
        (DoseRate(ug_per_day=Decimal("120.0")), "120 mcg/day"),
        (FlowRate(mL_per_day=Decimal("0.240")), "0.24 mL/day"),
    ],
)
def test_an_amount_is_written_with_the_unit_of_its_type(
    value: Mass | Volume | Concentration | DoseRate | FlowRate, said: str
) -> None:
    assert written.amount(value) == said


def test_a_moment_is_written_in_the_clinics_zone_and_names_it() -> None:
    zone = f"{NOON.astimezone(ZoneInfo('Asia/Kolkata')):%Z}"

    assert written.moment(NOON) == f"Sun 1 Mar 2026, 17:30 {zone}"
    assert written.machine(NOON) == "2026-03-01T12:00:00+00:00"


def test_a_date_that_does_not_come_says_why() -> None:
    assert written.day_or(None, "not at this rate") == "not at this rate"
    assert written.day_or(NOON + timedelta(hours=12), "never") == "Mon 2 Mar 2026"


def test_a_computed_content_is_written_to_a_tenth_of_a_millilitre() -> None:
    assert written.rough_volume(Volume(mL=Decimal("13.5432"))) == "13.5 mL"


def test_a_name_from_the_record_is_written_as_words() -> None:
    assert written.readable_name("program.verified") == "Program verified"
    assert written.readable_name("base_revision") == "Base revision"


@pytest.mark.parametrize(
    ("noted", "said"),
    [("the link was lost", "The link was lost."), ("Nothing came.", "Nothing came."), ("", "")],
)
def test_what_was_noted_is_written_as_a_sentence(noted: str, said: str) -> None:
    assert written.sentence(noted) == said
