"""Who may act on which implant: whoever may treat its patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.people.access import check_may_treat

if TYPE_CHECKING:
    from thecal.clinic.implants.models import ImplantRecord
    from thecal.clinic.people.access import Actor


def check(actor: Actor, implant: ImplantRecord) -> None:
    """Return only if ``actor`` may act on ``implant``.

    Raises:
        NotPermittedError: they may not.
    """
    check_may_treat(actor, implant.patient)
