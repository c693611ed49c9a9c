"""What `make test` needs and pip cannot install is named at once, in one line to type."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALL = ("git", "python3", "python3-venv", "chromium", "fonts-noto-core")


class System:
    """A machine with a `PATH` and fonts of its own, and a copy of the scripts under test."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.data = folder / "share"
        self.home = folder / "thecal"
        self.installed = folder / "installed"
        self.programs.mkdir()
        shutil.copytree(ROOT / "tools", self.home / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("bash", "dirname", "find"):
            (self.programs / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name}"))
        self.as_user(1000)

    def program(self, name: str, script: str = "exit 0") -> None:
        path = self.programs / name
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def as_user(self, number: int) -> None:
        self.program("id", f"echo {number}")

    def with_apt(self) -> None:
        self.program("apt-get", f'echo "$*" >> "{self.installed}"')

    def with_python(self) -> None:
        self.program("python3", f'exec "{sys.executable}" "$@"')

    def with_fonts(self) -> None:
        font = self.data / "fonts" / "noto" / "NotoSans-Regular.ttf"
        font.parent.mkdir(parents=True)
        font.touch()

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.home / "tools" / "system-packages.sh"],
            env={"PATH": str(self.programs), "XDG_DATA_DIRS": str(self.data)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_an_ordinary_user_reads_all_missing_packages_in_one_line(system: System) -> None:
    system.with_apt()

    ended = system.check()

    assert ended.returncode == 1
    assert f"  apt-get install --no-install-recommends {' '.join(ALL)}\n" in ended.stderr
    assert not system.installed.exists()


def test_only_what_is_missing_is_named(system: System) -> None:
    system.program("git")
    system.with_python()

    ended = system.check()

    assert "recommends chromium fonts-noto-core\n" in ended.stderr


def test_a_python_without_venv_counts_as_missing(system: System) -> None:
    system.program("python3", "exit 1")

    assert "python3-venv" in system.check().stderr


def test_nothing_is_said_and_nothing_installed_when_all_is_here(system: System) -> None:
    system.as_user(0)
    system.with_apt()
    system.with_python()
    system.with_fonts()
    system.program("git")
    system.program("chromium")

    ended = system.check()

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert not system.installed.exists()


def test_root_installs_what_is_missing(system: System) -> None:
    system.as_user(0)
    system.with_apt()
    system.with_python()
    system.with_fonts()

    ended = system.check()

    assert ended.returncode == 0
    assert (
        system.installed.read_text(encoding="utf-8")
        .splitlines()[-1]
        .endswith("install --yes --no-install-recommends git chromium")
    )


def test_root_without_apt_reads_what_is_missing(system: System) -> None:
    system.as_user(0)

    assert system.check().returncode == 1
