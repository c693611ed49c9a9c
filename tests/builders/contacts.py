"""Contacts of a wand with a pump: each has a nonce that no other contact of the tests has."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest

from thecal.telemetry import CONTACT_BYTES, RemoteProtocolError, RequestReceived, Role, Session, State

if TYPE_CHECKING:
    from thecal.telemetry import AnyRequest

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_contacts = count(1)


def fresh_contact() -> bytes:
    """Return the nonce of a new contact."""
    return next(_contacts).to_bytes(CONTACT_BYTES, "big")


def wand_session() -> Session:
    """Return the wand's end of a new contact."""
    return Session(Role.WAND, contact=fresh_contact())


def ends() -> tuple[Session, Session]:
    """Return both ends of a new contact: the wand's, the pump's."""
    return wand_session(), Session(Role.PUMP)


def asked(wand: Session, pump: Session, request: AnyRequest) -> None:
    """Let the wand ask, and the pump hear it."""
    assert pump.receive_data(wand.send(request, now=NOW), now=NOW) == (RequestReceived(request=request),)


def breach(session: Session, data: bytes, why: str) -> None:
    """Check that bytes break a session, and that it stays broken."""
    with pytest.raises(RemoteProtocolError, match=why):
        session.receive_data(data, now=NOW)
    assert session.state is State.BROKEN
    assert session.next_deadline is None
    with pytest.raises(RemoteProtocolError, match="it must begin anew first"):
        session.handle_timer(now=NOW)
