"""STOP: always allowed, repeatable, on record, and red until the pump is seen to be stopped."""

from __future__ import annotations

import pytest
from django.db import connection

from clinic.demonstration import ACTOR, NOW, Clinic
from clinic.test_sending import PowerCutError, after, power_cut, uncertain
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import bench, errors, queries, record
from thecal.clinic.orders.models import StopRecord
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
def test_wherever_the_link_is_cut_a_stop_is_green_only_when_the_pump_was_seen_stopped(
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
    with pytest.raises(errors.LinkLostError):
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

    assert queries.order(command, actor=ACTOR).state is OrderState.WITHDRAWN
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
    assert queries.order(command, actor=ACTOR).state is OrderState.OVERTAKEN


def test_a_stopped_pump_is_started_again_by_a_signed_program(clinic: Clinic) -> None:
    clinic.stop()

    assert clinic.send(clinic.signed()) is OrderState.VERIFIED

    assert not clinic.truth.stopped


@pytest.mark.parametrize(
    ("place", "name", "fault"),
    [
        (Bench, "stop", power_cut),
        (Bench, "stop", after(Bench.stop)),
        (record, "record_stop", power_cut),
        (bench, "put", power_cut),
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
