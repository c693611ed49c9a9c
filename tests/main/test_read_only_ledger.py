"""``verify-ledger`` where nothing may be written: a backup on a read-only medium, or another user's files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from builders.clinic import ACTOR
from database import data_dir, empty_database
from thecal.clinic.demonstration import services

__all__ = ["data_dir", "empty_database"]

# Root without the right to pass over permissions obeys them, as an ordinary user does.
ORDINARY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


@pytest.fixture
def backup(data_dir: Path) -> Iterator[Path]:
    """Return a copy of a data directory that an ordinary user may read and not write."""
    services.open_bench(pin="2468", actor=ACTOR, now=timezone.now())
    connection.close()
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    folder = home / "backup"
    folder.mkdir()
    for name in ("thecal.sqlite3", "ledger.seal"):
        shutil.copyfile(data_dir / name, folder / name)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(home)


def with_latest_entries_beside(folder: Path) -> None:
    """Leave a -wal and a -shm beside the database, as a copy of a running one has."""
    database = folder / "thecal.sqlite3"
    raw = sqlite3.connect(database)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA user_version=7")
    raw.commit()
    kept = {end: (folder / f"thecal.sqlite3{end}").read_bytes() for end in ("-wal", "-shm")}
    whole = database.read_bytes()
    raw.close()
    database.write_bytes(whole)
    for end, content in kept.items():
        (folder / f"thecal.sqlite3{end}").write_bytes(content)
    assert kept["-wal"]


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Verify as an ordinary user who may read the folder and nothing more."""
    for path in folder.iterdir():
        path.chmod(path.stat().st_mode & 0o444)
    folder.chmod(0o555)
    names = sorted(path.name for path in folder.iterdir())
    ended = subprocess.run(
        [*ORDINARY, sys.executable, "-B", "-m", "thecal", "verify-ledger"],
        env={**os.environ, "THECAL_DATA_DIR": str(folder)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert sorted(path.name for path in folder.iterdir()) == names
    assert "Traceback" not in ended.stderr
    return ended


def test_a_whole_record_is_verified_where_nothing_may_be_written(backup: Path) -> None:
    for path in backup.iterdir():
        path.chmod(0o644)

    ended = verify(backup)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("3 entries, none altered")


@pytest.mark.parametrize("left", [("-wal", "-shm"), ("-wal",), ("-shm",)])
def test_leftovers_of_a_running_database_stop_nothing(backup: Path, left: tuple[str, ...]) -> None:
    with_latest_entries_beside(backup)
    for end in {"-wal", "-shm"} - set(left):
        (backup / f"thecal.sqlite3{end}").unlink()
    for path in backup.iterdir():
        path.chmod(0o644)

    ended = verify(backup)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("3 entries, none altered")


def test_an_entry_altered_in_a_backup_is_found(backup: Path) -> None:
    raw = sqlite3.connect(backup / "thecal.sqlite3", isolation_level=None)
    raw.execute("DROP TRIGGER ledger_refuses_update")
    raw.execute("UPDATE ledger_entryrecord SET actor = 'nobody' WHERE number = 2")
    raw.close()
    for path in backup.iterdir():
        path.chmod(0o644)

    ended = verify(backup)

    assert ended.returncode == 1
    assert "broken: entry 2" in ended.stderr


@pytest.mark.parametrize("name", ["thecal.sqlite3", "ledger.seal", "thecal.sqlite3-wal"])
def test_a_file_that_may_not_be_read_is_never_called_broken(backup: Path, name: str) -> None:
    with_latest_entries_beside(backup)
    for path in backup.iterdir():
        path.chmod(0o644)
    (backup / name).chmod(0)

    ended = verify(backup)

    assert ended.returncode == 1
    assert "cannot be read" in ended.stderr
    assert name in ended.stderr
    assert "broken" not in ended.stderr


def test_a_seal_that_is_a_directory_is_never_called_broken(backup: Path) -> None:
    (backup / "ledger.seal").unlink()
    (backup / "ledger.seal").mkdir()
    for path in backup.iterdir():
        path.chmod(0o755)

    ended = verify(backup)

    assert ended.returncode == 1
    assert "ledger.seal cannot be read" in ended.stderr
    assert "broken" not in ended.stderr
