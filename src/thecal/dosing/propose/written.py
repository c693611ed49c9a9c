"""A proposal as plain values, for JSON: stable codes and values, with their English wording beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thecal.dosing.findings import write_value
from thecal.dosing.limits import Limit

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.dosing.findings import Finding
    from thecal.dosing.propose.proposal import Option, Proposal

FORMAT = 1
"""The format of the documents that this version writes."""
NOTICE = "The adviser proposes and warns; a person signs. It is not a certified device."


def as_document(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as plain values: text, numbers, lists and tables."""
    return {
        "format": FORMAT,
        "notice": NOTICE,
        "rulebook": proposal.rulebook,
        "place": proposal.place,
        "made_at": proposal.made_at.isoformat(),
        "options": [_option(option) for option in proposal.options],
        "findings": [finding_fields(finding) for finding in proposal.findings],
        "questions": [{"fact": question.fact, "question": question.text} for question in proposal.asks],
    }


def finding_fields(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values."""
    return {
        "code": finding.code,
        "weight": finding.kind.weight.value,
        "severity": finding.kind.severity.value,
        "lift": finding.kind.lift.value,
        "values": {
            name: write_value(value) for name, value in finding.values if not isinstance(value, Limit)
        },
        "limits": [_limit(limit) for limit in finding.limits],
        "says": finding.says,
        "because": finding.because,
        "lifted_by": finding.lifted_by,
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "id": limit.id,
        "value": limit.write(),
        "applies": limit.applies,
        "source": limit.source,
        "sureness": limit.sureness.meaning,
        "reviewed": limit.reviewed.isoformat(),
    }


def _option(option: Option) -> dict[str, Any]:
    refill = option.refill
    return {
        "kind": option.kind.value,
        "program": list(option.program.describe()),
        "daily_dose": option.daily_dose.write(),
        "roundings": [
            {"what": one.what, "requested": one.requested, "programmed": one.programmed}
            for one in option.roundings
        ],
        "refill": {
            "by": _moment(refill.refill_by),
            "low": _moment(refill.low),
            "empty": _moment(refill.empty),
        },
        "can_be_signed": option.can_be_signed,
        "findings": [finding_fields(finding) for finding in option.findings],
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
