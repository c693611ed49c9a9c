"""What runs for a while on top of a program: what runs once, and what a patient asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.pump.errors import RefusedError
from thecal.pump.log import recorded
from thecal.pump.motor import decimal_places, volume_of
from thecal.quantities import DAY, microseconds, plain, write_duration, write_mass
from thecal.therapy import Bridge, Priming, SingleBolus, once_duration, once_flow

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.therapy import Once, PatientBolus

_MICROSECOND = timedelta(microseconds=1)


def end_once(memory: Memory, reason: str) -> Memory:
    """Return the memory in which nothing runs once any more, and the log says how that came."""
    once = memory.program.once
    if memory.once_over or once is None:
        return memory
    flow = once_flow(once, memory.program.concentration)
    ran = memory.at - memory.started - timedelta(microseconds=memory.once_paused_us)
    moved = memory.drive.counts - memory.started_counts
    unsure = {} if reason != "reset" else {"drive_moved_most_mL": _quanta_text(memory, moved + 1)}
    log = recorded(
        memory.log,
        Kind.BOLUS_ENDED,
        at=memory.at,
        mode=_name(once),
        planned_mL=_volume_text(flow, once_duration(once)),
        remaining_mL=_volume_text(flow, once_duration(once) - ran),
        drive_moved_mL=_quanta_text(memory, moved),
        reason=reason,
        **unsure,
    )
    return replace(memory, once_over=True, log=log)


def start_patient_bolus(memory: Memory) -> Memory:
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
    log = recorded(memory.log, Kind.BOLUS_STARTED, at=memory.at, dose=write_mass(allowed.dose))
    paused = memory.once_paused_us + (0 if memory.once_over else microseconds(allowed.duration))
    return replace(
        memory,
        patient_boluses=(*recent, memory.at),
        patient_until=memory.at + allowed.duration,
        once_paused_us=paused,
        log=log,
    )


def _check_patient(memory: Memory, allowed: PatientBolus) -> None:
    if memory.patient_until is not None:
        raise RefusedError("patient bolus: one is running")
    if memory.raised:
        worst = ", ".join(one.alarm.value for one in memory.raised)
        raise RefusedError(f"patient bolus: not while the pump alarms ({worst}; ITB-029, ITB-060)")
    if memory.holds:
        raise RefusedError(f"patient bolus: the pump is held, {memory.holds[0].value}")
    recent = [began for began in memory.patient_boluses if memory.at - began < DAY]
    if len(recent) >= allowed.most_per_day:
        raise RefusedError(f"patient bolus: {len(recent)} in the last 24 h is the limit (ITB-027)")
    last = max([*memory.patient_boluses, memory.started, memory.filled_at])
    if memory.at < last + allowed.lockout:
        wait = write_duration(
            timedelta(seconds=-(-(last + allowed.lockout - memory.at) // timedelta(seconds=1)))
        )
        raise RefusedError(f"patient bolus: locked out for {wait} more (ITB-026, ITB-028)")
    needed = Fraction(allowed.dose.ug) / Fraction(memory.program.concentration.ug_per_mL)
    if needed > Fraction(memory.usable.mL):
        raise RefusedError("patient bolus: the reservoir does not hold enough for it (ITB-036)")


def end_patient_bolus(memory: Memory) -> Memory:
    """Return the memory in which no patient's bolus runs; one cut short gives the rest of its pause back."""
    if memory.patient_until is None:
        return memory
    early = microseconds(memory.patient_until - memory.at)
    paused = memory.once_paused_us - (0 if memory.once_over else early)
    reason = "complete" if early <= 0 else "interrupted"
    log = recorded(memory.log, Kind.BOLUS_ENDED, at=memory.at, mode="patient bolus", reason=reason)
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


def _volume_text(mL_per_day: Fraction, span: timedelta) -> str:
    return plain(decimal_places(mL_per_day * (span // _MICROSECOND) / (86_400 * 1_000_000)))
