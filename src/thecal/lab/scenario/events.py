"""What happens in a scenario, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from thecal.body import VERTEBRAE, Fault
from thecal.lab.scenario.catheter_fault import CatheterEvent, read_catheter_event
from thecal.lab.scenario.patient import Change, read_change
from thecal.quantities import (
    DAY,
    MINUTE,
    Concentration,
    DoseRate,
    Mass,
    Volume,
    Weekday,
    plain,
    read_concentration,
    read_dose_rate,
    read_mass,
    read_volume,
    write_concentration,
    write_duration,
    write_mass,
    write_milligrams,
    write_volume,
)
from thecal.therapy import (
    BACLOFEN,
    Base,
    Bridge,
    DaySchedule,
    DoseStep,
    Flex,
    MinimumRate,
    Once,
    PeriodicBolus,
    Priming,
    Program,
    ProgramError,
    SimpleContinuous,
    SingleBolus,
    Stopped,
    program_from_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.lab.scenario.table import Table

_BODY_RANGE = "range of the body model"
_MOST_DOSE = Mass(ug=Decimal(100_000))
_LEAST_ORAL, _MOST_ORAL = Mass(ug=Decimal(1000)), Mass(ug=Decimal(2_000_000))
_MOST_ORAL_DOSES = 10_000
_MOST_INJECTED = Volume(mL=Decimal(50))
_NO_VOLUME = Volume(mL=Decimal(0))
_ONE_DAY_UG = DoseRate(ug_per_day=Decimal(1))
_ONE_UG = Mass(ug=Decimal(1))
_ONE_ML = Volume(mL=Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Puncture:
    """A bolus by lumbar puncture."""

    at: timedelta
    level: str
    dose: Mass
    volume: Volume
    over: timedelta

    def describe(self) -> str:
        """Return a short description."""
        injection = f"{write_mass(self.dose)} in {write_volume(self.volume)}"
        return f"lumbar puncture at {self.level}: {injection} over {write_duration(self.over)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programming:
    """A session with the programmer.

    Attributes:
        at: when.
        base: what runs from then on; None leaves the base program as it is.
        once: a single run before the base program; None for none.
        concentration: of the solution it was written for; None for the one in the reservoir.
    """

    at: timedelta
    base: Base | None = None
    once: Once | None = None
    concentration: Concentration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A refill, or one that was planned and missed."""

    at: timedelta
    fill: Volume
    concentration: Concentration
    left_behind: Volume
    missed: bool

    def describe(self) -> str:
        """Return a short description."""
        what = "missed refill" if self.missed else "refill"
        return f"{what}: {write_volume(self.fill)} of {write_concentration(self.concentration)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oral:
    """Baclofen by mouth: equal doses, so many, so far apart.

    Attributes:
        at: of the first.
        dose: of each.
        every: from one to the next.
        doses: how many; those after the scenario's end are not taken.
    """

    at: timedelta
    dose: Mass
    every: timedelta
    doses: int

    def describe(self) -> str:
        """Return a short description."""
        once = f"by mouth: {write_milligrams(self.dose)}"
        if self.doses == 1:
            return once
        return f"{once} every {write_duration(self.every)}, {self.doses} doses"


Event = Puncture | Programming | Refill | Oral | CatheterEvent | Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """How the times of a scenario are read: it starts on a Monday, at a time of day of the pump's clock."""

    starts_at: time
    lasts: timedelta


def read_event(table: Table, calendar: Calendar) -> Event | None:
    """Read one event; None where something was wrong with it, which is noted."""
    at = table.moment("at", starts_at=calendar.starts_at, lasts=calendar.lasts)
    kind = table.choice("do", tuple(EVENT_KINDS))
    if kind not in EVENT_KINDS:
        return None
    read, known = EVENT_KINDS[kind]
    try:
        event = read(table, at)
    except ProgramError as error:
        if table.is_sound:
            table.refuse(
                "do", f"{kind!r} is refused: {error}", allowed="what a pump could mean", source="therapy"
            )
        event = None
    table.close(f"at, do{known}")
    return event if table.is_sound else None


def _puncture(table: Table, at: timedelta) -> Event:
    level = table.choice("level", tuple(VERTEBRAE), default="L3")
    return Puncture(
        at=at,
        level=level,
        dose=_mass(table, "dose", _MOST_DOSE),
        volume=_volume(table, "volume", Volume(mL=Decimal("0.01")), _MOST_INJECTED),
        over=table.span("over", high=DAY, source=_BODY_RANGE),
    )


def _refill(table: Table, at: timedelta) -> Event:
    return Refill(
        at=at,
        fill=_volume(table, "fill", _NO_VOLUME, Volume(mL=Decimal(100))),
        concentration=read_concentration_field(table, "concentration"),
        left_behind=_volume(table, "left_behind", _NO_VOLUME, Volume(mL=Decimal(100)), default=_NO_VOLUME),
        missed=table.flag("missed", default=False),
    )


def _oral(table: Table, at: timedelta) -> Event:
    doses = table.whole("doses", low=1, high=_MOST_ORAL_DOSES, default=1)
    every = table.span("every", low=MINUTE, default=DAY if doses == 1 else None)
    return Oral(at=at, dose=_oral_mass(table, "dose"), every=every, doses=doses)


def _simple_continuous(table: Table, at: timedelta) -> Event:
    return Programming(at=at, base=SimpleContinuous(dose=_dose_rate(table, "dose")))


def _flex(table: Table, at: timedelta) -> Event:
    days = table.table("days")
    if days is None:
        return Programming(at=at, base=Flex((_day(table, "steps"),) * len(Weekday)))
    if "steps" in table:
        table.refuse("steps", "stands beside days", allowed="steps for every day, or days for each weekday")
    week = tuple(_day(days, day.name.lower()) for day in Weekday)
    days.close(", ".join(day.name.lower() for day in Weekday))
    return Programming(at=at, base=Flex(week))


def _day(table: Table, name: str) -> DaySchedule:
    """Read the steps of a day; the stand-in after a fault is one step."""
    if name not in table:
        table.refuse(
            name, "is missing", allowed="a list of steps, each { start = '00:00', rate = '100 mcg/day' }"
        )
    steps = []
    rows = table.tables(name)
    for row in rows:
        start = row.time_of_day("start")
        rate = _dose_rate(row, "rate")
        row.close("start, rate")
        steps.append(DoseStep(start=start, rate=rate))
    if not all(row.is_sound for row in rows):
        steps = [DoseStep(start=time(0), rate=_ONE_DAY_UG)]
    try:
        return DaySchedule(tuple(steps))
    except ProgramError as error:
        if table.is_sound:
            table.refuse(
                name, str(error), allowed="steps that start at 00:00, each later than the one before"
            )
        return DaySchedule((DoseStep(start=time(0), rate=_ONE_DAY_UG),))


def _periodic_bolus(table: Table, at: timedelta) -> Event:
    background = _dose_rate(table, "background")
    bolus = _mass(table, "dose", _MOST_DOSE)
    over, every = table.span("over", low=MINUTE, high=DAY), table.span("every", low=MINUTE, high=DAY)
    first = table.time_of_day("first", default=time(0))
    base = PeriodicBolus(background=background, bolus=bolus, duration=over, interval=every, first=first)
    return Programming(at=at, base=base)


def _single_bolus(table: Table, at: timedelta) -> Event:
    once = SingleBolus(
        dose=_mass(table, "dose", _MOST_DOSE), duration=table.span("over", low=MINUTE, high=DAY)
    )
    return Programming(at=at, once=once)


def _priming(table: Table, at: timedelta) -> Event:
    volume = _volume(table, "volume", Volume(mL=Decimal("0.001")), Volume(mL=Decimal(2)))
    return Programming(at=at, once=Priming(volume=volume, duration=table.span("over", low=MINUTE, high=DAY)))


def _bridge(table: Table, at: timedelta) -> Event:
    once = Bridge(
        dose=_dose_rate(table, "dose"),
        old_concentration=read_concentration_field(table, "old_concentration"),
        dead_volume=_volume(table, "dead_volume", Volume(mL=Decimal("0.001")), Volume(mL=Decimal(2))),
    )
    return Programming(at=at, once=once)


def _program(table: Table, at: timedelta) -> Event:
    """Read a whole program in its canonical form, as an order or a pump's record holds it."""
    program = table.read(
        "document",
        lambda written: program_from_bytes(written.strip().encode()),
        instead=Program(
            drug=BACLOFEN,
            concentration=BACLOFEN.highest_concentration,
            base=SimpleContinuous(dose=_ONE_DAY_UG),
        ),
        allowed="a program in its canonical form (JSON), as written by thecal.therapy.program_bytes",
    )
    return Programming(at=at, base=program.base, once=program.once, concentration=program.concentration)


def _minimum_rate(_: Table, at: timedelta) -> Event:
    return Programming(at=at, base=MinimumRate())


def _stop(_: Table, at: timedelta) -> Event:
    return Programming(at=at, base=Stopped())


_FAULT_FIELDS = {
    Fault.KINK: ", share",
    Fault.LEAK: ", share, position",
    Fault.DISCONNECTION: ", position",
    Fault.MIGRATION: ", level",
}

EVENT_KINDS: dict[str, tuple[Callable[[Table, timedelta], Event], str]] = {
    "lumbar puncture": (_puncture, ", level, dose, volume, over"),
    "oral": (_oral, ", dose, every, doses"),
    **{
        kind.value: (partial(read_catheter_event, kind=kind), f", lasts{_FAULT_FIELDS[kind]}")
        for kind in Fault
    },
    "change": (read_change, ", posture, density, rate, known"),
    "simple continuous": (_simple_continuous, ", dose"),
    "flex": (_flex, ", steps, days"),
    "periodic bolus": (_periodic_bolus, ", background, dose, over, every, first"),
    "single bolus": (_single_bolus, ", dose, over"),
    "priming": (_priming, ", volume, over"),
    "bridge": (_bridge, ", dose, old_concentration, dead_volume"),
    "program": (_program, ", document"),
    "minimum rate": (_minimum_rate, ""),
    "stop": (_stop, ""),
    "refill": (_refill, ", fill, concentration, left_behind, missed"),
}


def _oral_mass(table: Table, name: str) -> Mass:
    def within(written: str) -> Mass:
        mass = read_mass(written, field=name)
        if not _LEAST_ORAL <= mass <= _MOST_ORAL:
            raise ValueError("it is out of range")
        return mass

    allowed = (
        f"{write_milligrams(_LEAST_ORAL)} to {write_milligrams(_MOST_ORAL)}; an oral dose is in milligrams"
    )
    return table.read(name, within, instead=_LEAST_ORAL, allowed=allowed, source=_BODY_RANGE)


def _mass(table: Table, name: str, most: Mass) -> Mass:
    def within(written: str) -> Mass:
        mass = read_mass(written, field=name)
        if mass.is_zero or mass > most:
            raise ValueError("it is out of range")
        return mass

    allowed = f"above 0 mcg, up to {write_mass(most)}"
    return table.read(name, within, instead=_ONE_UG, allowed=allowed, source=_BODY_RANGE)


def _volume(table: Table, name: str, low: Volume, high: Volume, *, default: Volume | None = None) -> Volume:
    def within(written: str) -> Volume:
        volume = read_volume(written, field=name)
        if not low <= volume <= high:
            raise ValueError("it is out of range")
        return volume

    allowed = f"{plain(low.mL)} to {write_volume(high)}"
    return table.read(name, within, instead=_ONE_ML, allowed=allowed, source=_BODY_RANGE, default=default)


def _dose_rate(table: Table, name: str) -> DoseRate:
    """Read a daily dose; whether the pump can give it is asked when the program is compiled."""

    def rate(written: str) -> DoseRate:
        return read_dose_rate(written, field=name)

    return table.read(name, rate, instead=_ONE_DAY_UG, allowed="a daily dose such as '100 mcg/day'")


def read_concentration_field(table: Table, name: str) -> Concentration:
    """Read the concentration of a solution."""
    most = BACLOFEN.highest_concentration

    def within(written: str) -> Concentration:
        concentration = read_concentration(written, field=name)
        if concentration > most:
            raise ValueError("it is out of range")
        return concentration

    return table.read(
        name,
        within,
        instead=most,
        allowed=f"above 0 mcg/mL, up to {write_concentration(most)}",
        source=BACLOFEN.concentration_source,
    )
