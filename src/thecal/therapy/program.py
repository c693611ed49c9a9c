"""A program: everything the pump runs, as one value with one canonical form.

A program is drug, concentration, a base mode, perhaps a single run first, and perhaps an
allowance for patient boluses. Its flow over time is ``therapy.flow.pieces``; its bytes are
``therapy.canonical.program_bytes``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.quantities import Concentration, DoseRate, write_concentration, write_dose_rate
from thecal.therapy.bolus import Bridge, Once, PatientBolus, describe_once, describe_patient_bolus
from thecal.therapy.errors import ProgramError
from thecal.therapy.modes import (
    Base,
    Flex,
    MinimumRate,
    Stopped,
    as_dose_rate,
    daily_totals_ug,
    describe_base,
)

if TYPE_CHECKING:
    from thecal.therapy.drug import Drug


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program for the pump.

    Attributes:
        drug: from the library.
        concentration: of the solution in the reservoir.
        base: the base mode, which runs until the next command.
        once: a single run, from the start of the program to, and not including, that moment plus its
            duration; then the base program runs.
        patient_bolus: the bolus that the patient may request; baclofen denies it.
    """

    drug: Drug
    concentration: Concentration
    base: Base
    once: Once | None = None
    patient_bolus: PatientBolus | None = None

    def __post_init__(self) -> None:
        """Refuse what the drug's library entry does not allow, and a single run on a stopped base."""
        self._check_concentration("concentration", self.concentration)
        if isinstance(self.once, Bridge):
            self._check_concentration("bridge, old concentration", self.once.old_concentration)
        if self.patient_bolus is not None and self.drug.patient_bolus_denied:
            raise ProgramError(f"patient bolus: denied, {self.drug.patient_bolus_denied}")
        if self.once is not None and isinstance(self.base, Stopped):
            raise ProgramError(
                "a bolus, prime or bridge needs a base program to return to; the base is stopped"
            )

    def _check_concentration(self, field: str, concentration: Concentration) -> None:
        if concentration.is_zero or concentration > self.drug.highest_concentration:
            highest = write_concentration(self.drug.highest_concentration)
            raise ProgramError(
                f"{field}: {write_concentration(concentration)} is outside what is allowed, "
                f"above 0 mcg/mL and up to {highest} ({self.drug.concentration_source})"
            )

    @property
    def daily_doses(self) -> tuple[DoseRate, ...] | None:
        """The base program's dose of each weekday, Monday first; None at the device's minimum rate."""
        totals = daily_totals_ug(self.base)
        return None if totals is None else tuple(as_dose_rate(total) for total in totals)

    @property
    def mean_daily_dose(self) -> DoseRate | None:
        """The mean over a week of the base program's dose; None at the device's minimum rate.

        It is not the dose of any 24 hours: for that see ``therapy.daily_dose``.
        """
        totals = daily_totals_ug(self.base)
        return None if totals is None else as_dose_rate(sum(totals, Fraction(0)) / len(totals))

    @property
    def is_stopped(self) -> bool:
        """Whether nothing flows at all."""
        return isinstance(self.base, Stopped)

    @property
    def is_minimum_rate(self) -> bool:
        """Whether the base is the device's minimum rate."""
        return isinstance(self.base, MinimumRate)

    @property
    def patient_bolus_volume(self) -> Fraction:
        """The exact volume of all patient boluses that are allowed in a day, in millilitres."""
        if self.patient_bolus is None:
            return Fraction(0)
        return Fraction(self.patient_bolus.most_in_a_day.ug) / Fraction(self.concentration.ug_per_mL)

    def describe(self) -> tuple[str, ...]:
        """Describe the program in sentences.

        >>> from decimal import Decimal
        >>> from thecal.therapy import BACLOFEN, Program, SimpleContinuous
        >>> dose, solution = DoseRate(ug_per_day=Decimal(125)), Concentration(ug_per_mL=Decimal(500))
        >>> Program(drug=BACLOFEN, concentration=solution, base=SimpleContinuous(dose=dose)).describe()[0]
        'baclofen 500 mcg/mL'
        """
        lines = [f"{self.drug.name} {write_concentration(self.concentration)}"]
        if self.once is not None:
            lines.append(describe_once(self.once))
        lines.extend(describe_base(self.base))
        if (mean := self.mean_daily_dose) is not None and not self.is_stopped:
            lines.append(self._describe_daily_dose(mean))
        if self.patient_bolus is not None:
            lines.append(describe_patient_bolus(self.patient_bolus))
        return tuple(lines)

    def _describe_daily_dose(self, mean: DoseRate) -> str:
        """Describe the base program's dose; if the days differ, it is called a mean."""
        if isinstance(self.base, Flex) and len(set(self.base.days)) > 1:
            return f"mean over the week, not a 24-hour dose: {write_dose_rate(mean)}"
        of_base = "" if self.once is None else " of the base program"
        return f"24-hour dose{of_base}: {write_dose_rate(mean)}"
