"""The numbers of ``docs/safety/analyses/alarm-rates.md``, computed from the detectors' own rules.

``PYTHONPATH=src:tests python tests/builders/safety/alarm_rates.py`` prints the tables anew.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from fractions import Fraction
from statistics import NormalDist

from thecal.pump import RATES, REFERENCE, capability, pump_model
from thecal.pump.detectors import UNSTABLE_AT
from thecal.pump.marks import AGREE_WITHIN
from thecal.pump.profile import SELF_TEST_EVERY
from thecal.quantities import DAY, HOUR, MINUTE

MODEL = capability("reference design 20 mL")
BUILT = pump_model(MODEL.model)
QUANTUM = Fraction(MODEL.quantum.mL)
FLOWS = ("0.048", "0.1", "0.4", "1", "24")
"""mL/day."""
ERRORS = ("0.01", "0.05", "0.145", "0.5")
YEARS = 10
FULL_mL = 18
GAINS = NormalDist(1, float(BUILT.number("gain_sd")))


def quantum_lasts(flow: str) -> timedelta:
    """Return how long a quantum takes."""
    return float(QUANTUM / Fraction(flow)) * DAY


def unnoticed(error: str, flow: str) -> timedelta:
    """Return how long at most a drive may err by a share before the two counters differ by too much."""
    quanta = (AGREE_WITHIN + 1) / Fraction(error) + 1
    return float(quanta) * quantum_lasts(flow)


def stall_unnoticed(flow: str) -> timedelta:
    """Return how long at most a drive may stand: until its missed quantum is noticed, or a self-test is."""
    return min(quantum_lasts(flow) + REFERENCE.stall_notice, SELF_TEST_EVERY)


def most_miscounts(flow: str, *, falsely: float = 0.01) -> float:
    """Return how often a counter may miscount, per quantum, for so few pumps to alarm falsely in ten years.

    Miscounts are taken to come alone, at random and all on one side; two of them are an alarm.
    """
    low, high = 0.0, 10.0
    for _ in range(200):
        middle = (low + high) / 2
        alarms = 1 - math.exp(-middle) * sum(middle**n / math.factorial(n) for n in range(AGREE_WITHIN + 1))
        low, high = (middle, high) if alarms < falsely else (low, middle)
    quanta = float(Fraction(flow) / QUANTUM) * 365 * YEARS
    return low / quanta


def dry_before_low(alarm_at: str) -> tuple[float, float]:
    """Return from which gain a full pump is dry before its alarm volume is counted, and how many are such."""
    usable = FULL_mL - float(MODEL.unusable.mL)
    gain = usable / (FULL_mL - float(alarm_at))
    return gain, 1 - GAINS.cdf(gain)


def beyond_tolerance() -> float:
    """Return the share of pumps whose strokes are larger than the declared tolerance, when new."""
    return 1 - GAINS.cdf(1 + float(MODEL.accuracy))


def unstable_falsely(jerks_a_day: float) -> float:
    """Return how often in ten years a jerk, harmless and at random, has two more in the day before it."""
    fewer = sum(jerks_a_day**n / math.factorial(n) for n in range(UNSTABLE_AT - 1))
    return jerks_a_day * (1 - math.exp(-jerks_a_day) * fewer) * 365 * YEARS


def in_words(span: timedelta) -> str:
    """Write a span to three digits."""
    for unit, name, least in ((DAY, "d", 2 * DAY), (HOUR, "h", 2 * HOUR), (MINUTE, "min", 2 * MINUTE)):
        if span >= least:
            return f"{span / unit:.3g} {name}"
    return f"{span.total_seconds():.3g} s"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def missed_table() -> str:
    """Return how long a drive that errs goes unnoticed, for each flow."""
    rows = [
        [f"{float(error):.3g} of each quantum", *(in_words(unnoticed(error, flow)) for flow in FLOWS)]
        for error in ERRORS
    ]
    rows.append(["stalled", *(in_words(stall_unnoticed(flow)) for flow in FLOWS)])
    return table(["error of the drive", *(f"{flow} mL/day" for flow in FLOWS)], rows)


def low_table() -> str:
    """Return how many pumps are dry before their alarm says that they are low."""
    rows = []
    for volume in ("2", "3", "4"):
        gain, share = dry_before_low(volume)
        rows.append([f"{volume} mL", f"{gain:.4g}", f"{share:.2g}"])
    return table(["alarm volume", "from a gain of", "share of pumps"], rows)


def miscount_table() -> str:
    """Return how rarely a counter must miscount."""
    rows = [
        [
            f"{flow} mL/day",
            f"{float(Fraction(flow) / QUANTUM) * 365 * YEARS:.3g}",
            f"{most_miscounts(flow):.2g}",
        ]
        for flow in FLOWS
    ]
    return table(["flow", f"quanta in {YEARS} years", "miscounts per quantum, at most"], rows)


def unstable_table() -> str:
    """Return how often harmless jerks look like an unstable flow."""
    rows = [
        [said, f"{unstable_falsely(rate):.2g}"]
        for said, rate in (("one a year", 1 / 365), ("one a month", 12 / 365), ("one a week", 1 / 7))
    ]
    return table(["jerks of one quantum", f"false warnings in {YEARS} years"], rows)


def published_table() -> str:
    """Return how often each published fault is to be expected, and what alarms about it."""
    rows = [
        [
            cause.value,
            f"{float(rate.a_year):.2g}",
            f"{1 - math.exp(-float(rate.a_year) * YEARS):.2g}",
            rate.sureness,
        ]
        for cause, rate in RATES.items()
    ]
    return table(["fault", "a pump and year", f"pumps struck in {YEARS} years", "sureness"], rows)


TABLES: tuple[Callable[[], str], ...] = (
    missed_table,
    low_table,
    miscount_table,
    unstable_table,
    published_table,
)

if __name__ == "__main__":
    sys.stdout.write("\n\n".join(draw() for draw in TABLES) + "\n")
    sys.stdout.write(f"\nbeyond tolerance {beyond_tolerance():.2g}\n")
