"""B10: a million patient-months, hourly inside, daily mean scores written to Parquet, on two cores.

The unit of work is a pure function of a block's number, so that neither the order nor the number of processes
changes a patient. ``THECAL_BENCH_PATIENTS`` asks for fewer.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from calibration import PEER, calibrate, typical
from reference import Problem, error
from row import Row, ms

from thecal.body import draw_patients, load_parameters
from thecal.body.engine import respond

PATIENTS = int(os.environ.get("THECAL_BENCH_PATIENTS", "1000000"))
PIECE = 5_000
SEED = 7


def months(piece: int, count: int, folder: str) -> float:
    """Simulate patients ``piece * PIECE`` on, write their daily mean scores; return the processor time, s."""
    begun = time.process_time()
    everyone = draw_patients(load_parameters(), count, SEED + piece)
    whole = Problem(everyone)
    found = respond(
        whole.ensemble.network, whole.routes, whole.taps[5:], whole.samples_h,
        tolerance=1e-5, fast=True, dtype=np.float32,
    )  # fmt: skip
    legs, arms = whole.scores(found, found).reshape(2, -1, 30, 24).mean(axis=3)[:, 1:]
    ids = np.repeat(np.arange(count, dtype=np.int32) + piece * PIECE, 30)
    days = np.tile(np.arange(30, dtype=np.int16), count)
    table = pa.table({"patient": ids, "day": days, "tone_legs": legs.ravel(), "tone_arms": arms.ravel()})
    pq.write_table(table, Path(folder) / f"{piece:05}.parquet", compression="zstd")
    return time.process_time() - begun


def run() -> Iterator[Row]:
    problem, exact = typical(60)
    solved, their_error = calibrate(60)
    ours = error(
        respond(
            problem.ensemble.network,
            problem.routes,
            problem.taps,
            problem.samples_h,
            tolerance=1e-5,
            dtype=np.float32,
        )[:, 0],
        exact,
    )
    pieces = [(piece, min(PIECE, PATIENTS - piece * PIECE)) for piece in range(-(-PATIENTS // PIECE))]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        begun = time.perf_counter()
        spent = sum(pool.map(months, *zip(*pieces, strict=True), [folder] * len(pieces)))
        wall = time.perf_counter() - begun
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    scale = 1_000_000 / PATIENTS
    for name, claim, seconds in (
        ("B10", "a million patient-months, processor time of both cores / 2", spent / 2 * scale),
        ("B10w", "the same by the clock on the wall, with whatever else ran", wall * scale),
    ):
        measured = "measured whole" if scale == 1 else f"{PATIENTS} measured and scaled up"
        yield Row(
            id=name, claim=claim, cells=60, ratio=seconds / solved.seconds, target="<= 150", ours=ms(seconds),
            theirs=ms(solved.seconds), our_error=ours, peer_error=their_error, peer=PEER,
            note=f"in C/CVODE solves; {measured}; {size / 1e6 * scale:.0f} MB of Parquet",
        )  # fmt: skip
