"""Commands that add one bolus, prime or bridge to the program that runs, or end a bolus."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.pump import commit
from thecal.pump.boluses import end_once, end_patient_bolus
from thecal.pump.errors import RefusedError
from thecal.pump.kinds import Kind
from thecal.therapy import ProgramError, SingleBolus

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.therapy import CommandId, Once


def start_once(memory: Memory, command: CommandId, once: Once, *, base: commit.Written, name: str) -> Memory:
    """Return the memory of a pump that gives a bolus, a prime or a bridge, and then its base program.

    Raises:
        RefusedError: the pump is stopped or held, something else runs once, or the pump cannot deliver it.
    """
    if memory.program.is_stopped:
        raise RefusedError(
            f"{name}: this pump is stopped, and has no base program to return to; write a program with it"
        )
    if memory.holds:
        raise RefusedError(f"{name}: the pump does not follow its program now, {memory.holds[0].value}")
    if not memory.once_over or memory.patient_until is not None:
        raise RefusedError(f"{name}: a bolus, a prime or a bridge is running; wait for its end, or cancel it")
    try:
        program = replace(memory.program, once=once)
    except ProgramError as problem:
        raise RefusedError(f"{name}: {problem}") from problem
    return commit.set_program(memory, command, base=base, program=program)


def cancel_bolus(memory: Memory, command: CommandId, target: CommandId) -> Memory:
    """Return the memory of a pump on which a bolus was cancelled; the base program continues.

    Where the record that began the bolus was lost from the log, the bolus that runs is taken to be the one.

    Raises:
        RefusedError: no bolus of that command runs.
    """
    if _runs_once(memory) and _began(memory, Kind.PROGRAM_COMMITTED) in {None, target}:
        memory = end_once(memory, "cancelled")
    elif memory.patient_until is not None and _began(memory, Kind.BOLUS_STARTED) in {None, target}:
        memory = end_patient_bolus(memory, "cancelled")
    else:
        raise RefusedError(f"cancel the bolus: no bolus of command {target} is running")
    return replace(memory, last_command=command)


def _runs_once(memory: Memory) -> bool:
    return not memory.once_over and isinstance(memory.program.once, SingleBolus)


def _began(memory: Memory, kind: Kind) -> str | None:
    """Return the command of the newest record of a kind; None where there is none."""
    records = memory.log.of_kind(kind)
    return dict(records[-1].data).get("command") if records else None
