"""The findings of titration, each with its wording."""

from __future__ import annotations

from thecal.dosing.findings import Lift, Severity, Weight, kind

TOO_SOON = kind(
    "titration.too-soon",
    Weight.SOFT,
    Severity.HIGH,
    Lift.SECOND_SIGNATURE,
    says="The last change was {since_change} ago; at least {change_interval} must pass before an increase.",
    because="A change reaches its full effect after about a day; a second increase before that adds to an "
    "effect that nobody has seen yet.",
    lifted_by="Wait, or give a reason and a second signature.",
)
STEP = kind(
    "titration.step",
    Weight.SOFT,
    Severity.HIGH,
    Lift.ANSWER,
    says="{current} to {proposed} is more than the largest usual step, {step}: at most {highest}.",
    because="A larger step may cause an overdose. The limit is the {what} ({applies}).",
    lifted_by="Enter a smaller dose, or answer why this patient needs the larger step.",
)
HIGH_DOSE_STEP = kind(
    "titration.high-dose-step",
    Weight.SOFT,
    Severity.MODERATE,
    Lift.REASON,
    says="A step of more than {high_dose_step} may be excessive above {high_dose}.",
    because="Experience with high doses is limited.",
    lifted_by="Enter a smaller step, or give a reason.",
)
TRIGGER_FOUND = kind(
    "titration.trigger-found",
    Weight.SOFT,
    Severity.MODERATE,
    Lift.REASON,
    says="A trigger was found and is not treated yet.",
    because="Infection, a full bladder or bowel, a skin wound, a fracture, a relapse or a new medicine "
    "raises tone; after its treatment the higher dose may be too high.",
    lifted_by="Treat the trigger first, or give a reason.",
)
PUMP_NOT_CHECKED = kind(
    "titration.pump-not-checked",
    Weight.SOFT,
    Severity.HIGH,
    Lift.REASON,
    says="The pump was not read, or its residual volume does not agree.",
    because="If drug is being lost, the higher dose may arrive all at once when the fault is mended.",
    lifted_by="Read the pump and compare the residual volume, or give a reason.",
)
USEFUL_TONE = kind(
    "titration.useful-tone",
    Weight.SOFT,
    Severity.MODERATE,
    Lift.REASON,
    says="Useful tone is already reduced, and the dose would rise.",
    because="The patient stands or transfers with that tone; losing it is harm.",
    lifted_by="Keep or lower the dose, or give a reason in the patient's words.",
)
ABOVE_USUAL = kind(
    "titration.above-usual-range",
    Weight.SOFT,
    Severity.MODERATE,
    Lift.ANSWER,
    says="{proposed} is above the usual range, up to {usual}.",
    because="The limit is the {what}. The need for a much higher dose often has another cause: a fault of "
    "catheter or pump, or a trigger. This is a question, not a limit.",
    lifted_by="Answer: was a fault looked for, and is there a second opinion?",
)
NOT_YET = kind(
    "titration.no-change-yet",
    Weight.SOFT,
    Severity.MODERATE,
    Lift.ANSWER,
    says="No change yet: questions before an increase are not answered.",
    because="An increase without them may hide a fault or a trigger.",
    lifted_by="Answer the questions that are listed.",
)
FAST_DECREASE = kind(
    "titration.fast-decrease",
    Weight.SOFT,
    Severity.HIGH,
    Lift.ANSWER,
    says="{current} to {proposed} is a planned decrease of more than {step_down_most}.",
    because="A fast decrease may cause withdrawal, which can kill.",
    lifted_by="Decrease in smaller steps, or record the plan: who watches for withdrawal, and oral rescue.",
)
DECREASE_FOR_OVERDOSE = kind(
    "titration.decrease-for-overdose",
    Weight.NOTE,
    Severity.CRITICAL,
    Lift.NOTHING,
    says="The decrease answers signs of overdose. No rule holds it back.",
    because="In overdose the airway comes first; stop the pump at once or drain the reservoir.",
    lifted_by="Nothing is asked. Open the emergency page.",
)

KINDS = (
    TOO_SOON,
    STEP,
    HIGH_DOSE_STEP,
    TRIGGER_FOUND,
    PUMP_NOT_CHECKED,
    USEFUL_TONE,
    ABOVE_USUAL,
    NOT_YET,
    FAST_DECREASE,
    DECREASE_FOR_OVERDOSE,
)
"""Every kind of finding of titration."""
