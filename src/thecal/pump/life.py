"""How long a pump lives: by charge used and by age, both recomputed from raw counters (ITB-108, H-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.pump.plan import ByIdentity
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.quantities import DAY, microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.memory import Memory
    from thecal.pump.models import PumpModel

_UC_PER_MAH = 3_600_000
_US_PER_S = 1_000_000
_TONES_A_DAY = 150
"""More than any alarm sounds in a day."""
_SPENT_PERCENT = 90
"""Replacement is asked for when so much of the charge is used; assumed, no maker's figure was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is left, as far as the counters say.

    Attributes:
        used_uC: charge used, in microcoulombs.
        share: of the battery, in percent, rounded down; the estimate may be wrong by ``battery_error``.
        replace_at: when replacement was first asked for; None not yet.
        ends_at: when the pump stops: after its warning time, or at its age limit.
    """

    used_uC: int
    share: int
    replace_at: datetime | None
    ends_at: datetime


def life_of(memory: Memory, model: PumpModel) -> Life:
    """Return where a pump's life stands."""
    used = charge_used(memory, model)
    return Life(
        used_uC=used,
        share=used * 100 // _CHARGES(model, _UNIT).battery,
        replace_at=memory.replace_at,
        ends_at=ends_at(memory, model),
    )


@dataclass(frozen=True, slots=True)
class _Charges:
    """A model's figures in whole microcoulombs and days."""

    battery: int
    idle_a_second: int
    radio_a_second: int
    quantum: int
    tone: int
    warning: timedelta
    limit: timedelta


def _charges(model: PumpModel, _unit: str) -> _Charges:
    number = model.number
    return _Charges(
        battery=int(number("battery") * _UC_PER_MAH),
        idle_a_second=int(number("idle_current")),
        radio_a_second=int(number("radio_current") * 1000),
        quantum=int(number("quantum_charge") * 1000),
        tone=int(number("tone_charge") * 1000),
        warning=timedelta(days=int(number("eri_days"))),
        limit=timedelta(days=int(number("life_days"))),
    )


_CHARGES = ByIdentity(_charges)
_UNIT = "microcoulomb"


def charge_used(memory: Memory, model: PumpModel) -> int:
    """Return the charge used up to a pump's present: electronics, drive, radio, tones (ITB-109)."""
    counters, charges = memory.counters, _CHARGES(model, _UNIT)
    idle = microseconds(memory.at - memory.implanted_at) * charges.idle_a_second
    return (
        (idle + counters.radio_us * charges.radio_a_second) // _US_PER_S
        + memory.drive.counts * charges.quantum
        + counters.tones * charges.tone
        + counters.extra_uC
    )


def ends_at(memory: Memory, model: PumpModel) -> datetime:
    """Return when the pump will stop: 90 days after it asked to be replaced, or at its age limit."""
    charges = _CHARGES(model, _UNIT)
    aged = memory.implanted_at + charges.limit
    return aged if memory.replace_at is None else min(aged, memory.replace_at + charges.warning)


def asks_for_replacement(memory: Memory, model: PumpModel) -> bool:
    """Say whether the battery is spent so far, or the age limit so near, that replacement is asked for."""
    return _left(memory, model) <= 0 or memory.at >= ends_at(memory, model) - _CHARGES(model, _UNIT).warning


def next_check(memory: Memory, model: PumpModel) -> datetime:
    """Return a self-test at or before which nothing can have asked for the pump to be replaced."""
    charges, plan = _CHARGES(model, _UNIT), memory.plan
    soonest = self_test_after(memory, memory.at)
    quanta = max(plan.most_pace, plan.most_once_pace) * microseconds(DAY) // plan.scale + 1
    a_day = quanta * charges.quantum + 86_400 * charges.idle_a_second + _TONES_A_DAY * charges.tone
    wait = timedelta(microseconds=_left(memory, model) * microseconds(DAY) // a_day)
    by_charge = self_test_after(memory, memory.at + max(wait - SELF_TEST_EVERY, timedelta(0)))
    return max(soonest, min(by_charge, ends_at(memory, model) - charges.warning))


def self_test_after(memory: Memory, moment: datetime) -> datetime:
    """Return the first self-test after a moment: they come every 15 minutes from implantation."""
    done = (moment - memory.implanted_at) // SELF_TEST_EVERY
    return memory.implanted_at + (done + 1) * SELF_TEST_EVERY


def _left(memory: Memory, model: PumpModel) -> int:
    """Return the charge that is left until replacement is asked for."""
    return _CHARGES(model, _UNIT).battery * _SPENT_PERCENT // 100 - charge_used(memory, model)
