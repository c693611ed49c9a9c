"""What a needle and a restart truly do to a mechanism, whatever the pump was told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.pump.conditions import Cause, Condition
from thecal.pump.errors import RefusedError
from thecal.pump.hardware import PPM, ppm_of_volume
from thecal.pump.tape import Tape
from thecal.quantities import MINUTE, Volume
from thecal.therapy import Reservoir, ReservoirError

if TYPE_CHECKING:
    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory
    from thecal.quantities import Concentration

_SURGES_FOR = 10 * MINUTE
"""A pump that delivered by itself after a stop and a restart did so within ten minutes (Sgouros 2010)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """What a needle did: drew out all but ``left_behind``, and put in ``volume`` of ``product``."""

    left_behind: Volume
    volume: Volume
    product: Concentration


def filled_truly(memory: Memory, hardware: Hardware, needle: Needle, *, believed: Reservoir) -> Hardware:
    """Return the mechanism after a filling. Through a flipped pump no needle finds the port (H-18, H-50).

    Args:
        memory: of the pump when it was filled.
        hardware: the mechanism then.
        needle: what was done.
        believed: what the pump takes its reservoir to hold now.

    Raises:
        RefusedError: more than the reservoir can take.
    """
    if hardware.acts(Cause.FLIPPED, memory.at) is not None:
        return replace(hardware, truth=hardware.truth or Tape(list(memory.tape)))
    can = memory.capability
    held = Reservoir(
        content=min(can.unusable + hardware.left(can), can.reservoir),
        capacity=can.reservoir,
        unusable=can.unusable,
        concentration=hardware.concentration,
    )
    left = min(needle.left_behind, held.content)
    try:
        holds = held.refill(needle.volume, needle.product, left_behind=left)
    except ReservoirError as error:
        raise RefusedError(f"refill: {error}") from error
    after = replace(
        hardware,
        content=ppm_of_volume(holds.usable, can.quantum),
        drawn=0,
        concentration=holds.concentration,
    )
    differs = holds.concentration != believed.concentration or (
        after.content != ppm_of_volume(believed.usable, can.quantum)
    )
    if hardware.truth is None and differs:
        after = replace(after, truth=Tape(list(memory.tape)))
    return after


def kept_apart(memory: Memory, hardware: Hardware) -> Hardware:
    """Return the mechanism of a pump that was told of a filling: where it differs, the truth is kept apart.

    A confirmation without a needle changes what the pump believes, and nothing in the reservoir (H-47).
    """
    believed = ppm_of_volume(memory.holding.usable, memory.capability.quantum)
    holds = hardware.content - hardware.drawn
    same = holds == believed and hardware.concentration == memory.reservoir.concentration
    plain = not hardware.conditions and hardware.gain == PPM and not memory.raised
    if same and plain and hardware.truth == memory.tape:
        return replace(hardware, truth=None)
    return (
        hardware if same or hardware.truth is not None else replace(hardware, truth=Tape(list(memory.tape)))
    )


def surged(before: Memory, after: Memory, hardware: Hardware) -> Hardware:
    """Return the mechanism after a restart: one that surges runs ahead for a while (H-20)."""
    if not before.program.is_stopped or after.program.is_stopped:
        return hardware
    surge = hardware.acts(Cause.RESTART_SURGE, after.at)
    if surge is None:
        return hardware
    return hardware.with_conditions(
        Condition(cause=Cause.RUNAWAY, since=after.at, until=after.at + _SURGES_FOR, size=surge.size)
    )
