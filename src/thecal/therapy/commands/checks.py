"""What every command checks at birth; a refusal names the field, the value, its unit and the range."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    Volume,
    microseconds,
    plain,
    write_concentration,
    write_dose_rate,
    write_duration,
    write_mass,
    write_volume,
)
from thecal.therapy.drug import STABILITY
from thecal.therapy.errors import TherapyError
from thecal.therapy.program import Program

if TYPE_CHECKING:
    from thecal.therapy.status import CommandId, PumpStatus

LONGEST_ID = 200
"""Most characters of a command's id: every answer repeats it, and an answer has to fit a frame."""
LONGEST_REASON = 1_000
"""Most characters of a reason."""
HIGHEST_REVISION = 2**32 - 1
"""A revision travels in four bytes."""
LARGEST_VOLUME = Volume(mL=Decimal(100))
"""More than any implantable reservoir contains; assumed. A pump refuses more than its own capacity."""
HIGHEST_CONCENTRATION = Concentration(ug_per_mL=Decimal(1_000_000))
"""1 g/mL, more than any solution; the drug's own limit is checked by the program and by the pump."""
LARGEST_DOSE = Mass(ug=Decimal(1_000_000))
"""1 g; the 24-hour dose limit is checked by the pump."""
HIGHEST_DAILY_DOSE = DoseRate(ug_per_day=Decimal(1_000_000))
"""1 g/day; the 24-hour dose limit is checked by the pump."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class CommandError(TherapyError):
    """A command that no pump could mean; it names the field, the value, its unit and the allowed range."""

    def __init__(self, field: str, value: str, allowed: str) -> None:
        super().__init__(f"{field}: {value} is outside what is allowed, {allowed}")
        self.field = field
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAgainst:
    """The state of the pump that a command was written against; the pump compares it first (ITB-144).

    Attributes:
        revision: the pump's revision when it was interrogated.
        digest: of the program that ran then, 64 hexadecimal digits.
    """

    revision: int
    digest: str

    def __post_init__(self) -> None:
        """Refuse a revision that no pump counts to, and a digest that is none."""
        if type(self.revision) is not int or not 0 <= self.revision <= HIGHEST_REVISION:
            raise CommandError("revision", repr(self.revision), f"a whole number, 0 to {HIGHEST_REVISION}")
        check_type(self.digest, str, "digest")
        if not _DIGEST.fullmatch(self.digest):
            raise CommandError("digest", repr(self.digest), "64 hexadecimal digits in lower case")

    @classmethod
    def of(cls, status: PumpStatus) -> Self:
        """Return the state that a status reports."""
        return cls(revision=status.revision, digest=status.program_digest)


def check_id(value: object, field: str = "id") -> None:
    """Refuse an id that is empty, too long or not printable."""
    _is(value, str, field)
    text = str(value)
    if not 0 < len(text) <= LONGEST_ID or not text.isprintable():
        shown = text.encode(errors="backslashreplace").decode()[:LONGEST_ID]
        raise CommandError(f"command {field}", repr(shown), f"1 to {LONGEST_ID} printable characters")


def check_program(value: object, field: str = "program") -> None:
    """Refuse anything but a program."""
    _is(value, Program, field)


def check_flag(value: object, field: str) -> None:
    """Refuse anything but yes or no."""
    _is(value, bool, field)


def check_reason(value: object, field: str = "reason") -> None:
    """Refuse a reason that is empty, too long or not printable."""
    _is(value, str, field)
    text = str(value)
    if not text.strip() or len(text) > LONGEST_REASON or not text.isprintable():
        shown = text.encode(errors="backslashreplace").decode()[:LONGEST_ID]
        raise CommandError(field, repr(shown), f"1 to {LONGEST_REASON} printable characters, not only spaces")


def check_volume(
    value: object, field: str, *, least: Volume | None = None, most: Volume = LARGEST_VOLUME
) -> None:
    """Refuse a volume outside ``least`` to ``most``; without a least it must be above 0 mL."""
    _is(value, Volume, field)
    if isinstance(value, Volume) and not (_above(value.mL, None if least is None else least.mL) <= most.mL):
        from_ = "above 0 mL" if least is None else write_volume(least)
        raise CommandError(field, f"{plain(value.mL)} mL", f"{from_} to {write_volume(most)}")


def check_concentration(value: object, field: str) -> None:
    """Refuse a concentration of nothing, and one that no solution has."""
    _is(value, Concentration, field)
    if isinstance(value, Concentration) and not (_above(value.ug_per_mL) <= HIGHEST_CONCENTRATION.ug_per_mL):
        allowed = f"above 0 mcg/mL to {write_concentration(HIGHEST_CONCENTRATION)}"
        raise CommandError(field, f"{plain(value.ug_per_mL)} mcg/mL", allowed)


def check_dose(value: object, field: str) -> None:
    """Refuse a dose of 0, and one above any therapeutic dose."""
    _is(value, Mass, field)
    if isinstance(value, Mass) and not (_above(value.ug) <= LARGEST_DOSE.ug):
        raise CommandError(field, f"{plain(value.ug)} mcg", f"above 0 mcg to {write_mass(LARGEST_DOSE)}")


def check_daily_dose(value: object, field: str) -> None:
    """Refuse a daily dose of 0, and one above any therapeutic dose."""
    _is(value, DoseRate, field)
    if isinstance(value, DoseRate) and not (_above(value.ug_per_day) <= HIGHEST_DAILY_DOSE.ug_per_day):
        allowed = f"above 0 mcg/day to {write_dose_rate(HIGHEST_DAILY_DOSE)}"
        raise CommandError(field, f"{plain(value.ug_per_day)} mcg/day", allowed)


def check_seconds(value: object, field: str, most: timedelta = STABILITY) -> None:
    """Refuse a length of time that is not a whole number of seconds from 1 s to ``most``."""
    check_span(value, field)
    if isinstance(value, timedelta) and (not timedelta(0) < value <= most or value.microseconds):
        raise CommandError(field, write_seconds(value), f"whole seconds, 1 s to {write_duration(most)}")


def check_span(value: object, field: str) -> None:
    """Refuse anything but a length of time."""
    _is(value, timedelta, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCommand:
    """A command that the pump carries out only where it is still as the command was written against.

    Attributes:
        id: under which the pump carries it out, once.
        against: the state of the pump that it was written against.
    """

    id: CommandId
    against: WrittenAgainst

    def __post_init__(self) -> None:
        """Refuse an id or a state that is none."""
        check_id(self.id)
        check_type(self.against, WrittenAgainst, "written against")


def check_type(value: object, kind: type, field: str) -> None:
    """Refuse a value of another type."""
    _is(value, kind, field)


def write_seconds(span: timedelta) -> str:
    """Write a length of time in seconds, exactly."""
    return f"{plain(Decimal(microseconds(span)).scaleb(-6))} s"


def _above(value: Decimal, least: Decimal | None = None) -> Decimal:
    """Return a value that is allowed to be so small; otherwise one that no range allows."""
    small = value <= 0 if least is None else value < least
    return Decimal("Infinity") if small else value


def _is(value: object, kind: type, field: str) -> None:
    if not isinstance(value, kind):
        raise CommandError(field, repr(value), f"a value of type {kind.__name__}")
