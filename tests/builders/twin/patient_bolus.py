"""Pumps of the drug that allows a patient's bolus."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from builders.pumps import (
    C500,
    CLOCK,
    MODEL,
    START,
    fresh_id,
    mL,
    send,
    ug_a_day,
)
from builders.therapy import OTHER_DRUG
from thecal.pump import Kind, Pump, RefusedError
from thecal.quantities import HOUR, MINUTE, Mass
from thecal.therapy import (
    Once,
    PatientBolus,
    Program,
    PumpSerial,
    RequestPatientBolus,
    SimpleContinuous,
)

ALLOWED = PatientBolus(dose=Mass(ug=Decimal(10)), duration=10 * MINUTE, most_per_day=4, lockout=2 * HOUR)


EACH_mL, BASE_mL = Decimal("0.02"), Decimal("0.24")


def wanted(once: Once | None = None, *, dose: int = 120, allowed: PatientBolus | None = ALLOWED) -> Program:
    """Return 120 mcg a day, and four boluses of 10 mcg for the asking."""
    base = SimpleContinuous(dose=ug_a_day(dose))
    return Program(drug=OTHER_DRUG, concentration=C500, base=base, once=once, patient_bolus=allowed)


def asked_of(what: Program, fill: str = "18") -> Pump:
    """Return a pump of the drug that allows a patient's bolus."""
    pump = Pump.implanted(
        serial=PumpSerial("TH-0002"),
        capability=MODEL,
        drug=OTHER_DRUG,
        fill=mL(fill),
        concentration=C500,
        clock=CLOCK,
        now=START,
    )
    send(pump, what)
    return pump


def refused(pump: Pump, why: str, *, now: datetime) -> None:
    """Ask, and see that nothing comes of it but a record."""
    boluses = pump.memory.patient_boluses
    with pytest.raises(RefusedError, match=why):
        pump.handle(RequestPatientBolus(id=fresh_id()), now)
    assert pump.memory.patient_boluses == boluses
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED
