"""Another dose, before anybody signs: what the pump would run, what was rounded, and what would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.clinic.orders import access, rules
from thecal.clinic.orders.advice import advise, offered
from thecal.clinic.orders.dose_change import describe_change
from thecal.clinic.orders.flex_table import flex_table
from thecal.clinic.orders.forecast import dose_events, estimated_curves, refill_of
from thecal.clinic.orders.proposal import read_proposal
from thecal.therapy import compare_programs, program_digest

if TYPE_CHECKING:
    from thecal.clinic.orders.advice import Advice, OfferedOption
    from thecal.clinic.orders.case import ImplantCase
    from thecal.clinic.orders.dose_form import DoseForm
    from thecal.clinic.orders.flex_table import DaysView
    from thecal.clinic.orders.forecast import DoseEvent
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
        flex: the proposed program as a table, where it is a flex program.
        refill_before, refill: dates under the program that runs, and under the proposed one.
        advice: what the rules say, and what they ask of the person who signs.
        options: the programs that the rules offer, beside the one that was typed.
        events: changes of the dose in the last week.
        curves: last week and the coming one, with and without the change.
    """

    requested: Program
    programmed: Program
    programmed_digest: str
    roundings: tuple[Rounding, ...]
    comparison: tuple[Comparison, ...]
    headline: str
    flex: tuple[DaysView, ...]
    refill_before: RefillDates
    refill: RefillDates
    advice: Advice
    options: tuple[OfferedOption, ...]
    events: tuple[DoseEvent, ...]
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
        headline=describe_change(running, programmed, compared),
        flex=flex_table(programmed),
        refill_before=refill_of(reading, running, started=case.interrogation.started),
        refill=refill_of(reading, programmed, started=reading.read_at),
        advice=advise(case, form, programmed),
        options=offered(case, form),
        events=dose_events(case),
        curves=estimated_curves(case, proposed=programmed),
    )


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
