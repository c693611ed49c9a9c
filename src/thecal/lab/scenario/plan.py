"""What is done with the pump, step by step: each program compiled for it, its roundings kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.lab.scenario.catheter_fault import CatheterEvent
from thecal.lab.scenario.events import Event, Oral, Programming, Puncture, Refill
from thecal.lab.scenario.implant import refuse_unusable
from thecal.lab.scenario.patient import Change
from thecal.quantities import write_concentration, write_volume
from thecal.therapy import (
    BACLOFEN,
    Compiled,
    Program,
    ProgramError,
    Stopped,
    UndeliverableError,
    compile_program,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from thecal.lab.scenario.implant import ScenarioImplant
    from thecal.lab.scenario.table import Table
    from thecal.therapy import Base, Once


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgram:
    """A program is sent to the pump.

    Attributes:
        at: since the start.
        ordered: as the scenario states it.
        compiled: as the pump can do it, with every rounding.
    """

    at: timedelta
    ordered: Program
    compiled: Compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class FillReservoir:
    """The reservoir is filled; another concentration brings the running program again, in the same act.

    Attributes:
        refill: as the scenario says it.
        program: what runs from then on; None where the concentration stays.
    """

    refill: Refill
    program: SetProgram | None

    @property
    def at(self) -> timedelta:
        """When, since the start."""
        return self.refill.at


Step = SetProgram | FillReservoir


def plan(
    events: Sequence[tuple[Table, Event]], implant: ScenarioImplant | None, *, has_pump: bool
) -> tuple[Step, ...]:
    """Return what is done with the pump; what cannot be done is noted at its event.

    Args:
        events: each with the table it was read from, in order.
        implant: the pump; None without one, or where it could not be read.
        has_pump: whether the scenario has a pump at all.
    """
    if implant is None:
        for table, event in events:
            if not has_pump and not isinstance(event, (Puncture, Oral, Change)):
                table.refuse(
                    "do",
                    "needs a pump, and there is no [implant]",
                    allowed="lumbar puncture, oral or change, without an implant",
                )
        return ()
    planning = _Planning(implant)
    for table, event in events:
        match event:
            case Programming():
                planning.program(table, event)
            case Refill(missed=False):
                planning.refill(table, event)
            case Refill() | Puncture() | Oral() | CatheterEvent() | Change():
                pass
    return tuple(planning.steps)


class _Planning:
    """The base program and the concentration as they change, and the steps so far."""

    def __init__(self, implant: ScenarioImplant) -> None:
        self._can = implant.capability
        self._concentration = implant.concentration
        self._runs_dry = implant.runs_dry
        self._base: Base = Stopped()
        self.steps: list[Step] = []

    def program(self, table: Table, event: Programming) -> None:
        if event.concentration not in (None, self._concentration):
            table.refuse(
                "document",
                f"is for {write_concentration(event.concentration)}",
                allowed=f"a program for the {write_concentration(self._concentration)} in the reservoir",
            )
            return
        base = self._base if event.base is None else event.base
        step = self._compiled(table, event.at, base, event.once)
        if step is not None:
            self.steps.append(step)
            self._base = base

    def refill(self, table: Table, event: Refill) -> None:
        holds = self._can.reservoir
        if event.left_behind + event.fill > holds:
            table.refuse(
                "fill",
                f"{write_volume(event.fill)} and {write_volume(event.left_behind)} left behind do not fit",
                allowed=f"together up to the {write_volume(holds)} that {self._can.model} holds",
                source=self._can.source("reservoir"),
            )
            return
        if event.left_behind + event.fill <= self._can.unusable and not self._runs_dry:
            refuse_unusable(table, event.left_behind + event.fill, self._can)
            return
        changed, self._concentration = event.concentration != self._concentration, event.concentration
        program = self._compiled(table, event.at, self._base, None) if changed else None
        self.steps.append(FillReservoir(refill=event, program=program))

    def _compiled(self, table: Table, at: timedelta, base: Base, once: Once | None) -> SetProgram | None:
        try:
            ordered = Program(drug=BACLOFEN, concentration=self._concentration, base=base, once=once)
            compiled = compile_program(ordered, self._can)
        except ProgramError as error:
            table.refuse("do", str(error), allowed="a program that a pump could mean", source="therapy")
        except UndeliverableError as error:
            for problem in error.problems:
                table.refuse(
                    "do", f"{problem.field} {problem.value}", allowed=problem.allowed, source=problem.source
                )
        else:
            return SetProgram(at=at, ordered=ordered, compiled=compiled)
        return None
