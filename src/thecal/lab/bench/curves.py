"""The patient's curves for the weeks around now: as known, as programmed, and as proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from thecal.body import (
    LABEL,
    PLASMA,
    PUMP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    csf_at,
    hours_since,
    inflow_from_delivery,
)
from thecal.lab.bench.forward import as_programmed, as_proposed
from thecal.lab.cohort import respond
from thecal.quantities import HOUR

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.body import Implant, Response
    from thecal.lab.bench.known import Known
    from thecal.lab.patient import VirtualPatient
    from thecal.therapy import Delivery, Program

PATIENTS = 64
SEED = 1989
_STEP = HOUR
_SITES = ("lumbar", "thoracic", "cervical")
_MOST_SAMPLES = 24 * 366

_SERIES = (
    ("pump_rate", PUMP_RATE, "pump rate", "mcg/h", "pump rate"),
    *((f"csf_{site}", csf_at(site), f"spinal fluid, {site}", "ng/mL", "csf") for site in _SITES),
    ("plasma", PLASMA, "plasma", "ng/mL", "plasma"),
    ("tone_legs", TONE_LEGS, "tone, legs", "Ashworth 1-5", "tone"),
    ("tone_arms", TONE_ARMS, "tone, arms", "Ashworth 1-5", "tone"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a figure, with its band where there is one.

    Attributes:
        key: its name for a program.
        label: its name for a person.
        unit: of its values.
        group: series of one group share a figure: ``pump rate``, ``csf``, ``plasma``, ``tone``.
        low, mid, high: 5, 50 and 95 % of the drawn patients; no band for what the pump does.
    """

    key: str
    label: str
    unit: str
    group: str
    low: tuple[float, ...] | None
    mid: tuple[float, ...]
    high: tuple[float, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What is estimated for a stretch of time.

    Attributes:
        times: every hour, and every moment at which a pump rate changes; UTC, increasing. A pump rate holds
            from its time up to the next.
        now: where the past ends.
        current: as the known program goes on.
        proposed: as it would be if another program began now; the same as ``current`` before.
    """

    times: tuple[datetime, ...]
    now: datetime
    current: tuple[Series, ...]
    proposed: tuple[Series, ...] | None
    label: str = LABEL


def draw_curves(
    known: Known,
    patient: VirtualPatient,
    implant: Implant,
    *,
    now: datetime,
    since: datetime,
    until: datetime,
    proposed: Program | None = None,
) -> Curves:
    """Estimate the patient's curves.

    Args:
        known: what the wand last read.
        patient: whose body.
        implant: catheter and tip.
        now: the present.
        since: first moment wanted; the body before the implant is not shown.
        until: last moment wanted.
        proposed: a program that would begin now, or None.

    Raises:
        ValueError: nothing between ``since`` and ``until``, or more than a year of it.
    """
    born = known.delivery.segments[0].interval.start if known.delivery.segments else known.read_at
    since = max(since, born)
    if not since < until or (until - since) // _STEP > _MOST_SAMPLES:
        raise ValueError(
            f"curves from {since.isoformat()} to {until.isoformat()}; allowed: later, and at most a year"
        )
    beyond = until + _STEP  # so that the last sample still sees a running pump
    stays = as_programmed(known, beyond)
    changes = None if proposed is None else as_proposed(known, stays, proposed, now=now, until=beyond)
    times = sample_times(since, until, now, *(stays, changes) if changes else (stays,))
    hours = [hours_since(born, moment) for moment in times]

    def series(delivery: Delivery) -> tuple[Series, ...]:
        response = respond(
            patient,
            patients=PATIENTS,
            seed=SEED,
            sample_times_h=hours,
            sites=_SITES,
            inflow=inflow_from_delivery(delivery, born),
            implant=implant,
        )
        return tuple(_series(response, row) for row in _SERIES)

    return Curves(
        times=times,
        now=now.astimezone(UTC),
        current=series(stays),
        proposed=None if changes is None else series(changes),
    )


def sample_times(
    since: datetime, until: datetime, now: datetime, *deliveries: Delivery
) -> tuple[datetime, ...]:
    """Return every hour, the present, and every moment at which a delivery changes."""
    moments = {since + number * _STEP for number in range((until - since) // _STEP + 1)} | {until}
    changes = {segment.interval.start for delivery in deliveries for segment in delivery.segments}
    moments |= {moment for moment in {*changes, now} if since <= moment <= until}
    return tuple(sorted(moment.astimezone(UTC) for moment in moments))


def _series(response: Response, row: tuple[str, str, str, str, str]) -> Series:
    key, quantity, label, unit, group = row
    if quantity == PUMP_RATE:
        pump = tuple(response.typical(quantity).tolist())
        return Series(key=key, label=label, unit=unit, group=group, low=None, mid=pump, high=None)
    band = response.band(quantity)
    low, mid, high = (tuple(edge.tolist()) for edge in (band.low, band.median, band.high))
    return Series(key=key, label=label, unit=unit, group=group, low=low, mid=mid, high=high)
