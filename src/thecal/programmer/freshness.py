"""Whether an answer tells how the pump that is meant is now; every outcome of the wand rests on this check.

The answer may come from another pump, because the wand has slipped, or be an old one that arrives again. A
link returns only answers of this contact and to this request: the session compares the nonce and the number
in the frame (docs/telemetry/session.md). Here the answer itself is compared with what is known of the pump.
Its clock, its revision and its log only go forward: an answer behind an earlier one in any of them is old.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thecal.therapy import PumpSerial, PumpStatus


def doubt_about(
    status: PumpStatus, *, pump: PumpSerial | None, earlier: tuple[PumpStatus, ...]
) -> str | None:
    """Say why an answer does not tell how the pump is now; None where it does.

    Args:
        status: the status in the answer.
        pump: the pump that is meant; None where its serial number is not known: then it must be the pump that
            gave the earlier answers.
        earlier: answers that came before this one, in this contact or an earlier one.
    """
    if pump is not None and status.serial != pump:
        return f"pump {status.serial} answered, not pump {pump}"
    for before in earlier:
        if before.serial == status.serial:
            if _is_older(status, before):
                return (
                    f"the answer is older than an earlier one of this pump ({_mark(status)}, after "
                    f"{_mark(before)}), so it may come from an earlier contact"
                )
        elif pump is None:
            return f"pump {status.serial} answered, and before it pump {before.serial}"
    return None


def _is_older(status: PumpStatus, before: PumpStatus) -> bool:
    """Say whether anything that only grows in a pump has shrunk: its time, its revision, its log."""
    return (
        status.at < before.at or status.revision < before.revision or status.log_records < before.log_records
    )


def _mark(status: PumpStatus) -> str:
    return f"{status.at:%Y-%m-%d %H:%M:%S}, revision {status.revision}, {status.log_records} records"
