"""Who acts, and who may act on which patient.

Roles and sign-in are not built yet. Until they are, an invented person may act on invented patients, and
nobody may act on a real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.clinic.people.errors import NotPermittedError

if TYPE_CHECKING:
    from thecal.clinic.people.models import PatientRecord, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who acts. It comes in with the request, once, and is handed on from there.

    Attributes:
        ref: the name that the ledger uses.
        name: the name that a page shows.
        invented: whether this is a person of the demonstration.
    """

    ref: str
    name: str
    invented: bool = False

    @classmethod
    def of(cls, user: User) -> Actor:
        """Return a user as a person who acts."""
        return cls(ref=user.ref, name=user.name, invented=user.invented)


def check_may_treat(actor: Actor, patient: PatientRecord) -> None:
    """Return only if ``actor`` may act on ``patient``.

    Raises:
        NotPermittedError: they may not.
    """
    if not (actor.invented and patient.invented):
        raise NotPermittedError(
            f"{actor.name} may not treat this patient: an invented person may treat invented patients "
            "only, and no one may treat a real patient yet"
        )
