"""A proposal: two to four programs, no change always among them, with what a person must answer."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.histories import ANSWERED, NOW, continuous, history
from thecal.dosing.history import Aim, BolusRecord, Event, EventKind, Goal
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.patient import Origin
from thecal.dosing.propose import OptionKind, Proposal, judge, judge_program, propose
from thecal.quantities import DoseRate, Mass
from thecal.therapy import Flex, SingleBolus, Stopped

US = limits_for(Jurisdiction.US)
QUESTIONS = ("trigger_looked_for", "trigger_found", "pump_checked", "useful_tone_kept")


def _kinds(proposal: Proposal) -> list[OptionKind]:
    return [option.kind for option in proposal.options]


def _codes(found: tuple[tuple[object, ...], object] | object) -> set[str]:
    return {finding.code for finding in found}


def _dose(option: object) -> Decimal:
    return option.daily_dose.any_24_hours.highest.ug


def test_an_answered_history_gets_no_change_and_two_steps() -> None:
    proposal = propose(history(), US)

    assert _kinds(proposal) == [OptionKind.NO_CHANGE, OptionKind.SMALLEST_STEP, OptionKind.LARGEST_STEP]
    assert [_dose(option) for option in proposal.options] == [175, Decimal("192.5"), Decimal("227.5")]
    assert not proposal.asks


@pytest.mark.parametrize("question", QUESTIONS)
def test_with_a_question_open_the_proposal_is_no_change_yet(question: str) -> None:
    open_history = history(answers=replace(ANSWERED, **{question: None}))

    proposal = propose(open_history, US)

    assert max(_dose(option) for option in proposal.options) == 175
    assert proposal.options[0].kind is OptionKind.NO_CHANGE


@given(
    dose=st.integers(30, 1500),
    origin=st.sampled_from([None, *Origin]),
    jurisdiction=st.sampled_from([None, *Jurisdiction]),
    answered=st.booleans(),
)
def test_two_to_four_programs_no_change_first_and_none_above_the_rules(
    *, dose: int, origin: Origin | None, jurisdiction: Jurisdiction | None, answered: bool
) -> None:
    one = history(str(dose), origin=origin)
    one = one if answered else replace(one, answers=replace(ANSWERED, pump_checked=None))

    proposal = propose(one, limits_for(jurisdiction))

    assert 2 <= len(proposal.options) <= 4
    assert proposal.options[0].kind is OptionKind.NO_CHANGE
    for option in proposal.options:
        assert "titration.step" not in _codes(option.findings)
        assert option.can_be_signed


@given(dose=st.integers(25, 600))
def test_a_cerebral_proposal_is_never_above_a_spinal_one(dose: int) -> None:
    for jurisdiction in (None, *Jurisdiction):
        limits = limits_for(jurisdiction)
        spinal, cerebral = (
            max(_dose(option) for option in propose(history(str(dose), origin=origin), limits).options)
            for origin in (Origin.SPINAL_CORD_INJURY, Origin.STROKE)
        )
        assert cerebral <= spinal


def test_the_same_history_gives_the_same_proposal() -> None:
    assert propose(history(), US) == propose(history(), US)


def test_a_drowsy_patient_is_offered_a_smaller_dose_and_no_larger_one() -> None:
    drowsy = history(events=(Event(at=NOW - timedelta(hours=3), kind=EventKind.DROWSY),))

    proposal = propose(drowsy, US)

    assert _kinds(proposal) == [OptionKind.NO_CHANGE, OptionKind.DECREASE]
    assert _dose(proposal.options[1]) == Decimal("157.5")


def test_a_goal_of_the_morning_gives_a_pattern_with_the_same_24_hour_dose() -> None:
    goal = Goal(wording="get into my chair by myself", aim=Aim.EASIER_TRANSFERS, start=time(7), end=time(9))

    pattern = propose(history(goals=(goal,)), US).options[-1]

    assert pattern.kind is OptionKind.PATTERN
    assert isinstance(pattern.program.base, Flex)
    steps = pattern.program.base.days[0].steps
    assert [step.start for step in steps] == [time(0), time(5), time(7)]
    assert steps[1].rate == DoseRate(ug_per_day=Decimal(210))
    assert Decimal(174) < _dose(pattern) <= 175


@given(start=st.integers(0, 23), length=st.integers(1, 23))
def test_a_pattern_never_gives_more_than_the_dose_it_shapes(start: int, length: int) -> None:
    goal = Goal(wording="sleep", aim=Aim.BETTER_SLEEP, start=time(start), end=time((start + length) % 24))

    for option in propose(history("240", goals=(goal,)), US).options:
        if option.kind is OptionKind.PATTERN:
            assert _dose(option) <= 240


def test_a_tenfold_entry_must_be_typed_again_and_confirmed() -> None:
    option = judge_program(history(), continuous("1750"), US)

    assert {"guard.many-times-more", "titration.step", "titration.above-usual-range"} <= _codes(
        option.findings
    )


def test_four_boluses_in_four_hours_are_a_finding() -> None:
    given_before = tuple(
        BolusRecord(at=NOW - timedelta(hours=hour), dose=Mass(ug=Decimal(25))) for hour in (1, 2, 3)
    )
    fourth = replace(
        continuous("175"), once=SingleBolus(dose=Mass(ug=Decimal(25)), duration=timedelta(minutes=10))
    )

    option = judge_program(history(boluses=given_before), fourth, US)

    assert "guard.next-24-hours" in _codes(option.findings)
    assert "guard.next-24-hours" not in _codes(judge_program(history(), continuous("175"), US).findings)


def test_the_full_dose_after_three_days_without_drug_is_a_finding() -> None:
    stopped = history(no_drug_for=timedelta(days=3))

    assert "guard.old-dose-after-a-stop" in _codes(judge_program(stopped, continuous("175"), US).findings)
    assert "guard.old-dose-after-a-stop" not in _codes(judge_program(stopped, continuous("100"), US).findings)


def test_after_a_stop_the_restart_is_the_lower_of_both_doses() -> None:
    resting = replace(history("400").program, base=Stopped())
    stopped = history("400", program=resting, no_drug_for=timedelta(days=3))

    proposal = propose(stopped, US)

    assert _kinds(proposal) == [OptionKind.NO_CHANGE, OptionKind.RESTART]
    assert _dose(proposal.options[1]) == 100


@given(dose=st.integers(0, 174))
def test_nothing_holds_back_a_stop_or_a_decrease_for_overdose(dose: int) -> None:
    overdosed = history(answers=replace(ANSWERED, for_overdose=True))
    program = replace(overdosed.program, base=Stopped()) if dose < 24 else continuous(str(dose))

    findings, _ = judge(overdosed, program, US)

    assert all(finding.kind.weight.value == "note" for finding in findings)


@given(one=st.integers(30, 900), more=st.integers(1, 300))
def test_a_larger_dose_never_shortens_the_wait(one: int, more: int) -> None:
    early = history(
        str(one), programs=(replace(history(str(one)).programs[0], start=NOW - timedelta(hours=5)),)
    )
    larger = history(
        str(one + more),
        programs=(replace(history(str(one + more)).programs[0], start=NOW - timedelta(hours=5)),),
    )

    for each in (early, larger):
        findings, _ = judge(each, continuous(str(one + more + 10)), US)
        assert "titration.too-soon" in _codes(findings)
