"""Acts upon a pump beside its programs: begun and ended work, clock, restart, fallback, what was drawn out.

Each takes the memory as it stands and returns the next, or refuses and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms, commit, effects, unfinished
from thecal.pump.boluses import (
    end_once,
    end_patient_bolus,
    ended_at_the_window,
    interrupted,
    waiting_for_room,
)
from thecal.pump.errors import RefusedError
from thecal.pump.fallback import check_fallback, fallback_of
from thecal.pump.hold import NEVER_RAISE, Hold, Level, Open, Work, without
from thecal.pump.kinds import Kind
from thecal.pump.level import DIFFERS_BY
from thecal.pump.log import recorded
from thecal.pump.motor import decimal_places
from thecal.pump.scheduler import next_bolus
from thecal.pump.window import check_clock, check_window
from thecal.quantities import (
    DAY,
    Volume,
    microseconds,
    plain,
    write_concentration,
    write_duration,
    write_volume,
)
from thecal.therapy import Alarm, CommandId, Program

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.quantities import Concentration, PumpClock

_RESTARTS_WITHIN = DAY
_TRIED = CommandId("a refill that is only tried")


def begin_update(memory: Memory, written: Program | None = None, command: CommandId | None = None) -> Memory:
    """Return the memory of a pump that is being written to, or that was and has not been read back."""
    _nothing_open(memory)
    if memory.profile.update_stops:
        memory = end_once(end_patient_bolus(memory), "update")
        memory = replace(memory, holds=(*memory.holds, Hold.UPDATE))
    facts = {} if command is None else {"command": command}
    log = recorded(memory.log, Kind.UPDATE_BEGUN, at=memory.at, **facts)
    opened = Open(work=Work.UPDATE, since=memory.at, program=written, command=command)
    return replace(memory, open=opened, log=log)


def write_program(memory: Memory, command: CommandId, *, base: commit.Written, program: Program) -> Memory:
    """Return the memory of a pump that holds a program beside the one that runs on (ITB-123).

    Raises:
        RefusedError: what ``commit.set_program`` would refuse, or a refill is open.
    """
    if memory.open is not None and memory.open.command is not None:
        memory = abandon_update(memory)
    written = commit.set_program(memory, command, base=base, program=program).program
    return begin_update(memory, written, command)


def confirm_program(memory: Memory, command: CommandId) -> Memory:
    """Return the memory of a pump that runs, from now on, the program that was written and read back.

    Raises:
        RefusedError: it was not this order that wrote it, it waited so long that the pump alarms about it
            (ITB-125), or meanwhile it fits the dose window no more.
    """
    held = memory.open
    if held is None or held.program is None or held.command != command:
        raise RefusedError("no program of this order is waiting for its read-back")
    alarms_at = alarms.open_sounds_at(memory)
    if alarms_at is not None and memory.at >= alarms_at:
        raise RefusedError(
            f"the program written at {held.since.isoformat()} was not read back in time, and the old "
            "program continues: interrogate the pump and write the order again (ITB-125)"
        )
    base = commit.Written(revision=memory.revision, digest=memory.plan.digest)
    return commit.set_program(memory, command, base=base, program=held.program)


def abandon_update(memory: Memory) -> Memory:
    """Return the memory of a pump on which an update was given up."""
    if memory.open is None or memory.open.work is not Work.UPDATE:
        raise RefusedError("no update is open")
    return unfinished.abandoned(memory)


def arm_refill(
    memory: Memory,
    fill: Volume,
    concentration: Concentration,
    program: Program | None,
    *,
    base: commit.Written,
    left_behind: Volume | None = None,
) -> Memory:
    """Return the memory of a pump for which a refill has begun.

    What could not be carried out is refused before a needle is in, not when the reservoir is full. Unless it
    is said what will be left behind, it is tried with what no needle can draw out, and the program is in the
    label's concentration. A program that waits to be read back is given up: it was for another filling.
    """
    memory = unfinished.without_written(memory)
    _nothing_open(memory)
    if fill > memory.capability.reservoir:
        raise RefusedError(
            f"fill volume: {write_volume(fill)} is more than the {write_volume(memory.capability.reservoir)} "
            "that this pump holds (ITB-064)"
        )
    if left_behind is None and program is not None and program.concentration != concentration:
        raise RefusedError("refill: the program is for another concentration than the label of the filling")
    least = min(memory.capability.unusable, memory.holding.content)
    left = least if left_behind is None else left_behind
    tried = commit.Fill(left_behind=left, volume=fill, concentration=concentration)
    commit.refill(memory, _TRIED, base=base, fill=tried, program=program)  # what it comes to is not kept
    check_fallback(memory, memory.fallback, concentration)
    log = recorded(
        memory.log,
        Kind.REFILL_ARMED,
        at=memory.at,
        fill_mL=plain(fill.mL),
        label_ug_per_mL=plain(concentration.ug_per_mL),
    )
    armed = Open(work=Work.REFILL, since=memory.at, fill=fill, concentration=concentration, program=program)
    return replace(memory, open=armed, log=log)


def confirm_refill(memory: Memory, command: CommandId, left_behind: Volume) -> Memory:
    """Return the memory of a pump that takes itself to be filled as it was armed for.

    Raises:
        RefusedError: none is armed, or the filling cannot be.
    """
    armed = memory.open
    if armed is None or armed.fill is None or armed.concentration is None:
        raise RefusedError("no refill is armed: begin it first, then fill, then confirm")
    base = commit.Written(revision=memory.revision, digest=memory.plan.digest)
    filling = commit.Fill(left_behind=left_behind, volume=armed.fill, concentration=armed.concentration)
    return commit.refill(memory, command, base=base, fill=filling, program=armed.program, was_tried=True)


def cancel_refill(memory: Memory) -> Memory:
    """Return the memory of a pump on which a refill was given up."""
    if memory.open is None or memory.open.work is not Work.REFILL:
        raise RefusedError("no refill is armed")
    return replace(memory, open=None, log=recorded(memory.log, Kind.REFILL_CANCELLED, at=memory.at))


def _nothing_open(memory: Memory) -> None:
    if memory.open is not None:
        raise RefusedError(
            f"{memory.open.work.value}: begun at {memory.open.since.isoformat()} and not finished; "
            "finish or cancel it"
        )


def compare_residual(memory: Memory, drained: Volume) -> Memory:
    """Return the memory after what was drawn out was held against what was expected (H-10, C10).

    Measured and computed level are both kept, and their difference is an alarm (ITB-057). What agrees within
    the tolerance proves the count, but for the dose window, where a quantum in doubt counts for a day.

    Raises:
        RefusedError: more than the reservoir holds.
    """
    most = (
        memory.capability.reservoir + DIFFERS_BY
    )  # one that was overfilled holds more than its label (H-19)
    if drained > most:
        raise RefusedError(
            f"drained: {write_volume(drained)} is outside what is allowed, 0 mL to {write_volume(most)} "
            "(capacity of this pump, and what an overfilled one holds beyond it)"
        )
    expected = Fraction(memory.holding.content.mL)
    delivered = Fraction(memory.reservoir.content.mL) - expected
    apart = Fraction(drained.mL) - expected
    flagged = abs(apart) > Fraction(DIFFERS_BY.mL) or (
        abs(apart) > Fraction(memory.capability.accuracy) * delivered
    )
    log = recorded(
        memory.log,
        Kind.RESIDUAL_COMPARED,
        at=memory.at,
        expected_mL=plain(memory.holding.content.mL),
        drained_mL=plain(drained.mL),
        flagged="yes" if flagged else "no",
    )
    if memory.doubt and not flagged:
        log = recorded(log, Kind.DELIVERY_PROVEN, at=memory.at, doubted_quanta=str(memory.doubt))
    level = Level(at=memory.at, measured=drained, computed=memory.holding.content)
    memory = replace(memory, doubt=memory.doubt if flagged else 0, level=level, log=log)
    if not flagged:
        memory = alarms.over(memory, Alarm.LEVEL_DIFFERS)
    elif memory.profile.two_counters:
        memory = effects.raised(memory, Alarm.LEVEL_DIFFERS, by_mL=plain(decimal_places(abs(apart))))
    if flagged and apart > 0:
        return effects.raised(memory, Alarm.OCCLUSION, too_much_left_mL=plain(decimal_places(apart)))
    return alarms.over(memory, Alarm.OCCLUSION)


def set_clock(memory: Memory, command: CommandId, clock: PumpClock) -> Memory:
    """Return the memory of a pump whose clock of the day was set.

    Periodic boluses follow the old clock until the next would have begun by it: what was given does not begin
    again before its interval has passed, and what a clock skips is never made up (ITB-118).

    Raises:
        RefusedError: set so, the base program would give again what it has just given, above the maximum.
    """
    if memory.profile.checks_window:
        check_clock(memory, clock)
    by = microseconds(clock.offset) - microseconds(memory.clock.offset)
    log = recorded(
        memory.log,
        Kind.CLOCK_ADJUSTED,
        at=memory.at,
        by_s=plain(Decimal(by).scaleb(-6)),
        cause="set",
        command=command,
    )
    begins = next_bolus(memory)
    waits = None if begins is None else (memory.dose_clock, begins)
    after = replace(
        memory, clock=clock, boluses_by=waits, clock_set_at=memory.at, last_command=command, log=log
    )
    return ended_at_the_window(after)


def pause(memory: Memory, command: CommandId) -> Memory:
    """Return the memory of a paused pump: half an hour at most of the minimum rate, or less (ITB-012).

    A pause is not a stop: it ends by itself in the base program, with a critical alarm (S-04, ITB-013). What
    it kept back is never made up.
    """
    lasts = memory.profile.pause_lasts
    if lasts is None:
        raise RefusedError("pause: this pump cannot pause; stop it, or write a program")
    if memory.program.is_stopped:
        raise RefusedError("pause: this pump is stopped")
    if memory.holds:
        raise RefusedError(f"pause: this pump does not follow its program now, {memory.holds[0].value}")
    memory = interrupted(memory, "paused")
    until = (memory.at + lasts).isoformat()
    log = recorded(memory.log, Kind.PROGRAM_PAUSED, at=memory.at, until=until, command=command)
    return replace(
        memory, holds=(*memory.holds, Hold.PAUSE), paused_at=memory.at, last_command=command, log=log
    )


def resume(memory: Memory, command: CommandId) -> Memory:
    """Return the memory of a pump whose pause was ended by a person: the base program goes on."""
    if memory.paused_at is None:
        raise RefusedError("resume: this pump is not paused")
    holds = without(memory.holds, Hold.PAUSE)
    log = recorded(memory.log, Kind.PROGRAM_RESUMED, at=memory.at, command=command)
    return replace(memory, holds=holds, paused_at=None, last_command=command, log=log)


def set_bolus_when_low(memory: Memory, command: CommandId, *, allowed: bool) -> Memory:
    """Return the memory of a pump that gives, or refuses, boluses while its reservoir is low (ITB-060)."""
    said = "yes" if allowed else "no"
    log = recorded(memory.log, Kind.SETTING_CHANGED, at=memory.at, bolus_when_low=said, command=command)
    return replace(memory, bolus_when_low=allowed, boluses_withheld=False, last_command=command, log=log)


def restart(memory: Memory, command: CommandId) -> Memory:
    """Return the memory of a pump that follows its program again, once the day has room for it."""
    if memory.program.is_stopped:
        raise RefusedError("restart: a person stopped this pump; write a program, or start the fallback")
    if Hold.END_OF_SERVICE in memory.holds:
        raise RefusedError("restart: this pump has reached the end of its service")
    if not set(memory.holds) - NEVER_RAISE:
        raise RefusedError(
            "restart: no fault has stopped this pump"
            if Hold.WINDOW not in memory.holds
            else "restart: the fallback starts by itself once the 24-hour dose limit allows it (ITB-035)"
        )
    if Hold.RESET in memory.holds and memory.profile.resumes_after_reset:
        raise RefusedError(
            "restart: no copy of the program is intact, and no fallback could be given: write a program"
        )
    commit.nothing_armed(memory)
    held_for = {alarm for hold in memory.holds for alarm in _HELD_FOR.get(hold, ())}
    faults = [one.since for one in memory.raised if one.alarm in held_for]
    ordered = memory.ordered_at
    if faults and memory.at - min(faults) > _RESTARTS_WITHIN and (ordered is None or ordered <= min(faults)):
        raise RefusedError(
            f"restart: the fault is older than {write_duration(_RESTARTS_WITHIN)} (ITB-163); write a "
            "program, and restart the drive then"
        )
    for alarm in _FAULTS:
        memory = alarms.cleared(memory, alarm)
    log = recorded(memory.log, Kind.PROGRAM_RESUMED, at=memory.at, command=command)
    holds = tuple(hold for hold in memory.holds if hold is Hold.WINDOW)
    return waiting_for_room(replace(memory, holds=holds, paused_at=None, last_command=command, log=log))


_HELD_FOR = {
    Hold.OVER_DELIVERY: (Alarm.OVER_DELIVERY,),
    Hold.RESET: (Alarm.PUMP_RESET, Alarm.MEMORY_ERROR),
}
_FAULTS = tuple(alarm for faults in _HELD_FOR.values() for alarm in faults)


def start_fallback(memory: Memory, command: CommandId) -> Memory:
    """Return the memory of a pump that gives its fallback from now on."""
    commit.nothing_armed(memory)
    if not memory.program.is_stopped:
        raise RefusedError("fallback: it can start only when the pump is stopped; this pump runs a program")
    program = fallback_of(memory)
    if program is None:
        raise RefusedError(
            "fallback: no program ran in the last 7 days to take a dose from that this pump can give in "
            f"{write_concentration(memory.program.concentration)} (ITB-164)"
        )
    if memory.profile.checks_window:
        check_window(memory, program)
    return commit.run(memory, command, program)
