from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
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
from thecal.pump import Kind, MemoryImageError, Pump
from thecal.quantities import DAY, HOUR
from thecal.therapy import Program, SimpleContinuous, Stop


def lived() -> Pump:
    """Return a pump that has seen something of everything."""
    pump = running(program(SimpleContinuous(dose=ug_a_day(100)), bolus(50)))
    pump.advance(START + 90 * DAY)
    refill(pump, fill="12.25")
    pump.handle(Stop(id=fresh_id()), START + 91 * DAY)
    send(pump, program(SimpleContinuous(dose=ug_a_day(120)), bolus(25)))
    pump.advance(START + 91 * DAY + HOUR / 7)
    return pump


IMAGE = lived().image()


HEADER, CONTENT, LOG = IMAGE.split(b"\n", 2)
BEFORE_LOG = len(IMAGE) - len(LOG)


def sealed(content: bytes, form: int = 6, log: bytes = LOG) -> bytes:
    """Return content under a header that fits it, and a log."""
    seal = hashlib.sha256(b"%d\n%s" % (form, content)).hexdigest().encode()
    return b"thecal-pump-memory %d %s\n%s\n%s" % (form, seal, content, log)


def resealed(document: bytes) -> bytes:
    """Return a line of the log whose seal fits it."""
    return b"%s %s\n" % (document, hashlib.sha256(document).hexdigest().encode())


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


@pytest.mark.requirement("ITB-084", "ITB-136")
@given(place=st.integers(0, BEFORE_LOG - 1), flip=st.integers(1, 255))
@settings(max_examples=300)
def test_a_flipped_byte_in_any_place_of_memory_and_mechanism_is_refused(place: int, flip: int) -> None:
    damaged = bytearray(IMAGE)
    damaged[place] ^= flip

    with pytest.raises(MemoryImageError):
        Pump.restore(bytes(damaged))


@pytest.mark.requirement("ITB-084")
@given(length=st.integers(0, BEFORE_LOG - 2))
def test_an_image_cut_short_before_its_log_is_refused(length: int) -> None:
    with pytest.raises(MemoryImageError):
        Pump.restore(IMAGE[:length])


@pytest.mark.requirement("ITB-117", "ITB-136")
@given(place=st.integers(BEFORE_LOG, len(IMAGE) - 1), flip=st.integers(1, 255))
@settings(max_examples=100)
def test_a_flipped_byte_of_the_log_costs_the_records_it_touches_and_the_log_names_them(
    place: int, flip: int
) -> None:
    damaged, whole = bytearray(IMAGE), Pump.restore(IMAGE)
    damaged[place] ^= flip

    pump = Pump.restore(bytes(damaged))

    touched = IMAGE[BEFORE_LOG:place].count(b"\n") + 1
    lost = pump.log.lost
    assert lost in [(touched,), (touched, touched + 1)]
    assert list(pump.log[:-1]) == [one for one in whole.log if one.number not in lost]
    assert pump.log[-1].kind is Kind.LOG_DAMAGED
    assert pump.log[-1].number == whole.log.written + 1
    assert pump.log[-1].fact("record") == str(touched)
    assert (pump.memory.program, pump.memory.drive) == (whole.memory.program, whole.memory.drive)


@pytest.mark.requirement("ITB-117")
@given(length=st.integers(BEFORE_LOG - 1, len(IMAGE) - 1))
def test_a_log_that_was_cut_short_is_restored_as_far_as_it_goes_and_says_what_is_missing(length: int) -> None:
    left = IMAGE[BEFORE_LOG:length].count(b"\n")
    written = LOG.count(b"\n")

    pump = Pump.restore(IMAGE[:length])

    assert pump.log.lost == tuple(range(left + 1, written + 1))
    assert pump.log[-1].fact("lost") == ", ".join(map(str, pump.log.lost))
    again = Pump.restore(pump.image())
    assert again.image() == pump.image()
    assert again.log == pump.log


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        (b"", "not the memory of a pump"),
        (b"\xff\xfe\x00", "not the memory of a pump"),
        (b'{"program": 1}', "not the memory of a pump"),
        (sealed(CONTENT, form=5), "form '5' is not known; this software reads form 6"),
        (IMAGE + b" ", "not in its canonical form"),
        (b"\n", "not the memory of a pump"),
        (sealed(CONTENT, log=resealed(b'{"kind":"pump.flew"}')), "complete but invalid"),
        (sealed(CONTENT, log=resealed(b"[]")), "complete but invalid"),
        (IMAGE.replace(b"a", b"A", 1), "not the memory of a pump"),
        (sealed(b""), "complete but invalid"),
        (sealed(b"\xff"), "complete but invalid"),
        (sealed(b"[]"), "complete but invalid"),
        (sealed(b"[" * 100_000), "complete but invalid"),
        (sealed(CONTENT.replace(b'"revision":', b'"visions":')), "complete but invalid"),
        (sealed(CONTENT.replace(b'"counts":', b'"counts":-')), "complete but invalid"),
        (sealed(CONTENT.replace(b'"phase":[', b'"phase":[9')), "complete but invalid"),
        (sealed(CONTENT.replace(b'"at":', b'"more":1,"at":', 1)), "not in its canonical form"),
        (sealed(CONTENT + b" "), "not in its canonical form"),
    ],
)
def test_bytes_that_are_no_memory_are_refused_by_name(image: bytes, complaint: str) -> None:
    with pytest.raises(MemoryImageError, match=complaint):
        Pump.restore(image)


def test_the_image_of_a_new_pump_says_what_it_is() -> None:
    assert implanted().image().startswith(b"thecal-pump-memory 6 ")


def test_two_pumps_that_lived_alike_have_the_same_image() -> None:
    one, other = (Pump.restore(IMAGE) for _ in range(2))
    for pump in (one, other):
        pump.advance(START + 100 * DAY)
    assert one.image() == other.image()

    send(other, continuous(100))
    assert one.image() != other.image()
