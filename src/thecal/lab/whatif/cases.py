"""One case beside another: the same drawn patients under two forms of the therapy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.body import (
    CISTERNA,
    CORD_LEGS,
    LABEL,
    PLASMA,
    READOUTS,
    SEDATION,
    TIP_RATE,
    TONE_ARMS,
    TONE_LEGS,
    VERTEBRAE,
    WITHDRAWAL,
    csf_at,
    hours_since,
    inflow_from_delivery,
)
from thecal.lab.cohort import Dosing, respond
from thecal.lab.forecast import PATIENTS, SEED, Series, ValueRange, measured, places_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from thecal.body import CatheterFault, Implant, Response
    from thecal.lab.forecast import Subject
    from thecal.lab.patient import VirtualPatient
    from thecal.therapy import Delivery

LEVELS = (CISTERNA, *reversed(tuple(VERTEBRAE)))
"""From the head down, as people stand."""

_SITES = ("lumbar",)
_QUANTITIES = {
    "tip": (TIP_RATE, "dose at the catheter tip", "mcg/h", "rate"),
    "lumbar": (csf_at("lumbar"), "spinal fluid, lumbar", "ng/mL", "fluid"),
    "cord_legs": (CORD_LEGS, "cord that serves the legs", "ng/mL", "fluid"),
    "plasma": (PLASMA, "plasma", "ng/mL", "fluid"),
    "tone_legs": (TONE_LEGS, "tone, legs", "Ashworth 1-5", "tone"),
    "tone_arms": (TONE_ARMS, "tone, arms", "Ashworth 1-5", "tone"),
    "sedation": (SEDATION, "sedation signal", "0 to 1", "signal"),
    "withdrawal": (WITHDRAWAL, "withdrawal signal", "0 to 1", "signal"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Spinal fluid along the canal over time, ng/mL; ``[level][time]`` throughout.

    Attributes:
        levels: from the head down.
        tip: the level where the tip lies; none where it lies outside.
        low, middle, high: 5, 50 and 95 % of the drawn patients.
    """

    levels: tuple[str, ...]
    tip: str
    low: tuple[tuple[float, ...], ...]
    middle: tuple[tuple[float, ...], ...]
    high: tuple[tuple[float, ...], ...]

    def between(self, row: int, times: Sequence[datetime], start: datetime, end: datetime) -> ValueRange:
        """Return what a level ranges over from ``start`` to ``end``."""
        found = places_between(times, start, end)
        return ValueRange(
            lowest=min(self.middle[row][found]),
            highest=max(self.middle[row][found]),
            low=min(self.low[row][found]),
            high=max(self.high[row][found]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is estimated for one form of the therapy.

    Attributes:
        key: its name for a program.
        label: its name for a person.
        series: its curves; bands are 5 to 95 % of the drawn patients.
        measured: some of them once more, with the measurement error in the band; empty where not requested.
        map: spinal fluid by level; None where not requested.
    """

    key: str
    label: str
    series: tuple[Series, ...]
    measured: tuple[Series, ...] = ()
    map: Map | None = None

    def one(self, key: str) -> Series:
        """Return one curve by its key."""
        return next(series for series in self.series if series.key == key)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Cases side by side, over the same times.

    Attributes:
        times: UTC, increasing.
        now: the present; what differs between the cases differs from then on.
        cases: one, or the therapy as it is and a change of it.
    """

    times: tuple[datetime, ...]
    now: datetime
    cases: tuple[Case, ...]
    label: str = LABEL


def from_pump(
    subject: Subject,
    delivery: Delivery,
    *,
    implant: Implant | None = None,
    faults: Sequence[CatheterFault] = (),
) -> Dosing:
    """Return the dosing of a pump's delivery through the subject's catheter, or through another."""
    inflow = inflow_from_delivery(delivery, subject.record_start)
    return Dosing(inflow=inflow, implant=implant or subject.implant, faults=faults)


def estimate(
    subject: Subject,
    times: Sequence[datetime],
    *,
    key: str,
    label: str,
    wanted: Sequence[str],
    dosing: Dosing,
    patient: VirtualPatient | None = None,
    measure: Sequence[str] = (),
    with_map: bool = False,
) -> Case:
    """Run the patients through one case.

    Args:
        subject: whose body.
        times: of the curves.
        key: the case's name for a program.
        label: its name for a person.
        wanted: curves, by the keys of this module.
        dosing: how the patients get the drug; times in hours since the subject's record began.
        patient: the subject with something else known.
        measure: curves to report with the error of a measurement too.
        with_map: whether to estimate every level too.
    """
    response = respond(
        patient or subject.patient,
        dosing,
        patients=PATIENTS,
        seed=SEED,
        sample_times_h=[hours_since(subject.record_start, moment) for moment in times],
        sites=(*_SITES, *(LEVELS if with_map else ())),
        also=[name for one in wanted if (name := _QUANTITIES[one][0]) in READOUTS],
    )
    return Case(
        key=key,
        label=label,
        series=tuple(_series(response, one) for one in wanted),
        measured=tuple(_measured(response, one) for one in measure),
        map=_map(response, subject.implant.tip_level) if with_map else None,
    )


def compare(
    subject: Subject,
    times: tuple[datetime, ...],
    deliveries: Iterable[tuple[str, str, Delivery]],
    *,
    wanted: Sequence[str],
    implant: Implant | None = None,
    measure: Sequence[str] = (),
    with_map: bool = False,
) -> WhatIf:
    """Run the patients through deliveries, each with its key and label; the rest is as for ``estimate``."""
    return WhatIf(
        times=times,
        now=subject.now,
        cases=tuple(
            estimate(
                subject,
                times,
                key=key,
                label=label,
                wanted=wanted,
                dosing=from_pump(subject, delivery, implant=implant),
                measure=measure,
                with_map=with_map,
            )
            for key, label, delivery in deliveries
        ),
    )


def _series(response: Response, key: str) -> Series:
    quantity, label, unit, group = _QUANTITIES[key]
    low = high = None
    mid = response.typical(quantity)
    if quantity != TIP_RATE:  # what a pump and its catheter do is alike for all
        band = response.band(quantity)
        low, mid, high = tuple(band.low.tolist()), band.median, tuple(band.high.tolist())
    return Series(key=key, label=label, unit=unit, group=group, low=low, mid=tuple(mid.tolist()), high=high)


def _measured(response: Response, key: str) -> Series:
    quantity, label, unit, group = _QUANTITIES[key]
    low, mid, high = measured(response.patients(quantity), graded=group == "tone")
    within = response.band(quantity)  # so few patients leave edges unsure; the wider band never is narrower
    return Series(
        key=key,
        label=label,
        unit=unit,
        group=group,
        low=tuple(np.minimum(low, within.low).tolist()),
        mid=tuple(mid.tolist()),
        high=tuple(np.maximum(high, within.high).tolist()),
    )


def _map(response: Response, tip: str) -> Map:
    bands = [response.band(csf_at(level)) for level in LEVELS]
    return Map(
        levels=LEVELS,
        tip=tip,
        low=_rows([band.low for band in bands]),
        middle=_rows([band.median for band in bands]),
        high=_rows([band.high for band in bands]),
    )


def _rows(curves: list[NDArray[np.float64]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in np.stack(curves).tolist())
