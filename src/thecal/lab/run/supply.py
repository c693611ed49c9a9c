"""The pump's part of a scenario: its twin lives through every step, and its record drives the body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.lab.scenario import FillReservoir, Problem, ScenarioError, SetProgram
from thecal.pump import REFERENCE, Pump, RefusedError, refill_by_needle
from thecal.quantities import MINUTE, PumpClock, elapsed, write_duration, write_volume
from thecal.therapy import (
    BACLOFEN,
    ArmRefill,
    CommandId,
    Delivery,
    PumpSerial,
    PumpStatus,
    Stop,
    WrittenAgainst,
)
from thecal.therapy import SetProgram as SetProgramCommand

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.lab.scenario import Scenario, ScenarioImplant, Step

_SERIAL = PumpSerial("SCENARIO")
_ASKS_FOR_NO_BRIDGE = replace(REFERENCE, wants_bridge=False)
"""What happens without a bridge is a question to the laboratory; a reference pump refuses the filling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryPeriod:
    """A stretch of time in which the pump can deliver nothing: since the start, from and until when."""

    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What the pump did.

    Attributes:
        delivery: its own record of the scenario.
        onwards: the record a minute longer, so that the last moment still shows what the pump was doing.
        status: at the end.
        programs: every program it was given, with its roundings.
        dry: every stretch of the scenario in which the reservoir held nothing usable, in order.
    """

    delivery: Delivery
    onwards: Delivery
    status: PumpStatus
    programs: tuple[SetProgram, ...]
    dry: tuple[DryPeriod, ...]

    @property
    def ran_dry(self) -> timedelta | None:
        """When the reservoir first held nothing usable, since the start; None where it never did."""
        return self.dry[0].start if self.dry else None


def live_through(scenario: Scenario, implant: ScenarioImplant) -> Supply:
    """Let a new pump live through a scenario.

    Raises:
        ScenarioError: the pump refused a step, or ran dry where the scenario does not say that it may.
    """
    pump = Pump.implanted(
        serial=_SERIAL,
        capability=implant.capability,
        drug=BACLOFEN,
        fill=implant.fill,
        concentration=implant.concentration,
        clock=PumpClock(),
        now=scenario.starts,
        profile=_ASKS_FOR_NO_BRIDGE,
    )
    problems, dry, filled = [], list[DryPeriod](), timedelta(0)
    for number, step in enumerate(scenario.steps, start=1):
        if isinstance(step, FillReservoir):
            dry += _dry_period(pump, scenario, implant, filled=filled, until=step.at)
            filled = step.at
        try:
            _carry_out(pump, step, CommandId(f"step-{number}"), now=scenario.starts + step.at)
        except RefusedError as refusal:
            problems.append(
                Problem(
                    field=f"event at {write_duration(step.at)}",
                    fault=refusal.reason,
                    allowed="what the pump carries out at that moment",
                    source=implant.capability.model,
                )
            )
    status = pump.status(now=scenario.ends)
    dry += _dry_period(pump, scenario, implant, filled=filled, until=scenario.calendar.lasts)
    delivery = pump.delivery
    pump.advance(scenario.ends + MINUTE)
    if dry and not implant.runs_dry:
        problems.append(
            Problem(
                field="implant.fill",
                fault=f"{write_volume(implant.fill)} and the refills last {write_duration(dry[0].start)}",
                allowed="a reservoir that lasts; fill more, refill in time, or say runs_dry = true",
                source=f"{write_volume(implant.capability.unusable)} of the reservoir is not usable, "
                f"{implant.capability.source('unusable')}",
            )
        )
    if problems:
        raise ScenarioError(tuple(problems))
    return Supply(
        delivery=delivery,
        onwards=pump.delivery,
        status=status,
        programs=tuple(program for step in scenario.steps if (program := _program_of(step)) is not None),
        dry=tuple(dry),
    )


def _carry_out(pump: Pump, step: Step, command: CommandId, *, now: datetime) -> None:
    """Do one step with the pump, written against what it says of itself.

    Raises:
        RefusedError: the pump does not carry it out.
    """
    against, program = WrittenAgainst.of(pump.status(now=now)), _program_of(step)
    if isinstance(step, FillReservoir):
        arm = ArmRefill(
            id=CommandId(f"{command}-armed"),
            against=against,
            left_behind=step.refill.left_behind,
            fill=step.refill.fill,
            concentration=step.refill.concentration,
            program=None if program is None else program.compiled.program,
        )
        refill_by_needle(pump, arm, command, now)
    elif step.compiled.program.is_stopped:
        pump.handle(Stop(id=command), now)
    else:
        pump.handle(SetProgramCommand(id=command, against=against, program=step.compiled.program), now)


def _program_of(step: Step) -> SetProgram | None:
    return step.program if isinstance(step, FillReservoir) else step


def _dry_period(
    pump: Pump, scenario: Scenario, implant: ScenarioImplant, *, filled: timedelta, until: timedelta
) -> list[DryPeriod]:
    """Return the end of a filling, where nothing of it was usable any more; no period where it lasted."""
    status = pump.status(now=scenario.starts + until)
    if status.content > implant.capability.unusable:
        return []
    flowing = [part.interval.end for part in pump.delivery.segments if not part.flow.is_zero]
    start = max(filled, elapsed(scenario.starts, flowing[-1])) if flowing else filled
    return [DryPeriod(start=start, end=until)] if start < until else []
