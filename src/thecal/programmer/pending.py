"""A command that is about to leave, or left and was never seen to arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from thecal.therapy import SetProgram, TherapyError, command_name

if TYPE_CHECKING:
    from thecal.therapy import CommandId, Order, Program, PumpSerial


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCommand:
    """What must be known to settle a command later. It is written down before the first byte leaves.

    Attributes:
        command: the id under which the pump carries it out, once.
        pump: the only pump that may take it.
        base_revision, base_digest: what the pump ran when the order was written.
        program: what it was told to run.
    """

    command: CommandId
    pump: PumpSerial
    base_revision: int
    base_digest: str
    program: Program

    @classmethod
    def of(cls, order: Order) -> Self:
        """Return what must be known to settle an order.

        Raises:
            TherapyError: an order for another act than setting a program, which this wand cannot send.
        """
        command = order.command
        if not isinstance(command, SetProgram):
            raise TherapyError(
                f"nothing was sent: this wand sends programs, and the order is to {command_name(command)}"
            )
        return cls(
            command=command.id,
            pump=order.pump,
            base_revision=command.against.revision,
            base_digest=command.against.digest,
            program=command.program,
        )
