"""``thecal verify-ledger``: exit 0 with count and newest seal, or 1 with the first entry that is wrong.

What cannot be read here is never called broken.
"""

from __future__ import annotations

from pathlib import Path

import typer
from django.conf import settings
from django.db import DatabaseError, connection

from thecal.journal import BrokenChainError
from thecal.main.database import made_by_a_newer_version, pending_migrations, unknown_migrations
from thecal.main.ending import end, reason
from thecal.main.reading import ChangedWhileReadError, opened_where_it_lies
from thecal.main.start import start_django


def verify_ledger() -> None:
    """Check the ledger and say what was found.

    Raises:
        Exit: with status 1 where it is broken, or cannot be read here.
    """
    start_django()
    from thecal.clinic.ledger.errors import LedgerUnreadableError  # models: Django is set up by now

    database = Path(connection.settings_dict["NAME"])
    try:
        if not database.is_file():
            end(f"there is no ledger at {database}; THECAL_DATA_DIR says where to look ({settings.DATA_DIR})")
        with opened_where_it_lies(database):
            fault, lines = _checked()
    except ChangedWhileReadError:
        end(f"the ledger at {database} changed while it was read: stop Thecal there, or verify a copy")
    except OSError as error:
        end(f"the ledger at {database} cannot be read here: {error.filename or database}: {reason(error)}")
    except (DatabaseError, LedgerUnreadableError) as error:
        end(f"the ledger at {database} cannot be read here: {error}")
    if fault:
        end(fault)
    for line in lines:
        typer.echo(line)


def _checked() -> tuple[str, tuple[str, ...]]:
    """Return what is wrong, or the lines that say what was found whole.

    Raises:
        LedgerUnreadableError: the ledger cannot be read here.
        DatabaseError: neither can the database.
    """
    from thecal.clinic.ledger import queries as ledger
    from thecal.clinic.ledger.errors import LedgerUnreadableError
    from thecal.clinic.orders import proof
    from thecal.clinic.orders.errors import ForgedOrderError

    if unknown := unknown_migrations():
        raise LedgerUnreadableError(made_by_a_newer_version(unknown))
    if pending_migrations():
        raise LedgerUnreadableError(
            "it was made by an earlier version of Thecal, or holds no ledger; "
            "bring it up to date by starting Thecal with it, or with a copy of it"
        )
    try:
        summary = ledger.verify()
        signed = proof.check_orders()
    except ForgedOrderError as forged:
        return f"an order differs from what was signed: {forged}", ()
    except BrokenChainError as broken:
        return f"the ledger is broken: {broken}", ()
    found = f"{summary.count} entries, none altered; {signed} signed orders, each as it was signed."
    return "", (found, f"Newest seal: {summary.seal}")
