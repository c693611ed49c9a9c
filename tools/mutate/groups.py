"""Read which files are changed, which tests are to notice, and why some changes cannot be noticed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LEAST_KILLED = 0.95


@dataclass(frozen=True)
class Group:
    """Files that are changed together, and what is to notice.

    Attributes:
        name: What `make mutate` calls it.
        title: The head of its page.
        page: Where its page stands, from the root.
        files: What is changed, from the root.
        tests: What is run.
        leave: What of it is not: too slow to be run for every change.
        explain: In these files (with ``*``) every survivor needs a reason.
    """

    name: str
    title: str
    page: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    leave: tuple[str, ...]
    explain: tuple[str, ...]

    def must_explain(self, file: str) -> bool:
        """Say whether a survivor in this file needs a reason."""
        return any(fnmatch(file, pattern) for pattern in self.explain)


@dataclass(frozen=True)
class Explained:
    """Why one change cannot be noticed, or need not be.

    Attributes:
        file: From the root.
        function: As mutmut names it: ``check_window``, ``Memory.read``.
        taken: The line that was there, without its indent.
        put: The line in its place.
        why: The reason.
    """

    file: str
    function: str
    taken: str
    put: str
    why: str

    @property
    def change(self) -> tuple[str, str, str, str]:
        """What is changed where."""
        return (self.file, self.function, self.taken, self.put)


def read_groups(folder: Path) -> dict[str, Group]:
    """Return the groups of ``groups.toml``.

    Args:
        folder: Where it stands.

    Raises:
        TypeError: A group has a field that is not known, or lacks one.
    """
    with (folder / "groups.toml").open("rb") as file:
        told = tomllib.load(file)
    groups = {}
    for name, fields in told.items():
        frozen: dict[str, Any] = {  # Any: as TOML has it
            key: tuple(one) if isinstance(one, list) else one for key, one in fields.items()
        }
        groups[name] = Group(name=name, **frozen)
    return groups


def read_explained(folder: Path) -> dict[tuple[str, str, str, str], str]:
    """Return the reasons of ``explained.toml``, by what is changed where.

    Raises:
        TypeError: A reason has a field that is not known, or lacks one.
    """
    with (folder / "explained.toml").open("rb") as file:
        reasons = [Explained(**fields) for fields in tomllib.load(file).get("survivor", [])]
    return {one.change: one.why for one in reasons}
