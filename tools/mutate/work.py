"""Run mutmut in a copy of the repository, and read what became of each change."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mutate.groups import Group

# What mutmut calls a change that was noticed: by a test, by a test that never ended, or by the types.
NOTICED = ("killed", "timeout", "caught by type check", "segfault")
_NAME = re.compile(r"(?P<module>.+)\.(?P<function>x\S*)__mutmut_\d+")


@dataclass(frozen=True)
class Change:
    """One change of the code, and what became of it.

    Attributes:
        name: mutmut's name of it.
        file: Where, from the root.
        function: In which function or method.
        fate: ``killed``, ``survived``, ``no tests`` and so on, as mutmut says it.
    """

    name: str
    file: str
    function: str
    fate: str

    @property
    def noticed(self) -> bool:
        """Whether anything noticed."""
        return self.fate in NOTICED


def prepare(root: Path, work: Path, group: Group, *, again: bool) -> None:
    """Copy what git knows of the repository into ``work``, with mutmut's settings for the group.

    Args:
        root: The repository.
        work: The copy; made anew, unless ``again``: then only the tests are.
        group: What is changed.
        again: Keep what is known of the changes, for only the tests were made better.
    """
    if not again:
        shutil.rmtree(work, ignore_errors=True)
    listed = subprocess.run(  # noqa: S603 - what is run stands here
        [shutil.which("git") or "git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in listed:
        for base in (work, work / "mutants") if again and name.startswith("tests/") else (work,):
            if again and not name.startswith("tests/"):
                continue
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, base / name)
    if not again:
        # mutmut writes bare `type: ignore` comments of its own, which our types would refuse everywhere.
        # What is changed has no page, and Django's types are slow to load.
        project = (work / "pyproject.toml").read_text(encoding="utf-8")
        for unwanted in (', "ignore-without-code"', 'plugins = ["mypy_django_plugin.main"]'):
            project = project.replace(unwanted, "")
        (work / "pyproject.toml").write_text(project + _settings(group, work), encoding="utf-8")


def run(work: Path, names: list[str], children: int) -> None:
    """Let mutmut try the changes, every one or only those named.

    Raises:
        subprocess.CalledProcessError: The tests fail before anything is changed.
    """
    log = work / "mutmut.log"
    with log.open("w", encoding="utf-8") as out:
        code = subprocess.run(  # noqa: S603 - what is run stands here
            [sys.executable, "-m", "mutmut", "run", "--max-children", str(children), *names],
            cwd=work,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "CI": "1"},
            check=False,
        ).returncode
    if code or any(change.fate == "not checked" for change in fates(work)):
        tail = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        sys.stderr.write(tail.replace("\r", "\n") + "\n")
        raise subprocess.CalledProcessError(code, "mutmut run", str(log))


def fates(work: Path) -> list[Change]:
    """Return what became of every change."""
    told = _mutmut(work, "results", "--all", "true").splitlines()
    changes = []
    for line in told:
        name, colon, fate = line.strip().rpartition(": ")
        match = _NAME.fullmatch(name)
        if colon and match:
            file = f"src/{match['module'].replace('.', '/')}.py"
            changes.append(Change(name=name, file=file, function=_plain(match["function"]), fate=fate))
    return changes


def shown(work: Path, change: Change) -> tuple[str, str]:
    """Return the lines that the change takes away and puts in their place, without their indent."""
    written = _functions(work / "mutants" / change.file)
    name = change.name.rpartition(".")[2]
    whole = name.rpartition("__")[0] + "__mutmut_orig"
    was, became = written[whole].replace(whole, name, 1), written[name]
    body = [
        line
        for line in unified_diff(was.split("\n"), became.split("\n"), n=0)
        if line[:3] not in ("---", "+++")
    ]
    taken, put = (" ".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in "-+")
    return taken, put


@cache
def _functions(path: Path) -> dict[str, str]:
    """Return each function and method of a file that mutmut wrote, by its name."""
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }


def _plain(function: str) -> str:
    """Return ``Memory.read`` for mutmut's ``xǁMemoryǁread``, and ``check`` for ``x_check``."""
    return function[2:].replace("ǁ", ".") if function[1] in "ǁ_" else function


def _mutmut(work: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - what is run stands here
        [sys.executable, "-m", "mutmut", *arguments], cwd=work, check=True, capture_output=True, text=True
    ).stdout


def _settings(group: Group, work: Path) -> str:
    selected = [*group.tests, *(f"--deselect={one}" for one in group.leave), "-m", "not slow and not browser"]
    quick = ["--hypothesis-profile=mutate", "-p", "no:cacheprovider"]
    types = [
        sys.executable,
        "-m",
        "mypy",
        *group.files,
        "--cache-dir",
        str(work.parent / "types"),
        "--output",
        "json",
        "--disable-error-code",
        "unused-ignore",
    ]
    settings = {
        "source_paths": ["src/"],
        "only_mutate": list(group.files),
        "also_copy": sorted(
            str(path) for path in map(Path, ("docs", "tools", "README.md", "CHANGELOG.md", "LICENSE"))
        ),
        "pytest_add_cli_args": quick,
        "pytest_add_cli_args_test_selection": selected,
        "type_check_command": types,
    }
    told = "\n".join(f"{key} = {json.dumps(value)}" for key, value in settings.items())
    return f"\n[tool.mutmut]\n{told}\nuse_git_change_detection = false\n"
