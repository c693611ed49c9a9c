"""A program against the drug library, before it is signed: covered, within soft and within hard limits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.dosing.drugs.library import Use
from thecal.dosing.findings import Lift, Severity, Weight, kind
from thecal.quantities import (
    HOUR,
    Concentration,
    Mass,
    quotient,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_mass,
    write_milligrams,
    write_volume,
)
from thecal.therapy import PeriodicBolus, SingleBolus, dose_in_any_24_hours, most_in_any, per_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from thecal.dosing.drugs.library import Bounds, Entry, Library
    from thecal.dosing.findings import Finding
    from thecal.dosing.limits import Limits
    from thecal.quantities import FlowRate, Volume
    from thecal.therapy import Program

NOT_COVERED = kind(
    "drug.not-covered",
    Weight.HARD,
    Severity.CRITICAL,
    Lift.NEVER,
    says="{drug} {concentration} is not covered by the drug library.",
    because="Its limits are not known here: a mixture or an unknown drug has no number (ITB-046, ITB-048). "
    "Library: {library}.",
    lifted_by="Check drug, mg and mL on the box and enter them again. Covered here: {covered}.",
)
ABOVE_HARD = kind(
    "drug.hard-limit",
    Weight.HARD,
    Severity.CRITICAL,
    Lift.NEVER,
    says="{what}: {value} is beyond the hard limit of {product}, {allowed}.",
    because="The limit was approved by {approved_by} in version {version} of the drug library (ITB-045).",
    lifted_by="Enter a value within the limit. A change of the limit needs a new version of the library.",
)
ABOVE_SOFT = kind(
    "drug.soft-limit",
    Weight.SOFT,
    Severity.HIGH,
    Lift.SECOND_SIGNATURE,
    says="{what}: {value} is beyond the soft limit of {product}, {allowed}.",
    because="The limit was approved by {approved_by} in version {version} of the drug library (ITB-044).",
    lifted_by="Enter a value within the limit; or confirm it a second time, with a reason.",
)
WRONG_PRODUCT = kind(
    "drug.wrong-product",
    Weight.HARD,
    Severity.CRITICAL,
    Lift.NEVER,
    says="The product holds {found}; the program is for {concentration}.",
    because="Products look alike: the same mg in another volume is another concentration (ITB-166).",
    lifted_by="Compare the box with the order. Nothing is filled until both agree.",
)
NOT_FOR_TRIAL = kind(
    "drug.not-for-trial",
    Weight.HARD,
    Severity.CRITICAL,
    Lift.NEVER,
    says="The product holds {found}; a screening trial uses {trial_concentration} only.",
    because="A pump product in a screening bolus is an overdose of ten times or more (ITB-166).",
    lifted_by="Take the product for the screening trial.",
)
ENTERED_TWICE_DIFFERENTLY = kind(
    "drug.entries-differ",
    Weight.HARD,
    Severity.HIGH,
    Lift.NEVER,
    says="The product was entered as {one} and as {other}.",
    because="There is no default concentration; it is scanned or entered twice (ITB-049).",
    lifted_by="Read mg and mL from the box and enter both again.",
)
KINDS = (
    NOT_COVERED,
    ABOVE_HARD,
    ABOVE_SOFT,
    WRONG_PRODUCT,
    NOT_FOR_TRIAL,
    ENTERED_TWICE_DIFFERENTLY,
)
"""Every kind of finding of the drug library."""


def check_program(program: Program, library: Library, *, minimum_rate: FlowRate) -> tuple[Finding, ...]:
    """Return what the drug library says about a program; nothing about a stopped one.

    Args:
        program: as compiled for the pump.
        library: of the hospital, opened and verified.
        minimum_rate: of the pump.
    """
    if program.is_stopped:
        return ()
    entry = library.find(program.drug.name, program.concentration, Use.PUMP)
    if entry is None:
        return (_not_covered(program.drug.name, program.concentration, library),)
    checks = tuple(_checks(program, minimum_rate))
    return tuple(finding for check in checks for finding in _against(check, entry, library))


def check_product(
    entered: tuple[Mass, Volume],
    again: tuple[Mass, Volume],
    *,
    use: Use,
    concentration: Concentration,
    limits: Limits,
) -> tuple[Finding, ...]:
    """Return what is wrong with a product that was scanned or entered twice, as drug and volume.

    Args:
        entered: drug and volume of one container.
        again: the same, scanned or entered a second time.
        use: trial or pump.
        concentration: of the program, or of the trial order.
        limits: of the place; the trial's concentration is one of them.
    """
    if entered != again:
        return (ENTERED_TWICE_DIFFERENTLY.found(one=_written(entered), other=_written(again)),)
    found = Concentration(ug_per_mL=quotient(entered[0].ug, entered[1].mL))
    trial = limits["trial_concentration"].concentration
    if use is Use.TRIAL and found != trial:
        return (NOT_FOR_TRIAL.found(found=found, trial_concentration=limits["trial_concentration"]),)
    if found != concentration:
        return (WRONG_PRODUCT.found(found=found, concentration=concentration),)
    return ()


def _written(product: tuple[Mass, Volume]) -> str:
    return f"{write_milligrams(product[0])} in {write_volume(product[1])}"


def _not_covered(drug: str, concentration: Concentration, library: Library) -> Finding:
    covered = [write_concentration(one) for one in library.concentrations(drug, Use.PUMP)]
    return NOT_COVERED.found(
        drug=drug,
        concentration=concentration,
        library=f"{library.hospital}, version {library.version}",
        covered=", ".join(covered) or "no concentration of this drug",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """One amount of a program: how it is written, when it is beyond bounds, and what they allow."""

    what: str
    value: str
    is_beyond: Callable[[Bounds], bool]
    allowed: Callable[[Bounds], str]


def _checks(program: Program, minimum_rate: FlowRate) -> Iterator[_Check]:
    daily = per_day(dose_in_any_24_hours(program, minimum_rate=minimum_rate).highest)
    yield _Check(
        what="24-hour dose",
        value=write_dose_rate(daily),
        is_beyond=lambda bounds: daily > bounds.daily_dose,
        allowed=lambda bounds: f"at most {write_dose_rate(bounds.daily_dose)}",
    )
    hourly = most_in_any(HOUR, program, minimum_rate) * Fraction(program.concentration.ug_per_mL)
    yield _Check(
        what="dose in an hour",
        value=write_mass(Mass(ug=quotient(Decimal(hourly.numerator), Decimal(hourly.denominator)))),
        is_beyond=lambda bounds: hourly > Fraction(bounds.hourly_dose.ug),
        allowed=lambda bounds: f"at most {write_mass(bounds.hourly_dose)}",
    )
    for bolus, duration in _boluses(program):
        yield _of_bolus(bolus)
        yield _of_duration(duration)


def _of_bolus(bolus: Mass) -> _Check:
    return _Check(
        what="bolus",
        value=write_mass(bolus),
        is_beyond=lambda bounds: bolus > bounds.bolus,
        allowed=lambda bounds: f"at most {write_mass(bounds.bolus)}",
    )


def _of_duration(duration: timedelta) -> _Check:
    return _Check(
        what="bolus duration",
        value=write_duration(duration),
        is_beyond=lambda bounds: duration < bounds.shortest_bolus,
        allowed=lambda bounds: f"at least {write_duration(bounds.shortest_bolus)}",
    )


def _boluses(program: Program) -> Iterator[tuple[Mass, timedelta]]:
    if isinstance(program.once, SingleBolus):
        yield program.once.dose, program.once.duration
    if isinstance(program.base, PeriodicBolus):
        yield program.base.bolus, program.base.duration


def _against(check: _Check, entry: Entry, library: Library) -> Iterator[Finding]:
    for found, bounds in ((ABOVE_HARD, entry.hard), (ABOVE_SOFT, entry.soft)):
        if check.is_beyond(bounds):
            yield found.found(
                what=check.what,
                value=check.value,
                allowed=check.allowed(bounds),
                product=entry.product,
                approved_by=library.approved_by,
                version=library.version,
            )
            return
