"""A researcher's plain install carries NumPy and nothing else, and the models run there."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from architecture.repository import ROOT, files, standing_rooms

PLAIN = ("quantities", "journal", "therapy", "dosing", "telemetry", "body", "programmer", "pump", "lab")
ABSENT = (
    "django",
    "ninja",
    "uvicorn",
    "cryptography",
    "typer",
    "rich",
    "matplotlib",
    "pyarrow",
    "scipy",
    "hypothesis",
)
# The screening bolus softens the legs of a typical patient within four hours.
MODEL = """
from thecal.body import TONE_LEGS, Bolus, Ensemble, load_parameters, simulate

ensemble = Ensemble.drawn(load_parameters(), count=5, seed=1)
response = simulate(ensemble, sample_times_h=[0.0, 4.0], boluses=[Bolus(at_h=0.0, mass_ug=50.0)])
print(*response.typical(TONE_LEGS))
"""
BIN = Path(sys.executable).parent


def run(*command: str | Path, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command as a stranger would: from elsewhere, with no help from this environment."""
    return subprocess.run(
        [str(part) for part in command], cwd=where, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new virtual environment that holds the wheel and what the wheel asks for."""
    folder = tmp_path_factory.mktemp("bare")
    made = run(sys.executable, "-m", "venv", "--without-pip", folder)
    assert made.returncode == 0, made.stderr
    uv = (BIN / "uv", "pip", "install", "--quiet", "--python", folder / "bin" / "python")
    put = run(*uv, "--constraint", "requirements.lock", wheel)
    assert put.returncode == 0, put.stderr
    return folder


def test_the_wheel_carries_every_file_of_the_package(wheel: Path) -> None:
    home = ROOT / "src"
    wanted = {path.relative_to(home).as_posix() for path in files() if path.is_relative_to(home / "thecal")}

    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


def test_a_plain_install_is_numpy_and_thecal(bare: Path) -> None:
    listed = run(BIN / "uv", "pip", "freeze", "--python", bare / "bin" / "python").stdout

    assert {line.partition("==")[0].partition(" @")[0] for line in listed.split("\n") if line} == {
        "numpy",
        "thecal",
    }


@pytest.mark.parametrize("room", [room for room in standing_rooms() if room in PLAIN])
def test_a_room_can_be_entered_in_a_plain_install(bare: Path, room: str) -> None:
    entered = run(bare / "bin" / "python", "-W", "error", "-c", f"import thecal.{room}", where=bare)

    assert entered.returncode == 0, entered.stderr


def test_the_model_runs_in_a_plain_install(bare: Path) -> None:
    ran = run(bare / "bin" / "python", "-W", "error", "-c", MODEL, where=bare)

    assert ran.returncode == 0, ran.stderr
    before, after = map(float, ran.stdout.split())
    assert after < before


def test_the_command_says_which_extra_brings_it(bare: Path) -> None:
    asked = run(bare / "bin" / "thecal", "simulate", "--list", where=bare)

    assert asked.returncode == 2
    assert "pip install 'thecal[lab]'" in asked.stderr


def test_no_framework_came_along(bare: Path) -> None:
    program = f"import importlib.util as u; print(*[name for name in {ABSENT!r} if u.find_spec(name)])"

    assert run(bare / "bin" / "python", "-c", program, where=bare).stdout.split() == []
