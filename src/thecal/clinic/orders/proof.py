"""The proof that the orders on record are those that were signed: each against its entry and its key."""

from __future__ import annotations

import hashlib

from thecal.clinic.ledger.models import EntryRecord
from thecal.clinic.orders.errors import ForgedOrderError
from thecal.clinic.orders.kinds import Kind
from thecal.clinic.orders.models import OrderRecord
from thecal.clinic.orders.signing import KeysOnRecord
from thecal.therapy import SetProgram, TherapyError, open_order, program_digest


def check_orders() -> int:
    """Check every order that the ledger says was signed, and return how many there are.

    Raises:
        ForgedOrderError: naming the first order that is missing, was altered, or was never signed.
    """
    signed = [
        row.entry for row in EntryRecord.objects.filter(kind=Kind.PRESCRIPTION_SIGNED).order_by("number")
    ]
    rows = {row.command: row for row in OrderRecord.objects.select_related("prescription", "key")}
    for entry in signed:
        command = entry.fact("command")
        row = rows.pop(command, None)
        if row is None:
            raise ForgedOrderError(f"order {command}, signed in entry {entry.number}, is missing")
        if hashlib.sha256(bytes(row.document)).hexdigest() != entry.fact("document_digest"):
            raise ForgedOrderError(f"order {command} is not the document signed in entry {entry.number}")
        check_document(row)
    if rows:
        raise ForgedOrderError(f"order {min(rows)} was never signed: the ledger has no entry of it")
    return len(signed)


def check_document(order: OrderRecord) -> None:
    """Return only if an order's document carries its signature and its row says the same.

    Raises:
        ForgedOrderError: it does not.
    """
    try:
        opened = open_order(order.signed_order, KeysOnRecord())
        programmed = program_digest(order.prescription.programmed_program)
    except TherapyError as error:
        raise ForgedOrderError(f"order {order.command} is not what was signed: {error}") from error
    command = opened.command
    said = (command.id, program_digest(command.program)) if isinstance(command, SetProgram) else None
    if said != (order.command, programmed):
        raise ForgedOrderError(f"order {order.command} stands over a document that says something else")
