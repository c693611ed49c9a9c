"""Examples of the rules of supply."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders.rules.example import Example
from thecal.dosing.supply import LateFacts, LateStep, Rung

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
IN_TIME = LateFacts(
    now=NOW, refill_by=NOW + 20 * DAY, low=NOW + 30 * DAY, dry=NOW + 33 * DAY, drug_in_stock=True
)


def _rung(
    row: str,
    rung: Rung,
    says: str,
    *,
    left: timedelta,
    admit: bool = False,
    find: bool = False,
    **changed: object,
) -> Example:
    return Example(
        table="supply.late-refill",
        row=row,
        facts=replace(IN_TIME, **changed),
        gives=LateStep(rung=rung, says=says, dry_in=left, admit=admit, find_drug=find),
    )


_CALL = "call: is the visit booked, and who brings the patient?"
_LATE = "call until one answers; refill within the margin"
EXAMPLES = (
    _rung("in-time", Rung.IN_TIME, "nothing yet; the date stands", left=33 * DAY),
    _rung("margin-begun", Rung.MARGIN_BEGUN, _CALL, left=33 * DAY, refill_by=NOW + 7 * DAY),
    _rung("refill-by-passed", Rung.REFILL_BY_PASSED, _LATE, left=33 * DAY, refill_by=NOW),
    _rung(
        "refill-by-passed",
        Rung.REFILL_BY_PASSED,
        _LATE,
        left=33 * DAY,
        find=True,
        refill_by=NOW,
        drug_in_stock=False,
    ),
    _rung(
        "alarm-volume",
        Rung.ALARM_VOLUME,
        "refill today, or admit before it is dry",
        left=3 * DAY,
        refill_by=NOW - 10 * DAY,
        low=NOW,
        dry=NOW + 3 * DAY,
    ),
    _rung(
        "empty",
        Rung.EMPTY,
        "admit, refill, restart by the restart rule",
        left=0 * DAY,
        admit=True,
        refill_by=NOW - 13 * DAY,
        low=NOW - 3 * DAY,
        dry=NOW,
    ),
)
