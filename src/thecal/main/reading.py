"""The database opened where nothing may be written: a backup on a read-only medium, or another user's."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

_BESIDE = ("-wal", "-journal")
_READ_ONLY = {"init_command": "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;"}


class ChangedWhileReadError(Exception):
    """The database was written to while it was read without a lock."""


@contextmanager
def opened_where_it_lies(database: Path) -> Iterator[None]:
    """Connect Django to the database, and write nothing where nothing can be written.

    In a directory that can be written to, SQLite works as ever. Elsewhere it cannot share a lock, so the file
    is read as one that does not change, and that is checked at the end. Where the latest entries still lie in
    a file beside it, both are copied to a temporary folder and read there.

    Raises:
        OSError: a file cannot be read or copied.
        ChangedWhileReadError: the file changed while it was read.
    """
    if os.access(database.parent, os.W_OK | os.X_OK) and os.access(database, os.W_OK):
        yield
        return
    before = _stamps(database)
    if len(before) == 1:
        with _connected(f"file:{quote(str(database))}?mode=ro&immutable=1", _READ_ONLY):
            yield
    else:
        with tempfile.TemporaryDirectory(prefix="thecal-") as folder:
            for name in before:
                shutil.copyfile(database.with_name(name), Path(folder) / name)
            if _stamps(database) != before:
                raise ChangedWhileReadError
            with _connected(str(Path(folder) / database.name), _READ_ONLY):
                yield
    if _stamps(database) != before:
        raise ChangedWhileReadError


def _stamps(database: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of the database and of what lies beside it with something in it.

    Raises:
        OSError: the database is not there, or cannot be read.
    """
    with database.open("rb"):
        pass
    stamps = {}
    for path in (database, *(database.with_name(database.name + end) for end in _BESIDE)):
        try:
            found = path.stat()
        except FileNotFoundError:
            if path == database:
                raise
            continue
        if found.st_size or path == database:
            stamps[path.name] = (found.st_size, found.st_mtime_ns)
    return stamps


@contextmanager
def _connected(name: str, options: dict[str, str]) -> Iterator[None]:
    configured = {key: connection.settings_dict[key] for key in ("NAME", "OPTIONS")}
    connection.close()
    connection.settings_dict.update({"NAME": name, "OPTIONS": options})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(configured)
