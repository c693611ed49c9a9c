"""The dose's history on the curves: what was verified, when, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from builders.clinic import ACTOR, Clinic, uncertain
from thecal.clinic.orders import queries


def events(clinic: Clinic) -> list[str]:
    return [event.what for event in queries.events(clinic.case, actor=ACTOR)]


def test_verified_orders_and_stops_stand_on_the_curves_with_their_change(clinic: Clinic) -> None:
    clinic.send(clinic.signed("165"))
    clinic.stop()

    assert events(clinic) == ["150 → 165 mcg/day (+15, +10 %)", "STOP"]
    assert [event.at for event in queries.events(clinic.case, actor=ACTOR)] == [clinic.page.now] * 2


def test_what_was_not_verified_is_no_event_until_it_is(clinic: Clinic) -> None:
    uncertain(clinic)
    assert events(clinic) == []

    clinic.link("good")
    clinic.interrogate()

    assert len(events(clinic)) == 1


def test_what_is_older_than_the_curves_is_not_shown(clinic: Clinic) -> None:
    clinic.send(clinic.signed("165"))
    clinic.advance(timedelta(days=7))
    assert len(events(clinic)) == 1

    clinic.advance(timedelta(hours=1))
    assert events(clinic) == []
