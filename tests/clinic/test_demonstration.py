"""The demonstration: kept over a restart, begun anew without losing the record, its hidden truth hidden."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from builders.clinic import ACTOR, NOW, Clinic
from thecal.clinic.demonstration import queries, services
from thecal.clinic.demonstration.errors import NoBenchError
from thecal.clinic.demonstration.models import BenchRecord
from thecal.clinic.ledger import queries as ledger
from thecal.clinic.orders import errors
from thecal.clinic.orders import queries as orders
from thecal.clinic.orders.states import OrderState, StopState
from thecal.clinic.people.access import Actor
from thecal.clinic.people.errors import NotPermittedError


def test_everything_is_there_again_after_a_restart(clinic: Clinic) -> None:
    clinic.send(clinic.signed())
    clinic.link("dead")
    clinic.stop()
    before = clinic.bench_page
    connection.close()

    assert clinic.bench_page == before
    assert before.therapy.stop is not None
    assert [link.key for link in before.links if link.chosen] == ["dead"]


def test_time_stands_still_unless_advanced(clinic: Clinic) -> None:
    before = clinic.page.now

    clinic.advance(timedelta(days=7))

    assert clinic.page.now - before == timedelta(days=7)
    assert clinic.page.known.read_at == before
    assert clinic.kinds[-1] == "time.advanced"


@pytest.mark.parametrize("span", [timedelta(0), timedelta(hours=-1), timedelta(days=3650)])
def test_time_moves_on_only_by_what_is_offered(clinic: Clinic, span: timedelta) -> None:
    with pytest.raises(ValueError, match="1 hour, 1 day, 1 week"):
        clinic.advance(span)

    assert clinic.kinds[-1] == "demonstration.started"


def test_an_unknown_link_is_refused(clinic: Clinic) -> None:
    with pytest.raises(ValueError, match="sunny"):
        clinic.link("sunny")

    assert clinic.kinds[-1] == "demonstration.started"


def test_starting_over_begins_anew_and_keeps_the_record(clinic: Clinic) -> None:
    command = clinic.signed()
    clinic.link("command-answer-lost")
    assert clinic.send(command) is OrderState.UNCERTAIN
    clinic.link("dead")
    assert clinic.stop() is StopState.UNVERIFIED
    count = len(clinic.kinds)

    services.start_over(actor=ACTOR, now=NOW)

    page = clinic.page
    assert clinic.bench_page.demonstration == 2
    assert (page.order, page.last_order, page.stop, page.why_not_propose) == (None, None, None, "")
    assert clinic.kinds[count:] == ["demonstration.ended", "demonstration.started"]
    assert ledger.verify().matches_published
    with pytest.raises(errors.WrongStateError):
        clinic.order(command)


def test_a_memory_that_cannot_be_read_says_so_and_can_be_started_over(clinic: Clinic) -> None:
    BenchRecord.objects.update(image=b"scrambled")

    with pytest.raises(NoBenchError, match="start over"):
        _ = clinic.page

    services.start_over(actor=ACTOR, now=NOW)
    assert clinic.bench_page.demonstration == 2


@pytest.mark.usefixtures("data_dir")
def test_without_a_demonstration_the_error_says_what_to_do() -> None:
    with pytest.raises(NoBenchError, match="thecal serve"):
        queries.page(actor=ACTOR)


def test_two_demonstrations_cannot_run_at_once(clinic: Clinic) -> None:
    services.start_over(actor=ACTOR, now=NOW)

    with pytest.raises(IntegrityError):
        BenchRecord.objects.update(running=True)


def test_a_page_holds_only_what_the_wand_knows(clinic: Clinic) -> None:
    clinic.link("read-back-answer-lost")
    clinic.send(clinic.signed("140"))

    page = clinic.page

    assert page.order is not None
    assert clinic.truth.last_command == page.order.command
    assert page.known.interrogation.status.last_command != page.order.command
    assert "bench" not in {field.name for field in dataclasses.fields(page)}


def test_the_curves_of_the_page_show_two_weeks(clinic: Clinic) -> None:
    curves, events = queries.curves(actor=ACTOR)

    assert curves.proposed is None
    assert events == ()
    assert curves.times[-1] - curves.times[0] == timedelta(days=14)


def test_a_visitor_sees_nothing(clinic: Clinic) -> None:
    visitor, case = Actor(ref="visitor", name="A visitor"), clinic.case

    for read in (queries.page, queries.curves, queries.case):
        with pytest.raises(NotPermittedError):
            read(actor=visitor)
    for ask in (orders.page, orders.curves):
        with pytest.raises(NotPermittedError):
            ask(case, actor=visitor)
    with pytest.raises(NotPermittedError):
        orders.orders(implant=case.implant, actor=visitor)


@pytest.mark.usefixtures("data_dir")
def test_the_migrations_say_what_the_models_say() -> None:
    told = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=told)

    assert "No changes detected" in told.getvalue()
