"""Processor time, the fastest of some repeats.

Wall time on a machine that does other things favours whatever is short enough to run undisturbed: here that would be
us. So both sides are timed by the processor time of their one thread.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def each(work: Callable[[], object], repeats: int) -> list[float]:
    """Return the processor time of each run, s, after one that is not counted."""
    work()
    took = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    return took


def fastest(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the least processor time of some runs, s."""
    return min(each(work, repeats))
