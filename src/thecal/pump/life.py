"""How long a pump lives: by charge used and by age, both recomputed from raw counters (ITB-108, H-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.pump.plan import ByIdentity
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.pump.rhythm import most_tones_a_day
from thecal.quantities import DAY, microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.counters import Reading
    from thecal.pump.memory import Memory
    from thecal.pump.models import PumpModel

_UC_PER_MAH = 3_600_000
_US_PER_S = 1_000_000
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
        replace_expected: when replacement will be asked for if it goes on as it has, or was.
    """

    used_uC: int
    share: int
    replace_at: datetime | None
    ends_at: datetime
    replace_expected: datetime


def life_of(memory: Memory, model: PumpModel) -> Life:
    """Return where a pump's life stands, every date of it worked out of the raw counters."""
    used = charge_used(memory, model)
    return Life(
        used_uC=used,
        share=used * 100 // _CHARGES(model, _UNIT).battery,
        replace_at=memory.replace_at,
        ends_at=ends_at(memory, model),
        replace_expected=_replace_expected(memory, model),
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
    """Return the charge used up to a pump's present (ITB-109)."""
    return charge_of(memory.reading, model)


def charge_of(reading: Reading, model: PumpModel) -> int:
    """Return the charge used by when the counters showed this: electronics, drive, radio, tones."""
    counters, charges = reading.counters, _CHARGES(model, _UNIT)
    return (
        (reading.lived_us * charges.idle_a_second + counters.radio_us * charges.radio_a_second) // _US_PER_S
        + reading.counts * charges.quantum
        + counters.tones * charges.tone
        + counters.extra_uC
    )


def ends_at(memory: Memory, model: PumpModel) -> datetime:
    """Return when the pump will stop: 90 days after it asked to be replaced, or at its age limit."""
    charges = _CHARGES(model, _UNIT)
    aged = memory.implanted_at + charges.limit
    return aged if memory.replace_at is None else min(aged, memory.replace_at + charges.warning)


def asks_for_replacement(reading: Reading, model: PumpModel) -> bool:
    """Say whether, by these counters, so much charge or age is used that replacement is due."""
    charges = _CHARGES(model, _UNIT)
    aged = timedelta(microseconds=reading.lived_us) >= charges.limit - charges.warning
    return aged or _left(reading, model, _SPENT_PERCENT) <= 0


def is_believed(memory: Memory, model: PumpModel) -> bool:
    """Say whether what was kept of the request to be replaced follows from the counters (H-22).

    A legacy pump does not ask: wrong dates of replacement were told (Z-1338-2012).
    """
    kept = memory.replacement
    if kept is None or not memory.profile.tests_itself:
        return True
    return kept.precedes(memory.reading) and asks_for_replacement(kept, model)


def is_depleted(memory: Memory, model: PumpModel) -> bool:
    """Say whether nothing is left to drive, to sound or to wake with; what was written stays."""
    return _left(memory.reading, model, 100) <= 0


def next_check(memory: Memory, model: PumpModel) -> datetime:
    """Return a self-test at or before which the next threshold of charge or age cannot have been passed."""
    charges, plan = _CHARGES(model, _UNIT), memory.plan
    soonest = self_test_after(memory, memory.at)
    if not is_believed(memory, model):
        return soonest
    quanta = max(plan.most_pace, plan.most_once_pace) * microseconds(DAY) // plan.scale + 1
    tones = most_tones_a_day(memory.raised, memory.intervals)
    a_day = quanta * charges.quantum + 86_400 * charges.idle_a_second + tones * charges.tone
    to = _SPENT_PERCENT if memory.replacement is None else 100
    wait = timedelta(microseconds=_left(memory.reading, model, to) * microseconds(DAY) // a_day)
    by_charge = self_test_after(memory, memory.at + max(wait - SELF_TEST_EVERY, timedelta(0)))
    if memory.replacement is not None:
        return max(soonest, by_charge)
    return max(soonest, min(by_charge, ends_at(memory, model) - charges.warning))


def self_test_after(memory: Memory, moment: datetime) -> datetime:
    """Return the first self-test after a moment: they come every 15 minutes from implantation."""
    done = (moment - memory.implanted_at) // SELF_TEST_EVERY
    return memory.implanted_at + (done + 1) * SELF_TEST_EVERY


def _left(reading: Reading, model: PumpModel, percent: int) -> int:
    """Return the charge that is left until so much of the battery is used."""
    return _CHARGES(model, _UNIT).battery * percent // 100 - charge_of(reading, model)


def _replace_expected(memory: Memory, model: PumpModel) -> datetime:
    """Return when replacement is asked for if charge goes on being used as it was since implantation."""
    if memory.replace_at is not None:
        return memory.replace_at
    charges, reading = _CHARGES(model, _UNIT), memory.reading
    aged = memory.implanted_at + charges.limit - charges.warning
    used = charge_of(reading, model)
    left = _left(reading, model, _SPENT_PERCENT)
    by_age = aged - memory.at
    if not used or left * reading.lived_us >= used * microseconds(by_age):
        return aged
    return memory.at + timedelta(microseconds=left * reading.lived_us // used)
