"""How far a pump's time may be wrong, declared, so that a reader knows what its minutes are (ITB-119)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.quantities import microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.memory import Memory
    from thecal.pump.models import PumpModel

_PPM = 1_000_000


def clock_error(memory: Memory, model: PumpModel) -> timedelta:
    """Return by how much, at the most, what the clock of the day shows may be wrong since it was set."""
    return _error(model, memory.at - (memory.clock_set_at or memory.implanted_at))


def record_error(memory: Memory, model: PumpModel, at: datetime) -> timedelta:
    """Return by how much, at the most, the time of a record may be wrong.

    Records are told in the base of the dose, which nobody sets, so that no order of things is ever lost.
    """
    return _error(model, at - memory.implanted_at)


def _error(model: PumpModel, lasting: timedelta) -> timedelta:
    drift = -(-microseconds(lasting) * int(model.number("clock_drift")) // _PPM)
    return timedelta(seconds=int(model.number("clock_error")), microseconds=drift)
