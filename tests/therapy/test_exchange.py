from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from builders.strategies import orders
from builders.therapy import NOW, continuous
from thecal.journal import canonical
from thecal.therapy import (
    CommandId,
    ForgedError,
    Order,
    PatientRef,
    ProgramError,
    PumpSerial,
    SetProgram,
    SignedOrder,
    Stop,
    TherapyError,
    WrittenAgainst,
    open_order,
    order_bytes,
    program_digest,
    program_fields,
    sign_order,
)

ORDER = Order(
    command=SetProgram(
        id=CommandId("command-1"),
        against=WrittenAgainst(revision=3, digest=program_digest(continuous(90))),
        program=continuous(100),
    ),
    patient=PatientRef("patient-1"),
    pump=PumpSerial("TH-0001"),
    prescriber="dr-rao",
    reason="more tone at night",
    signed_at=NOW,
)


class Key:
    """One person's Ed25519 key, and a reader who trusts it alone."""

    def __init__(self, seed: int = 7, key_id: str = "dr-rao-1") -> None:
        self.key_id = key_id
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    def sign(self, document: bytes) -> bytes:
        return self._private.sign(document)

    def verify(self, document: bytes, signature: bytes, *, key_id: str) -> None:
        if key_id != self.key_id:
            raise ForgedError(f"key {key_id!r} is not known here")
        try:
            self._private.public_key().verify(signature, document)
        except InvalidSignature as error:
            raise ForgedError("the signature does not cover these bytes") from error


KEY = Key()


def signed(document: bytes) -> SignedOrder:
    """Sign anything, as a person might who was deceived."""
    return SignedOrder(document=document, signature=KEY.sign(document), key_id=KEY.key_id)


FIRST_FORM = canonical(
    {
        "form": 1,
        "command": "command-1",
        "base_revision": 3,
        "base_digest": program_digest(continuous(90)),
        "program": program_fields(continuous(100)),
        "patient": "patient-1",
        "pump": "TH-0001",
        "prescriber": "dr-rao",
        "reason": "more tone at night",
        "signed_at": "2026-03-02T06:00:00.000000+00:00",
    }
)
"""``ORDER`` as version 1 of the document wrote it."""


def test_an_order_of_the_first_form_opens_as_the_same_command() -> None:
    opened = open_order(signed(FIRST_FORM), KEY)

    assert opened.command == ORDER.command
    assert open_order(signed(order_bytes(opened)), KEY) == opened
    with pytest.raises(TherapyError, match="canonical form"):
        open_order(signed(FIRST_FORM + b" "), KEY)


@given(orders())
def test_an_order_is_opened_as_it_was_signed(order: Order) -> None:
    opened = open_order(sign_order(order, KEY), KEY)

    assert opened == order
    assert order_bytes(opened) == order_bytes(order)


@given(st.data())
def test_any_flipped_bit_of_a_signed_order_is_refused(data: st.DataObject) -> None:
    sealed = sign_order(ORDER, KEY)
    part = data.draw(st.sampled_from(["document", "signature", "key_id"]))
    value = getattr(sealed, part)
    flipped = bytearray(value if isinstance(value, bytes) else value.encode())
    flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed: object = bytes(flipped) if isinstance(value, bytes) else flipped.decode("latin-1")

    with pytest.raises(ForgedError):
        open_order(replace(sealed, **{part: changed}), KEY)  # type: ignore[arg-type]


def test_a_signature_with_another_key_is_refused() -> None:
    with pytest.raises(ForgedError, match="does not cover"):
        open_order(sign_order(ORDER, Key(seed=8)), KEY)
    with pytest.raises(ForgedError, match="not known here"):
        open_order(sign_order(ORDER, Key(key_id="dr-who")), KEY)


def test_the_signature_of_one_order_does_not_fit_another() -> None:
    sealed = sign_order(ORDER, KEY)
    other = order_bytes(replace(ORDER, command=replace(ORDER.command, program=continuous(1000))))

    with pytest.raises(ForgedError):
        open_order(replace(sealed, document=other), KEY)


@pytest.mark.parametrize(
    ("field", "instead"),
    [
        ("form", 1),
        ("form", 3),
        ("form", True),
        ("command", 7),
        ("command", ""),
        ("pump", " "),
        ("patient", None),
        ("base_revision", "3"),
        ("base_revision", True),
        ("base_revision", -1),
        ("program", "continuous"),
        ("program", {"form": 1}),
        ("program", []),
        ("signed_at", "yesterday"),
        ("signed_at", "2026-03-02T06:00:00"),
        ("signed_at", "2026-03-02T07:00:00.000000+01:00"),
        ("colour", "red"),
    ],
)
def test_what_was_signed_but_is_no_order_is_refused(field: str, instead: object) -> None:
    document = canonical({**json.loads(order_bytes(ORDER)), field: instead})

    with pytest.raises(TherapyError) as refusal:
        open_order(signed(document), KEY)

    assert not isinstance(refusal.value, ForgedError)


@pytest.mark.parametrize("field", sorted(json.loads(order_bytes(ORDER))))
def test_an_order_that_lacks_anything_is_refused(field: str) -> None:
    fields = json.loads(order_bytes(ORDER))
    del fields[field]

    with pytest.raises(TherapyError):
        open_order(signed(canonical(fields)), KEY)


@pytest.mark.parametrize("document", [b"", b"[]", b"null", b"7", b"{", b"\xff", b"[" * 100_000, b" {}"])
def test_signed_bytes_that_are_no_document_are_refused(document: bytes) -> None:
    with pytest.raises(TherapyError):
        open_order(signed(document), KEY)


def test_an_order_in_another_form_than_its_own_is_refused() -> None:
    with pytest.raises(TherapyError, match="canonical form"):
        open_order(signed(order_bytes(ORDER) + b"\n"), KEY)


def test_an_order_for_a_program_no_pump_could_mean_is_refused_as_such() -> None:
    document = order_bytes(ORDER).replace(b'"ug_per_mL":"500"', b'"ug_per_mL":"9000"')

    with pytest.raises(ProgramError, match="concentration: 9000 mcg/mL"):
        open_order(signed(document), KEY)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "without its reason"),
        ({"patient": "", "prescriber": ""}, "without its patient, prescriber"),
        ({"command": Stop(id=CommandId(""))}, "without its command"),
        ({"command": "stop"}, "an order contains one command"),
        ({"command": Stop(id=CommandId("s"), pump=PumpSerial("TH-2"))}, "its STOP for pump TH-2"),
        ({"signed_at": NOW.replace(tzinfo=None)}, "no time zone"),
    ],
)
def test_an_order_is_complete_when_it_comes_to_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ORDER, **change)  # type: ignore[arg-type]


def test_an_order_names_the_revision_it_was_written_against() -> None:  # ITB-144
    fields = json.loads(order_bytes(ORDER))

    assert fields["command"]["against"] == {"revision": 3, "digest": program_digest(continuous(90))}


def test_the_zone_an_order_was_signed_in_does_not_change_its_bytes() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert order_bytes(replace(ORDER, signed_at=there)) == order_bytes(ORDER)
