"""The drug in tubing and catheter: what a prime gives, and what is pushed out by hand (ITB-051, ITB-170)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.dosing.findings import Finding, Lift, Severity, Weight, kind
from thecal.dosing.tables import Hit, Row, Table, fact, known
from thecal.quantities import Concentration, Mass, Volume

if TYPE_CHECKING:
    from thecal.dosing.limits import Limits
    from thecal.dosing.tables import Decision

WITHDRAWN = kind(
    "prime.withdrawn-volume",
    Weight.HARD,
    Severity.CRITICAL,
    Lift.NEVER,
    says="{tubing} is the tubing volume that was withdrawn for this pump.",
    because="Primes by it gave too much: {prime_tubing} is the volume to prime by (TGA 2017; ITB-052).",
    lifted_by="Take the volume from the table of devices.",
)
MANUAL_WARN = kind(
    "manual-dose.warn",
    Weight.SOFT,
    Severity.HIGH,
    Lift.REASON,
    says="{volume} of {concentration} give {dose} as one bolus; a warning is given above {manual_dose_warn}.",
    because="Drug that is pushed out of tubing and catheter reaches the spinal fluid at once.",
    lifted_by="Aspirate the catheter first, or give a reason and watch the breathing.",
)
MANUAL_BLOCK = kind(
    "manual-dose.block",
    Weight.HARD,
    Severity.CRITICAL,
    Lift.NEVER,
    says="{volume} of {concentration} would give {dose} as one bolus, above {manual_dose_block}.",
    because="Drug that is pushed out of tubing and catheter reaches the spinal fluid at once; an overdose "
    "can kill.",
    lifted_by="Aspirate the catheter first. If nothing can be aspirated, do not inject.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimeFacts:
    """Pump and catheter before a prime.

    Attributes:
        tubing: the prime volume of the pump's tubing, from the table of devices.
        catheter: the volume of the implanted catheter.
        is_synchromed: whether the pump is a SynchroMed II.
        catheter_full: whether the catheter is kept and full of drug.
        tubing_primed: whether the tubing was primed before the implant.
    """

    tubing: Volume
    catheter: Volume
    is_synchromed: bool
    catheter_full: bool | None = fact("Is the catheter kept, and still full of drug?")
    tubing_primed: bool | None = fact("Was the tubing of the pump primed before the implant?")


def _is_withdrawn(facts: PrimeFacts, limits: Limits) -> bool:
    return facts.is_synchromed and facts.tubing == limits["prime_tubing_withdrawn"].volume


PRIME: Table[PrimeFacts, Volume | Finding] = Table(
    id="supply.prime",
    title="Volume of a prime",
    about="A prime through a catheter that is full of drug gives the patient all that it holds. Some drug "
    "leaves even a new catheter before the prime ends (FDA 2013): watch the patient.",
    hit=Hit.FIRST,
    sources=("ITB-051, ITB-052; Saulino and Gudesblatt, CMSC 2015, CC13; FDA 2013",),
    rows=(
        Row(
            id="withdrawn",
            when="the pump is a SynchroMed II, and its tubing volume is given as {prime_tubing_withdrawn}",
            then="refused: prime by {prime_tubing}",
            holds=_is_withdrawn,
            gives=lambda facts, limits: WITHDRAWN.found(limits["prime_tubing"], tubing=facts.tubing),
        ),
        Row(
            id="kept-full",
            when="the catheter is kept and full of drug",
            then="no prime",
            needs=("catheter_full",),
            holds=lambda facts, _: known(facts.catheter_full),
            gives=lambda _, __: Volume(mL=Decimal(0)),
        ),
        Row(
            id="catheter-only",
            when="the tubing was primed before the implant",
            then="the catheter only",
            needs=("tubing_primed",),
            holds=lambda facts, _: known(facts.tubing_primed),
            gives=lambda facts, _: facts.catheter,
        ),
        Row(
            id="all",
            when="otherwise",
            then="tubing and catheter",
            holds=lambda _, __: True,
            gives=lambda facts, _: facts.tubing + facts.catheter,
        ),
    ),
)
"""How much a prime moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualDoseFacts:
    """Drug that would be pushed out of the dead space, or given by hand.

    Attributes:
        volume: the volume that would be pushed.
        concentration: of what the catheter holds.
        is_aspirated: whether the catheter was aspirated first.
    """

    volume: Volume
    concentration: Concentration
    is_aspirated: bool | None = fact("Was the catheter aspirated first?")

    @property
    def dose(self) -> Mass:
        """The drug that it would give as one bolus."""
        return self.concentration.of(self.volume)


def _is_blocked(facts: ManualDoseFacts, limits: Limits) -> bool:
    return not known(facts.is_aspirated) and facts.dose > limits["manual_dose_block"].mass


def _is_warned(facts: ManualDoseFacts, limits: Limits) -> bool:
    return not _is_blocked(facts, limits) and facts.dose > limits["manual_dose_warn"].mass


MANUAL_DOSE: Table[ManualDoseFacts, Finding] = Table(
    id="supply.manual-dose",
    title="Drug that is pushed out by hand",
    about="Every injection through the access port, every flush and every prime of a full catheter is a "
    "bolus. What was aspirated is not given.",
    hit=Hit.ALL,
    sources=("ITB-170; Delhaas 1991",),
    rows=(
        Row(
            id="block",
            when="above {manual_dose_block}, and the catheter was not aspirated",
            then="refused: aspirate first",
            needs=("is_aspirated",),
            holds=_is_blocked,
            gives=lambda facts, limits: MANUAL_BLOCK.found(
                limits["manual_dose_block"],
                volume=facts.volume,
                concentration=facts.concentration,
                dose=facts.dose,
            ),
        ),
        Row(
            id="warn",
            when="above {manual_dose_warn}; above {manual_dose_block} only after aspiration",
            then="a warning that shows the bolus",
            needs=("is_aspirated",),
            holds=_is_warned,
            gives=lambda facts, limits: MANUAL_WARN.found(
                limits["manual_dose_warn"],
                volume=facts.volume,
                concentration=facts.concentration,
                dose=facts.dose,
            ),
        ),
    ),
)
"""What an injection through the dead space gives."""
KINDS = (WITHDRAWN, MANUAL_WARN, MANUAL_BLOCK)
"""Every kind of finding of the dead space."""


def prime(facts: PrimeFacts, limits: Limits) -> Decision[Volume | Finding]:
    """Return the volume of a prime, the refusal, or the questions that have to be answered first."""
    return PRIME.decide(facts, limits)


def manual_dose(facts: ManualDoseFacts, limits: Limits) -> Decision[Finding]:
    """Return what must be answered before drug is pushed out of the dead space."""
    return MANUAL_DOSE.decide(facts, limits)
