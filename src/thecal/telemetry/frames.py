"""A frame: what carries one message through the noise.

======  ====  =====================================================================
offset  size  field
======  ====  =====================================================================
0       2     ``Th``: here a frame may begin
2       1     version of this layout, 2
3       1     sealing of the payload (``codes.Sealing``), 0x0F open
4       1     message code (``codes.MessageCode``)
5       4     sequence number, u32, big-endian as every number
9       2     n, bytes from here to the CRC, u16
11      8     contact: the nonce that the wand has drawn for this contact
19      n-8   payload: the message's fields, and behind them the seal's tag, once there is one
11+n    4     CRC-32 (IEEE 802.3) of everything before it
======  ====  =====================================================================

The first 11 bytes and the CRC stand where they stand in every version, so that a frame of another version is
read as one and refused for its version, and not taken for noise. Version 1 had no contact.

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
VERSION = 2
CONTACT_BYTES = 8
SEQUENCE_MOST = 0xFFFF_FFFF
_HEADER = struct.Struct(">2sBBBIH")
_CRC = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame that noise has not touched; what it says is still to be judged.

    Attributes:
        sealing: how the payload is sealed.
        code: which message it holds.
        sequence: number of the request within its contact; a reply has its request's.
        contact: the nonce of the contact, 8 bytes; empty in a frame of another version that was read.
        payload: the message's fields; in a frame of another version everything that version put there.
        version: of the layout.
    """

    sealing: int
    code: int
    sequence: int
    contact: bytes
    payload: bytes
    version: int = VERSION


def encode_frame(frame: Frame) -> bytes:
    """Return a frame's bytes.

    Raises:
        LocalProtocolError: the payload is too large, the contact's nonce has not its 8 bytes, or the sequence
            numbers are used up.
    """
    if frame.version == VERSION:
        check_contact(frame.contact)
    if len(frame.payload) > PAYLOAD_MOST:
        raise LocalProtocolError(f"a payload holds at most {PAYLOAD_MOST} bytes, got {len(frame.payload)}")
    if not 0 <= frame.sequence <= SEQUENCE_MOST:
        raise LocalProtocolError(f"a sequence number is from 0 to {SEQUENCE_MOST}, got {frame.sequence}")
    rest = frame.contact + frame.payload
    header = _HEADER.pack(MAGIC, frame.version, frame.sealing, frame.code, frame.sequence, len(rest))
    body = header + rest
    return body + _CRC.pack(zlib.crc32(body))


def check_contact(contact: bytes) -> None:
    """Refuse a nonce of another length.

    Raises:
        LocalProtocolError: it has not 8 bytes.
    """
    if len(contact) != CONTACT_BYTES:
        raise LocalProtocolError(f"a contact's nonce has {CONTACT_BYTES} bytes, got {len(contact)}")


def decode_frame(data: bytes) -> Frame:
    """Read exactly one frame, for instance a captured one.

    Raises:
        RemoteProtocolError: damaged, incomplete, or with bytes around it.
    """
    reader = FrameReader()
    frames = reader.feed(data)
    if len(frames) != 1 or encode_frame(frames[0]) != data:
        raise RemoteProtocolError(f"these {len(data)} bytes are not one whole frame")
    return frames[0]


class FrameReader:
    """Cuts frames out of bytes that arrive in any pieces, and skips what noise made of the others."""

    def __init__(self) -> None:
        self._inbox = b""

    @property
    def has_begun(self) -> bool:
        """Whether the buffer contains the possible beginning of a frame."""
        return bool(self._inbox)

    def feed(self, data: bytes) -> list[Frame]:
        """Add received bytes; return the frames that are now complete."""
        self._inbox += data
        frames = []
        while self._seek_magic() and (size := self._size()) <= len(self._inbox):
            frame = _undamaged(self._inbox[:size])
            if frame is not None:
                frames.append(frame)
            self._inbox = self._inbox[1 if frame is None else size :]
        return frames

    def give_up(self) -> list[Frame]:
        """Discard the incomplete frame as noise; return the complete frames after it."""
        frames = []
        while self._inbox:
            self._inbox = self._inbox[1:]
            frames += self.feed(b"")
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
        return _HEADER.size + length + _CRC.size if length <= CONTACT_BYTES + PAYLOAD_MOST else 0


def _undamaged(data: bytes) -> Frame | None:
    """Read the frame that fills ``data``, or say that noise has changed it."""
    if not data or zlib.crc32(data[: -_CRC.size]) != _CRC.unpack(data[-_CRC.size :])[0]:
        return None
    _, version, sealing, code, sequence, length = _HEADER.unpack_from(data)
    begin = _HEADER.size + (CONTACT_BYTES if version == VERSION else 0)
    if begin > _HEADER.size + length:  # no end of ours writes a frame without its contact
        return None
    return Frame(
        version=version,
        sealing=sealing,
        code=code,
        sequence=sequence,
        contact=data[_HEADER.size : begin],
        payload=data[begin : -_CRC.size],
    )
