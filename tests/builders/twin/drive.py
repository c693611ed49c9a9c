"""A pump's memory and drive by themselves, without the pump around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from builders.pumps import C2000, MODEL, implanted, program, ug_a_day
from thecal.pump import LEGACY
from thecal.pump.hardware import Hardware
from thecal.pump.memory import Memory
from thecal.pump.scheduler import flow, flow_now
from thecal.pump.tape import Tape
from thecal.quantities import MINUTE, FlowRate, Mass
from thecal.therapy import PeriodicBolus, Program

TICK = timedelta(microseconds=1)
NOTHING = FlowRate(mL_per_day=Decimal(0))
US_A_MINUTE = 60_000_000


def told_to(what: Program, fill: str = "18") -> tuple[Memory, Hardware]:
    """Return a pump that was just told to run a program, 1440 mcg/day of it being one quantum a minute."""
    pump = implanted(fill, C2000, profile=LEGACY)
    memory = replace(pump.memory, program=what, once_over=what.once is None, raised=())
    return memory, pump.hardware


def lived(what: Program, length: timedelta, fill: str = "18") -> tuple[Memory, Hardware]:
    """Return a pump after its drive has run so long, or up to the first mark."""
    memory, hardware = told_to(what, fill)
    return flow(memory, hardware, memory.at + length)


def per_minute(memory: Memory) -> Fraction:
    """Return the flow at the present, in quanta a minute."""
    return flow_now(memory) / Fraction(MODEL.quantum.mL) / 1440


def at(memory: Memory, moment: datetime) -> Memory:
    """Return a memory at another moment, as if its drive had stood."""
    return replace(memory, at=moment, tape=Tape([(0, NOTHING, C2000)]))


PERIODIC = program(
    PeriodicBolus(
        background=ug_a_day(1440),
        bolus=Mass(ug=Decimal(20)),
        duration=10 * MINUTE,
        interval=timedelta(hours=4),
        first=time(0),
    ),
    concentration=C2000,
)
