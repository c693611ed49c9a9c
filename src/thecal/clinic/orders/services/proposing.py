"""Another dose, before anybody signs: what the pump would run, what was rounded, and what would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.clinic.orders import access, rules
from thecal.clinic.orders.forecast import estimated_curves, refill_of
from thecal.clinic.orders.proposal import read_proposal
from thecal.quantities import plain, write_dose_rate, write_percent_change
from thecal.therapy import SimpleContinuous, compare_programs, program_digest

if TYPE_CHECKING:
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.dose_form import DoseForm
    from thecal.clinic.orders.proposal import Proposal
    from thecal.clinic.people.access import Actor
    from thecal.lab.forecast import Curves
    from thecal.therapy import Comparison, Program, RefillDates, Rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a form would come to.

    Attributes:
        requested: the program as typed.
        programmed: as the pump can run it; this is what would be signed.
        programmed_digest: of ``programmed``; the signature is for exactly this.
        roundings: what the pump cannot do as requested.
        comparison: every setting against the program that runs.
        headline: the change of the 24-hour dose in one line.
        refill_before, refill: dates under the program that runs, and under the proposed one.
        curves: last week and the coming one, with and without the change.
    """

    requested: Program
    programmed: Program
    programmed_digest: str
    roundings: tuple[Rounding, ...]
    comparison: tuple[Comparison, ...]
    headline: str
    refill_before: RefillDates
    refill: RefillDates
    curves: Curves


def preview(form: DoseForm, case: ImplantCase, *, actor: Actor) -> Preview:
    """Work out what a form would come to; nothing is written.

    Raises:
        NotPermittedError: this person may not act on the implant.
        BlockedError: something else must come first.
        ProposalError: values that cannot be, with every problem.
    """
    access.check(actor, case.implant)
    rules.check_proposal_allowed(case)
    proposal = proposal_of(form, case)
    reading, programmed = case.reading, proposal.compiled.program
    running = case.interrogation.program
    compared = compare_programs(running, programmed, reading=case.interrogation, now=reading.read_at)
    return Preview(
        requested=proposal.requested,
        programmed=programmed,
        programmed_digest=program_digest(programmed),
        roundings=proposal.compiled.roundings,
        comparison=compared,
        headline=_headline(running, programmed, compared),
        refill_before=refill_of(reading, running, started=case.interrogation.started),
        refill=refill_of(reading, programmed, started=reading.read_at),
        curves=estimated_curves(case, proposed=programmed),
    )


def _headline(running: Program, programmed: Program, compared: tuple[Comparison, ...]) -> str:
    """Return the change of the dose in one line: ``150 → 175 mcg/day (+25, +16.7 %)``."""
    row = next(one for one in compared if one.what == "24-hour dose")
    if not row.changed:
        return f"24-hour dose {row.before}, unchanged"
    match running.base, programmed.base:
        case SimpleContinuous(dose=old), SimpleContinuous(dose=new) if programmed.once is None:
            sign, by = ("+", new - old) if new > old else ("-", old - new)
            return (
                f"{plain(old.ug_per_day)} → {write_dose_rate(new)} "
                f"({sign}{plain(by.ug_per_day)}, {write_percent_change(old, new)})"
            )
        case _:
            return f"{row.before} → {row.after} ({row.change})"


def proposal_of(form: DoseForm, case: ImplantCase) -> Proposal:
    """Read a form against what was last read of the pump.

    Raises:
        ProposalError: values that cannot be, with every problem.
    """
    read = case.interrogation
    return read_proposal(
        form,
        running=read.program,
        capability=read.capability,
        usable=read.reservoir.usable,
    )
