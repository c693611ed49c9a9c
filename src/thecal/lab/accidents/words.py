"""An accident in words: what people did, what a pump was, and what it wrote down."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.pump import PROFILES
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
    from thecal.lab.accidents.play import Moment
    from thecal.pump import Memory

_STANDS = MappingProxyType(
    {
        "end of service": "Its service has ended: it stands",
        "over-delivery": "It stands: its counter and its orders differ, and somebody has to check it",
        "update open": "It stands until the update is done",
        "telemetry mode": "It stands in telemetry mode until somebody interrogates it",
        "reset": "After a reset it turns at the device's minimum rate, which is no therapy",
        "processor hangs": "Its processor hangs: it stands until the watchdog starts it anew",
        "paused": "It is paused: at most the device's minimum rate flows, which is no therapy",
        "dose window": "At most the device's minimum rate flows, until the day has room for its fallback",
    }
)
_SLOW = {"reset", "paused", "dose window"}
_OPEN = "It runs as before, with an update or a refill left open"


def since(after: timedelta) -> str:
    """Write a time since the beginning: ``4 days 30 min``, and ``the beginning`` for none."""
    return write_duration(after) if after else "the beginning"


def step_in_words(step: Step) -> str:
    """Say what was done, or happened, and on which pump if on one only."""
    said = _STEPS[step.act](step)
    if set(step.profiles) == set(PROFILES):
        return said
    return f"{said} (only with the {' and the '.join(step.profiles)} pump)"


def state_in_words(moment: Moment) -> str:
    """Say what a pump does, as it would itself."""
    memory = moment.memory
    for hold in memory.holds:
        return _STANDS[hold.value]
    if memory.is_empty:
        return "It is empty"
    if memory.program.is_stopped:
        return "It stands: a person stopped it"
    return _running_in_words(memory)


def _running_in_words(memory: Memory) -> str:
    if memory.once_ends is not None:
        return "It gives what runs once, and then goes on"
    if any(one.alarm is Alarm.MOTOR_STALL and not one.over for one in memory.raised):
        return "Its drive stands, and does not do what it is told"
    if isinstance(memory.program.base, Fallback):
        return "It gives its fallback"
    return _OPEN if memory.open is not None else "It delivers its program"


def orders_in_words(memory: Memory, *, base: DoseRate | None) -> str:
    """Say what a pump would have its drive do now.

    Args:
        memory: the pump's.
        base: of the program that it ran before.
    """
    for hold in memory.holds:
        return "it turns at its minimum rate" if hold.value in _SLOW else "the drive stands"
    if memory.is_empty:
        return "nothing can flow"
    if memory.program.is_stopped:
        return "the drive stands, as ordered"
    if isinstance(memory.program.base, Fallback):
        return f"its fallback runs: {program_in_words(memory)}"
    if memory.program.mean_daily_dose != base or memory.program.is_minimum_rate:
        return f"another program runs: {program_in_words(memory)}"
    return "the program goes on"


def program_in_words(memory: Memory) -> str:
    """Say the program in one line, without the drug's name; the 24-hour dose where it is not said already."""
    lines = memory.program.describe()[1:]
    if isinstance(memory.program.base, SimpleContinuous | Fallback):
        lines = tuple(line for line in lines if not line.startswith("24-hour dose"))
    return "; ".join((lines[0], *(_unlike(line, before) for before, line in pairwise(lines))))


def _unlike(line: str, before: str) -> str:
    """Return a line without the beginning, up to its colon, that it shares with the line before."""
    begins, colon, rest = line.partition(": ")
    return rest if colon and before.startswith(begins + colon) else line


def entry_in_words(entry: Entry, memory: Memory) -> str:
    """Say one record of a pump's log.

    Args:
        entry: the record.
        memory: of the pump when it had been made.
    """
    facts = dict(entry.data)
    if entry.kind is Kind.PROGRAM_COMMITTED:
        return f"Takes the program: {program_in_words(memory)}"
    if entry.kind is Kind.COMMAND_REFUSED:
        return f"Refuses: {facts['reason']}"
    if entry.kind is Kind.BOLUS_ENDED:
        return f"Ends a {facts['mode']}: {facts['reason']}"
    if entry.kind in _OF_AN_ALARM:
        return f"{_RECORDS[entry.kind]}: {facts['alarm']}"
    if entry.kind is Kind.TELEMETRY_ENTERED:
        ends = facts["until"]
        return (
            f"Enters telemetry mode, until {ends if ends.startswith('somebody') else 'it leaves by itself'}"
        )
    return _RECORDS.get(entry.kind, entry.kind.value.replace(".", " ").replace("-", " ").capitalize())


_RECORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.PUMP_IMPLANTED: "Is filled and at hand",
        Kind.PUMP_STOPPED: "Stops, as ordered",
        Kind.UPDATE_BEGUN: "Is told that an update begins",
        Kind.REFILL_ARMED: "Is told that a refill begins",
        Kind.RESERVOIR_REFILLED: "Records a refill, as its label says",
        Kind.RESERVOIR_RAN_LOW: "Alarms: low reservoir",
        Kind.RESERVOIR_EMPTIED: "Alarms: empty reservoir",
        Kind.ALARM_RAISED: "Alarms",
        Kind.ALARM_CLEARED: "Ends the alarm",
        Kind.ALARM_ESCALATED: "Sounds as critical, and twice as often, from now on",
        Kind.CAUSE_ENDED: "Notices that the cause is gone",
        Kind.CAUSE_RETURNED: "Notices that the cause is back",
        Kind.PUMP_STALLED: "Notices that its drive stands",
        Kind.STALL_RECOVERED: "Notices that its drive turns again",
        Kind.PUMP_INTERROGATED: "Is interrogated",
        Kind.RESIDUAL_COMPARED: "Holds what was drawn out against its count",
        Kind.TELEMETRY_LEFT: "Leaves telemetry mode",
        Kind.PROGRAM_PAUSED: "Holds its program back",
        Kind.PROGRAM_RESUMED: "Goes on with its program",
    }
)
_OF_AN_ALARM = {
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


def _strength(step: Step, name: str) -> str:
    return write_concentration(Concentration(ug_per_mL=step.number(name)))


def _minutes(step: Step, name: str) -> str:
    return write_duration(timedelta(minutes=float(step.number(name))))


def _program(step: Step) -> str:
    meant = f". What was meant: {step.said['meant']}" if "meant" in step.said else ""
    return f"Programs {entered_in_words(step)}{meant}"


def entered_in_words(step: Step) -> str:
    """Say what was entered for a program: its background, and its bolus with how it repeats."""
    if "bolus_ug" not in step.said:
        return _dose(step)
    bolus = f"{write_mass(Mass(ug=step.number('bolus_ug')))} over {_minutes(step, 'minutes')}"
    if "at_hour" in step.said:
        return f"{_dose(step)}, and {bolus} once a day at {int(step.number('at_hour')):02}:00"
    return f"{_dose(step)}, and {bolus} every {_minutes(step, 'every_minutes')}"


def _prime(step: Step) -> str:
    return (
        f"Programs a prime of {_volume(step, 'tubing_mL')} for the tubing and "
        f"{_volume(step, 'catheter_mL')} for the catheter, in {_minutes(step, 'minutes')}"
    )


def _arm(step: Step) -> str:
    bridge = "with" if step.said.get("bridge") else "without"
    return (
        f"Begins a refill: {_volume(step, 'fill_mL')} labelled {_strength(step, 'label_ug_per_mL')}, "
        f"{_dose(step)}, {bridge} a bridge"
    )


def _fill(step: Step) -> str:
    return (
        f"Fills {_volume(step, 'fill_mL')} of {_strength(step, 'product_ug_per_mL')}; nobody tells the pump"
    )


def _refill(step: Step) -> str:
    if step.number("label_ug_per_mL") == step.number("product_ug_per_mL"):
        return f"Refills {_volume(step, 'fill_mL')} of {_strength(step, 'label_ug_per_mL')}"
    return (
        f"Refills {_volume(step, 'fill_mL')} programmed as {_strength(step, 'label_ug_per_mL')}; "
        f"the syringe holds {_strength(step, 'product_ug_per_mL')}"
    )


def _condition(step: Step) -> str:
    return f"Befalls the pump: {step.said['cause']}"


_STEPS: Mapping[str, Callable[[Step], str]] = MappingProxyType(
    {
        "program": _program,
        "prime": _prime,
        "begin update": lambda _: "Begins an update, and does not end it",
        "arm refill": _arm,
        "confirm refill": lambda _: "Draws out, fills as begun, and confirms",
        "fill": _fill,
        "refill": _refill,
        "stop": lambda _: "Stops the pump",
        "draw out": lambda step: f"Draws out what is left: {_volume(step, 'found_mL')}",
        "condition": _condition,
        "interrogate": lambda _: "Interrogates the pump",
    }
)
