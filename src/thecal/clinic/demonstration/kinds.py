"""What the demonstration writes into the ledger."""

from thecal.journal import Kind as JournalKind


class Kind(JournalKind):
    """The kinds of entry that the demonstration writes."""

    DEMONSTRATION_STARTED = "demonstration.started"
    DEMONSTRATION_ENDED = "demonstration.ended"
    TIME_ADVANCED = "time.advanced"
    LINK_ARRANGED = "link.arranged"
