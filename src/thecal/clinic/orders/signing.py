"""Signing with the clinician's key, and checking signatures with the public keys that are on record.

A wrong PIN is journalled and counted; after five in a row each further one makes the next wait longer. The
count lies in the database, so a restart does not forget it. The PIN itself is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction

from thecal.clinic.ledger import services as ledger
from thecal.clinic.orders import keys
from thecal.clinic.orders.errors import KeyUnavailableError, SignatureRefusedError
from thecal.clinic.orders.kinds import Kind
from thecal.clinic.orders.models import KeyRecord
from thecal.quantities import elapsed, utc, write_duration
from thecal.therapy import ForgedError

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.clinic.people.access import Actor

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(repr=False)
class UnlockedKey:
    """A signer for one person and one act (``therapy.Signer``); it shows no part of its key."""

    key_id: str
    private_key: Ed25519PrivateKey

    def sign(self, document: bytes) -> bytes:
        """Return the Ed25519 signature over ``document``."""
        return self.private_key.sign(document)


class KeysOnRecord:
    """A verifier that trusts the public keys in the database (``therapy.Verifier``)."""

    def verify(self, document: bytes, signature: bytes, *, key_id: str) -> None:
        """Return only if the signature is that key's over exactly these bytes.

        Raises:
            ForgedError: it is not, or the key is not on record under its own name.
        """
        record = KeyRecord.objects.filter(key_id=key_id).first()
        if record is None or keys.key_id_of(bytes(record.public_key)) != key_id:
            raise ForgedError(f"the key {key_id!r} is not on record")
        try:
            Ed25519PublicKey.from_public_bytes(bytes(record.public_key)).verify(signature, document)
        except (InvalidSignature, ValueError) as error:
            raise ForgedError(f"the signature is not that of key {key_id} over this document") from error


def enrol(pin: str, *, actor: Actor, now: datetime) -> None:
    """Make the signing key at first run and put its public half on record; later runs change nothing."""
    with transaction.atomic():
        keys.make_key(pin)
        public_key = keys.read_public_key()
        key_id = keys.key_id_of(public_key)
        _, made = KeyRecord.objects.get_or_create(
            key_id=key_id, defaults={"public_key": public_key, "owner": actor.ref, "made_at": now}
        )
        if made:
            ledger.append(at=now, actor=actor.ref, kind=Kind.KEY_MADE, data={"key": key_id})
            log.info("signing key on record", key=key_id)


def unlock(pin: str, *, actor: Actor, now: datetime) -> UnlockedKey:
    """Open the signing key for one signature.

    The try is counted before it is made, so that trying in parallel gains nothing; a right PIN
    clears the count.

    Raises:
        SignatureRefusedError: a wrong PIN, or too soon after too many; journalled.
        KeyUnavailableError: there is no key to open.
    """
    key_id = keys.key_id_of(keys.read_public_key())
    with transaction.atomic():
        record = KeyRecord.objects.filter(key_id=key_id).first()
        if record is None:
            raise KeyUnavailableError(f"the key {key_id} is not on record: start Thecal to enrol it")
        left = _wait_left(record, now=now)
        if not left:
            record.wrong_pins += 1
            record.waits_from, record.wait = now, _wait_after(record.wrong_pins)
            record.save()
    if left:
        _journal_refusal(record, "too soon after wrong PINs", actor=actor, now=now)
        raise SignatureRefusedError(
            f"PIN: not checked, because {record.wrong_pins} in a row were wrong; nothing was signed. "
            f"Try again in {write_duration(left)}.",
            wait_until=utc(now) + left,
        )
    try:
        private_key = keys.open_private_key(pin)
    except keys.WrongPinError as wrong:
        _journal_refusal(record, "wrong PIN", actor=actor, now=now)
        raise SignatureRefusedError(
            f"PIN: wrong; nothing was signed. {_when(record)}",
            wait_until=utc(now) + record.wait if record.wait else None,
        ) from wrong
    KeyRecord.objects.filter(key_id=key_id).update(wrong_pins=0, waits_from=None, wait=None)
    return UnlockedKey(key_id=key_id, private_key=private_key)


def _wait_after(tries: int) -> timedelta:
    """Return how long the next try has to wait after so many wrong PINs in a row."""
    if tries < FREE_TRIES:
        return timedelta(0)
    doublings = min(tries - FREE_TRIES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _wait_left(record: KeyRecord, *, now: datetime) -> timedelta:
    """Return how much of a wait is left; nothing where none runs.

    A wait that has not begun by the clock of today was set by a clock that ran ahead: it begins again now.
    """
    if record.waits_from is None or not record.wait:
        return timedelta(0)
    if now < record.waits_from:
        record.waits_from = now
        record.save(update_fields=("waits_from",))
    return max(record.wait - elapsed(record.waits_from, now), timedelta(0))


def _when(record: KeyRecord) -> str:
    if not record.wait:
        return "Type it again."
    return f"Try again in {write_duration(record.wait)}."


def _journal_refusal(record: KeyRecord, why: str, *, actor: Actor, now: datetime) -> None:
    facts = {"key": record.key_id, "reason": why, "wrong_in_a_row": str(record.wrong_pins)}
    with transaction.atomic():
        ledger.append(at=now, actor=actor.ref, kind=Kind.SIGNATURE_REFUSED, data=facts)
    log.warning("signature refused", key=record.key_id, reason=why, wrong_in_a_row=record.wrong_pins)
