from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders.strategies import programs
from builders.therapy import HOUR, MINUTE, a_day, bolus, continuous, flex, program, ug
from thecal.therapy import (
    PatientBolus,
    PeriodicBolus,
    Program,
    ProgramError,
    SimpleContinuous,
    program_bytes,
    program_digest,
    program_fields,
    program_from_bytes,
)

FLEX = program(flex(("00:00", "100.5"), ("06:30", 0)), bolus(25))
FORM = (
    b'{"base":{"days":['
    + b",".join([b'[["00:00:00","100.5"],["06:30:00","0"]]'] * 7)
    + b'],"mode":"flex"},"drug":"baclofen","form":1,'
    b'"once":{"mode":"single bolus","seconds":3600,"ug":"25"},"ug_per_mL":"500"}'
)
PERIODIC = program(PeriodicBolus(background=a_day(50), bolus=ug(10), duration=5 * MINUTE, interval=6 * HOUR))
HOSTILE = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"7",
    b"NaN",
    b'"x"',
    b"\xff\xfe",
    b"[" * 100_000,
    b"{}",
    b'{"form":true}',
    b'{"form":1}',
    b'{"form":9}',
    b"9" * 5000,
]


@given(programs())
def test_a_program_is_read_back_as_it_was_written(drawn: Program) -> None:
    assert program_from_bytes(program_bytes(drawn)) == drawn


@given(programs(), programs())
def test_digests_are_equal_exactly_when_programs_are(one: Program, other: Program) -> None:
    again = program_from_bytes(program_bytes(one))

    assert program_digest(again) == program_digest(one)
    assert (program_digest(one) == program_digest(other)) == (one == other)


def test_the_digest_is_over_the_one_form() -> None:
    assert program_bytes(FLEX) == FORM
    assert program_digest(FLEX) == hashlib.sha256(FORM).hexdigest()
    assert program_bytes(continuous("100.0")) == program_bytes(continuous("1E+2"))


@pytest.mark.requirement("ITB-008", "ITB-046")
@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"form":1', b'"form":1.0'),
        (b'"form":1', b'"form":true'),
        (b'"form":1', b'"form":2'),
        (b'"form":1', b'"form": 1'),
        (b'"form":1', b'"colour":"red","form":1'),
        (b'"form":1', b'"form":1,"form":1'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"500.0"'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"0500"'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"5e2"'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"+500"'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":500'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"NaN"'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"1e999999999"'),
        (b'"ug_per_mL":"500"', b'"ug_per_mL":"\\u0665"'),
        (b'"drug":"baclofen"', b'"drug":"morphine"'),
        (b'"drug":"baclofen"', b'"drug":["baclofen"]'),
        (b'"drug":"baclofen",', b""),
        (b'"mode":"flex"', b'"mode":"fast"'),
        (b'"mode":"flex"', b'"mode":["flex"]'),
        (b'"mode":"single bolus"', b'"mode":"double bolus"'),
        (b'"seconds":3600', b'"seconds":"3600"'),
        (b'"seconds":3600', b'"seconds":3600.0'),
        (b'"seconds":3600', b'"seconds":true'),
        (b'"seconds":3600', b'"seconds":-3600'),
        (b'"seconds":3600', b'"seconds":99999999999999999999'),
        (b'"06:30:00"', b'"06:30"'),
        (b'"06:30:00"', b'"06:30:00.000000"'),
        (b'"06:30:00"', b'"06:30:00Z"'),
        (b'"06:30:00"', b'"24:00:00"'),
        (b'"06:30:00"', b"23400"),
        (b'["06:30:00","0"]', b'["06:30:00"]'),
        (b'["06:30:00","0"]', b'{"06:30:00":"0"}'),
        (b'["06:30:00","0"]', b'["06:30:00","1e-999"]'),
        (b'"once":{"mode":"single bolus","seconds":3600,"ug":"25"}', b'"once":null'),
        (b'"once":{"mode":"single bolus","seconds":3600,"ug":"25"}', b'"once":"bolus"'),
    ],
)
def test_any_other_form_is_refused(there: bytes, instead: bytes) -> None:
    assert there in FORM
    with pytest.raises(ProgramError):
        program_from_bytes(FORM.replace(there, instead))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_any_other_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(ProgramError):
        program_from_bytes(FORM.decode().encode(encoding))


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_bytes_that_are_no_program_are_refused(data: bytes) -> None:
    with pytest.raises(ProgramError):
        program_from_bytes(data)


@given(st.binary(max_size=200))
@example(b'{"form":1,"drug":"\\ud800","ug_per_mL":"500","base":{"mode":"stopped"}}')
def test_whatever_the_bytes_are_nothing_but_a_program_error_comes_of_them(data: bytes) -> None:
    with pytest.raises(ProgramError):
        program_from_bytes(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["500", "1e9999"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value within a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [found for key, each in inner for found in places(each, (*path, key))]


@given(programs(), JSON, st.data())
def test_a_program_with_anything_in_the_place_of_a_value_is_a_program_or_refused(
    drawn: Program, instead: object, data: st.DataObject
) -> None:
    document: Any = json.loads(json.dumps(program_fields(drawn)))
    *way, last = data.draw(st.sampled_from(places(document)[1:]))
    inside = document
    for key in way:
        inside = inside[key]
    inside[last] = instead
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()

    try:
        read = program_from_bytes(written)
    except ProgramError:
        return

    assert program_bytes(read) == written


@given(programs(), st.data())
def test_a_flipped_bit_is_another_program_or_none(drawn: Program, data: st.DataObject) -> None:
    written = bytearray(program_bytes(drawn))
    written[data.draw(st.integers(0, len(written) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    try:
        read = program_from_bytes(bytes(written))
    except ProgramError:
        return

    assert read != drawn


def test_a_patient_bolus_is_written_and_denied_when_read_for_baclofen() -> None:
    requested = PatientBolus(dose=ug(5), duration=10 * MINUTE, most_per_day=4, lockout=2 * HOUR)
    other = program(SimpleContinuous(dose=a_day(100)), patient_bolus=requested)
    written = program_bytes(other).replace(other.drug.name.encode(), b"baclofen")

    assert b'"patient_bolus":{"lockout_seconds":7200,"most_per_day":4,"seconds":600,"ug":"5"}' in written
    with pytest.raises(ProgramError, match="patient bolus: denied"):
        program_from_bytes(written)


def test_days_that_are_no_list_are_refused() -> None:
    with pytest.raises(ProgramError, match="days must be a list"):
        program_from_bytes(b'{"base":{"days":7,"mode":"flex"},"drug":"baclofen","form":1,"ug_per_mL":"500"}')


def test_a_form_from_the_future_is_named() -> None:
    with pytest.raises(ProgramError, match="form 2 is not known here; this software reads form 1"):
        program_from_bytes(program_bytes(PERIODIC).replace(b'"form":1', b'"form":2'))
