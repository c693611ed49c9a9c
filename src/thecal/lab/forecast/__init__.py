"""Forecasts: what a pump will deliver after its last reading, and what the patient's body makes of it.

A forecast starts from a reading, a virtual patient and an implant. It runs on the model alone and needs no
pump.
"""

from thecal.lab.forecast.curves import (
    PATIENTS,
    SEED,
    Curves,
    Series,
    ValueRange,
    estimate_curves,
    places_between,
    sample_times,
)
from thecal.lab.forecast.measurement import ASSAY_SHARE, EXAMINER_SD, measured
from thecal.lab.forecast.projection import as_programmed, as_proposed, run_on
from thecal.lab.forecast.reading import LastReading
from thecal.lab.forecast.subject import Subject

__all__ = [
    "ASSAY_SHARE",
    "EXAMINER_SD",
    "PATIENTS",
    "SEED",
    "Curves",
    "LastReading",
    "Series",
    "Subject",
    "ValueRange",
    "as_programmed",
    "as_proposed",
    "estimate_curves",
    "measured",
    "places_between",
    "run_on",
    "sample_times",
]
