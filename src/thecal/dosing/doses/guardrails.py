"""Guardrails: slips of the pen and of the clock that a person must answer before signing.

A number ten times the last one, boluses that add up, and the old dose after a long stop: each is a finding.
Nothing here holds back a decrease ordered for overdose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.findings import Lift, Severity, Weight, kind
from thecal.dosing.tables import Hit, Row, Table, fact, known
from thecal.quantities import quotient, write_duration, write_rounded

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision
    from thecal.quantities import DoseRate, Mass

RETYPE_UP = kind(
    "guard.many-times-more",
    Weight.SOFT,
    Severity.CRITICAL,
    Lift.RETYPE,
    says="{proposed} is {times} times the last 24-hour dose, {current}.",
    because="A slip of the decimal point or of the unit looks like this, and an overdose can kill.",
    lifted_by="Type the dose again with its unit, give a reason, and let a second person confirm it.",
)
RETYPE_DOWN = kind(
    "guard.many-times-less",
    Weight.SOFT,
    Severity.HIGH,
    Lift.RETYPE,
    says="{proposed} is a small part of the last 24-hour dose: {current} is {times} times as much.",
    because="A slip of the decimal point or of the unit looks like this, and withdrawal can kill.",
    lifted_by="Type the dose again with its unit, give a reason, and let a second person confirm it.",
)
NEXT_24_HOURS = kind(
    "guard.next-24-hours",
    Weight.SOFT,
    Severity.CRITICAL,
    Lift.ANSWER,
    says="With the boluses of the last 24 h this patient would receive up to {total} in 24 h, against "
    "{usual} on other days.",
    because="Boluses add up: the effect of the last ones is not over. The largest usual step is {step}.",
    lifted_by="Wait, give less, or answer why this patient needs it and who watches the breathing.",
)
OLD_DOSE = kind(
    "guard.old-dose-after-a-stop",
    Weight.SOFT,
    Severity.CRITICAL,
    Lift.SECOND_SIGNATURE,
    says="{loss}. {proposed} is not a restart dose.",
    because="Tolerance is lost after {restart_after} or more without drug, or while drug was being lost; "
    "overdoses occurred hours "
    "after a restart at the old dose (Delhaas 1991; ITB-165). Drug that was missed is never made up.",
    lifted_by="Restart at the starting dose or the last effective dose, whichever is lower, in a monitored "
    "bed; or give a reason and a second signature.",
)
KINDS = (RETYPE_UP, RETYPE_DOWN, NEXT_24_HOURS, OLD_DOSE)
"""Every kind of finding of the guardrails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFacts:
    """What a proposal is compared with.

    Attributes:
        current: the last 24-hour dose, the highest of any 24 h.
        proposed: the 24-hour dose of the proposal, the highest of any 24 h.
        next_24_hours: the dose of the 24 hours from now, with all that is given once, at its highest.
        recent_boluses: boluses given in the last 24 h.
        largest_step: the largest usual increase of this patient, as a share of 1.
        restart_dose: what the restart rule allows; None where it cannot be computed.
        no_drug_for: how long no drug was delivered, up to now.
        is_revised: whether catheter or pump was revised since the last change of the program.
        for_overdose: whether the change answers signs of overdose.
    """

    current: DoseRate
    proposed: DoseRate
    next_24_hours: Mass
    recent_boluses: Mass
    largest_step: Decimal
    restart_dose: DoseRate | None = None
    no_drug_for: timedelta | None = fact("For how long was no drug delivered, up to now?")
    is_revised: bool = False
    for_overdose: bool = False


def _total(facts: GuardFacts) -> Mass:
    return facts.next_24_hours + facts.recent_boluses


def _is_many_times_more(facts: GuardFacts, limits: Limits) -> bool:
    factor = limits["retype_factor"].number("1")
    return not facts.current.is_zero and facts.proposed >= facts.current.scaled(factor)


def _is_many_times_less(facts: GuardFacts, limits: Limits) -> bool:
    factor = limits["retype_factor"].number("1")
    return (
        not facts.for_overdose
        and not facts.proposed.is_zero
        and facts.proposed.scaled(factor) <= facts.current
    )


def _adds_up(facts: GuardFacts) -> bool:
    if facts.for_overdose or facts.current.is_zero:
        return False
    most, of_base = facts.current.scaled(1 + facts.largest_step), facts.proposed.ug_per_day
    return _total(facts).ug > max(most.ug_per_day, of_base)


def _is_old_dose(facts: GuardFacts, limits: Limits) -> bool:
    stopped = known(facts.no_drug_for) >= limits["restart_after"].duration
    if facts.proposed.is_zero or not (stopped or facts.is_revised):
        return False
    return facts.restart_dose is None or facts.proposed > facts.restart_dose


GUARDRAILS: Table[GuardFacts, Finding] = Table(
    id="doses.guardrails",
    title="Slips that a person must answer",
    about="Every row that holds gives a finding, whoever proposed the program.",
    hit=Hit.ALL,
    sources=(
        "Applied Clinical Informatics 5(1), 2014: the larger an overdose, the less a warning was heeded",
        "ITB-030, ITB-035, ITB-158, ITB-165; Delhaas 1991",
    ),
    rows=(
        Row(
            id="many-times-more",
            when="the dose is {retype_factor} times the last one, or more",
            then="type it again with its unit; a second person confirms it",
            holds=_is_many_times_more,
            gives=lambda facts, _: RETYPE_UP.found(
                proposed=facts.proposed,
                current=facts.current,
                times=quotient(facts.proposed.ug_per_day, facts.current.ug_per_day),
            ),
        ),
        Row(
            id="many-times-less",
            when="the last dose is {retype_factor} times the new one, or more; no sign of overdose",
            then="type it again with its unit; a second person confirms it",
            holds=_is_many_times_less,
            gives=lambda facts, _: RETYPE_DOWN.found(
                proposed=facts.proposed,
                current=facts.current,
                times=quotient(facts.current.ug_per_day, facts.proposed.ug_per_day),
            ),
        ),
        Row(
            id="next-24-hours",
            when="boluses, those of the last 24 h included, raise the next 24 h above the proposed base "
            "dose, and above the last 24-hour dose by more than the patient's largest step",
            then="boluses add up",
            holds=lambda facts, _: _adds_up(facts),
            gives=lambda facts, _: NEXT_24_HOURS.found(
                total=_total(facts), usual=facts.current, step=_percent(facts.largest_step)
            ),
        ),
        Row(
            id="old-dose-after-a-stop",
            when="no drug was delivered for {restart_after} or longer, or catheter or pump was revised; the "
            "dose is above the restart dose",
            then="restart lower, in a monitored bed",
            needs=("no_drug_for",),
            holds=_is_old_dose,
            gives=lambda facts, limits: OLD_DOSE.found(
                limits["restart_after"], loss=_loss(facts), proposed=facts.proposed
            ),
        ),
    ),
)
"""What a person must answer, whoever proposed the program."""


def guard(facts: GuardFacts, limits: Limits) -> Decision[Finding]:
    """Return what a person must answer before this program is signed."""
    return GUARDRAILS.decide(facts, limits)


def _loss(facts: GuardFacts) -> str:
    if facts.is_revised:
        return "Catheter or pump was revised"
    return f"No drug was delivered for {write_duration(known(facts.no_drug_for))}"


def _percent(share: Decimal) -> str:
    return f"{write_rounded(share * 100)} %"
