"""What a command makes of a memory: the whole new one, or a refusal and nothing.

Each act takes the memory as it stands and returns the next; the pump swaps it in at once, so that the old
program runs until the new one is there. The order in which things are checked is the order in which a nurse
wants to know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.pump.errors import RefusedError
from thecal.pump.log import recorded
from thecal.pump.scheduler import end_once
from thecal.quantities import plain, write_concentration
from thecal.therapy import (
    Program,
    ReservoirError,
    Stopped,
    UndeliverableError,
    compile_program,
    program_digest,
)

if TYPE_CHECKING:
    from thecal.pump.log import Log
    from thecal.pump.memory import Memory
    from thecal.quantities import Concentration, Volume
    from thecal.therapy import CommandId, Reservoir

_SMALLEST_PER_ML = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a command was written against: compare-and-set (ITB-144).

    Attributes:
        revision: the pump's revision when it was interrogated.
        digest: of the program that ran then.
    """

    revision: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """What was done to the reservoir.

    Attributes:
        left_behind: what could not be drawn out.
        volume: what was filled in.
        concentration: of what was filled in, as its label says.
    """

    left_behind: Volume
    volume: Volume
    concentration: Concentration


def set_program(memory: Memory, command: CommandId, *, base: Written, program: Program) -> Memory:
    """Return the memory of a pump that runs ``program`` from now on.

    Raises:
        RefusedError: another base than the pump's, another drug or concentration than it holds, or more
            than it can deliver exactly as written.
    """
    _check_base(memory, base)
    known = (memory.program.concentration, memory.reservoir.concentration)
    _check_solution(memory, program, known)
    _check_deliverable(memory, program, memory.usable)
    return _run(memory, command, program)


def stop(memory: Memory, command: CommandId) -> Memory:
    """Return the memory of a stopped pump. Never refused; it never ends by itself (ITB-160, ITB-161)."""
    stopped = end_once(memory, "stopped")
    program = Program(drug=memory.program.drug, concentration=memory.program.concentration, base=Stopped())
    return replace(
        stopped,
        program=program,
        started=memory.at,
        started_counts=memory.drive.counts,
        once_over=True,
        revision=memory.revision + 1,
        last_command=command,
        log=recorded(
            stopped.log, Kind.PUMP_STOPPED, at=memory.at, command=command, revision=str(memory.revision + 1)
        ),
    )


def refill(
    memory: Memory, command: CommandId, *, base: Written, fill: Fill, program: Program | None
) -> Memory:
    """Return the memory of a pump that was filled, and runs ``program`` with it from the same moment.

    Without a program it goes on with what it runs, which only a fill of the same concentration allows.

    Raises:
        RefusedError: another base than the pump's, a fill that does not fit, or a program that does not go
            with it.
    """
    _check_base(memory, base)
    mixed = _filled(memory, fill)
    filled = replace(
        memory,
        reservoir=mixed,
        filled_at=memory.at,
        filled_counts=memory.drive.counts,
        log=_refilled(memory.log, memory, command, fill, mixed),
    )
    if filled.is_low:
        filled = replace(filled, log=recorded(filled.log, Kind.RESERVOIR_RAN_LOW, at=memory.at))
    if program is not None:
        _check_solution(memory, program, (fill.concentration, mixed.concentration))
        _check_deliverable(filled, program, filled.usable)
        return _run(filled, command, program)
    if fill.concentration != memory.program.concentration:
        raise RefusedError(
            f"refill: {write_concentration(fill.concentration)} under a program in "
            f"{write_concentration(memory.program.concentration)} would give another dose than it says; "
            "a new concentration comes with its program, in one act"
        )
    return replace(filled, revision=memory.revision + 1, last_command=command)


def _run(memory: Memory, command: CommandId, program: Program) -> Memory:
    ended = end_once(memory, "replaced")
    revision = memory.revision + 1
    return replace(
        ended,
        program=program,
        started=memory.at,
        started_counts=memory.drive.counts,
        once_over=program.once is None,
        revision=revision,
        last_command=command,
        log=recorded(
            ended.log,
            Kind.PROGRAM_COMMITTED,
            at=memory.at,
            command=command,
            revision=str(revision),
            digest=program_digest(program),
        ),
    )


def _check_base(memory: Memory, base: Written) -> None:
    if base.revision != memory.revision:
        raise RefusedError(
            f"the pump is at revision {memory.revision}, this command was written for revision "
            f"{base.revision}: something changed in between. Interrogate the pump and write a new order"
        )
    if base.digest != program_digest(memory.program):
        raise RefusedError(
            "the pump runs another program than the one this command was written to follow. "
            "Interrogate the pump and write a new order"
        )


def _check_solution(memory: Memory, program: Program, known: tuple[Concentration, Concentration]) -> None:
    if program.drug != memory.program.drug:
        raise RefusedError(f"drug: the reservoir holds {memory.program.drug.name}, not {program.drug.name}")
    if program.concentration not in known:
        raise RefusedError(
            f"concentration: the program says {write_concentration(program.concentration)}, the reservoir "
            f"holds {write_concentration(known[0])}. A new concentration comes with a refill"
        )


def _check_deliverable(memory: Memory, program: Program, usable: Volume) -> None:
    try:
        compiled = compile_program(program, memory.capability, usable=usable)
    except UndeliverableError as problems:
        raise RefusedError(f"the pump cannot deliver this: {problems}") from problems
    if compiled.program != program:
        changes = "; ".join(f"{part.what}: {part.asked} would be {part.given}" for part in compiled.roundings)
        raise RefusedError(f"the pump cannot deliver this exactly as written, and rounds nothing: {changes}")


def _filled(memory: Memory, fill: Fill) -> Reservoir:
    highest = memory.program.drug.highest_concentration
    if fill.concentration.is_zero or fill.concentration > highest:
        raise RefusedError(
            f"refill: {write_concentration(fill.concentration)} is outside what is allowed, "
            f"above 0 and up to {write_concentration(highest)} ({memory.program.drug.concentration_source})"
        )
    for what, volume in (("left behind", fill.left_behind), ("fill", fill.volume)):
        if (Fraction(volume.mL) * _SMALLEST_PER_ML).denominator != 1:
            raise RefusedError(f"{what}: {volume.mL} mL has more decimal places than a syringe, at most 6")
    try:
        return memory.holding.refill(fill.volume, fill.concentration, left_behind=fill.left_behind)
    except ReservoirError as error:
        raise RefusedError(f"refill: {error}") from error


def _refilled(log: Log, memory: Memory, command: CommandId, fill: Fill, mixed: Reservoir) -> Log:
    return recorded(
        log,
        Kind.RESERVOIR_REFILLED,
        at=memory.at,
        command=command,
        drawn_out_mL=plain((memory.holding.content - fill.left_behind).mL),
        left_behind_mL=plain(fill.left_behind.mL),
        filled_mL=plain(fill.volume.mL),
        label_ug_per_mL=plain(fill.concentration.ug_per_mL),
        mixed_ug_per_mL=plain(mixed.concentration.ug_per_mL),
    )
