"""The hazards that live in a pump, what brings each about, and chance at the published rates, with a seed.

``hazards.bring_about`` does it by name.

A rate is for one pump and one year. Where a source gives a share of pumps after some years, it is taken to
be spread evenly over them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.pump.conditions import MRI_DELAY_LEAST, MRI_DELAY_MOST, Cause, Condition
from thecal.quantities import MINUTE

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from random import Random

    from thecal.pump.models import PumpModel

YEAR = timedelta(days=365)
REFILLED_EVERY = timedelta(days=90)
"""From refill to refill; assumed."""
DRIFT = Decimal("1.025")
"""Of a quantum from refill to refill: 2.5 % a refill (Wesemann 2014, 80 pumps), taken for growth: assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One hazard as it can be brought about on a pump.

    Attributes:
        causes: conditions that do it, each alone.
        act: what somebody does with the pump that does it.
        on_valves: it befalls valve pumps alone.
        elsewhere: why the pump has no part in it.
    """

    causes: tuple[Cause, ...] = ()
    act: str = ""
    on_valves: bool = False
    elsewhere: str = ""


_STALLS = (
    Cause.SHAFT_WEAR,
    Cause.INTERNAL_SHORT,
    Cause.GEAR_CORROSION,
    Cause.FOREIGN_PARTICLE,
    Cause.STALL_UNEXPLAINED,
)
_SCREEN = "a screen asks for it before the pump hears of it"

HAZARDS = MappingProxyType(
    {
        "H-01": Hazard(act="set_program with an interval in the wrong unit"),
        "H-02": Hazard(act="refill with another product than the label says"),
        "H-03": Hazard(act="set_program with a slipped decimal"),
        "H-04": Hazard(act="set_program with the dose repeated hourly"),
        "H-05": Hazard(act="set_program with a prime by the withdrawn tubing volume"),
        "H-06": Hazard(elsewhere="mixing happens in the catheter, in the body's model"),
        "H-07": Hazard(act="refill without a bridge"),
        "H-08": Hazard(act="begin_update and no more"),
        "H-09": Hazard(act="set_program twice with one id"),
        "H-10": Hazard(causes=(Cause.OVER_INFUSION, Cause.GAUGE_WRONG)),
        "H-11": Hazard(causes=(Cause.OVER_INFUSION, Cause.RUNAWAY)),
        "H-12": Hazard(
            causes=(Cause.UNDER_INFUSION, Cause.LAGGING, Cause.OCCLUSION, Cause.LEAK, Cause.BACKFLOW)
        ),
        "H-13": Hazard(causes=(Cause.MRI_FIELD, Cause.EMI, *_STALLS)),
        "H-14": Hazard(causes=(Cause.MRI_FIELD,)),
        "H-15": Hazard(causes=(Cause.MRI_FIELD,), act="stop before the field"),
        "H-16": Hazard(causes=(Cause.MRI_FIELD,), on_valves=True),
        "H-17": Hazard(causes=(Cause.VALVE_CLOSED, Cause.MRI_FIELD), on_valves=True),
        "H-18": Hazard(causes=(Cause.FLIPPED,), act="refill into the pocket"),
        "H-19": Hazard(act="refill with more than fits"),
        "H-20": Hazard(causes=(Cause.RESTART_SURGE,), act="stop and restart"),
        "H-21": Hazard(causes=(Cause.GEAR_CORROSION,)),
        "H-22": Hazard(causes=(Cause.DATE_ALTERED, Cause.BATTERY_DRAIN, Cause.CLOCK_JUMP)),
        "H-23": Hazard(causes=(Cause.BATTERY_FILM, Cause.SUPPLY)),
        "H-24": Hazard(causes=(Cause.TONE_BROKEN,)),
        "H-25": Hazard(elsewhere="a date that the clinic keeps"),
        "H-26": Hazard(causes=(Cause.OVER_INFUSION, Cause.UNDER_INFUSION)),
        "H-27": Hazard(causes=(Cause.CLOCK_JUMP,)),
        "H-28": Hazard(act="request_bolus"),
        "H-29": Hazard(causes=(Cause.POWER_CUT, Cause.BATTERY_DRAIN, Cause.COUNTER_STUCK)),
        "H-30": Hazard(act="set_program on a stale base"),
        "H-31": Hazard(elsewhere=_SCREEN),
        "H-32": Hazard(act="set_program on a base that another has changed"),
        "H-33": Hazard(elsewhere="the radio's sealing"),
        "H-34": Hazard(act="stop by radio with no wand on the skin"),
        "H-35": Hazard(elsewhere="the programmer's own software"),
        "H-36": Hazard(causes=(Cause.BATTERY_DRAIN,), act="contact, again and again"),
        "H-37": Hazard(causes=(Cause.EMI,)),
        "H-38": Hazard(causes=(Cause.PROGRAM_BIT, Cause.BOTH_COPIES)),
        "H-39": Hazard(causes=(Cause.LOG_DAMAGE,)),
        "H-40": Hazard(causes=(Cause.FEVER, Cause.OCCLUSION, Cause.WATCHDOG)),
        "H-41": Hazard(causes=tuple(Cause), act="stop"),
        "H-42": Hazard(elsewhere="the library holds one drug alone"),
        "H-43": Hazard(elsewhere="a date that the clinic keeps"),
        "H-44": Hazard(causes=(Cause.ALTITUDE, Cause.HYPERBARIC)),
        "H-45": Hazard(act="stop for more than 48 h"),
        "H-46": Hazard(act="fill_by_needle and no confirm_refill"),
        "H-47": Hazard(act="confirm_refill and no needle"),
        "H-48": Hazard(elsewhere="a proposal of the adviser"),
        "H-49": Hazard(act="refill with another product than the label says"),
        "H-50": Hazard(causes=(Cause.FLIPPED, Cause.DEEP)),
    }
)
"""Every hazard of the list, and how it is brought about here, or why it is not the pump's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something happens to one pump in one year, and who says so."""

    a_year: Decimal
    source: str
    sureness: str


_STALL_A_YEAR = Decimal("0.00456")
_STALL_SOURCE = "97.3 % without a non-recoverable stall in 6 years, on-label (HK MDD, 2017), and {}"

RATES = MappingProxyType(
    {
        Cause.SHAFT_WEAR: Rate(
            a_year=_STALL_A_YEAR * 59 / 100,
            source=_STALL_SOURCE.format("59 % of returned stalls were shaft wear"),
            sureness="D",
        ),
        Cause.INTERNAL_SHORT: Rate(
            a_year=_STALL_A_YEAR * 14 / 100,
            source=_STALL_SOURCE.format("14 % were internal shorts"),
            sureness="D",
        ),
        Cause.GEAR_CORROSION: Rate(
            a_year=_STALL_A_YEAR * 2 / 100,
            source=_STALL_SOURCE.format("2 % were gear corrosion"),
            sureness="D",
        ),
        Cause.STALL_UNEXPLAINED: Rate(
            a_year=_STALL_A_YEAR * (100 - 59 - 14 - 2) / 100,
            source=_STALL_SOURCE.format("no cause is published for the other 25 %"),
            sureness="D",
        ),
        Cause.FOREIGN_PARTICLE: Rate(
            a_year=Decimal("0.0007"),
            source="5 stalls in 7,317 pumps, taken as one year (FDA 2019)",
            sureness="D",
        ),
        Cause.OVER_INFUSION: Rate(
            a_year=Decimal("0.0016") / 7,
            source="fewer than 0.16 % of registered pumps (ECRI alert, March 2014), spread over seven years",
            sureness="D",
        ),
        Cause.BATTERY_FILM: Rate(
            a_year=Decimal("0.00001"),
            source="8 low-battery resets worldwide to 2009 (VA AL09-24); the number of pumps is assumed",
            sureness="assumed",
        ),
    }
)
"""Published rates; what is not here has none that was found, and does not happen by chance."""


def by_chance(
    chance: Random, *, since: datetime, lasting: timedelta, hazards: Collection[str] | None = None
) -> tuple[Condition, ...]:
    """Draw what befalls one pump, at the published rates.

    Args:
        chance: seeded by whoever runs it; the same seed gives the same life.
        since: when the stretch begins.
        lasting: how long it is.
        hazards: ids, of whose causes alone something may befall it; None for all.

    Raises:
        KeyError: no such hazard.
    """
    drawn = []
    may = RATES.keys() if hazards is None else {cause for name in hazards for cause in HAZARDS[name].causes}
    for cause, rate in RATES.items():
        if cause not in may:
            continue
        wait = YEAR * (-math.log(1 - chance.random()) / float(rate.a_year))
        if wait < lasting:
            size = Decimal(chance.randint(115, 160)) / 100 if cause is Cause.OVER_INFUSION else None
            drawn.append(Condition(cause=cause, since=since + wait, size=size))
    return tuple(sorted(drawn, key=lambda one: one.since))


def drifting_up(
    *, since: datetime, until: datetime, every: timedelta = REFILLED_EVERY, by: Decimal = DRIFT
) -> tuple[Condition, ...]:
    """Return an over-infusion that grows from refill to refill (H-11), each step for good.

    Args:
        since: when the first step comes.
        until: before when the last comes.
        every: from step to step.
        by: share of a quantum by which each step multiplies it, above 1.
    """
    steps = -(-(until - since) // every)
    return tuple(
        Condition(cause=Cause.OVER_INFUSION, since=since + number * every, size=by) for number in range(steps)
    )


def drawn_gain(chance: Random, model: PumpModel) -> Fraction:
    """Draw the true volume of a pump's quantum, as a share of its label, as pumps have it (H-26).

    A normal spread with the model's ``gain_sd``. One that is outside the declared tolerance is drawn anew: it
    would not have left the factory.

    Args:
        chance: seeded by whoever runs it.
        model: of the pump.
    """
    most = model.capability.accuracy
    while True:
        apart = Decimal(round(chance.gauss(0, float(model.number("gain_sd"))) * 1_000_000)).scaleb(-6)
        if abs(apart) <= most:
            return 1 + Fraction(apart)


def mri_visit(chance: Random, *, since: datetime, lasting: timedelta) -> Condition:
    """Draw one of the three published recoveries of a rotor after a magnet's field, each as likely.

    Turning again within 15 minutes (a textbook), after 2 to 24 hours (maker's correction, August 2008), or
    not before somebody interrogates the pump (TGA, 2019). How likely each is, nobody says.
    """
    recovery = chance.choice(("prompt", "delayed", "until interrogated"))
    lingers = {
        "prompt": chance.random() * 15 * MINUTE,
        "delayed": MRI_DELAY_LEAST + chance.random() * (MRI_DELAY_MOST - MRI_DELAY_LEAST),
        "until interrogated": timedelta(0),
    }[recovery]
    return Condition(
        cause=Cause.MRI_FIELD,
        since=since,
        until=since + lasting,
        lingers=lingers,
        until_seen=recovery == "until interrogated",
    )
