"""The newest seal, kept in a file outside the database.

A chain does not notice that its tail was cut off; this file does. It only moves forward: where its seal is
not in the database any more, it stays as it is, for it is the evidence.
"""

from __future__ import annotations

import fcntl
import os
import re
from typing import TYPE_CHECKING

import structlog
from django.conf import settings

from thecal.clinic.ledger.errors import LedgerUnreadableError
from thecal.clinic.ledger.models import EntryRecord

if TYPE_CHECKING:
    from pathlib import Path

log = structlog.get_logger(__name__)


class SealFileError(ValueError):
    """The published seal is missing or is not a number and a seal."""


def seal_file() -> Path:
    """Return where the newest seal is published."""
    folder: Path = settings.DATA_DIR
    return folder / "ledger.seal"


def read_published() -> tuple[int, str] | None:
    """Return number and seal of the newest published entry; None if nothing was ever published.

    Raises:
        SealFileError: the file holds something else.
        LedgerUnreadableError: the file cannot be read.
    """
    try:
        text = seal_file().read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerUnreadableError(f"the seal {seal_file()} cannot be read: {error.strerror}") from error
    found = re.fullmatch(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})\n", text)
    if found is None:
        raise SealFileError(f"{seal_file()} does not hold a number and a seal")
    return int(found[1]), found[2]


def publish() -> None:
    """Write the ledger's newest seal to its file, whole or not at all, and on the disk before returning."""
    newest = EntryRecord.objects.order_by("-number").first()
    if newest is None:
        return
    path = seal_file()
    with (path.parent / "ledger.seal.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _moves_forward(newest.number):
            return
        draft = path.with_suffix(".draft")
        try:
            with draft.open("w", encoding="ascii") as file:
                file.write(f"{newest.number} {newest.seal}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)  # a disk that is full: leave nothing half-written
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def matches_database() -> bool:
    """Say whether the published entry is in the database with the published seal."""
    try:
        last_published = read_published()
    except (SealFileError, LedgerUnreadableError):
        return False
    if last_published is None:
        return not EntryRecord.objects.exists()
    return EntryRecord.objects.filter(number=last_published[0], seal=last_published[1]).exists()


def _moves_forward(number: int) -> bool:
    try:
        last_published = read_published()
    except SealFileError:
        log.exception("published seal cannot be read")
        return False
    if last_published is None:
        return True
    if not matches_database():
        log.error("published seal is not in the ledger", published=last_published[0], newest=number)
        return False
    return last_published[0] < number
