from __future__ import annotations

from dataclasses import replace

import pytest

from builders.bedside import BEFORE, NOW, ORDER, SERIAL, Bedside
from thecal.programmer import session_report
from thecal.therapy import (
    Outcome,
    PumpSerial,
    Uncertain,
    Unchanged,
    Verified,
    read_session_report,
    report_bytes,
)

STATUS = replace(Bedside().found.status, last_command=ORDER)
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
    assert report.last_command == (STATUS.last_command if read else None)
    assert report.stopped == (STATUS.stopped if read else None)
    assert read_session_report(report_bytes(report)) == report


def test_the_report_of_an_uncertain_command_holds_what_was_read_after_it() -> None:
    uncertain = Uncertain(command=ORDER, reason="cut")

    report = session_report(uncertain, command=ORDER, pump=MEANT, now=NOW, read=STATUS)

    assert (report.outcome, report.revision, report.pump) == ("uncertain", STATUS.revision, SERIAL)
