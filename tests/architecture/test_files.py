"""Files stay small, and each is named for what it holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from architecture.repository import ROOT, files, name_of, ours

LONGEST = 400
FULL = 12
SMALL_FOLDERS = ("src/thecal/body", "src/thecal/lab")
NOT_NAMES = {"util", "utils", "helper", "helpers", "common", "core", "misc"}


def too_long(path: Path) -> bool:
    """Say whether a file has more lines than fit in a head."""
    return path.read_text(encoding="utf-8").count("\n") > LONGEST


def nameless(path: Path) -> bool:
    """Say whether a file or a folder on its way is named for nothing."""
    return not NOT_NAMES.isdisjoint({*path.parts[:-1], path.stem})


def too_full(paths: list[Path]) -> dict[str, int]:
    """Return the folders that directly hold more than ``FULL`` of the files, with the number."""
    sizes = Counter(path.parent.as_posix() for path in paths)
    return {folder: size for folder, size in sizes.items() if size > FULL}


def test_no_file_of_ours_is_too_long() -> None:
    code = ours(".py", ".html", ".css", ".js")
    findings = [name_of(path) for path in code if "migrations" not in path.parts and too_long(path)]

    assert not findings, f"over {LONGEST} lines, split by subject: " + ", ".join(findings)


def test_every_file_is_named_for_what_it_holds() -> None:
    findings = [name_of(path) for path in ours(".py") if nameless(path.relative_to(ROOT))]

    assert not findings, "find the noun it serves: " + ", ".join(findings)


@pytest.mark.parametrize("folder", SMALL_FOLDERS)
def test_no_folder_of_body_or_lab_is_too_full(folder: str) -> None:
    paths = [path.relative_to(ROOT) for path in files() if path.is_relative_to(ROOT / folder)]

    assert paths
    assert not too_full(paths), "split by subject"


def test_a_full_folder_is_found() -> None:
    paths = [Path(f"body/canal/part_{number}.py") for number in range(FULL)]

    assert not too_full([*paths, Path("body/tables.py")])
    assert too_full([*paths, Path("body/canal/notes.toml")]) == {"body/canal": FULL + 1}


def test_a_long_file_is_found(tmp_path: Path) -> None:
    short, long = tmp_path / "short.py", tmp_path / "long.py"
    short.write_text("pass\n" * LONGEST, encoding="utf-8")
    long.write_text("pass\n" * (LONGEST + 1), encoding="utf-8")

    assert not too_long(short)
    assert too_long(long)


@pytest.mark.parametrize(
    "path", ["src/thecal/utils.py", "src/thecal/pump/helpers.py", "src/thecal/core/dose.py"]
)
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert nameless(Path(path))
    assert not nameless(Path("src/thecal/pump/memory.py"))
