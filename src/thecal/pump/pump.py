"""The implant's digital twin: it obeys, keeps its memory, and lives from event to event.

Time is told to it: every act takes ``now``, lives on until then, and only then acts. A command is carried
out once: the pump remembers the id of the last one, and answers its repetition with its status alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.pump import commit
from thecal.pump.alarms import alarming
from thecal.pump.errors import RefusedError
from thecal.pump.image import memory_from_image, memory_image
from thecal.pump.log import recorded
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive, recorded_flow, volume_of
from thecal.pump.scheduler import flow_now, live
from thecal.quantities import utc
from thecal.therapy import (
    Delivery,
    Interrogation,
    Program,
    PumpStatus,
    Reservoir,
    Stopped,
    program_digest,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from thecal.pump.log import Log
    from thecal.quantities import Concentration, PumpClock, Volume
    from thecal.therapy import Capability, CommandId, Drug, PumpSerial


class Pump:
    """One implanted pump."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @classmethod
    def implanted(
        cls,
        *,
        serial: PumpSerial,
        capability: Capability,
        drug: Drug,
        fill: Volume,
        concentration: Concentration,
        clock: PumpClock,
        now: datetime,
    ) -> Pump:
        """Return a pump as it leaves the operating theatre: filled, stopped, at revision 0.

        Raises:
            ReservoirError: more than fits.
            ProgramError: a concentration the drug's library entry does not allow.
        """
        moment, drive = utc(now), Drive()
        facts = {"serial": serial, "model": capability.model}
        memory = Memory(
            serial=serial,
            capability=capability,
            clock=clock,
            implanted_at=moment,
            at=moment,
            program=Program(drug=drug, concentration=concentration, base=Stopped()),
            started=moment,
            started_counts=drive.counts,
            once_over=True,
            revision=0,
            last_command=None,
            reservoir=Reservoir(
                content=fill,
                capacity=capability.reservoir,
                unusable=capability.unusable,
                concentration=concentration,
            ),
            filled_at=moment,
            filled_counts=drive.counts,
            drive=drive,
            delivery=(),
            log=recorded((), Kind.PUMP_IMPLANTED, at=moment, **facts),
        )
        if memory.is_low:
            memory = replace(memory, log=recorded(memory.log, Kind.RESERVOIR_RAN_LOW, at=moment))
        return cls(memory)

    @classmethod
    def restore(cls, image: bytes) -> Pump:
        """Return the pump whose memory this is.

        Raises:
            MemoryImageError: not a whole, unaltered memory of a known form.
        """
        return cls(memory_from_image(image))

    def image(self) -> bytes:
        """Return the memory as bytes, from which ``restore`` goes on as if nothing had been."""
        return memory_image(self._memory)

    # --- what it tells -------------------------------------------------------------------------------

    @property
    def memory(self) -> Memory:
        """Everything it remembers, as of the last moment it was told."""
        return self._memory

    @property
    def delivery(self) -> Delivery:
        """What the drive did since the pump was implanted."""
        return Delivery(self._memory.delivery)

    @property
    def log(self) -> Log:
        """The pump's own records."""
        return self._memory.log

    def status(self, *, now: datetime) -> PumpStatus:
        """Say how it is.

        Raises:
            RefusedError: ``now`` lies before the pump's present.
        """
        self.advance(now)
        memory = self._memory
        return PumpStatus(
            serial=memory.serial,
            at=memory.clock.reading(memory.at),
            revision=memory.revision,
            program_digest=program_digest(memory.program),
            last_command=memory.last_command,
            stopped=memory.program.is_stopped,
            flow=recorded_flow(flow_now(memory)),
            content=memory.holding.content,
            concentration=memory.reservoir.concentration,
            delivered=volume_of(memory.drive.counts, memory.capability.quantum),
            alarms=alarming(memory),
            log_records=len(memory.log),
        )

    def interrogate(self, *, now: datetime) -> Interrogation:
        """Say everything a wand reads.

        Raises:
            RefusedError: ``now`` lies before the pump's present.
        """
        status, memory = self.status(now=now), self._memory
        return Interrogation(
            status=status,
            program=memory.program,
            started=memory.started,
            filled_at=memory.filled_at,
            clock_offset=memory.clock.offset,
            capability=memory.capability,
        )

    # --- what it does --------------------------------------------------------------------------------

    def advance(self, to: datetime) -> None:
        """Live on.

        Raises:
            RefusedError: ``to`` lies before the pump's present.
        """
        moment = utc(to)
        if moment < self._memory.at:
            raise RefusedError(
                f"{moment.isoformat()} lies before the pump's present, {self._memory.at.isoformat()}: "
                "time does not go back"
            )
        self._memory = live(self._memory, moment)

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
    ) -> PumpStatus:
        """Take a filling, and the program that goes with it, in one act.

        Args:
            command: carried out once; repeated, it is answered and nothing more.
            base_revision: the pump's revision that the refill was written against.
            base_digest: digest of the program that ran then.
            left_behind: what could not be drawn out; it mixes with what comes in (device fact C15).
            fill: what was filled in.
            concentration: of the filling, as its label says.
            program: starts now, in the label's concentration or in the mixed one; None goes on with what
                runs, which a new concentration does not allow.
            now: when.

        Raises:
            RefusedError: nothing has changed but the log; the reason is for a nurse.
        """
        written = commit.Written(revision=base_revision, digest=base_digest)
        filling = commit.Fill(left_behind=left_behind, volume=fill, concentration=concentration)
        return self._carry_out(
            command,
            now,
            lambda memory: commit.refill(memory, command, base=written, fill=filling, program=program),
        )

    def stop(self, command: CommandId, *, now: datetime) -> PumpStatus:
        """Stop, whatever runs and whoever changed it; a stop never ends by itself (ITB-160, ITB-161).

        Should the caller's clock lag behind the pump's, it stops at the pump's own present. Only the
        repetition of a stop that still holds does nothing.
        """
        self.advance(max(utc(now), self._memory.at))
        memory = self._memory
        if not (memory.program.is_stopped and memory.last_command == command):
            self._memory = commit.stop(memory, command)
        return self.status(now=memory.at)

    def _carry_out(self, command: CommandId, now: datetime, act: Callable[[Memory], Memory]) -> PumpStatus:
        self.advance(now)
        memory = self._memory
        if not command:
            raise RefusedError("a command needs an id, so that it is carried out once")
        if memory.last_command != command:
            try:
                self._memory = act(memory)
            except RefusedError as refusal:
                facts = {"command": command, "reason": refusal.reason}
                log = recorded(memory.log, Kind.COMMAND_REFUSED, at=memory.at, **facts)
                self._memory = replace(memory, log=log)
                raise
        return self.status(now=now)
