"""B9: how time grows with cells and days, and that the error does not."""

from __future__ import annotations

from collections.abc import Iterator

from calibration import PEER, calibrate, typical
from ours import cohort, room
from reference import Problem, error
from row import Row, ms
from timing import each

from thecal.body.engine import respond


def per_patient(cells: int, days: int, patients: int) -> float:
    problem = Problem.of(patients, cells, days)
    out = room(problem)
    return min(each(lambda: cohort(problem, tolerance=1e-8, out=out), 4)) / patients


def run() -> Iterator[Row]:
    month, fine = per_patient(60, 30, 1024), per_patient(240, 30, 1024)
    yield Row(
        id="B9", claim="time at 240 cells over 60 cells", cells=240, ratio=fine / month, target="<= 4", ours=ms(fine),
        theirs=ms(month), our_error=None, peer_error=None, peer="ourselves",
    )  # fmt: skip
    # The same cohort for both: what is reckoned once for all of it weighs less, the more there are.
    year, short = per_patient(60, 365, 256), per_patient(60, 30, 256)
    yield Row(
        id="B9d", claim="time a sample: a year over a month", cells=60, ratio=(year / 365) / (short / 30),
        target="<= 1", ours=ms(year / 8760), theirs=ms(short / 720), our_error=None, peer_error=None,
        peer="ourselves", note="256 patients in both",
    )  # fmt: skip
    for cells in (15, 30, 60, 120, 240, 480):
        problem, exact = typical(cells)
        found = respond(
            problem.ensemble.network, problem.routes, problem.taps, problem.samples_h, tolerance=1e-9
        )
        worst = error(found[:, 0], exact)
        took = per_patient(cells, 30, 1024 if cells < 480 else 512)
        solved, their_error = calibrate(cells)
        yield Row(
            id="B9e", claim="error at this many cells", cells=cells, ratio=worst, target="<= 1e-9", ours=ms(took),
            theirs=ms(solved.seconds), our_error=worst, peer_error=their_error, peer=PEER,
            note=f"{solved.seconds / took:,.0f} times C/CVODE at rtol 1e-6, ours at 1e-8",
        )  # fmt: skip
