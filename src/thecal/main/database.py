"""Whether the database on file is of this version of Thecal."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.loader import MigrationLoader

_NOT_ALWAYS_INSTALLED = frozenset({"demonstration"})
"""Apps of ours that only one mode installs; what they did to the database is known in the other too."""


def unknown_migrations() -> tuple[str, ...]:
    """Return what was done to the database that this version does not know: a newer version did it.

    Raises:
        DatabaseError: the file is no database, or cannot be read.
    """
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    known |= {replaced for migration in loader.disk_migrations.values() for replaced in migration.replaces}
    return tuple(
        sorted(
            f"{app}.{name}"
            for app, name in loader.applied_migrations
            if (app, name) not in known and (app not in _NOT_ALWAYS_INSTALLED or app in loader.migrated_apps)
        )
    )


def pending_migrations() -> tuple[str, ...]:
    """Return what this version would still do to the database: an earlier version made it.

    Raises:
        DatabaseError: the file is no database, or cannot be read.
    """
    loader = MigrationLoader(connection)
    return tuple(
        sorted(
            f"{app}.{name}"
            for app, name in loader.graph.nodes
            if (app, name) not in loader.applied_migrations
        )
    )


def made_by_a_newer_version(unknown: tuple[str, ...]) -> str:
    """Say that a database was made by a newer version."""
    return f"it was made by a newer version of Thecal ({', '.join(unknown)} unknown here); use that version"
