"""The memories of pumps that run, and what a command is written against."""

from __future__ import annotations

from builders.pumps import (
    C2000,
    START,
    continuous,
    running,
)
from thecal.pump.commit import Written
from thecal.pump.memory import Memory
from thecal.quantities import DAY, Concentration

C1000 = Concentration(ug_per_mL=C2000.ug_per_mL / 2)


def running_memory() -> Memory:
    """Return the memory of a pump that gave 200 mcg/day for a day."""
    pump = running(continuous(200))
    pump.advance(START + DAY)
    return pump.memory


def written(memory: Memory) -> Written:
    """Return what a command is written against by somebody who has just read the pump."""
    return Written(revision=memory.revision, digest=memory.plan.digest)
