"""STOP: always allowed, repeatable, on record, and red until the pump is seen to be stopped."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection

from builders.clinic import ACTOR, NOW, Clinic, PowerCutError, after, power_cut, uncertain
from thecal.clinic.demonstration import access, services
from thecal.clinic.demonstration.errors import LinkLostError
from thecal.clinic.demonstration.services import stopping
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import errors
from thecal.clinic.orders.models import StopRecord
from thecal.clinic.orders.services import receiving
from thecal.clinic.orders.states import OrderState, StopState
from thecal.lab.bench import Bench, LinkArrangement


def failed_stop(clinic: Clinic) -> None:
    """Order a STOP that never reaches the pump."""
    clinic.link("dead")
    assert clinic.stop() is StopState.UNVERIFIED
    assert not clinic.truth.stopped


def test_a_stop_stops_the_pump_and_is_on_record(clinic: Clinic) -> None:
    assert clinic.stop() is StopState.VERIFIED

    assert clinic.truth.stopped
    assert clinic.page.stop is None
    assert clinic.page.last_stop is not None
    assert clinic.kinds[-2:] == ["stop.ordered", "stop.verified"]


def test_a_stop_is_repeatable_each_time_with_a_command_of_its_own(clinic: Clinic) -> None:
    for _ in range(3):
        assert clinic.stop() is StopState.VERIFIED

    assert StopRecord.objects.count() == 3
    assert clinic.kinds.count("stop.ordered") == 3


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("cut", LinkArrangement)
def test_wherever_the_link_is_cut_a_stop_is_green_only_if_the_pump_reads_stopped(
    clinic: Clinic, cut: LinkArrangement
) -> None:
    clinic.link(cut.value)

    state = clinic.stop()

    page = clinic.page
    assert state in {StopState.VERIFIED, StopState.UNVERIFIED, StopState.INFUSING}
    assert clinic.truth.stopped or state is not StopState.VERIFIED
    assert (page.stop is None) is (state is StopState.VERIFIED)
    assert ledger.verify().matches_published


def test_a_failed_stop_stays_red_until_the_pump_is_seen_stopped(clinic: Clinic) -> None:
    failed_stop(clinic)
    assert clinic.page.stop is not None
    assert clinic.page.stop.state is StopState.UNVERIFIED
    with pytest.raises(LinkLostError):
        clinic.interrogate()
    assert clinic.page.stop is not None

    clinic.link("good")
    clinic.interrogate()
    assert clinic.page.stop is not None
    assert clinic.page.stop.state is StopState.INFUSING

    assert clinic.stop() is StopState.VERIFIED
    assert clinic.page.stop is None
    assert set(StopRecord.objects.values_list("state", flat=True)) == {"verified", "settled"}


def test_after_a_failed_stop_a_dose_is_proposed_only_once_the_pump_was_read(clinic: Clinic) -> None:
    failed_stop(clinic)
    clinic.link("good")

    with pytest.raises(errors.InterrogateFirstError):
        clinic.signed()
    clinic.interrogate()

    assert clinic.send(clinic.signed()) is OrderState.VERIFIED
    assert clinic.page.stop is None
    assert StopState.SUPERSEDED in set(StopRecord.objects.values_list("state", flat=True))


def test_a_program_sent_before_a_failed_stop_does_not_excuse_it(clinic: Clinic) -> None:
    assert clinic.send(clinic.signed()) is OrderState.VERIFIED
    failed_stop(clinic)
    clinic.link("good")

    clinic.interrogate()

    assert clinic.page.stop is not None
    assert clinic.page.stop.state is StopState.INFUSING


def test_a_stop_withdraws_the_order_that_waits(clinic: Clinic) -> None:
    command = clinic.signed()

    clinic.stop()

    assert clinic.order(command).state is OrderState.WITHDRAWN
    with pytest.raises(errors.WrongStateError):
        clinic.send(command)
    assert clinic.truth.stopped


def test_a_stop_is_never_held_back(clinic: Clinic) -> None:
    command = uncertain(clinic)
    clinic.advance()

    for cut in list(LinkArrangement)[1:]:
        clinic.link(cut.value)
        clinic.stop()
    clinic.link("good")

    assert clinic.stop() is StopState.VERIFIED
    assert clinic.order(command).state is OrderState.OVERTAKEN


def test_a_stopped_pump_is_started_again_by_a_signed_program(clinic: Clinic) -> None:
    clinic.stop()

    assert clinic.send(clinic.signed()) is OrderState.VERIFIED

    assert not clinic.truth.stopped


@pytest.mark.parametrize(
    ("place", "name", "fault"),
    [
        (Bench, "stop", power_cut),
        (Bench, "stop", after(Bench.stop)),
        (stopping, "receive", power_cut),
        (stopping, "save", power_cut),
    ],
)
def test_a_crash_in_a_stop_leaves_it_red(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, place: object, name: str, fault: object
) -> None:
    monkeypatch.setattr(place, name, fault)
    with pytest.raises(PowerCutError):
        clinic.stop()
    monkeypatch.undo()
    connection.close()

    assert clinic.page.stop is not None
    assert clinic.page.stop.state is StopState.ORDERED
    assert clinic.kinds[-1] == "stop.ordered"
    with pytest.raises(errors.InterrogateFirstError):
        clinic.signed()
    assert clinic.stop() is StopState.VERIFIED
    assert clinic.page.stop is None


def test_the_time_of_a_stop_is_kept(clinic: Clinic) -> None:
    clinic.stop()

    assert clinic.page.last_stop is not None
    assert clinic.page.last_stop.ordered_at == NOW


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database grow by no page more, as on a full disk, and use the last free one."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("VACUUM")
        cursor.execute(f"PRAGMA max_page_count={pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count=1073741823")


def recorded_stops() -> int:
    return StopRecord.objects.count()


@pytest.mark.requirement("ITB-160")
def test_a_stop_on_a_full_disk_never_claims_more_than_happened(clinic: Clinic) -> None:
    results = []
    with full_disk():
        while not results or results[-1].recorded:
            results.append(services.stop_pump(actor=ACTOR, now=NOW))
            assert len(results) < 200, "the disk is never full"
        stopped = clinic.truth.stopped

        assert stopped is any(result.sent for result in results)
        assert all(result.sent or result.state is StopState.UNVERIFIED for result in results)

    assert services.record_waiting_stops() == 0
    assert recorded_stops() >= sum(result.sent for result in results)
    assert services.stop_pump(actor=ACTOR, now=NOW).recorded
    assert ledger.verify().matches_published


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("at", ["append", "_receive_stop", "note_contact", "save"])
def test_a_write_that_fails_anywhere_never_holds_a_stop_back(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("database or disk is full")

    place = {"append": receiving.ledger, "save": stopping}.get(at, receiving)
    monkeypatch.setattr(place, at, refuse)

    result = services.stop_pump(actor=ACTOR, now=NOW)

    monkeypatch.undo()
    if at == "save":  # the pump of the demonstration lives in the database: it cannot be reached at all
        assert (result.sent, result.state) == (False, StopState.UNVERIFIED)
        assert not clinic.truth.stopped
    else:
        assert (result.sent, result.recorded, result.state) == (True, False, StopState.VERIFIED)
        assert clinic.truth.stopped
        assert services.record_waiting_stops() == 0
        assert clinic.kinds[-1] == "stop.verified"


@pytest.mark.requirement("ITB-160")
def test_a_stop_at_a_memory_that_cannot_be_read_says_that_it_did_not_go_out(clinic: Clinic) -> None:
    row = access.bench_row(ACTOR)
    row.image = bytes(row.image)[:-40]
    row.save()

    result = services.stop_pump(actor=ACTOR, now=NOW)

    assert (result.sent, result.state) == (False, StopState.UNVERIFIED)
    assert "start over" in result.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write whatever the mode of a file says")
def test_a_stop_at_a_read_only_database_says_that_it_did_not_go_out(clinic: Clinic) -> None:
    connection.close()
    database = clinic.folder / "thecal.sqlite3"
    database.chmod(stat.S_IRUSR)
    try:
        assert services.stop_pump(actor=ACTOR, now=NOW).sent is False
    finally:
        database.chmod(stat.S_IRUSR | stat.S_IWUSR)


class FullDiskHandler(logging.Handler):
    """A log that cannot be written, and that lets its error escape."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError(28, f"No space left on device: {record.getMessage()[:20]}")


@pytest.mark.requirement("ITB-160")
@pytest.mark.parametrize("fails", ["the log alone", "log and ledger"])
def test_a_log_that_cannot_be_written_never_holds_a_stop_back(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("database or disk is full")

    if fails == "log and ledger":
        monkeypatch.setattr(receiving.ledger, "append", refuse)
    handler = FullDiskHandler()
    logging.getLogger().addHandler(handler)
    try:
        result = services.stop_pump(actor=ACTOR, now=NOW)
    finally:
        logging.getLogger().removeHandler(handler)
    monkeypatch.undo()

    assert result.sent
    assert clinic.truth.stopped
    assert services.record_waiting_stops() == 0
    assert recorded_stops() == 1
