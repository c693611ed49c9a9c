"""Catheter and pump: the next test, in the order of consensus, with the yields of one published series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.tables import Hit, Row, Table, fact, known

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneTests:
    """What was looked at so far; None where nobody answered.

    Attributes:
        interrogated: whether the pump was read, with its log and alarms.
        pump_fault: whether it showed a fault of the pump.
        residual_agrees: whether drained and expected volume agree.
        imaged: whether an X-ray of pump and catheter was taken.
        image_abnormal: whether it showed a break, kink, migration or disconnection.
        pump_examined: whether the pump was examined for a fault; None before it was tried.
        aspirated: whether the access port was aspirated with success; None before it was tried.
        dye_abnormal: whether contrast showed a leak or an obstruction; None before it was tried.
    """

    interrogated: bool | None = fact("Was the pump interrogated, with its log and alarms?")
    pump_fault: bool | None = fact("Did it show a fault of the pump?")
    residual_agrees: bool | None = fact("Do the drained and the expected volume agree?")
    imaged: bool | None = fact("Was an X-ray of pump and catheter taken?")
    image_abnormal: bool | None = fact("Did the X-ray show a break, kink, migration or disconnection?")
    pump_examined: bool | None = None
    aspirated: bool | None = None
    dye_abnormal: bool | None = None


_READ = ("interrogated",)
_PUMP = (*_READ, "pump_fault", "residual_agrees")
_IMAGED = (*_PUMP, "imaged")
_VIEWED = (*_IMAGED, "image_abnormal")

TREE: Table[DoneTests, str] = Table(
    id="troubleshooting.next-test",
    title="Catheter and pump: the next test",
    about=(
        "Order of consensus. Yields are shares of 37 catheter revisions (Dvorak 2010). A negative test "
        "never proves "
        "that there is no fault."
    ),
    hit=Hit.FIRST,
    sources=("CMSC 2015, CC15; Saulino 2016; Dvorak 2010; letter of Ordia and Vaisman 2014",),
    rows=(
        Row(
            id="interrogate",
            when="the pump was not interrogated",
            then="interrogate the pump: alarms, log, program, delivery",
            needs=_READ,
            holds=lambda facts, _: not known(facts.interrogated),
            gives=lambda _, __: "interrogate the pump",
        ),
        Row(
            id="pump",
            when="it showed a fault of the pump, or the residual volume does not agree, and the pump was not "
            "examined for it",
            then="treat it as a fault of pump or refill: rotor study, empty and measure, or replace",
            needs=_PUMP,
            holds=lambda facts, _: (
                not facts.pump_examined and (known(facts.pump_fault) or not known(facts.residual_agrees))
            ),
            gives=lambda _, __: "look for a fault of pump or refill",
        ),
        Row(
            id="image",
            when="no X-ray was taken",
            then="X-ray of pump and catheter (found {yield_image} of faults)",
            needs=_IMAGED,
            holds=lambda facts, _: not known(facts.imaged),
            gives=lambda _, __: "X-ray of pump and catheter",
        ),
        Row(
            id="image-abnormal",
            when="the X-ray shows a break, kink, migration or disconnection",
            then="revise the catheter; afterwards restart by the restart rule, never at the escalated dose",
            needs=_VIEWED,
            holds=lambda facts, _: known(facts.image_abnormal),
            gives=lambda _, __: "revise the catheter",
        ),
        Row(
            id="aspirate",
            when="the access port was not aspirated",
            then="aspirate the access port (no aspirate found {yield_aspirate} of faults)",
            needs=_VIEWED,
            holds=lambda facts, _: facts.aspirated is None,
            gives=lambda _, __: "aspirate the access port",
        ),
        Row(
            id="no-aspirate",
            when="there is no aspirate",
            then="inject nothing; it does not prove an occlusion: indium study (found {yield_indium}) or "
            "exploration",
            needs=_VIEWED,
            holds=lambda facts, _: facts.aspirated is False,
            gives=lambda _, __: "inject nothing; indium study or exploration",
        ),
        Row(
            id="dye",
            when="aspirated, and no contrast was given",
            then="contrast after aspiration (found {yield_dye} of faults); prime the catheter afterwards",
            needs=_VIEWED,
            holds=lambda facts, _: facts.dye_abnormal is None,
            gives=lambda _, __: "contrast study; prime the catheter afterwards",
        ),
        Row(
            id="dye-abnormal",
            when="contrast shows a leak or an obstruction",
            then="revise the catheter; prime and restart afterwards by their rules",
            needs=_VIEWED,
            holds=lambda facts, _: bool(facts.dye_abnormal),
            gives=lambda _, __: "revise the catheter",
        ),
        Row(
            id="nothing-found",
            when="otherwise",
            then="a fault is not excluded: indium study (found {yield_indium}), look for a trigger, ask "
            "a second "
            "opinion",
            needs=_VIEWED,
            holds=lambda _, __: True,
            gives=lambda _, __: "a fault is not excluded: indium study, trigger, second opinion",
        ),
    ),
)
"""The next test."""


def next_test(facts: DoneTests, limits: Limits) -> Decision[str]:
    """Return the next test worth doing, or the questions that have to be answered first."""
    return TREE.decide(facts, limits)
