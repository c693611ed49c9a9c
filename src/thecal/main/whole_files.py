"""Files that are written whole or not at all, and leave no half behind."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READABLE_BY_ALL = 0o666
"""Less what the user's umask takes away."""


def write_whole(files: Mapping[Path, bytes], *, mode: int = READABLE_BY_ALL) -> None:
    """Write files; each takes its name only when all of them are complete and on the disk.

    Where one cannot be written, what was begun is removed and the files that were there stay as they were.

    Args:
        files: content by path; the folders exist.
        mode: permissions of new files.

    Raises:
        OSError: a file cannot be written.
    """
    drafts: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            draft = path.with_name(f".{path.name}.part")
            drafts[draft] = path
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for draft, path in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts:
            with suppress(OSError):  # the error that led here is the one to be told
                draft.unlink(missing_ok=True)
