"""What a history tells of the patient: one scale a limb, known doses only, and a note for all else."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from builders.histories import NOW, continuous, history
from thecal.body import ASHWORTH_0_4, ASHWORTH_1_5, MODIFIED_ASHWORTH
from thecal.dosing.history import BolusRecord, History, Limb, ProgramPeriod, Score
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.patient import Origin, Setting
from thecal.lab.advice import Advice, advise
from thecal.lab.advice.evidence import evidence_of, on_tone
from thecal.quantities import Mass

US = limits_for(Jurisdiction.US)


def score(grade: str, days_ago: float = 0.1, **changed: object) -> Score:
    usual = Score(
        at=NOW - timedelta(days=days_ago),
        scale="ashworth-1-5",
        limb=Limb.LEGS,
        grade=Decimal(grade),
        rater="therapist 1",
    )
    return replace(usual, **changed)


def period(dose: str, from_days_ago: float, to_days_ago: float | None = None) -> ProgramPeriod:
    return ProgramPeriod(
        program=continuous(dose),
        start=NOW - timedelta(days=from_days_ago),
        end=None if to_days_ago is None else NOW - timedelta(days=to_days_ago),
    )


def _noted(asked: History, words: str) -> bool:
    return any(words in note for note in evidence_of(asked).notes)


def _width(advice: Advice) -> float:
    band = advice.outlooks[0].tone[0].true
    return band.high - band.low


def test_only_the_most_used_scale_of_a_limb_counts() -> None:
    mixed = (score("3"), score("2", 1, scale="modified-ashworth"), score("3", 1.5, scale="modified-ashworth"))

    evidence = evidence_of(history(scores=mixed))

    assert evidence.scales == {Limb.LEGS: MODIFIED_ASHWORTH}
    assert evidence.used == {Limb.LEGS: 2}
    assert _noted(history(scores=mixed), "not pooled: Ashworth 1-5")


def test_each_limb_keeps_its_own_scale() -> None:
    both = (score("3"), score("2", limb=Limb.ARMS, scale="ashworth-0-4"))

    assert evidence_of(history(scores=both)).scales == {Limb.LEGS: ASHWORTH_1_5, Limb.ARMS: ASHWORTH_0_4}


def test_the_same_tone_on_either_ashworth_range_is_the_same_patient() -> None:
    one_to_five = advise(history(scores=(score("3"),)), US)
    from_zero = advise(history(scores=(score("2", scale="ashworth-0-4"),)), US)

    one, other = one_to_five.outlooks[0].tone[0], from_zero.outlooks[0].tone[0]
    assert one.true == other.true
    assert (one.score.middle, one.score.scale) == (other.score.middle + 1, "ashworth-1-5")
    assert other.score.scale == "ashworth-0-4"


@pytest.mark.parametrize(("grade", "tone"), [("0", 1), ("1", 2), ("1.43", 2), ("1.5", 2), ("2", 3), ("4", 5)])
def test_a_one_plus_is_read_as_the_undivided_one(grade: str, tone: float) -> None:
    assert on_tone(MODIFIED_ASHWORTH, float(grade)) == tone


def test_scales_without_a_curve_of_tone_are_not_used() -> None:
    spasms = history(scores=(score("2", scale="penn-spasm-frequency"),))

    assert not evidence_of(spasms).observations
    assert _noted(spasms, "penn-spasm-frequency; not used")


def test_scores_that_contradict_one_another_are_left_out() -> None:
    contradictory = history(scores=(score("3"), score("2"), score("4", 1)))

    assert evidence_of(contradictory).used == {Limb.LEGS: 1}
    assert _noted(contradictory, "contradict")


def test_a_score_off_its_scale_is_left_out() -> None:
    wrong = history(scores=(score("0"), score("4", 1)))

    assert evidence_of(wrong).used == {Limb.LEGS: 1}
    assert _noted(wrong, "does not have")


def test_a_gap_leaves_scores_out_and_widens_the_band() -> None:
    scores = tuple(score(grade, days) for grade, days in (("4", 9), ("3", 6.5), ("3", 5), ("2", 3.5)))
    known = history(scores=scores, programs=(period("120", 9), period("150", 7), period("175", 4)))
    gap = replace(known, programs=(period("120", 9, 7), period("175", 4)))

    assert evidence_of(known).used == {Limb.LEGS: 4}
    assert evidence_of(gap).used == {Limb.LEGS: 1}
    assert _noted(gap, "not known for 3.0 days")
    assert _noted(gap, "from 120 to 175 mcg/day")
    assert _width(advise(gap, US)) > _width(advise(known, US))


def test_a_dose_unknown_up_to_now_may_have_been_none() -> None:
    open_end = history(programs=(period("175", 9, 2),), scores=(score("3", 3),))
    known = history(programs=(period("175", 9),), scores=(score("3", 3),))

    assert _noted(open_end, "from 0 to 175 mcg/day")
    at_once = [advise(one, US).outlooks[0].over_time[0] for one in (open_end, known)]
    assert at_once[0].high[0] - at_once[0].low[0] > at_once[1].high[0] - at_once[1].low[0]


def test_drug_that_was_not_delivered_is_not_counted() -> None:
    lost = evidence_of(history(no_drug_for=timedelta(hours=20)))
    last = lost.doses.past[-1]

    assert last.most_mL_h == 0
    assert last.ends_h - last.begins_h == pytest.approx(20)


def test_a_bolus_before_the_first_program_is_a_lumbar_puncture() -> None:
    given = (
        BolusRecord(at=NOW - timedelta(days=5), dose=Mass(ug=Decimal(50))),
        BolusRecord(at=NOW - timedelta(days=1), dose=Mass(ug=Decimal(10))),
    )

    screening, through_pump = evidence_of(history(boluses=given)).doses.boluses

    assert (screening.mass_ug, screening.level) == (50, "L3")
    assert (through_pump.mass_ug, through_pump.level, through_pump.volume_mL) == (10, "T10", 0.02)


def test_a_baseline_score_is_of_a_patient_without_drug() -> None:
    evidence = evidence_of(history(scores=(score("4", 10), score("3"))))

    assert evidence.used == {Limb.LEGS: 2}
    assert evidence.doses.past[0].most_mL_h == 0
    assert evidence.doses.past[0].ends_h == pytest.approx(8 * 24)


def test_at_a_refill_scores_before_the_first_known_program_are_left_out() -> None:
    refill = history(
        setting=Setting.AT_REFILL, scores=(score("4", 10), score("3", 0)), programs=(period("175", 3),)
    )

    assert evidence_of(refill).used == {Limb.LEGS: 1}
    assert _noted(refill, "its dose is taken to have run")


def test_a_history_without_programs_is_taken_to_run_as_it_is() -> None:
    bare = history(programs=())

    assert _noted(bare, "Since when the program runs is not known")
    assert evidence_of(bare).used == {Limb.LEGS: 1}


def test_years_of_scores_count_for_half_a_year() -> None:
    old = history(programs=(period("175", 900),), scores=(score("4", 400), score("3", 30)))

    assert evidence_of(old).used == {Limb.LEGS: 1}
    assert evidence_of(old).doses.now_h == pytest.approx(180 * 24)


@pytest.mark.parametrize("origin", [*Origin, None])
def test_every_origin_has_a_group_or_a_note(origin: Origin | None) -> None:
    asked = history(origin=origin)

    assert bool(evidence_of(asked).group) != _noted(asked, "no group for this origin")


def test_a_child_is_noted_as_fitted_with_an_adult() -> None:
    assert _noted(history(age_years=Decimal(8)), "model is an adult's")
