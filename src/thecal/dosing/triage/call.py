"""The symptom call: answers in, urgency and advice out; the staff's form and the patient's app share it.

Every row that holds adds its advice, and the most urgent row decides how soon to act. What is not
known counts as the graver, so a missing answer never lowers the urgency. No outcome says that all is well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, questions_of
from thecal.dosing.urgency import Urgency

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What the caller says; None where nobody answered.

    Attributes:
        hard_to_wake: very drowsy, or hard to wake.
        breathing_slow: breathing is slow or shallow.
        seizure: a seizure.
        fever: a fever.
        confused: confused, or sees or hears what is not there.
        itching: itching or tingling without a rash.
        tone_back: stiffness or spasms are clearly worse.
        weaker: unusually weak or limp.
        alarm_heard: the pump sounds.
        two_tones: it sounds two tones, which is critical.
        wound: the wound or the pocket is red, swollen, open or leaks.
        filled_today: the pump was refilled or reprogrammed today or yesterday.
        new_sedative: a new medicine that makes sleepy.
        level_t6: spinal cord injury at T6 or above.
        cannot_say: trouble saying how one feels.
        earlier_withdrawal: withdrawal before.
    """

    hard_to_wake: bool | None = fact("Is the patient very drowsy, or hard to wake?")
    breathing_slow: bool | None = fact("Is the breathing slow or shallow?")
    seizure: bool | None = fact("Was there a seizure?")
    fever: bool | None = fact("Is there a fever?")
    confused: bool | None = fact("Is the patient confused, or seeing or hearing what is not there?")
    itching: bool | None = fact("Is there itching or tingling without a rash?")
    tone_back: bool | None = fact("Are stiffness or spasms clearly worse than usual?")
    weaker: bool | None = fact("Is the patient unusually weak or limp?")
    alarm_heard: bool | None = fact("Does the pump sound, or did it?")
    two_tones: bool | None = fact("Are there two tones?")
    wound: bool | None = fact("Is the wound or the pump pocket red, swollen, open or leaking?")
    filled_today: bool | None = fact("Was the pump refilled or reprogrammed today or yesterday?")
    new_sedative: bool | None = fact("Is there a new medicine that makes sleepy?")
    level_t6: bool | None = fact("Is there a spinal cord injury at T6 or above?")
    cannot_say: bool | None = fact("Does the patient have trouble saying how they feel?")
    earlier_withdrawal: bool | None = fact("Did the patient have withdrawal before?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAdvice:
    """What one row of the table says."""

    urgency: Urgency
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """What a symptom call comes to.

    Attributes:
        urgency: of the most urgent row.
        advice: of every row that holds, the most urgent first.
        asks: the questions that nobody answered.
    """

    urgency: Urgency
    advice: tuple[str, ...]
    asks: tuple[Question, ...]


QUESTIONS = tuple(CallFacts.__dataclass_fields__)
"""Every question of the call, in the order in which they are asked."""


def _may(*answers: bool | None) -> bool:
    """Return whether any answer is yes or missing: what is not known counts as the graver."""
    return any(answer is not False for answer in answers)


def _yes(*answers: bool | None) -> bool:
    """Return whether any answer is yes."""
    return any(answer is True for answer in answers)


def _is_withdrawal_sign(facts: CallFacts) -> bool:
    return _may(facts.itching, facts.tone_back)


def _is_at_risk(facts: CallFacts) -> bool:
    return _may(facts.level_t6, facts.cannot_say, facts.earlier_withdrawal)


CALL: Table[CallFacts, CallAdvice] = Table(
    id="triage.call",
    title="Symptom call",
    about="Every row that holds adds its advice; the most urgent decides. What is not known counts as "
    "the graver.",
    hit=Hit.ALL,
    sources=("clinical review, symptom call; US label, boxed warning (DailyMed, 2025)",),
    rows=(
        Row(
            id="breathing-slow",
            when="slow or shallow breathing",
            then="emergency: too much baclofen is possible; stop the pump",
            holds=lambda facts, _: _yes(facts.breathing_slow),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.EMERGENCY,
                advice="Too much baclofen is possible: airway and breathing first, and stop the pump.",
            ),
        ),
        Row(
            id="hard-to-wake",
            when="very drowsy or hard to wake",
            then="emergency: overdose or severe withdrawal is possible",
            holds=lambda facts, _: _yes(facts.hard_to_wake),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.EMERGENCY,
                advice="Airway and breathing first. Overdose or severe withdrawal is possible: open the "
                "emergency page.",
            ),
        ),
        Row(
            id="breathing-not-known",
            when="nobody knows about waking or breathing",
            then="emergency until it is known; nothing is stopped for a missing answer",
            holds=lambda facts, _: facts.hard_to_wake is None or facts.breathing_slow is None,
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.EMERGENCY,
                advice="Find out at once: can the patient be woken, and is the breathing slow or shallow?",
            ),
        ),
        Row(
            id="seizure-or-confusion",
            when="a seizure or confusion, or nobody knows",
            then="emergency: withdrawal or overdose is possible",
            holds=lambda facts, _: _may(facts.seizure, facts.confused),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.EMERGENCY,
                advice="Withdrawal or overdose is possible: open the emergency page.",
            ),
        ),
        Row(
            id="fever",
            when="a fever, or nobody knows",
            then="hospital now: withdrawal or infection; the dose is not lowered for it",
            holds=lambda facts, _: _may(facts.fever),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.HOSPITAL_NOW,
                advice="Fever may be withdrawal, infection or meningitis. The dose is not lowered "
                "because of it.",
            ),
        ),
        Row(
            id="withdrawal-severe",
            when="itching, tingling or more stiffness with a fever, or nobody knows",
            then="emergency: severe withdrawal is possible",
            holds=lambda facts, _: _is_withdrawal_sign(facts) and _may(facts.fever),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.EMERGENCY,
                advice="Severe withdrawal is possible: open the emergency page.",
            ),
        ),
        Row(
            id="withdrawal-at-risk",
            when="itching, tingling or more stiffness in a patient at risk, or nobody knows",
            then="emergency: withdrawal is possible",
            holds=lambda facts, _: _is_withdrawal_sign(facts) and _is_at_risk(facts),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.EMERGENCY,
                advice="Withdrawal is possible, and this patient is at higher risk of it.",
            ),
        ),
        Row(
            id="withdrawal",
            when="itching, tingling or more stiffness",
            then="clinic today: interrogate the pump, compare the residual volume",
            holds=lambda facts, _: _is_withdrawal_sign(facts),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.CLINIC_TODAY,
                advice="Too little baclofen is possible: interrogate the pump and compare the residual "
                "volume.",
            ),
        ),
        Row(
            id="weaker",
            when="unusually weak or limp, or a new medicine that makes sleepy",
            then="clinic today: too much is possible, also by another medicine",
            holds=lambda facts, _: _may(facts.weaker, facts.new_sedative),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.CLINIC_TODAY,
                advice="Too much is possible, also by another medicine: a carer stays with the patient.",
            ),
        ),
        Row(
            id="weaker-after-a-refill",
            when="unusually weak or limp, and refilled or reprogrammed today or yesterday",
            then="hospital now: drug beside the pump or a wrong program is possible",
            holds=lambda facts, _: _may(facts.weaker) and _may(facts.filled_today),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.HOSPITAL_NOW,
                advice="After a refill or a change: drug beside the pump or a wrong program is possible.",
            ),
        ),
        Row(
            id="alarm-critical",
            when="the pump sounds two tones, or sounds with a sign of withdrawal, or nobody knows",
            then="call the on-call service at once, also at night",
            holds=lambda facts, _: (
                _may(facts.alarm_heard) and (_may(facts.two_tones) or _is_withdrawal_sign(facts))
            ),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.HOSPITAL_NOW,
                advice="A critical alarm is possible: call the on-call service at once, also at night.",
            ),
        ),
        Row(
            id="alarm",
            when="the pump sounds, or nobody knows",
            then="clinic today: interrogate the pump",
            holds=lambda facts, _: _may(facts.alarm_heard),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.CLINIC_TODAY,
                advice="The pump sounds or may have: interrogate it.",
            ),
        ),
        Row(
            id="wound",
            when="a red, swollen, open or leaking wound or pocket, or nobody knows",
            then="clinic today: infection or a leak is possible",
            holds=lambda facts, _: _may(facts.wound),
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.CLINIC_TODAY,
                advice="Infection or a leak of spinal fluid is possible: the wound is looked at.",
            ),
        ),
        Row(
            id="any-call",
            when="any call about a pump",
            then="clinic this week; call again at once when something new appears",
            holds=lambda _, __: True,
            gives=lambda _, __: CallAdvice(
                urgency=Urgency.CLINIC_THIS_WEEK,
                advice="The call is recorded. Call again at once for drowsiness, slow breathing, fever, "
                "itching, "
                "more stiffness or an alarm.",
            ),
        ),
    ),
)
"""What a symptom call comes to."""


def symptom_call(facts: CallFacts, limits: Limits) -> CallOutcome:
    """Return how urgent a call is, what to do, and what nobody answered."""
    said = sorted(CALL.decide(facts, limits).results, key=lambda one: one.urgency, reverse=True)
    return CallOutcome(
        urgency=said[0].urgency,
        advice=tuple(one.advice for one in said),
        asks=questions_of(facts, QUESTIONS),
    )
