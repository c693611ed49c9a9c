"""Concentration and reservoir for a dose: what each pair would mean for flow and refills."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.dosing.findings import Lift, Severity, Weight, kind
from thecal.dosing.tables import Calculation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limits
    from thecal.quantities import Concentration, DoseRate, FlowRate
    from thecal.therapy import Capability

INTERVAL = Calculation(
    id="choice.interval",
    title="Concentration and reservoir",
    formula="days to refill = min({stability}, (capacity - unusable) / (1 + accuracy) / flow), where "
    "flow = dose / "
    "concentration; the highest marketed concentration is {concentration_most}",
    sources=("ITB-168; device facts C1 and C3",),
)
TOO_SLOW = kind(
    "choice.flow-too-low",
    Weight.HARD,
    Severity.HIGH,
    Lift.NEVER,
    says="{dose} at {concentration} is {flow}, below the lowest flow of this pump, {lowest}.",
    because="The pump cannot deliver a lower flow.",
    lifted_by="Choose a lower concentration.",
)
TOO_FAST = kind(
    "choice.flow-too-high",
    Weight.HARD,
    Severity.HIGH,
    Lift.NEVER,
    says="{dose} at {concentration} is {flow}, above the highest flow of this pump, {highest}.",
    because="The pump cannot deliver a higher flow.",
    lifted_by="Choose a higher concentration.",
)
STABILITY_FIRST = kind(
    "choice.stability-limits",
    Weight.NOTE,
    Severity.LOW,
    Lift.NOTHING,
    says="The drug is stable for {stability}: it ends before the reservoir does.",
    because="A larger reservoir or a higher concentration would not lengthen the interval.",
    lifted_by="A lower concentration gives the same interval with a higher, steadier flow.",
)
KINDS = (TOO_SLOW, TOO_FAST, STABILITY_FIRST)
"""Every kind of finding of this package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One concentration in one pump.

    Attributes:
        concentration: of the solution.
        pump: its model.
        flow: for the dose.
        days: between refills in the worst case, whole days, rounded down; 0 where the pump cannot run it.
        findings: what speaks against it.
    """

    concentration: Concentration
    pump: str
    flow: FlowRate
    days: int
    findings: tuple[Finding, ...]

    @property
    def is_possible(self) -> bool:
        """Whether the pump can run it."""
        return not any(finding.is_hard for finding in self.findings)


def choices(
    dose: DoseRate, concentrations: Iterable[Concentration], pumps: Iterable[Capability], limits: Limits
) -> tuple[Choice, ...]:
    """Return every pair of concentration and pump for a dose, the longest interval first.

    Raises:
        ValueError: the dose is 0.
    """
    if dose.is_zero:
        raise ValueError("dose: 0 mcg/day needs no pump; enter the expected 24-hour dose")
    pairs = [(concentration, pump) for pump in pumps for concentration in concentrations]
    found = [_choice(dose, concentration, pump, limits) for concentration, pump in pairs]
    return tuple(sorted(found, key=lambda one: (-one.days, one.concentration, one.pump)))


def _choice(dose: DoseRate, concentration: Concentration, pump: Capability, limits: Limits) -> Choice:
    flow, findings = dose.as_flow(concentration), []
    if flow < pump.flow_least:
        findings.append(
            TOO_SLOW.found(dose=dose, concentration=concentration, flow=flow, lowest=pump.flow_least)
        )
    if flow > pump.flow_most:
        findings.append(
            TOO_FAST.found(dose=dose, concentration=concentration, flow=flow, highest=pump.flow_most)
        )
    days = 0 if findings else _days(flow, pump)
    stable = int(limits["stability"].number("d"))
    if not findings and days > stable:
        findings.append(STABILITY_FIRST.found(limits["stability"]))
    return Choice(
        concentration=concentration,
        pump=pump.model,
        flow=flow,
        days=min(days, stable),
        findings=tuple(findings),
    )


def _days(flow: FlowRate, pump: Capability) -> int:
    """Return whole days until nothing usable is left, with the flow at the top of the pump's tolerance."""
    usable = pump.reservoir.mL - pump.unusable.mL
    worst = Fraction(flow.mL_per_day) * (1 + Fraction(pump.accuracy))
    return int(Fraction(usable) / worst)
