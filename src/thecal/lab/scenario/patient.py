"""Who the patient of a scenario is, how that changes on the way, and how both are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.body import CSF_DENSITY_MG_ML, Ensemble, Posture, load_groups, load_parameters
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
_LEAST_DENSITY, _MOST_DENSITY = Decimal(950), Decimal(1100)
_MOST_RATE = Decimal(60)
_OF_THE_IMPLANT = {
    "tubing_mL": "tubing",
    "catheter_bore_mL_per_cm": "bore",
    "catheter_diffusion_cm2_h": "diffusion",
}
"""What is known of a catheter, and the field of [implant] where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From a moment on the patient is another in something.

    Attributes:
        at: from when.
        posture: how the patient is placed from then on; None as before.
        density_mg_mL: of what is infused from then on; None as before.
        rate_mL_h: how fast it is infused from then on; None as before.
        known: parameters with their value from then on; the others stay as they were.
    """

    at: timedelta
    posture: Posture | None
    known: Known
    density_mg_mL: float | None = None
    rate_mL_h: float | None = None

    def of(self, patient: VirtualPatient) -> VirtualPatient:
        """Return the patient after the change."""
        return replace(
            patient,
            posture=self.posture or patient.posture,
            known=tuple(sorted({**dict(patient.known), **dict(self.known)}.items())),
            density_mg_mL=patient.density_mg_mL if self.density_mg_mL is None else self.density_mg_mL,
            rate_mL_h=patient.rate_mL_h if self.rate_mL_h is None else self.rate_mL_h,
        )

    def describe(self) -> str:
        """Return a short description."""
        table = load_parameters().table
        known = [f"{name} {plain(as_decimal(repr(value)))} {table[name].unit}" for name, value in self.known]
        conditions = [] if self.posture is None else [f"placed {self.posture.value}"]
        if self.density_mg_mL is not None:
            conditions.append(f"what is infused weighs {self.density_mg_mL:g} mg/mL")
        if self.rate_mL_h is not None:
            conditions.append(f"infused at {self.rate_mL_h:g} mL/h")
        return "the patient changes: " + ", ".join([*conditions, *known])


def read_change(table: Table, at: timedelta) -> Change:
    """Read what changes."""
    known = table.table("known")
    posture = Posture(table.choice("posture", _POSTURES) or "flat") if "posture" in table else None
    change = Change(
        at=at,
        posture=posture,
        known=() if known is None else read_known(known),
        density_mg_mL=_density(table) if "density" in table else None,
        rate_mL_h=_rate(table) if "rate" in table else None,
    )
    if table.is_sound and not at:
        table.refuse("at", "is the start", allowed="later; what holds from the start stands in [patient]")
    conditions = (change.posture, change.density_mg_mL, change.rate_mL_h)
    if table.is_sound and conditions == (None, None, None) and not change.known:
        table.refuse(
            "known",
            "is missing",
            allowed="a posture, a density, a rate, a table of known parameters, or some of them",
        )
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
        density_mg_mL=_density(table) if "density" in table else CSF_DENSITY_MG_ML,
        rate_mL_h=_rate(table) if "rate" in table else 0.0,
    )
    if table.is_sound:
        check_patient(table, patient)
    table.close("origin, groups, child, posture, density, rate, known")
    return patient


def check_patient(table: Table, patient: VirtualPatient) -> None:
    """Note what cannot be of a patient, where it stands in the table."""
    for field, made, allowed in (
        ("groups", lambda: patient.grouped, f"of each kind one: {', '.join(load_groups())}"),
        ("child", lambda: patient.sized, "a child who can be, with a disease or a course of treatment"),
        ("posture", patient.parameters, "conditions that go together, and change what is not known"),
        ("known", lambda: Ensemble.drawn(patient.parameters(), 0, 0, cells_per_cm=1), "a body that can be"),
    ):
        try:
            made()
        except ValueError as error:
            text, _, remedy = str(error).partition("; allowed: ")
            table.refuse(field, text, allowed=remedy or allowed, source=_RANGE)
            return


def read_known(table: Table) -> Known:
    """Read what is known of a patient: model parameters by name, each in its own unit."""
    parameters = load_parameters().table
    values = []
    for name in table.rest():
        parameter = parameters.get(name)
        if parameter is not None:
            values.append((name, _known_value(table, name, parameter)))
        if name in _OF_THE_IMPLANT:
            catheter = load_parameters().catheter[name]
            _known_value(table, name, catheter)
            table.refuse(
                name,
                "is the catheter's, not the patient's",
                allowed=f"{_OF_THE_IMPLANT[name]} = '{catheter.value:g} {catheter.unit}' in [implant]",
            )
    table.close(", ".join(parameters))
    return tuple(sorted(values))


def _known_value(table: Table, name: str, parameter: Parameter) -> float:
    low, high = (as_decimal(repr(edge)) for edge in (parameter.low, parameter.high))
    return float(table.number(name, parameter.unit, low=low, high=high, source=parameter.source))


def _density(table: Table) -> float:
    return float(
        table.number(
            "density", "mg/mL", low=_LEAST_DENSITY, high=_MOST_DENSITY, source="at 37 degC; " + _RANGE
        )
    )


def _rate(table: Table) -> float:
    return float(table.number("rate", "mL/h", low=Decimal(0), high=_MOST_RATE, source=_RANGE))


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
