"""At the bench a wand and a pump meet; what is claimed and what is known is never more than was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.bedside import TRUSTED, Prescriber
from builders.bench import AFTER, NOW, ORDER, STOP, order, sent, settled, signed, started, truth
from thecal.lab.bench import Bench, BenchImageError, LinkArrangement, LinkLostError
from thecal.lab.bench.memory import bench_from_image
from thecal.quantities import DAY, HOUR
from thecal.therapy import CommandId, ForgedError, Stopped, Uncertain, Unchanged, Verified, sign_order

Link = LinkArrangement


def test_a_demonstration_starts_with_a_pump_that_has_lived_for_weeks() -> None:
    bench = started()

    read = bench.known.interrogation
    assert bench.known.read_at == bench.now == NOW
    assert not read.status.stopped
    assert read.status.alarms == ()
    assert read.clock_offset == timedelta(hours=5, minutes=30)
    assert bench.known.delivery.segments[0].interval.start == NOW - 35 * DAY
    assert bench.known.delivery.segments[-1].interval.end == NOW
    assert "Invented" in bench.patient_summary[0]


@pytest.mark.parametrize(
    ("link", "outcome", "taken"),
    [
        (Link.GOOD, Verified, True),
        (Link.DEAD, Unchanged, False),
        (Link.FIRST_ANSWER_LOST, Unchanged, False),
        (Link.COMMAND_LOST, Uncertain, False),
        (Link.COMMAND_ANSWER_LOST, Uncertain, False),
        (Link.READ_BACK_LOST, Uncertain, False),
        (Link.READ_BACK_ANSWER_LOST, Uncertain, True),
        (Link.COMMAND_LOST_ONCE, Unchanged, False),
        (Link.COMMAND_ANSWER_LOST_ONCE, Verified, True),
    ],
)
def test_wherever_the_link_is_cut_an_order_is_claimed_only_as_far_as_it_was_read(
    link: LinkArrangement, outcome: type, *, taken: bool
) -> None:
    bench = started(link)
    written = order(bench)

    said = sent(bench)

    assert type(said) is outcome
    assert (truth(bench).program == AFTER) is taken
    assert (bench.known.interrogation.program == AFTER) is (outcome is Verified)
    bench.arrange_link(Link.GOOD)
    assert type(settled(bench, written)) is (Verified if taken else Unchanged)
    assert (bench.known.interrogation.program == AFTER) is taken


@pytest.mark.parametrize(
    ("link", "outcome", "stopped"),
    [
        (Link.GOOD, Verified, True),
        (Link.DEAD, Uncertain, False),
        (Link.FIRST_ANSWER_LOST, Uncertain, True),
        (Link.COMMAND_LOST, Uncertain, False),
        (Link.COMMAND_ANSWER_LOST, Uncertain, True),
        (Link.READ_BACK_LOST, Uncertain, True),
        (Link.READ_BACK_ANSWER_LOST, Uncertain, True),
        (Link.COMMAND_LOST_ONCE, Unchanged, False),
        (Link.COMMAND_ANSWER_LOST_ONCE, Verified, True),
    ],
)
def test_wherever_the_link_is_cut_a_stop_is_claimed_only_if_read_back_stopped(
    link: LinkArrangement, outcome: type, *, stopped: bool
) -> None:
    bench = started(link)

    said = bench.stop(STOP)

    assert type(said) is outcome
    assert truth(bench).status.stopped is stopped
    assert bench.known.interrogation.status.stopped is (outcome is Verified)


def test_every_arrangement_is_tested_and_has_words_of_its_own() -> None:
    labels = {link.label for link in LinkArrangement}

    assert len(labels) == len(LinkArrangement) == 9


@pytest.mark.parametrize("link", [Link.DEAD, Link.FIRST_ANSWER_LOST])
def test_what_could_not_be_read_stays_unknown(link: LinkArrangement) -> None:
    bench = started(link)
    known = bench.known
    bench.advance(DAY)

    with pytest.raises(LinkLostError):
        bench.interrogate()

    assert bench.known is known
    assert known.read_at == NOW
    assert known.delivery.segments[-1].interval.end == NOW


def test_after_a_cut_link_nothing_of_the_hidden_pump_is_known_even_after_a_restart() -> None:
    bench = started(Link.READ_BACK_ANSWER_LOST)
    sent(bench)
    bench.advance(7 * DAY)

    again = Bench.restore(bench.image())

    assert truth(again).program == AFTER
    assert again.known == bench.known
    assert again.known.interrogation.program != AFTER
    assert again.known.delivery.segments[-1].interval.end == NOW
    curves = again.curves(since=NOW, until=NOW + 7 * DAY)
    assert {round(rate, 9) for rate in curves.current[0].mid} == {6.25}


def test_every_reading_is_another_object_and_no_reading_is_the_same() -> None:
    bench = started()
    known = bench.known

    bench.advance(HOUR)
    assert bench.known is known
    bench.interrogate()
    assert bench.known is not known
    assert bench.known.read_at == NOW + HOUR


def test_time_stands_still_unless_advanced_and_does_not_go_back() -> None:
    bench = started()
    bench.interrogate()
    sent(bench)

    assert bench.now == NOW
    with pytest.raises(ValueError, match="cannot advance"):
        bench.advance(-HOUR)


def test_a_bench_goes_on_from_its_image_as_if_nothing_had_been() -> None:
    bench = started(Link.COMMAND_LOST_ONCE)
    sent(bench)
    bench.advance(3 * DAY)

    again = Bench.restore(bench.image())

    assert again.image() == bench.image()
    assert (again.now, again.arrangement, again.known) == (bench.now, bench.arrangement, bench.known)
    for one in (bench, again):
        one.advance(40 * DAY)
        one.interrogate()
    assert again.image() == bench.image()


def test_an_image_that_is_not_whole_is_refused() -> None:
    whole = started().image()
    damaged = {
        whole[:-1]: "cut short or altered",
        whole.replace(b'"good"', b'"dead"'): "cut short or altered",
        whole.replace(b"thecal-bench 1", b"thecal-bench 2", 1): "form '2'",
        b"": "not a bench",
        b"thecal-bench 1 00\n{}": "altered",
    }

    for image, said in damaged.items():
        with pytest.raises(BenchImageError, match=said):
            Bench.restore(image)


def test_a_forged_order_is_refused_and_nothing_is_sent() -> None:
    bench = started()
    forged = sign_order(order(bench), Prescriber(seed=2))

    with pytest.raises(ForgedError):
        bench.send(forged, TRUSTED)

    assert truth(bench).status.revision == bench.known.interrogation.status.revision


def test_an_order_against_what_no_longer_runs_is_not_sent() -> None:
    bench = started()
    stale = signed(bench)
    bench.stop(STOP)

    outcome = bench.send(stale, TRUSTED)

    assert isinstance(outcome, Unchanged)
    assert truth(bench).program.base == Stopped()


def test_an_order_is_carried_out_once() -> None:
    bench = started()
    once = signed(bench)
    bench.send(once, TRUSTED)
    revision = truth(bench).status.revision

    outcome = bench.send(once, TRUSTED)

    assert isinstance(outcome, Verified)
    assert truth(bench).status.revision == revision
    assert truth(bench).status.last_command == ORDER


def test_a_stop_may_be_repeated_and_stays() -> None:
    bench = started()

    outcomes = [bench.stop(CommandId(f"stop-{number}")) for number in range(3)]
    bench.advance(30 * DAY)

    assert [type(outcome) for outcome in outcomes] == [Verified] * 3
    assert truth(bench).status.stopped


def test_an_answer_older_than_what_is_known_is_neither_kept_nor_believed() -> None:
    bench = started()
    written = order(bench)
    memory = bench_from_image(bench.image())
    status = memory.known.interrogation.status
    newer = replace(status, log_records=status.log_records + 100)
    known = replace(memory.known, interrogation=replace(memory.known.interrogation, status=newer))
    bench = Bench(replace(memory, known=known))

    with pytest.raises(LinkLostError, match="older than an earlier one"):
        bench.interrogate()
    outcomes = [sent(bench), settled(bench, written), bench.stop(STOP)]

    assert [type(outcome) for outcome in outcomes] == [Unchanged, Uncertain, Uncertain]
    assert bench.session_report.outcome == "uncertain"
    assert bench.known == known
