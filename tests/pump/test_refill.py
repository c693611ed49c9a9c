"""A refill: one act that changes what is in the reservoir and, with it, what runs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from builders.pumps import (
    C500,
    C2000,
    START,
    bridged,
    continuous,
    fresh_id,
    mL,
    read,
    refill,
    refill_now,
    running,
    send,
)
from builders.twin.memories import C1000, running_memory, written
from thecal.pump import Kind, RefusedError, commit, unfinished
from thecal.pump.commit import Fill
from thecal.pump.hold import Hold, Open, Work
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive
from thecal.quantities import DAY, HOUR, Concentration
from thecal.therapy import (
    BACLOFEN,
    AbandonProgram,
    Alarm,
    BeginUpdate,
    Program,
    WrittenAgainst,
    program_digest,
)


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

    status = refill(pump, fill="18.6", what=bridged(400, C500, C2000))
    pump.advance(START + 25 * DAY)

    assert status.concentration == Concentration(ug_per_mL=Decimal(605))
    assert pump.delivery.segments[-1].flow.mL_per_day == Decimal("0.8")
    assert pump.delivery.segments[-1].concentration == Concentration(ug_per_mL=Decimal(605))


@pytest.mark.requirement("ITB-167")
def test_the_mixed_concentration_may_be_dosed_by() -> None:
    pump = running(continuous(400, C2000), fill="20")
    mixed = Concentration(ug_per_mL=Decimal(605))

    refill(pump, fill="18.6", what=bridged("484", mixed, C2000, "0.242"))
    pump.advance(START + DAY)
    assert pump.memory.once_over
    begun = pump.delivery.mass.ug
    pump.advance(START + 2 * DAY)

    assert pump.delivery.mass.ug - begun == 484
    assert send(pump, continuous(605, mixed)).flow.mL_per_day == 1


@pytest.mark.requirement("ITB-050", "ITB-064", "ITB-159")
@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"fill": "18.7"}, "18.7 mL is outside what is allowed, 0 mL to 18.6 mL"),
        ({"fill": "1", "left": "18.1"}, "18.1 mL is outside what is allowed, 0 mL to 18 mL"),
        ({"fill": "18", "concentration": C2000}, "a new concentration comes with its program"),
        (
            {"fill": "18", "concentration": Concentration(ug_per_mL=Decimal(4000))},
            "above 0 and up to 2000 mcg/mL",
        ),
        ({"fill": "18", "concentration": C2000, "what": continuous(200)}, "the reservoir holds 2000 mcg/mL"),
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
        refill_now(
            pump,
            command,
            START,
            against=WrittenAgainst(revision=1, digest=program_digest(continuous(200))),
            left_behind=mL("1.4"),
            fill=mL(10),
            concentration=C500,
            program=None,
        )

    assert pump.memory.holding.content == mL("11.4")
    assert pump.memory.revision == 2


def test_a_refill_written_for_another_revision_is_refused() -> None:
    pump = running(continuous(200))

    with pytest.raises(RefusedError, match="written for revision 0"):
        refill_now(
            pump,
            fresh_id(),
            START,
            against=WrittenAgainst(revision=0, digest=program_digest(continuous(200))),
            left_behind=mL("1.4"),
            fill=mL(10),
            concentration=C500,
            program=None,
        )


def test_a_refill_below_the_alarm_volume_says_so() -> None:
    pump = running(continuous(200))

    assert refill(pump, fill="0.5").alarms == (Alarm.LOW_RESERVOIR,)
    assert pump.log[-1].kind is Kind.RESERVOIR_RAN_LOW


def test_the_record_of_a_refill_says_what_was_drawn_filled_and_mixed() -> None:
    pump = running(continuous(400, C2000), fill="20")
    pump.advance(START + 20 * DAY)

    refill(pump, fill="18.6", what=bridged(400, C500, C2000))

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


def test_a_refill_while_an_update_is_open_is_refused_with_the_way_out() -> None:
    pump = running(continuous(200))
    pump.handle(BeginUpdate(id=fresh_id(), against=read(pump)), START)

    with pytest.raises(RefusedError, match=r"^update: begun at .* not finished; finish or cancel it$"):
        refill(pump, fill="10")

    pump.handle(AbandonProgram(id=fresh_id(), against=read(pump)), START)
    assert refill(pump, fill="10").content == mL("11.4")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"fill": "17.12345678"},
            r"^fill: 17\.12345678 mL has more decimal places than a syringe, at most 6$",
        ),
        ({"fill": "17", "left": "1.12345678"}, r"^left behind: 1\.12345678 mL has more decimal places"),
        (
            {"fill": "18", "concentration": C2000},
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


# --- what it leaves behind, and what is said where it is not taken -----------------------------------------

SOURCE = f"({BACLOFEN.concentration_source})"
OTHER_DOSE = (
    "refill: 1000 mcg/mL under a program in 500 mcg/mL would give another dose than it says; "
    "a new concentration comes with its program, in one act"
)


def refill_refusal(memory: Memory, fill: Fill, what: Program | None = None) -> str:
    """Return what the pump says to a filling that it does not take."""
    with pytest.raises(RefusedError) as refused:
        commit.refill(memory, fresh_id(), base=written(memory), fill=fill, program=what)
    return str(refused.value)


def filling(volume: str = "18", left: str = "1.4", concentration: Concentration = C500) -> Fill:
    """Return what was done to the reservoir."""
    return Fill(left_behind=mL(left), volume=mL(volume), concentration=concentration)


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (
            filling(concentration=Concentration(ug_per_mL=Decimal(2001))),
            f"refill: 2001 mcg/mL is outside what is allowed, above 0 and up to 2000 mcg/mL {SOURCE}",
        ),
        (
            filling(concentration=Concentration(ug_per_mL=Decimal(0))),
            f"refill: 0 mcg/mL is outside what is allowed, above 0 and up to 2000 mcg/mL {SOURCE}",
        ),
        (
            filling(left="1.4000001"),
            "left behind: 1.4000001 mL has more decimal places than a syringe, at most 6",
        ),
        (filling("17.0000001"), "fill: 17.0000001 mL has more decimal places than a syringe, at most 6"),
        (
            filling(concentration=C1000),
            OTHER_DOSE,
        ),
    ],
)
def test_a_filling_that_is_not_taken_is_told_why(fill: Fill, said: str) -> None:
    assert refill_refusal(running_memory(), fill) == said


def test_a_filling_beyond_the_capacity_is_told_why_and_the_strongest_to_six_places_is_taken() -> None:
    memory = running_memory()

    assert refill_refusal(memory, filling("19")).startswith("refill: ")
    taken = commit.refill(
        memory,
        fresh_id(),
        base=written(memory),
        fill=filling("16.000001", concentration=C2000),
        program=bridged(200, C2000, C500),
    )
    assert taken.reservoir.content.mL == Decimal("17.400001")


@pytest.mark.requirement("ITB-051")
def test_a_refill_counts_anew_ends_what_was_withheld_and_is_recorded_whole() -> None:
    before, command = replace(running_memory(), boluses_withheld=True), fresh_id()

    after = commit.refill(before, command, base=written(before), fill=filling("10", "1.5"), program=None)

    assert after.reservoir.content == mL("11.5")
    assert (after.filled_at, after.filled_counts) == (before.at, before.drive.counts)
    assert (after.revision, after.last_command) == (before.revision + 1, command)
    assert not after.boluses_withheld
    assert after.program == before.program
    record = after.log[-1]
    assert (record.kind, record.at) == (Kind.RESERVOIR_REFILLED, before.at)
    assert dict(record.data) == {
        "command": command,
        "drawn_out_mL": "16.1",
        "left_behind_mL": "1.5",
        "filled_mL": "10",
        "label_ug_per_mL": "500",
        "mixed_ug_per_mL": "500",
        **before.delivered_facts,
    }


@pytest.mark.parametrize(("work", "stays"), [(Work.UPDATE, True), (Work.REFILL, False)])
def test_a_refill_ends_what_was_armed_for_it_and_leaves_an_update_open(work: Work, *, stays: bool) -> None:
    memory = running_memory()
    begun = replace(memory, open=Open(work=work, since=memory.at))

    after = commit.refill(begun, fresh_id(), base=written(begun), fill=filling(), program=None)

    assert after.open == (begun.open if stays else None)


@pytest.mark.parametrize(
    ("volume", "kinds", "phase"),
    [
        ("0.0001", [Kind.RESERVOIR_REFILLED, Kind.RESERVOIR_RAN_LOW], 0),
        ("0.5", [Kind.RESERVOIR_REFILLED, Kind.RESERVOIR_RAN_LOW], Fraction(1, 3)),
        ("0.6", [Kind.RESERVOIR_REFILLED, Kind.RESERVOIR_RAN_LOW], Fraction(1, 3)),
        ("0.6005", [Kind.RESERVOIR_REFILLED], Fraction(1, 3)),
    ],
)
def test_a_filling_that_is_low_says_so_and_one_of_nothing_leaves_nothing_begun(
    volume: str, kinds: list[Kind], phase: Fraction | int
) -> None:
    memory = running_memory()
    begun = replace(memory, drive=Drive(counts=memory.drive.counts, phase=Fraction(1, 3)))

    after = commit.refill(begun, fresh_id(), base=written(begun), fill=filling(volume), program=None)

    assert [entry.kind for entry in [*after.log][len(begun.log) :]] == kinds
    assert {entry.at for entry in [*after.log][len(begun.log) :]} == {begun.at}
    assert after.drive == Drive(counts=begun.drive.counts, phase=Fraction(phase))


def test_a_refill_with_its_program_runs_it_and_its_strength_may_be_the_label_or_the_mixture() -> None:
    memory, command = running_memory(), fresh_id()
    for concentration in (C1000, Concentration(ug_per_mL=Decimal(900))):
        what = bridged(180, concentration, C500)
        fill = filling("5.6", "1.4", C1000)
        after = commit.refill(memory, command, base=written(memory), fill=fill, program=what)
        assert (after.program, after.started, after.last_command) == (what, memory.at, command)
        assert after.revision == memory.revision + 1
        assert after.reservoir.content == mL(7)

    assert refill_refusal(memory, filling(concentration=C1000), bridged(180, C2000, C500)) == (
        "concentration: the program says 2000 mcg/mL, the reservoir holds 1000 mcg/mL. "
        "A new concentration needs a refill"
    )


@pytest.mark.requirement("ITB-123")
def test_a_refill_gives_up_a_program_that_waits_to_be_read_back() -> None:
    memory = running_memory()
    held = replace(memory, holds=(Hold.PAUSE, Hold.UPDATE))
    waits = replace(
        held, open=Open(work=Work.UPDATE, since=START, program=continuous(100), command=fresh_id())
    )

    after = commit.refill(waits, fresh_id(), base=written(waits), fill=filling(), program=None)

    assert (after.open, after.holds) == (None, (Hold.PAUSE,))
    assert (after.log[-1].kind, after.log[-1].at) == (Kind.UPDATE_ABANDONED, memory.at)
    assert commit.without_written(held) is held
    begun = replace(held, open=Open(work=Work.UPDATE, since=START))
    assert commit.without_written(begun) is begun
    assert unfinished.abandoned(begun).open is None
