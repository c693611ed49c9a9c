"""The drive: it moves whole quanta and counts them; nothing else says what was delivered (ITB-120).

Between two counts it stands somewhere within the quantum it is making. That *phase* is kept exactly, so a
flow held for any time and cut in any way gives the same count. It is a place of the mechanism, not a debt:
a pump that stood still makes nothing up (ITB-158).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from thecal.quantities import MICROSECONDS_PER_DAY, FlowRate, Volume

_PLACES = 12
_MILLIONTHS = 1_000_000


def pace(mL_per_day: Fraction, quantum: Volume) -> Fraction:
    """Return a flow as quanta per microsecond, exactly."""
    return mL_per_day / (Fraction(quantum.mL) * MICROSECONDS_PER_DAY)


def recorded_flow(mL_per_day: Fraction) -> FlowRate:
    """Return a flow as the delivery record holds it: rounded down to 12 decimal places of a mL/day.

    Ten years of the difference are less than a hundred-thousandth of a quantum.
    """
    return FlowRate(mL_per_day=decimal_places(mL_per_day))


def decimal_places(exact: Fraction) -> Decimal:
    """Return an exact, non-negative number with 12 decimal places, rounded down."""
    return Decimal(exact.numerator * 10**_PLACES // exact.denominator).scaleb(-_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A drive that has turned so far.

    Attributes:
        counts: whole quanta moved since the pump was implanted.
        phase: how far it is into the next one, from 0 up to and not including 1.
    """

    counts: int = 0
    phase: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Refuse a drive that has turned backwards, and a phase of a whole quantum."""
        if self.counts < 0 or not 0 <= self.phase < 1:
            raise ValueError(f"a drive counts up from 0 and stands within one quantum, got {self}")

    def run(self, quanta_per_us: Fraction, microseconds: int) -> Drive:
        """Return the drive after turning at a pace for a number of microseconds."""
        turned = self.phase + quanta_per_us * microseconds
        whole = turned.numerator // turned.denominator
        return Drive(counts=self.counts + whole, phase=turned - whole)

    def microseconds_to(self, counts: int, quanta_per_us: Fraction) -> int:
        """Return after how many microseconds, at a pace above 0, the counter shows ``counts``.

        The first whole microsecond at which it does, so that it does not depend on where one looked before.
        """
        left = (counts - self.counts - self.phase) / quanta_per_us
        return -(-left.numerator // left.denominator)


def volume_of(counts: int, quantum: Volume) -> Volume:
    """Return the volume of a number of quanta, exactly."""
    return quantum.scaled(Decimal(counts))


@lru_cache(maxsize=64)
def strokes_of(ripple: Decimal, quanta: int) -> tuple[int, ...]:
    """Return the true volume of each quantum from one roller of a rotor to the next, in millionths.

    Each holds what a flow with a sine of this amplitude gives while it is made, to the millionth; together
    they are exactly the label.

    Args:
        ripple: amplitude, as a share of the flow; a drive never runs backwards, so it stays below 1.
        quanta: from one roller to the next, at least 1.

    Raises:
        ValueError: outside of these.
    """
    if not 0 <= ripple < 1 or quanta < 1:
        raise ValueError(f"a ripple is from 0 to below 1 and has its quanta, got {ripple} over {quanta}")
    if not ripple:
        return (_MILLIONTHS,) * quanta
    swing = float(ripple) * quanta / (2 * math.pi)
    ahead = [round(_MILLIONTHS * swing * (1 - math.cos(2 * math.pi * at / quanta))) for at in range(quanta)]
    passed = [_MILLIONTHS * at + more for at, more in enumerate([*ahead, 0])]
    return tuple(later - earlier for earlier, later in pairwise(passed))


def rippled(counts: int, strokes: tuple[int, ...]) -> int:
    """Return the true volume of so many quanta of a rotor, in millionths; of whole turns exactly theirs."""
    turns, rest = divmod(counts, len(strokes))
    return turns * len(strokes) * _MILLIONTHS + sum(strokes[:rest])
