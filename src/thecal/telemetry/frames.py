"""A frame: what carries one message through the noise.

======  ====  =====================================================================
offset  size  field
======  ====  =====================================================================
0       2     ``Th``: here a frame may begin
2       1     version of this layout, 1
3       1     sealing of the payload (``codes.Sealing``), 0x0F open
4       1     message code (``codes.MessageCode``)
5       4     sequence number, u32, big-endian as every number
9       2     n, bytes in the payload, u16
11      n     payload: the message's fields, and behind them the seal's tag, once there is one
11+n    4     CRC-32 (IEEE 802.3) of everything before it
======  ====  =====================================================================

The CRC finds noise. It is no protection against a person, who can compute it too: that will be the seal's
work, and the header will be covered by it.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from thecal.telemetry.errors import LocalProtocolError, RemoteProtocolError
from thecal.telemetry.limits import PAYLOAD_MOST

MAGIC = b"Th"
VERSION = 1
SEQUENCE_MOST = 0xFFFF_FFFF
_HEADER = struct.Struct(">2sBBBIH")
_CRC = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame that noise has not touched; what it says is still to be judged."""

    sealing: int
    code: int
    sequence: int
    payload: bytes
    version: int = VERSION


def encode_frame(frame: Frame) -> bytes:
    """Return a frame's bytes.

    Raises:
        LocalProtocolError: the payload is too large, or the sequence numbers are used up.
    """
    if len(frame.payload) > PAYLOAD_MOST:
        raise LocalProtocolError(f"a payload holds at most {PAYLOAD_MOST} bytes, got {len(frame.payload)}")
    if not 0 <= frame.sequence <= SEQUENCE_MOST:
        raise LocalProtocolError(f"a sequence number is from 0 to {SEQUENCE_MOST}, got {frame.sequence}")
    header = _HEADER.pack(MAGIC, frame.version, frame.sealing, frame.code, frame.sequence, len(frame.payload))
    body = header + frame.payload
    return body + _CRC.pack(zlib.crc32(body))


def decode_frame(data: bytes) -> Frame:
    """Read exactly one frame, for instance a captured one.

    Raises:
        RemoteProtocolError: damaged, incomplete, or with bytes around it.
    """
    reader = FrameReader()
    frames = reader.take(data)
    if len(frames) != 1 or encode_frame(frames[0]) != data:
        raise RemoteProtocolError(f"these {len(data)} bytes are not one whole frame")
    return frames[0]


class FrameReader:
    """Cuts frames out of bytes that arrive in any pieces, and skips what noise made of the others."""

    def __init__(self) -> None:
        self._inbox = b""

    @property
    def has_begun(self) -> bool:
        """Whether something waits that may be the front of a frame."""
        return bool(self._inbox)

    def take(self, data: bytes) -> list[Frame]:
        """Add what arrived; return the frames that are now whole."""
        self._inbox += data
        frames = []
        while self._seek_magic() and (size := self._size()) <= len(self._inbox):
            frame = _undamaged(self._inbox[:size])
            if frame is not None:
                frames.append(frame)
            self._inbox = self._inbox[1 if frame is None else size :]
        return frames

    def give_up(self) -> list[Frame]:
        """Take the frame that has begun for noise; return the frames that were hidden behind it."""
        frames = []
        while self._inbox:
            self._inbox = self._inbox[1:]
            frames += self.take(b"")
        return frames

    def _seek_magic(self) -> bool:
        """Drop what cannot begin a frame; say whether something is left that does."""
        at = self._inbox.find(MAGIC)
        if at < 0:
            half = self._inbox.endswith(MAGIC[:1])
            self._inbox = MAGIC[:1] if half else b""
            return False
        self._inbox = self._inbox[at:]
        return True

    def _size(self) -> int:
        """Return how many bytes to wait for: of the header, then of the frame; 0 where noise wrote it."""
        if len(self._inbox) < _HEADER.size:
            return _HEADER.size
        *_, length = _HEADER.unpack_from(self._inbox)
        return _HEADER.size + length + _CRC.size if length <= PAYLOAD_MOST else 0


def _undamaged(data: bytes) -> Frame | None:
    """Read the frame that fills ``data``, or say that noise has changed it."""
    if not data or zlib.crc32(data[: -_CRC.size]) != _CRC.unpack(data[-_CRC.size :])[0]:
        return None
    _, version, sealing, code, sequence, _ = _HEADER.unpack_from(data)
    return Frame(
        version=version,
        sealing=sealing,
        code=code,
        sequence=sequence,
        payload=data[_HEADER.size : -_CRC.size],
    )
