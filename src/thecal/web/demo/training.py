"""The training pages: accidents played on two pumps, and the alarms with their tones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from thecal.clinic.demonstration import training
from thecal.quantities import DoseRate, write_duration, write_hourly_rate
from thecal.web.demo.charts.pictures import HIGH, WIDE, pictures_of
from thecal.web.ui.acting import actor_of
from thecal.web.ui.templatetags.written import estimate

if TYPE_CHECKING:
    from datetime import timedelta

    from django.http import HttpRequest, HttpResponse

    from thecal.clinic.demonstration.training import AlarmTable, Comparison, CumulativeDose, Side

SPEEDS = (("60", "slow: 60 s"), ("30", "30 s"), ("10", "fast: 10 s"))
"""How long a whole play takes."""


@require_GET
def accidents(request: HttpRequest) -> HttpResponse:
    """List the accidents, what each pump made of them, and where the two pumps differ."""
    actor = actor_of(request)
    context = {
        "here": "training",
        "comparisons": training.accidents(actor=actor),
        "differences": training.differences_of_pumps(actor=actor),
        "violations": training.violations_of_legacy(actor=actor),
    }
    return render(request, "demo/accidents.html", context)


@require_GET
def accident(request: HttpRequest, name: str) -> HttpResponse:
    """Play one accident on both pumps, side by side."""
    actor = actor_of(request)
    comparison = training.accident(name, actor=actor)
    if comparison is None:
        raise Http404(f"unknown accident: {name}")
    context = {
        "here": "training",
        "comparison": comparison,
        "accident": comparison.accident,
        "sides": (comparison.legacy, comparison.reference),
        "pictures": pictures_of(comparison),
        "ground": {"wide": WIDE, "high": HIGH, "half": HIGH // 2},
        "meant": DoseRate(ug_per_day=comparison.accident.meant_ug_per_day),
        "stretch": comparison.legacy.verdict.stretch,
        "play": player_data(comparison),
        "speeds": SPEEDS,
        "alarms": training.alarms(actor=actor),
        "tones": tones_of(training.alarms(actor=actor)),
    }
    return render(request, "demo/accident.html", context)


@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """Say of every alarm how it sounds, when it comes and what becomes of the flow, on both pumps."""
    table = training.alarms(actor=actor_of(request))
    context = {"here": "training", "table": table, "tones": tones_of(table)}
    return render(request, "demo/alarms.html", context)


def tones_of(table: AlarmTable) -> dict[str, list[list[int]]]:
    """Return the tones for a browser: for each class its pitches in hertz with their milliseconds."""
    return {sound.kind.value: [list(step) for step in sound.tone.steps] for sound in table.sounds}


def player_data(comparison: Comparison) -> dict[str, object]:
    """Return a play for a browser: every stop of its clock, and what to show of each pump from when on.

    Times are seconds since the beginning; whatever a person reads is written here.
    """
    moments = [row.after for row in comparison.rows]
    stops = sorted({*comparison.samples, *moments})
    return {
        "lasts": comparison.accident.lasts.total_seconds(),
        "stops": [stop.total_seconds() for stop in stops],
        "clock": [write_duration(stop) for stop in stops],
        "moments": [stops.index(moment) for moment in moments],
        "sides": {
            side.profile: _side(side, signal, comparison.samples, stops)
            for side, signal in zip(
                (comparison.legacy, comparison.reference), comparison.signals, strict=True
            )
        },
    }


def _side(
    side: Side, signal: tuple[float, ...], samples: tuple[timedelta, ...], stops: list[timedelta]
) -> dict[str, object]:
    levels, signals, at = [], [], 0
    for stop in stops:
        while at + 1 < len(samples) and samples[at + 1] <= stop:
            at += 1
        levels.append(f"{estimate(side.level_ng_mL[at])} ng/mL")
        signals.append(f"{signal[at]:.2f}")
    return {
        "looks": [
            {
                "from": state.after.total_seconds(),
                "state": state.state,
                "program": state.program,
                "alarms": [[alarm.value, kind.value] for alarm, kind in state.standing],
            }
            for state in side.states
        ],
        "tip": _rates(side.tip_dose),
        "believed": _rates(side.counted_dose),
        "level": levels,
        "signal": signals,
    }


def _rates(dose: CumulativeDose) -> list[tuple[float, str]]:
    """Return from when on which rate holds."""
    changes = zip(dose.edges, dose.rates, strict=False)
    return [(begin.total_seconds(), write_hourly_rate(rate)) for begin, rate in changes]
