"""The radio of the documented pumps: what the legacy profile lets it do.

Each test fails as soon as the legacy pump does better than its row of the safety case says.
"""

from __future__ import annotations

import pytest

from builders.pumps import (
    START,
    continuous,
    flow,
    fresh_id,
    kinds_of,
    read,
    running,
)
from builders.twin.contact import Nearby
from thecal.pump import LEGACY, Kind, Pump
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.telemetry import SetProgram, SetProgramReply, Stop, StopReply
from thecal.therapy import (
    BeginUpdate,
    CommandId,
    Stopped,
)


def legacy() -> Pump:
    """Return a pump that behaves as the documented ones do."""
    return running(continuous(200), profile=LEGACY, model="SynchroMed II 20 mL")


@pytest.mark.requirement("L-39")
def test_a_link_lost_during_an_update_leaves_the_drive_standing() -> None:
    pump = legacy()
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START + HOUR)

    pump.link_lost(now=START + HOUR)
    pump.advance(START + DAY)

    assert flow(pump) == 0


@pytest.mark.requirement("L-38", "L-42")
def test_a_dose_is_raised_and_the_pump_stopped_from_afar() -> None:
    pump, now = legacy(), START + DAY
    status = pump.status(now=now)
    wand = Nearby(pump)

    raised = wand.ask(
        SetProgram(
            command=CommandId("more"),
            base_revision=status.revision,
            base_digest=status.program_digest,
            program=continuous(400),
        ),
        now=now,
    )
    assert isinstance(raised, SetProgramReply)
    assert raised.refusal is None

    halted = wand.ask(Stop(command=CommandId("stop")), now=now + MINUTE)
    assert isinstance(halted, StopReply)
    assert halted.refusal is None
    assert isinstance(pump.memory.program.base, Stopped)
    assert Kind.WAND_CONTACTED not in kinds_of(pump)
