"""Propose: history in, two to four programs out, each with what the rules say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.dosing.history import review
from thecal.dosing.propose.judge import judge
from thecal.dosing.propose.options import candidates
from thecal.dosing.propose.proposal import Option, OptionKind, Proposal
from thecal.dosing.rulebook import rulebook_version
from thecal.therapy import UndeliverableError, compile_program, daily_dose, refill_dates

if TYPE_CHECKING:
    from thecal.dosing.history import History
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Question
    from thecal.therapy import Program


def propose(history: History, limits: Limits) -> Proposal:
    """Return two to four programs for one history, with findings and open questions.

    *No change* is always the first. A program that the pump cannot deliver is left out, so at the pump's
    lowest flow *no change* may stand alone. The same history,
    limits and rulebook give the same proposal.
    """
    options: list[Option] = []
    asks: dict[str, Question] = {}
    known_programs: set[Program] = set()
    for kind, requested in candidates(history, limits):
        option = _option(history, kind, requested, limits, asks)
        if option is not None and option.program not in known_programs:
            known_programs.add(option.program)
            options.append(option)
    return Proposal(
        history=history,
        place=limits.place,
        options=tuple(options),
        findings=review(history),
        asks=tuple(asks.values()),
        rulebook=rulebook_version(),
        made_at=history.now,
    )


def judge_program(history: History, program: Program, limits: Limits) -> Option:
    """Return what the rules say about a program that a person entered.

    Raises:
        UndeliverableError: the pump cannot deliver it; every such amount is named.
    """
    return _compiled(history, OptionKind.ENTERED, program, limits, {})


def _option(
    history: History, kind: OptionKind, requested: Program, limits: Limits, asks: dict[str, Question]
) -> Option | None:
    try:
        return _compiled(history, kind, requested, limits, asks)
    except UndeliverableError:
        return None


def _compiled(
    history: History, kind: OptionKind, requested: Program, limits: Limits, asks: dict[str, Question]
) -> Option:
    compiled = compile_program(requested, history.capability)
    findings, questions = judge(history, compiled.program, limits)
    asks.update({question.fact: question for question in questions})
    return Option(
        kind=kind,
        program=compiled.program,
        roundings=compiled.roundings,
        daily_dose=daily_dose(compiled.program, minimum_rate=history.capability.minimum_rate),
        refill=refill_dates(
            history.reservoir,
            compiled.program,
            history.capability,
            now=history.now,
            started=history.now,
            filled_at=history.filled_at,
            clock=history.clock,
        ),
        findings=findings,
    )
