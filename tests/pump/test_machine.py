"""A pump driven through anything that may happen to it; its laws hold throughout."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from builders.pumps import (
    C500,
    C2000,
    CLOCK,
    MODEL,
    START,
    fresh_id,
    implanted,
    mL,
    programs,
    recorded_mL,
    refill_now,
    send,
    spans,
    ug_a_day,
)
from thecal.journal import verify_chain
from thecal.pump import Pump, RefusedError
from thecal.quantities import Concentration, Interval
from thecal.therapy import (
    Alarm,
    Bridge,
    CommandId,
    Program,
    SetProgram,
    Stop,
    WrittenAgainst,
    pieces,
    program_digest,
)

pytestmark = pytest.mark.requirement("ITB-007", "ITB-061", "ITB-117", "ITB-161")

QUANTUM = Fraction(MODEL.quantum.mL)
REASONS = ("ITB-036", "ITB-030", "ITB-050", "bridge: ")
"""Not enough left for what runs once, too much in 24 hours with what was given, the tube is not clear."""


class PumpMachine(RuleBasedStateMachine):
    """Beside the pump, what a person with pencil and paper knows of it."""

    @initialize(fill=st.sampled_from(["1.5", "2.2003", "3", "18"]))
    def implant(self, fill: str) -> None:
        self.pump = implanted(fill)
        self.at = START
        self.filled = Fraction(fill)
        self.drawn = Fraction(0)
        self.asked = Fraction(0)
        self.program: Program = self.pump.memory.program
        self.started = START
        self.stopped = True
        self.revision = self.stops = 0
        self.last: CommandId | None = None

    def _executed(self, command: CommandId, what: Program) -> None:
        self.revision, self.last = self.revision + 1, command
        if not (self.stopped and what.is_stopped):
            self.started = self.at
            self.stops += what.is_stopped
        self.program, self.stopped = what, what.is_stopped

    @rule(span=spans())
    def live(self, span: timedelta) -> None:
        window = Interval(self.at, self.at + span)
        parts = pieces(
            self.program, window, started=self.started, clock=CLOCK, minimum_rate=MODEL.minimum_rate
        )
        self.asked += sum((part.volume for part in parts), Fraction(0))
        self.at += span
        self.pump.advance(self.at)

    @rule(data=st.data())
    def order(self, data: st.DataObject) -> None:
        what, command = data.draw(programs(self.program.concentration)), fresh_id()
        try:
            send(self.pump, what, command=command)
        except RefusedError as refusal:
            assert any(row in refusal.reason for row in REASONS)  # noqa: PT017 - the only ones there may be
        else:
            self._executed(command, what)

    @rule()
    def repeat(self) -> None:
        if self.last is None:
            return
        before = self.pump.memory
        self.pump.handle(
            SetProgram(
                id=self.last, against=WrittenAgainst(revision=0, digest="0" * 64), program=self.program
            ),
            self.at,
        )
        assert replace(self.pump.memory, log=before.log) == before

    @rule(what=programs(), behind=st.integers(1, 5))
    def order_on_a_stale_base(self, what: Program, behind: int) -> None:
        digest = program_digest(self.program)
        try:
            self.pump.handle(
                SetProgram(
                    id=fresh_id(),
                    against=WrittenAgainst(revision=(self.revision - behind) % 2**32, digest=digest),
                    program=what,
                ),
                self.at,
            )
        except RefusedError as refusal:
            assert "state has changed since" in refusal.reason  # noqa: PT017
        else:
            raise AssertionError("a stale base was taken")

    @rule()
    def stop(self) -> None:
        command = fresh_id()
        self.pump.handle(Stop(id=command), self.at)
        self._executed(command, self.pump.memory.program)
        assert self.stopped

    @rule(
        fill=st.sampled_from(["0", "0.3", "2", "18.6"]),
        concentration=st.sampled_from([C500, C2000]),
        data=st.data(),
    )
    def refill(self, fill: str, concentration: Concentration, data: st.DataObject) -> None:
        left = min(self.pump.memory.holding.content, mL("1.4"))
        old, what = self.program.concentration, None
        if concentration != old:
            bridge = Bridge(dose=ug_a_day(200), old_concentration=old, dead_volume=mL("0.2"))
            what = replace(data.draw(programs(concentration)), once=bridge)
        command, content = fresh_id(), self.pump.memory.holding.content
        try:
            refill_now(
                self.pump,
                command,
                self.at,
                against=WrittenAgainst(revision=self.revision, digest=program_digest(self.program)),
                left_behind=left,
                fill=mL(fill),
                concentration=concentration,
                program=what,
            )
        except RefusedError as refusal:
            assert any(row in refusal.reason for row in REASONS)  # noqa: PT017
            return
        self.drawn += Fraction((content - left).mL)
        self.filled += Fraction(fill)
        if what is None:
            self.revision, self.last = self.revision + 1, command
        else:
            self._executed(command, what)

    @rule()
    def save_and_restore(self) -> None:
        again = Pump.restore(self.pump.image())
        assert again.memory == self.pump.memory
        self.pump = again

    @invariant()
    def volume_is_conserved_to_the_quantum(self) -> None:
        status = self.pump.status(now=self.at)
        delivered = Fraction(status.delivered.mL)
        assert self.filled - self.drawn - Fraction(status.content.mL) == delivered
        assert delivered % QUANTUM == 0
        assert abs(recorded_mL(self.pump) - delivered) <= QUANTUM

    @invariant()
    def nothing_is_delivered_that_was_not_programmed_but_the_quantum_that_a_stop_finishes(self) -> None:
        assert self.pump.memory.drive.counts * QUANTUM <= self.asked + self.stops * QUANTUM

    @invariant()
    def the_program_is_one_that_was_committed(self) -> None:
        memory = self.pump.memory
        assert (memory.program, memory.started) == (self.program, self.started)
        assert (memory.revision, memory.last_command) == (self.revision, self.last)

    @invariant()
    def a_stop_stands_until_somebody_ends_it(self) -> None:
        status = self.pump.status(now=self.at)
        assert status.stopped == self.stopped
        assert (Alarm.PUMP_STOPPED in status.alarms) == self.stopped
        assert not (self.stopped and status.flow.mL_per_day)

    @invariant()
    def the_alarms_say_what_the_reservoir_holds(self) -> None:
        status, memory = self.pump.status(now=self.at), self.pump.memory
        usable = Fraction(status.content.mL) - Fraction(MODEL.unusable.mL)
        assert (Alarm.LOW_RESERVOIR in status.alarms) == (status.content <= MODEL.low_reservoir)
        assert (Alarm.EMPTY_RESERVOIR in status.alarms) == (usable < QUANTUM)
        assert not (memory.is_empty and status.flow.mL_per_day)
        assert not (memory.is_empty and memory.drive.phase)

    @invariant()
    def the_log_is_an_unbroken_chain(self) -> None:
        log = self.pump.log
        assert verify_chain((entry, entry.seal) for entry in log) == len(log)


TestPumpMachine = PumpMachine.TestCase
TestPumpMachine.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
