"""A signature is a person's: the PIN typed again, wrong ones counted, keys outside the database."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from builders.clinic import ACTOR, NOW, PIN, Clinic
from thecal.clinic.demonstration import services
from thecal.clinic.orders import errors, keys, signing
from thecal.clinic.orders.models import KeyRecord, OrderRecord
from thecal.clinic.orders.proof import check_orders
from thecal.clinic.people.access import Actor
from thecal.clinic.people.errors import NotPermittedError
from thecal.therapy import ForgedError, open_order


def try_pin(clinic: Clinic, pin: str, *, after: timedelta = timedelta(0)) -> None:
    clinic.sign(clinic.form(daily_dose="123"), pin=pin, now=NOW + after)


def test_the_private_key_is_locked_and_for_its_owner_only(clinic: Clinic) -> None:
    locked = clinic.folder / "signing-key.pem"

    assert stat.S_IMODE(locked.stat().st_mode) == 0o600
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in locked.read_bytes()
    assert keys.key_id_of(keys.read_public_key()) == KeyRecord.objects.get().key_id
    assert clinic.kinds[:2] == ["ledger.opened", "key.made"]


def test_a_second_start_makes_no_second_key_and_no_second_bench(clinic: Clinic) -> None:
    before = (clinic.folder / "signing-key.pem").read_bytes()

    services.open_bench(pin="9999", actor=ACTOR, now=NOW)

    assert (clinic.folder / "signing-key.pem").read_bytes() == before
    assert clinic.kinds.count("demonstration.started") == 1


def test_what_was_signed_verifies_with_the_key_on_record(clinic: Clinic) -> None:
    record = OrderRecord.objects.get(command=clinic.signed())

    order = open_order(record.signed_order, signing.KeysOnRecord())

    assert order.id == record.command
    assert order.reason == "too stiff at night"
    assert check_orders() == 1


def test_a_signature_over_other_bytes_or_by_an_unknown_key_is_refused(clinic: Clinic) -> None:
    signed = OrderRecord.objects.get(command=clinic.signed()).signed_order
    verifier = signing.KeysOnRecord()

    with pytest.raises(ForgedError):
        verifier.verify(signed.document + b" ", signed.signature, key_id=signed.key_id)
    with pytest.raises(ForgedError):
        verifier.verify(signed.document, b"", key_id=signed.key_id)
    with pytest.raises(ForgedError, match="not on record"):
        verifier.verify(signed.document, signed.signature, key_id="0" * 16)


def test_a_key_slipped_under_another_name_is_refused(clinic: Clinic) -> None:
    signed = OrderRecord.objects.get(command=clinic.signed()).signed_order
    KeyRecord.objects.update(public_key=bytes(32))

    with pytest.raises(ForgedError, match="not on record"):
        signing.KeysOnRecord().verify(signed.document, signed.signature, key_id=signed.key_id)


@pytest.mark.requirement("ITB-126")
@pytest.mark.parametrize("pin", ["", "0000", "24680", " 2468", "2" * 5000, "\N{SNOWMAN}" * 4])
def test_a_wrong_pin_signs_nothing_and_is_on_record(clinic: Clinic, pin: str) -> None:
    with pytest.raises(errors.SignatureRefusedError, match="nothing was signed") as refused:
        try_pin(clinic, pin)

    assert refused.value.wait_until is None
    assert clinic.kinds[-1] == "signature.refused"
    assert not OrderRecord.objects.exists()
    if pin:
        database = b"".join(path.read_bytes() for path in clinic.folder.glob("thecal.sqlite3*"))
        assert b'"pin"' not in database.lower()


def test_the_fifth_wrong_pin_in_a_row_makes_the_next_wait_and_later_ones_longer(clinic: Clinic) -> None:
    for _ in range(4):
        with pytest.raises(errors.SignatureRefusedError):
            try_pin(clinic, "0000")
    elapsed, waits = timedelta(0), []
    for _ in range(3):
        with pytest.raises(errors.SignatureRefusedError) as refused:
            try_pin(clinic, "0000", after=elapsed)
        assert refused.value.wait_until is not None
        waits.append(refused.value.wait_until - NOW - elapsed)
        with pytest.raises(errors.SignatureRefusedError, match="not checked"):
            try_pin(clinic, PIN, after=elapsed + waits[-1] - timedelta(seconds=1))
        elapsed += waits[-1]

    assert waits == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    try_pin(clinic, PIN, after=elapsed)
    assert KeyRecord.objects.get().wrong_pins == 0


@pytest.mark.parametrize("jump", [timedelta(days=365 * 20), timedelta(days=1), timedelta(hours=2)])
def test_a_clock_that_was_ahead_makes_no_wait_longer_than_the_longest(
    clinic: Clinic, jump: timedelta
) -> None:
    for _ in range(5):
        with pytest.raises(errors.SignatureRefusedError):
            try_pin(clinic, "0000", after=jump)

    with pytest.raises(errors.SignatureRefusedError, match="not checked") as refused:
        try_pin(clinic, PIN)

    assert refused.value.wait_until is not None
    assert refused.value.wait_until - NOW == signing.FIRST_WAIT
    try_pin(clinic, PIN, after=signing.FIRST_WAIT)


def test_a_right_pin_clears_the_count(clinic: Clinic) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(errors.SignatureRefusedError) as refused:
                try_pin(clinic, "0000")
            assert refused.value.wait_until is None
        services.withdraw_order(clinic.signed(), actor=ACTOR, now=NOW)


@pytest.mark.requirement("ITB-122")
def test_only_what_was_reviewed_is_signed(clinic: Clinic) -> None:
    reviewed = services.preview(clinic.form(daily_dose="123"), actor=ACTOR).programmed_digest

    with pytest.raises(errors.ProposalChangedError):
        services.sign_prescription(
            clinic.form(daily_dose="124"), pin=PIN, reviewed=reviewed, actor=ACTOR, now=NOW
        )

    assert not OrderRecord.objects.exists()


@pytest.mark.requirement("ITB-138")
def test_nobody_else_signs_or_stops(clinic: Clinic) -> None:
    visitor = Actor(ref="visitor", name="A visitor")

    with pytest.raises(NotPermittedError):
        services.preview(clinic.form(daily_dose="123"), actor=visitor)
    with pytest.raises(NotPermittedError):
        services.stop_pump(actor=visitor, now=NOW)


def test_without_its_key_file_nothing_is_signed(clinic: Clinic) -> None:
    (clinic.folder / "signing-key.pem").unlink()

    with pytest.raises(errors.KeyUnavailableError, match="no signing key"):
        try_pin(clinic, PIN)


def test_a_key_file_exchanged_for_another_is_noticed(clinic: Clinic, tmp_path: Path) -> None:
    private = clinic.folder / "signing-key.pem"
    public = (clinic.folder / "signing-key.pub.pem").read_bytes()
    private.unlink()
    keys.make_key(PIN)
    (clinic.folder / "signing-key.pub.pem").write_bytes(public)

    with pytest.raises(errors.KeyUnavailableError, match="does not hold the key"):
        try_pin(clinic, PIN)


@pytest.mark.parametrize("pin", ["", "123", "1" * 65])
def test_a_key_is_not_made_under_a_pin_out_of_range(data_dir: Path, pin: str) -> None:
    with pytest.raises(ValueError, match="allowed: 4 to 64 characters"):
        keys.make_key(pin)

    assert not list(data_dir.glob("signing-key*"))


def test_an_altered_or_missing_order_fails_the_proof(clinic: Clinic) -> None:
    command = clinic.signed()
    record = OrderRecord.objects.get(command=command)
    record.prescription.programmed = bytes(record.prescription.requested).replace(b"123", b"124")
    record.prescription.save()

    with pytest.raises(errors.ForgedOrderError, match=command):
        check_orders()

    record.delete()
    with pytest.raises(errors.ForgedOrderError, match="is missing"):
        check_orders()
