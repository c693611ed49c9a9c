"""Carry out one step of an accident on a pump: an act of a person, or a fault of the pump."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.pump import Cause, Condition, Pump, RefusedError, check_prime_tubing, pump_model, refill_by_needle
from thecal.quantities import DAY, HOUR, Concentration, DoseRate, Mass, Volume
from thecal.therapy import (
    ArmRefill,
    BeginUpdate,
    Bridge,
    CommandId,
    CompareResidual,
    ConfirmRefill,
    DoseStep,
    Flex,
    PeriodicBolus,
    Priming,
    Program,
    SetProgram,
    SimpleContinuous,
    Stop,
    WrittenAgainst,
)

if TYPE_CHECKING:
    from thecal.lab.accidents.accident import Accident, Step


class ScreenError(RefusedError):
    """A check before the pump, such as a barcode scan, refuses the order."""


def carry_out(
    pump: Pump, step: Step, command: CommandId, now: datetime, accident: Accident, *, screens: bool
) -> None:
    """Carry out one step.

    Raises:
        RefusedError, ProgramError, CatalogueError: the order is refused.
    """
    match step.act:
        case "program" | "prime":
            against = _read(pump, now)
            program = _program(pump, step, accident, screens=screens)
            pump.handle(SetProgram(id=command, against=against, program=program), now)
        case "begin update":
            pump.handle(BeginUpdate(id=command, against=_read(pump, now)), now)
        case "stop":
            pump.handle(Stop(id=command), now)
        case "draw out":
            _draw_out(pump, step, command, now)
        case "interrogate":
            pump.interrogate(now=now)
        case "condition":
            pump.advance(now)
            pump.arrange(_condition(step, now))
        case _:
            _refill(pump, step, command, now, accident, screens=screens)


def _draw_out(pump: Pump, step: Step, command: CommandId, now: datetime) -> None:
    """Empty the reservoir and fill it again; only a reference pump compares the volume with its count."""
    pump.advance(now)
    if pump.memory.profile.name == "reference":
        drained = Volume(mL=step.number("found_mL"))
        pump.handle(CompareResidual(id=command, against=_read(pump, now), drained=drained), now)


def _refill(
    pump: Pump, step: Step, command: CommandId, now: datetime, accident: Accident, *, screens: bool
) -> None:
    if step.act == "fill":
        product = Concentration(ug_per_mL=step.number("product_ug_per_mL"))
        left, fill = Volume(mL=step.number("left_mL")), Volume(mL=step.number("fill_mL"))
        pump.fill_by_needle(left_behind=left, fill=fill, product=product, now=now)
        return
    if step.act == "confirm refill":
        left = Volume(mL=step.number("left_mL"))
        pump.handle(ConfirmRefill(id=command, against=_read(pump, now), left_behind=left), now)
        return
    label = Concentration(ug_per_mL=step.number("label_ug_per_mL"))
    fill, program = Volume(mL=step.number("fill_mL")), None
    if "ug_per_day" in step.parameters:
        program = _continuous(pump, step.number("ug_per_day"), label)
        if step.parameters.get("bridge"):
            program = replace(
                program,
                once=Bridge(
                    dose=DoseRate(ug_per_day=step.number("ug_per_day")),
                    old_concentration=pump.memory.program.concentration,
                    dead_volume=Volume(mL=accident.dead_volume_mL),
                ),
            )
    against = _read(pump, now)
    if step.act == "arm refill":
        pump.handle(
            ArmRefill(id=command, against=against, fill=fill, concentration=label, program=program), now
        )
        return
    if screens and "scanned_mg" in step.parameters and pump.memory.profile.name == "reference":
        _check_scanned(step, label)
    arm = ArmRefill(
        id=CommandId(f"{command} armed"),
        against=against,
        left_behind=Volume(mL=step.number("left_mL")),
        fill=fill,
        concentration=label,
        program=program,
    )
    product = Concentration(ug_per_mL=step.number("product_ug_per_mL"))
    refill_by_needle(pump, arm, command, now, product=product)


def _read(pump: Pump, now: datetime) -> WrittenAgainst:
    return WrittenAgainst.of(pump.status(now=now))


def _check_scanned(step: Step, label: Concentration) -> None:
    """Compare the scanned label, in mg and mL, with the program (ITB-166); the programmer checks it."""
    scanned = step.number("scanned_mg") * 1000 / step.number("scanned_mL")
    if scanned != label.ug_per_mL:
        raise ScreenError(
            f"scanned: {step.number('scanned_mg')} mg in {step.number('scanned_mL')} mL is "
            f"{scanned} mcg/mL, and the program says {label.ug_per_mL} mcg/mL (ITB-166)"
        )


def _continuous(pump: Pump, ug_per_day: Decimal, concentration: Concentration) -> Program:
    dose = SimpleContinuous(dose=DoseRate(ug_per_day=ug_per_day))
    return Program(drug=pump.memory.program.drug, concentration=concentration, base=dose)


def _program(pump: Pump, step: Step, accident: Accident, *, screens: bool) -> Program:
    concentration = pump.memory.program.concentration
    minutes = timedelta(minutes=float(step.parameters.get("minutes", 0)))
    if step.act == "prime":
        tubing = Volume(mL=step.number("tubing_mL"))
        if screens and pump.memory.profile.name == "reference":
            check_prime_tubing(pump_model(accident.model), tubing)
        prime = Priming(volume=tubing + Volume(mL=step.number("catheter_mL")), duration=minutes)
        return replace(_continuous(pump, step.number("ug_per_day"), concentration), once=prime)
    if "at_hour" in step.parameters:
        return replace(_continuous(pump, Decimal(1), concentration), base=_daily(step, minutes))
    if "every_minutes" in step.parameters:
        background = DoseRate(ug_per_day=step.number("ug_per_day"))
        periodic = PeriodicBolus(
            background=background,
            bolus=Mass(ug=step.number("bolus_ug")),
            duration=minutes,
            interval=timedelta(minutes=float(step.number("every_minutes"))),
        )
        return replace(_continuous(pump, Decimal(1), concentration), base=periodic)
    return _continuous(pump, step.number("ug_per_day"), concentration)


def _daily(step: Step, minutes: timedelta) -> Flex:
    """Return a flex day that gives its bolus as a step of a higher rate above the background."""
    background = DoseRate(ug_per_day=step.number("ug_per_day"))
    higher = background + DoseRate(ug_per_day=step.number("bolus_ug") * int(DAY / minutes))
    begins = datetime(2000, 1, 1, int(step.number("at_hour")), tzinfo=UTC)
    return Flex.every_day(
        DoseStep(start=time(0), rate=background),
        DoseStep(start=begins.time(), rate=higher),
        DoseStep(start=(begins + minutes).time(), rate=background),
    )


def _condition(step: Step, now: datetime) -> Condition:
    parameters = step.parameters
    return Condition(
        cause=Cause(parameters["cause"]),
        since=now,
        until=now + float(parameters["lasts_h"]) * HOUR if "lasts_h" in parameters else None,
        size=Decimal(parameters["size"]) if "size" in parameters else None,
        lingers=float(parameters.get("lingers_h", 0)) * HOUR,
        until_seen=bool(parameters.get("until_seen", False)),
    )
