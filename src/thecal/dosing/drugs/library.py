"""The drug library: one entry for each product and concentration, approved by a named person, and signed.

LibraryError (a ValueError)    an entry or a library that cannot be: says what and why
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from thecal.journal import canonical
from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    Volume,
    as_decimal,
    plain,
    quotient,
    write_concentration,
)
from thecal.therapy import ForgedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.therapy import Signer, Verifier

FORM = 1
"""The form of a signed library that is written and read."""


class LibraryError(ValueError):
    """An entry or a library that cannot be."""


class Use(StrEnum):
    """What a product is for."""

    TRIAL = "screening trial"
    PUMP = "pump"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits of one product: what asks for a second confirmation, or what cannot be programmed.

    Attributes:
        daily_dose: highest dose in any 24 h.
        hourly_dose: highest dose in any hour.
        bolus: highest single bolus.
        shortest_bolus: shortest duration of a bolus.
    """

    daily_dose: DoseRate
    hourly_dose: Mass
    bolus: Mass
    shortest_bolus: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One product at one concentration.

    Attributes:
        product: its name and pack, as on the box.
        drug: generic name, lower case.
        mass, volume: drug and solution in one container.
        use: trial or pump.
        stability: longest time in the pump.
        soft: beyond it a second confirmation with a reason is needed (ITB-044).
        hard: beyond it nothing can be signed (ITB-045).
        typical_daily_dose: for comparison; None for a trial product.
    """

    product: str
    drug: str
    mass: Mass
    volume: Volume
    use: Use
    stability: timedelta
    soft: Bounds
    hard: Bounds
    typical_daily_dose: DoseRate | None = None

    def __post_init__(self) -> None:
        """Refuse an empty container, and a soft limit beyond the hard one.

        Raises:
            LibraryError: naming the product and the limit.
        """
        if self.volume.is_zero or self.mass.is_zero:
            raise LibraryError(f"{self.product}: give the drug in mg and the solution in mL, both above 0")
        soft, hard = self.soft, self.hard
        beyond = {
            "24-hour dose": soft.daily_dose > hard.daily_dose,
            "dose in an hour": soft.hourly_dose > hard.hourly_dose,
            "bolus": soft.bolus > hard.bolus,
            "shortest bolus": soft.shortest_bolus < hard.shortest_bolus,
        }
        if names := [name for name, is_beyond in beyond.items() if is_beyond]:
            raise LibraryError(f"{self.product}, {', '.join(names)}: the soft limit lies beyond the hard one")

    @property
    def concentration(self) -> Concentration:
        """The concentration, from mass and volume."""
        return Concentration(ug_per_mL=quotient(self.mass.ug, self.volume.mL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The drug library of one hospital.

    Attributes:
        hospital: whose.
        version: 1 or more; raised with every change.
        approved_by: the person who approved it.
        approved_on: when.
        entries: each product and concentration once.
    """

    hospital: str
    version: int
    approved_by: str
    approved_on: date
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        """Refuse a library that nobody approved, that is empty, or that has two entries for one product.

        Raises:
            LibraryError: naming what is wrong.
        """
        if not self.approved_by.strip():
            raise LibraryError("approved_by: a drug library is approved by a named person")
        if self.version < 1 or not self.entries:
            raise LibraryError(f"version {self.version}, {len(self.entries)} entries: give 1 or more of each")
        keys = [(entry.drug, entry.concentration, entry.use) for entry in self.entries]
        for entry, key in zip(self.entries, keys, strict=True):
            if keys.count(key) > 1:
                where = f"{entry.drug} {write_concentration(entry.concentration)} for the {entry.use}"
                raise LibraryError(f"{entry.product}: {where} has more than one entry")

    def find(self, drug: str, concentration: Concentration, use: Use) -> Entry | None:
        """Return the entry of exactly this drug and concentration; None where it is not covered."""
        wanted = (drug, concentration, use)
        return next((one for one in self.entries if (one.drug, one.concentration, one.use) == wanted), None)

    def concentrations(self, drug: str, use: Use) -> tuple[Concentration, ...]:
        """Return the concentrations in which a drug is covered, lowest first."""
        return tuple(sorted(one.concentration for one in self.entries if (one.drug, one.use) == (drug, use)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLibrary:
    """A library's bytes with the signature over them."""

    document: bytes
    signature: bytes
    key_id: str

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the document, by which a program says which library it was checked against."""
        return hashlib.sha256(self.document).hexdigest()


def sign_library(library: Library, signer: Signer) -> SignedLibrary:
    """Return a library, signed."""
    document = library_bytes(library)
    return SignedLibrary(document=document, signature=signer.sign(document), key_id=signer.key_id)


def open_library(signed: SignedLibrary, verifier: Verifier) -> Library:
    """Return the library, if it is what was signed.

    Raises:
        ForgedError: the signature is not that key's, or the document is not in the one form.
    """
    verifier.verify(signed.document, signed.signature, key_id=signed.key_id)
    try:
        library = _library(json.loads(signed.document))
    except (ValueError, KeyError, TypeError) as error:
        raise ForgedError(f"the drug library cannot be read: {error}") from error
    if library_bytes(library) != signed.document:
        raise ForgedError("the drug library is not in the one form that is signed")
    return library


def library_bytes(library: Library) -> bytes:
    """Return the one form of a library: canonical JSON."""
    return canonical(
        {
            "form": FORM,
            "hospital": library.hospital,
            "version": library.version,
            "approved_by": library.approved_by,
            "approved_on": library.approved_on.isoformat(),
            "entries": [_entry_fields(entry) for entry in library.entries],
        }
    )


def _entry_fields(entry: Entry) -> dict[str, object]:
    typical = entry.typical_daily_dose
    return {
        "product": entry.product,
        "drug": entry.drug,
        "mass_ug": plain(entry.mass.ug),
        "volume_mL": plain(entry.volume.mL),
        "use": entry.use.value,
        "stability_s": _seconds(entry.stability),
        "soft": _bounds_fields(entry.soft),
        "hard": _bounds_fields(entry.hard),
        "typical_ug_per_day": None if typical is None else plain(typical.ug_per_day),
    }


def _bounds_fields(bounds: Bounds) -> dict[str, object]:
    return {
        "ug_per_day": plain(bounds.daily_dose.ug_per_day),
        "ug_per_hour": plain(bounds.hourly_dose.ug),
        "bolus_ug": plain(bounds.bolus.ug),
        "shortest_bolus_s": _seconds(bounds.shortest_bolus),
    }


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _library(fields: Mapping[str, object]) -> Library:
    if fields["form"] != FORM:
        raise ValueError(f"form {fields['form']!r} is not known; known: {FORM}")
    entries = fields["entries"]
    if not isinstance(entries, list):
        raise TypeError("entries is no list")
    return Library(
        hospital=str(fields["hospital"]),
        version=int(str(fields["version"])),
        approved_by=str(fields["approved_by"]),
        approved_on=date.fromisoformat(str(fields["approved_on"])),
        entries=tuple(_entry(entry) for entry in entries),
    )


def _entry(fields: Mapping[str, object]) -> Entry:
    typical = fields["typical_ug_per_day"]
    return Entry(
        product=str(fields["product"]),
        drug=str(fields["drug"]),
        mass=Mass(ug=as_decimal(str(fields["mass_ug"]))),
        volume=Volume(mL=as_decimal(str(fields["volume_mL"]))),
        use=Use(str(fields["use"])),
        stability=timedelta(seconds=int(str(fields["stability_s"]))),
        soft=_bounds(fields["soft"]),
        hard=_bounds(fields["hard"]),
        typical_daily_dose=None if typical is None else DoseRate(ug_per_day=as_decimal(str(typical))),
    )


def _bounds(fields: object) -> Bounds:
    if not isinstance(fields, dict):
        raise TypeError("limits are no table")
    return Bounds(
        daily_dose=DoseRate(ug_per_day=as_decimal(str(fields["ug_per_day"]))),
        hourly_dose=Mass(ug=as_decimal(str(fields["ug_per_hour"]))),
        bolus=Mass(ug=as_decimal(str(fields["bolus_ug"]))),
        shortest_bolus=timedelta(seconds=int(str(fields["shortest_bolus_s"]))),
    )
