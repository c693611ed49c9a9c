"""What ``thecal serve`` needs on the disk: made at the first run, found at every other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from django.db.migrations.exceptions import InconsistentMigrationHistory

from thecal.main.database import made_by_a_newer_version, unknown_migrations
from thecal.main.ending import end, reason
from thecal.main.whole_files import write_whole

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_OWNER_ONLY = 0o600


def make_data_dir(folder: Path) -> None:
    """Make the data directory.

    Raises:
        Exit: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        end(f"the data directory {folder} cannot be made: {reason(error)}; THECAL_DATA_DIR names another")
    if not os.access(folder, os.W_OK | os.X_OK):
        end(f"the data directory {folder} cannot be written to; THECAL_DATA_DIR names another")


def make_secret(path: Path) -> None:
    """Keep the secret that this process made, so that forms opened before a restart stay valid.

    Raises:
        Exit: the secret on file cannot be used, or a new one cannot be written.
    """
    if settings.SECRET_FAULT:
        end(settings.SECRET_FAULT)
    if not settings.SECRET_IS_NEW:
        return
    try:
        write_whole({path: settings.SECRET_KEY.encode("ascii")}, mode=_OWNER_ONLY)
    except OSError as error:
        end(f"the secret {path} cannot be written: {reason(error)}")


def open_database() -> None:
    """Bring the database up to date.

    Raises:
        Exit: the database cannot be used.
    """
    database = settings.DATABASES["default"]["NAME"]
    try:
        if unknown := unknown_migrations():
            end(f"the database {database} cannot be used: {made_by_a_newer_version(unknown)}")
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, InconsistentMigrationHistory) as error:
        end(f"the database {database} cannot be used: {error}")


def open_bench(*, now: datetime) -> bool:
    """Begin the demonstration where none runs, and say whether the configured PIN signs.

    Raises:
        Exit: the database holds a real patient, or the database, the PIN or the signing key cannot be used.
    """
    from thecal.clinic.demonstration import services  # models: Django is set up by now
    from thecal.clinic.demonstration.access import CLINICIAN
    from thecal.clinic.orders import keys
    from thecal.clinic.orders.errors import KeyUnavailableError
    from thecal.clinic.people.queries import count_real_patients

    database, pin = settings.DATABASES["default"]["NAME"], settings.DEMONSTRATION_PIN
    if not keys.SHORTEST_PIN <= len(pin) <= keys.LONGEST_PIN:
        end(
            f"THECAL_DEMONSTRATION_PIN: {len(pin)} characters; "
            f"allowed: {keys.SHORTEST_PIN} to {keys.LONGEST_PIN} characters"
        )
    try:
        if real := count_real_patients():
            end(
                f"the database {database} holds {real} real patient{'' if real == 1 else 's'}: the "
                "demonstration does not run beside real patients; THECAL_DATA_DIR names another directory, "
                "and THECAL_MODE=clinic opens this one"
            )
        services.open_bench(pin=pin, actor=CLINICIAN, now=now)
    except DatabaseError as error:
        end(f"the database {database} cannot be used: {error}")
    except KeyUnavailableError as error:
        end(f"the signing key cannot be used: {error}")
    except OSError as error:
        where = error.filename2 or error.filename or settings.DATA_DIR
        end(f"the signing key cannot be written: {where}: {reason(error)}")
    try:
        keys.open_private_key(pin)
    except keys.WrongPinError:
        return False
    except KeyUnavailableError as error:
        end(f"the signing key cannot be used: {error}")
    return True
