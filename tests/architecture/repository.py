"""The repository as the architecture tests see it: its files, read once."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "thecal"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

#: The rooms in the order of docs/house.md, the highest last.
ROOMS = (
    "quantities",
    "journal",
    "therapy",
    "dosing",
    "telemetry",
    "body",
    "programmer",
    "pump",
    "lab",
    "clinic",
    "web",
    "main",
)
PURE = ("quantities", "journal", "therapy", "dosing", "telemetry", "body", "pump", "lab")


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is committed or would be: tracked ones, and new ones that are not ignored."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def vendored(path: Path) -> bool:
    """Say whether ``path`` is somebody else's work that we carry."""
    return "vendor" in path.relative_to(ROOT).parts


def ours(*suffixes: str, under: str = ".") -> list[Path]:
    """Return our own files with one of ``suffixes`` below ``under``."""
    home = (ROOT / under).resolve()
    return [
        path
        for path in files()
        if path.suffix in suffixes and path.is_relative_to(home) and not vendored(path)
    ]


def name_of(path: Path) -> str:
    """Return the path as a reader of a finding wants it."""
    return path.relative_to(ROOT).as_posix()


def standing_rooms() -> list[str]:
    """Return the rooms that are built, lowest first."""
    return [room for room in ROOMS if (SOURCE / room / "__init__.py").is_file()]
