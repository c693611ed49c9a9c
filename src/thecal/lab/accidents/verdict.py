"""The verdict on a pump in an accident, computed from its run; no text is specific to one accident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.lab.accidents.wording import describe_state, since
from thecal.pump import ALARM_CLASSES, FLOW_EFFECTS, Kind
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
    from thecal.lab.accidents.cumulative_dose import CumulativeDose
    from thecal.lab.accidents.run import AccidentRun, Refusal


class Departure(StrEnum):
    """How the dose compares with the intended dose."""

    TOO_LITTLE = "too little"
    LESS = "less than intended"
    AS_MEANT = "as intended"
    MORE = "more than intended"
    TOO_MUCH = "too much"


_BANDS = (
    (Decimal("0.5"), Departure.TOO_LITTLE),
    (Decimal("0.9"), Departure.LESS),
    (Decimal("1.1"), Departure.AS_MEANT),
    (Decimal("1.5"), Departure.MORE),
)
"""The upper bound of each departure, as a share of the intended dose; assumed."""
_TEN = 10
"""From here on a ratio is written as a whole number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The dose that a pump delivered in an accident, and what the pump did.

    Attributes:
        departure: of the period whose dose differs most from the intended dose.
        delivered, meant: the delivered and the intended dose in that period.
        stretch: the length of that period: a day, or the rest of a shorter run.
        headline: the dose, in a sentence.
        actions: what else happened, in sentences.
    """

    departure: Departure
    delivered: Mass
    meant: Mass
    stretch: timedelta
    headline: str
    actions: tuple[str, ...]

    @property
    def harms(self) -> bool:
        """Whether the dose is far from the intended dose."""
        return self.departure in {Departure.TOO_LITTLE, Departure.TOO_MUCH}

    @property
    def mark(self) -> str:
        """``harm``, ``meant`` or, between them, ``near``: for a page's sign."""
        if self.harms:
            return "harm"
        return "meant" if self.departure is Departure.AS_MEANT else "near"


def judge(accident: Accident, run: AccidentRun, dose: CumulativeDose) -> Verdict:
    """Judge a pump from the moment at which the error takes effect to the end."""
    start, end = accident.goes_wrong, accident.lasts
    stretch = min(DAY, end - start)
    meant = DoseRate(ug_per_day=accident.meant_ug_per_day).over(stretch)
    least, most = dose.least_and_most(start, end, stretch)
    delivered = most if most.ug * least.ug >= meant.ug**2 else least
    share = delivered.over_amount(meant)
    departure = next((band for limit, band in _BANDS if share <= limit), Departure.TOO_MUCH)
    return Verdict(
        departure=departure,
        delivered=delivered,
        meant=meant,
        stretch=stretch,
        headline=_headline(departure, delivered, meant, stretch),
        actions=(
            *_highest(dose, start, accident, departure),
            *_dry_time(dose, start),
            *_refused(run),
            *describe_alarms(run, start),
            _ends(run),
        ),
    )


def needs(
    accident: Accident, run: AccidentRun, verdict: Verdict, unscreened: Verdict | None
) -> tuple[str, ...]:
    """Describe what a programmer or a person must still do with a reference pump.

    Args:
        accident: the accident.
        run: its run on the reference pump.
        verdict: on that run.
        unscreened: the verdict without the checks before the pump; None if no such check refused.
    """
    found = [
        f"A check in the programmer: the refusal at {since(refusal.after)} comes from a planned check that "
        "the programmer makes before it sends the order."
        for refusal in run.refused
        if not refusal.by_pump
    ]
    if unscreened is not None:
        found.append(f"Without that check this pump accepts the order too. {unscreened.headline}")
    last = run.moments[-1]
    if run.refused and not _ordered_again(run):
        found.append(
            "A person: the pump continues its old program, and the intended order must still be given."
        )
    found += _answered(accident, run)
    found += [
        f"A person who hears the alarm: {alarm.value}, {kind.value}, is still active at the "
        f"end ({FLOW_EFFECTS[alarm].value})."
        for alarm, kind in last.standing.items()
    ]
    if verdict.harms and not run.sounded:
        found.append("A person who watches the patient: the pump does not detect the error.")
    return tuple(found)


def _ordered_again(run: AccidentRun) -> bool:
    """Say whether the pump accepted another program after the last refusal."""
    since_then = run.starts + run.refused[-1].after
    return any(entry.at >= since_then for entry in run.pump.log.of_kind(Kind.PROGRAM_COMMITTED))


def _headline(departure: Departure, delivered: Mass, meant: Mass, stretch: timedelta) -> str:
    label = f"{departure.value.capitalize()}:"
    within = "24 h" if stretch == DAY else write_duration(stretch)
    intended = f"{write_mass(meant, places=1)} {'was' if meant.ug == 1 else 'were'} intended"
    if delivered.is_zero:
        return f"{label} nothing in {within}, where {intended}."
    amount = f"{write_mass(delivered, places=1)} in {within}"
    if departure is Departure.AS_MEANT:
        return f"{label} {amount}."
    times = delivered.over_amount(meant)
    if times < 1:
        return f"{label} {amount}, where {intended} ({write_rounded(100 * times, places=0)} % of it)."
    share = write_rounded(times, places=1 if times < _TEN else 0)
    return f"{label} {amount}, where {intended} ({share} times as much)."


def _highest(
    dose: CumulativeDose, start: timedelta, accident: Accident, departure: Departure
) -> tuple[str, ...]:
    """Name the highest rate where it is far above the intended rate, unless the dose is as intended."""
    highest = dose.highest(start)
    high = quotient(highest.ug_per_day, accident.meant_ug_per_day) > _BANDS[-1][0]
    if departure is Departure.AS_MEANT or not high:
        return ()
    return (f"The highest rate at the catheter tip was {write_hourly_rate(highest)}.",)


def _dry_time(dose: CumulativeDose, start: timedelta) -> tuple[str, ...]:
    spans = zip(dose.edges, dose.edges[1:], dose.rates, strict=False)
    dry = sum(
        (end - max(begin, start) for begin, end, rate in spans if end > start and rate.is_zero), timedelta()
    )
    return (f"For {write_duration(dry)} no drug left the catheter tip.",) if dry else ()


def _refused(run: AccidentRun) -> tuple[str, ...]:
    return tuple(
        f"At {since(refusal.after)} {_refusing_party(refusal)} refused: {refusal.reason}."
        for refusal in run.refused
    )


def _refusing_party(refusal: Refusal) -> str:
    return "the pump" if refusal.by_pump else "a check before the pump"


def describe_alarms(run: AccidentRun, start: timedelta) -> tuple[str, ...]:
    """Describe a pump's alarms before and after the error took effect."""
    texts = [
        f"An alarm was already active since {since(after)}: {alarm.value}, {ALARM_CLASSES[alarm].value}."
        for after, alarm in run.sounded
        if after < start
    ]
    later = [(after, alarm) for after, alarm in run.sounded if after >= start]
    texts += [
        f"Alarm {_delay(after - start)}: {alarm.value}, {ALARM_CLASSES[alarm].value}."
        for after, alarm in later
    ]
    if not later and not run.refused:
        texts.append("No alarm followed the error.")
    return tuple(texts)


def _delay(after: timedelta) -> str:
    return f"{write_duration(after)} after the error" if after else "at once"


def _ends(run: AccidentRun) -> str:
    state = describe_state(run.moments[-1])
    return f"At the end {state[:1].lower()}{state[1:]}."


def _answered(accident: Accident, run: AccidentRun) -> list[str]:
    """Say how long each alarm waited until a person acted on this pump, if one did."""
    own = [step.after for step in accident.steps if step.profiles == (run.profile,)]
    waits = [
        min(later) - after
        for after, alarm in run.sounded
        if alarm not in run.moments[-1].alarms and (later := [step for step in own if step > after])
    ]
    return [
        f"A person who answers the alarm: here it was answered after {write_duration(wait)}."
        for wait in waits
    ]
