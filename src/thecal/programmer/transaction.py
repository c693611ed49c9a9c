"""Change a pump, and say what may be claimed afterwards.

Verified     the pump was read back and runs what was ordered
Unchanged    the pump was read and runs what it ran before, or nothing was sent to it at all
Uncertain    a command left and the pump could not be read since; settled by reading it again

A lost link is no failure but an unknown, and stays one until a reading succeeds. Nothing here sends a command
twice: that is a decision for a person (docs/decisions/0004-no-retry-of-writes.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.programmer.interrogate import interrogate
from thecal.programmer.link import LinkLostError
from thecal.programmer.pending import PendingCommand
from thecal.telemetry import LocalProtocolError, ReadStatus, SetProgram, Stop
from thecal.therapy import Uncertain, Unchanged, Verified, open_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.programmer.link import PumpLink
    from thecal.therapy import (
        CommandId,
        Interrogation,
        Outcome,
        Program,
        PumpSerial,
        PumpStatus,
        SignedOrder,
        Verifier,
    )

#: Every reason of a stop that is not proved begins with these words.
STILL_INFUSING = "still infusing"


def send_and_verify(
    link: PumpLink,
    *,
    signed: SignedOrder,
    verifier: Verifier,
    before_send: Callable[[PendingCommand], None],
) -> Outcome:
    """Give a pump a signed order, once, and confirm it by reading back.

    The signature is checked before anything else, then the pump is read: it must be the one the order names,
    and still run what the order was written against.

    Args:
        link: a contact with the pump.
        signed: the order as it left the clinic.
        verifier: knows the keys that are trusted.
        before_send: writes the intent down. Called once, before the command leaves and only if it will; what
            it raises goes to the caller, and nothing is sent.

    Raises:
        ForgedError: the signature does not cover the order; nothing was sent.
        TherapyError: signed, but not an order this software can read; nothing was sent.
    """
    order = PendingCommand.of(open_order(signed, verifier))
    try:
        found = interrogate(link)
    except LinkLostError as loss:
        return Unchanged(reason=f"nothing was sent, for the pump could not be read: {loss}", status=None)
    if (known := _known_before(order, found)) is not None:
        return known
    before_send(order)
    return _send(link, order, found)


def settle(link: PumpLink, pending: PendingCommand) -> Outcome:
    """Read the pump and determine the outcome of an uncertain command. Sends no command.

    It stays Uncertain if the pump cannot be read, or if the pump has executed another command since: its
    status then does not show whether it executed this one.
    """
    try:
        found = interrogate(link)
    except LinkLostError as loss:
        return Uncertain(command=pending.command, reason=f"the pump could not be read: {loss}")
    return _judge(pending, found.status, found.program, finding="the pump was read again")


def stop(link: PumpLink, *, command: CommandId, pump: PumpSerial | None = None) -> Outcome:
    """Stop the pump, whichever lies under the wand and whatever it runs (ITB-160).

    Needs no signature, no interrogation and no agreement on a revision, so that nothing stands before it; it
    may be repeated by a person as often as wanted. Whoever calls writes the intent down before.

    Args:
        link: a contact with a pump.
        command: the id of this STOP. It must be new: it is what tells a fresh answer from an old one.
        pump: the pump that is meant, None where its serial number is not known. The STOP is sent to whatever
            pump lies under the wand all the same; another pump's answer proves nothing of the one meant.

    Returns:
        Verified only where the pump that is meant was read back, is stopped, and names this very STOP as its
        last command; otherwise the reason begins with ``STILL_INFUSING``.
    """
    answer: PumpStatus | None = None
    try:
        reply = link.ask(Stop(command=command))
    except LinkLostError as loss:
        finding = f"the stop left, and no answer came ({loss})"
    else:
        answer = reply.status
        finding = "the pump says that it stopped" if reply.refusal is None else f"refused: {reply.refusal}"
        if pump is not None and answer.serial != pump:
            finding = f"pump {answer.serial} answered, not pump {pump} ({finding})"
    try:
        back = link.ask(ReadStatus())
    except LinkLostError as loss:
        reason = f"{finding}; it could not be read back ({loss})"
    else:
        if not (back.status.stopped and back.program.is_stopped) and pump in (None, back.status.serial):
            return Unchanged(
                reason=f"{STILL_INFUSING}: {finding}; the pump was read back, and it runs", status=back.status
            )
        doubt = _doubt_about_stop(command, pump, answer=answer, back=back.status)
        if doubt is None:
            return Verified(running=back.program, status=back.status)
        reason = f"{finding}; {doubt}"
    return Uncertain(command=command, reason=f"{STILL_INFUSING}, as far as is known: {reason}")


def _doubt_about_stop(
    command: CommandId, pump: PumpSerial | None, *, answer: PumpStatus | None, back: PumpStatus
) -> str | None:
    """Say why a read-back does not prove this STOP; None where it does."""
    if pump is not None and back.serial != pump:
        if back.last_command == command:
            return f"pump {back.serial} was stopped in place of pump {pump}"
        return f"then pump {back.serial} was read in place of pump {pump}"
    if answer is not None and answer.serial != back.serial:
        return f"then pump {back.serial} was read, and it is not the pump that answered"
    if back.last_command != command:
        return (
            f"the pump was read as stopped, but by another command ({back.last_command or 'none'}), so this "
            "may be an answer from an earlier contact"
        )
    if answer is not None and back.at < answer.at:
        return "the status that was read back is older than the answer to the stop"
    return None


def _known_before(order: PendingCommand, found: Interrogation) -> Outcome | None:
    """Say what is certain of an order that must not be sent to the pump that was found; None where it may."""
    status = found.status
    if status.serial != order.pump:
        objection = f"this is pump {status.serial}, the order is for pump {order.pump}"
    elif status.last_command == order.command:
        if found.program == order.program:
            return Verified(running=found.program, status=status)
        objection = "the pump has carried out another command under this order's id; write a new order"
    elif not _is_untouched(order, status):
        objection = (
            f"the pump is at revision {status.revision}, the order was written against revision "
            f"{order.base_revision} and what ran then; write a new order"
        )
    else:
        return None
    return Unchanged(reason=f"nothing was sent: {objection}", status=status)


def _send(link: PumpLink, order: PendingCommand, found: Interrogation) -> Outcome:
    """Send the one command, and read back."""
    command = SetProgram(
        command=order.command,
        base_revision=order.base_revision,
        base_digest=order.base_digest,
        program=order.program,
    )
    try:
        reply = link.ask(command)
    except LocalProtocolError as error:
        return Unchanged(reason=f"nothing was sent, for the order cannot be: {error}", status=found.status)
    except LinkLostError as loss:
        finding = f"the command left, and no answer came ({loss})"
    else:
        finding = "the pump says that it took the program"
        if reply.refusal is not None:
            finding = f"the pump refused: {reply.refusal}"
            if _is_untouched(order, reply.status):
                return Unchanged(reason=finding, status=reply.status)
    try:
        back = link.ask(ReadStatus())
    except LinkLostError as loss:
        return Uncertain(command=order.command, reason=f"{finding}; it could not be read back ({loss})")
    if back.status.serial == order.pump and back.status.at < found.status.at:
        reason = f"{finding}; the status that was read back is older than the reading before the command"
        return Uncertain(command=order.command, reason=reason)
    return _judge(order, back.status, back.program, finding=finding)


def _is_untouched(order: PendingCommand, status: PumpStatus) -> bool:
    """Say whether the pump is where it was when the order was written."""
    return (status.serial, status.revision, status.program_digest) == (
        order.pump,
        order.base_revision,
        order.base_digest,
    ) and status.last_command != order.command


def _judge(order: PendingCommand, status: PumpStatus, running: Program, *, finding: str) -> Outcome:
    """Return what a reading proves about a command that was sent."""
    if status.serial != order.pump:
        reason = f"{finding}; then pump {status.serial} was read instead of pump {order.pump}"
        return Uncertain(command=order.command, reason=reason)
    if status.last_command == order.command and running == order.program:
        return Verified(running=running, status=status)
    if _is_untouched(order, status):
        return Unchanged(reason=f"{finding}; it runs what it ran before", status=status)
    return Uncertain(
        command=order.command,
        reason=(
            f"{finding}; it is at revision {status.revision}, its last command is "
            f"{status.last_command or 'none'}, and it runs neither what it ran before nor what was ordered"
        ),
    )
