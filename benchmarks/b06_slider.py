"""B6: one patient through the public API, everything anew: parameters, program, catheter, contour, curves, scores."""

from __future__ import annotations

from collections.abc import Iterator

import numba  # noqa: F401 - loaded once, so that the extra does the work
import numpy as np
from calibration import PEER, calibrate, typical
from cvode import solve
from ours import one
from reference import NAMES, Problem, error
from row import Row, ms
from timing import each

from thecal.body import PLASMA, SITES, csf_at

TOLERANCE = 1e-7


def run() -> Iterator[Row]:
    for cells in (60, 240):
        problem, exact = typical(cells)
        solved, their_error = calibrate(cells)
        took = each(lambda p=problem: one(p, TOLERANCE), 200)
        found = one(problem, TOLERANCE).curves
        ours = error(np.stack([found[csf_at(site)][0] for site in SITES] + [found[PLASMA][0]]), exact[:5])
        for name, claim, percent, target in (
            ("B6", "slider: new body and program, median", 50, "<= 0.006"),
            ("B6p", "slider: the slowest in twenty", 95, "<= 0.012"),
        ):
            mine = float(np.percentile(took, percent))
            yield Row(
                id=name, claim=claim, cells=cells, ratio=mine / solved.seconds, target=target, ours=ms(mine),
                theirs=ms(solved.seconds), our_error=ours, peer_error=their_error, peer=PEER,
                note=f"outputs are {', '.join(NAMES[:5])} and both scores",
            )  # fmt: skip
    year = Problem.of(1, 60, 365)
    solved, _ = calibrate(60)
    mine = float(np.median(each(lambda: one(year, TOLERANCE), 20)))
    yearly = solve(year, repeats=1).seconds
    yield Row(
        id="B6y", claim="slider: a year, over a month's solve", cells=60, ratio=mine / solved.seconds, target="<= 0.09",
        ours=ms(mine), theirs=ms(solved.seconds), our_error=None, peer_error=None, peer=PEER,
        note=f"8,760 samples; CVODE's own year takes {ms(yearly)}",
    )  # fmt: skip
