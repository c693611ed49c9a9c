"""Change a pump, and say what may be claimed afterwards.

Verified     the pump was read back and runs what was ordered
Unchanged    the pump was read and runs what it ran before, or nothing was sent to it at all
Uncertain    a command left and the pump could not be read since; settled by reading it again

A lost link is no failure but an unknown, and stays one until a reading succeeds. An old answer, or one of
another pump, proves nothing (``programmer.freshness``). Nothing here sends a command twice: a person decides
on that (docs/decisions/0004-no-retry-of-writes.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.programmer.freshness import doubt_about
from thecal.programmer.interrogate import interrogate
from thecal.programmer.link import LinkLostError
from thecal.programmer.pending import PendingCommand
from thecal.telemetry import LocalProtocolError, ReadStatus, SetProgram, Stop
from thecal.therapy import Uncertain, Unchanged, Verified, open_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.programmer.link import PumpLink
    from thecal.telemetry import ReadStatusReply
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
    last_read: PumpStatus | None = None,
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
        last_read: the last status that was read of this pump, None where it was never read: an answer older
            than it proves nothing.

    Raises:
        ForgedError: the signature does not cover the order; nothing was sent.
        TherapyError: signed, but not an order this software can read; nothing was sent.
    """
    order = PendingCommand.of(open_order(signed, verifier))
    try:
        found = interrogate(link, last_read=last_read)
    except LinkLostError as loss:
        return Unchanged(reason=f"nothing was sent, because the pump could not be read: {loss}", status=None)
    if (known := _known_before(order, found)) is not None:
        return known
    before_send(order)
    return _send(link, order, found)


def settle(link: PumpLink, pending: PendingCommand, *, last_read: PumpStatus | None = None) -> Outcome:
    """Read the pump and determine the outcome of an uncertain command. Sends no command.

    It stays Uncertain if the pump cannot be read, if the answer is old or comes from another pump, or if the
    pump has executed another command since: its status then does not show whether it executed this one.

    Args:
        link: a contact with the pump.
        pending: the command.
        last_read: the last status that was read of this pump, before the command or since; None where it was
            never read.
    """
    try:
        found = interrogate(link, pump=pending.pump, last_read=last_read)
    except LinkLostError as loss:
        return Uncertain(command=pending.command, reason=f"the pump could not be read: {loss}")
    return _judge(pending, found.status, found.program, finding="the pump was read again")


def stop(
    link: PumpLink,
    *,
    command: CommandId,
    pump: PumpSerial | None = None,
    last_read: PumpStatus | None = None,
) -> Outcome:
    """Stop the pump, whichever lies under the wand and whatever it runs (ITB-160).

    Needs no signature, no interrogation and no agreement on a revision, so that nothing stands before it; it
    may be repeated by a person as often as wanted. Whoever calls writes the intent down before.

    Args:
        link: a contact with a pump.
        command: the id of this STOP. It must be new: it is what tells a fresh answer from an old one.
        pump: the pump that is meant, None where its serial number is not known. The STOP is sent to whatever
            pump lies under the wand all the same; another pump's answer proves nothing of the one meant.
        last_read: the last status that was read of this pump; None where it was never read.

    Returns:
        Verified only where the pump that is meant was read back, is stopped, and names this very STOP as its
        last command; Unchanged only where it was read back and runs. The reason of Unchanged and of Uncertain
        begins with ``STILL_INFUSING``.
    """
    earlier = () if last_read is None else (last_read,)
    try:
        reply = link.ask(Stop(command=command))
    except LinkLostError as loss:
        finding = f"the STOP left, and no answer came ({loss})"
    else:
        finding = "the pump reports that it stopped" if reply.refusal is None else f"refused: {reply.refusal}"
        if (doubt := doubt_about(reply.status, pump=pump, earlier=earlier)) is not None:
            finding = f"{doubt} ({finding})"
        earlier = (*earlier, reply.status)
    try:
        back = link.ask(ReadStatus())
    except LinkLostError as loss:
        reason = f"{finding}; the pump could not be read back ({loss})"
    else:
        doubt = _doubt_about_stop(command, pump, back, earlier=earlier)
        if doubt is None and not _is_stopped(back):
            return Unchanged(
                reason=f"{STILL_INFUSING}: {finding}; the pump was read back, and it runs", status=back.status
            )
        if doubt is None:
            return Verified(running=back.program, status=back.status)
        reason = f"{finding}; {doubt}"
    return Uncertain(command=command, reason=f"{STILL_INFUSING}, as far as known: {reason}")


def _is_stopped(back: ReadStatusReply) -> bool:
    """Say whether a pump stands: its status and its program agree that it does."""
    return back.status.stopped and back.program.is_stopped


def _doubt_about_stop(
    command: CommandId, pump: PumpSerial | None, back: ReadStatusReply, *, earlier: tuple[PumpStatus, ...]
) -> str | None:
    """Say why a read-back proves nothing of this STOP; None where the pump runs, or this STOP stopped it."""
    status = back.status
    if pump not in {None, status.serial} and status.last_command == command:
        return f"pump {status.serial} was stopped in place of pump {pump}"
    if (doubt := doubt_about(status, pump=pump, earlier=earlier)) is not None:
        return f"read back: {doubt}"
    if _is_stopped(back) and status.last_command != command:
        return f"the pump was read as stopped, but by another command ({status.last_command or 'none'})"
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
    earlier: tuple[PumpStatus, ...] = (found.status,)
    try:
        reply = link.ask(command)
    except LocalProtocolError as error:
        return Unchanged(
            reason=f"nothing was sent, because the order cannot be sent: {error}", status=found.status
        )
    except LinkLostError as loss:
        finding = f"the command left, and no answer came ({loss})"
    else:
        finding = "the pump reports that it accepted the program"
        if reply.refusal is not None:
            finding = f"the pump refused: {reply.refusal}"
            if doubt_about(reply.status, pump=order.pump, earlier=earlier) is None and _is_untouched(
                order, reply.status
            ):
                return Unchanged(reason=finding, status=reply.status)
        earlier = (*earlier, reply.status)
    try:
        back = link.ask(ReadStatus())
    except LinkLostError as loss:
        return Uncertain(command=order.command, reason=f"{finding}; the pump could not be read back ({loss})")
    if (doubt := doubt_about(back.status, pump=order.pump, earlier=earlier)) is not None:
        return Uncertain(command=order.command, reason=f"{finding}; read back: {doubt}")
    return _judge(order, back.status, back.program, finding=finding)


def _is_untouched(order: PendingCommand, status: PumpStatus) -> bool:
    """Say whether the pump is where it was when the order was written."""
    return (status.serial, status.revision, status.program_digest) == (
        order.pump,
        order.base_revision,
        order.base_digest,
    ) and status.last_command != order.command


def _judge(order: PendingCommand, status: PumpStatus, running: Program, *, finding: str) -> Outcome:
    """Return what a fresh reading of the pump that is meant proves about a command that was sent."""
    if status.last_command == order.command and running == order.program:
        return Verified(running=running, status=status)
    if _is_untouched(order, status):
        return Unchanged(reason=f"{finding}; it runs its earlier program", status=status)
    return Uncertain(
        command=order.command,
        reason=(
            f"{finding}; it is at revision {status.revision}, its last command is "
            f"{status.last_command or 'none'}, and it runs neither its earlier program nor the ordered one"
        ),
    )
