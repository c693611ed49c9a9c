"""The demonstration: an invented patient whose pump was implanted five weeks ago."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import Implant
from thecal.lab.patient import Origin, VirtualPatient
from thecal.pump import Pump, capability, refill_by_needle
from thecal.quantities import DAY, HOUR, Concentration, DoseRate, PumpClock, Volume, utc
from thecal.therapy import (
    BACLOFEN,
    ArmRefill,
    CommandId,
    PatientRef,
    Program,
    PumpSerial,
    SetProgram,
    SimpleContinuous,
    WrittenAgainst,
    compile_program,
)

if TYPE_CHECKING:
    from datetime import datetime

PATIENT = PatientRef("demonstration")
SUMMARY = (
    "Invented for training; nobody real.",
    "A. Example, 42 years, 62 kg: multiple sclerosis for 14 years, spasticity of spinal origin.",
    "Before the pump Ashworth 4 of 5 in the legs and 2 in the arms; a test dose of 50 mcg worked for 6 h.",
    "Catheter tip at T10, 80 cm implanted.",
)
BODY = VirtualPatient(origin=Origin.SPINAL, known=(("tone_arms_before", 2.0), ("tone_legs_before", 4.0)))

_CONCENTRATION = Concentration(ug_per_mL=Decimal(500))
CATHETER = Implant(
    tip_level="T10", catheter_length_cm=80.0, primed_with_ug_mL=float(_CONCENTRATION.ug_per_mL)
)
_FILL = Volume(mL=Decimal(18))
_LEFT_BEHIND = Volume(mL=Decimal(0))
_CLOCK = PumpClock(timedelta(hours=5, minutes=30))
_DOSES = ((0, 100), (3, 115), (9, 130), (16, 150))
"""Days after implantation, and mcg/day from then on: within the label's 10 to 30 % a step."""
_REFILLED_AFTER = 20 * DAY
_LIVED = 35 * DAY


def implanted_pump(*, now: datetime) -> Pump:
    """Return the demonstration's pump as it is at ``now``, with all that was done to it before."""
    implanted = utc(now) - _LIVED
    pump = Pump.implanted(
        serial=PumpSerial("TRAINING-1"),
        capability=capability("reference design 20 mL"),
        drug=BACLOFEN,
        fill=_FILL,
        concentration=_CONCENTRATION,
        clock=_CLOCK,
        now=implanted,
    )
    for number, (day, ug_per_day) in enumerate(_DOSES, start=1):
        _set(pump, CommandId(f"history-{number}"), ug_per_day, now=implanted + day * DAY + HOUR)
    at = implanted + _REFILLED_AFTER
    arm = ArmRefill(
        id=CommandId("history-refill-armed"),
        against=WrittenAgainst.of(pump.status(now=at)),
        left_behind=_LEFT_BEHIND,
        fill=_FILL,
        concentration=_CONCENTRATION,
        program=None,
    )
    refill_by_needle(pump, arm, CommandId("history-refill"), at)
    pump.advance(now)
    return pump


def _set(pump: Pump, command: CommandId, ug_per_day: int, *, now: datetime) -> None:
    requested = Program(
        drug=BACLOFEN,
        concentration=_CONCENTRATION,
        base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(ug_per_day))),
    )
    program = compile_program(requested, capability("reference design 20 mL")).program
    pump.handle(SetProgram(id=command, against=WrittenAgainst.of(pump.status(now=now)), program=program), now)
