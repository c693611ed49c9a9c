from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import (
    MODEL,
    START,
    bolus,
    continuous,
    implanted,
    mL,
    program,
    running,
    ug_a_day,
)
from thecal.pump.counters import Counters, Reading
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.pump.tally import Tally
from thecal.pump.tape import Tape
from thecal.quantities import DAY, HOUR, FlowRate
from thecal.therapy import SimpleContinuous

ORDER = "^a pump is implanted, filled and programmed before the present, in that order$"
COUNTERS = "^a pump's counters only go up, and stop where the reservoir is empty$"


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
        ({"at": START}, r"^the delivery record does not end at 2026-03-02T06:00:00\+00:00$"),
        ({"tape": Tape()}, r"^the delivery record does not end at 2026-03-12T06:00:00\+00:00$"),
        ({"doubt": -1}, "^a pump's counters only go up$"),
        ({"asked": -1}, "^a pump's counters only go up$"),
        ({"started": START - HOUR}, ORDER),
        ({"started": START + 11 * DAY}, ORDER),
        ({"filled_at": START - HOUR}, ORDER),
        ({"filled_at": START + 11 * DAY}, ORDER),
        ({"drive": Drive(counts=33_201)}, COUNTERS),
        ({"started_counts": 8001}, COUNTERS),
        ({"revision": -1}, COUNTERS),
    ],
)
def test_a_memory_that_contradicts_itself_is_refused(change: dict[str, object], complaint: str) -> None:
    memory = lived()

    with pytest.raises(ValueError, match=complaint):
        replace(memory, **change)  # type: ignore[arg-type]


@pytest.mark.requirement("ITB-057")
@pytest.mark.parametrize(
    ("fill", "low", "empty"),
    [
        ("18", 32_000, 33_200),
        ("18.0002", 32_001, 33_200),
        ("18.0004", 32_001, 33_200),
        ("18.0005", 32_001, 33_201),
        ("2.0001", 1, 1_200),
        ("2", 0, 1_200),
        ("1.5", 0, 200),
        ("1.4004", 0, 0),
        ("1.4", 0, 0),
    ],
)
def test_a_filling_is_low_at_the_first_count_that_reaches_the_volume_and_empty_at_the_last_whole_quantum(
    fill: str, low: int, empty: int
) -> None:
    memory = implanted(fill).memory

    assert (memory.low_counts, memory.empty_counts) == (low, empty)
    assert (memory.is_low, memory.is_empty) == (low == 0, empty == 0)
    assert memory.usable == mL(str(empty * MODEL.quantum.mL))


def test_the_marks_of_a_filling_count_from_when_it_was_filled() -> None:
    memory = lived()
    refilled = replace(memory, filled_at=memory.at, filled_counts=8_000)

    assert (refilled.low_counts, refilled.empty_counts) == (40_000, 41_200)
    assert refilled.holding.content == mL(18)
    at_low = replace(refilled, drive=Drive(counts=40_000))
    assert at_low.is_low
    assert not replace(refilled, drive=Drive(counts=39_999)).is_low
    assert replace(refilled, drive=Drive(counts=41_200)).is_empty
    assert not replace(refilled, drive=Drive(counts=41_199)).is_empty
    assert at_low.usable == mL("0.6")


@pytest.mark.requirement("ITB-111")
@pytest.mark.parametrize(
    ("phase", "doubt", "begun"), [("0", 0, 8_000), ("1/2", 0, 8_001), ("0", 3, 8_003), ("1/7", 3, 8_004)]
)
def test_a_quantum_under_way_is_begun_and_not_counted(phase: str, doubt: int, begun: int) -> None:
    memory = replace(lived(), drive=Drive(counts=8_000, phase=Fraction(phase)), doubt=doubt)

    assert memory.tally == Tally(counted=8_000, begun=begun)
    most = str((begun * MODEL.quantum.mL).normalize())
    assert memory.delivered_facts == {"delivered_least_mL": "4", "delivered_most_mL": most}


@pytest.mark.requirement("ITB-108")
def test_a_reading_is_what_the_counters_show_and_the_date_of_replacement_follows_from_it() -> None:
    memory = replace(lived(), counters=Counters(radio_us=7, tones=2))

    assert memory.reading == Reading(
        lived_us=864_000_000_000, counts=8_000, counters=Counters(radio_us=7, tones=2)
    )
    assert memory.replace_at is None
    assert replace(memory, replacement=memory.reading).replace_at == START + 10 * DAY


def test_a_delivery_record_ends_before_the_present_and_begins_with_the_first_moment() -> None:
    memory = lived()
    concentration = memory.reservoir.concentration
    flow = FlowRate(mL_per_day=Decimal("0.4"))
    ten_days = 864_000_000_000

    last = replace(memory, tape=Tape([(0, flow, concentration), (ten_days - 1, flow, concentration)]))
    assert last.delivery[-1].interval.end == memory.at
    with pytest.raises(ValueError, match="does not end"):
        replace(memory, tape=Tape([(0, flow, concentration), (ten_days, flow, concentration)]))
    assert replace(implanted().memory, tape=Tape()).delivery == ()


def test_what_runs_once_ends_later_by_what_it_gave_way_for() -> None:
    pump = running(program(SimpleContinuous(dose=ug_a_day(100)), bolus(50)))

    assert pump.memory.once_ends == START + HOUR
    assert replace(pump.memory, once_paused_us=60_000_000).once_ends == START + HOUR + HOUR / 60
    assert replace(pump.memory, once_over=True).once_ends is None
    assert running(continuous(100)).memory.once_ends is None
