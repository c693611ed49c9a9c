"""Texts about an accident: its steps, the state of a pump, its program and its records."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump import PROFILES, Kind
from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    Volume,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_mass,
    write_volume,
)
from thecal.therapy import Alarm, Fallback, SimpleContinuous

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from thecal.journal import Entry
    from thecal.lab.accidents.accident import Step
    from thecal.lab.accidents.run import Moment
    from thecal.pump import Memory
    from thecal.therapy import Program

_HOLD_TEXTS = MappingProxyType(
    {
        "end of service": "It is stopped: end of service",
        "over-delivery": "It is stopped: its counter and its orders differ, and a person must check it",
        "update open": "It is stopped until the update is completed",
        "telemetry mode": "It is stopped in telemetry mode until it is interrogated",
        "reset": "It runs at the device's minimum rate after a reset, which is no therapy",
        "processor hangs": "It is stopped: its processor hangs until the watchdog restarts it",
        "paused": "It is paused: at most the device's minimum rate, which is no therapy",
        "dose window": "It runs at most at the minimum rate until the 24-hour limit allows its fallback",
    }
)
_AT_MINIMUM_RATE = {"reset", "paused", "dose window"}
_UPDATE_OPEN = "It continues its program, with an update or a refill left open"


def since(after: timedelta) -> str:
    """Write a time since the beginning: ``4 days 30 min``, and ``the beginning`` for none."""
    return write_duration(after) if after else "the beginning"


def describe_step(step: Step) -> str:
    """Describe a step, and its pump if it applies to one pump only."""
    text = _STEPS[step.act](step)
    if set(step.profiles) == set(PROFILES):
        return text
    return f"{text} (only with the {' and the '.join(step.profiles)} pump)"


def describe_state(moment: Moment) -> str:
    """Describe what a pump reports that it does."""
    memory = moment.memory
    for hold in memory.holds:
        return _HOLD_TEXTS[hold.value]
    if memory.is_empty:
        return "It is empty"
    if memory.program.is_stopped:
        return "It is stopped, as ordered"
    return _describe_running_state(memory)


def _describe_running_state(memory: Memory) -> str:
    if memory.once_ends is not None:
        return "It runs a bolus, a bridge or a priming, and then continues its program"
    if any(raised.alarm is Alarm.MOTOR_STALL and not raised.over for raised in memory.raised):
        return "Its motor has stalled: it does not deliver its program"
    if isinstance(memory.program.base, Fallback):
        return "It delivers its fallback"
    return _UPDATE_OPEN if memory.open is not None else "It delivers its program"


def describe_flow_orders(memory: Memory, *, before: Program) -> str:
    """Describe what a pump orders its drive to do.

    Args:
        memory: of the pump.
        before: the program that it ran before. Another base program is another one also where both come to
            the same dose in a week.
    """
    for hold in memory.holds:
        return (
            "the pump runs at its minimum rate" if hold.value in _AT_MINIMUM_RATE else "the drive is stopped"
        )
    if memory.is_empty:
        return "the reservoir is empty: no flow is possible"
    if memory.program.is_stopped:
        return "the drive is stopped, as ordered"
    if isinstance(memory.program.base, Fallback):
        return f"its fallback runs: {describe_program(memory)}"
    if memory.program.base != before.base or memory.program.is_minimum_rate:
        return f"another program runs: {describe_program(memory)}"
    return "the program continues"


def describe_program(memory: Memory) -> str:
    """Describe a program in one line, without the drug's name and without repeating its 24-hour dose."""
    lines = memory.program.describe()[1:]
    if isinstance(memory.program.base, SimpleContinuous | Fallback):
        lines = tuple(line for line in lines if not line.startswith("24-hour dose"))
    return "; ".join((lines[0], *(_without_shared_prefix(line, before) for before, line in pairwise(lines))))


def _without_shared_prefix(line: str, before: str) -> str:
    """Return a line without the prefix, up to its colon, that it shares with the line before."""
    begins, colon, rest = line.partition(": ")
    return rest if colon and before.startswith(begins + colon) else line


def describe_entry(entry: Entry, memory: Memory) -> str:
    """Describe one record of a pump's log.

    Args:
        entry: the record.
        memory: of the pump after the record.
    """
    facts = dict(entry.data)
    kind = Kind(entry.kind)
    if kind is Kind.PROGRAM_COMMITTED:
        return f"Accepts the program: {describe_program(memory)}"
    if kind is Kind.COMMAND_REFUSED:
        return f"Refuses: {facts['reason']}"
    if kind is Kind.BOLUS_ENDED:
        return f"Ends a {facts['mode']}: {facts['reason']}"
    if kind in _ALARM_RECORDS:
        return f"{_RECORD_TEXTS[kind]}: {facts['alarm']}"
    if kind is Kind.TELEMETRY_ENTERED:
        ends = facts["until"]
        end = "until it is interrogated" if ends.startswith("somebody") else "for a limited time"
        return f"Enters telemetry mode {end}"
    return _RECORD_TEXTS.get(kind, kind.value.replace(".", " ").replace("-", " ").capitalize())


_RECORD_TEXTS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.PUMP_IMPLANTED: "Is filled and ready",
        Kind.PUMP_STOPPED: "Stops, as ordered",
        Kind.UPDATE_BEGUN: "Begins an update",
        Kind.REFILL_ARMED: "Begins a refill",
        Kind.RESERVOIR_REFILLED: "Records a refill by its label",
        Kind.RESERVOIR_RAN_LOW: "Alarms: low reservoir",
        Kind.RESERVOIR_EMPTIED: "Alarms: empty reservoir",
        Kind.ALARM_RAISED: "Alarms",
        Kind.ALARM_CLEARED: "Ends the alarm",
        Kind.ALARM_ESCALATED: "From now on sounds as critical, and twice as often",
        Kind.CAUSE_ENDED: "Detects that the cause has ended",
        Kind.CAUSE_RETURNED: "Detects that the cause has returned",
        Kind.PUMP_STALLED: "Detects a motor stall",
        Kind.STALL_RECOVERED: "Detects that the motor turns again",
        Kind.PUMP_INTERROGATED: "Is interrogated",
        Kind.RESIDUAL_COMPARED: "Compares the volume drawn out with its count",
        Kind.TELEMETRY_LEFT: "Leaves telemetry mode",
        Kind.PROGRAM_PAUSED: "Pauses its program",
        Kind.PROGRAM_RESUMED: "Resumes its program",
    }
)
_ALARM_RECORDS = {
    Kind.ALARM_RAISED,
    Kind.ALARM_CLEARED,
    Kind.ALARM_ESCALATED,
    Kind.CAUSE_ENDED,
    Kind.CAUSE_RETURNED,
}


def _dose(step: Step) -> str:
    return write_dose_rate(DoseRate(ug_per_day=step.number("ug_per_day")))


def _volume(step: Step, name: str) -> str:
    return write_volume(Volume(mL=step.number(name)))


def _concentration(step: Step, name: str) -> str:
    return write_concentration(Concentration(ug_per_mL=step.number(name)))


def _minutes(step: Step, name: str) -> str:
    return write_duration(timedelta(minutes=float(step.number(name))))


def _program(step: Step) -> str:
    meant = f". Intended order: {step.parameters['meant']}" if "meant" in step.parameters else ""
    return f"Programs {describe_entered_program(step)}{meant}"


def describe_entered_program(step: Step) -> str:
    """Describe the program that was entered: its background rate, and its bolus with the interval."""
    if "bolus_ug" not in step.parameters:
        return _dose(step)
    bolus = f"{write_mass(Mass(ug=step.number('bolus_ug')))} over {_minutes(step, 'minutes')}"
    if "at_hour" in step.parameters:
        return f"{_dose(step)}, and {bolus} once a day at {int(step.number('at_hour')):02}:00"
    return f"{_dose(step)}, and {bolus} every {_minutes(step, 'every_minutes')}"


def _prime(step: Step) -> str:
    return (
        f"Programs a prime of {_volume(step, 'tubing_mL')} for the pump tubing and "
        f"{_volume(step, 'catheter_mL')} for the catheter, in {_minutes(step, 'minutes')}"
    )


def _arm(step: Step) -> str:
    bridge = "with" if step.parameters.get("bridge") else "without"
    return (
        f"Begins a refill: {_volume(step, 'fill_mL')} labelled {_concentration(step, 'label_ug_per_mL')}, "
        f"{_dose(step)}, {bridge} a bridge"
    )


def _fill(step: Step) -> str:
    return (
        f"Fills {_volume(step, 'fill_mL')} of {_concentration(step, 'product_ug_per_mL')}, "
        "and does not update the pump"
    )


def _refill(step: Step) -> str:
    if step.number("label_ug_per_mL") == step.number("product_ug_per_mL"):
        return f"Refills {_volume(step, 'fill_mL')} of {_concentration(step, 'label_ug_per_mL')}"
    return (
        f"Refills {_volume(step, 'fill_mL')} programmed as {_concentration(step, 'label_ug_per_mL')}; "
        f"the syringe holds {_concentration(step, 'product_ug_per_mL')}"
    )


def _condition(step: Step) -> str:
    return f"Condition begins: {step.parameters['cause']}"


_STEPS: Mapping[str, Callable[[Step], str]] = MappingProxyType(
    {
        "program": _program,
        "prime": _prime,
        "begin update": lambda _: "Begins an update, and does not complete it",
        "arm refill": _arm,
        "confirm refill": lambda _: "Empties and fills the reservoir, and confirms the refill",
        "fill": _fill,
        "refill": _refill,
        "stop": lambda _: "Stops the pump",
        "draw out": lambda step: f"Draws out the residual volume: {_volume(step, 'found_mL')}",
        "condition": _condition,
        "interrogate": lambda _: "Interrogates the pump",
    }
)
