"""The ledger's one write: another entry at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from thecal.clinic.ledger import published
from thecal.clinic.ledger.kinds import Kind
from thecal.clinic.ledger.models import EntryRecord
from thecal.journal import GENESIS, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def append(*, at: datetime, actor: str, kind: str, data: Mapping[str, str]) -> Entry:
    """Add one entry within the caller's transaction: the act and its entry are kept together or not at all.

    The first entry of all says that the ledger was opened. The newest seal is published outside the
    database once the transaction is committed.

    Args:
        at: wall time, aware.
        actor: who did it.
        kind: what happened.
        data: facts, names and text; references rather than people's names.

    Raises:
        TransactionManagementError: not inside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a ledger entry is written in its act's transaction")
    newest = EntryRecord.objects.order_by("-number").first()
    if newest is None and kind != Kind.LEDGER_OPENED:
        newest = _add_after(None, at=at, actor="system", kind=Kind.LEDGER_OPENED, data={})
    record = _add_after(newest, at=at, actor=actor, kind=kind, data=data)
    # Robust: the act is done, and a full disk must not stop what follows it (a STOP above all).
    transaction.on_commit(published.publish, robust=True)
    return record.entry


def _add_after(
    last: EntryRecord | None, *, at: datetime, actor: str, kind: str, data: Mapping[str, str]
) -> EntryRecord:
    """Add the next row; only number and seal of the last are used, so that a damaged one stops nobody."""
    entry = Entry(
        number=last.number + 1 if last else 1,
        at=at,
        actor=actor,
        kind=kind,
        data=tuple(sorted(data.items())),
        previous=last.seal if last else GENESIS,
    )
    record = EntryRecord.of(entry)
    record.save(force_insert=True)
    return record
