"""``thecal advise``: from a patient's history to two to four programs, with what the rules say about each."""

from __future__ import annotations

import json as json_format
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.propose import as_document, propose
from thecal.dosing.propose.written import NOTICE
from thecal.lab.advice import advise as with_model
from thecal.main.extras import require
from thecal.main.outlook import outlook_fields, write_margin, write_tone
from thecal.pump import load_catalogue

if TYPE_CHECKING:
    from thecal.dosing.findings import Finding
    from thecal.dosing.propose import Option, Proposal
    from thecal.lab.advice import Advice

BAD_INPUT = 2


def advise(
    *,
    history: Annotated[Path, typer.Argument(help="The patient's history, a JSON file.", dir_okay=False)],
    json: Annotated[bool, typer.Option("--json", help="Print the proposal as JSON.")] = False,
    rules_only: Annotated[
        bool, typer.Option("--rules-only", help="Leave out what the patient's own model expects.")
    ] = False,
    jurisdiction: Annotated[
        Jurisdiction | None,
        typer.Option(help="Whose labels apply; without it the stricter of the known labels."),
    ] = None,
) -> None:
    """Propose programs for a patient's history. The adviser proposes and warns; a person signs."""
    require("pydantic", extra="lab")
    from thecal.dosing.history.document import HistoryError, read_history

    screen, notes = Console(emoji=False, highlight=False), Console(stderr=True, emoji=False, highlight=False)
    try:
        patient = read_history(history.read_bytes(), capabilities=load_catalogue())
    except OSError as error:
        notes.print(f"{history}: {error.strerror}", markup=False, style="bold red", soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    except HistoryError as error:
        for fault in error.faults:
            notes.print(f"{history}: {fault}", markup=False, style="bold red", soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None
    limits = limits_for(jurisdiction)
    advice = None if rules_only else with_model(patient, limits)
    proposal = propose(patient, limits) if advice is None else advice.proposal
    if json:
        document = as_document(proposal) | ({} if advice is None else {"outlook": outlook_fields(advice)})
        screen.print(json_format.dumps(document, indent=2, ensure_ascii=False), markup=False, soft_wrap=True)
        return
    _show(proposal, screen)
    if advice is not None:
        _show_outlook(advice, screen)


def _show(proposal: Proposal, screen: Console) -> None:
    table = Table("option", "24-hour dose", "refill by", "findings", title=f"Rules: {proposal.place}")
    for option in proposal.options:
        table.add_row(
            option.kind.value,
            option.daily_dose.write(places=1),
            f"{option.refill.refill_by:%d %b %Y}",
            str(len(option.findings)) if option.findings else "none",
        )
    screen.print(table)
    for option in proposal.options:
        _show_findings(option, screen)
    _show_list("About the history", proposal.findings, screen)
    for question in proposal.asks:
        screen.print(f"? {question.text}", markup=False)
    screen.print(f"Rulebook {proposal.rulebook}. {NOTICE}", markup=False)


def _show_outlook(advice: Advice, screen: Console) -> None:
    table = Table(
        "option",
        "score expected, 90 %",
        "sedation, 1 is least",
        "withdrawal after a stop",
        title=f"This patient's model: {advice.label}",
    )
    for outlook in advice.outlooks:
        kind = outlook.option.kind.value
        notes = [
            *(["no difference expected"] if outlook.no_difference_expected else []),
            *(["loss of useful tone"] if outlook.loses_useful_tone else []),
        ]
        table.add_row(
            f"{kind} ({', '.join(notes)})" if notes else kind,
            write_tone(outlook),
            str(outlook.sedation_rank),
            write_margin(outlook),
        )
    screen.print(table)
    for note in advice.basis.notes:
        screen.print(f"- {note}", markup=False)
    if advice.lessons:
        first = advice.lessons[0]
        screen.print(f"Teaches most about this patient: {first.what}.", markup=False)


def _show_findings(option: Option, screen: Console) -> None:
    _show_list(option.kind.value.capitalize(), option.findings, screen)


def _show_list(title: str, findings: tuple[Finding, ...], screen: Console) -> None:
    if not findings:
        return
    screen.print(f"\n{title}", markup=False, style="bold")
    for finding in findings:
        screen.print(f"- {finding.says} {finding.because}", markup=False)
        screen.print(f"  {finding.lifted_by}", markup=False)
        for limit in finding.limits:
            screen.print(f"  {limit.write()}: {limit.source} ({limit.sureness.meaning})", markup=False)
