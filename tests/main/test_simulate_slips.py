"""Slips and broken surroundings of ``thecal simulate``: one sentence, a status, and nothing left behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.scenarios import SMALL

NARROW = {"COLUMNS": "400"}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(SMALL.replace("patients = 6", "patients = 2"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 40 KB; needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def thecal(
    *arguments: str | bytes, cwd: Path, most_bytes: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, with files of at most so many bytes."""

    def limit() -> None:
        if most_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return subprocess.run(
        [sys.executable, "-m", "thecal", "simulate", *arguments],
        cwd=cwd,
        env={**os.environ, **NARROW},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


def left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix != ".toml")


def test_a_full_disk_is_said_and_no_half_file_stays(here: Path, full_disk: Path) -> None:
    result = thecal("small.toml", "--out", str(full_disk / "results"), cwd=here)

    assert result.returncode == 1
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr
    assert left(full_disk) == []


def test_a_file_that_cannot_be_finished_leaves_nothing_and_keeps_the_earlier_report(here: Path) -> None:
    out = here / "out"
    assert thecal("small.toml", "--out", str(out), cwd=here).returncode == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    result = thecal("small.toml", "--seed", "9", "--out", str(out), cwd=here, most_bytes=4096)
    elsewhere = thecal("small.toml", "--out", "new/deep", cwd=here, most_bytes=4096)

    assert (result.returncode, elsewhere.returncode) == (1, 1)
    assert "File too large" in result.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert not (here / "new").exists()


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("x" * 300, "File name too long"),
        ("x" * 300 + ".toml", "File name too long"),
        ("folder.toml", "Is a directory"),
        ("absent.toml", "No such file or directory"),
        ("binary.toml", "TOML in UTF-8"),
        ("digits.toml", "file: "),
        ("endless.toml", "larger than 1000000 bytes"),
        ("small.toml/inside.toml", "Not a directory"),
        ("folder", "not shipped"),
    ],
)
def test_what_is_no_scenario_file_is_refused_in_a_sentence(here: Path, argument: str, said: str) -> None:
    (here / "folder.toml").mkdir()
    (here / "folder").mkdir()
    (here / "binary.toml").write_bytes(bytes(range(256)))
    (here / "digits.toml").write_text("format = " + "9" * 5000, encoding="utf-8")
    (here / "endless.toml").symlink_to("/dev/zero")

    result = thecal(argument, cwd=here)

    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert left(here) == ["folder"]


@pytest.mark.parametrize("out", ["small.toml", "small.toml/inside", "x" * 300])
def test_a_folder_for_results_that_cannot_be_is_refused(here: Path, out: str) -> None:
    result = thecal("small.toml", "--out", out, cwd=here)

    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr
    assert left(here) == []


def test_a_folder_in_the_place_of_a_result_is_said_and_no_half_file_stays(here: Path) -> None:
    (here / "out" / "summary.json").mkdir(parents=True)

    result = thecal("small.toml", "--out", "out", cwd=here)

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert not [path for path in left(here) if path.endswith(".part")]


def test_a_name_of_other_bytes_is_run_and_written(here: Path) -> None:
    name = b"gr\xfc\xdfe.toml"
    Path(os.fsdecode(os.path.join(os.fsencode(here), name))).write_text(  # noqa: PTH118 - of bytes
        SMALL.replace("patients = 6", "patients = 2"), encoding="utf-8"
    )

    result = thecal(name, cwd=here)

    assert result.returncode == 0, result.stderr


def test_a_pipe_that_closes_is_no_traceback(here: Path) -> None:
    command = f"{sys.executable} -m thecal simulate small.toml --json | true"

    result = subprocess.run(["bash", "-c", command], cwd=here, capture_output=True, text=True, check=False)

    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


def test_an_option_is_held_to_the_limit_of_the_file(here: Path) -> None:
    text = SMALL.replace('"2 day"\nsample', '"60 day"\nsample').replace('"1 h"', '"1 min"')
    (here / "long.toml").write_text(text, encoding="utf-8")

    result = thecal("long.toml", "--cohort", "2000", cwd=here)

    assert result.returncode == 2
    assert "2000 patients at 86401 sample times are too many for memory" in result.stderr
    assert left(here) == []


def test_text_that_looks_like_markup_is_shown_as_it_is_written(here: Path) -> None:
    title = "[bold]dose[/bold] :smile: $5"
    (here / "marked.toml").write_text(SMALL.replace("A small scenario", title), encoding="utf-8")

    result = thecal("marked.toml", "--cohort", "2", cwd=here)

    assert result.returncode == 0
    assert title in result.stdout


def test_a_lack_of_drug_is_said_on_the_screen(here: Path) -> None:
    text = SMALL.replace('fill = "18 mL"', 'fill = "0.5 mL"\nruns_dry = true')
    (here / "dry.toml").write_text(text, encoding="utf-8")

    result = thecal("dry.toml", cwd=here)

    assert result.returncode == 0
    assert "without drug from 0 to 48 h: the reservoir holds nothing that the pump can use" in result.stderr


def test_an_interruption_leaves_no_half_file(here: Path) -> None:
    """Ctrl+C while the results are written, sent by the writing itself."""
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from thecal.main import whole_files\n"
        "from thecal.main.commands import app\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell had it ignored\n"
        "whole = os.fsync\n"
        "def interrupted(number):\n"
        "    whole(number)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "os.fsync = interrupted\n"
        "sys.argv = ['thecal', 'simulate', 'small.toml']\n"
        "app()\n"
    )

    result = subprocess.run(
        [sys.executable, "-c", program], cwd=here, capture_output=True, text=True, check=False
    )

    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert left(here) == []
