"""The fallback: the dose a pump gives when nothing better is known to be right (ITB-163, ITB-164).

It is a dose in mcg/day, entered by somebody or the lowest 24-hour dose of the last week, never a flow and
never the device's minimum rate. What a dose is as a flow depends on the solution, so it is looked at again
whenever the concentration changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.pump.errors import RefusedError
from thecal.pump.kinds import Kind
from thecal.pump.log import recorded
from thecal.pump.tube import bridged
from thecal.quantities import DAY, plain, write_concentration, write_dose_rate
from thecal.therapy import Fallback, Program, UndeliverableError, compile_program

if TYPE_CHECKING:
    from thecal.pump.memory import Memory
    from thecal.quantities import Concentration, DoseRate
    from thecal.therapy import CommandId


def lowest_dose(memory: Memory) -> DoseRate | None:
    """Return the lowest programmed 24-hour dose of the last 7 days, the fallback's default; or None."""
    recent = [dose for last, dose in memory.lowest_doses if memory.at - last <= 7 * DAY]
    now = memory.program.daily_doses
    if now is not None and not memory.program.is_stopped:
        recent += now
    return min((dose for dose in recent if not dose.is_zero), default=None)


def fallback_of(memory: Memory) -> Program | None:
    """Return the fallback as the pump can give it now: the entered dose, never above the week's lowest.

    What is left of another solution in the tube is bridged at that dose (S-38). None where no program ran in
    the last week, the dose cannot be given in this concentration, or nobody said how much the tube holds.
    """
    lowest = lowest_dose(memory)
    if lowest is None:
        return None
    dose = lowest if memory.fallback is None else min(lowest, memory.fallback)
    program = bridged(memory, _giving(memory, dose, memory.program.concentration))
    try:
        return None if program is None else compile_program(program, memory.capability).program
    except UndeliverableError:
        return None


def set_fallback(memory: Memory, command: CommandId, dose: DoseRate | None) -> Memory:
    """Return the memory of a pump whose fallback is this dose; None goes back to the week's lowest.

    Raises:
        RefusedError: above the week's lowest 24-hour dose, or not deliverable exactly as entered.
    """
    facts = {"command": str(command), "dose": "lowest of the week" if dose is None else write_dose_rate(dose)}
    if dose is not None and dose.is_zero:
        raise RefusedError(
            "fallback: 0 mcg/day is not a fallback; without an entry it is the lowest dose of the week"
        )
    if dose is not None:
        lowest = lowest_dose(memory)
        if lowest is None or dose > lowest:
            most = "no program ran" if lowest is None else f"the lowest was {write_dose_rate(lowest)}"
            raise RefusedError(
                f"fallback: {write_dose_rate(dose)} is more than any 24 h of the last 7 days are known to be "
                f"safe at; {most} (ITB-163)"
            )
        check_fallback(memory, dose, memory.program.concentration)
    log = recorded(memory.log, Kind.FALLBACK_SET, at=memory.at, **facts)
    return replace(memory, fallback=dose, last_command=command, log=log)


def check_fallback(memory: Memory, dose: DoseRate | None, concentration: Concentration) -> None:
    """Refuse a fallback that could not be given in a concentration exactly as it was entered.

    Raises:
        RefusedError: with what is in the way, and the way out.
    """
    if dose is None:
        return
    try:
        compiled = compile_program(_giving(memory, dose, concentration), memory.capability)
    except UndeliverableError as problems:
        why = str(problems)
    else:
        why = "; ".join(
            f"{part.what}: {part.requested} would be {part.programmed}" for part in compiled.roundings
        )
    if why:
        raise RefusedError(
            f"fallback: {write_dose_rate(dose)} at {write_concentration(concentration)} cannot be given as "
            f"entered: {why}. Enter another fallback, or none, first (ITB-164)"
        )


def rechecked(memory: Memory, concentration: Concentration) -> Memory:
    """Return the memory after the fallback was looked at for another concentration; the log has what came.

    One that cannot be given as entered is dropped for the week's lowest dose.
    """
    if concentration == memory.program.concentration:
        return memory
    facts = {"ug_per_mL": plain(concentration.ug_per_mL)}
    try:
        check_fallback(memory, memory.fallback, concentration)
    except RefusedError as refusal:
        log = recorded(memory.log, Kind.FALLBACK_CHECKED, at=memory.at, dropped=refusal.reason, **facts)
        return replace(memory, fallback=None, log=log)
    kept = "lowest of the week" if memory.fallback is None else write_dose_rate(memory.fallback)
    return replace(memory, log=recorded(memory.log, Kind.FALLBACK_CHECKED, at=memory.at, kept=kept, **facts))


def _giving(memory: Memory, dose: DoseRate, concentration: Concentration) -> Program:
    return Program(drug=memory.program.drug, concentration=concentration, base=Fallback(dose=dose))
