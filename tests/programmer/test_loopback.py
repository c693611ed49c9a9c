from __future__ import annotations

import pytest

from conformance.links import check_link
from programmer.bedside import NOW
from thecal.programmer.transports.loopback import (
    INTERROGATION_FRAMES,
    ORDER_FRAMES,
    STOP_FRAMES,
    Cut,
    LoopbackLink,
)
from thecal.quantities import ManualClock


def test_the_loopback_does_what_any_link_must_do() -> None:
    check_link(lambda pump: LoopbackLink(pump, clock=ManualClock(NOW)))


def test_a_cut_says_what_happens_in_a_nurses_words() -> None:
    lasting, once = Cut(frame=4, lasting=True), Cut(frame=4, lasting=False)

    assert lasting.describe(ORDER_FRAMES) == (
        "the pump takes the program, but its answer does not come back; the link stays cut"
    )
    assert once.describe(STOP_FRAMES) == (
        "the pump stops, but what it runs does not come back; then the link recovers"
    )


def test_a_cut_that_the_act_never_comes_to_has_no_words() -> None:
    with pytest.raises(ValueError, match="2 frames, no frame 3"):
        Cut(frame=3, lasting=True).describe(INTERROGATION_FRAMES)


def test_a_frame_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 1, got 0"):
        Cut(frame=0, lasting=True)
