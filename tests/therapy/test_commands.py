"""Every act on a pump is one value: complete at birth, and with one form as bytes."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.commands import commands
from thecal.journal import canonical
from thecal.quantities import Concentration, DoseRate, Mass, Volume
from thecal.therapy import (
    AlarmSettings,
    ArmRefill,
    CancelBolus,
    Command,
    CommandError,
    CommandId,
    GiveClinicianBolus,
    Pause,
    ReviseCatheter,
    SetAlarms,
    SetFallback,
    Stop,
    TherapyError,
    WrittenAgainst,
    command_bytes,
    command_from_bytes,
)

ID = CommandId("command-1")
AGAINST = WrittenAgainst(revision=3, digest="0f" * 32)


@given(commands())
def test_every_command_is_read_back_as_it_was_written(command: Command) -> None:
    assert command_from_bytes(command_bytes(command)) == command


@given(commands(), st.data())
def test_a_command_that_lacks_or_adds_a_field_is_refused(command: Command, data: st.DataObject) -> None:
    fields = json.loads(command_bytes(command))
    lost = data.draw(st.sampled_from(sorted(fields)))
    lacking = {name: value for name, value in fields.items() if name != lost}

    for document in (lacking, {**fields, "colour": "red"}):
        with pytest.raises(TherapyError):
            command_from_bytes(canonical(document))


@pytest.mark.parametrize("data", [b"", b"7", b"[]", b"{", b"\xff", b'{"command":"fly","form":1}'])
def test_bytes_that_are_no_command_are_refused(data: bytes) -> None:
    with pytest.raises(TherapyError):
        command_from_bytes(data)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Pause(id=CommandId(""), against=AGAINST), "command id: '' is outside .*1 to 200 printable"),
        (lambda: Pause(id=CommandId("x" * 201), against=AGAINST), "1 to 200 printable"),
        (lambda: Pause(id=ID, against="now"), "written against: 'now' .*WrittenAgainst"),
        (lambda: WrittenAgainst(revision=-1, digest="0f" * 32), "revision: -1 .*0 to 4294967295"),
        (lambda: WrittenAgainst(revision=True, digest="0f" * 32), "revision: True"),
        (lambda: WrittenAgainst(revision=1, digest="0F" * 32), "digest: .*64 hexadecimal digits"),
        (lambda: CancelBolus(id=ID, target=CommandId("")), "command target: ''"),
        (
            lambda: GiveClinicianBolus(
                id=ID, against=AGAINST, dose=Mass(ug=Decimal(0)), duration=timedelta(hours=1)
            ),
            "bolus dose: 0 mcg is outside what is allowed, above 0 mcg to 1000000 mcg",
        ),
        (
            lambda: GiveClinicianBolus(
                id=ID, against=AGAINST, dose=Mass(ug=Decimal(5)), duration=timedelta(seconds=1.5)
            ),
            r"bolus duration: 1\.5 s is outside what is allowed, whole seconds, 1 s to",
        ),
        (
            lambda: SetFallback(id=ID, against=AGAINST, daily_dose=DoseRate(ug_per_day=Decimal(0))),
            "fallback dose: 0 mcg/day is outside what is allowed, above 0 mcg/day",
        ),
        (lambda: SetAlarms(id=ID, against=AGAINST, settings=AlarmSettings()), "alarm settings: none"),
        (
            lambda: ReviseCatheter(
                id=ID, against=AGAINST, dead_volume=Volume(mL=Decimal("0.3")), contents=None, reason=" "
            ),
            "reason of the revision: ' '",
        ),
        (
            lambda: ArmRefill(
                id=ID,
                against=AGAINST,
                fill=Volume(mL=Decimal(101)),
                concentration=Concentration(ug_per_mL=Decimal(500)),
                program=None,
            ),
            "fill volume: 101 mL is outside what is allowed, 0 mL to 100 mL",
        ),
    ],
)
def test_a_command_refuses_nonsense_with_field_value_and_range(make: object, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        make()  # type: ignore[operator]


@given(st.text(max_size=400))
def test_a_stop_takes_any_text_as_its_id(text: str) -> None:
    assert len(Stop(id=CommandId(text)).id) <= 200
