"""Who acts: the person whom a middleware put on the request, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from thecal.clinic.people.access import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest


def actor_of(request: HttpRequest) -> Actor:
    """Return the person who acts.

    Raises:
        PermissionDenied: no one is signed in.
    """
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise PermissionDenied("no one is signed in")
    return actor
