"""Counterfactual runs: without the patient's limit, with the legacy pump's steps, or with a level gauge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.lab.accidents.cumulative_dose import CumulativeDose
from thecal.lab.accidents.run import AccidentRun, run_accident
from thecal.lab.accidents.verdict import describe_alarms, judge
from thecal.pump import capability
from thecal.quantities import DoseRate, write_dose_rate

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.lab.accidents.accident import Accident

WITH_A_GAUGE = "reference design 20 mL"
"""A model that measures its reservoir level; we found no marketed pump that does."""


def counterfactuals(accident: Accident, run: AccidentRun, starts: datetime) -> tuple[str, ...]:
    """Describe the counterfactual runs on a reference pump whose outcome differs.

    Args:
        accident: the accident.
        run: its run on the reference pump, with the steps for that pump and the patient's limit.
        starts: when the runs begin.
    """
    return (*_without_the_limit(accident, run, starts), *_with_the_same_acts(accident, starts))


def _without_the_limit(accident: Accident, run: AccidentRun, starts: datetime) -> tuple[str, ...]:
    """Describe a run with the model's default limit, where the patient's own limit refused an order."""
    unlimited = run_accident(accident, "reference", starts=starts, patient_limit=False)
    before = {one.reason for one in run.refused}
    if before == {one.reason for one in unlimited.refused}:
        return ()
    limit = write_dose_rate(DoseRate(ug_per_day=accident.reference_daily_dose_most_ug))
    default = write_dose_rate(capability(accident.model).daily_dose_most)
    reason = (
        f"The refusal depends on a limit: the clinic has set at most {limit} for this patient. "
        f"The legacy pump has no such limit in this simulation."
    )
    if unlimited.refused:
        outcome = "refuses it too."
    else:
        outcome = f"accepts the order. {_describe_outcome(accident, unlimited)}"
    return (f"{reason} With the default of this model, {default}, the reference pump {outcome}",)


def _with_the_same_acts(accident: Accident, starts: datetime) -> tuple[str, ...]:
    """Describe a run of the legacy pump's steps on a reference pump, where the dose is harmful."""
    if all(len(step.profiles) > 1 for step in accident.steps):
        return ()
    same = run_accident(accident, "reference", starts=starts, steps_for="legacy")
    if same.refused or not judge(accident, same, CumulativeDose.of(same.at_tip, same.starts)).harms:
        return ()
    same_acts = (
        "In this simulation the users of the reference pump take more steps than those of the legacy pump. "
        "With the same steps, the reference pump does not prevent the error: "
        f"{_describe_outcome(accident, same)}"
    )
    with_gauge = replace(accident, model=WITH_A_GAUGE)
    gauged = run_accident(with_gauge, "reference", starts=starts, steps_for="legacy")
    if same.sounded or not gauged.sounded:
        return (same_acts,)
    gauge_text = (
        "Our reference design measures its reservoir level; we found no marketed pump that does. With the "
        f"same steps: {_describe_outcome(accident, gauged)}"
    )
    return same_acts, gauge_text


def _describe_outcome(accident: Accident, run: AccidentRun) -> str:
    verdict = judge(accident, run, CumulativeDose.of(run.at_tip, run.starts))
    return " ".join((verdict.headline, *describe_alarms(run, accident.goes_wrong)))
