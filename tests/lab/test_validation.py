"""Rows of published numbers: read strictly, judged by their own rule, the first score kept as it was."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.validated import present, row
from thecal.lab.validation import Cohort, Judged, Use, Validation, judge, load_rows, read_rows
from thecal.lab.validation.report import as_json, first_answers, first_score

FIRST = json.loads(first_score())
ANSWERS = json.loads(first_answers())
HEAD = """
[cohort]
patients = 3
seed = 1
tip = "T10"
assumed = []
"""
ROW = """
[[row]]
id = "1"
use = "test"
what = "onset"
observed = [2, 4]
unit = "h"
accept = "range"
judged = "median"
source = "label"
sureness = "V2"
kind = "level at rest"
experiment = { dose_ug_day = 50, where = "lumbar" }
"""


def test_the_first_score_is_never_edited() -> None:
    digest = hashlib.sha256(first_score().encode()).hexdigest()

    assert digest == "13ebaf6e7a93814579102bc72ca871f907f3f266704173ddedbea473181eba0a"
    assert (FIRST["model"], FIRST["test_rows_met"], FIRST["test_rows"]) == ("2026.1", 5, 23)


def test_the_first_answers_are_never_edited() -> None:
    digest = hashlib.sha256(first_answers().encode()).hexdigest()

    assert digest == "a6805678e33e2c7df8e1fec9aa27d5173e113692cf837f80828c641e11b08cb2"
    assert (ANSWERS["model"], ANSWERS["test_rows_met"], ANSWERS["test_rows"]) == ("2026.1", 17, 23)


def test_the_first_answers_repeat_what_the_first_score_had_answered() -> None:
    answered = {one["id"]: one["middle"] for one in FIRST["rows"] if one["middle"] is not None}
    later = {one["id"]: one["middle"] for one in ANSWERS["rows"]}

    assert {name: later[name] for name in answered} == pytest.approx(answered, rel=1e-3)


def test_the_rows_for_testing_alone_are_those_of_the_first_score_and_ask_the_same() -> None:
    first = {one["id"]: one for one in FIRST["rows"] if one["use"] == "test"}
    now = {one.row_id: one for one in load_rows().rows if one.use is Use.TEST}

    assert set(now) == set(first)
    for name, one in now.items():
        assert list(one.observed) == first[name]["observed"], name
        assert list(one.accepted) == pytest.approx(first[name]["accepted"], rel=1e-3), name


def test_every_row_of_the_published_table_stands() -> None:
    numbers = {"".join(filter(str.isdigit, one.row_id)) for one in load_rows().rows}

    assert numbers >= {str(number) for number in range(1, 23)}


@pytest.mark.parametrize("number", ["2", "5", "7", "8", "13", "20", "21"])
def test_what_is_kept_for_testing_is_used_for_nothing_else(number: str) -> None:
    uses = {one.use for one in load_rows().rows if one.row_id.rstrip("abcde") == number}

    assert uses == {Use.TEST}


def test_an_experiment_with_a_number_the_source_lacks_says_what_was_assumed() -> None:
    doses = [one for one in load_rows().rows if one.row_id in {"5a", "5b", "9a", "10a", "11"}]

    assert all(any("mcg/day" in assumption for assumption in one.assumed) for one in doses)


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ('"range"', (2, 4)),
        ('"factor 2"', (1, 8)),
        ('"1 SD"\nsd = 0.5', (1.5, 4.5)),
        ('"1 SD"\nsd = 0.5\nsd_assumed = true', (1.5, 4.5)),
        ('"25 %"', (1.5, 5)),
    ],
)
def test_what_is_accepted_follows_from_its_rule(accept: str, accepted: tuple[float, float]) -> None:
    table = read_rows(HEAD + ROW.replace('accept = "range"', f"accept = {accept}"))

    assert table.rows[0].accepted == pytest.approx(accepted)


@pytest.mark.parametrize(
    ("instead_of", "changed", "named"),
    [
        ('unit = "h"\n', "", "missing unit"),
        ('unit = "h"', 'unit = "h"\ncolour = "red"', "unknown colour"),
        ('"V2"', '"sure"', "sureness is 'sure'"),
        ('"range"', '"nearly"', "accept is 'nearly'"),
        ('"range"', '"1 SD"', "with sd"),
        ("[2, 4]", "[4, 2]", "from 4 down to 2"),
        ("[2, 4]", "[2]", r"\[low, high\]"),
        ('"level at rest"', '"level at sea"', "kind is 'level at sea'"),
        (', where = "lumbar"', "", "where"),
        ('where = "lumbar"', 'where = "lumbar", when = 3', "when"),
        ("kind =", 'patients = { colour = "red" }\nkind =', "patients: unknown colour"),
        ("kind =", "patients = { before = 9 }\nkind =", "row 1: patients: tone_legs_before is 9"),
        ("kind =", 'patients = { before = "high" }\nkind =', "row 1: patients: "),
        ("kind =", 'patients = { posture = "on one leg" }\nkind =', "on one leg"),
        ("kind =", "patients = 3\nkind =", "patients must be a table"),
        ('"test"', '"fun"', "fun"),
        ('"median"', '"mode"', "mode"),
        ('unit = "h"', 'unit = "h"\nneeds = "more"', "either"),
        ("patients = 3", "patients = 0", "patients is 0"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_name(instead_of: str, changed: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_rows((HEAD + ROW).replace(instead_of, changed))


def test_a_row_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice: 1"):
        read_rows(HEAD + ROW + ROW)


def test_a_cohort_needs_a_patient() -> None:
    with pytest.raises(ValueError, match="patients is 0"):
        Cohort(patients=0, seed=1, tip="T10")


def test_a_group_is_judged_by_its_mean_and_single_patients_by_their_median() -> None:
    patients = np.array([1.0, 1.0, 1.0, 9.0])

    assert judge(row(), patients).middle == 3
    assert judge(row(judged=Judged.MEDIAN), patients).middle == 1


def test_the_ends_of_the_accepted_range_are_accepted() -> None:
    assert [judge(row(), np.array([middle])).ok for middle in (1.99, 2, 4, 4.01)] == [
        False,
        True,
        True,
        False,
    ]


def test_where_every_number_counts_one_outside_is_a_miss() -> None:
    every = row(judged=Judged.EVERY)

    assert judge(every, np.array([2.0, 3.0, 4.0])).ok
    assert not judge(every, np.array([2.0, 3.0, 4.1])).ok
    assert not judge(every, np.array([1.9, 3.0, 4.0])).ok


def test_a_share_has_no_range_of_patients() -> None:
    verdict = judge(row(judged=Judged.SHARE, accepted=(0.5, 1.0)), np.array([1.0, 1.0, 0.0, 1.0]))

    assert verdict.predicted == (0.75, 0.75)


def test_patients_in_whom_it_never_happens_are_left_out_until_they_are_half() -> None:
    some = judge(row(), np.array([3.0, 3.0, np.nan]))
    half = judge(row(), np.array([3.0, np.nan]))

    assert (some.middle, some.ok) == (3, True)
    assert (half.predicted, half.middle, half.ok) == (None, None, False)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_a_verdict_does_not_depend_on_the_order_of_patients(patients: list[float], chance: object) -> None:
    shuffled = list(patients)
    chance.shuffle(shuffled)

    one, other = (judge(row(judged=Judged.MEDIAN), np.array(order)) for order in (patients, shuffled))

    assert one == other


def test_a_model_is_broken_by_a_calibration_row_out_of_its_spread_and_by_no_other() -> None:
    out = np.array([9.0])
    verdicts = tuple(judge(row(row_id=use.value, use=use), out) for use in Use)

    assert [one.row.row_id for one in Validation("m", (), verdicts).broken] == ["calibration"]


def test_a_test_row_without_an_answer_is_a_miss_and_another_waits() -> None:
    waiting = {one.row.row_id: one.ok for one in present().verdicts if one.row.needs}

    assert all(ok is (False if use_of(name) is Use.TEST else None) for name, ok in waiting.items())
    met, count = present().score()
    assert met == sum(one.ok is True for one in present().verdicts if one.row.use is Use.TEST)
    assert count == FIRST["test_rows"]


def use_of(name: str) -> Use:
    return next(one.use for one in load_rows().rows if one.row_id == name)


def test_each_answered_row_that_is_missed_is_explained() -> None:
    silent = [
        one.row.row_id for one in present().verdicts if one.ok is False and one.row.kind and not one.row.miss
    ]

    assert not silent, f"say in rows.toml why the model misses {', '.join(silent)}"


def test_what_is_met_has_nothing_to_explain() -> None:
    assert not [one.row.row_id for one in present().verdicts if one.ok is not False and one.row.miss]


def test_every_calibration_row_is_asked_and_within_its_spread() -> None:
    calibration = [one for one in present().verdicts if one.row.use is Use.CALIBRATION]

    assert len(calibration) == 17
    assert not [one.row.row_id for one in calibration if one.ok is not True]


def test_whoever_is_treated_for_a_month_or_more_belongs_to_the_group_of_those() -> None:
    for one in load_rows().rows:
        months = float(one.settings.get("days", 0)) >= 30
        assert ("months of treatment" in one.who.groups) == months, one.row_id


def test_machines_get_every_row_with_plain_numbers() -> None:
    document = json.loads(as_json(present()), parse_constant=pytest.fail)

    assert [one["id"] for one in document["rows"]] == [one.row_id for one in load_rows().rows]
    for one in document["rows"]:
        assert {"id", "use", "predicted", "observed", "unit", "spread", "ok", "source"} <= set(one)
        assert one["use"] in {"calibration", "test", "check"}
        for ends in (one["observed"], one["predicted"] or [0, 0]):
            assert len(ends) == 2
            assert ends[0] <= ends[1]
