"""Examples of the rules of supply."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders.rules.example import Example, mcg_per_day, mcg_per_ml, ml
from thecal.dosing.supply import (
    ChangeoverFacts,
    DrainedFacts,
    LateFacts,
    LateStep,
    ManualDoseFacts,
    PrimeFacts,
    Rung,
)

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


DRAINED = DrainedFacts(drained=ml("3"), expected=ml("3"), delivered=ml("17"), effect_lost=False)
CHANGE = ChangeoverFacts(
    old=mcg_per_ml("2000"),
    filled=mcg_per_ml("500"),
    residual=ml("1.4"),
    fill=ml("18.6"),
    dead_volume=ml("0.316"),
    current=mcg_per_day("400"),
    proposed=mcg_per_day("400"),
)
NEW = PrimeFacts(
    tubing=ml("0.140"),
    catheter=ml("0.176"),
    is_synchromed=True,
    catheter_full=False,
    tubing_primed=False,
)


def _drained(row: str, **changed: object) -> Example:
    return Example(table="supply.drained", row=row, facts=replace(DRAINED, **changed), gives=f"refill.{row}")


def _change(row: str, **changed: object) -> Example:
    return Example(
        table="supply.changeover", row=row, facts=replace(CHANGE, **changed), gives=f"changeover.{row}"
    )


def _prime(row: str, gives: object, **changed: object) -> Example:
    return Example(table="supply.prime", row=row, facts=replace(NEW, **changed), gives=gives)


def _manual(row: str, dose_volume: str, *, is_aspirated: bool) -> Example:
    facts = ManualDoseFacts(
        volume=ml(dose_volume), concentration=mcg_per_ml("1000"), is_aspirated=is_aspirated
    )
    return Example(table="supply.manual-dose", row=row, facts=facts, gives=f"manual-dose.{row}")


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
    _drained("more-left", drained=ml("5.01")),
    _drained("more-left", drained=ml("3.146"), delivered=ml("1")),
    _drained("less-left", drained=ml("0.99")),
    _drained("effect-lost", drained=ml("5"), effect_lost=True),
    _change("diluted"),
    _change("bridge"),
    _change("other-change", proposed=mcg_per_day("401")),
    _change("other-change", proposed=mcg_per_day("401"), for_overdose=True),
    _prime("kept-full", ml("0"), catheter_full=True),
    _prime("catheter-only", ml("0.176"), tubing_primed=True),
    _prime("all", ml("0.316")),
    _prime("withdrawn", "prime.withdrawn-volume", tubing=ml("0.199")),
    _manual("block", "0.101", is_aspirated=False),
    _manual("warn", "0.100", is_aspirated=False),
    _manual("warn", "0.101", is_aspirated=True),
    _manual("warn", "0.026", is_aspirated=False),
)
