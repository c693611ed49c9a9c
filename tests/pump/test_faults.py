from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    START,
    acting,
    continuous,
    fresh_id,
    implanted,
    log_is_unbroken_or_says_what_is_lost,
    mL,
    running,
    ug_a_day,
)
from thecal.pump import (
    LEGACY,
    RATES,
    REFERENCE,
    SIZES,
    Cause,
    Condition,
    Profile,
    Pump,
    RefusedError,
    by_chance,
    mri_visit,
)
from thecal.pump.conditions import LESS
from thecal.pump.hazards import FELT
from thecal.quantities import DAY, HOUR, MINUTE, Mass
from thecal.therapy import (
    Alarm,
    Drug,
    PatientBolus,
    Program,
    RequestPatientBolus,
    SetProgram,
    SimpleContinuous,
    WrittenAgainst,
)

YEARS = timedelta(days=3650)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize(
    ("profile", "model"),
    [(REFERENCE, "reference design 20 mL"), (LEGACY, "SynchroMed II 20 mL"), (LEGACY, "Prometra 20 mL")],
)
def test_every_cause_alone_leaves_a_pump_that_lives_on(cause: Cause, profile: Profile, model: str) -> None:
    pump = running(continuous(200), profile=profile, model=model)
    size = {"m of water": "12", "degrees C": "42", "s": "3600"}.get(
        SIZES.get(cause, ""), "0.8" if cause in LESS else "1.2"
    )
    pump.arrange(
        acting(cause, DAY, lasting=DAY, size=size if cause in SIZES else None), acting(Cause.EMI, DAY)
    )

    pump.advance(START + 5 * DAY)

    again = Pump.restore(pump.image())
    assert again.image() == pump.image()
    assert pump.memory.drive.counts <= pump.memory.asked * 2
    assert pump.true_delivery.segments[-1].interval.end == START + 5 * DAY


def size_of(cause: Cause) -> str | None:
    """Return a size by which a cause makes itself felt."""
    return str(FELT[cause]) if cause in SIZES else None


@given(
    causes=st.lists(st.tuples(st.sampled_from(Cause), st.integers(0, 96)), min_size=2, max_size=6),
    profile=st.sampled_from([REFERENCE, LEGACY]),
)
@settings(max_examples=40)
def test_causes_that_act_together_at_any_time_leave_a_pump_that_lives_on(
    causes: list[tuple[Cause, int]], profile: Profile
) -> None:
    pump = running(continuous(200), profile=profile)
    for cause, after in causes:
        pump.arrange(acting(cause, after * HOUR, lasting=DAY, size=size_of(cause)))

    pump.advance(START + 6 * DAY)
    pump.interrogate(now=pump.present)

    assert Pump.restore(pump.image()).image() == pump.image()
    assert log_is_unbroken_or_says_what_is_lost(pump)
    begun = [one for one in pump.hardware.conditions if one.since <= pump.memory.at]
    assert pump.hardware.begun == len(begun) >= len(causes)


@pytest.mark.parametrize("seed", range(0, 4000, 500))
def test_ten_years_in_which_things_go_wrong_by_chance_are_lived_through(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - it decides nothing secret
    befalls = next(life for _ in range(500) if (life := by_chance(chance, since=START, lasting=YEARS)))
    pump = running(continuous(24), fill=20)
    pump.arrange(*befalls)

    pump.advance(START + YEARS)

    assert pump.hardware.begun == len(pump.hardware.conditions)
    assert log_is_unbroken_or_says_what_is_lost(pump)


def test_chance_repeats_itself_with_its_seed_and_keeps_the_published_rates() -> None:
    def life(seed: int) -> tuple[Condition, ...]:
        return by_chance(Random(seed), since=START, lasting=YEARS)  # noqa: S311 - it decides nothing secret

    lives = [life(seed) for seed in range(4000)]

    assert lives[:50] == [life(seed) for seed in range(50)]
    for cause, rate in RATES.items():
        struck = sum(any(one.cause is cause for one in life) for life in lives) / len(lives)
        assert struck == pytest.approx(float(rate.a_year) * 10, abs=0.006)
        assert rate.source


def test_a_visit_to_a_magnet_ends_in_one_of_the_three_published_ways() -> None:
    chances = [Random(seed) for seed in range(200)]  # noqa: S311 - it decides nothing secret
    visits = [mri_visit(chance, since=START, lasting=HOUR) for chance in chances]

    assert any(visit.until_seen for visit in visits)
    assert any(timedelta(0) < visit.lingers <= 15 * MINUTE for visit in visits)
    assert any(2 * HOUR <= visit.lingers <= 24 * HOUR for visit in visits)
    assert not any(15 * MINUTE < visit.lingers < 2 * HOUR for visit in visits)


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        ({"cause": Cause.FEVER}, "fever: needs its size in degrees C, got None"),
        ({"cause": Cause.EMI, "size": Decimal(1)}, "has no size"),
        ({"cause": Cause.FEVER, "size": Decimal("nan")}, "absurd"),
        ({"cause": Cause.FEVER, "size": Decimal(10**6)}, "absurd"),
        ({"cause": Cause.RUNAWAY, "size": Decimal(-1)}, "below nothing"),
        ({"cause": Cause.RUNAWAY, "size": Decimal(1)}, "is not above 1"),
        ({"cause": Cause.BACKFLOW, "size": Decimal(1)}, "is not below 1"),
        ({"cause": Cause.LEAK, "until": START}, "before it begins"),
        ({"cause": Cause.LEAK, "lingers": -HOUR}, "cannot linger"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(made: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Condition(since=START, **made)  # type: ignore[arg-type]


def test_nothing_is_arranged_for_the_past() -> None:
    pump = running(continuous(200))
    pump.advance(START + DAY)

    with pytest.raises(RefusedError, match="lies before the pump's present"):
        pump.arrange(acting(Cause.LEAK, HOUR))
    assert pump.hardware.conditions == ()


# --- the patient's bolus, of a drug that allows it --------------------------------------------------------

MORPHINE = Drug(
    name="invented drug",
    highest_concentration=continuous(1).concentration,
    concentration_source="this test",
    patient_bolus_denied=None,
)
ASKED = PatientBolus(dose=Mass(ug=Decimal(10)), duration=10 * MINUTE, most_per_day=3, lockout=2 * HOUR)


def patient_pump() -> Pump:
    """Return a pump whose patient may ask."""
    what = Program(
        drug=MORPHINE,
        concentration=continuous(1).concentration,
        base=SimpleContinuous(dose=ug_a_day(120)),
        patient_bolus=ASKED,
    )
    implant = implanted()
    pump = Pump.implanted(
        serial=implant.memory.serial,
        capability=implant.memory.capability,
        drug=MORPHINE,
        fill=mL(18),
        concentration=what.concentration,
        clock=implant.memory.clock,
        now=START,
    )
    pump.handle(
        SetProgram(
            id=fresh_id(), against=WrittenAgainst(revision=0, digest=pump.memory.plan.digest), program=what
        ),
        START,
    )
    return pump


def test_a_patient_gets_what_is_allowed_and_is_locked_out_of_more() -> None:
    pump = patient_pump()
    with pytest.raises(RefusedError, match="locked out for 2 h more"):
        pump.handle(RequestPatientBolus(id=fresh_id()), START)

    for number in range(3):
        pump.handle(RequestPatientBolus(id=fresh_id()), START + (2 + 3 * number) * HOUR)
        with pytest.raises(RefusedError, match="one is running"):
            pump.handle(RequestPatientBolus(id=fresh_id()), START + (2 + 3 * number) * HOUR + MINUTE)
        with pytest.raises(RefusedError, match="locked out" if number < 2 else "is the limit"):
            pump.handle(RequestPatientBolus(id=fresh_id()), START + (2 + 3 * number) * HOUR + 30 * MINUTE)
    with pytest.raises(RefusedError, match="3 in the last 24 h is the limit"):
        pump.handle(RequestPatientBolus(id=fresh_id()), START + 11 * HOUR)

    pump.advance(START + DAY)
    assert pump.delivery.mass.ug == pytest.approx(Decimal(150), abs=Decimal("0.001"))
    pump.handle(RequestPatientBolus(id=fresh_id()), START + 26 * HOUR)


def test_baclofen_denies_the_patients_bolus() -> None:
    with pytest.raises(RefusedError, match="patient bolus: denied"):
        running(continuous(200)).handle(RequestPatientBolus(id=fresh_id()), START)


def test_no_bolus_while_the_pump_alarms() -> None:
    pump = patient_pump()
    pump.arrange(acting(Cause.FEVER, HOUR, size="42"))

    with pytest.raises(RefusedError, match="not while the pump alarms"):
        pump.handle(RequestPatientBolus(id=fresh_id()), START + 3 * HOUR)
    assert Alarm.TEMPERATURE in pump.status(now=START + 3 * HOUR).alarms
