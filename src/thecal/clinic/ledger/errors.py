"""What can be wrong with reading the ledger, without anybody having edited it.

LedgerUnreadableError    it cannot be read here; it may well be whole
"""


class LedgerUnreadableError(Exception):
    """The ledger cannot be read here: no permission, no disk, another version."""
