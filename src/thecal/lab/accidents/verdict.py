"""What a pump made of an accident, worked out from the play: nothing here is typed in for one accident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.journal import Kind
from thecal.lab.accidents.words import since, state_in_words
from thecal.pump import ALARM_CLASSES, FLOW_EFFECTS
from thecal.quantities import (
    DAY,
    DoseRate,
    Mass,
    quotient,
    write_duration,
    write_hourly_rate,
    write_mass,
    write_rounded,
)

if TYPE_CHECKING:
    from thecal.lab.accidents.accident import Accident
    from thecal.lab.accidents.course import Course
    from thecal.lab.accidents.play import Played


class Departure(StrEnum):
    """How the dose stands to what was meant."""

    TOO_LITTLE = "too little"
    LESS = "less than was meant"
    AS_MEANT = "as was meant"
    MORE = "more than was meant"
    TOO_MUCH = "too much"


_BANDS = (
    (Decimal("0.5"), Departure.TOO_LITTLE),
    (Decimal("0.9"), Departure.LESS),
    (Decimal("1.1"), Departure.AS_MEANT),
    (Decimal("1.5"), Departure.MORE),
)
"""Where one departure ends and the next begins, as a share of what was meant; assumed."""
_TEN = 10
"""From here on a share is told whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a pump made of an accident.

    Attributes:
        departure: of the stretch that departs furthest from what was meant.
        given, meant: in that stretch.
        stretch: how long it is: a day, or what is left of a shorter play.
        headline: the dose, in a sentence.
        did: what the pump did besides, in sentences.
    """

    departure: Departure
    given: Mass
    meant: Mass
    stretch: timedelta
    headline: str
    did: tuple[str, ...]

    @property
    def harms(self) -> bool:
        """Whether the dose is far from what was meant."""
        return self.departure in {Departure.TOO_LITTLE, Departure.TOO_MUCH}

    @property
    def mark(self) -> str:
        """``harm``, ``meant`` or, between them, ``near``: for a page's sign."""
        if self.harms:
            return "harm"
        return "meant" if self.departure is Departure.AS_MEANT else "near"


def judge(accident: Accident, played: Played, course: Course) -> Verdict:
    """Say what a pump made of an accident, from when it went wrong to the end."""
    start, end = accident.goes_wrong, accident.lasts
    stretch = min(DAY, end - start)
    meant = DoseRate(ug_per_day=accident.meant_ug_per_day).over(stretch)
    least, most = course.least_and_most(start, end, stretch)
    given = most if most.ug * least.ug >= meant.ug**2 else least
    share = given.over_amount(meant)
    departure = next((band for limit, band in _BANDS if share <= limit), Departure.TOO_MUCH)
    return Verdict(
        departure=departure,
        given=given,
        meant=meant,
        stretch=stretch,
        headline=_headline(departure, given, meant, stretch),
        did=(
            *_highest(course, start, accident, departure),
            *_stood(course, start),
            *_refused(played),
            *alarmed(played, start),
            _ends(played),
        ),
    )


def needs(
    accident: Accident, played: Played, verdict: Verdict, unscreened: Verdict | None
) -> tuple[str, ...]:
    """Say what a reference pump leaves to a programmer or a person.

    Args:
        accident: that was played.
        played: on the reference pump.
        verdict: of that.
        unscreened: of the same pump without the checks that are made before it; None where none refused.
    """
    found = [
        f"A screen: the refusal at {since(one.after)} is a check of the programmer, which is planned; "
        "it is made before the pump hears of the order."
        for one in played.refused
        if not one.by_pump
    ]
    if unscreened is not None:
        found.append(f"Without that screen this pump takes the order too. {unscreened.headline}")
    last = played.moments[-1]
    if played.refused and not _ordered_again(played):
        found.append("A person: the pump runs on as before, and what was meant is still to be ordered.")
    found += _answered(accident, played)
    found += [
        f"A person who hears the alarm: {alarm.value}, {kind.value}, still stands at the "
        f"end ({FLOW_EFFECTS[alarm].value})."
        for alarm, kind in last.standing.items()
    ]
    if verdict.harms and not played.sounded:
        found.append("A person who watches the patient: the pump does not know that anything is wrong.")
    return tuple(found)


def _ordered_again(played: Played) -> bool:
    """Say whether the pump took another program after it, or a check before it, had refused one."""
    since_then = played.starts + played.refused[-1].after
    return any(entry.at >= since_then for entry in played.pump.log.of_kind(Kind.PROGRAM_COMMITTED))


def _headline(departure: Departure, given: Mass, meant: Mass, stretch: timedelta) -> str:
    word = f"{departure.value.capitalize()}:"
    within = "24 h" if stretch == DAY else write_duration(stretch)
    asked = f"{write_mass(meant, places=1)} {'was' if meant.ug == 1 else 'were'} meant"
    if given.is_zero:
        return f"{word} nothing in {within}, where {asked}."
    amount = f"{write_mass(given, places=1)} in {within}"
    if departure is Departure.AS_MEANT:
        return f"{word} {amount}."
    times = given.over_amount(meant)
    if times < 1:
        return f"{word} {amount}, where {asked} ({write_rounded(100 * times, places=0)} % of it)."
    share = write_rounded(times, places=1 if times < _TEN else 0)
    return f"{word} {amount}, where {asked} ({share} times as much)."


def _highest(course: Course, start: timedelta, accident: Accident, departure: Departure) -> tuple[str, ...]:
    """Say the highest rate where it is far above the meant one, unless the meant dose holds a bolus."""
    highest = course.highest(start)
    high = quotient(highest.ug_per_day, accident.meant_ug_per_day) > _BANDS[-1][0]
    if departure is Departure.AS_MEANT or not high:
        return ()
    return (f"At its highest {write_hourly_rate(highest)} left the catheter's tip.",)


def _stood(course: Course, start: timedelta) -> tuple[str, ...]:
    spans = zip(course.edges, course.edges[1:], course.rates, strict=False)
    dry = sum(
        (end - max(begin, start) for begin, end, rate in spans if end > start and rate.is_zero), timedelta()
    )
    return (f"For {write_duration(dry)} nothing left the catheter's tip.",) if dry else ()


def _refused(played: Played) -> tuple[str, ...]:
    return tuple(
        f"At {since(one.after)} {'it' if one.by_pump else 'a check before the pump'} refused: {one.reason}."
        for one in played.refused
    )


def alarmed(played: Played, start: timedelta) -> tuple[str, ...]:
    """Say what a pump alarmed about, before it went wrong and after."""
    said = [
        f"It had been alarming before, since {since(after)}: {alarm.value}, {ALARM_CLASSES[alarm].value}."
        for after, alarm in played.sounded
        if after < start
    ]
    later = [(after, alarm) for after, alarm in played.sounded if after >= start]
    said += [
        f"It alarmed {_delay(after - start)}: {alarm.value}, {ALARM_CLASSES[alarm].value}."
        for after, alarm in later
    ]
    if not later and not played.refused:
        said.append("It raised no alarm about it.")
    return tuple(said)


def _delay(after: timedelta) -> str:
    return f"{write_duration(after)} after it went wrong" if after else "at once"


def _ends(played: Played) -> str:
    state = state_in_words(played.moments[-1])
    return f"At the end {state[:1].lower()}{state[1:]}."


def _answered(accident: Accident, played: Played) -> list[str]:
    """Say how long an alarm waited for this pump's people, if they came."""
    own = [step.after for step in accident.steps if step.profiles == (played.profile,)]
    waits = [
        min(later) - after
        for after, alarm in played.sounded
        if alarm not in played.moments[-1].alarms and (later := [came for came in own if came > after])
    ]
    return [
        f"A person who comes: in this play the alarm was answered after {write_duration(wait)}."
        for wait in waits
    ]
