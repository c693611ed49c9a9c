"""A refill: one act that changes what is in the reservoir and, with it, what runs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pump.pumps import C500, C2000, START, continuous, fresh_id, mL, refill, running, send
from thecal.journal import Kind
from thecal.pump import RefusedError
from thecal.quantities import DAY, HOUR, Concentration
from thecal.therapy import Alarm, program_digest


def test_a_refill_of_the_same_keeps_the_program_and_counts_as_a_command() -> None:
    pump = running(continuous(200))
    pump.advance(START + 30 * DAY)

    status = refill(pump, fill="18.6")

    assert (status.content, status.concentration) == (mL(20), C500)
    assert (status.revision, status.delivered) == (2, mL(12))
    told = pump.interrogate(now=START + 30 * DAY)
    assert (told.program, told.started, told.filled_at) == (continuous(200), START, START + 30 * DAY)
    assert pump.log[-2].fact("drawn_out_mL") == "4.6"


def test_what_stays_behind_mixes_with_what_comes_in() -> None:
    pump = running(continuous(400, C2000), fill="20")
    pump.advance(START + 20 * DAY)

    status = refill(pump, fill="18.6", what=continuous(400, C500))
    pump.advance(START + 21 * DAY)

    assert status.concentration == Concentration(ug_per_mL=Decimal(605))
    assert pump.delivery.segments[-1].flow.mL_per_day == Decimal("0.8")
    assert pump.delivery.segments[-1].mass.ug == 484


@pytest.mark.requirement("ITB-167")
def test_the_mixed_concentration_may_be_dosed_by() -> None:
    pump = running(continuous(400, C2000), fill="20")
    mixed = Concentration(ug_per_mL=Decimal(605))

    refill(pump, fill="18.6", what=continuous("484", mixed))
    pump.advance(START + DAY)

    assert pump.delivery.mass.ug == 484
    assert send(pump, continuous(605, mixed)).flow.mL_per_day == 1


@pytest.mark.requirement("ITB-050", "ITB-064", "ITB-159")
@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"fill": "18.7"}, "18.7 mL is outside what is allowed, 0 mL to 18.6 mL"),
        ({"fill": "1", "left": "18.1"}, "18.1 mL is outside what is allowed, 0 mL to 18 mL"),
        ({"fill": "18", "strength": C2000}, "a new concentration comes with its program"),
        ({"fill": "18", "strength": Concentration(ug_per_mL=Decimal(0))}, "above 0 and up to 2000 mcg/mL"),
        ({"fill": "18", "strength": Concentration(ug_per_mL=Decimal(4000))}, "above 0 and up to 2000 mcg/mL"),
        ({"fill": "18", "strength": C2000, "what": continuous(200)}, "the reservoir holds 2000 mcg/mL"),
        ({"fill": "18", "what": continuous("200.01")}, "exactly as written"),
        ({"fill": "17.12345678"}, "more decimal places than a syringe"),
        ({"fill": "17", "left": "1.12345678"}, "more decimal places than a syringe"),
    ],
)
def test_a_refill_that_cannot_be_is_refused_whole(asked: dict[str, object], reason: str) -> None:
    pump = running(continuous(200))
    before = pump.memory

    with pytest.raises(RefusedError, match=reason):
        refill(pump, **asked)

    assert pump.memory.reservoir == before.reservoir
    assert (pump.memory.program, pump.memory.revision) == (before.program, before.revision)
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED


def test_a_repeated_refill_fills_once() -> None:
    pump, command = running(continuous(200)), fresh_id()
    for _ in range(2):
        pump.refill(
            command,
            base_revision=1,
            base_digest=program_digest(continuous(200)),
            left_behind=mL("1.4"),
            fill=mL(10),
            concentration=C500,
            program=None,
            now=START,
        )

    assert pump.memory.holding.content == mL("11.4")
    assert pump.memory.revision == 2


def test_a_refill_written_for_another_revision_is_refused() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="written for revision 0"):
        pump.refill(
            fresh_id(),
            base_revision=0,
            base_digest=program_digest(continuous(200)),
            left_behind=mL("1.4"),
            fill=mL(10),
            concentration=C500,
            program=None,
            now=START,
        )


def test_a_refill_below_the_alarm_volume_says_so() -> None:
    pump = running(continuous(200))

    assert refill(pump, fill="0.5").alarms == (Alarm.LOW_RESERVOIR,)
    assert pump.log[-1].kind is Kind.RESERVOIR_RAN_LOW


def test_the_record_of_a_refill_says_what_was_drawn_filled_and_mixed() -> None:
    pump = running(continuous(400, C2000), fill="20")
    pump.advance(START + 20 * DAY)

    refill(pump, fill="18.6", what=continuous(400, C500))

    (record,) = pump.log.of_kind(Kind.RESERVOIR_REFILLED)
    assert dict(record.data) == {
        "command": pump.memory.last_command,
        "drawn_out_mL": "14.6",
        "left_behind_mL": "1.4",
        "filled_mL": "18.6",
        "label_ug_per_mL": "500",
        "mixed_ug_per_mL": "605",
        "delivered_least_mL": "4",
        "delivered_most_mL": "4",
    }


def test_a_refill_of_nothing_leaves_no_quantum_under_way() -> None:
    pump = running(continuous(200))
    pump.advance(START + HOUR / 7)
    assert pump.memory.drive.phase

    refill(pump, fill="0")

    assert pump.memory.is_empty
    assert pump.memory.drive.phase == 0
    assert pump.delivered_between[0] == pump.delivered_between[1]


def test_a_refill_without_a_program_leaves_an_update_open() -> None:
    pump = running(continuous(200))
    pump.begin_update(now=START)

    refill(pump, fill="10")

    assert pump.memory.open is not None
    assert pump.memory.open.work.value == "update"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"fill": "17.12345678"},
            r"^fill: 17\.12345678 mL has more decimal places than a syringe, at most 6$",
        ),
        ({"fill": "17", "left": "1.12345678"}, r"^left behind: 1\.12345678 mL has more decimal places"),
        (
            {"fill": "18", "strength": C2000},
            (
                r"^refill: 2000 mcg/mL under a program in 500 mcg/mL would give another dose than it says; "
                r"a new concentration comes with its program, in one act$"
            ),
        ),
    ],
)
def test_a_refill_is_refused_in_whole_sentences(asked: dict[str, object], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        refill(running(continuous(200)), **asked)  # type: ignore[arg-type] # what a refill takes
