"""A last reading of a pump, written by hand: no bench and no pump stands behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from thecal.body import Implant
from thecal.lab import Origin, VirtualPatient
from thecal.lab.forecast import LastReading, Subject
from thecal.pump import capability
from thecal.quantities import DAY, Concentration, DoseRate, FlowRate, Interval, Volume
from thecal.therapy import (
    BACLOFEN,
    Delivery,
    DeliverySegment,
    Interrogation,
    Program,
    PumpSerial,
    PumpStatus,
    SimpleContinuous,
    program_digest,
)

READ_AT = datetime(2026, 3, 27, 8, tzinfo=UTC)
CONCENTRATION = Concentration(ug_per_mL=Decimal(500))
RUNNING = Program(
    drug=BACLOFEN,
    concentration=CONCENTRATION,
    base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(150))),
)
FLOW = FlowRate(mL_per_day=Decimal("0.3"))
"""Of 150 mcg/day of 500 mcg/mL."""


def last_reading(*, content_mL: str = "18", days_recorded: int = 10) -> LastReading:
    began = READ_AT - days_recorded * DAY
    recorded = DeliverySegment(interval=Interval(began, READ_AT), flow=FLOW, concentration=CONCENTRATION)
    status = PumpStatus(
        serial=PumpSerial("R-1"),
        at=READ_AT,
        revision=3,
        program_digest=program_digest(RUNNING),
        last_command=None,
        stopped=False,
        paused=False,
        flow=FLOW,
        content=Volume(mL=Decimal(content_mL)),
        concentration=CONCENTRATION,
        delivered=Volume(mL=Decimal(3)),
        alarms=(),
        escalated=(),
        sound_off=False,
        log_records=0,
    )
    interrogation = Interrogation(
        status=status,
        program=RUNNING,
        started=began,
        filled_at=began,
        clock_offset=timedelta(hours=1),
        capability=capability("reference design 20 mL"),
    )
    return LastReading(
        interrogation=interrogation,
        read_at=READ_AT,
        delivery=Delivery((recorded,) if days_recorded else ()),
    )


def subject_of(reading: LastReading, *, now: datetime = READ_AT) -> Subject:
    """Return a patient with a pump that was read, and a catheter that was primed."""
    return Subject(
        reading=reading,
        patient=VirtualPatient(origin=Origin.SPINAL, known=(("tone_legs_before", 4.0),)),
        implant=Implant(tip_level="T10", catheter_length_cm=80.0, primed_with_ug_mL=500.0),
        now=now,
    )
