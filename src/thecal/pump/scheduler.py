"""The drive as it is commanded: what flows, and what it counts, up to the next mark; in whole numbers.

It knows nothing of faults: what the mechanism makes of a quantum is told to it, and what is noticed of that
is the detectors' affair (ITB-089).
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from thecal.pump import periodic
from thecal.pump.hardware import PPM
from thecal.pump.hold import AT_MINIMUM, NEVER_RAISE, STANDS
from thecal.pump.marks import Marks, pulses_to_mark
from thecal.pump.motor import Drive, recorded_flow
from thecal.pump.plan import DAY_US, EPOCH, FIRST_WEEKDAY, plan_of
from thecal.pump.tally import doubted
from thecal.pump.tape import Tape
from thecal.quantities import FlowRate, microseconds, since_midnight
from thecal.therapy import Bridge, MinimumRate, PeriodicBolus, Program, SimpleContinuous

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.hardware import Acting, Hardware
    from thecal.pump.memory import Memory
    from thecal.pump.plan import Part, Plan, Week
    from thecal.pump.tape import Change
    from thecal.quantities import Concentration, Volume
    from thecal.therapy import Capability, Drug


def flow_now(memory: Memory) -> Fraction:
    """Return what the pump is told to drive at its present, as far as it knows, in mL/day."""
    ordered = commanded(memory)
    if ordered is None or memory.finishing:
        return Fraction(0)
    plan, week = ordered
    day, within = divmod(_pump_time(memory), DAY_US)
    pace = next(speed for start, end, speed in week[(day + FIRST_WEEKDAY) % 7] if start <= within < end)
    return plan.pace_as_mL_per_day(pace, memory.capability.quantum)


def commanded(memory: Memory) -> tuple[Plan, Week] | None:
    """Return what the command path follows; None where the drive is to stand."""
    if memory.is_empty or not STANDS.isdisjoint(memory.holds):
        return None
    if memory.finishing:
        plan = plan_of(
            _fastest(memory.program.drug, memory.program.concentration, memory.capability), memory.capability
        )
        return plan, plan.base
    if not AT_MINIMUM.isdisjoint(memory.holds):
        plan = plan_of(_minimum(memory.program.drug, memory.program.concentration), memory.capability)
        never_raises = not NEVER_RAISE.isdisjoint(memory.holds)
        return _lesser(plan, *_programmed(memory)) if never_raises else (plan, plan.base)
    return _programmed(memory)


def _programmed(memory: Memory) -> tuple[Plan, Week]:
    """Return what the program says, holds or no holds."""
    plan, withheld = memory.plan, memory.boluses_withheld
    if memory.patient_until is not None:
        return plan, plan.patient_withheld if withheld else plan.patient
    if not memory.once_over:
        return plan, plan.once_withheld if withheld else plan.once
    return plan, plan.background if withheld else plan.base


def _lesser(minimum: Plan, plan: Plan, week: Week) -> tuple[Plan, Week]:
    """Return the program as far as it is below the minimum rate, and that rate elsewhere (ITB-012)."""
    scale = math.lcm(minimum.scale, plan.scale)
    most, times = minimum.most_pace * (scale // minimum.scale), scale // plan.scale
    paces = tuple(tuple((start, end, min(speed * times, most)) for start, end, speed in day) for day in week)
    return replace(minimum, scale=scale), paces


@lru_cache(maxsize=64)
def _minimum(drug: Drug, concentration: Concentration) -> Program:
    return Program(drug=drug, concentration=concentration, base=MinimumRate())


@lru_cache(maxsize=64)
def _fastest(drug: Drug, concentration: Concentration, capability: Capability) -> Program:
    """Return the flow at which a stop finishes its last quantum: soon, whatever ran before."""
    dose = capability.flow_most.as_dose(concentration)
    return Program(drug=drug, concentration=concentration, base=SimpleContinuous(dose=dose))


def bolus_ends(memory: Memory) -> datetime | None:
    """Return when the periodic bolus that is under way ends, or is looked at again; None where none is.

    One that would begin at this very moment has not begun.
    """
    plan, now = memory.plan, _pump_time(memory)
    if not plan.bolus_quanta or not (_bolus_at(plan, now) and _bolus_at(plan, now - 1)):
        return None
    _, end, _ = _part_at(plan, now)
    return memory.at + timedelta(microseconds=end - now % DAY_US)


def once_due(memory: Memory, hardware: Hardware) -> datetime | None:
    """Return when what runs once will be over if all stays as it is; None where it waits.

    A bridge waits in a hold. One that drives a stronger solution out ends by what was counted of it.
    """
    if _bridge_waits(memory):
        return None
    timed, latest = memory.once_timed, memory.once_latest
    if timed is None or latest is None or not memory.washes_out:
        return memory.once_ends
    acting = hardware.acting(memory.at, memory.drive.counts)
    told = acting.ratio if acting.counted else 0
    most_us = microseconds(latest - memory.at)
    left_us = math.ceil(memory.once_left_us * PPM / told) if told else most_us
    return min(latest, max(timed, memory.at + timedelta(microseconds=min(left_us, most_us))))


def next_bolus(memory: Memory) -> datetime | None:
    """Return when the next periodic bolus begins; None where there is none, or this program gave none yet.

    One that begins at this very moment has not been given.
    """
    base = memory.program.base
    if not isinstance(base, PeriodicBolus):
        return None
    interval, first = microseconds(base.interval), microseconds(since_midnight(base.first))
    since = (_pump_time(memory) - first) % interval
    if not since or memory.at - timedelta(microseconds=since) + base.duration <= memory.started:
        return None
    return memory.at + timedelta(microseconds=interval - since)


def _part_at(plan: Plan, pump_time: int) -> Part:
    """Return the part of the base program in which a moment by the pump's clock lies."""
    day, within = divmod(pump_time, DAY_US)
    return next(part for part in plan.base[(day + FIRST_WEEKDAY) % 7] if part[0] <= within < part[1])


def _bolus_at(plan: Plan, pump_time: int) -> bool:
    return _part_at(plan, pump_time)[2] > plan.background[0][0][2]


def _pump_time(memory: Memory) -> int:
    """Return what the pump's clock shows, in microseconds since 1970 began by it."""
    return microseconds(memory.at - EPOCH) + microseconds(memory.dose_clock.offset)


def flow(memory: Memory, hardware: Hardware, until: datetime) -> tuple[Memory, Hardware]:
    """Let the drive run up to ``until``, or up to the first count at which something is to be done."""
    ordered, born = commanded(memory), microseconds(memory.at - memory.implanted_at)
    tape = _Writer(memory.tape, memory.reservoir.concentration)
    truth = None if hardware.truth is None else _Writer(hardware.truth, hardware.concentration)
    if ordered is None:
        tape.write(born, _NOTHING)
        if truth is not None:
            truth.write(born, _NOTHING)
            hardware = replace(hardware, truth=truth.tape)
        waited = _bridge_waited(memory, microseconds(until - memory.at))
        stood = replace(memory, at=until, tape=tape.tape, once_paused_us=waited)
        return periodic.flowed(memory, stood, 0), hardware
    acting = hardware.acting(memory.at, memory.drive.counts)
    marks = Marks.of(memory, hardware, acting)
    course = _Course(memory, *ordered)
    lasted, pulses = course.run(
        microseconds(until - memory.at), pulses_to_mark(marks), (tape, truth), (born, acting)
    )
    told, began = acting.ratio if acting.counted else 0, memory
    given = course.bolus_share(memory, lasted * told)
    finished = memory.finishing and pulses > 0
    made, slip = divmod(hardware.slip + pulses * acting.ratio, PPM)
    if acting.counted:  # a drive that runs ahead finds no more in the reservoir than there is
        made = min(made, marks.empty - marks.counts)
    counts, uncounted = memory.drive.counts, 0 if acting.counted else made
    counts += made - uncounted
    now = memory.at + timedelta(microseconds=lasted)
    memory = replace(
        memory,
        at=now,
        asked=memory.asked + (made if acting.misled else pulses),
        doubt=memory.doubt + uncounted,
        doubts=(
            memory.doubts
            if acting.counted
            else doubted(memory.doubts, memory.at, now, uncounted, born=memory.implanted_at)
        ),
        drive=Drive(counts=counts, phase=Fraction(0) if finished or counts >= marks.empty else course.phase),
        finishing=memory.finishing and not finished,
        large_strokes=memory.large_strokes + (made if marks.large else 0),
        tape=tape.tape,
        once_given=memory.once_given + given[0],
        once_paused_us=_bridge_waited(memory, lasted),
        patient_given=memory.patient_given + given[1],
    )
    hardware = replace(
        hardware,
        slip=slip,
        drawn=hardware.drawn + made * acting.drawn,
        stored=hardware.stored + (0 if acting.room is None else made * acting.drawn),
        truth=None if truth is None else truth.tape,
    )
    return marks.crossed(periodic.flowed(began, memory, told)), hardware


def _bridge_waited(memory: Memory, lasted: int) -> int:
    """Return how long what runs once has waited, so many microseconds later: a bridge waits in a hold."""
    return memory.once_paused_us + (lasted if _bridge_waits(memory) else 0)


def _bridge_waits(memory: Memory) -> bool:
    bridges = memory.profile.wants_bridge and isinstance(memory.program.once, Bridge)
    return bool(memory.holds) and bridges and not memory.once_over


_NOTHING = recorded_flow(Fraction(0))


class _Writer:
    """A tape being written: equal neighbours are joined, so that no cut shows."""

    def __init__(self, tape: Tape, concentration: Concentration) -> None:
        self._changes: list[Change] = tape.unrolled()
        self._concentration = concentration
        self._flow: FlowRate | None = None
        if self._changes and self._changes[-1][2] == concentration:
            self._flow = self._changes[-1][1]

    def write(self, us: int, flow: FlowRate) -> None:
        """Write what flows from a moment on."""
        if flow is not self._flow and flow != self._flow:
            self._changes.append((us, flow, self._concentration))
        self._flow = flow

    @property
    def tape(self) -> Tape:
        """The tape as it stands."""
        return Tape(self._changes)


class _Course:
    """The drive's way through a week of paces, in whole numbers."""

    def __init__(self, memory: Memory, plan: Plan, week: Week) -> None:
        self._plan, self._week = plan, week
        self._quantum = memory.capability.quantum
        self._day, self._within = divmod(_pump_time(memory), DAY_US)
        phase = memory.drive.phase
        shared = plan.scale if plan.scale % phase.denominator == 0 else plan.scale * phase.denominator
        self._times, self._scale = shared // plan.scale, shared
        self._turned = phase.numerator * (shared // phase.denominator)

    @property
    def phase(self) -> Fraction:
        """How far the drive is into its next quantum."""
        return Fraction(self._turned, self._scale)

    def run(
        self,
        lasting: int,
        most: int | None,
        tapes: tuple[_Writer, _Writer | None],
        begun: tuple[int, Acting],
    ) -> tuple[int, int]:
        """Run for so many microseconds, or up to so many quanta; return both as they came."""
        tape, truth = tapes
        born, acting = begun
        told = acting.ratio if acting.counted else 0
        true = acting.ratio * acting.drawn * acting.reaching // PPM
        scale, turned, within, pulses, done = self._scale, self._turned, self._within, 0, 0
        day, number = self._week[(self._day + FIRST_WEEKDAY) % 7], 0
        while day[number][1] <= within:
            number += 1
        while done < lasting:
            _, end, speed = day[number]
            span = min(end - within, lasting - done)
            ahead = turned + speed * self._times * span
            whole, rest = divmod(ahead, scale)
            tape.write(born + done, self._flow(speed, told))
            if truth is not None:
                truth.write(born + done, self._flow(speed, true))
            if most is not None and pulses + whole >= most:
                to_go = (most - pulses) * scale - turned
                span = -(-to_go // (speed * self._times))
                self._turned = turned + speed * self._times * span - (most - pulses) * scale
                return done + span, most
            pulses, turned, done, within = pulses + whole, rest, done + span, within + span
            if within == end:
                number += 1
                if number == len(day):
                    self._day, within, number = self._day + 1, 0, 0
                    day = self._week[(self._day + FIRST_WEEKDAY) % 7]
        self._turned = turned
        return done, pulses

    def bolus_share(self, memory: Memory, counted: int) -> tuple[Fraction, Fraction]:
        """Return the share of what runs once, and of the patient's bolus, in what was counted, in quanta.

        Args:
            memory: before it was counted.
            counted: microseconds, each by the millionths of its quanta that were counted.
        """
        plan, week, none = self._plan, self._week, Fraction(0)
        if (week is plan.patient or week is plan.patient_withheld) and memory.patient_until is not None:
            return none, Fraction(plan.patient_pace * counted, plan.scale * PPM)
        if (week is plan.once or week is plan.once_withheld) and not memory.once_over:
            return Fraction(plan.once_pace * counted, plan.scale * PPM), none
        return none, none

    def _flow(self, speed: int, share: int) -> FlowRate:
        return _recorded(speed, self._plan.scale, self._quantum, share)


@lru_cache(maxsize=4096)
def _recorded(speed: int, scale: int, quantum: Volume, share: int) -> FlowRate:
    exact = Fraction(speed * DAY_US, scale) * Fraction(quantum.mL)
    return recorded_flow(exact * share / PPM)
