"""A late refill never becomes less urgent as time passes, and without stock says so."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from builders.rules.supply import DAY, IN_TIME
from thecal.dosing.limits import limits_for
from thecal.dosing.supply import LateFacts, Rung, late_refill

LIMITS = limits_for()


def _rung(facts: LateFacts) -> Rung:
    (step,) = late_refill(facts, LIMITS).results
    return step.rung


@given(one=st.integers(0, 900), more=st.integers(0, 300))
def test_a_later_hour_is_never_a_lower_rung(one: int, more: int) -> None:
    early = replace(IN_TIME, now=IN_TIME.now + timedelta(hours=one))
    late = replace(early, now=early.now + timedelta(hours=more))

    assert _rung(early) <= _rung(late)


@given(hours=st.integers(0, 1200))
def test_the_time_to_dry_is_never_below_nothing(hours: int) -> None:
    (step,) = late_refill(replace(IN_TIME, now=IN_TIME.now + timedelta(hours=hours)), LIMITS).results

    assert step.dry_in is not None
    assert step.dry_in == max(0 * DAY, IN_TIME.dry - IN_TIME.now - timedelta(hours=hours))


def test_a_reservoir_that_never_runs_dry_has_no_invented_time() -> None:
    (step,) = late_refill(replace(IN_TIME, low=None, dry=None, refill_by=IN_TIME.now - DAY), LIMITS).results

    assert step.dry_in is None
    assert step.rung is Rung.REFILL_BY_PASSED


def test_whether_drug_is_in_stock_applies() -> None:
    decision = late_refill(replace(IN_TIME, drug_in_stock=None, refill_by=IN_TIME.now), LIMITS)

    assert [question.fact for question in decision.asks] == ["drug_in_stock"]
