"""The form of a what-if, read from text as typed: a value of its type, or a problem with its field.

A message names the field, what was typed, the unit and what can be entered; where the limit comes from
stands beside it.

``daily_dose``      mcg/day; empty for no other program
``tablet_mg``       mg by mouth, each time; ``times_a_day``; ``creatinine`` clearance, mL/min
``fault``           of the catheter; ``percent`` of the flow; ``level`` of the tip; ``mended`` after days
``old``, ``new``    concentrations, mcg/mL; ``left`` behind of the old, mL
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from thecal.body import OUTSIDE, TIP_LEVELS, Fault
from thecal.clinic.orders.dose_form import FieldProblem, shortened
from thecal.lab.whatif import CatheterProblem, Tablets
from thecal.quantities import (
    DAY,
    Concentration,
    Mass,
    QuantityError,
    Volume,
    plain,
    read_number,
    write_concentration,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.therapy import Capability, Program

ValueT = TypeVar("ValueT")

FAULTS: Mapping[str, tuple[str, Fault]] = MappingProxyType(
    {
        "leak": ("Leak, halfway along the catheter", Fault.LEAK),
        "kink": ("Kink", Fault.KINK),
        "disconnection": ("Disconnection, halfway along the catheter", Fault.DISCONNECTION),
        "migration": ("Tip has moved", Fault.MIGRATION),
    }
)
LEVELS = (*reversed(TIP_LEVELS), OUTSIDE)
TIMES_A_DAY: Mapping[str, int] = MappingProxyType({str(times): times for times in (1, 2, 3, 4, 6)})
MENDED: Mapping[str, tuple[str, int | None]] = MappingProxyType(
    {
        "no": ("not yet", None),
        "1": ("after 1 day", 1),
        "2": ("after 2 days", 2),
        "4": ("after 4 days", 4),
    }
)
_MODEL = "range of the body model"
_TABLET_MG = (
    Decimal(1),
    Decimal(300),
    "from 300 mg by mouth serious symptoms are reported; fpnotebook, a secondary source",
)
_CLEARANCE = (Decimal(5), Decimal(250), _MODEL)
_PERCENT = (Decimal(1), Decimal(100), _MODEL)
_UG_PER_MG = Decimal(1000)
_ORAL = {"tablet_mg": "20", "times_a_day": "3", "creatinine": "120"}
_CATHETER = {"fault": "leak", "percent": "50", "level": "L2", "mended": "no"}
_USUAL = (Decimal(2000), Decimal(500))


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as typed, with the default in a field that nobody touched."""

    values: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, typed: Mapping[str, str], untouched: Mapping[str, str]) -> TypedForm:
        """Keep the fields that are known, each with its whole text; reading refuses what is too long."""
        return cls(tuple((name, typed.get(name, default)) for name, default in untouched.items()))

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return dict(self.values).get(name, "")


class _Reading:
    """One reading: collects problems as it goes."""

    def __init__(self, form: TypedForm) -> None:
        self.form = form
        self.problems: list[FieldProblem] = []

    def refuse(self, field: str, code: str, message: str, source: str = "") -> None:
        self.problems.append(FieldProblem(field=field, code=code, message=message, source=source))

    def number(
        self, field: str, what: str, unit: str, between: tuple[Decimal, Decimal, str], *, above: bool = False
    ) -> Decimal:
        """Read a number in a range; 0 after a refusal."""
        low, high, source = between
        text = self.form.text(field).strip()
        least = f"above {plain(low)}" if above else plain(low)
        allowed = f"enter {least} to {plain(high)} {unit}"
        try:
            value = read_number(text, field=f"{what}, {unit}")
        except QuantityError as error:
            said = str(error) if text else f"{what}: is empty"
            self.refuse(field, "number.unreadable", f"{said}; {allowed}", source)
            return Decimal(0)
        if not low <= value <= high or (above and value == low):
            self.refuse(field, "number.out-of-range", f"{what}: {plain(value)} {unit}; {allowed}", source)
        return value

    def choice(self, field: str, what: str, known: Mapping[str, ValueT]) -> ValueT:
        """Read one of a few; the first after a refusal."""
        text = self.form.text(field)
        if text not in known:
            self.refuse(
                field,
                "choice.unknown",
                f"{what}: {shortened(text)!r} is not known; allowed: {', '.join(known)}",
            )
            return next(iter(known.values()))
        return known[text]


def read_tablets(typed: Mapping[str, str]) -> tuple[TypedForm, Tablets, tuple[FieldProblem, ...]]:
    """Read a dose by mouth; with problems, the value is of no use."""
    reading = _Reading(TypedForm.of(typed, _ORAL))
    mg = reading.number("tablet_mg", "dose by mouth", "mg", _TABLET_MG)
    times = reading.choice("times_a_day", "times a day", TIMES_A_DAY)
    clearance = reading.number("creatinine", "creatinine clearance", "mL/min", _CLEARANCE)
    tablets = Tablets(dose=Mass(ug=mg * _UG_PER_MG), times_a_day=times, creatinine_clearance_mL_min=clearance)
    return reading.form, tablets, tuple(reading.problems)


def read_catheter_problem(
    typed: Mapping[str, str],
) -> tuple[TypedForm, CatheterProblem, tuple[FieldProblem, ...]]:
    """Read what goes wrong with the catheter; what the fault does not need is not looked at."""
    reading = _Reading(TypedForm.of(typed, _CATHETER))
    _, kind = reading.choice("fault", "fault", FAULTS)
    _, days = reading.choice("mended", "mended", MENDED)
    percent = level = None
    if kind in (Fault.LEAK, Fault.KINK):
        percent = reading.number("percent", "share of the flow", "%", _PERCENT)
    if kind is Fault.MIGRATION:
        level = reading.choice("level", "level of the tip", {one: one for one in LEVELS})
    mishap = CatheterProblem(
        kind=kind, percent=percent, level=level, repaired_after=None if days is None else days * DAY
    )
    return reading.form, mishap, tuple(reading.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentrations:
    """A refill of another concentration: what was in the pump, what comes in, and what was left behind."""

    old: Concentration
    new: Concentration
    left_behind: Volume


def read_concentrations(
    typed: Mapping[str, str], running: Program, capability: Capability
) -> tuple[TypedForm, Concentrations, tuple[FieldProblem, ...]]:
    """Read a change; untouched, the old is what the pump holds, and nothing is left behind."""
    now = running.concentration.ug_per_mL
    other = next(usual for usual in _USUAL if usual != now)
    reading = _Reading(TypedForm.of(typed, {"old": plain(now), "new": plain(other), "left": "0"}))
    drug = running.drug
    between = (Decimal(0), drug.highest_concentration.ug_per_mL, drug.concentration_source)
    old, new = (
        Concentration(ug_per_mL=reading.number(field, what, "mcg/mL", between, above=True))
        for field, what in (("old", "old concentration"), ("new", "new concentration"))
    )
    if old == new and not reading.problems:
        reading.refuse(
            "new",
            "concentration.same",
            f"new concentration: {write_concentration(new)} is the old one: nothing changes",
        )
    most = (Decimal(0), capability.reservoir.mL / 2, "half the reservoir is the most that may be left")
    left = Volume(mL=reading.number("left", "left behind", "mL", most))
    return reading.form, Concentrations(old=old, new=new, left_behind=left), tuple(reading.problems)
