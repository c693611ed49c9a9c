"""The day and the night of spinal fluid: its production by the hour of the clock.

Measured at two hours: 12 +/- 7 mL/h at 18:00 and 42 +/- 2 at 02:00, n = 6 (Nilsson 1992 [V], the spread taken
as SD; other methods differ tenfold, PMC9753305 [V]). Between them a cosine, up in the 8 hours from evening to
night and down in the 16 hours to the next evening (assumed: the two are the day's lowest and highest). That
day's mean is 27 mL/h, 648 mL/day, where the same study gives 650: a check, for nothing was set by it. The
spread goes the same way.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.body.bounds import number, one_of
from thecal.body.population.parameters import Law, Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOURS = 24.0
_EVENING, _NIGHT = 18, 2
MEASURED: Mapping[int, tuple[float, float]] = MappingProxyType({_EVENING: (12.0, 7.0), _NIGHT: (42.0, 2.0)})
"""Production of spinal fluid, mL/h, and its SD, by hour of the day: Nilsson 1992, n = 6 [V]."""
_RISES_H = (_NIGHT - _EVENING) % _HOURS
_SOURCE = "Nilsson 1992, n = 6: 12 +/- 7 mL/h at 18:00, 42 +/- 2 at 02:00"


def production_at(hour: float) -> tuple[float, float]:
    """Return the production of spinal fluid at an hour of the day, mL/h, and its SD between people.

    >>> production_at(2), production_at(18)
    ((42.0, 2.0), (12.0, 7.0))
    >>> production_at(22)
    (27.0, 4.5)

    Args:
        hour: of the clock, 0 to 24; a part of an hour as a fraction.

    Raises:
        ValueError: no hour of a day.

    Source:
        Nilsson 1992 at two hours; the cosine between them is assumed.
    """
    since_evening = (number("hour", hour, "h", low=0, high=_HOURS) - _EVENING) % _HOURS
    falls_h = _HOURS - _RISES_H
    part = (
        since_evening / _RISES_H if since_evening <= _RISES_H else 1.0 + (since_evening - _RISES_H) / falls_h
    )
    night = round((1.0 - math.cos(math.pi * part)) / 2, 12)
    (least, least_sd), (most, most_sd) = MEASURED[_EVENING], MEASURED[_NIGHT]
    return least + night * (most - least), least_sd + night * (most_sd - least_sd)


def at_clock(parameters: Parameters, hour: float) -> Parameters:
    """Return the parameters with the production of spinal fluid of an hour of the day, held.

    Raises:
        ValueError: no hour of a day; production that is known, or of an animal; a second hour.
    """
    one_of("parameters", parameters, Parameters, allowed="Parameters, as load_parameters returns them")
    value, sd = production_at(hour)
    usual = parameters["csf_turnover_mL_h"]
    if "csf_turnover_mL_h" in parameters.known:
        raise ValueError(
            f"hour is {hour:g}, and csf_turnover_mL_h, which it changes, is known: {usual.value:g} mL/h; "
            "allowed: one of the two"
        )
    measured = hour in MEASURED
    changed = replace(
        usual,
        value=value,
        law=Law.NORMAL,
        sd=sd,
        source=_SOURCE,
        sureness="V" if measured else "assumed",
        how="" if measured else f"at {hour:g} h, on a cosine between the two hours",
    )
    return parameters.changed("hour", f"the hour {hour:g}", {"csf_turnover_mL_h": changed})
