"""The curves at the bench: the past as read, the known program until the reservoir is empty, a proposal."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from builders.bedside import dose
from builders.bench import NOW, STOP, started
from thecal.lab.bench import LinkArrangement
from thecal.lab.forecast import Curves, Series
from thecal.quantities import DAY, HOUR, MINUTE, DoseRate, Mass
from thecal.therapy import DoseStep, Flex, SingleBolus

WEEK = 7 * DAY


def by_key(series: tuple[Series, ...]) -> dict[str, Series]:
    return {one.key: one for one in series}


def at(curves: Curves, key: str, since_now: timedelta, *, proposed: bool = False) -> float:
    chosen = curves.proposed if proposed else curves.current
    assert chosen is not None
    return by_key(chosen)[key].mid[curves.times.index(curves.now + since_now)]


def test_every_quantity_of_the_page_is_there_with_unit_and_band() -> None:
    curves = started().curves(since=NOW - WEEK, until=NOW + WEEK)

    assert [(one.key, one.unit, one.low is None) for one in curves.current] == [
        ("pump_rate", "mcg/h", True),
        ("csf_lumbar", "ng/mL", False),
        ("csf_thoracic", "ng/mL", False),
        ("csf_cervical", "ng/mL", False),
        ("plasma", "ng/mL", False),
        ("tone_legs", "Ashworth 1-5", False),
        ("tone_arms", "Ashworth 1-5", False),
    ]
    assert curves.label == "model estimate, assumed parameters"
    assert curves.proposed is None
    for one in curves.current:
        assert len(one.mid) == len(curves.times)
        if one.low is not None and one.high is not None:
            assert all(low <= mid <= high for low, mid, high in zip(one.low, one.mid, one.high, strict=True))


def test_times_are_every_hour_in_utc_and_hold_the_present() -> None:
    curves = started().curves(since=NOW - WEEK, until=NOW + WEEK)

    assert curves.times[0] == NOW - WEEK
    assert curves.times[-1] == NOW + WEEK
    assert curves.now in curves.times
    assert len(curves.times) == 24 * 14 + 1
    assert curves.times[0].utcoffset() == timedelta(0)


def test_the_last_moment_still_shows_a_running_pump() -> None:
    assert at(started().curves(since=NOW, until=NOW + WEEK), "pump_rate", WEEK) == pytest.approx(6.25)


def test_nothing_is_shown_before_the_implant() -> None:
    curves = started().curves(since=NOW - 90 * DAY, until=NOW)

    assert curves.times[0] == NOW - 35 * DAY
    assert at(curves, "csf_lumbar", -35 * DAY) == 0


def test_a_proposal_differs_from_now_on_and_from_now_on_only() -> None:
    curves = started().curves(since=NOW - DAY, until=NOW + WEEK, proposed=dose("225"))

    before = at(curves, "tone_legs", -HOUR)
    assert at(curves, "tone_legs", -HOUR, proposed=True) == pytest.approx(before, rel=1e-9)
    assert at(curves, "pump_rate", timedelta(0), proposed=True) == pytest.approx(225 / 24)
    assert at(curves, "pump_rate", timedelta(0)) == pytest.approx(150 / 24)
    lumbar = at(curves, "csf_lumbar", WEEK, proposed=True) / at(curves, "csf_lumbar", WEEK)
    assert lumbar == pytest.approx(1.5, rel=0.01)


def test_the_same_program_proposed_changes_no_curve() -> None:
    bench = started()
    curves = bench.curves(since=NOW, until=NOW + DAY, proposed=bench.known.interrogation.program)

    assert curves.proposed is not None
    for current, proposed in zip(curves.current, curves.proposed, strict=True):
        assert proposed.mid == pytest.approx(current.mid, rel=1e-6)


def test_every_step_of_a_flex_proposal_is_sampled_at_its_moment() -> None:
    steps = (
        DoseStep(start=time(0), rate=DoseRate(ug_per_day=Decimal(240))),
        DoseStep(start=time(6, 45), rate=DoseRate(ug_per_day=Decimal(120))),
    )
    flex = replace(dose("150"), base=Flex.every_day(*steps))

    curves = started().curves(since=NOW, until=NOW + 2 * DAY, proposed=flex)

    # 06:45 by the pump, whose clock is 5 h 30 min ahead, is 01:15 UTC: 15 h 45 min after 09:30.
    assert at(curves, "pump_rate", timedelta(hours=15, minutes=45), proposed=True) == pytest.approx(5)
    assert at(curves, "pump_rate", timedelta(hours=15), proposed=True) == pytest.approx(10)


def test_a_bolus_of_minutes_is_not_missed_between_the_hours() -> None:
    once = SingleBolus(dose=Mass(ug=Decimal(20)), duration=30 * MINUTE)

    curves = started().curves(since=NOW, until=NOW + DAY, proposed=replace(dose("150"), once=once))

    assert at(curves, "pump_rate", timedelta(0), proposed=True) == pytest.approx(6.25 + 40)
    assert at(curves, "pump_rate", 30 * MINUTE, proposed=True) == pytest.approx(6.25)


def test_an_empty_reservoir_shows_as_no_flow_and_rising_tone() -> None:
    curves = started().curves(since=NOW, until=NOW + 50 * DAY, proposed=dose("300"))

    assert at(curves, "pump_rate", 50 * DAY) == 0
    assert at(curves, "pump_rate", 40 * DAY) == pytest.approx(6.25)
    assert at(curves, "pump_rate", 40 * DAY, proposed=True) == 0
    assert at(curves, "tone_legs", 50 * DAY) == pytest.approx(4, abs=0.01)


def test_a_stop_that_was_seen_ends_the_flow() -> None:
    bench = started()
    bench.stop(STOP)

    curves = bench.curves(since=NOW - DAY, until=NOW + 5 * DAY)

    assert at(curves, "pump_rate", timedelta(0)) == 0
    assert at(curves, "csf_lumbar", 5 * DAY) < 1


def test_what_was_not_read_is_taken_to_go_on_as_known() -> None:
    bench = started()
    bench.arrange_link(LinkArrangement.READ_BACK_LOST)
    bench.stop(STOP)
    bench.advance(3 * DAY)

    curves = bench.curves(since=NOW, until=NOW + WEEK)

    assert curves.now == NOW + 3 * DAY
    assert by_key(curves.current)["pump_rate"].mid == pytest.approx([6.25] * len(curves.times))


@pytest.mark.parametrize("until", [NOW, NOW - DAY, NOW + 400 * DAY])
def test_curves_of_no_time_or_of_more_than_a_year_are_refused(until: object) -> None:
    with pytest.raises(ValueError, match="at most a year"):
        started().curves(since=NOW, until=until)  # type: ignore[arg-type]
