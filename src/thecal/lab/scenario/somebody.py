"""Who the patient of a scenario is, how that changes on the way, and how both are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import Posture, load_groups, load_parameters
from thecal.lab.patient import Child, Origin, VirtualPatient
from thecal.quantities import as_decimal, plain

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.body import Parameter
    from thecal.lab.scenario.table import Table

    Known = tuple[tuple[str, float], ...]

_POSTURES = tuple(posture.value for posture in Posture)
_FROM_4 = "4 years and over, US label"
_RANGE = "range of the body model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From a moment on the patient is another in something.

    Attributes:
        at: from when.
        posture: how the patient is placed from then on; None as before.
        known: parameters with their value from then on; the others stay as they were.
    """

    at: timedelta
    posture: Posture | None
    known: Known

    def of(self, patient: VirtualPatient) -> VirtualPatient:
        """Return the patient after the change."""
        known = tuple(sorted({**dict(patient.known), **dict(self.known)}.items()))
        return replace(patient, posture=self.posture or patient.posture, known=known)

    def describe(self) -> str:
        """Say it in a few words."""
        table = load_parameters().table
        said = [f"{name} {plain(as_decimal(repr(value)))} {table[name].unit}" for name, value in self.known]
        return "the patient changes: " + ", ".join(
            [*([] if self.posture is None else [f"placed {self.posture.value}"]), *said]
        )


def read_change(table: Table, at: timedelta) -> Change:
    """Read what changes."""
    known = table.table("known")
    posture = Posture(table.choice("posture", _POSTURES) or "flat") if "posture" in table else None
    change = Change(at=at, posture=posture, known=() if known is None else read_known(known))
    if table.is_sound and not at:
        table.refuse("at", "is the start", allowed="later; what holds from the start stands in [patient]")
    if table.is_sound and posture is None and not change.known:
        table.refuse("known", "is missing", allowed="a posture, a table of known parameters, or both")
    return change


def read_patient(table: Table) -> VirtualPatient:
    """Read who the patient is; a stand-in after a fault."""
    origin = table.choice("origin", tuple(origin.value for origin in Origin))
    known = table.table("known")
    young = table.table("child")
    patient = VirtualPatient(
        origin=Origin(origin or Origin.SPINAL),
        groups=table.texts("groups"),
        known=() if known is None else read_known(known),
        child=None if young is None else _child(young),
        posture=Posture(table.choice("posture", _POSTURES, default="flat") or "flat"),
    )
    if table.is_sound:
        try:
            patient.parameters()
        except ValueError as error:
            table.refuse("groups", str(error), allowed=f"of each kind one: {', '.join(load_groups())}")
    table.close("origin, groups, child, posture, known")
    return patient


def read_known(table: Table) -> Known:
    """Read what is known of a patient: model parameters by name, each in its own unit."""
    parameters = load_parameters().table
    values = []
    for name in table.rest():
        parameter = parameters.get(name)
        if parameter is not None:
            values.append((name, _known_value(table, name, parameter)))
    table.close(", ".join(parameters))
    return tuple(sorted(values))


def _known_value(table: Table, name: str, parameter: Parameter) -> float:
    low, high = (as_decimal(repr(edge)) for edge in (parameter.low, parameter.high))
    return float(table.number(name, parameter.unit, low=low, high=high, source=parameter.source))


def _child(table: Table) -> Child:
    def measure(name: str, unit: str, low: int, high: int, source: str = _RANGE) -> float:
        return float(table.number(name, unit, low=Decimal(low), high=Decimal(high), source=source))

    young = Child(
        age_years=measure("age", "year", 4, 18, _FROM_4),
        height_cm=measure("height", "cm", 80, 200),
        weight_kg=measure("weight", "kg", 10, 120),
    )
    table.close("age, height, weight")
    return young
