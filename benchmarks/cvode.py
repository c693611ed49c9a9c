"""The calibration program: ``cvode.c``, compiled here against Debian's SUNDIALS and run."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from reference import Problem, System

HERE = Path(__file__).parent
LIBRARIES = (
    "-lsundials_cvode",
    "-lsundials_nvecserial",
    "-lsundials_sunmatrixband",
    "-lsundials_sunlinsolband",
    "-lm",
)
BAND = 2


@dataclass(frozen=True, eq=False)
class Solved:
    """One solve: how long it took, in s, and the seven outputs, shape ``(7, T)``."""

    seconds: float
    steps: int
    outputs: np.ndarray


@lru_cache(maxsize=1)
def program() -> Path:
    """Return the compiled program."""
    built = Path(tempfile.mkdtemp(prefix="thecal-bench-")) / "cvode"
    command = ["gcc", "-O3", "-march=native", "-o", str(built), str(HERE / "cvode.c"), *LIBRARIES]
    try:
        subprocess.run(command, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as reason:
        raise SystemExit(
            f"The C/CVODE solve that every ratio is to cannot be built here ({reason}). "
            "On Debian 12: apt-get install gcc libsundials-dev"
        ) from None
    return built


@lru_cache(maxsize=8)
def system_file(problem: Problem, patient: int = 0) -> Path:
    """Write one patient's system and schedule where the program can read them."""
    system, drive = System.of(problem, patient), problem.drive
    path = program().parent / f"system-{problem.cells}-{problem.days}-{patient}.bin"
    sizes = (len(system.matrix), BAND, 7, len(drive.at_h), len(problem.samples_h))
    with path.open("wb") as file:
        np.array(sizes, dtype=np.int64).tofile(file)
        for block in (
            system.matrix,
            system.source,
            system.readout,
            drive.at_h,
            np.cumsum(drive.jumps_ug_h),
            problem.samples_h,
        ):
            np.ascontiguousarray(block, dtype=np.float64).tofile(file)
    return path


def solve(problem: Problem, *, rtol: float = 1e-6, repeats: int = 3, patient: int = 0) -> Solved:
    """Solve one patient; the absolute tolerance is a hundredth of the relative one, for masses about 1 ug."""
    out = program().parent / "out.bin"
    ran = subprocess.run(
        [str(program()), str(system_file(problem, patient)), str(out), str(rtol), str(rtol * ATOL), str(repeats)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, steps = ran.stdout.split()
    return Solved(float(seconds), int(steps), np.fromfile(out).reshape(7, -1))


ATOL = 1e-2
