"""Proposals: candidate programs for one history, with what the rules say about each."""

from thecal.dosing.propose.judge import highest_daily_dose, is_increase, judge, needs_withdrawal_plan
from thecal.dosing.propose.proposal import Option, OptionKind, Proposal
from thecal.dosing.propose.propose import judge_program, propose
from thecal.dosing.propose.written import as_document, finding_fields

__all__ = [
    "Option",
    "OptionKind",
    "Proposal",
    "as_document",
    "finding_fields",
    "highest_daily_dose",
    "is_increase",
    "judge",
    "judge_program",
    "needs_withdrawal_plan",
    "propose",
]
