"""The signing key's files: outside the database, the private one locked by the PIN.

``signing-key.pem``      Ed25519 private key, PKCS #8, encrypted under the PIN, readable by its owner only
``signing-key.pub.pem``  the public key, so that it is known which key that is without opening it
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from thecal.clinic.orders.errors import KeyUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

SHORTEST_PIN = 4
LONGEST_PIN = 64


class WrongPinError(ValueError):
    """The PIN does not open the key."""


def private_file() -> Path:
    """Return where the locked private key is kept."""
    folder: Path = settings.DATA_DIR
    return folder / "signing-key.pem"


def public_file() -> Path:
    """Return where the public key is kept."""
    folder: Path = settings.DATA_DIR
    return folder / "signing-key.pub.pem"


def key_id_of(public_key: bytes) -> str:
    """Return a public key's short name: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def make_key(pin: str) -> None:
    """Make a key locked by ``pin``, unless there is one. The private file comes last, so it is never alone.

    Raises:
        ValueError: a PIN that is too short or too long.
    """
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise ValueError(
            f"PIN: {len(pin)} characters; allowed: {SHORTEST_PIN} to {LONGEST_PIN} characters "
            "(this software; a key file is no safer than its PIN)"
        )
    if private_file().exists():
        return
    key = Ed25519PrivateKey.generate()
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(pin.encode()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(public_file(), public, mode=0o644)
    _write(private_file(), locked, mode=0o600)


def read_public_key() -> bytes:
    """Return the 32 bytes of the public key.

    Raises:
        KeyUnavailableError: there is no key, or its files are damaged.
    """
    if not private_file().exists():
        raise KeyUnavailableError(f"there is no signing key at {private_file()}: start Thecal to make one")
    try:
        key = load_pem_public_key(public_file().read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnavailableError(f"the public key at {public_file()} cannot be read: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnavailableError(f"{public_file()} holds no Ed25519 key")
    return key.public_bytes_raw()


def open_private_key(pin: str) -> Ed25519PrivateKey:
    """Unlock the private key.

    Raises:
        WrongPinError: the PIN does not open it.
        KeyUnavailableError: there is no key, or it is not the one that the public file names.
    """
    expected = read_public_key()
    try:
        locked = private_file().read_bytes()
    except OSError as error:
        raise KeyUnavailableError(f"{private_file()} cannot be read: {error}") from error
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise WrongPinError
    try:
        key = load_pem_private_key(locked, pin.encode(errors="replace"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # A damaged file looks like a wrong PIN, and a wrong PIN like a damaged file.
        raise WrongPinError from error
    if not isinstance(key, Ed25519PrivateKey) or key.public_key().public_bytes_raw() != expected:
        raise KeyUnavailableError(f"{private_file()} does not hold the key that {public_file()} names")
    return key


def _write(path: Path, content: bytes, *, mode: int) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)  # a disk that is full: leave nothing half-written
        raise
