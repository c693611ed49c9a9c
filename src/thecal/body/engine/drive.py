"""What enters at one place, exactly: the moments at which its rate jumps or an amount is given at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats


@dataclass(frozen=True, eq=False)
class Drive:
    """What enters at one place: jumps of the rate and amounts at once, in the order of their times.

    Args:
        at_h: moments, increasing; shape ``(n,)``.
        jumps_ug_h: change of the rate at each; shape ``(n,)``.
        amounts_ug: given at once at each; shape ``(n,)``.
    """

    at_h: Floats
    jumps_ug_h: Floats
    amounts_ug: Floats

    @classmethod
    def stepwise(cls, edges_h: Floats, rate_ug_h: Floats) -> Self:
        """Return a rate that is constant between edges and nothing outside them."""
        jumps = np.diff(rate_ug_h, prepend=0.0, append=0.0)
        real = jumps != 0
        return cls(edges_h[real], jumps[real], np.zeros(int(real.sum())))

    @classmethod
    def merged(cls, drives: list[Self]) -> Self:
        """Return several drives of one place as one."""
        at_h = np.concatenate([one.at_h for one in drives])
        order = np.argsort(at_h)
        jumps = np.concatenate([one.jumps_ug_h for one in drives])[order]
        return cls(at_h[order], jumps, np.concatenate([one.amounts_ug for one in drives])[order])

    def settled(self, samples_h: Floats, near_h: float) -> Self:
        """Return it with what comes less than ``near_h`` before a sample at that sample.

        A jump put off is made good for by an amount, so that no drug is lost.
        """
        sample = np.append(samples_h, np.inf)[np.searchsorted(samples_h, self.at_h)]
        at_h = np.where(sample - self.at_h < near_h, sample, self.at_h)
        return type(self)(at_h, self.jumps_ug_h, self.amounts_ug + self.jumps_ug_h * (at_h - self.at_h))

    def between(self, start_h: float, end_h: float) -> Self:
        """Return what enters from one time, at which the rate so far sets in, to before another."""
        past, inside = self.at_h <= start_h, (self.at_h > start_h) & (self.at_h < end_h)
        at_start = float(self.amounts_ug[self.at_h == start_h].sum())
        return type(self)(
            np.append(start_h, self.at_h[inside]),
            np.append(self.jumps_ug_h[past].sum(), self.jumps_ug_h[inside]),
            np.append(at_start, self.amounts_ug[inside]),
        )
