"""The screening trial never gives more than 100 mcg, never two boluses in a day, and comes to an end."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from builders.rules.trial import READY
from thecal.dosing.limits import Jurisdiction, limits_for
from thecal.dosing.trial import TrialFacts, next_step
from thecal.quantities import Mass

PLACES = st.sampled_from([None, *Jurisdiction])


@given(
    last=st.integers(0, 200),
    hours=st.integers(0, 72),
    flags=st.tuples(*[st.booleans()] * 5),
    place=PLACES,
)
def test_no_bolus_exceeds_the_last_of_the_ladder_or_comes_within_a_day(
    last: int, hours: int, flags: tuple[bool, ...], place: Jurisdiction | None
) -> None:
    facts = TrialFacts(
        age_years=Decimal(30),
        is_frail=flags[0],
        has_infection=flags[1],
        equipment_ready=flags[2],
        last_dose=Mass(ug=Decimal(last)),
        responded=flags[3],
        since_last=timedelta(hours=hours),
        adverse_reaction=flags[4],
    )

    (step,) = next_step(facts, limits_for(place)).results

    assert step.bolus.ug <= 100
    if not step.bolus.is_zero:
        assert last == 0 or hours >= 24
        assert not flags[1]
        assert flags[2]


@given(place=PLACES)
def test_a_trial_without_response_ends_after_at_most_four_boluses(place: Jurisdiction | None) -> None:
    facts, given_boluses = READY, []
    while True:
        (step,) = next_step(facts, limits_for(place)).results
        if step.bolus.is_zero:
            break
        given_boluses.append(step.bolus.ug)
        facts = replace(facts, last_dose=step.bolus)

    assert given_boluses[-3:] == [50, 75, 100]
    assert given_boluses in ([50, 75, 100], [25, 50, 75, 100])
    assert step.says == "do not implant a pump for chronic infusion"


def test_what_is_not_known_applies_and_no_bolus_is_given() -> None:
    decision = next_step(TrialFacts(), limits_for())

    assert decision.results == ()
    assert [question.fact for question in decision.asks] == ["age_years"]
