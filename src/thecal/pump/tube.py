"""What is in catheter and tubing: after a change of concentration still the old solution (ITB-050, H-07).

The pump knows what it gave before, and how much its drive has moved since. How large the dead space is it
takes from the bridge that was ordered, within what any catheter can hold. As long as it is not known to be
clear, a program has to bridge it: the flow of one solution is another dose of the other (S-38).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.dead_space import MOST_DEAD_VOLUME, Tube
from thecal.pump.errors import RefusedError
from thecal.pump.motor import decimal_places
from thecal.pump.plan import DAY_US
from thecal.quantities import Volume, microseconds, write_concentration, write_volume
from thecal.therapy import Bridge

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.pump.tape import Change
    from thecal.therapy import Once, Program


def changed(memory: Memory, volume: Volume | None) -> Tube:
    """Return the tube of a pump that is being filled with another solution; of two old ones the stronger.

    Args:
        memory: of the pump before it was filled.
        volume: of the dead space, where a bridge has named it that is not to run now.
    """
    holds = memory.program.concentration
    if memory.tube is not None and not left_of(memory).is_zero:
        holds = max(holds, memory.tube.holds)
    return Tube(holds=holds, since=memory.at, counts=memory.drive.counts, volume=volume)


def named(memory: Memory, once: Once | None) -> Tube | None:
    """Return the tube after a bridge was ordered: what is still to be driven out is what the bridge says."""
    tube = memory.tube
    if tube is None or not isinstance(once, Bridge):
        return tube
    whole = decimal_places(_driven(memory, tube)) + once.dead_volume.mL
    return replace(tube, volume=Volume(mL=whole if tube.volume is None else max(whole, tube.volume.mL)))


def cleared(memory: Memory) -> Tube | None:
    """Return the tube after its bridge has run to its end: it held no more than was driven since."""
    tube = memory.tube
    return None if tube is None else replace(tube, volume=Volume(mL=decimal_places(_driven(memory, tube))))


def left_of(memory: Memory) -> Volume:
    """Return how much of the old solution is still in catheter and tubing, at the most."""
    tube = memory.tube
    if tube is None:
        return Volume(mL=Decimal(0))
    left = Fraction((tube.volume or MOST_DEAD_VOLUME).mL) - _driven(memory, tube)
    return Volume(mL=decimal_places(max(Fraction(0), left)))


def _driven(memory: Memory, tube: Tube) -> Fraction:
    return (memory.drive.counts - tube.counts) * Fraction(memory.capability.quantum.mL)


def check_tube(memory: Memory, program: Program) -> None:
    """Refuse a program that would give what is in the tube at another solution's flow (ITB-050, S-38).

    Raises:
        RefusedError: no bridge where one is needed, or one of another solution or volume than there is.
    """
    if not memory.profile.wants_bridge or program.is_stopped:
        return
    left, bridge = left_of(memory), program.once
    if not isinstance(bridge, Bridge):
        if memory.tube is not None and not left.is_zero:
            raise RefusedError(
                f"bridge: catheter and tubing still hold {_tube_text(memory, left)}; a new concentration "
                "comes with a bridge, and so does every program until it has ended (ITB-050)"
            )
        return
    if bridge.dead_volume > MOST_DEAD_VOLUME:
        raise RefusedError(
            f"bridge: {write_volume(bridge.dead_volume)} is outside what is allowed, above 0 mL to "
            f"{write_volume(MOST_DEAD_VOLUME)} (more than tubing and the longest catheter hold)"
        )
    if memory.tube is None or left.is_zero:
        if memory.drive.counts:
            raise RefusedError(
                f"bridge: this pump has given {write_concentration(memory.program.concentration)} and no "
                "other solution, so there is nothing to bridge"
            )
        return
    if bridge.old_concentration != memory.tube.holds:
        raise RefusedError(
            f"bridge: {write_concentration(bridge.old_concentration)} is not what catheter and tubing hold, "
            f"{write_concentration(memory.tube.holds)}"
        )
    if memory.tube.volume is not None and bridge.dead_volume < left:
        raise RefusedError(
            f"bridge: {write_volume(bridge.dead_volume)} is less than what is still to be driven out, "
            f"{_tube_text(memory, left)}"
        )


def _tube_text(memory: Memory, left: Volume) -> str:
    tube = memory.tube
    held = memory.program.concentration if tube is None else tube.holds
    known = tube is not None and tube.volume is not None
    return f"{write_volume(left)} of {write_concentration(held)}" if known else write_concentration(held)


def fills_the_tube(memory: Memory, volume: Volume) -> bool:
    """Say whether a prime only fills the tube: nothing was driven since implantation, and no more is now."""
    return memory.drive.counts == 0 and volume <= MOST_DEAD_VOLUME


def left_the_tube(memory: Memory, since: int) -> list[Change]:
    """Return what flowed from a moment on (microseconds of life), at the strength at which it left the tube.

    What is driven out first is the old solution by volume, whatever moved it: a bridge, a patient's bolus
    meanwhile, or a program after a bridge that was cut short. Where nobody has said how much the tube holds,
    the stronger of both is counted.
    """
    tube = memory.tube
    if tube is None:
        return memory.tape.since(since)
    begun = microseconds(tube.since - memory.implanted_at)
    left = Fraction((tube.volume or MOST_DEAD_VOLUME).mL) * DAY_US
    changes = [change for change in memory.tape.since(since) if change[0] < begun]
    own = memory.tape.since(begun)
    ends = [*(at for at, _, _ in own[1:]), microseconds(memory.at - memory.implanted_at)]
    for (at, flow, strength), until in zip(own, ends, strict=False):
        begins = max(at, begun)
        needed = Fraction(flow.mL_per_day) * (until - begins)
        ended = until if needed <= left else begins + int(left / Fraction(flow.mL_per_day))
        left = max(Fraction(0), left - needed)
        held = tube.holds if tube.volume is not None else max(tube.holds, strength)
        changes += [(begins, flow, held), (ended, flow, strength)]
    return changes
