"""Pumps on which an alarm was brought about, alone, by the cause that the alarm table names."""

from __future__ import annotations

from datetime import UTC, datetime

from thecal.lab.alarm_trials import MODEL, TRIALS, cause_alarm
from thecal.pump import PROFILES, Pump, RefusedError, capability
from thecal.quantities import HOUR, PumpClock, Volume
from thecal.therapy import BACLOFEN, Alarm, CommandId, PumpSerial, SetProgram, WrittenAgainst

START = datetime(2026, 3, 2, tzinfo=UTC)


def alarmed(alarm: Alarm, profile: str) -> Pump | None:
    """Return a pump on which the cause of an alarm was brought about; None where it refuses that.

    It is as it was when the alarm came, or at the end of the watch where none came.
    """
    trial = TRIALS[alarm]
    pump = Pump.implanted(
        serial=PumpSerial("TRIAL"),
        capability=capability(MODEL),
        drug=BACLOFEN,
        fill=Volume(mL=trial.fill_mL),
        concentration=trial.program.concentration,
        clock=PumpClock(),
        now=START,
        profile=PROFILES[profile],
    )
    against = WrittenAgainst.of(pump.status(now=START))
    pump.handle(SetProgram(id=CommandId("trial"), against=against, program=trial.program), START)
    try:
        begins = cause_alarm(pump, trial, START)
    except RefusedError:
        return None
    while alarm not in {one.alarm for one in pump.memory.raised} and pump.present < begins + trial.observed:
        pump.advance(pump.present + 6 * HOUR)
    return pump
