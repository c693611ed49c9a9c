"""A scenario is read strictly: every fault is said with its place, value, unit, range and source."""

from __future__ import annotations

import re
from datetime import time, timedelta
from decimal import Decimal

import pytest

from builders.scenarios import PUNCTURE, SMALL, problems_of, read, with_event
from thecal.lab import ScenarioError, read_scenario, shipped_names, shipped_scenario
from thecal.lab.scenario import Programming, Puncture
from thecal.quantities import DAY, HOUR, Mass
from thecal.therapy import Flex, SingleBolus


def test_a_scenario_says_patient_implant_and_what_happens_when() -> None:
    scenario = read(SMALL + PUNCTURE)

    program, puncture = scenario.events
    assert isinstance(program, Programming)
    assert isinstance(puncture, Puncture)
    assert (puncture.at, puncture.dose, puncture.level) == (HOUR, Mass(ug=Decimal(50)), "L3")
    assert scenario.implant is not None
    assert scenario.implant.catheter.primed_with_ug_mL == 500
    assert scenario.observations[0].at == (DAY, 2 * DAY)


@pytest.mark.parametrize(
    ("changed", "into", "field", "said"),
    [
        ('title = "A small scenario"', "", "title", "is missing"),
        ('lasts = "2 day"', 'lasts = "2"', "lasts", "10 min to 366 days"),
        ('lasts = "2 day"', 'lasts = "400 day"', "lasts", "10 min to 366 days"),
        ('lasts = "2 day"', "lasts = 48", "lasts", "48 is not text in quotes"),
        ('sample_every = "1 h"', 'sample_every = "1 s"', "sample_every", "1 min to 1 day"),
        ("patients = 6", "patients = 0", "cohort.patients", "1 to 2000"),
        ("patients = 6", "patients = 6.5", "cohort.patients", "6.5 is not a whole number"),
        ("seed = 3", "", "cohort.seed", "is missing"),
        ('origin = "spinal"', 'origin = "muscular"', "patient.origin", "spinal, cerebral"),
        ('model = "reference design 20 mL"', 'model = "x"', "implant.model", "reference design 20 mL"),
        ("500 mcg/mL", "3000 mcg/mL", "implant.concentration", "2000 mcg/mL (highest marketed concentration"),
        ("500 mcg/mL", "500 mcg", "implant.concentration", "500 mcg/mL"),
        ('fill = "18 mL"', 'fill = "25 mL"', "implant.fill", "20 mL"),
        ('fill = "18 mL"', 'fill = "18 mg"', "implant.fill", "unit"),
        ('"80 cm"', '"80 mm"', "implant.catheter_length", "0 to 150 cm"),
        ('tip = "T10"', 'tip = "S1"', "implant.tip", "L2"),
        ('dose = "100 mcg/day"', 'dose = "100 mg/day"', "event[1].dose", "mcg/day"),
        ('dose = "100 mcg/day"', 'dose = "-5 mcg/day"', "event[1].dose", "-5"),
        ('dose = "100 mcg/day"', 'dose = "0 mcg/day"', "event[1].do", "0 mcg/day is a stop"),
        ('dose = "100 mcg/day"', "", "event[1].dose", "is missing"),
        ('at = "0 h"', 'at = "3 day"', "event[1].at", "2 days"),
        ('do = "simple continuous"', 'do = "guess"', "event[1].do", "simple continuous, flex"),
        ('site = "lumbar"', 'site = "legs"', "observe[1].site", "cervical"),
        ('site = "lumbar"', "", "observe[1].site", "is missing"),
        ('at = ["24 h", "2 day"]', 'at = ["2 day", "24 h"]', "observe[1].at", "does not come after"),
        ('at = ["24 h", "2 day"]', 'metric = "highest"\nfrom = "2 day"', "observe[1].until", "later than"),
        ('at = ["24 h", "2 day"]', 'metric = "time above"', "observe[1].threshold", "ng/mL"),
        ('at = ["24 h", "2 day"]', 'metric = "steady state"\nfrom = "1 h"', "observe[1].until", "48 h"),
        ('at = ["24 h", "2 day"]', 'every = "0 min"', "observe[1].every", "1 min"),
        ('assumptions = ["everything"]', "", "assumptions", "constructed"),
        ('basis = "constructed"', 'basis = "published"', "sources", "at least one source"),
        ("format = 1", "format = 2", "format", "1 to 1"),
        ("format = 1", "", "format", "is missing"),
    ],
)
def test_bad_input_is_refused_with_its_field_and_what_may_stand_there(
    changed: str, into: str, field: str, said: str
) -> None:
    assert changed in SMALL

    problems = problems_of(SMALL.replace(changed, into, 1))

    assert [problem for problem in problems if problem.startswith(f"{field}: ") and said in problem], problems
    assert all(re.search(r"; allowed: .+ \(.+\)$", problem) for problem in problems)


@pytest.mark.parametrize("place", ["", "[cohort]", "[patient]", "[implant]", "[[event]]", "[[observe]]"])
def test_a_field_that_the_format_does_not_know_is_refused(place: str) -> None:
    text = SMALL.replace(place, f"{place}\nspeling = 1", 1) if place else f"speling = 1\n{SMALL}"

    assert ["is not a field" in problem for problem in problems_of(text)] == [True]


def test_every_fault_is_found_in_one_reading() -> None:
    text = SMALL.replace('title = "A small scenario"', "").replace("18 mL", "25 mL").replace("T10", "T13")

    assert [problem.partition(":")[0] for problem in problems_of(text)] == [
        "implant.fill",
        "implant.tip",
        "title",
    ]


def test_a_dose_the_pump_cannot_deliver_is_refused_with_its_source() -> None:
    (problem,) = problems_of(SMALL.replace("100 mcg/day", "2500 mcg/day"))

    assert problem.startswith("event[1].do: ")
    assert "2500 mcg/day" in problem
    assert "2003 mcg/day" in problem
    assert "Rote Liste" in problem


def test_a_program_too_slow_for_the_pump_is_refused() -> None:
    (problem,) = problems_of(SMALL.replace("100 mcg/day", "5 mcg/day"))

    assert "24 mcg/day to 2003 mcg/day" in problem


@pytest.mark.parametrize(
    "steps",
    [
        '[{ start = "00:00", rate = "100 mcg/day" }, { start = "00:00", rate = "90 mcg/day" }]',
        """[{ start = "00:00", rate = "100 mcg/day" }, { start = "09:00", rate = "90 mcg/day" },
            { start = "08:00", rate = "80 mcg/day" }]""",
        '[{ start = "06:00", rate = "100 mcg/day" }]',
        "[]",
    ],
)
def test_overlapping_steps_and_days_with_a_hole_are_refused(steps: str) -> None:
    (problem,) = problems_of(with_event('at = "1 h"', 'do = "flex"', f"steps = {steps}"))

    assert problem.startswith("event[2].steps: ")
    assert "each later than the one before" in problem


def test_steps_may_differ_by_weekday_and_all_seven_are_needed() -> None:
    day = '[{ start = "00:00", rate = "100 mcg/day" }]'
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    whole = ", ".join(f"{name} = {day}" for name in weekdays)
    flex = with_event('at = "1 h"', 'do = "flex"', f"days = {{ {whole} }}")

    event = read(flex).events[1]

    assert isinstance(event, Programming)
    assert isinstance(event.base, Flex)
    assert "event[2].days.sunday: is missing" in problems_of(flex.replace(f", sunday = {day}", ""))[0]


def test_events_stand_in_the_order_they_happen() -> None:
    late = SMALL.replace('at = "0 h"', 'at = "2 h"', 1)

    (problem,) = problems_of(late + PUNCTURE)

    assert problem.startswith("event[2].at: 1 h comes before")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (('at = "0 h"', 'do = "simple continuous"', 'dose = "90 mcg/day"'), ["overlaps event[1]"]),
        (('at = "1 h 30 min"', 'do = "minimum rate"'), []),
        (('at = "0 h"', 'do = "stop"'), []),
    ],
)
def test_orders_to_the_pump_at_one_moment_overlap_and_a_stop_never_does(
    lines: tuple[str, ...], said: list[str]
) -> None:
    found = problems_of(with_event(*lines))

    assert [words for problem in found for words in said if words in problem] == said
    assert len(found) == len(said)


def test_an_order_while_a_bolus_runs_overlaps_it() -> None:
    bolus = with_event('at = "1 h"', 'do = "single bolus"', 'dose = "20 mcg"', 'over = "1 h"')
    during = f'{bolus}\n[[event]]\nat = "1 h 59 min"\ndo = "minimum rate"'

    (problem,) = problems_of(during)

    assert problem.startswith("event[3].at: 1 h 59 min overlaps event[2], which takes until 2 h")
    assert problems_of(during.replace("1 h 59 min", "2 h")) == []


def test_a_bolus_runs_on_top_of_what_runs_and_needs_something_that_runs() -> None:
    bolus = ('at = "1 h"', 'do = "single bolus"', 'dose = "20 mcg"', 'over = "1 h"')
    stopped = SMALL.replace('do = "simple continuous"\ndose = "100 mcg/day"', 'do = "stop"')

    step = read(with_event(*bolus)).steps[1]

    assert isinstance(step.compiled.program.once, SingleBolus)
    assert "the base is stopped" in problems_of("\n".join([stopped, "[[event]]", *bolus]))[0]


def test_a_refill_must_fit_and_a_missed_one_does_not_happen() -> None:
    refill = ('at = "1 day"', 'do = "refill"', 'concentration = "500 mcg/mL"')

    (problem,) = problems_of(with_event(*refill, 'fill = "19 mL"', 'left_behind = "2 mL"'))
    missed = read(with_event(*refill, 'fill = "18 mL"', "missed = true"))

    assert problem.startswith(
        "event[2].fill: 19 mL and 2 mL left behind do not fit; allowed: together up to the 20 mL"
    )
    assert len(missed.steps) == 1


def test_without_an_implant_drug_comes_by_lumbar_puncture_only() -> None:
    start, end = SMALL.index("[implant]"), SMALL.index("[[event]]")

    (problem,) = problems_of(SMALL[:start] + SMALL[end:])

    assert problem.startswith("event[1].do: needs a pump")


def test_known_parameters_are_read_in_their_own_unit_and_range() -> None:
    known = SMALL.replace('origin = "spinal"', 'origin = "spinal"\n[patient.known]\nspinal_csf_mL = "80 mL"')

    assert read(known).patient.known == (("spinal_csf_mL", 80.0),)
    assert "10 to 250 mL" in problems_of(known.replace("80 mL", "800 mL"))[0]
    assert "'mL'" in problems_of(known.replace("80 mL", "80 cm3"))[0]
    assert (
        "patient.known.colour: " in problems_of(known.replace('spinal_csf_mL = "80 mL"', 'colour = "1"'))[0]
    )


def test_too_many_numbers_for_memory_are_refused() -> None:
    (problem,) = problems_of(SMALL.replace("patients = 6", "patients = 2000").replace("1 h", "1 min", 1))

    assert problem.startswith("cohort.patients: 2000 patients at 2881 sample times")


@pytest.mark.parametrize("document", [b"\xff\xfe", b"format = ", b"format = 1\nformat = 1\n"])
def test_what_is_not_toml_is_refused_as_such(document: bytes) -> None:
    with pytest.raises(ScenarioError, match=r"^file: "):
        read_scenario(document, name="x")


def test_a_time_may_be_told_by_the_pumps_clock() -> None:
    clock = SMALL.replace('lasts = "2 day"', 'starts_at = "08:00"\nlasts = "2 day"').replace(
        '"24 h", "2 day"', '"day 1 09:30", "day 3 08:00"'
    )

    assert read(clock).observations[0].at == (timedelta(hours=1, minutes=30), 2 * DAY)
    assert "observe[1].at" in problems_of(clock.replace("day 1 09:30", "day 1 07:00"))[0]


def test_readings_may_come_at_a_pace() -> None:
    every = read(SMALL.replace('at = ["24 h", "2 day"]', 'every = "12 h"\nfrom = "1 day"'))

    assert [moment / HOUR for moment in every.observations[0].at] == [24, 36, 48]


def test_at_least_six_scenarios_are_shipped_and_each_can_be_read() -> None:
    assert len(shipped_names()) >= 6
    for name in shipped_names():
        assert shipped_scenario(name).name == name


def test_a_scenario_that_is_not_shipped_is_refused_by_name() -> None:
    with pytest.raises(
        ValueError, match="'missing' is not shipped; known: child-at-night, continuous-1200, "
    ):
        shipped_scenario("missing")


def test_a_time_of_day_keeps_its_seconds_on_both_sides() -> None:
    """An event at a time of day happens when the pump's clock shows that time, to the second."""
    scenario = read(
        SMALL.replace('lasts = "2 day"', 'starts_at = "06:00:20"\nlasts = "2 day"').replace(
            'at = "0 h"', 'at = "day 2 07:15:30"'
        )
    )

    (event,) = scenario.events
    assert scenario.starts.time() == time(6, 0, 20)
    assert (scenario.starts + event.at).time() == time(7, 15, 30)
