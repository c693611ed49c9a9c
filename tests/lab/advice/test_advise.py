"""An advice: the rules' own options, each with what this patient's model expects, repeatable to the digit."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from builders.histories import ANSWERED, NOW, continuous, history
from thecal.body import LABEL, load_parameters
from thecal.dosing.history import Aim, Event, EventKind, Goal, Limb, Score
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.propose import OptionKind, propose
from thecal.lab.advice import Advice, Outlook, UsefulTone, advise, replay
from thecal.therapy import Program, Stopped

US = limits_for(Jurisdiction.US)
CARE = Goal(wording="Getting dressed", aim=Aim.EASIER_CARE, start=time(7), end=time(9))
STANDING = Goal(wording="Standing up on stiff legs", aim=Aim.KEEP_USEFUL_TONE)


def score(grade: str, days_ago: float = 0.1, **changed: object) -> Score:
    usual = Score(
        at=NOW - timedelta(days=days_ago),
        scale="ashworth-1-5",
        limb=Limb.LEGS,
        grade=Decimal(grade),
        rater="therapist 1",
    )
    return replace(usual, **changed)


def _of(advice: Advice, kind: OptionKind) -> Outlook:
    return next(one for one in advice.outlooks if one.option.kind is kind)


def _width(outlook: Outlook) -> float:
    return outlook.tone[0].true.high - outlook.tone[0].true.low


def test_the_options_are_those_of_the_rules_and_no_others() -> None:
    asked = history(goals=(CARE,))

    advice = advise(asked, US)

    assert advice.proposal == propose(asked, US)
    assert tuple(one.option for one in advice.outlooks) == advice.proposal.options


def test_the_same_history_and_seed_give_an_equal_advice() -> None:
    advice = advise(history(goals=(CARE, STANDING)), US, seed=7)

    assert replay(advice) == advice
    assert advise(history(goals=(CARE, STANDING)), US, seed=8) != advice


def test_an_advice_records_versions_of_rules_and_model() -> None:
    advice = advise(history(), US)

    assert advice.rulebook == advice.proposal.rulebook
    assert advice.model == load_parameters().version
    assert advice.label == LABEL


def test_without_a_score_the_outlook_is_of_the_population_and_says_so() -> None:
    unknown, known = (
        advise(history("100", scores=scores), US) for scores in ((), (score("3"), score("3", 1)))
    )

    assert unknown.basis.population_only
    assert unknown.basis.notes[0].startswith("Population only")
    assert not unknown.basis.information
    assert not known.basis.population_only
    assert _width(unknown.outlooks[0]) > _width(known.outlooks[0])


def test_a_stiffer_patient_is_expected_to_stay_stiffer() -> None:
    stiff, loose = (advise(history(scores=(score(grade),)), US).outlooks[0].tone[0] for grade in "42")

    assert stiff.true.middle > loose.true.middle + 0.5
    assert stiff.score.middle > loose.score.middle


def test_a_larger_dose_gains_more_and_raises_the_rank_of_sedation() -> None:
    unchanged, smallest, largest = advise(history(), US).outlooks

    assert unchanged.tone[0].gain.middle == 0
    assert 0 < smallest.tone[0].gain.middle < largest.tone[0].gain.middle
    assert [one.sedation_rank for one in (unchanged, smallest, largest)] == [1, 2, 3]


def test_a_stop_is_noticed_within_days_and_options_are_ranked_by_it() -> None:
    outlooks = advise(history(), US).outlooks

    for one in outlooks:
        assert one.withdrawal.label == LABEL
        assert 6 < one.withdrawal.signal.middle < 72
    ordered = sorted(outlooks, key=lambda one: one.withdrawal.rank)
    middles = [one.withdrawal.signal.middle for one in ordered]
    assert middles == sorted(middles)


def test_a_patient_without_drug_has_no_margin_to_lose() -> None:
    stopped = Program(
        drug=continuous("100").drug, concentration=continuous("100").concentration, base=Stopped()
    )
    advice = advise(history(program=stopped, programs=(), no_drug_for=timedelta(days=3)), US)

    unchanged, restart = advice.outlooks
    assert unchanged.withdrawal.rank is None
    assert restart.option.kind is OptionKind.RESTART
    assert restart.withdrawal.rank is not None
    assert restart.tone[0].gain.middle > 0


def test_the_supply_is_the_dose_over_its_concentration() -> None:
    unchanged = advise(history("175"), US).outlooks[0]

    assert unchanged.supply.lowest_mL_per_day == unchanged.supply.highest_mL_per_day == pytest.approx(0.35)
    assert unchanged.supply.refill_by == unchanged.option.refill.refill_by


def test_a_pattern_that_gains_under_half_a_grade_is_no_difference() -> None:
    advice = advise(history(goals=(CARE,)), US)

    pattern = _of(advice, OptionKind.PATTERN)
    assert pattern.goals[0].gain.middle < 0.5
    assert pattern.no_difference_expected
    assert not any(one.no_difference_expected for one in advice.outlooks if one is not pattern)


def test_a_pattern_gains_most_in_the_hours_of_its_goal() -> None:
    pattern = _of(advise(history(goals=(CARE,)), US), OptionKind.PATTERN)
    night = replace(CARE, start=time(22), end=time(4))
    both = _of(advise(history(goals=(CARE, night)), US), OptionKind.PATTERN)

    assert both.goals[0].gain == pattern.goals[0].gain
    assert both.goals[0].gain.middle > 0 > both.goals[1].gain.middle


def test_tone_that_falls_below_its_floor_is_a_loss() -> None:
    loose = (score("1"), score("2", 1), score("1", 1.5), score("3", 3))
    advice = advise(
        history("350", scores=loose, goals=(STANDING,), answers=replace(ANSWERED, useful_tone_kept=None)), US
    )
    kept = advise(history("350", scores=loose, goals=(STANDING,)), US)

    assert all(one.goals[0].floor == 2 for one in advice.outlooks)
    assert all(one.loses_useful_tone for one in advice.outlooks)
    assert advice.outlooks[0].goals[0].useful_tone is UsefulTone.LOST
    assert kept.outlooks[0].goals[0].floor < 2
    assert not kept.outlooks[0].loses_useful_tone


def test_drowsiness_leaves_only_a_smaller_dose_beside_no_change() -> None:
    drowsy = Event(at=NOW - timedelta(hours=2), kind=EventKind.DROWSY)
    unchanged, smaller = advise(history(events=(drowsy,)), US).outlooks

    assert smaller.tone[0].gain.middle < 0
    assert smaller.sedation_rank < unchanged.sedation_rank


def test_a_smaller_dose_ranks_below_no_change_in_sedation_without_a_score() -> None:
    unanswered = history(programs=(), scores=(), setting=None)
    unchanged, smaller = advise(unanswered, US).outlooks

    assert (smaller.sedation_rank, unchanged.sedation_rank) == (1, 2)


def test_lessons_begin_with_what_narrows_the_prediction_most() -> None:
    lessons = advise(history(), US).lessons

    shares = [one.less for one in lessons]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share < 1 for share in shares)
    assert lessons[0].limb is Limb.LEGS
    assert {one.limb for one in lessons} == {Limb.LEGS, Limb.ARMS}


def test_scores_already_made_leave_less_to_learn() -> None:
    many = tuple(score("3", days) for days in (0.1, 0.5, 1, 1.5))

    assert advise(history(scores=many), US).lessons[0].less < advise(history(), US).lessons[0].less


def test_nothing_is_called_safe_or_optimal() -> None:
    advice = str(advise(history(goals=(CARE, STANDING)), US)).lower()

    assert "optimal" not in advice
    assert "safe" not in advice.replace("safety", "")


def test_every_band_runs_upwards_on_its_scale() -> None:
    advice = advise(history(goals=(CARE,), scores=(score("3"), score("2", limb=Limb.ARMS))), US)

    for outlook in advice.outlooks:
        assert {one.limb for one in outlook.tone} == {Limb.LEGS, Limb.ARMS}
        for one in outlook.tone:
            assert 1 <= one.true.low <= one.true.middle <= one.true.high <= 5
            assert one.score.low <= one.score.middle <= one.score.high
        for line in outlook.over_time:
            assert len(line.times) == len(line.low) == len(line.middle) == len(line.high)
            assert line.times[0] == NOW
