from __future__ import annotations

import zlib
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders.captures import FIRST_VERSION
from thecal.telemetry import (
    Frame,
    FrameReader,
    LocalProtocolError,
    RemoteProtocolError,
    decode_frame,
    encode_frame,
)
from thecal.telemetry.frames import VERSION
from thecal.telemetry.limits import PAYLOAD_MOST

BYTE = st.integers(0, 255)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    version = draw(st.just(VERSION) | BYTE)
    return Frame(
        version=version,
        sealing=draw(BYTE),
        code=draw(BYTE),
        sequence=draw(st.integers(0, 2**32 - 1)),
        contact=draw(st.binary(min_size=8, max_size=8)) if version == VERSION else b"",
        payload=draw(st.binary(max_size=60)),
    )


CONTACT = b"contact1"
SOME = Frame(sealing=0x0F, code=0x5A, sequence=9, contact=CONTACT, payload=b"stop")


@st.composite
def pieces(draw: st.DrawFn, data: bytes) -> list[bytes]:
    cuts = sorted(draw(st.sets(st.integers(0, len(data)), max_size=12)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@given(frames())
def test_a_frame_is_read_as_it_was_written(frame: Frame) -> None:
    assert decode_frame(encode_frame(frame)) == frame


@given(st.data(), st.lists(frames(), max_size=5))
def test_frames_may_arrive_in_any_pieces(data: st.DataObject, sent: list[Frame]) -> None:
    joined = b"".join(encode_frame(frame) for frame in sent)
    reader = FrameReader()

    got = [frame for piece in data.draw(pieces(joined)) for frame in reader.feed(piece)]

    assert got == sent
    assert not reader.has_begun


@pytest.mark.requirement("ITB-157")
@given(st.data(), frames())
def test_a_frame_in_which_up_to_three_bits_flipped_is_not_taken(data: st.DataObject, frame: Frame) -> None:
    whole = bytearray(encode_frame(frame))
    for bit in data.draw(st.sets(st.integers(0, len(whole) * 8 - 1), min_size=1, max_size=3)):
        whole[bit // 8] ^= 1 << bit % 8

    with pytest.raises(RemoteProtocolError):
        decode_frame(bytes(whole))


@given(st.data(), st.binary(max_size=80))
def test_noise_before_a_frame_does_not_swallow_it(data: st.DataObject, noise: bytes) -> None:
    reader = FrameReader()

    got = [frame for piece in data.draw(pieces(noise + encode_frame(SOME))) for frame in reader.feed(piece)]
    got += reader.give_up()

    assert SOME in got
    assert not reader.has_begun


@given(st.lists(st.sampled_from([b"T", b"h", b"Th", bytes(9), b"\x7f\xff", encode_frame(SOME)]), max_size=20))
def test_noise_that_looks_like_frames_hides_none(parts: list[bytes]) -> None:
    reader = FrameReader()

    got = reader.feed(b"".join(parts)) + reader.give_up()

    assert len(got) == parts.count(encode_frame(SOME))


@given(st.binary())
def test_whatever_arrives_a_reader_never_fails(data: bytes) -> None:
    reader = FrameReader()
    reader.feed(data)
    reader.give_up()

    assert not reader.has_begun


@given(st.binary())
def test_bytes_that_are_not_one_frame_are_refused(data: bytes) -> None:
    assume(data != encode_frame(SOME))
    with pytest.raises(RemoteProtocolError, match="one whole frame"):
        decode_frame(data)


@pytest.mark.parametrize(
    "data", [b"", b"T", encode_frame(SOME)[:-1], encode_frame(SOME) * 2, b" " + encode_frame(SOME)]
)
def test_less_and_more_than_one_frame_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError, match="one whole frame"):
        decode_frame(data)


def test_a_length_beyond_the_limit_is_noise_and_is_not_waited_for() -> None:
    header = b"Th" + bytes(7) + (8 + PAYLOAD_MOST + 1).to_bytes(2, "big")
    reader = FrameReader()

    assert reader.feed(header) == []
    assert not reader.has_begun


def test_a_payload_beyond_the_limit_is_not_written() -> None:
    with pytest.raises(LocalProtocolError, match=f"at most {PAYLOAD_MOST} bytes"):
        encode_frame(replace(SOME, payload=bytes(PAYLOAD_MOST + 1)))


def test_sequence_numbers_are_not_begun_anew() -> None:
    with pytest.raises(LocalProtocolError, match="sequence number"):
        encode_frame(Frame(sealing=0x0F, code=0x5A, sequence=2**32, contact=CONTACT, payload=b""))


def test_the_layout_is_the_one_on_the_page() -> None:
    data = encode_frame(SOME)

    assert data[:2] == b"Th"
    assert list(data[2:5]) == [2, 0x0F, 0x5A]
    assert data[5:9] == b"\0\0\0\x09"
    assert data[9:11] == b"\0\x0c"
    assert data[11:19] == CONTACT
    assert data[19:23] == b"stop"
    assert data[23:] == zlib.crc32(data[:23]).to_bytes(4, "big")


def test_the_largest_frame_is_read_whole() -> None:
    frame = replace(SOME, payload=bytes(PAYLOAD_MOST))

    assert decode_frame(encode_frame(frame)) == frame


@pytest.mark.parametrize("contact", [b"", b"7 bytes", b"too long 9"])
def test_a_frame_whose_nonce_has_not_eight_bytes_is_not_written(contact: bytes) -> None:
    with pytest.raises(LocalProtocolError, match="nonce has 8 bytes"):
        encode_frame(replace(SOME, contact=contact))


@pytest.mark.parametrize("size", range(8))
def test_a_frame_too_short_for_its_nonce_is_noise(size: int) -> None:
    header = b"Th\x02\x0f\x5a" + bytes(5) + bytes([size]) + bytes(size)
    short = header + zlib.crc32(header).to_bytes(4, "big")

    assert FrameReader().feed(short + encode_frame(SOME)) == [SOME]


def test_a_frame_of_the_first_version_is_read_as_one_and_says_so() -> None:
    (frame,) = FrameReader().feed(FIRST_VERSION)

    assert (frame.version, frame.code, frame.sequence) == (1, 0x33, 3)
    assert (frame.contact, frame.payload) == (b"", b"")
