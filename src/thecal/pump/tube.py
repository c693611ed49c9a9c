"""What is in catheter and tubing: after a change of solution still the old one (ITB-050, H-07).

The pump knows what was in its reservoir, and how much its drive has moved since. How large the dead space is
it takes from the bridge or the prime that was ordered, within what any catheter can hold. As long as it is
not known to be clear, a program has to bridge it: a flow of one solution is another dose of the other (S-38).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.pump.dead_space import (
    LEAST_DEAD_VOLUME,
    MOST_DEAD_VOLUME,
    NOTHING,
    Entered,
    Tube,
    are_alike,
)
from thecal.pump.errors import RefusedError
from thecal.pump.motor import decimal_places
from thecal.pump.plan import DAY_US
from thecal.quantities import DAY, HOUR, Volume, microseconds, write_concentration, write_volume
from thecal.therapy import Bridge, Priming, UndeliverableError, compile_program

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.pump.tape import Change
    from thecal.quantities import Concentration
    from thecal.therapy import Program

_KEPT, _KEPT_FOR = 4, DAY + HOUR
_MOST_PLACES = 6
_ROUNDED = 2
"""So many quanta a bridge may end short of its volume, by where it began and ended within one."""


# --- what is known ------------------------------------------------------------------------------------------


def changed(memory: Memory, into: Concentration, volume: Volume | None) -> Tube | None:
    """Return the tube of a pump whose reservoir holds another solution from now on; None where it never did.

    What has not been driven yet has not entered. What left the tip more than a day ago is forgotten.

    Args:
        memory: of the pump before it was filled.
        into: what is in the reservoir now, the mixture.
        volume: of the dead space, where a bridge has named it that is not to run now.
    """
    tube, counts = memory.tube, memory.drive.counts
    before = memory.reservoir.concentration
    entered: tuple[Entered, ...]
    if tube is None:
        entered = (Entered(concentration=before, counts=0, at=memory.implanted_at),)
    else:
        entered, volume = tube.entered, volume or tube.volume
    if len(entered) > 1 and entered[-1].counts == counts:
        entered = entered[:-1]
    if entered[-1].concentration != into:
        entered = (*entered, Entered(concentration=into, counts=counts, at=memory.at))
    gone = memory.at - _KEPT_FOR
    deep = counts - Fraction(MOST_DEAD_VOLUME.mL) / Fraction(memory.capability.quantum.mL)
    while len(entered) > _KEPT and entered[1].counts <= deep and entered[1].at < gone:
        entered = entered[1:]
    return Tube(entered=entered, volume=volume) if len(entered) > 1 else None


def ordered(memory: Memory, program: Program) -> Tube | None:
    """Return the tube after a program was ordered: a bridge, or the first prime, says how much it holds.

    On a new pump a bridge says what a kept catheter holds, and a prime that it holds nothing; the last of
    them is believed. A prime of less than any tube holds says nothing of how much that is.
    """
    once, tube = program.once, memory.tube
    if isinstance(once, Priming) and fills_the_tube(memory, once.volume):
        volume = once.volume if once.volume >= LEAST_DEAD_VOLUME else None
        return Tube(entered=_since_new(memory, NOTHING), volume=volume)
    if not isinstance(once, Bridge):
        return tube
    if not memory.drive.counts:
        return Tube(entered=_since_new(memory, once.old_concentration), volume=once.dead_volume)
    if tube is None:
        return None
    return replace(tube, volume=Volume(mL=decimal_places(_since_change(memory, tube)) + once.dead_volume.mL))


def _since_new(memory: Memory, held: Concentration) -> tuple[Entered, ...]:
    return tuple(
        Entered(concentration=one, counts=0, at=memory.at) for one in (held, memory.reservoir.concentration)
    )


def cleared(memory: Memory) -> Tube | None:
    """Return the tube after the time of its bridge: clear, unless less was counted than that drives out."""
    tube = memory.tube
    if tube is None:
        return None
    missing = _volume_of(tube) - _since_change(memory, tube)
    if missing > _ROUNDED * Fraction(memory.capability.quantum.mL):
        return tube
    return replace(tube, volume=Volume(mL=decimal_places(_since_change(memory, tube))))


def fills_the_tube(memory: Memory, volume: Volume) -> bool:
    """Say whether a prime only fills the tube: nothing was driven since implantation, and no more is now."""
    return memory.drive.counts == 0 and volume <= MOST_DEAD_VOLUME


# --- what is in it ------------------------------------------------------------------------------------------


def held(memory: Memory) -> tuple[Concentration, ...]:
    """Return the solutions of before that are still in catheter and tubing, oldest first."""
    tube = memory.tube
    if tube is None:
        return ()
    deep = memory.drive.counts - _volume_of(tube) / Fraction(memory.capability.quantum.mL)
    return tuple(
        one.concentration
        for one, after in pairwise(tube.entered)
        if after.counts > deep
        and one.concentration != NOTHING
        and (one.counts < after.counts or one is tube.entered[0])
    )


def to_bridge(memory: Memory) -> Concentration | None:
    """Return the strongest solution of before that is inside; None where the newest is like it.

    A bridge has one flow. What is weaker than that solution is given too slowly meanwhile, and what lies
    between two of one strength as well: too little, by volume and flow for days, and not too much (S-38).
    """
    tube, before = memory.tube, held(memory)
    if tube is None or not before or are_alike(max(before), tube.entered[-1].concentration):
        return None
    return max(before)


def left_of(memory: Memory) -> Volume:
    """Return how much has still to be driven until nothing that needs a bridge is in the tube."""
    if to_bridge(memory) is None:
        return Volume(mL=Decimal(0))
    return Volume(mL=decimal_places(inside(memory)))


def inside(memory: Memory) -> Fraction:
    """Return how much has still to be driven, in mL, until nothing of before is in the tube."""
    tube = memory.tube
    if tube is None or not held(memory):
        return Fraction(0)
    return max(Fraction(0), _volume_of(tube) - _since_change(memory, tube))


def _since_change(memory: Memory, tube: Tube) -> Fraction:
    """Return how much was driven since the newest solution came, in mL."""
    return (memory.drive.counts - tube.entered[-1].counts) * Fraction(memory.capability.quantum.mL)


def _volume_of(tube: Tube) -> Fraction:
    return Fraction((tube.volume or MOST_DEAD_VOLUME).mL)


# --- what may run -------------------------------------------------------------------------------------------


def check_tube(memory: Memory, program: Program) -> None:
    """Refuse a program that would give what is in the tube at another solution's flow (ITB-050, S-38).

    Raises:
        RefusedError: no bridge where one is needed, or one of another solution or volume than there can be.
    """
    if not memory.profile.wants_bridge or program.is_stopped:
        return
    left, bridge, new = left_of(memory), program.once, not memory.drive.counts
    if not isinstance(bridge, Bridge):
        if not left.is_zero:
            raise RefusedError(
                f"bridge: pump tubing and catheter still hold {_tube_text(memory, left)}; a new "
                "concentration needs a bridge, and so does every program until the bridge has ended (ITB-050)"
            )
        return
    old = to_bridge(memory)
    if old is None and not new:
        newest = write_concentration(memory.reservoir.concentration)
        raise RefusedError(
            f"bridge: besides {newest}, pump tubing and catheter hold "
            f"{_solutions_text(memory) or 'nothing'}; the highest of these concentrations can be delivered "
            f"with the flow of {newest}, so no bridge is needed"
        )
    _check_volume(memory, bridge)
    if not (new or (old is not None and are_alike(bridge.old_concentration, old))):
        raise RefusedError(
            f"bridge: {write_concentration(bridge.old_concentration)} is not what pump tubing and catheter "
            f"hold, {_solutions_text(memory)}; a bridge is for the highest concentration"
        )


def _check_volume(memory: Memory, bridge: Bridge) -> None:
    since = Fraction(0) if memory.tube is None else _since_change(memory, memory.tube)
    low = max(Fraction(0), Fraction(LEAST_DEAD_VOLUME.mL) - since)
    high = Fraction(MOST_DEAD_VOLUME.mL) - since
    asked = Fraction(bridge.dead_volume.mL)
    if not low <= asked <= high or (asked * 10**_MOST_PLACES).denominator != 1:
        least, most = (Volume(mL=decimal_places(end)) for end in (low, high))
        raise RefusedError(
            f"bridge: {bridge.dead_volume.mL} mL is outside what is allowed, {write_volume(least)} to "
            f"{write_volume(most)} in at most {_MOST_PLACES} decimal places (the remaining volume of pump "
            "tubing and the longest catheter, after the volume driven since the change)"
        )


def bridged(memory: Memory, program: Program) -> Program | None:
    """Return a program with a bridge of what the tube still holds, and without one where there is nothing.

    None where it is not known how much the tube holds, or the pump cannot give such a bridge.
    """
    left, tube, old = left_of(memory), memory.tube, to_bridge(memory)
    plain = replace(program, once=None)
    if old is None or left.is_zero or tube is None or not memory.profile.wants_bridge:
        return plain
    dose = min(program.daily_doses or (), default=None)
    if tube.volume is None or dose is None or dose.is_zero:
        return None
    bridge = Bridge(dose=dose, old_concentration=old, dead_volume=left)
    try:
        return compile_program(replace(plain, once=bridge), memory.capability).program
    except UndeliverableError:
        return None


def _tube_text(memory: Memory, left: Volume) -> str:
    known = memory.tube is not None and memory.tube.volume is not None
    return f"{write_volume(left)} of {_solutions_text(memory)}" if known else _solutions_text(memory)


def _solutions_text(memory: Memory) -> str:
    return " and ".join(dict.fromkeys(write_concentration(one) for one in held(memory)))


# --- what has left it ---------------------------------------------------------------------------------------


def left_the_tube(memory: Memory, since: int) -> list[Change]:
    """Return what flowed from a moment on (microseconds of life), at the strength at which it left the tube.

    What is driven out is what went in a dead space before. Where nobody has said how large that is, the
    strongest that may be in the tube is counted.
    """
    tube, tape = memory.tube, memory.tape.since(since)
    if tube is None:
        return tape
    moved = (memory.drive.counts + memory.drive.phase) * Fraction(memory.capability.quantum.mL)
    changes: list[Change] = []
    until = microseconds(memory.at - memory.implanted_at)
    for begun, flow, _ in reversed(tape):
        per_us = Fraction(flow.mL_per_day) / DAY_US
        before = moved - per_us * (until - begun)
        edges = sorted({edge for edge in _edges(memory, tube) if before < edge < moved})
        begins = [begun, *(begun + int((edge - before) / per_us) for edge in edges)]
        spans = pairwise((before, *edges, moved))
        parts = [
            (at, flow, _leaving(memory, tube, (low + high) / 2))
            for at, (low, high) in zip(begins, spans, strict=True)
        ]
        changes = parts + changes
        moved, until = before, begun
    return changes


def _edges(memory: Memory, tube: Tube) -> list[Fraction]:
    """Return after how much was driven another solution leaves the tip, or may."""
    quantum, volume = Fraction(memory.capability.quantum.mL), _volume_of(tube)
    came = [one.counts * quantum for one in tube.entered[1:]]
    return [edge + volume for edge in came] + ([] if tube.volume else came)


def _leaving(memory: Memory, tube: Tube, driven: Fraction) -> Concentration:
    """Return what leaves the tip when so much has been driven, in mL."""
    quantum = Fraction(memory.capability.quantum.mL)
    deep = driven - _volume_of(tube)
    inside = [tube.entered[0].concentration]
    for one in tube.entered[1:]:
        came = one.counts * quantum
        if came <= deep:
            inside = [one.concentration]
        elif came < driven:
            inside.append(one.concentration)
    return inside[0] if tube.volume is not None else max(inside)
