from __future__ import annotations

import pytest

from builders.bedside import NOW
from builders.contacts import fresh_contact
from conformance.links import check_link
from thecal.programmer.transports.loopback import Cut, LoopbackLink
from thecal.quantities import ManualClock


def test_the_loopback_does_what_any_link_must_do() -> None:
    check_link(lambda pump: LoopbackLink(pump, clock=ManualClock(NOW), contact=fresh_contact()))


def test_a_frame_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 1, got 0"):
        Cut(frame=0, lasting=True)
