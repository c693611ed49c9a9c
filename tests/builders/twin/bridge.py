"""A pump that was refilled with another concentration, and runs a bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.pumps import (
    START,
    continuous,
    mL,
    program,
    refill,
    running,
    ug_a_day,
)
from thecal.pump import Profile, Pump
from thecal.pump.profile import REFERENCE
from thecal.quantities import DAY
from thecal.therapy import Bridge, SimpleContinuous

if TYPE_CHECKING:
    from thecal.quantities import Concentration


DOSE, TUBE = ug_a_day(200), mL("0.2")


def bridged(old: Concentration, new: Concentration, profile: Profile = REFERENCE) -> Pump:
    """Return a pump that has just been refilled with another solution, and bridges the tube."""
    pump = running(continuous(200, old), profile=profile)
    pump.advance(START + DAY)
    bridge = Bridge(dose=DOSE, old_concentration=old, dead_volume=TUBE)
    after = program(SimpleContinuous(dose=DOSE), once=bridge, concentration=new)
    refill(pump, fill="18", left="0", concentration=new, what=after)
    return pump
