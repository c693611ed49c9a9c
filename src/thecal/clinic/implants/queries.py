"""What may be read of the implants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.clinic.implants import access
from thecal.clinic.implants.models import ImplantRecord

if TYPE_CHECKING:
    from thecal.clinic.people.access import Actor


def implant(number: int, *, actor: Actor) -> ImplantRecord:
    """Return one implant, for a person who may act on it.

    Raises:
        NotPermittedError: a person who may not.
        ImplantRecord.DoesNotExist: there is none of that number.
    """
    found = ImplantRecord.objects.select_related("patient").get(pk=number)
    access.check(actor, found)
    return found
