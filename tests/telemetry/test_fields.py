from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.captures import BEFORE
from builders.strategies import clock_offsets, moments, programs
from thecal.quantities import DAY
from thecal.telemetry import LocalProtocolError, RemoteProtocolError
from thecal.telemetry.codes import Verdict
from thecal.telemetry.fields import FieldReader, FieldWriter
from thecal.therapy import Program, program_bytes


def text_of(text: str) -> bytes:
    fields = FieldWriter()
    fields.text(text)
    return fields.finish()


@given(st.decimals("0", "1e12", places=30))
def test_a_decimal_is_read_as_it_was_written(number: Decimal) -> None:
    fields = FieldWriter()
    fields.decimal(number)

    assert FieldReader(fields.finish()).decimal() == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.", ".5", "1.0", "01", "1e3", "nan", "1 ", "\u0661"])
def test_a_decimal_in_another_than_its_one_form_is_refused(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match="canonical form"):
        FieldReader(text_of(text)).decimal()


@given(moments(), clock_offsets())
def test_a_moment_and_its_offset_are_read_as_they_were_written(moment: datetime, offset: timedelta) -> None:
    fields = FieldWriter()
    fields.moment(moment)
    fields.span(offset)
    reader = FieldReader(fields.finish())

    assert reader.moment_with_offset() == moment
    reader.finish()


@pytest.mark.parametrize("year", [1999, 2200])
def test_a_moment_outside_the_time_of_pumps_is_not_written(year: int) -> None:
    with pytest.raises(LocalProtocolError, match=str(year)):
        FieldWriter().moment(datetime(year, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize("days", [-1, 0, 365 * 999, 100_000_000])
def test_a_moment_outside_the_time_of_pumps_is_refused(days: int) -> None:
    with pytest.raises(RemoteProtocolError, match="a pump may name"):
        FieldReader((days * 86_400_000_000).to_bytes(8, "big", signed=True)).moment()


def test_a_span_of_a_thousand_years_is_not_written() -> None:
    with pytest.raises(LocalProtocolError, match="span"):
        FieldWriter().span(365_001 * DAY)


def test_an_offset_of_a_day_is_refused() -> None:
    fields = FieldWriter()
    fields.span(DAY)

    with pytest.raises(RemoteProtocolError, match="less than a day"):
        FieldReader(fields.finish()).offset()


def test_a_number_that_does_not_fit_is_not_written() -> None:
    with pytest.raises(LocalProtocolError, match="65536 does not fit into 2 bytes"):
        FieldWriter().whole(65_536, 2)


@pytest.mark.parametrize("digest", ["", "ab" * 31, "ab" * 33, "no hex"])
def test_what_is_no_digest_is_not_written(digest: str) -> None:
    with pytest.raises(LocalProtocolError, match="SHA-256"):
        FieldWriter().digest(digest)


def test_half_a_character_is_not_written() -> None:
    with pytest.raises(LocalProtocolError, match="not text"):
        FieldWriter().text("\ud800")


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="UTF-8"):
        FieldReader(b"\0\1\xff").text()


def test_a_code_hit_by_noise_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="0x3D is no Verdict"):
        FieldReader(bytes([Verdict.ACCEPTED ^ 1])).code(Verdict)


def test_bytes_too_few_and_too_many_are_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="1 bytes too early"):
        FieldReader(b"\0").whole(2)
    with pytest.raises(RemoteProtocolError, match="1 bytes too many"):
        FieldReader(b"\0").finish()


@given(programs())
def test_a_program_is_read_as_it_was_written(program: Program) -> None:
    fields = FieldWriter()
    fields.program(program)

    assert FieldReader(fields.finish()).program() == program


def test_a_program_travels_in_its_canonical_form() -> None:
    fields = FieldWriter()
    fields.program(BEFORE)

    assert fields.finish()[2:] == program_bytes(BEFORE)
