"""The implant's digital twin: it obeys, keeps its memory, and lives from event to event.

Time is told to it: every act takes ``now``, lives on until then, and only then acts. A command is carried
out once: the pump remembers the id of the last one, and answers its repetition with its status alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from thecal.pump import acts, alarms, commit
from thecal.pump.alarm_settings import set_alarms
from thecal.pump.boluses import start_patient_bolus
from thecal.pump.errors import RefusedError
from thecal.pump.events import settle
from thecal.pump.fallback import set_fallback
from thecal.pump.filling import Needle, filled_truly, kept_apart, surged
from thecal.pump.happenings import log_altered, valve_reset
from thecal.pump.kinds import Kind
from thecal.pump.living import Living
from thecal.pump.vital import cut
from thecal.therapy import CommandId

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from thecal.pump.memory import Memory
    from thecal.quantities import Concentration, DoseRate, PumpClock, Volume
    from thecal.therapy import AlarmSettings, Program, PumpStatus

COMMAND_MOST = 200
"""Most characters of a command's id: every answer repeats it, and an answer has to fit a frame."""
KNOWS_COMMANDS = 16
"""How many commands before the last one are known again when they are repeated; assumed (ITB-039)."""


class PumpActs(Living):
    """One implanted pump and each of its acts; ``thecal.pump.Pump`` takes them as commands."""

    def set_program(
        self, command: CommandId, *, base_revision: int, base_digest: str, program: Program, now: datetime
    ) -> PumpStatus:
        """Run another program from now on; the old one runs until the new one is committed.

        Args:
            command: carried out once; repeated, it is answered and nothing more.
            base_revision: the pump's revision that the program was written against.
            base_digest: digest of the program it replaces.
            program: in the concentration the reservoir holds, and deliverable exactly as written.
            now: when.

        Raises:
            RefusedError: nothing has changed but the log; the reason is for a nurse.
        """
        written = commit.Written(revision=base_revision, digest=base_digest)
        return self._carry_out(
            command, now, lambda memory: commit.set_program(memory, command, base=written, program=program)
        )

    def write_program(
        self, command: CommandId, *, base_revision: int, base_digest: str, program: Program, now: datetime
    ) -> PumpStatus:
        """Take a program down whole, beside the one that runs on until this one was read back (ITB-123).

        Arguments and refusals as ``set_program``; left unread it alarms (ITB-125), and never runs.
        """
        written = commit.Written(revision=base_revision, digest=base_digest)
        return self._carry_out(
            command, now, lambda memory: acts.write_program(memory, command, base=written, program=program)
        )

    def confirm_program(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """Run the program that an order has written, for it is being read back.

        Raises:
            RefusedError: none of that order waits, or it no longer fits; the old one runs on.
        """
        return self._carry_out(command, now, lambda memory: acts.confirm_program(memory, command))

    def refill(
        self,
        command: CommandId,
        *,
        base_revision: int,
        base_digest: str,
        left_behind: Volume,
        fill: Volume,
        concentration: Concentration,
        program: Program | None,
        now: datetime,
        product: Concentration | None = None,
    ) -> PumpStatus:
        """Arm, fill and confirm in one go, as somebody does who makes no slip.

        Args:
            command: carried out once; repeated, it is answered and nothing more.
            base_revision: the pump's revision that the refill was written against.
            base_digest: digest of the program that ran then.
            left_behind: what could not be drawn out; it mixes with what comes in (device fact C15).
            fill: what was filled in.
            concentration: of the filling, as its label says.
            program: starts now, in the label's concentration; None goes on with what runs, which a new
                concentration does not allow.
            now: when.
            product: what the syringe truly held, should it not be what the label says (H-49).

        Raises:
            RefusedError: nothing has changed but the log; the reason is for a nurse.
        """
        written = commit.Written(revision=base_revision, digest=base_digest)
        filling = commit.Fill(left_behind=left_behind, volume=fill, concentration=concentration)

        def filled(memory: Memory) -> Memory:
            armed = acts.arm_refill(
                memory, fill, concentration, program, base=written, left_behind=left_behind
            )
            after = commit.refill(armed, command, base=written, fill=filling, program=program)
            needle = Needle(left_behind=left_behind, volume=fill, product=product or concentration)
            self._hardware = filled_truly(armed, self._hardware, needle, believed=after.reservoir)
            return after

        return self._carry_out(command, now, filled)

    def fill_by_needle(
        self, *, left_behind: Volume, fill: Volume, product: Concentration, now: datetime
    ) -> None:
        """Do the needle's work alone; the pump is not told (H-46).

        Raises:
            RefusedError: more than the reservoir can take.
        """
        self.advance(now)
        needle = Needle(left_behind=left_behind, volume=fill, product=product)
        memory = self._memory
        self._hardware = filled_truly(memory, self._hardware, needle, believed=memory.holding)

    def stop(
        self, command: CommandId, *, now: datetime, review_after: timedelta = commit.REVIEW_AFTER
    ) -> PumpStatus:
        """Stop, whatever runs and whoever changed it; a stop never ends by itself (ITB-160, ITB-161).

        Should the caller's clock lag behind the pump's, it stops at the pump's own present. Only the
        repetition of a stop that still holds, and under which nothing waits to run, does nothing.

        Args:
            command: id of the order; what of it is no text is written down in escapes, and what is too long
                is cut off, for a stop is never refused.
            now: when.
            review_after: when somebody means to look at it again; the alarm then escalates.
        """
        command = CommandId(command.encode(errors="backslashreplace").decode()[:COMMAND_MOST])
        self._live_to(max(self._pump_moment(now), self._memory.at))
        self._woken()
        memory = self._memory
        waits = memory.open is not None and not (memory.open.program or memory.program).is_stopped
        if memory.program.is_stopped and memory.last_command == command and not waits:
            return self._repeated(command)
        self._take(commit.stop(memory, command, review_after=review_after))
        return self._told()

    # --- what takes more than one step -----------------------------------------------------------------

    def begin_update(self, *, now: datetime) -> PumpStatus:
        """Say that an update is being written; a legacy pump stands until it is done."""
        return self._act(now, acts.begin_update)

    def refuse_frame(self, reason: str, *, now: datetime) -> None:
        """Record a frame that came through whole and says what no wand would say (ITB-046)."""
        self.advance(now)
        self._record(Kind.COMMAND_REFUSED, reason=reason)

    def give_up_written(self, *, now: datetime) -> None:
        """Drop what was written and not read back: whoever reads the pump anew finds what runs."""
        self.advance(now)
        if self._memory.open is not None and self._memory.open.command is not None:
            self._act(now, acts.abandon_update)

    def abandon_update(self, *, now: datetime) -> PumpStatus:
        """Give an update up: the old program runs, as if nothing had been begun."""
        return self._act(now, acts.abandon_update)

    def arm_refill(
        self,
        *,
        base_revision: int,
        base_digest: str,
        fill: Volume,
        concentration: Concentration,
        program: Program | None,
        now: datetime,
    ) -> PumpStatus:
        """Begin a refill: what is to be filled in, and what is to run then (ITB-159).

        Raises:
            RefusedError: written for another revision, another is open, or it could not be carried out.
        """
        base = commit.Written(revision=base_revision, digest=base_digest)
        return self._act(now, lambda memory: acts.arm_refill(memory, fill, concentration, program, base=base))

    def confirm_refill(self, command: CommandId, *, left_behind: Volume, now: datetime) -> PumpStatus:
        """End the refill that was armed: somebody says that it is filled, and the program goes with it.

        The pump believes it. What the needle did is ``fill_by_needle``, before this or never (H-47).

        Raises:
            RefusedError: none is armed, or it cannot be carried out; it stays open.
        """

        def confirmed(memory: Memory) -> Memory:
            after = acts.confirm_refill(memory, command, left_behind)
            self._hardware = kept_apart(after, self._hardware)
            return after

        return self._carry_out(command, now, confirmed)

    def cancel_refill(self, *, now: datetime) -> PumpStatus:
        """Give a refill up before the needle's work was done.

        Raises:
            RefusedError: none is armed.
        """
        return self._act(now, acts.cancel_refill)

    def compare_residual(self, drained: Volume, *, now: datetime) -> PumpStatus:
        """Hold what was drawn out against what was expected; it proves what the drive has moved (ITB-169)."""
        return self._act(now, lambda memory: acts.compare_residual(memory, drained))

    # --- by contact --------------------------------------------------------------------------------------

    def silence(self, *, now: datetime) -> PumpStatus:
        """Silence the alarms for a while, or until the link is lost; they stay raised (ITB-099, ITB-100)."""
        return self._act(now, alarms.silenced)

    def link_lost(self, *, now: datetime) -> PumpStatus:
        """Note that the wand is gone: what was silenced over it sounds again (ITB-100)."""
        return self._act(now, alarms.heard_again)

    def set_clock(self, command: CommandId, clock: PumpClock, *, now: datetime) -> PumpStatus:
        """Set the pump's clock; the base of the dose is not touched (ITB-118)."""
        return self._carry_out(command, now, lambda memory: acts.set_clock(memory, command, clock))

    def pause(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """Let the program stand back: the minimum rate or less flows, half an hour at most (ITB-012).

        Raises:
            RefusedError: it is stopped or held, or this pump has no pause.
        """
        return self._carry_out(command, now, lambda memory: acts.pause(memory, command))

    def resume(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """End a pause: the base program goes on.

        Raises:
            RefusedError: it is not paused.
        """
        return self._carry_out(command, now, lambda memory: acts.resume(memory, command))

    def set_bolus_when_low(self, command: CommandId, *, allowed: bool, now: datetime) -> PumpStatus:
        """Set whether a bolus may be given while the reservoir is low; it may until told otherwise (S-06)."""
        return self._carry_out(
            command, now, lambda memory: acts.set_bolus_when_low(memory, command, allowed=allowed)
        )

    def set_alarms(self, command: CommandId, wanted: AlarmSettings, *, now: datetime) -> PumpStatus:
        """Set at which content the low-reservoir alarm sounds, and how often each class of alarm does.

        Raises:
            RefusedError: nothing to set, or outside its range; the reason names the range.
        """
        told = self._carry_out(command, now, lambda memory: set_alarms(memory, command, wanted))
        model = replace(self._hardware.model, capability=self._memory.capability)
        self._hardware = replace(self._hardware, model=model)
        return told

    def restart(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """Go on with the last verified program, should a fault and no person have stopped it (ITB-163).

        Raises:
            RefusedError: a person stopped it, its service has ended, or it was held more than a day ago.
        """
        return self._carry_out(command, now, lambda memory: acts.restart(memory, command))

    def set_fallback(self, command: CommandId, dose: DoseRate | None, *, now: datetime) -> PumpStatus:
        """Enter the fallback, in mcg/day; None goes back to the lowest 24-hour dose of the week (ITB-164).

        Raises:
            RefusedError: above that dose, or not deliverable exactly as entered.
        """
        return self._carry_out(command, now, lambda memory: set_fallback(memory, command, dose))

    def start_fallback(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """Start the fallback from stopped, at most the lowest 24-hour dose of the week (ITB-163, ITB-164).

        Raises:
            RefusedError: the pump is not stopped, or nothing ran in the last week to take it from.
        """
        return self._carry_out(command, now, lambda memory: acts.start_fallback(memory, command))

    def reset_valve(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """Open a valve that a magnet has closed: after a scan somebody must (H-17; Flowonix 13827 manual).

        Raises:
            RefusedError: this pump has no valves.
        """

        def opened(memory: Memory) -> Memory:
            after, self._hardware = valve_reset(memory, self._hardware, command)
            return after

        return self._carry_out(command, now, opened)

    def request_bolus(self, *, now: datetime) -> PumpStatus:
        """Ask for a patient's bolus.

        Raises:
            RefusedError: not now, or not at all; the log says so.
        """
        return self._act(now, start_patient_bolus)

    # --- what may befall it ------------------------------------------------------------------------------

    def lose_power_at_write(self, number: int, act: Callable[[Self], object], *, torn: bool = False) -> bool:
        """Lose power while the outcome of an act is being written, after so many pages; start anew.

        Args:
            number: how many pages were written.
            act: what is done with the pump; it runs whole, and then is cut.
            torn: half of the next page was written too.

        Returns:
            Whether there was such a page: False means that all of it was written before.
        """
        before = self._memory
        act(self)
        kept, whole = cut(before, self._memory, number, torn=torn)
        self._memory, self._hardware = settle(kept, self._hardware)
        return not whole

    def damage_log(self, place: int, *, flip: int, now: datetime) -> None:
        """Alter one byte of the log as it is kept; the pump's own check finds it (H-39, ITB-117).

        Args:
            place: of the byte.
            flip: which of its bits, 1 to 255.
            now: when.

        Raises:
            IndexError: the log is not so long.
            ValueError: no bits of a byte.
        """
        self.advance(now)
        self._memory = log_altered(self._memory, place, flip)

    def _act(self, now: datetime, act: Callable[[Memory], Memory]) -> PumpStatus:
        self._answer(now)
        try:
            self._take(act(self._memory))
        except RefusedError as refusal:
            self._refused(refusal.reason)
            raise
        return self._told()

    def _carry_out(self, command: CommandId, now: datetime, act: Callable[[Memory], Memory]) -> PumpStatus:
        self._answer(now)
        memory = self._memory
        if not 0 < len(command) <= COMMAND_MOST or not command.isprintable():
            shown = command.encode(errors="backslashreplace").decode()[:COMMAND_MOST]
            raise self._refused(
                f"command id {shown!r}: a command needs an id of 1 to {COMMAND_MOST} printable characters, "
                "so that it is carried out once"
            )
        if self._was_done(command):
            return self._repeated(command)
        try:
            self._take(act(memory))
        except RefusedError as refusal:
            self._refused(refusal.reason, command)
            raise
        return self._told()

    def _was_done(self, command: CommandId) -> bool:
        memory = self._memory
        return command == memory.last_command or command in memory.earlier_commands

    def _repeated(self, command: CommandId) -> PumpStatus:
        """Answer a command that was carried out before, and do nothing but record it (ITB-039)."""
        self._record(Kind.COMMAND_REPEATED, command=command)
        return self._told()

    def _take(self, after: Memory) -> None:
        """Swap a whole new memory in, and see at once what it comes to."""
        before = self._memory.last_command
        if before is not None and after.last_command != before:
            known = (*after.earlier_commands, before)[-KNOWS_COMMANDS:]
            after = replace(after, earlier_commands=known)
        self._hardware = surged(self._memory, after, self._hardware)
        self._memory, self._hardware = settle(after, self._hardware)
