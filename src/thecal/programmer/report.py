"""What a wand brings back from the bedside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.therapy import SessionReport, Uncertain, Verified

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.therapy import CommandId, Outcome, PumpSerial

READ_BACK = "the pump was read back, and it runs what was ordered"


def session_report(outcome: Outcome, *, command: CommandId, pump: PumpSerial, now: datetime) -> SessionReport:
    """Return the report of one command.

    Args:
        outcome: of the command.
        command: its id.
        pump: the pump it was meant for; the report names the one that was read, if one was.
        now: when the session ended.
    """
    status = None if isinstance(outcome, Uncertain) else outcome.status
    reason = READ_BACK if isinstance(outcome, Verified) else outcome.reason
    return SessionReport(
        command=command,
        pump=pump if status is None else status.serial,
        outcome=type(outcome).__name__.lower(),
        reason=reason,
        revision=None if status is None else status.revision,
        program_digest=None if status is None else status.program_digest,
        at=now,
    )
