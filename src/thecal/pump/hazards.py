"""The hazards that live in a pump, brought about by id: what acts upon it, and what somebody does with it.

One alone or several together, at a moment; by chance, at the published rates, in ``faults.by_chance``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump.conditions import SIZES, Cause, Condition
from thecal.pump.errors import RefusedError
from thecal.pump.faults import HAZARDS
from thecal.quantities import DAY, HOUR, MINUTE, Concentration, DoseRate, Mass, Volume
from thecal.therapy import CommandId, PeriodicBolus, Priming, Program, SimpleContinuous

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from thecal.pump.handle import Pump

FELT = MappingProxyType(
    {
        Cause.FEVER: Decimal(42),
        Cause.COLD: Decimal(30),
        Cause.ALTITUDE: Decimal(200),
        Cause.HYPERBARIC: Decimal(12),
        Cause.RUNAWAY: Decimal("1.5"),
        Cause.PACED_FAST: Decimal("1.5"),
        Cause.LAGGING: Decimal("0.8"),
        Cause.OVER_INFUSION: Decimal("1.25"),
        Cause.UNDER_INFUSION: Decimal("0.8"),
        Cause.BACKFLOW: Decimal("0.8"),
        Cause.RESTART_SURGE: Decimal(9),
        Cause.BATTERY_DRAIN: Decimal(1500),
        Cause.SUPPLY: Decimal("4.5"),
        Cause.CLOCK_JUMP: Decimal(3600),
        Cause.EXCEPTION: Decimal(77),
        Cause.CODE_BIT: Decimal(3),
        Cause.GAUGE_WRONG: Decimal(4),
        Cause.DEEP: Decimal(3),
    }
)
"""Sizes by which a cause makes itself felt, where nobody names another; assumed."""

_OTHER_STRENGTH = 4
"""500 for 2000 mcg/mL, the pair of H-46."""
_MORNING_UG = Decimal(60)
"""What was meant for once each morning (ISMP), and came every hour."""
_BOLUS = Mass(ug=Decimal(10))
_MEANT = 24
"""Hours that were meant, and minutes that were typed (FDA, 2004)."""
_CATHETER = Decimal("0.176")
"""mL in 80 cm of catheter, beside the tubing (device fact 1.4)."""
_WITHDRAWN = Decimal("0.199")
_ASKED_OFTEN = 24
_STRENGTH_MOST = 2000
_USUAL = DoseRate(ug_per_day=Decimal(100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One hazard that was brought about.

    Attributes:
        hazard: its id.
        conditions: what acts upon the pump since.
        refused: why the pump did not do what was asked; None where nothing was asked, or it did.
    """

    hazard: str
    conditions: tuple[Condition, ...] = ()
    refused: str | None = None


def bring_about(
    pump: Pump,
    *hazards: str,
    now: datetime,
    lasting: timedelta | None = DAY,
    cause: Cause | None = None,
    size: Decimal | None = None,
) -> tuple[Brought, ...]:
    """Bring hazards about on a pump, one after the other, from a moment on.

    What somebody does is done at that moment, some of it over hours or days of the pump's life. Where a
    hazard is something that acts, the first of its causes does, unless another is named.

    Args:
        pump: on which; a refusal is its answer and is told, not raised.
        hazards: ids, ``H-01`` to ``H-50``.
        now: from when.
        lasting: how long causes act; None for good.
        cause: one of the causes of each hazard named, and nobody's act.
        size: of the cause, if it has one; one that makes itself felt, if None.

    Raises:
        ValueError: no such hazard, one that is not the pump's, a cause that is not its own, or a hazard of
            valve pumps on a rotor.
    """
    return tuple(
        _brought(pump, name, now=max(now, pump.present), lasting=lasting, cause=cause, size=size)
        for name in hazards
    )


def condition_of(
    cause: Cause, *, since: datetime, lasting: timedelta | None = DAY, size: Decimal | None = None
) -> Condition:
    """Return a cause as it acts from a moment on, by a size that makes itself felt if none is named."""
    if cause in SIZES and size is None:
        size = FELT[cause]
    return Condition(
        cause=cause,
        since=since,
        until=None if lasting is None else since + lasting,
        size=size,
        until_reset=cause is Cause.VALVE_CLOSED and lasting is not None,
    )


def _brought(
    pump: Pump,
    name: str,
    *,
    now: datetime,
    lasting: timedelta | None,
    cause: Cause | None,
    size: Decimal | None,
) -> Brought:
    if name not in HAZARDS:
        raise ValueError(f"{name!r} is no hazard of the list; known: H-01 to H-{len(HAZARDS)}")
    hazard = HAZARDS[name]
    if hazard.elsewhere:
        raise ValueError(f"{name} is not the pump's: {hazard.elsewhere}")
    if cause is not None and cause not in hazard.causes:
        own = ", ".join(hazard.causes) or "none"
        raise ValueError(f"{name}: {cause} is none of its causes; its own: {own}")
    if hazard.on_valves and not pump.hardware.model.is_pushed:
        raise ValueError(f"{name} befalls valve pumps alone; {pump.hardware.model.name} is none")
    before = pump.hardware.conditions
    refused = None
    if cause is None and name in ACTS:
        try:
            ACTS[name](pump, now)
        except RefusedError as refusal:
            refused = refusal.reason
    else:
        acting = cause or hazard.causes[0]
        pump.arrange(condition_of(acting, since=now, lasting=lasting, size=size))
    more = tuple(one for one in pump.hardware.conditions if one not in before)
    return Brought(hazard=name, conditions=more, refused=refused)


# --- what somebody does ------------------------------------------------------------------------------------


def _fresh(pump: Pump, what: str) -> CommandId:
    """Return an id that this pump has not carried out."""
    return CommandId(f"{what}, record {pump.log.written}")


def _dose(pump: Pump) -> DoseRate:
    """Return what the pump gives a day, where that is one rate."""
    base = pump.memory.program.base
    return base.dose if isinstance(base, SimpleContinuous) else _USUAL


def _send(pump: Pump, program: Program, now: datetime, *, stale: bool = False) -> CommandId:
    """Program a pump as somebody would who has just read it, or read it before another changed it."""
    status, command = pump.status(now=now), _fresh(pump, "program")
    pump.set_program(
        command,
        base_revision=status.revision - 1 if stale else status.revision,
        base_digest=status.program_digest,
        program=program,
        now=now,
    )
    return command


def _steady(pump: Pump, ug_per_day: Decimal) -> Program:
    return replace(
        pump.memory.program, base=SimpleContinuous(dose=DoseRate(ug_per_day=ug_per_day)), once=None
    )


def _other_strength(pump: Pump) -> Concentration:
    """Return the strength that this one is taken for."""
    ug_per_mL = pump.memory.reservoir.concentration.ug_per_mL
    stronger = ug_per_mL * _OTHER_STRENGTH
    return Concentration(ug_per_mL=stronger if stronger <= _STRENGTH_MOST else ug_per_mL / _OTHER_STRENGTH)


def _left(pump: Pump) -> Volume:
    return min(pump.memory.capability.unusable, pump.memory.holding.content)


def _full(pump: Pump) -> Volume:
    return Volume(mL=pump.memory.capability.reservoir.mL - _left(pump).mL)


def _refill(
    pump: Pump,
    now: datetime,
    *,
    fill: Volume | None = None,
    label: Concentration | None = None,
    product: Concentration | None = None,
    program: Program | None = None,
) -> None:
    status = pump.status(now=now)
    pump.refill(
        _fresh(pump, "refill"),
        base_revision=status.revision,
        base_digest=status.program_digest,
        left_behind=_left(pump),
        fill=fill or _full(pump),
        concentration=label or pump.memory.reservoir.concentration,
        program=program,
        now=now,
        product=product,
    )


def _wrong_unit(pump: Pump, now: datetime) -> None:
    typed = PeriodicBolus(
        background=_dose(pump), bolus=_BOLUS, duration=10 * MINUTE, interval=_MEANT * MINUTE
    )
    _send(pump, replace(pump.memory.program, base=typed, once=None), now)


def _wrong_product(pump: Pump, now: datetime) -> None:
    pump.advance(now)
    _refill(pump, now, product=_other_strength(pump))


def _decimal_slipped(pump: Pump, now: datetime) -> None:
    _send(pump, _steady(pump, _dose(pump).ug_per_day * 10), now)


def _every_hour(pump: Pump, now: datetime) -> None:
    _send(pump, _steady(pump, _MORNING_UG * 24), now)


def _primed_too_much(pump: Pump, now: datetime) -> None:
    prime = Priming(volume=Volume(mL=_WITHDRAWN + _CATHETER), duration=30 * MINUTE)
    _send(pump, replace(pump.memory.program, once=prime), now)


def _no_bridge(pump: Pump, now: datetime) -> None:
    pump.advance(now)
    other = _other_strength(pump)
    _refill(pump, now, label=other, program=replace(pump.memory.program, concentration=other, once=None))


def _left_open(pump: Pump, now: datetime) -> None:
    pump.begin_update(now=now)


def _sent_twice(pump: Pump, now: datetime) -> None:
    command = _send(pump, replace(pump.memory.program, once=None), now)
    status = pump.status(now=now)
    pump.set_program(
        command,
        base_revision=status.revision,
        base_digest=status.program_digest,
        program=pump.memory.program,
        now=now,
    )


def _stopped_for_a_scan(pump: Pump, now: datetime) -> None:
    pump.stop(_fresh(pump, "stop"), now=now)
    pump.arrange(replace(condition_of(Cause.MRI_FIELD, since=now, lasting=HOUR), until_seen=True))


def _beside_the_port(pump: Pump, now: datetime) -> None:
    """Tell of a filling that no reservoir took: the needle found no port."""
    pump.arrange(condition_of(Cause.FLIPPED, since=now, lasting=timedelta(seconds=1)))
    _refill(pump, now)


def _too_much(pump: Pump, now: datetime) -> None:
    pump.advance(now)
    _refill(pump, now, fill=Volume(mL=_full(pump).mL + 1))


def _stopped_and_started(pump: Pump, now: datetime) -> None:
    before = pump.memory.program
    pump.arrange(condition_of(Cause.RESTART_SURGE, since=now))
    pump.stop(_fresh(pump, "stop"), now=now)
    _send(pump, replace(before, once=None), now + HOUR)


def _asked_for_a_bolus(pump: Pump, now: datetime) -> None:
    pump.request_bolus(now=now)


def _on_a_stale_base(pump: Pump, now: datetime) -> None:
    _send(pump, replace(pump.memory.program, once=None), now)
    _send(pump, _steady(pump, _dose(pump).ug_per_day * 2), now, stale=True)


def _from_afar(pump: Pump, now: datetime) -> None:
    """Order a stop by radio while no wand is on the skin."""
    pump.check_contact(now=now)
    pump.stop(_fresh(pump, "stop"), now=now)


def _asked_again_and_again(pump: Pump, now: datetime) -> None:
    for number in range(_ASKED_OFTEN):
        pump.contact(HOUR, now=now + number * HOUR)


def _stopped(pump: Pump, now: datetime) -> None:
    pump.stop(_fresh(pump, "stop"), now=now)


def _stopped_for_days(pump: Pump, now: datetime) -> None:
    pump.stop(_fresh(pump, "stop"), now=now)
    pump.advance(now + 2 * DAY + HOUR)


def _needle_alone(pump: Pump, now: datetime) -> None:
    pump.advance(now)
    pump.fill_by_needle(left_behind=_left(pump), fill=_full(pump), product=_other_strength(pump), now=now)


ACTS: MappingProxyType[str, Callable[[Pump, datetime], None]] = MappingProxyType(
    {
        "H-01": _wrong_unit,
        "H-02": _wrong_product,
        "H-03": _decimal_slipped,
        "H-04": _every_hour,
        "H-05": _primed_too_much,
        "H-07": _no_bridge,
        "H-08": _left_open,
        "H-09": _sent_twice,
        "H-15": _stopped_for_a_scan,
        "H-18": _beside_the_port,
        "H-19": _too_much,
        "H-20": _stopped_and_started,
        "H-28": _asked_for_a_bolus,
        "H-30": _on_a_stale_base,
        "H-32": _on_a_stale_base,
        "H-34": _from_afar,
        "H-36": _asked_again_and_again,
        "H-41": _stopped,
        "H-45": _stopped_for_days,
        "H-46": _needle_alone,
        "H-47": _beside_the_port,
        "H-49": _wrong_product,
    }
)
"""What somebody does that brings a hazard about."""
