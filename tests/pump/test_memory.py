from __future__ import annotations

from dataclasses import replace

import pytest

from pump.pumps import START, continuous, mL, running
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.tape import Tape
from thecal.quantities import DAY, HOUR


def lived() -> Memory:
    """Return the memory of a pump that ran for ten days."""
    pump = running(continuous(200))
    pump.advance(START + 10 * DAY)
    return pump.memory


@pytest.mark.requirement("ITB-057")
def test_what_the_reservoir_holds_comes_from_counts() -> None:
    memory = lived()

    assert memory.drive.counts == 8000
    assert memory.holding.content == mL(14)
    assert memory.usable == mL("12.6")
    assert (memory.low_counts, memory.empty_counts) == (32_000, 33_200)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"at": START}, "before the present, in that order|does not end"),
        ({"tape": Tape()}, "delivery record does not end"),
        ({"doubt": -1}, "counters only go up"),
        ({"started": START - HOUR}, "before the present, in that order"),
        ({"started": START + 11 * DAY}, "before the present, in that order"),
        ({"filled_at": START - HOUR}, "before the present, in that order"),
        ({"filled_at": START + 11 * DAY}, "before the present, in that order"),
        ({"drive": Drive(counts=33_201)}, "stop where the reservoir is empty"),
        ({"started_counts": 8001}, "counters only go up"),
        ({"revision": -1}, "counters only go up"),
    ],
)
def test_a_memory_that_contradicts_itself_is_refused(change: dict[str, object], complaint: str) -> None:
    memory = lived()

    with pytest.raises(ValueError, match=complaint):
        replace(memory, **change)  # type: ignore[arg-type]
