from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pump.pumps import (
    START,
    bolus,
    continuous,
    fresh_id,
    implanted,
    program,
    programs,
    refill,
    running,
    send,
    spans,
    ug_a_day,
)
from thecal.pump import MemoryImageError, Pump
from thecal.quantities import DAY, HOUR
from thecal.therapy import Program, SimpleContinuous


def lived() -> Pump:
    """Return a pump that has seen something of everything."""
    pump = running(program(SimpleContinuous(dose=ug_a_day(100)), bolus(50)))
    pump.advance(START + 90 * DAY)
    refill(pump, fill="12.25")
    pump.stop(fresh_id(), now=START + 91 * DAY)
    send(pump, program(SimpleContinuous(dose=ug_a_day(120)), bolus(25)))
    pump.advance(START + 91 * DAY + HOUR / 7)
    return pump


IMAGE = lived().image()


def sealed(content: bytes, form: int = 2) -> bytes:
    """Return content under a header that fits it."""
    seal = hashlib.sha256(b"%d\n%s" % (form, content)).hexdigest().encode()
    return b"thecal-pump-memory %d %s\n%s" % (form, seal, content)


CONTENT = IMAGE.partition(b"\n")[2]


@pytest.mark.requirement("ITB-116")
def test_an_image_brings_back_the_whole_memory() -> None:
    pump = lived()

    again = Pump.restore(pump.image())

    assert again.memory.delivery == pump.memory.delivery
    assert again.log == pump.log
    assert again.image() == pump.image()


@pytest.mark.requirement("ITB-116")
@given(what=programs(), before=spans(), after=spans(), fill=st.sampled_from(["2.5", "18"]))
@settings(max_examples=40)
def test_a_pump_saved_at_any_moment_goes_on_as_if_it_had_not_been(
    what: Program, before: timedelta, after: timedelta, fill: str
) -> None:
    if what.once is not None and fill == "2.5":
        what = program(what.base)
    pump = running(what, fill)
    pump.advance(START + before)

    again = Pump.restore(pump.image())

    assert again.memory == pump.memory
    again.advance(START + before + after)
    pump.advance(START + before + after)
    assert again.memory == pump.memory


@pytest.mark.requirement("ITB-041", "ITB-084", "ITB-136")
@given(place=st.integers(0, len(IMAGE) - 1), flip=st.integers(1, 255))
@settings(max_examples=300)
def test_a_flipped_byte_in_any_place_is_refused(place: int, flip: int) -> None:
    damaged = bytearray(IMAGE)
    damaged[place] ^= flip

    with pytest.raises(MemoryImageError):
        Pump.restore(bytes(damaged))


@pytest.mark.requirement("ITB-084")
@given(length=st.integers(0, len(IMAGE) - 1))
def test_an_image_cut_short_anywhere_is_refused(length: int) -> None:
    with pytest.raises(MemoryImageError):
        Pump.restore(IMAGE[:length])


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        (b"", "not a pump's memory"),
        (b"\xff\xfe\x00", "not a pump's memory"),
        (b'{"program": 1}', "not a pump's memory"),
        (sealed(CONTENT, form=1), "form '1' is not known; this software reads form 2"),
        (IMAGE + b" ", "cut short or altered"),
        (IMAGE.replace(b"a", b"A", 1), "not a pump's memory"),
        (sealed(b""), "makes no sense"),
        (sealed(b"\xff"), "makes no sense"),
        (sealed(b"[]"), "makes no sense"),
        (sealed(b"[" * 100_000), "makes no sense"),
        (sealed(CONTENT.replace(b'"revision":', b'"visions":')), "makes no sense"),
        (sealed(CONTENT.replace(b'"counts":', b'"counts":-')), "makes no sense"),
        (sealed(CONTENT.replace(b'"phase":[', b'"phase":[9')), "makes no sense"),
        (sealed(CONTENT.replace(b'"reason":"complete"', b'"reason":"finished"')), "was altered"),
        (sealed(CONTENT.replace(b'"at":', b'"more":1,"at":', 1)), "not in its one form"),
        (sealed(CONTENT + b"\n"), "not in its one form"),
    ],
)
def test_bytes_that_are_no_memory_are_refused_by_name(image: bytes, complaint: str) -> None:
    with pytest.raises(MemoryImageError, match=complaint):
        Pump.restore(image)


def test_the_image_of_a_new_pump_says_what_it_is() -> None:
    assert implanted().image().startswith(b"thecal-pump-memory 2 ")


def test_two_pumps_that_lived_alike_have_the_same_image() -> None:
    one, other = (Pump.restore(IMAGE) for _ in range(2))
    for pump in (one, other):
        pump.advance(START + 100 * DAY)
    assert one.image() == other.image()

    send(other, continuous(100))
    assert one.image() != other.image()
