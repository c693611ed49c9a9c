"""A command that is about to be sent, or was sent without a confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from thecal.therapy import SetProgram, TherapyError, command_name

if TYPE_CHECKING:
    from thecal.therapy import CommandId, Order, Program, PumpSerial


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCommand:
    """What is needed to settle a command later. It is recorded before the first byte is sent.

    Attributes:
        command: the id; the pump executes a command with one id only once.
        pump: the only pump that may accept it.
        base_revision, base_digest: what the pump ran when the order was written.
        program: the ordered program.
    """

    command: CommandId
    pump: PumpSerial
    base_revision: int
    base_digest: str
    program: Program

    @classmethod
    def of(cls, order: Order) -> Self:
        """Return what is needed to settle an order.

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
