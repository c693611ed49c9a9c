"""Values as bytes: whole numbers big-endian, amounts as exact decimal text, moments in microseconds.

===========  ==============================================================================================
u8 u16 u32   unsigned whole number
span         i64, microseconds
moment       i64, microseconds since 1970-01-01 00:00 UTC
text         u16 length in bytes, UTF-8
decimal      text of digits with at most one point between them, no sign, no exponent, no needless zero
digest       32 bytes, a SHA-256
code         one byte of an enum of ``telemetry.codes``
program      text, the program's canonical form (``therapy.program_bytes``)
===========  ==============================================================================================

There is one way to write a value: what reads back writes the same bytes. ``FieldReader`` takes hostile bytes
and raises RemoteProtocolError; ``read_message`` adds to it what the shared language refuses.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from thecal.quantities import DAY, elapsed, microseconds, plain
from thecal.telemetry.codes import Truth
from thecal.telemetry.errors import LocalProtocolError, RemoteProtocolError
from thecal.telemetry.limits import MOMENT_FIRST, MOMENT_LAST
from thecal.therapy import Program, program_bytes, program_from_bytes

if TYPE_CHECKING:
    from enum import IntEnum

_Code = TypeVar("_Code", bound="IntEnum")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
_DIGEST_BYTES = 32
_SPAN_MOST = microseconds(1_000 * 365 * DAY)


class FieldWriter:
    """Puts values behind one another.

    Raises:
        LocalProtocolError: from every method, for a value that its field cannot hold.
    """

    def __init__(self) -> None:
        self._written = bytearray()

    def finish(self) -> bytes:
        """Return everything written."""
        return bytes(self._written)

    def whole(self, number: int, size: int) -> None:
        """Write an unsigned whole number in ``size`` bytes."""
        if not 0 <= number < 256**size:
            raise LocalProtocolError(f"{number} does not fit into {size} bytes")
        self._written += number.to_bytes(size, "big")

    def span(self, span: timedelta) -> None:
        """Write a time span of less than a thousand years either way, exactly."""
        count = microseconds(span)
        if abs(count) > _SPAN_MOST:
            raise LocalProtocolError(f"{span} is not a span a pump may name")
        self._written += count.to_bytes(8, "big", signed=True)

    def moment(self, moment: datetime) -> None:
        """Write a moment, exactly; its offset from UTC is not written."""
        if not MOMENT_FIRST <= moment < MOMENT_LAST:
            raise LocalProtocolError(f"{moment.isoformat()} is not a moment a pump may name")
        self.span(elapsed(_EPOCH, moment))

    def moment_with_offset(self, moment: datetime) -> None:
        """Write a moment and its fixed offset from UTC."""
        self.moment(moment)
        self.span(moment.utcoffset() or timedelta(0))

    def text(self, text: str) -> None:
        """Write text."""
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            raise LocalProtocolError(f"{text!r} is not text") from error
        self.whole(len(data), 2)
        self._written += data

    def optional_text(self, text: str | None) -> None:
        """Write text that may be absent: a code for yes or no, then the text."""
        self.truth(value=text is not None)
        if text is not None:
            self.text(text)

    def decimal(self, number: Decimal) -> None:
        """Write a number from 0 up, exactly."""
        self.text(plain(number))

    def digest(self, digest: str) -> None:
        """Write a SHA-256 from its hex digits."""
        try:
            data = bytes.fromhex(digest)
        except ValueError:
            data = b""
        if len(data) != _DIGEST_BYTES:
            raise LocalProtocolError(f"{digest!r} is not a SHA-256 in hex")
        self._written += data

    def code(self, code: IntEnum, *, size: int = 1) -> None:
        """Write a code, in ``size`` bytes."""
        self.whole(code, size)

    def truth(self, *, value: bool) -> None:
        """Write a yes or a no."""
        self.code(Truth.YES if value else Truth.NO)

    def program(self, program: Program) -> None:
        """Write a program's canonical form."""
        self.text(program_bytes(program).decode())


class FieldReader:
    """Takes values from the front of hostile bytes.

    Raises:
        RemoteProtocolError: from every method, for bytes that are not such a field.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def finish(self) -> None:
        """Refuse bytes after the last field."""
        if self._at != len(self._data):
            raise RemoteProtocolError(f"{len(self._data) - self._at} bytes too many")

    def _read(self, size: int) -> bytes:
        chunk = self._data[self._at : self._at + size]
        if len(chunk) != size:
            raise RemoteProtocolError(f"ends {size - len(chunk)} bytes too early")
        self._at += size
        return chunk

    def whole(self, size: int) -> int:
        """Read an unsigned whole number of ``size`` bytes."""
        return int.from_bytes(self._read(size), "big")

    def span(self) -> timedelta:
        """Read a time span of less than a thousand years either way."""
        count = int.from_bytes(self._read(8), "big", signed=True)
        if abs(count) > _SPAN_MOST:
            raise RemoteProtocolError(f"{count} microseconds is not a span a pump may name")
        return timedelta(microseconds=count)

    def moment(self) -> datetime:
        """Read a moment, as UTC."""
        moment = _EPOCH + self.span()
        if not MOMENT_FIRST <= moment < MOMENT_LAST:
            raise RemoteProtocolError(f"{moment.isoformat()} is not a moment a pump may name")
        return moment

    def offset(self) -> timedelta:
        """Read an offset from UTC."""
        offset = self.span()
        if not -DAY < offset < DAY:
            raise RemoteProtocolError(f"a clock is less than a day away from UTC, got {offset}")
        return offset

    def moment_with_offset(self) -> datetime:
        """Read a moment in its own fixed offset from UTC."""
        moment = self.moment()
        return moment.astimezone(timezone(self.offset()))

    def text(self) -> str:
        """Read text."""
        data = self._read(self.whole(2))
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise RemoteProtocolError(f"{data!r} is not UTF-8") from error

    def optional_text(self) -> str | None:
        """Read text that may be absent."""
        return self.text() if self.truth() else None

    def decimal(self) -> Decimal:
        """Read a number from 0 up."""
        text = self.text()
        if not _DECIMAL.fullmatch(text):
            raise RemoteProtocolError(f"{text!r} is not a decimal in canonical form")
        return Decimal(text)

    def digest(self) -> str:
        """Read a SHA-256, as hex."""
        return self._read(_DIGEST_BYTES).hex()

    def code(self, codes: type[_Code], *, size: int = 1) -> _Code:
        """Read one meaning out of few, of ``size`` bytes."""
        number = self.whole(size)
        try:
            return codes(number)
        except ValueError as error:
            raise RemoteProtocolError(f"0x{number:0{2 * size}X} is no {codes.__name__}") from error

    def truth(self) -> bool:
        """Read yes or no."""
        return self.code(Truth) is Truth.YES

    def program(self) -> Program:
        """Read a program; ProgramError where it is none, or not in its canonical form."""
        return program_from_bytes(self.text().encode())
