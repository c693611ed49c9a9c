from __future__ import annotations

import pytest

from programmer.bedside import BEFORE, NOW, ORDER, SERIAL, Bedside
from thecal.programmer import session_report
from thecal.therapy import Outcome, PumpSerial, Uncertain, Unchanged, Verified, report_bytes

STATUS = Bedside().found.status
MEANT = PumpSerial("SIM-2")


@pytest.mark.parametrize(
    ("outcome", "name", "reason", "pump", "read"),
    [
        (
            Verified(running=BEFORE, status=STATUS),
            "verified",
            "the pump was read back, and it runs what was ordered",
            SERIAL,
            True,
        ),
        (Unchanged(reason="refused", status=STATUS), "unchanged", "refused", SERIAL, True),
        (Unchanged(reason="not sent", status=None), "unchanged", "not sent", MEANT, False),
        (Uncertain(command=ORDER, reason="cut"), "uncertain", "cut", MEANT, False),
    ],
)
def test_a_report_says_what_was_claimed_and_what_was_read(
    outcome: Outcome, name: str, reason: str, pump: PumpSerial, *, read: bool
) -> None:
    report = session_report(outcome, command=ORDER, pump=MEANT, now=NOW)

    assert (report.command, report.at) == (ORDER, NOW)
    assert (report.outcome, report.reason, report.pump) == (name, reason, pump)
    assert report.revision == (STATUS.revision if read else None)
    assert report.program_digest == (STATUS.program_digest if read else None)
    assert report_bytes(report)
