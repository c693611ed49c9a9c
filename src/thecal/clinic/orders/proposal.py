"""A dose form, read and compiled for the pump: a proposal, or every problem with its field.

A message names the field, what was typed, the unit and what can be entered; where the limit comes from
stands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.clinic.orders.dose_form import (
    FLEX,
    LONGEST_TEXT,
    PATTERNS,
    SIMPLE,
    FieldProblem,
    StepGroup,
    shortened,
)
from thecal.clinic.orders.errors import ProposalError
from thecal.quantities import (
    MICROSECONDS_PER_DAY,
    DoseRate,
    Mass,
    QuantityError,
    Weekday,
    microseconds,
    plain,
    read_dose_rate,
    read_mass,
    read_number,
    since_midnight,
    write_dose_rate,
    write_duration,
    write_mass,
    write_time_of_day,
)
from thecal.therapy import (
    DaySchedule,
    DoseStep,
    Flex,
    ProgramError,
    SimpleContinuous,
    SingleBolus,
    UndeliverableError,
    compile_program,
)

if TYPE_CHECKING:
    from thecal.clinic.orders.dose_form import DoseForm, StepRow
    from thecal.quantities import Volume
    from thecal.therapy import Base, Capability, Compiled, Problem, Program

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_BARE_NUMBER = re.compile(r"[0-9.,+-]*", re.ASCII)
_DAY = timedelta(days=1)
# What the pump's limits call an amount, and the field of the form that it was typed in.
_FIELDS = {
    "daily dose": "daily_dose",
    "single bolus": "bolus_dose",
    "single bolus duration": "bolus_minutes",
    "flow during the single bolus": "bolus_minutes",
    "reservoir": "bolus_dose",
}

_ENTERED = frozenset({"daily dose", "single bolus", "single bolus duration", "24-hour dose"})
"""What a person enters; the other limits follow from it."""
_UNIT_TWICE = re.compile(r"(\S+) (\S+) to (\S+) \2", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a form proposes: what runs now, the program as requested, as the pump can run it, and why."""

    running: Program
    requested: Program
    compiled: Compiled
    reason: str


def read_proposal(form: DoseForm, *, running: Program, capability: Capability, usable: Volume) -> Proposal:
    """Read a form and compile it for the pump.

    Args:
        form: as typed.
        running: the program that is known to run; its drug and concentration are the reservoir's.
        capability: of the implanted pump.
        usable: what the reservoir can still give.

    Raises:
        ProposalError: with every problem.
    """
    return _Reading(form, running, capability).proposal(usable)


class _Reading:
    """One reading: collects problems as it goes."""

    def __init__(self, form: DoseForm, running: Program, capability: Capability) -> None:
        self._form = form
        self._running = running
        self._can = capability
        self._problems: list[FieldProblem] = []
        self._steps: list[tuple[str, tuple[Weekday, ...], str]] = []

    def proposal(self, usable: Volume) -> Proposal:
        reason = self._reason()
        base = self._base()
        once = self._bolus()
        if self._problems or base is None:
            raise ProposalError(tuple(self._problems))
        try:
            requested = replace(self._running, base=base, once=once)
            compiled = compile_program(requested, self._can, usable=usable)
        except UndeliverableError as refused:
            for problem in refused.problems:
                self._undeliverable(problem)
            raise ProposalError(tuple(self._problems)) from refused
        except ProgramError as refused:
            impossible = FieldProblem(field="", code="program.impossible", message=str(refused))
            raise ProposalError((impossible,)) from refused
        if once is None and compiled.program == self._running:
            self._refuse(
                "",
                "program.unchanged",
                "this is the program that the pump runs already; change the dose or the pattern",
            )
            raise ProposalError(tuple(self._problems))
        return Proposal(running=self._running, requested=requested, compiled=compiled, reason=reason)

    def _reason(self) -> str:
        reason = " ".join(self._form.text("reason").split())
        if not reason:
            self._refuse(
                "reason",
                "reason.missing",
                "reason: is empty; enter why the dose is changed, for the record",
            )
        elif (length := len(self._form.text("reason"))) > LONGEST_TEXT:
            self._refuse(
                "reason", "reason.too-long", f"reason: {length} characters; write at most {LONGEST_TEXT}"
            )
        elif any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in reason):
            self._refuse(
                "reason",
                "reason.unprintable",
                "reason: it contains a character that cannot be printed; enter it again",
            )
        return reason

    def _base(self) -> Base | None:
        match self._form.mode:
            case mode if mode == SIMPLE:
                return self._simple()
            case mode if mode == FLEX:
                return self._flex()
            case unknown:
                self._refuse(
                    "mode",
                    "mode.unknown",
                    f"mode: {shortened(unknown)!r} is not known; allowed: {SIMPLE}, {FLEX}",
                )
                return None

    def _simple(self) -> SimpleContinuous | None:
        text = self._form.text("daily_dose")
        try:
            dose = _dose_rate(text)
            return SimpleContinuous(dose=dose)
        except (QuantityError, ProgramError) as error:
            allowed, source = self._daily_range()
            self._refuse("daily_dose", "dose.unreadable", f"{error}; enter {allowed}", source)
            return None

    def _flex(self) -> Flex | None:
        groups = self._form.groups
        if not groups:
            known = ", ".join(PATTERNS)
            self._refuse(
                "pattern",
                "pattern.unknown",
                f"pattern: {shortened(self._form.pattern)!r} is not known; allowed: {known}",
            )
            return None
        days: dict[Weekday, DaySchedule] = {}
        for group in groups:
            schedule = self._schedule(group)
            if schedule is not None:
                days |= dict.fromkeys(group.days, schedule)
        if len(days) < len(Weekday):
            return None
        try:
            return Flex(tuple(days[day] for day in Weekday))
        except ProgramError as error:
            self._refuse("", "program.impossible", str(error))
            return None

    def _schedule(self, group: StepGroup) -> DaySchedule | None:
        rows = [row for row in group.rows if not row.is_empty]
        first_field = group.rows[0].start_field if group.rows else "pattern"
        before = len(self._problems)
        if not rows:
            self._refuse(
                first_field,
                "step.missing",
                f"{group.label}: enter at least one step; the first starts at 00:00",
            )
        elif len(rows) > self._can.flex_steps:
            self._refuse(
                rows[self._can.flex_steps].start_field,
                "steps.too-many",
                f"{group.label}: {len(rows)} steps; enter 1 to {self._can.flex_steps} a day",
                self._can.source("flex_steps"),
            )
        starts = [self._start(group, row, number) for number, row in enumerate(rows)]
        self._check_order(group, rows, starts)
        amounts = [self._amount(group, row) for row in rows]
        if len(self._problems) > before:
            return None
        known = [start for start in starts if start is not None]
        ends = [*(since_midnight(start) for start in known[1:]), _DAY]
        steps = []
        for row, start, end, amount in zip(rows, known, ends, amounts, strict=True):
            self._steps.append((write_time_of_day(start), group.days, row.amount_field))
            steps.append(DoseStep(start=start, rate=_pace(amount, end - since_midnight(start))))
        return DaySchedule(tuple(steps))

    def _start(self, group: StepGroup, row: StepRow, number: int) -> time | None:
        text = row.start.strip()
        if not _TIME.fullmatch(text):
            what = f"{shortened(text)!r} is not a time of day" if text else "the start is empty"
            self._refuse(
                row.start_field,
                "time.unreadable",
                f"{group.label}, step {number + 1}: {what}; write it as HH:MM on the 24-hour clock, "
                "00:00 to 23:59, for example 18:30 for 06:30 PM",
            )
            return None
        return time.fromisoformat(text)

    def _check_order(self, group: StepGroup, rows: list[StepRow], starts: list[time | None]) -> None:
        latest: time | None = None
        for number, (row, start) in enumerate(zip(rows, starts, strict=True)):
            if start is None:
                continue
            if number == 0 and start != time(0):
                self._refuse(
                    row.start_field,
                    "time.first-not-midnight",
                    f"{group.label}, step 1: {write_time_of_day(start)} is not the start of the day; "
                    "the first step starts at 00:00",
                )
            elif latest is not None and start <= latest:
                self._refuse(
                    row.start_field,
                    "time.not-later",
                    f"{group.label}, step {number + 1}: {write_time_of_day(start)} overlaps the step at "
                    f"{write_time_of_day(latest)}; each step starts later than the one before, up to 23:59",
                )
            latest = start if latest is None else max(latest, start)

    def _amount(self, group: StepGroup, row: StepRow) -> Mass:
        where = f"{group.label}, {shortened(row.start.strip()) or 'no start'}, amount"
        try:
            return _mass(row.amount, field=where)
        except QuantityError as error:
            allowed, source = self._daily_range()
            self._refuse(
                row.amount_field,
                "dose.unreadable",
                f"{error}; all steps of a day together: enter {allowed}",
                source,
            )
            return Mass(ug=Decimal(0))

    def _bolus(self) -> SingleBolus | None:
        dose_text, minutes_text = self._form.text("bolus_dose"), self._form.text("bolus_minutes")
        if not dose_text.strip() and not minutes_text.strip():
            return None
        before = len(self._problems)
        most, source = write_mass(self._can.single_bolus_most), self._can.source("single_bolus_most")
        doses = f"a dose above 0 and up to {most}"
        dose = minutes = Decimal(0)
        try:
            dose = _mass(dose_text, field="bolus").ug
        except QuantityError as error:
            self._refuse("bolus_dose", "dose.unreadable", f"{error}; enter {doses}", source)
        shortest, longest = self._can.shortest_bolus, self._can.longest_bolus
        durations = f"whole minutes, {write_duration(shortest)} to {write_duration(longest)}"
        duration_source = self._can.source("longest_bolus")
        try:
            minutes = _typed_number(minutes_text, field="bolus duration, minutes")
        except QuantityError as error:
            self._refuse(
                "bolus_minutes", "duration.unreadable", f"{error}; enter {durations}", duration_source
            )
        else:
            if minutes != minutes.to_integral_value() or not shortest <= _minutes(minutes) <= longest:
                self._refuse(
                    "bolus_minutes",
                    "duration.out-of-range",
                    f"bolus duration: {shortened(minutes_text.strip())} minutes; enter {durations}",
                    duration_source,
                )
        if len(self._problems) > before:
            return None
        if dose == 0:
            self._refuse("bolus_dose", "bolus.zero", f"bolus: 0 mcg is not a bolus; enter {doses}", source)
            return None
        return SingleBolus(dose=Mass(ug=dose), duration=_minutes(minutes))

    def _daily_range(self) -> tuple[str, str]:
        """Return what can be entered as a daily dose, and where the two limits come from."""
        concentration = self._running.concentration
        least = self._can.flow_least.as_dose(concentration)
        most = min(self._can.flow_most.as_dose(concentration), self._can.daily_dose_most)
        limit = "daily_dose_most" if most == self._can.daily_dose_most else "flow_most"
        allowed = f"{plain(least.ug_per_day)} to {write_dose_rate(most)}"
        return allowed, f"lowest: {self._can.source('flow_least')}; highest: {self._can.source(limit)}"

    def _undeliverable(self, problem: Problem) -> None:
        """Put a problem of the pump's limits to the field it came from; one per field is enough."""
        field = _FIELDS.get(problem.field, "")
        if problem.field == "24-hour dose" and self._form.mode == SIMPLE:
            field = "daily_dose"
        elif problem.field.startswith("step at "):
            field = self._field_of_step(problem.field)
        if not any(known.field == field for known in self._problems):
            verb = (
                "enter" if problem.field in _ENTERED or problem.field.startswith("step at ") else "allowed:"
            )
            said = f"{problem.field}: {problem.value}; {verb} {_with_one_unit(problem.allowed)}"
            self._refuse(field, "limit.exceeded", said, problem.source)

    def _field_of_step(self, said: str) -> str:
        """Return the field of the step that ``step at 06:00, every Monday`` speaks of."""
        return next(
            field
            for start, days, field in self._steps
            if f"step at {start}," in said
            and ("every day" in said or any(day.name.title() in said for day in days))
        )

    def _refuse(self, field: str, code: str, message: str, source: str = "") -> None:
        self._problems.append(FieldProblem(field=field, code=code, message=message, source=source))


def _with_one_unit(allowed: str) -> str:
    """Return ``24 mcg/day to 2003 mcg/day`` as ``24 to 2003 mcg/day``."""
    return _UNIT_TWICE.sub(r"\1 to \3 \2", allowed)


def _dose_rate(text: str) -> DoseRate:
    """Read a daily dose; the unit stands beside the field, and may be typed as well."""
    if _BARE_NUMBER.fullmatch(text.strip()):
        return DoseRate(ug_per_day=_typed_number(text, field="daily dose, mcg/day"))
    return read_dose_rate(text, field="daily dose")


def _mass(text: str, *, field: str) -> Mass:
    if _BARE_NUMBER.fullmatch(text.strip()):
        return Mass(ug=_typed_number(text, field=f"{field}, mcg"))
    return read_mass(text, field=field)


def _typed_number(text: str, *, field: str) -> Decimal:
    if not text.strip():
        raise QuantityError(f"{field}: is empty")
    return read_number(text, field=field)


def _minutes(count: Decimal) -> timedelta:
    return timedelta(minutes=int(count))


def _pace(amount: Mass, length: timedelta) -> DoseRate:
    """Return the daily rate that gives ``amount`` during ``length`` (40 digits, rounded down)."""
    exact = Fraction(amount.ug) * MICROSECONDS_PER_DAY / microseconds(length)
    rate = Mass(ug=Decimal(exact.numerator)).over_amount(Mass(ug=Decimal(exact.denominator)))
    return DoseRate(ug_per_day=rate)
