"""The fields of a request as a person typed them: each once, and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest

if TYPE_CHECKING:
    from django.http import QueryDict


def typed_once(fields: QueryDict) -> dict[str, str]:
    """Return each field's text, whole.

    Raises:
        BadRequest: a field was sent more than once with different texts, so that one of them would be lost.
    """
    for texts in dict(fields.lists()).values():
        if len(set(texts)) > 1:
            raise BadRequest(f"a field was sent {len(texts)} times with different texts")
    return {name: str(text) for name, text in fields.items()}
