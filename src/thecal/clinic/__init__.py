"""The memory: what was signed, sent and found, kept in rows and in a ledger that only grows."""
