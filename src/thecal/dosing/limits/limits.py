"""The limits that apply at one place: local policy, its label, general practice, or the stricter label.

Where nobody chose a jurisdiction, or no label of it was found, the stricter of the known labels stands in
and says so. Where no value is known at all, the limit is ``Undecided``: it names who decides and no number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.dosing.limits.table import Jurisdiction, Limit, LimitError, Stricter, entries, limits_entry
from thecal.quantities import Sureness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.dosing.limits.policy import LocalPolicy
    from thecal.dosing.limits.table import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A limit for which the sources hold no number.

    Attributes:
        id: its stable name.
        what: what it would limit.
        decided_by: who decides.
    """

    id: str
    what: str
    decided_by: str

    def write(self) -> str:
        """Say who decides; there is no number to write."""
        return f"decided by {self.decided_by}"


class Limits:
    """The limits of one place, by their ids."""

    def __init__(self, jurisdiction: Jurisdiction | None = None, policy: LocalPolicy | None = None) -> None:
        """Take the jurisdiction, or None where nobody chose one, and the hospital's policy."""
        self.jurisdiction = jurisdiction
        self.policy = policy

    def __getitem__(self, name: str) -> Limit:
        """Return a limit that has a value here.

        Raises:
            LimitError: no limit of that name, or no value: ask ``find`` whether there is one.
        """
        found = self.find(name)
        if isinstance(found, Undecided):
            raise LimitError(f"{name}: {found.what}: no value is known; it is {found.write()}")
        return found

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids of all limits."""
        return iter(entries())

    def find(self, name: str) -> Limit | Undecided:
        """Return a limit as it applies here, or who decides it.

        Raises:
            LimitError: no limit of that name.
        """
        entry = limits_entry(name)
        local = self._local(entry)
        if local is not None:
            return local
        if self.jurisdiction is not None and self.jurisdiction in entry.values:
            return entry.values[self.jurisdiction]
        if "any" in entry.values:
            return entry.values["any"]
        if not entry.values:
            return Undecided(id=name, what=entry.what, decided_by=entry.decided_by)
        return self._stricter(entry)

    def _local(self, entry: Entry) -> Limit | None:
        signed = None if self.policy is None else self.policy.values.get(entry.id)
        if self.policy is None or signed is None:
            return None
        return Limit(
            id=entry.id,
            what=entry.what,
            value=signed.value,
            unit=entry.unit,
            sureness=Sureness.ASSUMED,
            source=f"{signed.reason} ({signed.signed_by}, {signed.signed_on:%d %B %Y})",
            reviewed=signed.signed_on,
            applies=f"local policy of {self.policy.hospital}",
        )

    def _stricter(self, entry: Entry) -> Limit:
        pick = max if entry.stricter is Stricter.HIGHER else min
        limit = pick(entry.values.values(), key=lambda one: one.value)
        here = (
            "no jurisdiction is chosen"
            if self.jurisdiction is None
            else f"no label of {self.place} was found"
        )
        applies = f"{here}: the stricter known label, {limit.applies}, stands in"
        return replace(limit, applies=applies, is_stand_in=True)

    @property
    def place(self) -> str:
        """Where these limits apply, in words."""
        return "no jurisdiction chosen" if self.jurisdiction is None else self.jurisdiction.place


def limits_for(jurisdiction: Jurisdiction | None = None, policy: LocalPolicy | None = None) -> Limits:
    """Return the limits that apply in a jurisdiction and a hospital."""
    return Limits(jurisdiction, policy)
