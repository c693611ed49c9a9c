"""What a command makes of a memory: the whole new one, or a refusal and nothing.

Each act takes the memory as it stands and returns the next; the pump swaps it in at once, so that the old
program runs until the new one is there. The order in which things are checked is the order in which a nurse
wants to know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

from thecal.pump.boluses import check_bolus_may_begin, end_once, end_patient_bolus, waiting_for_room
from thecal.pump.errors import RefusedError
from thecal.pump.fallback import rechecked
from thecal.pump.hold import Hold, Work
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.motor import decimal_places
from thecal.pump.plan import plan_of
from thecal.pump.scheduler import flow_now
from thecal.pump.tube import bridged, changed, check_tube, ordered
from thecal.pump.unfinished import without_written
from thecal.pump.window import check_window
from thecal.quantities import DAY, plain, write_concentration
from thecal.therapy import (
    Alarm,
    Bridge,
    Program,
    ReservoirError,
    SingleBolus,
    Stopped,
    UndeliverableError,
    compile_program,
)

if TYPE_CHECKING:
    from thecal.pump.hold import Open
    from thecal.pump.log import Log
    from thecal.pump.memory import Memory
    from thecal.quantities import Concentration, DoseRate, Volume
    from thecal.therapy import Capability, CommandId, Reservoir

_SMALLEST_PER_ML = 1_000_000
_LAST = datetime.max.replace(tzinfo=UTC)
REVIEW_AFTER = timedelta(hours=24)
"""A stop is to be looked at again after so long, unless its order says otherwise; assumed (ITB-161)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a command was written against: compare-and-set (ITB-144).

    Attributes:
        revision: the pump's revision when it was interrogated.
        digest: of the program that ran then.
    """

    revision: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """What was done to the reservoir.

    Attributes:
        left_behind: what could not be drawn out.
        volume: what was filled in.
        concentration: of what was filled in, as its label says.
    """

    left_behind: Volume
    volume: Volume
    concentration: Concentration


def set_program(memory: Memory, command: CommandId, *, base: Written, program: Program) -> Memory:
    """Return the memory of a pump that runs ``program`` from now on.

    Raises:
        RefusedError: another base than the pump's, another drug or concentration than it holds, or more
            than it can deliver exactly as written.
    """
    nothing_armed(memory)
    check_base(memory, base)
    known = (memory.program.concentration, memory.reservoir.concentration)
    _check_solution(memory, program, known)
    check_tube(memory, program)
    return _run_or_wait(memory, command, _deliverable(memory, program, memory.usable, runs=memory))


def stop(memory: Memory, command: CommandId, *, review_after: timedelta = REVIEW_AFTER) -> Memory:
    """Return the memory of a stopped pump. Never refused; it never ends by itself (ITB-160, ITB-161).

    A refill that was armed stays open, for nobody knows what is in the reservoir; when it is confirmed the
    pump stays stopped. A stop on top of a stop does not start the timers of the first one anew.
    """
    stopped = end_once(end_patient_bolus(memory), "stopped")
    program = Program(drug=memory.program.drug, concentration=memory.program.concentration, base=Stopped())
    return replace(
        stopped,
        program=program,
        **_since(memory, program),
        once_over=True,
        once_paused_us=0,
        boluses_by=None,
        once_given=Fraction(0),
        boluses_withheld=False,
        finishing=_finishes(memory),
        paused_at=None,
        open=_armed_stopped(memory),
        review_at=_review(memory, review_after),
        holds=_lasting(memory),
        lowest_doses=_lowest_doses(memory),
        revision=memory.revision + 1,
        last_command=command,
        log=recorded(
            stopped.log,
            Kind.PUMP_STOPPED,
            at=memory.at,
            command=command,
            revision=str(memory.revision + 1),
            **memory.delivered_facts,
        ),
    )


def refill(
    memory: Memory,
    command: CommandId,
    *,
    base: Written,
    fill: Fill,
    program: Program | None,
    was_tried: bool = False,
) -> Memory:
    """Return the memory of a pump that was filled, and runs ``program`` with it from the same moment.

    Without a program it goes on with what it runs, which only a fill of the same concentration allows. A
    program that was tried when the refill was armed is not refused under a full reservoir: where the day has
    no room for it any more, it waits (S-37).

    Raises:
        RefusedError: another base than the pump's, a fill that does not fit, or a program that does not go
            with it.
    """
    check_base(memory, base)
    memory = end_patient_bolus(memory)
    mixed = _filled(memory, fill)
    filled = replace(
        memory,
        reservoir=mixed,
        filled_at=memory.at,
        filled_counts=memory.drive.counts,
        log=_refilled(memory.log, memory, command, fill, mixed),
    )
    dead_volume = None if memory.open is None else memory.open.dead_volume
    filled = replace(filled, tube=changed(memory, mixed.concentration, dead_volume))
    if filled.is_empty:
        filled = replace(filled, drive=replace(filled.drive, phase=Fraction(0)))
    if filled.is_low:
        filled = replace(filled, log=recorded(filled.log, Kind.RESERVOIR_RAN_LOW, at=memory.at))
    if program is not None:
        _check_solution(memory, program, (fill.concentration, mixed.concentration))
        if was_tried:
            return waiting_for_room(run(filled, command, _adapted(filled, program)))
        check_tube(filled, program)
        return _run_or_wait(filled, command, _deliverable(filled, program, filled.usable, runs=memory))
    if fill.concentration != memory.program.concentration:
        raise RefusedError(
            f"refill: {write_concentration(fill.concentration)} under a program in "
            f"{write_concentration(memory.program.concentration)} would give another dose than it says; "
            "a new concentration comes with its program, in one act"
        )
    filled = replace(without_written(filled), boluses_withheld=False)
    still_open = None if _is_armed(memory) else filled.open
    return replace(filled, revision=memory.revision + 1, last_command=command, open=still_open)


def run(memory: Memory, command: CommandId, program: Program) -> Memory:
    """Return the memory of a pump that runs a program from now on; it was checked before."""
    ended = rechecked(end_once(end_patient_bolus(memory), "replaced"), program.concentration)
    revision = memory.revision + 1
    return replace(
        ended,
        program=program,
        **_since(memory, program),
        ordered_at=memory.at,
        once_over=program.once is None,
        once_paused_us=0,
        boluses_by=None,
        once_given=Fraction(0),
        boluses_withheld=False,
        finishing=program.is_stopped and _finishes(memory),
        paused_at=None,
        open=None,
        review_at=_review(memory, REVIEW_AFTER) if program.is_stopped else None,
        holds=_lasting(memory),
        lowest_doses=_lowest_doses(memory, program),
        tube=ordered(memory, program),
        drive=replace(ended.drive, phase=Fraction(decimal_places(ended.drive.phase))),
        revision=revision,
        last_command=command,
        log=recorded(
            ended.log,
            Kind.PROGRAM_COMMITTED,
            at=memory.at,
            command=command,
            revision=str(revision),
            digest=plan_of(program, memory.capability).digest,
            **memory.delivered_facts,
        ),
    )


def _run_or_wait(memory: Memory, command: CommandId, program: Program) -> Memory:
    """Return the memory of a pump that runs a program, or waits with it as it did with the one before."""
    after = run(memory, command, program)
    return waiting_for_room(after) if Hold.WINDOW in memory.holds else after


def _adapted(memory: Memory, program: Program) -> Program:
    """Return a program that was tried when its refill was armed, with the bridge that the tube needs by now.

    Where the pump cannot give such a bridge it stands, and says so: nobody can take the filling back (S-38).
    """
    try:
        check_tube(memory, program)
    except RefusedError:
        return bridged(memory, program) or replace(program, base=Stopped(), once=None)
    return program


def _review(memory: Memory, after: timedelta) -> datetime:
    """Return when a stop is looked at again: of two, and of two stops, the sooner (ITB-161)."""
    at = memory.at + min(max(after, timedelta(0)), _LAST - memory.at)
    waits = memory.review_at if memory.program.is_stopped else None
    return at if waits is None else min(at, waits)


def _finishes(memory: Memory) -> bool:
    """Say whether a stop finds a quantum under way, which is finished first (ITB-019)."""
    return memory.finishing or (memory.drive.phase > 0 and flow_now(memory) > 0)


def _lasting(memory: Memory) -> tuple[Hold, ...]:
    """Return the holds that no program and no stop ends: a drive that ran ahead is checked first (S-08)."""
    return tuple(hold for hold in memory.holds if hold in {Hold.END_OF_SERVICE, Hold.OVER_DELIVERY})


def _lowest_doses(memory: Memory, following: Program | None = None) -> tuple[tuple[datetime, DoseRate], ...]:
    """Return the lowest dose of each program of the last week that a fallback may be taken from."""
    recent = tuple(one for one in memory.lowest_doses if memory.at - one[0] <= 7 * DAY)
    if following == memory.program or memory.program.is_stopped or memory.program.daily_doses is None:
        return recent
    doses = [dose for dose in memory.program.daily_doses if not dose.is_zero]
    return (*recent, (memory.at, min(doses))) if doses else recent


class _Since(TypedDict):
    """When what runs began, and the drive's count then."""

    started: datetime
    started_counts: int


def _since(memory: Memory, program: Program) -> _Since:
    """Return when a program begins: a stop that goes on began with the first one (ITB-161)."""
    if program.is_stopped and memory.program.is_stopped:
        return _Since(started=memory.started, started_counts=memory.started_counts)
    return _Since(started=memory.at, started_counts=memory.drive.counts)


def nothing_armed(memory: Memory) -> None:
    """Refuse to run anything while nobody knows what the reservoir holds (ITB-159).

    Raises:
        RefusedError: a refill is armed, and neither confirmed nor cancelled.
    """
    if _is_armed(memory) and memory.open is not None and memory.profile.refill_alarm_after is not None:
        raise RefusedError(
            f"a refill was armed at {memory.open.since.isoformat()} and is neither confirmed nor cancelled: "
            "neither the old program nor a new one is safe. Confirm it if the reservoir was filled, cancel "
            "it if nothing was filled; a STOP is always accepted"
        )


def _is_armed(memory: Memory) -> bool:
    return memory.open is not None and memory.open.work is Work.REFILL


def _armed_stopped(memory: Memory) -> Open | None:
    """Return a refill that was armed, with nothing to run when it is confirmed; None where none is."""
    if memory.open is None or memory.open.concentration is None:
        return None
    stands = Program(drug=memory.program.drug, concentration=memory.open.concentration, base=Stopped())
    bridge = None if memory.open.program is None else memory.open.program.once
    dead_volume = bridge.dead_volume if isinstance(bridge, Bridge) else memory.open.dead_volume
    return replace(memory.open, program=stands, dead_volume=dead_volume)


def check_base(memory: Memory, base: Written) -> None:
    """Refuse a command that was written against another state of the pump (ITB-144).

    Raises:
        RefusedError: another revision, or another program.
    """
    if base.revision != memory.revision:
        raise RefusedError(
            f"the pump is at revision {memory.revision}, this command was written for revision "
            f"{base.revision}: the pump's state has changed since. Interrogate the pump and write a new order"
        )
    if base.digest != memory.plan.digest:
        raise RefusedError(
            "the pump does not run the program for which this command was written. "
            "Interrogate the pump and write a new order"
        )


def _check_solution(memory: Memory, program: Program, known: tuple[Concentration, Concentration]) -> None:
    if program.drug != memory.program.drug:
        raise RefusedError(f"drug: the reservoir holds {memory.program.drug.name}, not {program.drug.name}")
    if program.concentration not in known:
        raise RefusedError(
            f"concentration: the program says {write_concentration(program.concentration)}, the reservoir "
            f"holds {write_concentration(known[0])}. A new concentration needs a refill"
        )


def _deliverable(memory: Memory, program: Program, usable: Volume, *, runs: Memory | None = None) -> Program:
    """Return a program that the pump can deliver exactly as written, now and with what the day has held."""
    if any(one.alarm is Alarm.LIBRARY_ERROR and not one.over for one in memory.raised):
        raise RefusedError(
            "drug library: its checksum does not match, so its limits cannot be trusted. The running "
            "program continues; a STOP is always accepted. Replace the library before writing a program"
        )
    try:
        compiled, changes = _compiled(program, memory.capability)
        plan = plan_of(compiled, memory.capability)
        most = plan.most_once_pace * plan.once_us // plan.scale + 1
        if compiled.once is not None and memory.capability.quantum.scaled(Decimal(most)) > usable:
            compile_program(program, memory.capability, usable=usable)
    except UndeliverableError as problems:
        raise RefusedError(f"the pump cannot deliver this: {problems}") from problems
    if changes:
        raise RefusedError(f"the pump cannot deliver this exactly as written, and does not round: {changes}")
    if isinstance(compiled.once, SingleBolus):
        check_bolus_may_begin(memory)
    if memory.profile.checks_window:
        check_window(memory, compiled, runs=runs)
    return compiled


@lru_cache(maxsize=64)
def _compiled(program: Program, capability: Capability) -> tuple[Program, str]:
    """Return a program as a pump can deliver it, and what that changes in words."""
    compiled = compile_program(program, capability)
    changes = "; ".join(
        f"{part.what}: {part.requested} would be {part.programmed}" for part in compiled.roundings
    )
    return compiled.program, changes


def _filled(memory: Memory, fill: Fill) -> Reservoir:
    highest = memory.program.drug.highest_concentration
    if fill.concentration.is_zero or fill.concentration > highest:
        raise RefusedError(
            f"refill: {write_concentration(fill.concentration)} is outside what is allowed, "
            f"above 0 and up to {write_concentration(highest)} ({memory.program.drug.concentration_source})"
        )
    for what, volume in (("left behind", fill.left_behind), ("fill", fill.volume)):
        if (Fraction(volume.mL) * _SMALLEST_PER_ML).denominator != 1:
            raise RefusedError(f"{what}: {volume.mL} mL has more decimal places than a syringe, at most 6")
    try:
        return memory.holding.refill(fill.volume, fill.concentration, left_behind=fill.left_behind)
    except ReservoirError as error:
        raise RefusedError(f"refill: {error}") from error


def _refilled(log: Log, memory: Memory, command: CommandId, fill: Fill, mixed: Reservoir) -> Log:
    return recorded(
        log,
        Kind.RESERVOIR_REFILLED,
        at=memory.at,
        command=command,
        drawn_out_mL=plain((memory.holding.content - fill.left_behind).mL),
        left_behind_mL=plain(fill.left_behind.mL),
        filled_mL=plain(fill.volume.mL),
        label_ug_per_mL=plain(fill.concentration.ug_per_mL),
        mixed_ug_per_mL=plain(mixed.concentration.ug_per_mL),
        **memory.delivered_facts,
    )
