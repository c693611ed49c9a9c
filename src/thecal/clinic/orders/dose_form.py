"""The form for another dose: as typed, and as filled in from a program.

A form holds text exactly as it was typed, so that a page can show it again; ``reading`` makes a program of
it.

``mode``                 ``simple`` or ``flex``
``daily_dose``           mcg/day, for ``simple``
``pattern``              one of ``PATTERNS``, for ``flex``
``step_<g>_<n>_start``   HH:MM, step ``n`` of group ``g`` of the pattern, both counted from 0
``step_<g>_<n>_amount``  mcg in that step as a whole; a row left empty in both is no step
``bolus_dose``           mcg once, on top; may be empty
``bolus_minutes``        over how long
``reason``               why, for the record

What the adviser asks of the person who signs:

``trigger_looked_for``, ``trigger_found``, ``pump_checked``, ``useful_tone_kept``, ``withdrawal_plan``
                         ``yes`` or ``no``; empty where nobody answered
``lift_<code>``          a reason or an answer to a finding, its code with ``-`` for each dot
``retyped``              the dose again, with its unit
``second_person``        who confirms
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Self

from thecal.quantities import Weekday, plain, write_time_of_day
from thecal.therapy import Flex, SimpleContinuous

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.therapy import DaySchedule, Program

SIMPLE = "simple"
FLEX = "flex"
LONGEST_TEXT = 400
_LONGEST_QUOTE = 40

_ALL = tuple(Weekday)
PATTERNS: dict[str, tuple[tuple[str, tuple[Weekday, ...]], ...]] = {
    "every day": (("Every day", _ALL),),
    "weekdays and weekend": (("Monday to Friday", _ALL[:5]), ("Saturday and Sunday", _ALL[5:])),
    "each day": tuple((day.name.title(), (day,)) for day in Weekday),
}

_PLAIN_FIELDS = ("mode", "daily_dose", "pattern", "bolus_dose", "bolus_minutes", "reason")
_ADVICE_FIELDS = (
    "trigger_looked_for",
    "trigger_found",
    "pump_checked",
    "useful_tone_kept",
    "withdrawal_plan",
    "retyped",
    "second_person",
)
_LIFT_FIELD = re.compile(r"lift_[a-z0-9-]{1,60}", re.ASCII)
_STEP_FIELD = re.compile(r"step_([0-6])_(0|[1-9][0-9]{0,3})_(start|amount)", re.ASCII)
_SIX_PLACES = Decimal("0.000001")  # as many as may be typed


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One reason why a form is refused.

    Attributes:
        field: the field's name on the form; empty for the form as a whole.
        code: which refusal it is; it never changes, so that a screen can say it in another language.
        message: in English: the field, what was typed, its unit, and what can be entered.
        source: where the limit comes from; empty where there is nothing to say.
    """

    field: str
    code: str
    message: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One row of a flex pattern: the names of its two fields, and what was typed in them."""

    start_field: str
    start: str
    amount_field: str
    amount: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in either field."""
        return not self.start.strip() and not self.amount.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGroup:
    """The rows that hold for some days of the week."""

    label: str
    days: tuple[Weekday, ...]
    rows: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class DoseForm:
    """A form exactly as typed: names and text, in order."""

    values: tuple[tuple[str, str], ...]

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Self:
        """Keep the fields that the form knows, each with its whole text; reading refuses what is too long."""
        known = [name for name in values if _is_of_program(name) or _is_of_advice(name)]
        return cls(tuple((name, values[name]) for name in known))

    @property
    def of_program(self) -> tuple[tuple[str, str], ...]:
        """The fields that make the program and its reason, without the answers to the adviser."""
        return tuple((name, text) for name, text in self.values if _is_of_program(name))

    def with_answers(self, other: DoseForm) -> DoseForm:
        """Return this program with the reason and the answers that another form holds."""
        kept = [(name, text) for name, text in other.values if _is_of_advice(name) or name == "reason"]
        return DoseForm((*self.values, *kept))

    def text(self, name: str) -> str:
        """Return what was typed in a field; nothing where the field is absent."""
        return dict(self.values).get(name, "")

    @property
    def mode(self) -> str:
        """The mode that was chosen; a form that says none is for a simple dose."""
        return self.text("mode") or SIMPLE

    @property
    def pattern(self) -> str:
        """The pattern that was chosen; the same every day where none was."""
        return self.text("pattern") or "every day"

    @property
    def groups(self) -> tuple[StepGroup, ...]:
        """The pattern's groups of days with the rows typed for them; none for an unknown pattern."""
        typed = dict(self.values)

        def rows(group: int) -> tuple[StepRow, ...]:
            found = [match for name in typed if (match := _STEP_FIELD.fullmatch(name))]
            numbers = sorted({int(match[2]) for match in found if int(match[1]) == group})
            names = [(f"step_{group}_{row}_start", f"step_{group}_{row}_amount") for row in numbers]
            return tuple(
                StepRow(
                    start_field=start,
                    start=typed.get(start, ""),
                    amount_field=amount,
                    amount=typed.get(amount, ""),
                )
                for start, amount in names
            )

        return tuple(
            StepGroup(label=label, days=days, rows=rows(group))
            for group, (label, days) in enumerate(PATTERNS.get(self.pattern, ()))
        )


def lift_field(code: str) -> str:
    """Return the field in which a finding is lifted."""
    return f"lift_{code.replace('.', '-')}"


def _is_of_program(name: str) -> bool:
    return name in _PLAIN_FIELDS or _STEP_FIELD.fullmatch(name) is not None


def _is_of_advice(name: str) -> bool:
    return name in _ADVICE_FIELDS or _LIFT_FIELD.fullmatch(name) is not None


def shortened(text: str) -> str:
    """Return text for a message: whole, or its beginning with an ellipsis. Nothing reads what is left."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def form_of(program: Program) -> DoseForm:
    """Return a program as a filled-in form; what a form cannot say (a stop, a bolus given) is left empty."""
    values = {"mode": SIMPLE, "daily_dose": "", "pattern": "every day"}
    match program.base:
        case SimpleContinuous(dose=dose):
            values["daily_dose"] = plain(dose.ug_per_day)
        case Flex(days=days):
            values |= {"mode": FLEX, "pattern": pattern_of(days)}
            for group, (_, weekdays) in enumerate(PATTERNS[values["pattern"]]):
                values |= _rows_of(group, days[weekdays[0]])
        case _:
            pass
    return DoseForm.from_values(values)


def pattern_of(days: tuple[DaySchedule, ...]) -> str:
    """Return the pattern with the fewest groups of days in which a week can be written."""
    return next(
        name
        for name, groups in PATTERNS.items()
        if all(len({days[day] for day in weekdays}) == 1 for _, weekdays in groups)
    )


def _rows_of(group: int, day: DaySchedule) -> dict[str, str]:
    """Return a day's steps; an amount that does not end is rounded up by less than a pump can tell."""
    values = {}
    for row, (step, length) in enumerate(zip(day.steps, day.lengths(), strict=True)):
        amount = step.rate.over(length).ug.quantize(_SIX_PLACES, ROUND_CEILING)
        values[f"step_{group}_{row}_start"] = write_time_of_day(step.start)
        values[f"step_{group}_{row}_amount"] = plain(amount)
    return values
