"""``thecal verify-ledger``: exit 0 with count and newest seal, or 1 with the first entry that is wrong."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import typer
from django.conf import settings
from django.db import DatabaseError, connection

from thecal.journal import BrokenChainError
from thecal.main.start import start_django

BROKEN = 1


def verify_ledger() -> None:
    """Check the ledger and say what was found."""
    start_django()
    ledger = import_module("thecal.clinic.ledger.queries")
    orders = import_module("thecal.clinic.orders.proof")
    errors = import_module("thecal.clinic.orders.errors")
    database = Path(connection.settings_dict["NAME"])
    if not database.is_file():
        _fail(f"there is no ledger at {database}; THECAL_DATA_DIR says where to look ({settings.DATA_DIR})")
    try:
        summary = ledger.verify()
        signed = orders.check_orders()
    except errors.ForgedOrderError as forged:
        _fail(f"the orders are not what was signed: {forged}")
    except BrokenChainError as broken:
        _fail(f"the ledger is broken: {broken}")
    except DatabaseError as error:
        _fail(f"the ledger at {database} cannot be read: {error}")
    else:
        typer.echo(f"{summary.count} entries, none altered; {signed} signed orders, each as it was signed.")
        typer.echo(f"Newest seal: {summary.seal}")


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(BROKEN)
