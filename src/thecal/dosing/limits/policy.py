"""Local policy: the values a hospital sets for itself, each signed and dated by its medical lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.limits.table import limits_entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal


class PolicyError(ValueError):
    """A local value that nobody signed, or that is not the hospital's to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """One value of a hospital's policy.

    Attributes:
        value: in the unit of its limit.
        signed_by: the medical lead, by name.
        signed_on: the day of the signature.
        reason: why the hospital chose it.
    """

    value: Decimal
    signed_by: str
    signed_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPolicy:
    """The values that one hospital set.

    Attributes:
        hospital: whose policy it is.
        values: by the id of the limit.
    """

    hospital: str
    values: Mapping[str, PolicyValue]

    def __post_init__(self) -> None:
        """Refuse a value without signature or reason, and one that no policy may set.

        Raises:
            PolicyError: naming the limit and what is missing.
        """
        for name, value in self.values.items():
            entry = limits_entry(name)
            if not entry.may_be_policy:
                raise PolicyError(f"{name}: {entry.what}: this limit is not set by local policy")
            if not value.signed_by.strip() or not value.reason.strip():
                raise PolicyError(f"{name}: {entry.what}: give who signed the value, and why")
            if not value.value.is_finite() or value.value < 0:
                raise PolicyError(f"{name}: {value.value} {entry.unit} is not a value; enter 0 or more")
