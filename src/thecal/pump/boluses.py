"""What runs for a while on top of a program: what runs once, and what a patient asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump import alarms
from thecal.pump.errors import RefusedError
from thecal.pump.hold import Hold, Work, without
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.motor import volume_of
from thecal.pump.periodic import account, end_periodic
from thecal.pump.tube import cleared
from thecal.pump.window import check_patient_bolus, exceeds
from thecal.quantities import DAY, microseconds, plain, write_duration, write_mass
from thecal.therapy import Alarm, Bridge, Priming, SingleBolus, once_duration, once_flow

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.therapy import CommandId, Once, PatientBolus

_DAY_US = microseconds(DAY)
_ENDS_THE_PROGRAM = frozenset({"stopped", "replaced", "update", "reservoir empty", "end of service"})


def end_once(memory: Memory, reason: str) -> Memory:
    """Return the memory in which nothing runs once any more, and the log says how that came (ITB-040).

    What ends the program ends a periodic bolus that is under way, too.
    """
    if reason in _ENDS_THE_PROGRAM:
        memory = end_periodic(memory, reason)
    once = memory.program.once
    if memory.once_over or once is None:
        return memory
    planned = once_flow(once, memory.program.concentration) * microseconds(once_duration(once)) / _DAY_US
    moved = memory.drive.counts - memory.started_counts
    unsure = {} if reason != "reset" else {"drive_moved_most_mL": _quanta_text(memory, moved + 1)}
    log = recorded(
        memory.log,
        Kind.BOLUS_ENDED,
        at=memory.at,
        mode=_name(once),
        **account(memory, planned, memory.once_given),
        drive_moved_mL=_quanta_text(memory, moved),
        reason=reason,
        **unsure,
    )
    ran_out = isinstance(once, Bridge) and reason == "complete"
    return replace(memory, once_over=True, tube=cleared(memory) if ran_out else memory.tube, log=log)


def interrupted(memory: Memory, reason: str) -> Memory:
    """Return the memory in which no bolus and no prime runs; of a reference pump a bridge waits, and goes on.

    The tube still holds the old solution: the base program's flow would give it at another dose (S-36).
    """
    memory = end_periodic(end_patient_bolus(memory), reason)
    return memory if is_bridging(memory) else end_once(memory, reason)


def is_bridging(memory: Memory) -> bool:
    """Say whether a bridge is not over that no fault and no pause ends."""
    return memory.profile.wants_bridge and not memory.once_over and isinstance(memory.program.once, Bridge)


def start_patient_bolus(memory: Memory, command: CommandId | None = None) -> Memory:
    """Return the memory in which the patient's bolus runs; what runs once gives way and goes on after it.

    Raises:
        RefusedError: denied, locked out, at the limit, alarming, or not enough left (ITB-024 to ITB-031).
    """
    allowed = memory.program.patient_bolus
    if allowed is None:
        why = memory.program.drug.patient_bolus_denied or "the program allows none"
        raise RefusedError(f"patient bolus: denied, {why}")
    _check_patient(memory, allowed)
    recent = tuple(began for began in memory.patient_boluses if memory.at - began < DAY)
    facts = {} if command is None else {"command": command}
    log = recorded(memory.log, Kind.BOLUS_STARTED, at=memory.at, dose=write_mass(allowed.dose), **facts)
    paused = memory.once_paused_us + (0 if memory.once_over else microseconds(allowed.duration))
    return replace(
        memory,
        patient_boluses=(*recent, memory.at),
        patient_until=memory.at + allowed.duration,
        once_paused_us=paused,
        patient_given=Fraction(0),
        log=log,
    )


def check_bolus_may_begin(memory: Memory) -> None:
    """Refuse any bolus that was not begun while the pump's record of boluses, or its reservoir, forbids it.

    Raises:
        RefusedError: the record was damaged less than a day ago, or the reservoir is low and that forbids it.
    """
    lost = memory.history_lost_at
    if lost is not None and memory.at < lost + DAY:
        raise RefusedError(
            f"bolus: the pump's record of its boluses was found damaged at {lost.isoformat()}; none is given "
            f"before it holds {write_duration(DAY)} again; the base program continues (ITB-041)"
        )
    if memory.is_low and not memory.bolus_when_low:
        raise RefusedError(
            "bolus: the reservoir is low, and this pump is set to give no bolus then (ITB-060)"
        )


def ended_at_the_window(memory: Memory) -> Memory:
    """Return the memory in which no bolus runs that would exceed the dose window; the base goes on (S-07)."""
    runs = isinstance(memory.program.once, SingleBolus) and not memory.once_over
    asked = memory.patient_until is not None
    if not (runs or asked) or not memory.profile.checks_window or not exceeds(memory):
        return memory
    memory = end_patient_bolus(memory, "dose window")
    if runs:
        memory = end_once(memory, "dose window")
    return alarms.over(alarms.raised(memory, Alarm.DOSE_LIMIT), Alarm.DOSE_LIMIT)


def waiting_for_room(memory: Memory) -> Memory:
    """Return the memory of a pump that holds its program back while the day has no room for it (S-37)."""
    if not memory.profile.checks_window or not exceeds(memory):
        return memory
    if isinstance(memory.program.once, SingleBolus):
        memory = end_once(memory, "dose window")
        if not exceeds(memory):
            return memory
    log = recorded(memory.log, Kind.PROGRAM_PAUSED, at=memory.at, cause=Hold.WINDOW.value)
    memory = replace(memory, holds=(*without(memory.holds, Hold.WINDOW), Hold.WINDOW), log=log)
    if alarms.standing(memory, Alarm.DOSE_LIMIT) is None:  # what one of another time left does not count
        memory = alarms.cleared(memory, Alarm.DOSE_LIMIT)
    return alarms.raised(memory, Alarm.DOSE_LIMIT)


def withheld(memory: Memory) -> Memory:
    """Return the memory whose periodic boluses are withheld: the reservoir does not hold enough (ITB-036)."""
    log = recorded(
        memory.log,
        Kind.BOLUS_WITHHELD,
        at=memory.at,
        needed_mL=_quanta_text(memory, memory.plan.bolus_quanta),
        usable_mL=plain(memory.usable.mL),
        low="yes" if memory.is_low else "no",
    )
    return replace(memory, boluses_withheld=True, log=log)


def _check_patient(memory: Memory, allowed: PatientBolus) -> None:
    check_bolus_may_begin(memory)
    if memory.patient_until is not None:
        raise RefusedError("patient bolus: one is running")
    if memory.raised:
        worst = ", ".join(one.alarm.value for one in memory.raised)
        raise RefusedError(f"patient bolus: not while the pump alarms ({worst}; ITB-029, ITB-060)")
    if memory.holds:
        raise RefusedError(
            f"patient bolus: the pump does not follow its program now, {memory.holds[0].value}"
        )
    if memory.open is not None and memory.open.work is Work.REFILL:
        raise RefusedError(
            "patient bolus: a refill is armed; the content of the reservoir is unknown until it is "
            "confirmed or cancelled (ITB-159)"
        )
    recent = [began for began in memory.patient_boluses if memory.at - began < DAY]
    if len(recent) >= allowed.most_per_day:
        raise RefusedError(f"patient bolus: {len(recent)} in the last 24 h is the limit (ITB-027)")
    last = max([*memory.patient_boluses, memory.started, memory.filled_at])
    if memory.at < last + allowed.lockout:
        wait = write_duration(
            timedelta(seconds=-(-(last + allowed.lockout - memory.at) // timedelta(seconds=1)))
        )
        raise RefusedError(f"patient bolus: locked out for {wait} more (ITB-026, ITB-028)")
    if _volume_mL(memory, allowed) > Fraction(memory.usable.mL):
        raise RefusedError("patient bolus: the reservoir does not hold enough for it (ITB-036)")
    if memory.profile.checks_window:
        check_patient_bolus(memory, allowed.duration)


def end_patient_bolus(memory: Memory, reason: str = "interrupted") -> Memory:
    """Return the memory in which no patient's bolus runs; one cut short gives the rest of its pause back."""
    allowed = memory.program.patient_bolus
    if memory.patient_until is None or allowed is None:
        return memory
    early = microseconds(memory.patient_until - memory.at)
    paused = memory.once_paused_us - (0 if memory.once_over else early)
    log = recorded(
        memory.log,
        Kind.BOLUS_ENDED,
        at=memory.at,
        mode="patient bolus",
        **account(memory, _volume_mL(memory, allowed), memory.patient_given),
        reason="complete" if early <= 0 else reason,
    )
    return replace(memory, patient_until=None, once_paused_us=paused, log=log)


def _name(once: Once) -> str:
    match once:
        case SingleBolus():
            return "single bolus"
        case Priming():
            return "priming"
        case Bridge():
            return "bridge"


def _quanta_text(memory: Memory, counts: int) -> str:
    return plain(volume_of(counts, memory.capability.quantum).mL)


def _volume_mL(memory: Memory, allowed: PatientBolus) -> Fraction:  # noqa: N802 - the unit's own spelling
    return Fraction(allowed.dose.ug) / Fraction(memory.program.concentration.ug_per_mL)
