"""A refill that is late: a ladder from the margin to no drug, with the hours to dry and who acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, known
from thecal.quantities import elapsed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision


class Rung(IntEnum):
    """How late a refill is; a higher rung is later."""

    IN_TIME = auto()
    MARGIN_BEGUN = auto()
    REFILL_BY_PASSED = auto()
    ALARM_VOLUME = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFacts:
    """The dates of one reservoir, all in the worst case.

    Attributes:
        now: the present.
        refill_by: the date to book (ITB-168).
        low: when the alarm volume is reached; None where it never is at this rate.
        dry: when nothing usable is left; None where that is not within ten years.
        drug_in_stock: whether the drug for the refill is at hand.
    """

    now: datetime
    refill_by: datetime
    low: datetime | None
    dry: datetime | None
    drug_in_stock: bool | None = fact("Is the drug for this refill in stock?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LateStep:
    """What a late refill asks for.

    Attributes:
        rung: how late it is.
        says: what to do.
        dry_in: time until nothing usable is left, 0 where that is past; None where it is not known.
        admit: whether the patient is admitted.
        find_drug: whether drug must be found elsewhere first.
    """

    rung: Rung
    says: str
    dry_in: timedelta | None
    admit: bool
    find_drug: bool


def _is_past(at: datetime | None, facts: LateFacts) -> bool:
    return at is not None and elapsed(at, facts.now) >= elapsed(facts.now, facts.now)


def _step(rung: Rung, says: str, *, admit: bool) -> Callable[[LateFacts, Limits], LateStep]:
    def gives(facts: LateFacts, _: Limits) -> LateStep:
        nothing = elapsed(facts.now, facts.now)
        left = None if facts.dry is None else max(nothing, elapsed(facts.now, facts.dry))
        return LateStep(
            rung=rung,
            says=says,
            dry_in=left,
            admit=admit,
            find_drug=rung is not Rung.IN_TIME and not known(facts.drug_in_stock),
        )

    return gives


_NEEDS = ("drug_in_stock",)

LATE: Table[LateFacts, LateStep] = Table(
    id="supply.late-refill",
    title="A refill that is late",
    about=(
        "Each rung includes those above it. Whom to call is set by the hospital. Without drug in stock "
        "it is found "
        "elsewhere first; until it is there the rung stays."
    ),
    hit=Hit.FIRST,
    sources=("ITB-168; clinical review; refill lead of 7 to 10 days before the alarm date (Gillette pages)",),
    rows=(
        Row(
            id="empty",
            when="nothing usable is left",
            then="withdrawal may begin: admit, refill, restart by the restart rule; treat as an emergency",
            needs=_NEEDS,
            holds=lambda facts, _: _is_past(facts.dry, facts),
            gives=_step(Rung.EMPTY, "admit, refill, restart by the restart rule", admit=True),
        ),
        Row(
            id="alarm-volume",
            when="the alarm volume is reached",
            then="refill today; if that cannot be, admit before the reservoir is dry",
            needs=_NEEDS,
            holds=lambda facts, _: _is_past(facts.low, facts),
            gives=_step(Rung.ALARM_VOLUME, "refill today, or admit before it is dry", admit=False),
        ),
        Row(
            id="refill-by-passed",
            when="the refill-by date is past",
            then="call the patient and the carer until one answers; refill within the margin",
            needs=_NEEDS,
            holds=lambda facts, _: _is_past(facts.refill_by, facts),
            gives=_step(
                Rung.REFILL_BY_PASSED, "call until one answers; refill within the margin", admit=False
            ),
        ),
        Row(
            id="margin-begun",
            when="the refill-by date is {refill_call_before} away or less",
            then="call: is the visit booked, who brings the patient, is the drug there?",
            needs=_NEEDS,
            holds=lambda facts, limits: (
                elapsed(facts.now, facts.refill_by) <= limits["refill_call_before"].duration
            ),
            gives=_step(
                Rung.MARGIN_BEGUN, "call: is the visit booked, and who brings the patient?", admit=False
            ),
        ),
        Row(
            id="in-time",
            when="otherwise",
            then="nothing yet; the date stands",
            holds=lambda _, __: True,
            gives=_step(Rung.IN_TIME, "nothing yet; the date stands", admit=False),
        ),
    ),
)
"""What a late refill asks for."""


def late_refill(facts: LateFacts, limits: Limits) -> Decision[LateStep]:
    """Return how late a refill is and what to do, or the question that has to be answered first."""
    return LATE.decide(facts, limits)
