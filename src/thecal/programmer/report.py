"""What a wand brings back from the bedside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.therapy import SessionReport, Uncertain, Verified

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy import CommandId, Outcome, PumpSerial, PumpStatus

READ_BACK = "the pump was read back, and it runs what was ordered"
STOPPED = "the pump was read back, and it is stopped"


def session_report(
    outcome: Outcome,
    *,
    command: CommandId,
    pump: PumpSerial,
    now: datetime,
    read: PumpStatus | None = None,
    session: str = "",
) -> SessionReport:
    """Return the report of one command.

    Args:
        outcome: of the command.
        command: its id.
        pump: the pump it was meant for; the report names the one that was read, if one was.
        now: when the session ended.
        session: a name that no other session has; empty leaves it out.
        read: what was read of the pump after the command where the outcome is uncertain all the same.
    """
    status = read if isinstance(outcome, Uncertain) else outcome.status
    if isinstance(outcome, Verified):
        reason = STOPPED if outcome.running.is_stopped else READ_BACK
    else:
        reason = outcome.reason
    return SessionReport(
        command=command,
        pump=pump if status is None else status.serial,
        outcome=type(outcome).__name__.lower(),
        reason=reason,
        revision=None if status is None else status.revision,
        program_digest=None if status is None else status.program_digest,
        last_command=None if status is None else status.last_command,
        stopped=None if status is None else status.stopped,
        at=now,
        session=session,
    )
