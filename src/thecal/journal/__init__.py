"""The journal: events in their order, each entry sealed to the entry before it."""

from thecal.journal.chain import GENESIS, BrokenChainError, entry_after, verify_chain
from thecal.journal.entry import Entry, canonical
from thecal.journal.kinds import Kind, check_kind
from thecal.journal.memory import Journal, MemoryJournal

__all__ = [
    "GENESIS",
    "BrokenChainError",
    "Entry",
    "Journal",
    "Kind",
    "MemoryJournal",
    "canonical",
    "check_kind",
    "entry_after",
    "verify_chain",
]
