"""The keys whose signatures a wand trusts.

It needs the library ``cryptography``: import it by its own name, for ``thecal.programmer`` does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from thecal.therapy import ForgedError

if TYPE_CHECKING:
    from collections.abc import Mapping


class TrustedKeys:
    """Public Ed25519 keys by their id: a ``therapy.Verifier``.

    Args:
        keys: each key's 32 bytes, by its id.

    Raises:
        ValueError: bytes that are no such key; the message names it.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {key_id: _public_key(key_id, data) for key_id, data in keys.items()}

    def verify(self, document: bytes, signature: bytes, *, key_id: str) -> None:
        """Return only if the signature is that key's over exactly these bytes.

        Raises:
            ForgedError: it is not, or the key is not known.
        """
        if key_id not in self._keys:
            raise ForgedError(f"key {key_id!r} is not among the trusted keys")
        try:
            self._keys[key_id].verify(signature, document)
        except InvalidSignature as error:
            raise ForgedError(f"this is not the signature of key {key_id!r} over this document") from error


def _public_key(key_id: str, data: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(data)
    except ValueError as error:
        raise ValueError(f"key {key_id!r}: an Ed25519 public key has 32 bytes, got {len(data)}") from error
