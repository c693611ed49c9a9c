"""Drugs a pump may hold, each limit with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from thecal.quantities import Concentration

STABILITY = timedelta(days=180)
"""Longest time of the drug in the pump on the label, as reported in PMID 38043050 (2023)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A drug as programs speak of it.

    Attributes:
        name: the generic name, lower case.
        highest_concentration: strongest solution allowed in a reservoir.
        concentration_source: who says so.
        patient_bolus_denied: why a patient may not give a bolus, or None where it is allowed.
    """

    name: str
    highest_concentration: Concentration
    concentration_source: str
    patient_bolus_denied: str | None


BACLOFEN = Drug(
    name="baclofen",
    highest_concentration=Concentration(ug_per_mL=Decimal(2000)),
    concentration_source="highest marketed concentration, US National Drug Code directory (openFDA)",
    patient_bolus_denied=(
        "a patient-activated bolus must not be used with intrathecal baclofen "
        "(Flowonix Prometra Patient Therapy Controller guide; ITB-024)"
    ),
)

_DRUGS = {drug.name: drug for drug in (BACLOFEN,)}


def drug_named(name: str) -> Drug:
    """Return a drug of the library.

    Raises:
        ValueError: not in the library; an unknown drug is not startable (ITB-046).
    """
    if name not in _DRUGS:
        raise ValueError(f"drug {name!r} is not in the library; known: {', '.join(sorted(_DRUGS))}")
    return _DRUGS[name]
