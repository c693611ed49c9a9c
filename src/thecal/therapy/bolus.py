"""Single runs (single bolus, priming, bridge), after which the base program continues, and patient boluses.

Priming and bridge are modes with an end and a volume of their own, not disguised base rates (ITB-023).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from thecal.quantities import (
    MICROSECONDS_PER_DAY,
    Concentration,
    DoseRate,
    Mass,
    Volume,
    microseconds,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_mass,
    write_volume,
)
from thecal.therapy.drug import STABILITY
from thecal.therapy.errors import ProgramError
from thecal.therapy.modes import whole_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleBolus:
    """One dose over one duration in addition to the base rate (ITB-016); then the base program continues."""

    dose: Mass
    duration: timedelta

    def __post_init__(self) -> None:
        """Refuse an empty bolus and a duration that is not whole seconds."""
        if self.dose.is_zero:
            raise ProgramError("single bolus: 0 mcg is not a bolus")
        whole_seconds(self.duration, "single bolus duration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Priming:
    """Fill pump tubing and catheter: a volume over a duration, before the base program runs."""

    volume: Volume
    duration: timedelta

    def __post_init__(self) -> None:
        """Refuse an empty prime and a duration that is not whole seconds."""
        if self.volume.is_zero:
            raise ProgramError("priming: 0 mL primes nothing")
        whole_seconds(self.duration, "priming duration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Drive the old solution out of the dead space at the pace that keeps the dose; then the base program.

    The flow is ``dose / old_concentration`` and the length ``dead_volume x old_concentration / dose``
    (ITB-050), so the patient receives ``dose`` throughout.
    """

    dose: DoseRate
    old_concentration: Concentration
    dead_volume: Volume

    def __post_init__(self) -> None:
        """Refuse a bridge of nothing, and one that is over at once or outlives the drug in the pump."""
        if self.dose.is_zero or self.old_concentration.is_zero or self.dead_volume.is_zero:
            raise ProgramError("bridge: dose, old concentration and dead volume must all be above 0")
        if not 1 <= self._seconds <= STABILITY // timedelta(seconds=1):
            raise ProgramError(
                f"bridge: {write_volume(self.dead_volume)} of {write_concentration(self.old_concentration)} "
                f"at {write_dose_rate(self.dose)} lasts {self._seconds} s, which is outside what is allowed, "
                f"1 s to {write_duration(STABILITY)} (longest time of the drug in a pump)"
            )

    @property
    def _seconds(self) -> int:
        old_drug = Fraction(self.dead_volume.mL) * Fraction(self.old_concentration.ug_per_mL)
        return int(old_drug / Fraction(self.dose.ug_per_day) * 86_400)

    @property
    def duration(self) -> timedelta:
        """How long it lasts, rounded down to the second."""
        return timedelta(seconds=self._seconds)


Once = SingleBolus | Priming | Bridge


def once_duration(once: Once) -> timedelta:
    """Return the duration of a single run."""
    return once.duration


def once_flow(once: Once, concentration: Concentration) -> Fraction:
    """Return the exact flow of a single run, in mL/day."""
    match once:
        case SingleBolus(dose=dose):
            volume = Fraction(dose.ug) / Fraction(concentration.ug_per_mL)
            return volume * MICROSECONDS_PER_DAY / microseconds(once.duration)
        case Priming(volume=prime):
            return Fraction(prime.mL) * MICROSECONDS_PER_DAY / microseconds(once.duration)
        case Bridge(dose=pace, old_concentration=old):
            return Fraction(pace.ug_per_day) / Fraction(old.ug_per_mL)


def describe_once(once: Once) -> str:
    """Describe a single run in a sentence."""
    match once:
        case SingleBolus(dose=dose, duration=duration):
            over = write_duration(duration)
            return f"single bolus, once: {write_mass(dose)} over {over}, on top of the base program"
        case Priming(volume=volume, duration=duration):
            over = write_duration(duration)
            return f"priming, once: {write_volume(volume)} over {over}, then the base program"
        case Bridge(dose=dose, old_concentration=old):
            length = write_duration(once.duration)
            return (
                f"bridge, once: {write_dose_rate(dose)} of the old {write_concentration(old)} "
                f"for {length}, then the base program"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientBolus:
    """The bolus that a patient may request, with limits that the pump enforces. Baclofen denies it (ITB-024).

    ``lockout`` counts from the start of one bolus to the earliest start of the next.
    """

    dose: Mass
    duration: timedelta
    most_per_day: int
    lockout: timedelta

    def __post_init__(self) -> None:
        """Refuse an empty bolus, no allowance, and a lockout shorter than the bolus."""
        if self.dose.is_zero or self.most_per_day < 1:
            raise ProgramError("patient bolus: dose and number a day must be above 0")
        whole_seconds(self.duration, "patient bolus duration")
        whole_seconds(self.lockout, "patient bolus lockout")
        if self.lockout < self.duration:
            raise ProgramError(
                f"patient bolus: a lockout of {write_duration(self.lockout)} is shorter "
                f"than the bolus ({write_duration(self.duration)})"
            )

    @property
    def most_in_a_day(self) -> Mass:
        """The highest dose of all patient boluses in 24 hours."""
        return self.dose.scaled(Decimal(self.most_per_day))


def describe_patient_bolus(allowed: PatientBolus) -> str:
    """Describe the allowed patient bolus in a sentence."""
    return (
        f"patient bolus, on request: {write_mass(allowed.dose)} over {write_duration(allowed.duration)}, "
        f"at most {allowed.most_per_day} in 24 h, at least {write_duration(allowed.lockout)} apart"
    )
