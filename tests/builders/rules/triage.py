"""Examples of the symptom call."""

from dataclasses import replace
from typing import Any

from builders.rules.example import Example
from thecal.dosing.limits import limits_for
from thecal.dosing.triage import CALL, QUESTIONS, CallFacts

NOTHING = CallFacts(**dict.fromkeys(QUESTIONS, False))
"""A caller who answers no to every question."""


def _call(row: str, **changed: bool | None) -> Example:
    facts = replace(NOTHING, **changed)
    decision = CALL.decide(facts, limits_for())
    gives: Any = decision.results[decision.rows.index(row)] if row in decision.rows else None
    return Example(table="triage.call", row=row, facts=facts, gives=gives)


EXAMPLES = (
    _call("breathing-slow", breathing_slow=True),
    _call("hard-to-wake", hard_to_wake=True),
    _call("breathing-not-known", breathing_slow=None),
    _call("seizure-or-confusion", confused=True),
    _call("fever", fever=True),
    _call("withdrawal-severe", itching=True, fever=True),
    _call("withdrawal-at-risk", itching=True, level_t6=True),
    _call("withdrawal", tone_back=True),
    _call("weaker", new_sedative=True),
    _call("weaker-after-a-refill", weaker=True, filled_today=True),
    _call("alarm-critical", alarm_heard=True, two_tones=True),
    _call("alarm", alarm_heard=True),
    _call("wound", wound=True),
    _call("any-call"),
)
