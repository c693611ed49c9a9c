"""The pump's account of pump tubing and catheter after a revision: what they hold now, and how much."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.dead_space import LEAST_DEAD_VOLUME, MOST_DEAD_VOLUME, NOTHING, Entered, Tube
from thecal.pump.errors import RefusedError
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.tube import check_tube
from thecal.quantities import plain, write_concentration, write_volume
from thecal.therapy import Bridge, Priming

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.therapy import ReviseCatheter

_MOST_PLACES = 6


def revise_catheter(memory: Memory, command: ReviseCatheter) -> Memory:
    """Return the memory of a pump whose catheter was revised; what has left the old tip still counts.

    Raises:
        RefusedError: a volume or a solution that cannot be, a prime or a bridge that is running, or a program
            that would run into another solution than its own.
    """
    volume = Fraction(command.dead_volume.mL)
    allowed = Fraction(LEAST_DEAD_VOLUME.mL) <= volume <= Fraction(MOST_DEAD_VOLUME.mL)
    if not allowed or (volume * 10**_MOST_PLACES).denominator != 1:
        raise RefusedError(
            f"dead volume: {plain(command.dead_volume.mL)} mL is outside what is allowed, "
            f"{write_volume(LEAST_DEAD_VOLUME)} to {write_volume(MOST_DEAD_VOLUME)} (pump tubing alone, and "
            f"with the longest catheter), in at most {_MOST_PLACES} decimal places"
        )
    highest = memory.program.drug.highest_concentration
    if command.contents is not None and command.contents > highest:
        raise RefusedError(
            f"concentration in the catheter: {write_concentration(command.contents)} is outside what is "
            f"allowed, above 0 mcg/mL to {write_concentration(highest)} "
            f"({memory.program.drug.concentration_source})"
        )
    if not memory.once_over and isinstance(memory.program.once, (Bridge, Priming)):
        raise RefusedError(
            "catheter revised: a prime or a bridge is running, which was written for the catheter before; "
            "stop the pump first"
        )
    revised = replace(memory, tube=_account(memory, command))
    try:
        check_tube(revised, memory.program)
    except RefusedError as refusal:
        raise RefusedError(
            f"catheter revised: the program that runs does not bridge what the catheter holds now. Stop the "
            f"pump, enter the revision, then write a program with a bridge. {refusal.reason}"
        ) from refusal
    holds = "nothing" if command.contents is None else write_concentration(command.contents)
    log = recorded(
        memory.log,
        Kind.CATHETER_REVISED,
        at=memory.at,
        command=command.id,
        dead_volume_mL=plain(command.dead_volume.mL),
        holds=holds,
        reason=command.reason,
    )
    return replace(revised, last_command=command.id, log=log)


def _account(memory: Memory, command: ReviseCatheter) -> Tube:
    """Return what has entered pump tubing and catheter, as if the new contents had just filled them.

    The solutions that have left the old tip stay, because the 24-hour dose limit counts them; each is moved
    so that it leaves the new dead volume when it left the old one.
    """
    counts, quantum = memory.drive.counts, Fraction(memory.capability.quantum.mL)
    filled_at = counts - -(-Fraction(command.dead_volume.mL) // quantum)
    now = Entered(concentration=memory.reservoir.concentration, counts=counts, at=memory.at)
    holding = Entered(concentration=command.contents or NOTHING, counts=filled_at, at=memory.at)
    entered: tuple[Entered, ...] = (holding, now)
    later = filled_at
    for one in reversed(_left_before(memory, command)):
        later = min(one.counts, later - 1)
        entered = (replace(one, counts=later), *entered)
    return Tube(entered=entered, volume=command.dead_volume)


def _left_before(memory: Memory, command: ReviseCatheter) -> tuple[Entered, ...]:
    """Return the solutions that have left the old tip; of a dead volume that is not known, the strongest."""
    tube, counts, quantum = memory.tube, memory.drive.counts, Fraction(memory.capability.quantum.mL)
    if not counts:
        return ()
    if tube is None:
        return (Entered(concentration=memory.reservoir.concentration, counts=0, at=memory.implanted_at),)
    first = tube.entered[0]
    if tube.volume is None:
        strongest = max(one.concentration for one in tube.entered)
        return (replace(first, concentration=strongest),)
    shift = int((Fraction(tube.volume.mL) - Fraction(command.dead_volume.mL)) // quantum)
    gone = counts - Fraction(tube.volume.mL) / quantum
    left = [one for one in tube.entered[1:] if one.counts <= gone]
    return (first, *(replace(one, counts=one.counts + shift) for one in left))
