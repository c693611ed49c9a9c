"""An old answer, or another pump's, is worth as much as none: whatever the act, and wherever it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.bedside import (
    AFTER,
    BEFORE,
    ORDER,
    SERIAL,
    STOP,
    TRUSTED,
    Air,
    Bedside,
    ScriptedLink,
    nothing_written,
)
from builders.strategies import statuses
from thecal.programmer import (
    STILL_INFUSING,
    LinkLostError,
    PendingCommand,
    PumpLink,
    doubt_about,
    interrogate,
    send_and_verify,
    settle,
    stop,
)
from thecal.telemetry import InterrogateReply, ReadStatusReply, SetProgramReply, StopReply
from thecal.therapy import (
    CommandId,
    Interrogation,
    Outcome,
    Program,
    PumpSerial,
    PumpStatus,
    Stopped,
    Uncertain,
    Unchanged,
    Verified,
    program_digest,
)

OTHER = PumpSerial("SIM-0002")
PENDING = PendingCommand.of(Bedside().order())
Claim = Outcome | Interrogation | str


# --- one answer --------------------------------------------------------------------------------------------

NOW = Bedside().found.status


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({}, None),
        ({"at": NOW.at + timedelta(microseconds=1)}, None),
        ({"log_records": NOW.log_records + 1, "revision": NOW.revision + 1}, None),
        ({"at": NOW.at - timedelta(microseconds=1)}, "older than an earlier one of this pump"),
        ({"revision": NOW.revision - 1}, "older than an earlier one of this pump"),
        ({"log_records": NOW.log_records - 1}, "older than an earlier one of this pump"),
        ({"log_records": NOW.log_records - 1, "revision": NOW.revision + 1}, "older"),
        ({"serial": OTHER}, "pump SIM-0002 answered, not pump SIM-0001"),
    ],
)
def test_an_answer_is_fresh_if_nothing_in_it_has_gone_back(
    change: dict[str, object], doubt: str | None
) -> None:
    found = doubt_about(replace(NOW, **change), pump=SERIAL, earlier=(NOW,))  # type: ignore[arg-type]

    assert (doubt is None) == (found is None)
    assert (doubt or "") in (found or "")


@given(statuses(), statuses())
def test_of_two_answers_of_one_pump_that_differ_in_time_one_is_old(one: PumpStatus, two: PumpStatus) -> None:
    two = replace(two, serial=one.serial)
    fresh = [
        doubt_about(status, pump=pump, earlier=(before,)) is None
        for status, before in ((one, two), (two, one))
        for pump in (None, one.serial)
    ]

    assert fresh[0] == fresh[1]
    assert fresh[2] == fresh[3]
    assert not (fresh[0] and fresh[2]) or one.at == two.at


def test_every_earlier_answer_counts_and_another_pumps_only_where_none_is_meant() -> None:
    later = replace(NOW, at=NOW.at + timedelta(days=1))
    elsewhere = replace(later, serial=OTHER)

    assert doubt_about(NOW, pump=None, earlier=()) is None
    assert doubt_about(NOW, pump=SERIAL, earlier=(elsewhere,)) is None
    assert doubt_about(NOW, pump=None, earlier=(elsewhere,)) == (
        "pump SIM-0001 answered, and before it pump SIM-0002"
    )
    for earlier in ((NOW, later), (later, NOW), (elsewhere, later)):
        assert "older" in (doubt_about(NOW, pump=SERIAL, earlier=earlier) or "")


# --- answers of an earlier contact, played again ---------------------------------------------------------


def read(bedside: Bedside, link: PumpLink) -> Claim:
    del bedside
    try:
        return interrogate(link)
    except LinkLostError as loss:
        return str(loss)


def sent(bedside: Bedside, link: PumpLink) -> Claim:
    return send_and_verify(link, signed=bedside.signed(), verifier=TRUSTED, before_send=nothing_written)


def settled(bedside: Bedside, link: PumpLink) -> Claim:
    del bedside
    return settle(link, PENDING)


def stopped(bedside: Bedside, link: PumpLink) -> Claim:
    del bedside
    return stop(link, command=STOP, pump=SERIAL)


def an_order_taken(bedside: Bedside) -> None:
    bedside.take(AFTER, ORDER)


def another_order_taken(bedside: Bedside) -> None:
    bedside.take(AFTER, "another")


def a_stop(bedside: Bedside) -> None:
    stop(bedside.link(), command=CommandId("stop-before"))


def nothing(bedside: Bedside) -> None:
    del bedside


@pytest.mark.requirement("ITB-124", "ITB-135", "ITB-160")
@pytest.mark.parametrize("deaf", [True, False], ids=["the pump hears nothing", "the pump hears"])
@pytest.mark.parametrize("between", [nothing, an_order_taken, another_order_taken, a_stop])
@pytest.mark.parametrize(
    ("act", "since"),
    [(read, 1), (sent, 1), (sent, 2), (sent, 3), (settled, 1), (stopped, 1), (stopped, 2)],
)
def test_an_answer_of_an_earlier_contact_is_worth_as_much_as_none(
    act: Callable[[Bedside, PumpLink], Claim], since: int, between: Callable[[Bedside], None], *, deaf: bool
) -> None:
    claims = []
    for playing in (True, False):
        bedside = Bedside()
        first = Air(bedside.pump)
        act(bedside, bedside.through(first))
        between(bedside)
        bedside.clock.advance(timedelta(days=1))

        air = Air(bedside.pump, played=first.answers if playing else (), since=since, deaf=deaf)
        claims.append(act(bedside, bedside.through(air)))

    old, silence = claims
    assert old == silence


# --- old answers that a link lets through ------------------------------------------------------------------


def running(program: Program, **changes: object) -> PumpStatus:
    """Return what the bedside's pump would say of itself if it ran ``program``."""
    settings = {"program_digest": program_digest(program), "stopped": program.is_stopped, **changes}
    return replace(NOW, **settings)  # type: ignore[arg-type]


def reply_of(program: Program, **changes: object) -> InterrogateReply:
    found = replace(Bedside().found, status=running(program, **changes), program=program)
    return InterrogateReply(interrogation=found)


LATER = replace(NOW, at=NOW.at + timedelta(days=1), log_records=NOW.log_records + 4)
TAKEN = {"revision": NOW.revision + 1, "last_command": ORDER}


@pytest.mark.requirement("ITB-124")
@pytest.mark.parametrize(
    "old", [reply_of(BEFORE), reply_of(AFTER, **TAKEN)], ids=["says untouched", "says taken"]
)
def test_an_old_answer_settles_no_order(old: InterrogateReply) -> None:
    assert not isinstance(settle(ScriptedLink(old), PENDING), Uncertain)

    outcome = settle(ScriptedLink(old), PENDING, last_read=LATER)

    assert isinstance(outcome, Uncertain)
    assert "could not be read: the answer is older than an earlier one of this pump" in outcome.reason


@pytest.mark.parametrize(
    "old", [reply_of(BEFORE), reply_of(AFTER, **TAKEN)], ids=["says untouched", "says taken"]
)
def test_after_an_old_answer_no_order_is_sent(old: InterrogateReply) -> None:
    written: list[PendingCommand] = []

    outcome = send_and_verify(
        ScriptedLink(old),
        signed=Bedside().signed(),
        verifier=TRUSTED,
        before_send=written.append,
        last_read=LATER,
    )

    assert isinstance(outcome, Unchanged)
    assert (outcome.status, written) == (None, [])
    assert outcome.reason.startswith("nothing was sent")


@pytest.mark.parametrize("pump", [None, SERIAL])
def test_an_old_answer_is_no_reading(pump: PumpSerial | None) -> None:
    with pytest.raises(LinkLostError, match="older than an earlier one"):
        interrogate(ScriptedLink(reply_of(BEFORE)), pump=pump, last_read=LATER)


def test_another_pumps_answer_is_no_reading_of_the_pump_that_is_meant() -> None:
    bedside = Bedside()

    with pytest.raises(LinkLostError, match="pump SIM-0001 answered, not pump SIM-0002"):
        interrogate(bedside.link(), pump=OTHER)
    assert interrogate(bedside.link(), pump=SERIAL).program == BEFORE


@pytest.mark.requirement("ITB-124")
@pytest.mark.parametrize("change", [{}, TAKEN], ids=["says untouched", "says taken"])
@pytest.mark.parametrize("answered", [False, True], ids=["no answer to the order", "answered"])
def test_a_read_back_older_than_an_answer_before_it_proves_nothing(
    change: dict[str, object], *, answered: bool
) -> None:
    program = AFTER if change else BEFORE
    newer = {"log_records": NOW.log_records + 1}
    first = reply_of(BEFORE, **({} if answered else newer))
    answer = SetProgramReply(refusal=None, status=running(BEFORE, **newer)) if answered else None
    back = ReadStatusReply(status=running(program, **change), program=program)
    link = ScriptedLink(first, answer, back)

    outcome = send_and_verify(link, signed=Bedside().signed(), verifier=TRUSTED, before_send=nothing_written)

    assert isinstance(outcome, Uncertain)
    assert "read back: the answer is older" in outcome.reason


@pytest.mark.parametrize(
    "change", [{"log_records": NOW.log_records - 1}, {"serial": OTHER}], ids=["old", "another pump"]
)
def test_a_refusal_that_is_old_or_another_pumps_is_not_believed(change: dict[str, object]) -> None:
    refused = SetProgramReply(refusal="not near", status=running(BEFORE, **change))
    replies = [reply_of(BEFORE), refused, None]

    outcome = send_and_verify(
        ScriptedLink(*replies), signed=Bedside().signed(), verifier=TRUSTED, before_send=nothing_written
    )

    assert isinstance(outcome, Uncertain)
    assert "the pump refused: not near; the pump could not be read back" in outcome.reason


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("answered", [False, True], ids=["no answer to the stop", "answered"])
@pytest.mark.parametrize("known", [False, True], ids=["never read", "read before"])
def test_an_old_read_back_neither_proves_a_stop_nor_says_that_the_pump_runs(
    *, answered: bool, known: bool
) -> None:
    halted = replace(BEFORE, base=Stopped())
    done = {"revision": NOW.revision + 1, "last_command": STOP, "log_records": LATER.log_records + 1}
    answer = StopReply(refusal=None, status=running(halted, at=LATER.at, **done)) if answered else None

    for program, change in ((BEFORE, {}), (halted, {**done, "log_records": NOW.log_records})):
        back = ReadStatusReply(status=running(program, **change), program=program)
        outcome = stop(
            ScriptedLink(answer, back), command=STOP, pump=SERIAL, last_read=LATER if known else None
        )

        expected = Uncertain if answered or known else (Verified if change else Unchanged)
        assert type(outcome) is expected
        assert isinstance(outcome, Verified) or outcome.reason.startswith(STILL_INFUSING)


@pytest.mark.requirement("ITB-160")
def test_an_old_answer_to_a_stop_does_not_spoil_a_fresh_read_back() -> None:
    halted = replace(BEFORE, base=Stopped())
    old = StopReply(refusal="not near", status=running(BEFORE))
    done = replace(LATER, revision=NOW.revision + 1, last_command=STOP)
    done = replace(done, program_digest=program_digest(halted), stopped=True)

    outcome = stop(
        ScriptedLink(old, ReadStatusReply(status=done, program=halted)),
        command=STOP,
        pump=SERIAL,
        last_read=LATER,
    )

    assert outcome == Verified(running=halted, status=done)


@given(st.data())
def test_whatever_status_is_read_back_a_stop_is_verified_by_its_own_pump_only(data: st.DataObject) -> None:
    program = data.draw(st.sampled_from([BEFORE, replace(BEFORE, base=Stopped())]))
    choose = {
        "serial": st.sampled_from([SERIAL, OTHER]),
        "last_command": st.sampled_from([STOP, ORDER, None]),
        "at": st.sampled_from([NOW.at, LATER.at]),
        "log_records": st.sampled_from([NOW.log_records, LATER.log_records]),
        "stopped": st.booleans(),
    }
    status = running(program, **{name: data.draw(values) for name, values in choose.items()})

    outcome = stop(
        ScriptedLink(None, ReadStatusReply(status=status, program=program)),
        command=STOP,
        pump=SERIAL,
        last_read=LATER,
    )

    fresh = (status.serial, status.at, status.log_records) == (SERIAL, LATER.at, LATER.log_records)
    halted = status.stopped and program.is_stopped
    assert isinstance(outcome, Verified) == (fresh and halted and status.last_command == STOP)
    assert isinstance(outcome, Unchanged) == (fresh and not halted)
