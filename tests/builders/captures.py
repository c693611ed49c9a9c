"""The example behind each capture in the messages' docstrings: one pump, one order to it, one stop.

`python tests/builders/captures.py` prints the captures anew.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from thecal.quantities import Concentration, DoseRate, FlowRate, Mass, Volume
from thecal.telemetry import (
    AnyMessage,
    Frame,
    Interrogate,
    InterrogateReply,
    ReadStatus,
    ReadStatusReply,
    SetProgram,
    SetProgramReply,
    Stop,
    StopReply,
    encode_frame,
    write_message,
)
from thecal.therapy import (
    BACLOFEN,
    Alarm,
    Base,
    Capability,
    CommandId,
    Interrogation,
    Program,
    PumpSerial,
    PumpStatus,
    SimpleContinuous,
    Stopped,
    program_digest,
)

ORDER, STOP = CommandId("order-7"), CommandId("stop-8")
CONTACT = bytes.fromhex("c0ffee0123456789")
"""The nonce of the contact in which everything was captured."""


def program(base: Base) -> Program:
    return Program(drug=BACLOFEN, concentration=Concentration(ug_per_mL=Decimal(500)), base=base)


BEFORE = program(SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(100))))
AFTER = program(SimpleContinuous(dose=DoseRate(ug_per_day=Decimal("112.5"))))
HALTED = program(Stopped())


def status(
    running: Program,
    *,
    revision: int,
    last: CommandId | None,
    alarms: tuple[Alarm, ...],
    escalated: tuple[Alarm, ...] = (),
) -> PumpStatus:
    dose = running.mean_daily_dose
    assert dose is not None
    return PumpStatus(
        serial=PumpSerial("SIM-0001"),
        at=datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        revision=revision,
        program_digest=program_digest(running),
        last_command=last,
        stopped=running.is_stopped,
        paused=False,
        flow=dose.as_flow(running.concentration),
        content=Volume(mL=Decimal("17.25")),
        concentration=running.concentration,
        delivered=Volume(mL=Decimal("2.75")),
        alarms=alarms,
        escalated=escalated,
        sound_off=False,
        log_records=41,
    )


FIRST = status(BEFORE, revision=3, last=None, alarms=())
TAKEN = status(AFTER, revision=4, last=ORDER, alarms=())
STOPPED = status(HALTED, revision=5, last=STOP, alarms=(Alarm.PUMP_STOPPED,))
CAPABILITY = Capability(
    model="example",
    reservoir=Volume(mL=Decimal(20)),
    unusable=Volume(mL=Decimal("1.4")),
    low_reservoir=Volume(mL=Decimal(2)),
    quantum=Volume(mL=Decimal("0.0001")),
    flow_step=FlowRate(mL_per_day=Decimal("0.0001")),
    flow_least=FlowRate(mL_per_day=Decimal("0.048")),
    flow_most=FlowRate(mL_per_day=Decimal(24)),
    minimum_rate=FlowRate(mL_per_day=Decimal("0.006")),
    flex_steps=13,
    shortest_bolus=timedelta(minutes=1),
    longest_bolus=timedelta(hours=6),
    daily_dose_most=DoseRate(ug_per_day=Decimal(2000)),
    single_bolus_most=Mass(ug=Decimal(100)),
    accuracy=Decimal("0.145"),
    sources=(("flex_steps", "an example"),),
)
INTERROGATION = Interrogation(
    status=FIRST,
    program=BEFORE,
    started=datetime(2026, 2, 20, 8, tzinfo=UTC),
    filled_at=datetime(2026, 2, 10, 8, tzinfo=UTC),
    clock_offset=timedelta(hours=5, minutes=30),
    capability=CAPABILITY,
)

EXAMPLES: dict[str, tuple[int, AnyMessage]] = {
    "Interrogate": (1, Interrogate()),
    "InterrogateReply": (1, InterrogateReply(interrogation=INTERROGATION)),
    "SetProgram": (
        2,
        SetProgram(command=ORDER, base_revision=3, base_digest=program_digest(BEFORE), program=AFTER),
    ),
    "SetProgramReply": (2, SetProgramReply(refusal=None, status=TAKEN)),
    "ReadStatus": (3, ReadStatus()),
    "ReadStatusReply": (3, ReadStatusReply(status=TAKEN, program=AFTER)),
    "Stop": (4, Stop(command=STOP)),
    "StopReply": (4, StopReply(refusal=None, status=STOPPED)),
}

#: What version 1 of the frame's layout said for "read status" and its number, 3.
FIRST_VERSION = bytes.fromhex("5468010f 33000000 03000034 465cb7")


def captured(docstring: str) -> list[bytes]:
    """Return the captures in a message's docstring: each a block of indented hex."""
    blocks = re.findall(r"::\n\n((?:    [0-9a-f ]+\n)+)", docstring)
    return [bytes.fromhex(block) for block in blocks]


def as_docstring(number: int, message: AnyMessage) -> str:
    """Write a capture as it stands in a docstring: 32 bytes a line, in groups of 4."""
    data = encode_frame(
        Frame(
            sealing=0x0F,
            code=message.code,
            sequence=number,
            contact=CONTACT,
            payload=write_message(message),
        )
    )
    rows = [data[at : at + 32] for at in range(0, len(data), 32)]
    return "\n".join(f"    {row.hex(' ', -4)}" for row in rows)


if __name__ == "__main__":
    for name, (number, message) in EXAMPLES.items():
        sys.stdout.write(f"{name}\n\n{as_docstring(number, message)}\n\n")
