"""Another dose, before anybody signs: what the pump would run, what was rounded, and what would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.clinic.orders import access, bench, rules
from thecal.clinic.orders.reading import read_form
from thecal.quantities import plain, write_dose_rate, write_percent_change
from thecal.therapy import SimpleContinuous, compare_programs, program_digest

if TYPE_CHECKING:
    from thecal.clinic.orders.access import Actor
    from thecal.clinic.orders.proposal import DoseForm
    from thecal.clinic.orders.reading import Wish
    from thecal.lab.bench import Bench
    from thecal.lab.forecast import Curves
    from thecal.therapy import Comparison, Program, RefillDates, Rounding

SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a form would come to.

    Attributes:
        asked: the program as typed.
        given: as the pump can run it; this is what would be signed.
        given_digest: of ``given``; the signature is asked for exactly this.
        roundings: what the pump cannot do as asked.
        comparison: every setting against the program that runs.
        headline: the change of the 24-hour dose in one line.
        refill_before, refill: dates under the program that runs, and under the proposed one.
        curves: last week and the coming one, with and without the change.
    """

    asked: Program
    given: Program
    given_digest: str
    roundings: tuple[Rounding, ...]
    comparison: tuple[Comparison, ...]
    headline: str
    refill_before: RefillDates
    refill: RefillDates
    curves: Curves


def preview(form: DoseForm, *, actor: Actor) -> Preview:
    """Work out what a form would come to; nothing is written.

    Raises:
        BlockedError: something else must come first.
        ProposalError: values that cannot be, with every problem.
    """
    row = access.bench_row(actor)
    held = bench.take(row)
    rules.check_proposal_allowed(row, held)
    wish = wish_of(form, held)
    known, given = held.known, wish.compiled.program
    running = known.interrogation.program
    compared = compare_programs(running, given, reading=known.interrogation, now=known.read_at)
    return Preview(
        asked=wish.asked,
        given=given,
        given_digest=program_digest(given),
        roundings=wish.compiled.roundings,
        comparison=compared,
        headline=_headline(running, given, compared),
        refill_before=bench.refill_of(known, running, started=known.interrogation.started),
        refill=bench.refill_of(known, given, started=known.read_at),
        curves=held.curves(since=held.now - SHOWN, until=held.now + SHOWN, proposed=given),
    )


def _headline(running: Program, given: Program, compared: tuple[Comparison, ...]) -> str:
    """Return the change of the dose in one line: ``150 → 175 mcg/day (+25, +16.7 %)``."""
    row = next(one for one in compared if one.what == "24-hour dose")
    if not row.changed:
        return f"24-hour dose {row.before}, unchanged"
    match running.base, given.base:
        case SimpleContinuous(dose=old), SimpleContinuous(dose=new) if given.once is None:
            sign, by = ("+", new - old) if new > old else ("-", old - new)
            return (
                f"{plain(old.ug_per_day)} → {write_dose_rate(new)} "
                f"({sign}{plain(by.ug_per_day)}, {write_percent_change(old, new)})"
            )
        case _:
            return f"{row.before} → {row.after} ({row.change})"


def wish_of(form: DoseForm, held: Bench) -> Wish:
    """Read a form against what is known of the pump.

    Raises:
        ProposalError: values that cannot be, with every problem.
    """
    read = held.known.interrogation
    return read_form(
        form,
        running=read.program,
        capability=read.capability,
        usable=read.reservoir.usable,
    )
