"""Examples of the screening trial."""

from dataclasses import replace
from decimal import Decimal

from builders.rules.example import Example, hours, mcg
from thecal.dosing.limits import Jurisdiction
from thecal.dosing.trial import TrialFacts, TrialStep

READY = TrialFacts(
    age_years=Decimal(40),
    is_frail=False,
    has_infection=False,
    equipment_ready=True,
    last_dose=mcg("0"),
    responded=False,
    since_last=hours(24),
    adverse_reaction=False,
)


def _step(
    row: str,
    says: str,
    bolus: str = "0",
    jurisdiction: Jurisdiction | None = Jurisdiction.US,
    **changed: object,
) -> Example:
    return Example(
        table="trial.ladder",
        row=row,
        facts=replace(READY, **changed),
        gives=TrialStep(bolus=mcg(bolus), says=says),
        jurisdiction=jurisdiction,
    )


_FIRST, _NEXT = "give the first bolus and observe", "give the next bolus and observe"
EXAMPLES = (
    _step("too-young", "no trial by the label; a specialist decides", age_years=Decimal(3)),
    _step("defer", "put the trial off until it is treated", has_infection=True),
    _step("not-ready", "give nothing before staff and equipment are there", equipment_ready=False),
    _step("first", _FIRST, "50"),
    _step("first", _FIRST, "25", is_frail=True),
    _step("first", _FIRST, "25", jurisdiction=None),
    _step("adverse", "no further bolus; the physician decides", last_dose=mcg("50"), adverse_reaction=True),
    _step("responded", "the trial is positive; no further bolus", last_dose=mcg("50"), responded=True),
    _step("wait", "wait until 24 h have passed", last_dose=mcg("50"), since_last=hours(23)),
    _step("no-response", "do not implant a pump for chronic infusion", last_dose=mcg("100")),
    _step("next", _NEXT, "50", last_dose=mcg("25")),
    _step("next", _NEXT, "75", last_dose=mcg("50")),
    _step("next", _NEXT, "100", last_dose=mcg("75")),
)
