"""A pump that everything befalls: programs, refills, stops, faults, clock jumps, power cuts at any write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pump.pumps import (
    C500,
    CLOCK,
    MODEL,
    START,
    continuous,
    fresh_id,
    implanted,
    log_is_unbroken_or_says_what_is_lost,
    programs,
    recorded_mL,
    refill,
    running,
    send,
)
from pump.test_window import highest_day_ug
from thecal.pump import SIZES, Cause, Condition, Pump, RefusedError
from thecal.pump.conditions import MORE, STALLS
from thecal.pump.hardware import PPM
from thecal.pump.hold import Hold
from thecal.quantities import DAY, HOUR, MINUTE, Interval, PumpClock, microseconds
from thecal.therapy import Alarm, CommandId, Fallback, Priming, Program, pieces

QUANTUM = Fraction(MODEL.quantum.mL)
AHEAD = (Cause.RUNAWAY, Cause.RESTART_SURGE, Cause.PACED_FAST)
EXPECTED = ("ITB-036", "ITB-030", "capacity of this pump", "end of its service", "drug library")

sizes = {
    "degrees C": st.sampled_from(["37.5", "40", "41.5"]),
    "mmHg below sea level": st.sampled_from(["100", "200"]),
    "m of water": st.sampled_from(["5", "20"]),
    "mAh": st.sampled_from(["1", "500"]),
    "s": st.sampled_from(["-4000", "3600"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Cause, timedelta, timedelta, str | None, bool]:
    """Return a cause, when it begins, how long it lasts, its size, and whether it waits to be seen."""
    cause = draw(st.sampled_from(Cause))
    size = None
    if cause in SIZES:
        shares = st.sampled_from(["1.1", "2.5"] if cause in MORE else ["0.6", "0.95"])
        size = draw(sizes.get(SIZES[cause], shares))
    begins = draw(st.timedeltas(timedelta(0), DAY))
    lasts = draw(st.timedeltas(MINUTE, 2 * DAY))
    return cause, begins, lasts, size, draw(st.booleans())


class LifeMachine(RuleBasedStateMachine):
    """Beside the pump, what its laws are held against."""

    @initialize(fill=st.sampled_from(["2.5", "18"]))
    def implant(self, fill: str) -> None:
        self.pump = running(continuous(200), fill=fill)
        self.runs: Program = self.pump.memory.program
        self.stopped = False
        self.last = self.pump.memory.last_command
        self.at = START
        self.asked_most = Fraction(0)
        self.primed = Decimal(0)
        self.befell: set[Cause] = set()
        self.cuts = 0
        self.out_before = 0

    # --- what is done ---------------------------------------------------------------------------------

    @rule(span=st.timedeltas(timedelta(0), 5 * DAY))
    def live(self, span: timedelta) -> None:
        before = self.pump.memory
        self.pump.advance(self.at + span)
        self.at += span
        after = self.pump.memory
        if after.program != self.runs:
            assert Cause.BOTH_COPIES in self.befell
            assert isinstance(after.program.base, Fallback)
            self.runs = after.program
            self.asked_most += (after.asked - before.asked) * QUANTUM
            return
        window = Interval(before.at, after.at)
        parts = pieces(
            self.runs, window, started=before.started, clock=after.clock, minimum_rate=MODEL.minimum_rate
        )
        self.asked_most += sum((part.volume for part in parts), Fraction(0))

    @rule(what=programs())
    def order(self, what: Program) -> None:
        command = fresh_id()
        try:
            send(self.pump, what, now=self.at, command=command)
        except RefusedError as refusal:
            assert any(reason in refusal.reason for reason in EXPECTED)  # noqa: PT017
        else:
            self._runs(what, command)

    def _runs(self, what: Program, command: CommandId | None) -> None:
        self.runs, self.stopped, self.last = what, what.is_stopped, command
        if isinstance(what.once, Priming):
            self.primed += what.once.volume.mL

    @rule()
    def repeat(self) -> None:
        if self.last is None:
            return
        self.pump.interrogate(now=self.at)
        before = self.pump.memory
        self.pump.set_program(
            self.last, base_revision=0, base_digest="", program=self.pump.memory.program, now=self.at
        )
        assert replace(self.pump.memory, log=before.log) == before

    @rule()
    def stop(self) -> None:
        command = fresh_id()
        self.pump.stop(command, now=self.at)
        self._runs(self.pump.memory.program, command)

    @rule(fill=st.sampled_from(["0.3", "9", "18.6"]))
    def fill(self, fill: str) -> None:
        memory, out = self.pump.memory, self.pump.hardware.drawn
        left = min(memory.holding.content, MODEL.unusable)
        try:
            refill(self.pump, fill=fill, left=str(left.mL), strength=C500)
        except RefusedError as refusal:
            assert any(reason in refusal.reason for reason in EXPECTED)  # noqa: PT017
        else:
            self.last = self.pump.memory.last_command
            if not any(one.cause is Cause.FLIPPED for one in self.pump.hardware.during(memory.at)):
                self.out_before += out

    @rule(drawn=conditions())
    def befall(self, drawn: tuple[Cause, timedelta, timedelta, str | None, bool]) -> None:
        cause, begins, lasts, size, waits = drawn
        self.befell.add(cause)
        self.pump.arrange(
            Condition(
                cause=cause,
                since=self.at + begins,
                until=self.at + begins + lasts,
                size=None if size is None else Decimal(size),
                until_seen=waits,
            )
        )
        self._after_a_moment()

    def _after_a_moment(self) -> None:
        """What begins now may already have cost the program."""
        if self.pump.memory.program != self.runs and Cause.BOTH_COPIES in self.befell:
            self.runs = self.pump.memory.program

    @rule(what=programs(), number=st.integers(0, 80), torn=st.booleans())
    def lose_power_while_writing(self, what: Program, number: int, *, torn: bool) -> None:
        old, command = self.pump.memory, fresh_id()

        def act(pump: Pump) -> None:
            send(pump, what, now=self.at, command=command)

        try:
            self.pump.lose_power_at_write(number, act, torn=torn)
        except RefusedError as refusal:
            assert any(reason in refusal.reason for reason in EXPECTED)  # noqa: PT017
            return
        self.cuts += 1
        kept = self.pump.memory
        assert (kept.program, kept.revision, kept.last_command) in [
            (old.program, old.revision, old.last_command),
            (what, old.revision + 1, command),
        ]
        assert kept.once_over
        self._runs(kept.program, kept.last_command)

    @rule()
    def interrogate(self) -> None:
        self.pump.interrogate(now=self.at)

    @rule()
    def save_and_restore(self) -> None:
        image = self.pump.image()
        self.pump = Pump.restore(image)
        same = self.pump.image() == image
        assert same

    @rule(hours=st.integers(-12, 12))
    def set_clock(self, hours: int) -> None:
        command, counts = fresh_id(), self.pump.memory.drive.counts
        self.pump.set_clock(command, PumpClock(CLOCK.offset + hours * HOUR), now=self.at)
        self.last = command
        assert self.pump.memory.drive.counts == counts

    @rule()
    def begin_and_abandon(self) -> None:
        if self.pump.memory.open is None:
            self.pump.begin_update(now=self.at)
        else:
            self.pump.abandon_update(now=self.at)

    # --- its laws -------------------------------------------------------------------------------------

    @invariant()
    def the_program_is_one_that_was_committed_or_the_fallback(self) -> None:
        assert self.pump.memory.program == self.runs
        assert self.pump.memory.last_command == self.last

    @invariant()
    def no_ordered_stop_is_undone(self) -> None:
        memory = self.pump.memory
        if self.stopped:
            assert memory.program.is_stopped
            assert not self.pump.status(now=self.at).flow.mL_per_day
        assert self.stopped == (Alarm.PUMP_STOPPED in self.pump.status(now=self.at).alarms)

    @invariant()
    def nothing_is_asked_for_that_was_not_programmed_and_nothing_missed_is_made_up(self) -> None:
        memory = self.pump.memory
        if Cause.PACED_FAST not in self.befell:
            assert memory.asked * QUANTUM <= self.asked_most + QUANTUM
        if not self.befell & {*AHEAD}:
            assert memory.drive.counts + memory.doubt <= memory.asked + self.cuts + memory.counters.resets

    @invariant()
    def volume_is_conserved_to_the_quantum(self) -> None:
        memory, hardware = self.pump.memory, self.pump.hardware
        filled = Fraction(memory.reservoir.content.mL)
        used = (memory.drive.counts - memory.filled_counts) * QUANTUM
        assert Fraction(self.pump.status(now=self.at).content.mL) == filled - used
        assert hardware.drawn <= hardware.content + 4 * PPM
        slack = 2 + 3 * len(hardware.conditions) + 2 * len(memory.log)
        assert abs(recorded_mL(self.pump) - memory.drive.counts * QUANTUM) <= slack * QUANTUM
        reached = sum(
            (
                Fraction(part.flow.mL_per_day) * Fraction(microseconds(part.interval.length), 86_400_000_000)
                for part in self.pump.true_delivery.segments
            ),
            Fraction(0),
        )
        out = Fraction(self.out_before + hardware.drawn, PPM) * QUANTUM
        assert reached <= out + slack * QUANTUM

    @invariant()
    def every_alarm_comes_within_its_latency(self) -> None:
        memory, alarms = self.pump.memory, self.pump.status(now=self.at).alarms
        if memory.watch.hung_since is not None:
            return  # for two seconds nobody but the watchdog notices anything
        for one in self.pump.hardware.during(memory.at):
            if one.cause in STALLS and memory.at - one.since >= 15 * MINUTE:
                assert Alarm.MOTOR_STALL in alarms
            if one.cause is Cause.FEVER and one.size is not None and one.size >= 41:
                assert Alarm.TEMPERATURE in alarms
        assert (Alarm.EMPTY_RESERVOIR in alarms) == memory.is_empty
        assert (Alarm.LOW_RESERVOIR in alarms) == memory.is_low
        assert (Alarm.END_OF_SERVICE in alarms) == (Hold.END_OF_SERVICE in memory.holds)
        if memory.open is not None and memory.at - memory.open.since >= 2 * MINUTE:
            assert Alarm.TRANSACTION_OPEN in alarms

    @invariant()
    def the_log_is_an_unbroken_chain_or_says_what_is_lost(self) -> None:
        assert log_is_unbroken_or_says_what_is_lost(self.pump)

    def teardown(self) -> None:
        if hasattr(self, "pump") and not self.befell & {*AHEAD} and self.pump.delivery.segments:
            assert highest_day_ug(self.pump) <= 2003 + (self.primed + Decimal("0.01")) * 500


TestLife = LifeMachine.TestCase
TestLife.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)


@pytest.mark.slow
class TestLongLife(LifeMachine.TestCase):
    """The same, for longer."""

    settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_a_machine_begins_with_a_pump_that_runs() -> None:
    assert implanted().memory.program.is_stopped
    assert not running(continuous(200)).memory.program.is_stopped
