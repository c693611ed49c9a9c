"""A scenario is run by a real twin of the pump, and what leaves it is what the bodies get."""

from __future__ import annotations

import numpy as np
import pytest

from builders.scenarios import PUNCTURE, SMALL, read, with_event
from thecal.body import Bolus, Ensemble, balance_mass, inflow_from_delivery
from thecal.lab import ScenarioError, findings, run_scenario, shipped_scenario
from thecal.lab.run.supply import live_through
from thecal.quantities import DAY
from thecal.therapy import Alarm


def test_what_the_pump_counted_is_what_is_found_in_body_and_catheter() -> None:
    bolus = with_event('at = "6 h"', 'do = "single bolus"', 'dose = "20 mcg"', 'over = "1 h"')
    scenario = read(bolus + PUNCTURE.replace("1 h", "7 h"))
    assert scenario.implant is not None
    supply = live_through(scenario, scenario.implant)
    primed_ug = 500 * scenario.implant.catheter.dead_volume_mL

    balance = balance_mass(
        Ensemble.drawn(scenario.patient.parameters(), 3, scenario.seed),
        sample_times_h=np.linspace(0, 48, 49),
        inflow=inflow_from_delivery(supply.delivery, scenario.starts),
        implant=scenario.implant.catheter,
        boluses=(Bolus(at_h=7, mass_ug=50, minutes=1),),
    )

    assert balance.worst_error < 1e-9
    expected_ug = float(supply.delivery.mass.ug) + primed_ug + 50
    assert balance.administered[-1] == pytest.approx(expected_ug, rel=1e-9)


def test_the_drives_own_count_agrees_with_its_record_to_a_quantum() -> None:
    scenario = read()
    assert scenario.implant is not None

    supply = live_through(scenario, scenario.implant)

    counted, recorded = supply.status.delivered.mL, supply.delivery.volume.mL
    assert abs(counted - recorded) <= scenario.implant.capability.quantum.mL
    assert float(supply.delivery.mass.ug) == pytest.approx(200)


def test_every_time_that_applies_for_is_a_sample() -> None:
    outcome = run_scenario(read(SMALL.replace('"24 h", "2 day"', '"7 min", "25 h 1 min"')))

    assert {7 / 60, 25 + 1 / 60, 0.0, 48.0} <= set(outcome.response.sample_times_h.tolist())
    assert [finding.at_h for finding in findings(outcome)] == pytest.approx([7 / 60, 25 + 1 / 60])


def test_the_last_moment_still_shows_what_the_pump_is_doing() -> None:
    outcome = run_scenario(read(), patients=1)

    assert outcome.response.typical("pump_rate_ug_h")[-1] == pytest.approx(100 / 24)


def test_cohort_size_and_seed_can_be_asked_for_instead() -> None:
    outcome = run_scenario(read(), patients=3, seed=11)

    assert (outcome.scenario.patients, outcome.scenario.seed) == (3, 11)
    assert len(outcome.response.patients("tone_legs")) == 3


def test_a_pump_that_runs_dry_is_refused_unless_it_is_meant_to() -> None:
    dry = SMALL.replace('fill = "18 mL"', 'fill = "1.6 mL"')

    with pytest.raises(
        ScenarioError, match=r"implant\.fill: 1\.6 mL and the refills last 1 day; allowed: .*1\.4 mL"
    ):
        run_scenario(read(dry))
    meant = run_scenario(read(dry.replace('tip = "T10"', 'tip = "T10"\nruns_dry = true')), patients=1)

    assert meant.supply is not None
    assert meant.supply.ran_dry == DAY
    assert Alarm.EMPTY_RESERVOIR in meant.supply.status.alarms


def test_a_bolus_larger_than_what_is_left_is_refused_by_the_pump() -> None:
    text = with_event('at = "12 h"', 'do = "single bolus"', 'dose = "100 mcg"', 'over = "1 h"')
    small = read(text.replace('fill = "18 mL"', 'fill = "1.6 mL"').replace("100 mcg/day", "24 mcg/day"))

    with pytest.raises(ScenarioError, match=r"event at 12 h: .*(usable|reservoir)"):
        run_scenario(small)


def test_every_problem_of_a_run_is_reported_at_once() -> None:
    text = with_event('at = "12 h"', 'do = "single bolus"', 'dose = "100 mcg"', 'over = "1 h"')

    with pytest.raises(ScenarioError) as refused:
        run_scenario(read(text.replace('fill = "18 mL"', 'fill = "1.5 mL"')))

    assert [problem.field for problem in refused.value.problems] == ["event at 12 h", "implant.fill"]


def test_a_refill_of_another_concentration_keeps_the_dose() -> None:
    text = with_event('at = "1 day"', 'do = "refill"', 'fill = "18 mL"', 'concentration = "1000 mcg/mL"')

    outcome = run_scenario(read(text), patients=1)

    assert outcome.supply is not None
    assert [segment.concentration.ug_per_mL for segment in outcome.supply.delivery.segments] == [500, 1000]
    assert float(outcome.supply.delivery.mass.ug) == pytest.approx(200)
    assert len(outcome.supply.programs) == 2


def test_rounding_down_for_the_pump_is_shown() -> None:
    outcome = run_scenario(read(SMALL.replace("100 mcg/day", "100.03 mcg/day")), patients=1)

    assert outcome.supply is not None
    ((rounding,),) = (program.compiled.roundings for program in outcome.supply.programs)
    assert (rounding.requested, rounding.programmed) == ("100.03 mcg/day", "100 mcg/day")


def test_a_stop_is_a_stop() -> None:
    outcome = run_scenario(read(with_event('at = "12 h"', 'do = "stop"')), patients=1)

    assert outcome.supply is not None
    assert outcome.supply.status.stopped
    assert float(outcome.supply.delivery.mass.ug) == pytest.approx(50)


def test_without_a_pump_only_what_was_injected_is_there() -> None:
    outcome = run_scenario(shipped_scenario("screening-50"), patients=2)

    assert outcome.supply is None
    assert outcome.response.typical("csf_lumbar_ng_mL")[0] == 0
    assert outcome.response.typical("csf_lumbar_ng_mL")[12] > 100
