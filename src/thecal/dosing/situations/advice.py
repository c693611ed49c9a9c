"""MRI, pregnancy, other medicines, explant, rehabilitation: what to do, and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, known

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision


class Drive(StrEnum):
    """How the pump moves drug, as far as a magnet matters."""

    ROTOR = "rotor"
    OPEN_VALVE = "valve that a magnet may open"
    CLOSING_VALVE = "valve that a magnet closes"


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationFacts:
    """What is planned or new; None where nobody answered.

    Attributes:
        mri_planned: whether an MRI is planned.
        drive: of the pump.
        pregnant: whether the patient is or may be pregnant.
        epidural_morphine: whether epidural morphine is given or planned.
        depressants: alcohol or another medicine that makes sleepy.
        explant_planned: whether pump or catheter is taken out or replaced.
        plan_recorded: whether a plan for withdrawal and rescue orders are recorded.
        dose_changed: whether the dose was changed since the last therapy session.
    """

    mri_planned: bool | None = fact("Is an MRI planned?")
    drive: Drive | None = fact("How does the pump move drug: rotor, or which kind of valve?")
    pregnant: bool | None = fact("Is the patient pregnant, or may be?")
    epidural_morphine: bool | None = fact("Is epidural morphine given or planned?")
    depressants: bool | None = fact("Is there alcohol, or a medicine that makes sleepy?")
    explant_planned: bool | None = fact("Is pump or catheter taken out or replaced?")
    plan_recorded: bool | None = fact("Are a plan for withdrawal and rescue orders recorded?")
    dose_changed: bool | None = fact("Was the dose changed since the last therapy session?")


def _says(text: str) -> Callable[[SituationFacts, Limits], str]:
    return lambda _, __: text


def _mri_of(drive: Drive) -> Callable[[SituationFacts, Limits], bool]:
    return lambda facts, _: known(facts.mri_planned) and known(facts.drive) is drive


_MRI = ("mri_planned", "drive")

SITUATIONS: Table[SituationFacts, str] = Table(
    id="situations.advice",
    title="MRI, pregnancy, other medicines, explant, rehabilitation",
    about="Every row that holds adds its advice. Where no source gives a number, the row names who decides.",
    hit=Hit.ALL,
    sources=(
        "SynchroMed II MRI correction, 2008; Flowonix labels; TGA caution after MRI",
        "US label, copies; ITB-153, ITB-154, ITB-174; clinical review",
    ),
    rows=(
        Row(
            id="mri-rotor",
            when="an MRI of a pump with a rotor",
            then="the rotor stops in the field; do not program a stop before it, which hides a stall; "
            "afterwards "
            "interrogate twice: recovery may take {mri_recovery_least} to {mri_recovery_most}",
            needs=_MRI,
            holds=_mri_of(Drive.ROTOR),
            gives=_says("no programmed stop before MRI; interrogate twice afterwards"),
        ),
        Row(
            id="mri-open-valve",
            when="an MRI of a pump whose valve a magnet may open",
            then="empty the pump and set it to no flow first: the field may empty it into the patient",
            needs=_MRI,
            holds=_mri_of(Drive.OPEN_VALVE),
            gives=_says("empty the pump and set it to no flow before MRI"),
        ),
        Row(
            id="mri-closing-valve",
            when="an MRI of a pump whose valve a magnet closes",
            then="the valve stays closed until it is reset by hand: reset it at once and watch for "
            "withdrawal",
            needs=_MRI,
            holds=_mri_of(Drive.CLOSING_VALVE),
            gives=_says("reset the valve at once after MRI"),
        ),
        Row(
            id="pregnancy",
            when="the patient is or may be pregnant",
            then="there are no adequate data: obstetrics and the ITB physician decide; a sudden stop is "
            "dangerous",
            needs=("pregnant",),
            holds=lambda facts, _: known(facts.pregnant),
            gives=_says("obstetrics and the ITB physician decide; no sudden stop"),
        ),
        Row(
            id="epidural-morphine",
            when="epidural morphine is given or planned",
            then="low blood pressure and shortness of breath were reported: anaesthesia decides, and "
            "monitors",
            needs=("epidural_morphine",),
            holds=lambda facts, _: known(facts.epidural_morphine),
            gives=_says("anaesthesia decides about epidural morphine, and monitors"),
        ),
        Row(
            id="depressants",
            when="alcohol, or another medicine that makes sleepy",
            then="effects add up: ask before any increase, and tell patient and carer",
            needs=("depressants",),
            holds=lambda facts, _: known(facts.depressants),
            gives=_says("effects of alcohol and sedatives add up: ask before any increase"),
        ),
        Row(
            id="explant",
            when="pump or catheter is taken out or replaced, and no plan is recorded",
            then="record a plan for withdrawal and rescue orders first (ITB-174)",
            needs=("explant_planned", "plan_recorded"),
            holds=lambda facts, _: known(facts.explant_planned) and not known(facts.plan_recorded),
            gives=_says("record a plan for withdrawal and rescue orders first"),
        ),
        Row(
            id="rehabilitation",
            when="the dose was changed since the last therapy session",
            then="therapy looks again at transfers, walking, range of motion and splints: strength that "
            "stiffness "
            "hid, and useful tone that is gone, both show now",
            needs=("dose_changed",),
            holds=lambda facts, _: known(facts.dose_changed),
            gives=_says("therapy assesses transfers, walking, range of motion and splints again"),
        ),
    ),
)
"""What special situations ask for."""


def situation_advice(facts: SituationFacts, limits: Limits) -> Decision[str]:
    """Return what the situations of a patient ask for, and the questions that are open."""
    return SITUATIONS.decide(facts, limits)
