from __future__ import annotations

import pytest

from builders.bedside import KEY, TRUSTED, Prescriber
from thecal.programmer.keys import TrustedKeys
from thecal.therapy import ForgedError

DOCUMENT = b"an order"


def test_the_signature_of_a_trusted_key_passes() -> None:
    TRUSTED.verify(DOCUMENT, Prescriber().sign(DOCUMENT), key_id=KEY)


@pytest.mark.parametrize(
    ("document", "signature"),
    [
        (b"another order", Prescriber().sign(DOCUMENT)),
        (DOCUMENT, Prescriber(seed=2).sign(DOCUMENT)),
        (DOCUMENT, b""),
        (DOCUMENT, bytes(64)),
    ],
)
def test_any_other_signature_raises(document: bytes, signature: bytes) -> None:
    with pytest.raises(ForgedError, match=f"not the signature of key '{KEY}'"):
        TRUSTED.verify(document, signature, key_id=KEY)


def test_a_key_that_is_not_trusted_raises() -> None:
    with pytest.raises(ForgedError, match="key 'somebody'"):
        TRUSTED.verify(DOCUMENT, Prescriber().sign(DOCUMENT), key_id="somebody")


def test_bytes_that_are_no_key_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="key 'prescriber-9': an Ed25519 public key has 32 bytes, got 31"):
        TrustedKeys({"prescriber-9": bytes(31)})
