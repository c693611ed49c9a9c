from __future__ import annotations

import pytest
from hypothesis import given

from builders.strategies import patient_boluses, programs
from builders.therapy import OTHER_DRUG, a_day, bolus, continuous, flex, mL, program, solution
from thecal.therapy import (
    BACLOFEN,
    Bridge,
    Comparison,
    MinimumRate,
    PatientBolus,
    Program,
    SimpleContinuous,
    Stopped,
    compare_programs,
)

SETTINGS = ["drug", "concentration", "24-hour dose", "base program", "runs first, once", "patient bolus"]


def rows(before: Program, after: Program) -> dict[str, Comparison]:
    return {row.what: row for row in compare_programs(before, after)}


@given(programs(), programs())
def test_every_setting_is_compared_changed_or_not(before: Program, after: Program) -> None:  # ITB-122
    compared = compare_programs(before, after)

    assert [row.what for row in compared] == SETTINGS
    assert all(row.before and row.after and row.change for row in compared)


@given(programs(), programs())
def test_something_has_changed_exactly_when_the_programs_differ(before: Program, after: Program) -> None:
    assert any(row.changed for row in compare_programs(before, after)) == (before != after)
    assert not any(row.changed for row in compare_programs(before, before))


def test_a_change_of_dose_is_said_with_its_size() -> None:
    compared = rows(continuous(100), continuous(120))

    assert compared["24-hour dose"] == Comparison(
        what="24-hour dose", before="100 mcg/day", after="120 mcg/day", change="+20 %"
    )
    assert compared["base program"].after == "simple continuous: 120 mcg/day, all day, every day"
    assert compared["concentration"].change == "unchanged"


def test_a_change_too_small_to_show_is_a_change_all_the_same() -> None:
    compared = rows(continuous("100.00001"), continuous("100.00002"))

    assert compared["base program"].change == "changed by less than is shown"
    assert compared["24-hour dose"].change == "rises by less than 0.1 %"


def test_the_same_dose_at_other_times_is_a_change_of_the_base_program_alone() -> None:
    compared = rows(continuous(120), program(flex(("00:00", 100), ("12:00", 140))))

    assert {what for what, row in compared.items() if row.changed} == {"base program"}


@pytest.mark.parametrize(
    ("base", "said"),
    [(MinimumRate(), "the device's minimum, not a therapy"), (Stopped(), "0 mcg/day")],
)
def test_a_stop_and_the_minimum_rate_are_not_the_same(base: MinimumRate | Stopped, said: str) -> None:
    row = rows(continuous(120), program(base))["24-hour dose"]

    assert row.after == said
    assert row.changed


def test_a_change_of_concentration_asks_for_a_bridge() -> None:  # ITB-050
    bridge = Bridge(dose=a_day(200), old_concentration=solution(500), dead_volume=mL("0.316"))

    without = rows(continuous(200), continuous(200, at=2000))
    with_one = rows(continuous(200), continuous(200, bridge, at=2000))

    assert without["concentration"].change.endswith("decide on a bridge")
    assert with_one["concentration"].change == "changed"
    assert with_one["runs first, once"].before == "nothing"
    assert with_one["runs first, once"].after.startswith("bridge, once: 200 mcg/day of the old 500 mcg/mL")


def test_what_ran_once_before_is_compared_too() -> None:
    row = rows(continuous(100, bolus(25)), continuous(100))["runs first, once"]

    assert (row.after, row.change) == ("nothing", "changed")


@given(patient_boluses())
def test_another_drug_and_what_a_patient_may_ask_for_are_compared(allowed: PatientBolus) -> None:
    other = program(SimpleContinuous(dose=a_day(100)), patient_bolus=allowed)

    compared = rows(continuous(100), other)

    assert {what for what, row in compared.items() if row.changed} == {
        "drug",
        "24-hour dose",
        "patient bolus",
    }
    assert (compared["drug"].before, compared["drug"].after) == (BACLOFEN.name, OTHER_DRUG.name)
    assert compared["patient bolus"].before == "none"
