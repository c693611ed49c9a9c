"""What enters at one place, exactly: the moments at which its rate jumps or an amount is given at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from thecal.body.bounds import Floats


_SHORT_H = 1e-5
"""Infusions no longer than this, 36 ms, are amounts given at once at a few points of their duration."""
_SHORT_SHARE = 1e-8
"""The same, as a share of the time to the last sample: a rate so short loses its digits against it."""
_POINTS = 4
"""Points of Gauss quadrature in each piece: exact to the seventh power of its length."""


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
    def stepwise(cls, edges_h: Floats, rate_ug_h: Floats, moments_h: Floats | None = None) -> Self:
        """Return a rate that is constant between edges and nothing outside them.

        Args:
            edges_h: increasing; shape ``(n + 1,)``.
            rate_ug_h: in each interval; shape ``(n,)``.
            moments_h: the samples, so that what is short against their times keeps its digits.
        """
        widths = np.diff(edges_h)
        short = widths <= _short_h(moments_h)
        if not short.any():
            return cls._jumping(edges_h, rate_ug_h)
        # A short interval runs on at the rate before it; what it gives beyond that is given in amounts.
        last_long = np.maximum.accumulate(np.where(short, -1, np.arange(len(short))))
        running = np.where(last_long >= 0, rate_ug_h[last_long], 0.0)
        beyond = ((rate_ug_h - running) * widths)[short]
        spans = zip(edges_h[:-1][short], edges_h[1:][short], beyond, strict=True)
        amounts = [cls._in_amounts(start, end, ug, moments_h) for start, end, ug in spans if ug]
        return cls.merged([cls._jumping(edges_h, running), *amounts])

    @classmethod
    def infused(cls, start_h: float, end_h: float, amount_ug: float, moments_h: Floats | None = None) -> Self:
        """Return an amount given evenly from one time to another; at once where they are the same.

        Args:
            start_h: when it begins.
            end_h: when it ends.
            amount_ug: all of it.
            moments_h: the samples: each sees exactly what was given before it.
        """
        if not end_h > start_h:
            return cls(np.array([start_h]), np.zeros(1), np.array([amount_ug]))
        if end_h - start_h <= _short_h(moments_h):
            return cls._in_amounts(start_h, end_h, amount_ug, moments_h)
        return cls._jumping(np.array([start_h, end_h]), np.array([amount_ug / (end_h - start_h)]))

    @classmethod
    def _jumping(cls, edges_h: Floats, rate_ug_h: Floats) -> Self:
        """Return a stepwise rate as its jumps."""
        jumps = np.diff(rate_ug_h, prepend=0.0, append=0.0)
        real = jumps != 0
        return cls(edges_h[real], jumps[real], np.zeros(int(real.sum())))

    @classmethod
    def _in_amounts(cls, start_h: float, end_h: float, amount_ug: float, moments_h: Floats | None) -> Self:
        """Return a short infusion as amounts given at once, divided at the samples that lie within it."""
        moments = np.empty(0) if moments_h is None else moments_h
        within = moments[(moments > start_h) & (moments < end_h)]
        points, weights = _gauss()
        at_h, shares = [], []
        for first, last in pairwise([start_h, *within, end_h]):
            # Never at the very beginning, where a sample sees nothing yet, however short the piece.
            at_h.append(np.clip(first + points * (last - first), np.nextafter(first, np.inf), last))
            shares.append(weights * ((last - first) / (end_h - start_h)))
        fractions = np.concatenate(shares)
        return cls(np.concatenate(at_h), np.zeros(len(fractions)), amount_ug * fractions)

    @classmethod
    def merged(cls, drives: list[Self]) -> Self:
        """Return several drives of one place as one."""
        at_h = np.concatenate([one.at_h for one in drives])
        order = np.argsort(at_h)
        jumps = np.concatenate([one.jumps_ug_h for one in drives])[order]
        return cls(at_h[order], jumps, np.concatenate([one.amounts_ug for one in drives])[order])

    def moved_to_samples(self, samples_h: Floats, near_h: float) -> Self:
        """Return it with what comes less than ``near_h`` before a sample at that sample.

        A jump put off is made good for by an amount, so that no drug is lost.
        """
        sample = np.append(samples_h, np.inf)[np.searchsorted(samples_h, self.at_h)]
        at_h = np.where(sample - self.at_h < near_h, sample, self.at_h)
        return type(self)(at_h, self.jumps_ug_h, self.amounts_ug + self.jumps_ug_h * (at_h - self.at_h))

    def entered_ug(self, from_h: Floats, to_h: Floats) -> Floats:
        """Return what enters after each of some times, up to and including each of others."""
        before, after = (np.maximum(times[:, np.newaxis] - self.at_h, 0.0) for times in (from_h, to_h))
        inside = (self.at_h > from_h[:, np.newaxis]) & (self.at_h <= to_h[:, np.newaxis])
        return np.asarray((after - before) @ self.jumps_ug_h + inside @ self.amounts_ug)

    def between(self, start_h: float, end_h: float) -> Self:
        """Return what enters from one time, at which the rate so far sets in, to before another."""
        past, inside = self.at_h <= start_h, (self.at_h > start_h) & (self.at_h < end_h)
        at_start = float(self.amounts_ug[self.at_h == start_h].sum())
        return type(self)(
            np.append(start_h, self.at_h[inside]),
            np.append(self.jumps_ug_h[past].sum(), self.jumps_ug_h[inside]),
            np.append(at_start, self.amounts_ug[inside]),
        )


def _short_h(moments_h: Floats | None) -> float:
    """Return the longest infusion that is to be given in amounts."""
    last_h = float(moments_h[-1]) if moments_h is not None and len(moments_h) else 0.0
    return max(_SHORT_H, _SHORT_SHARE * last_h)


@lru_cache(maxsize=1)
def _gauss() -> tuple[Floats, Floats]:
    """Return the points of Gauss's quadrature between 0 and 1, and their weights."""
    points, weights = np.polynomial.legendre.leggauss(_POINTS)
    return (np.asarray(points) + 1) / 2, np.asarray(weights) / 2
