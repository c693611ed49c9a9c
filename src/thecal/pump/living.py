"""A pump that lives and tells: its memory, its mechanism, and what either says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from thecal.pump import alarms, processor
from thecal.pump.errors import RefusedError
from thecal.pump.events import live, settle
from thecal.pump.hardware import PPM, Hardware, built, unaltered
from thecal.pump.hold import Hold, without
from thecal.pump.image import pump_from_image, pump_image
from thecal.pump.kinds import Kind
from thecal.pump.level import level_now
from thecal.pump.life import life_of
from thecal.pump.log import Log, recorded
from thecal.pump.memory import Memory
from thecal.pump.motor import Drive, recorded_flow, volume_of
from thecal.pump.profile import REFERENCE
from thecal.pump.rhythm import delivered_with
from thecal.pump.scheduler import flow_now
from thecal.pump.tape import Tape
from thecal.pump.timekeeping import clock_error, record_error
from thecal.pump.truth import true_delivery
from thecal.quantities import microseconds, plain, utc, write_duration
from thecal.therapy import Alarm, Delivery, Interrogation, Program, PumpStatus, Reservoir, Stopped

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.journal import Entry
    from thecal.pump.conditions import Condition
    from thecal.pump.hold import Level
    from thecal.pump.life import Life
    from thecal.pump.models import PumpModel
    from thecal.pump.profile import Profile
    from thecal.quantities import Concentration, PumpClock, Volume
    from thecal.therapy import Capability, CommandId, Drug, PumpSerial


FROM_AFAR_MOST = 8
"""Most records alike of what came from afar within the time that a contact lasts; assumed."""


class Living:
    """One implanted pump, as it lives."""

    def __init__(self, memory: Memory, hardware: Hardware | None = None) -> None:
        self._memory = memory
        self._hardware = unaltered(memory.capability, memory.reservoir) if hardware is None else hardware

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
        profile: Profile = REFERENCE,
        model: PumpModel | None = None,
        gain: Fraction = Fraction(1),
        drift_ppm: int = 0,
    ) -> Self:
        """Return a pump as it leaves the operating theatre: filled, stopped, at revision 0.

        Args:
            serial: of the implant.
            capability: what it can do and is allowed.
            drug: in the reservoir.
            fill: of the reservoir.
            concentration: of that.
            clock: the pump's own.
            now: when.
            profile: how it behaves where devices and requirements differ.
            model: what it is built of; the catalogue's by its name, if None.
            gain: true volume of a quantum, as a share of its label.
            drift_ppm: how much faster than true time its clock runs, in millionths.

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
            tape=Tape(),
            log=recorded(Log(), Kind.PUMP_IMPLANTED, at=moment, **facts),
            profile=profile,
        )
        if memory.is_low:
            memory = replace(memory, log=recorded(memory.log, Kind.RESERVOIR_RAN_LOW, at=moment))
        hardware = replace(
            unaltered(memory.capability, memory.reservoir),
            model=model or built(capability),
            gain=int(gain * PPM),
            drift=drift_ppm,
        )
        if hardware.gain != PPM:
            hardware = replace(hardware, truth=Tape())
        memory = replace(memory, intervals=delivered_with(hardware.model))
        return cls(alarms.sounded(memory), hardware)

    @classmethod
    def restore(cls, image: bytes) -> Self:
        """Return the pump whose memory this is; altered records of its log are lost, and it says so.

        Raises:
            MemoryImageError: not a whole, unaltered memory of a known form.
        """
        return cls(*pump_from_image(image))

    def image(self) -> bytes:
        """Return the memory as bytes, from which ``restore`` goes on as if nothing had been."""
        return pump_image(self._memory, self._hardware)

    # --- what it tells -------------------------------------------------------------------------------

    @property
    def memory(self) -> Memory:
        """Everything it remembers, as of the last moment it was told."""
        return self._memory

    @property
    def hardware(self) -> Hardware:
        """The truth behind the counters, which the pump itself does not know."""
        return self._hardware

    @property
    def delivery(self) -> Delivery:
        """What the drive did since the pump was implanted, as its counter says."""
        return Delivery(self._memory.delivery)

    @property
    def true_delivery(self) -> Delivery:
        """What truly reached the patient since the pump was implanted, in true time."""
        return true_delivery(self._memory, self._hardware)

    @property
    def true_content(self) -> Volume:
        """What the reservoir truly holds."""
        return self._memory.reservoir.unusable + self._hardware.left(self._memory.capability)

    @property
    def level(self) -> Level | None:
        """What the gauge shows now and what the count says; without a gauge the newest that was drawn out."""
        return level_now(self._memory, self._hardware) or self._memory.level

    @property
    def life(self) -> Life:
        """Where its battery and its age stand, recomputed from raw counters."""
        return life_of(self._memory, self._hardware.model)

    @property
    def clock_error(self) -> timedelta:
        """By how much, at the most, what its clock shows may be wrong (ITB-119)."""
        return clock_error(self._memory, self._hardware.model)

    def record_error(self, record: Entry) -> timedelta:
        """Return by how much, at the most, the time of a record of its log may be wrong (ITB-119)."""
        return record_error(self._memory, self._hardware.model, record.at)

    @property
    def alarm_history(self) -> tuple[Entry, ...]:
        """Every record that says when an alarm began, was silenced, escalated or went (ITB-102)."""
        return tuple(self._memory.log.of_kind(*alarms.HISTORY))

    @property
    def delivered_between(self) -> tuple[Volume, Volume]:
        """The least and the most that the drive has moved since implant, as far as is proven (ITB-111)."""
        quantum, tally = self._memory.capability.quantum, self._memory.tally
        return volume_of(tally.counted, quantum), volume_of(tally.begun, quantum)

    @property
    def log(self) -> Log:
        """The pump's own records."""
        return self._memory.log

    @property
    def present(self) -> datetime:
        """Up to when it has lived, in true time."""
        memory, drift = self._memory, self._hardware.drift
        lived = microseconds(memory.at - memory.implanted_at)
        return memory.implanted_at + timedelta(microseconds=-(-lived * PPM // (PPM + drift)))

    def status(self, *, now: datetime) -> PumpStatus:
        """Say how it is.

        Raises:
            RefusedError: ``now`` lies before the pump's present.
        """
        self.advance(now)
        return self._told()

    def _told(self) -> PumpStatus:
        memory = self._memory
        return PumpStatus(
            serial=memory.serial,
            at=memory.clock.reading(memory.at),
            revision=memory.revision,
            program_digest=memory.plan.digest,
            last_command=memory.last_command,
            stopped=memory.program.is_stopped,
            paused=memory.paused_at is not None,
            flow=recorded_flow(self._flow_now()),
            content=memory.holding.content,
            concentration=memory.reservoir.concentration,
            delivered=volume_of(memory.drive.counts, memory.capability.quantum),
            alarms=alarms.alarming(memory),
            escalated=alarms.escalating(memory),
            sound_off=alarms.is_silent(memory),
            log_records=memory.log.written,
        )

    def interrogate(self, *, now: datetime, from_afar: bool = False) -> Interrogation:
        """Say everything a wand reads. Alarms whose cause is over go with it, and so does telemetry mode.

        Args:
            now: when.
            from_afar: the wand is not on the skin: it reads, and ends neither (ITB-106, ITB-162).

        Raises:
            RefusedError: ``now`` lies before the pump's present.
        """
        self._answer(now)
        status, memory = self._told(), self._memory
        read = Interrogation(
            status=status,
            program=memory.program,
            started=memory.started,
            filled_at=memory.filled_at,
            clock_offset=memory.clock.offset,
            capability=memory.capability,
        )
        if not from_afar:
            self._record(Kind.PUMP_INTERROGATED)
            self._seen()
        else:
            self._record_from_afar(Kind.PUMP_INTERROGATED, contact="none")
        return read

    def _flow_now(self) -> Fraction:
        """Return what the drive does as far as the pump knows: nothing while it alarms about a stall."""
        stalled = alarms.standing(self._memory, Alarm.MOTOR_STALL) is not None
        return Fraction(0) if stalled or self._memory.shows_empty else flow_now(self._memory)

    def _seen(self) -> None:
        memory = alarms.seen(self._memory)
        if memory.telemetry_since is not None:
            holds = without(memory.holds, Hold.TELEMETRY)
            log = recorded(memory.log, Kind.TELEMETRY_LEFT, at=memory.at, cause="interrogated")
            memory = replace(memory, holds=holds, telemetry_since=None, log=log)
        self._memory, self._hardware = memory, self._hardware.seen(memory.at)

    # --- how it lives --------------------------------------------------------------------------------

    def advance(self, to: datetime) -> None:
        """Live on.

        Raises:
            RefusedError: ``to`` lies before the pump's present.
        """
        self._live_to(self._pump_moment(to))

    def _answer(self, now: datetime) -> None:
        """Live on until somebody speaks to it."""
        self.advance(now)
        self._woken()

    def _woken(self) -> None:
        """Let the radio wake the processor: one that hangs and does not answer is bitten at once."""
        if processor.is_hung(self._memory):
            since = self._memory.watch.hung_since
            self._memory, self._hardware = settle(processor.bitten(self._memory), self._hardware, since)

    def _live_to(self, moment: datetime) -> None:
        if moment < self._memory.at:
            raise self._refused(
                f"{moment.isoformat()} lies before the pump's present, {self._memory.at.isoformat()}: "
                "time does not go back"
            )
        self._memory, self._hardware = live(self._memory, self._hardware, moment)

    def arrange(self, *conditions: Condition) -> None:
        """Let conditions act upon the pump from when they say; it is not told.

        Raises:
            RefusedError: one that begins before the pump's present.
        """
        present = self._memory.at
        arranged = []
        for one in conditions:
            if self._pump_moment(one.since) < present:
                raise RefusedError(
                    f"{one.cause} from {one.since.isoformat()} lies before the pump's present, "
                    f"{present.isoformat()}"
                )
            until = None if one.until is None else self._pump_moment(one.until)
            arranged.append(replace(one, since=self._pump_moment(one.since), until=until))
        hardware = self._hardware.with_conditions(*arranged)
        if hardware.truth is None and hardware.conditions:
            hardware = replace(hardware, truth=Tape(list(self._memory.tape)))
        self._memory, self._hardware = settle(self._memory, hardware)

    def touch(self, *, now: datetime) -> None:
        """Feel a wand on the skin: the pump's own coil says so, and no message can (ITB-162)."""
        self.advance(now)
        if not self._is_touched:
            self._record(Kind.WAND_CONTACTED)
        self._memory = replace(self._memory, touched_at=self._memory.at)

    @property
    def _is_touched(self) -> bool:
        memory = self._memory
        lasts = memory.profile.contact_lasts or timedelta(0)
        return memory.touched_at is not None and memory.at - memory.touched_at <= lasts

    def in_contact(self, *, now: datetime) -> bool:
        """Say whether a wand was felt on the skin in the last minutes; a legacy pump does not ask."""
        self.advance(now)
        return self._memory.profile.contact_lasts is None or self._is_touched

    def check_contact(self, *, now: datetime) -> None:
        """Refuse what comes by radio from afar.

        Raises:
            RefusedError: no wand was felt on the skin in the last minutes; the log says so, a few times
                within so long: a flood from afar must not fill it.
        """
        if not self.in_contact(now=now):
            lasts = self._memory.profile.contact_lasts or timedelta(0)
            reason = (
                "contact: no wand was detected on the skin over the pump in the last "
                f"{write_duration(lasts)}. Hold it there, and send the command again (ITB-162)"
            )
            self._record_from_afar(Kind.COMMAND_REFUSED, reason=reason)
            raise RefusedError(reason)

    def contact(self, lasting: timedelta, *, now: datetime) -> None:
        """Account for a wand's contact: its radio costs charge (ITB-151)."""
        self.advance(now)
        self._memory = replace(self._memory, touched_at=self._memory.at)
        self._record(Kind.WAND_CONTACTED, lasting_s=plain(Decimal(microseconds(lasting)).scaleb(-6)))
        self.spend_radio(microseconds(lasting))

    def spend_radio(self, us: int) -> None:
        """Account for so many microseconds of the radio's work, whoever it talked to."""
        counters = self._memory.counters
        spent = replace(self._memory, counters=replace(counters, radio_us=counters.radio_us + us))
        self._memory, self._hardware = settle(spent, self._hardware)

    def _record(self, kind: Kind, **facts: str) -> None:
        memory = self._memory
        self._memory = replace(memory, log=recorded(memory.log, kind, at=memory.at, **facts))

    def _record_from_afar(self, kind: Kind, **facts: str) -> None:
        """Record what came from afar, unless it came often: a flood must not fill the log."""
        lasts = self._memory.profile.contact_lasts or timedelta(0)
        if self._memory.log.count_since(self._memory.at - lasts, kind, **facts) < FROM_AFAR_MOST:
            self._record(kind, **facts)

    def _refused(self, reason: str, command: CommandId | None = None) -> RefusedError:
        """Record that something was refused, and return the refusal to be raised."""
        self._record(Kind.COMMAND_REFUSED, reason=reason, **({} if command is None else {"command": command}))
        return RefusedError(reason)

    def _pump_moment(self, moment: datetime) -> datetime:
        """Return what the pump's own time base makes of a true moment."""
        moment, drift = utc(moment), self._hardware.drift
        if not drift:
            return moment
        born = self._memory.implanted_at
        return born + timedelta(microseconds=microseconds(moment - born) * (PPM + drift) // PPM)
