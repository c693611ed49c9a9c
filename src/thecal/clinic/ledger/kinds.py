"""What the ledger writes of itself."""

from thecal.journal import Kind as JournalKind


class Kind(JournalKind):
    """The one kind of entry that the ledger writes by itself."""

    LEDGER_OPENED = "ledger.opened"
