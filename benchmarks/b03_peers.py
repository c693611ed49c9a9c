"""B3: the same problem by what pip and Debian install; each peer in its own file under ``peers/``.

A peer runs in its own process, in ``benchmarks/.venv`` (see ``peers/requirements.txt``), and reports its best
processor time over its repeats and its outputs. One that cannot be started is reported as not available.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from calibration import calibrate, typical
from ours import cohort, room
from reference import Problem, System, error
from row import Row, ms
from timing import each

HERE = Path(__file__).parent
PEERS = (
    "desolve.R",
    "scipy_lsoda.py",
    "scipy_radau.py",
    "sundae.py",
    "numbalsoda_lsoda.py",
    "roadrunner_cvode.py",
    "basico_lsoda.py",
    "myokit_cvodes.py",
)
TARGET = ">= 2000"
SECONDS = 420


def write_problem(folder: Path) -> None:
    """Write the system and the schedule as plain text and as arrays, for peers in any language."""
    problem, _ = typical(60)
    system, drive = System.of(problem), problem.drive
    blocks = {
        "matrix": system.matrix,
        "source": system.source,
        "readout": system.readout,
        "events": drive.at_h,
        "rates": np.cumsum(drive.jumps_ug_h),
        "samples": problem.samples_h,
    }
    np.savez(folder / "problem.npz", **blocks)
    for name, block in blocks.items():
        np.savetxt(folder / f"{name}.txt", np.atleast_2d(block), fmt="%.17g")


def ask(peer: str, folder: Path) -> dict[str, object]:
    """Run one peer; the reason under ``missing`` where it does not run."""
    interpreter = ["Rscript"] if peer.endswith(".R") else [str(HERE / ".venv/bin/python"), "-W", "ignore"]
    try:
        ran = subprocess.run(
            [*interpreter, str(HERE / "peers" / peer), str(folder)],
            check=False, capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
    except FileNotFoundError:
        way_out = (
            "apt-get install r-cran-desolve" if peer.endswith(".R") else "make bench makes benchmarks/.venv"
        )
        return {"missing": f"{interpreter[0]} is not here: {way_out}"}
    except subprocess.TimeoutExpired:
        return {"missing": f"stopped after {SECONDS} s"}
    if ran.returncode:
        return {"missing": ran.stderr.strip().split("\n")[-1][:120]}
    answer: dict[str, object] = json.loads(ran.stdout.strip().split("\n")[-1])
    return answer


def run() -> Iterator[Row]:
    _, exact = typical(60)
    patients = 2048
    problem = Problem.of(patients, 60)
    out = room(problem, np.float32)
    took = min(each(lambda: cohort(problem, tolerance=1e-5, dtype=np.float32, out=out), 5)) / patients
    our_error = error(cohort(Problem.of(8, 60), tolerance=1e-5, dtype=np.float32)[:7, 0], exact)
    solved, _ = calibrate(60)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_problem(folder)
        for peer in PEERS:
            answer = ask(peer, folder)
            if "missing" in answer:
                yield Row(
                    id="B3", claim=f"{peer.partition('.')[0]}", cells=60, ratio=None, target="", ours=ms(took),
                    theirs="not available", our_error=our_error, peer_error=None, peer=peer.partition(".")[0],
                    note=str(answer["missing"]),
                )  # fmt: skip
                continue
            seconds = float(str(answer["seconds"]))
            outputs = np.loadtxt(folder / "out.txt")
            yield Row(
                id="B3", claim=str(answer["what"]), cells=60, ratio=seconds / took, target=TARGET, ours=ms(took),
                theirs=ms(seconds), our_error=our_error, peer_error=error(outputs, exact), peer=str(answer["peer"]),
                note=f"{seconds / solved.seconds:.2f} of a C/CVODE solve",
            )  # fmt: skip
