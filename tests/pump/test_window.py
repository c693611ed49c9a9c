from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C2000,
    START,
    bolus,
    continuous,
    fresh_id,
    implanted,
    mL,
    program,
    programs,
    recorded_mL,
    running,
    send,
    ug_a_day,
)
from builders.twin.window import highest_day_ug
from thecal.pump import LEGACY, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE
from thecal.therapy import DoseStep, Flex, Priming, SimpleContinuous, Stop

MOST = 2003


def with_bolus(base: int, dose: int) -> object:
    return program(SimpleContinuous(dose=ug_a_day(base)), bolus(dose, minutes=60), C2000)


@pytest.mark.requirement("ITB-030")
def test_a_stop_and_a_restart_hide_no_dose() -> None:
    """Vasicek et al., ICLP 2024: a rule that counts since the last start is reset by a stop."""
    pump = implanted(18, C2000)
    given_boluses = 0
    for hour in range(24):
        now = START + hour * HOUR
        try:
            send(pump, with_bolus(1000, 90), now=now)  # type: ignore[arg-type]
        except RefusedError as refusal:
            assert "ITB-030" in refusal.reason  # noqa: PT017
        else:
            given_boluses += 1
        pump.advance(now + 59 * MINUTE)
        pump.handle(Stop(id=fresh_id()), now + 59 * MINUTE)

    assert highest_day_ug(pump) <= MOST
    assert 5 <= given_boluses < 24


def test_a_legacy_pump_lets_a_restart_hide_a_dose() -> None:
    pump = implanted(18, C2000, profile=LEGACY)
    for hour in range(24):
        now = START + hour * HOUR
        send(pump, with_bolus(1900, 90), now=now)  # type: ignore[arg-type]
        pump.advance(now + 59 * MINUTE)
        pump.handle(Stop(id=fresh_id()), now + 59 * MINUTE)

    assert highest_day_ug(pump) > MOST


def test_two_halves_of_a_day_are_not_put_together_from_two_programs() -> None:
    early = program(
        Flex.every_day(
            DoseStep(start=time(0), rate=ug_a_day(2400)), DoseStep(start=time(12), rate=ug_a_day(1000))
        ),
        concentration=C2000,
    )
    late = program(
        Flex.every_day(
            DoseStep(start=time(0), rate=ug_a_day(1000)), DoseStep(start=time(12), rate=ug_a_day(2400))
        ),
        concentration=C2000,
    )
    pump = implanted(18, C2000)
    midnight = pump.memory.clock.midnight_before(START) + DAY
    send(pump, early, now=midnight)

    with pytest.raises(RefusedError, match=r"with the dose already delivered, 2400 mcg/day .* ITB-030"):
        send(pump, late, now=midnight + DAY / 2)
    assert pump.memory.program == early


def test_the_highest_dose_may_follow_itself() -> None:
    pump = running(continuous(MOST - 3, C2000))

    send(pump, continuous(MOST - 3, C2000), now=START + DAY / 2)
    send(pump, continuous(MOST - 3, C2000), now=START + 3 * DAY)


@pytest.mark.requirement("ITB-023", "ITB-035")
def test_a_prime_of_an_empty_tube_is_not_counted_against_the_day_and_one_of_a_full_tube_is() -> None:
    prime = program(
        SimpleContinuous(dose=ug_a_day(1800)),
        Priming(volume=mL("0.3"), duration=timedelta(minutes=30)),
        C2000,
    )
    new, running_for_long = implanted(concentration=C2000), running(continuous(1800, C2000))

    send(new, prime)
    with pytest.raises(RefusedError, match=r"24-hour dose: .* ITB-030"):
        send(running_for_long, prime, now=START + DAY)
    assert highest_day_ug(running_for_long) <= MOST


@pytest.mark.requirement("ITB-030", "ITB-035")
@given(
    orders=st.lists(
        st.tuples(programs(C2000), st.timedeltas(timedelta(0), 2 * DAY), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=25, deadline=None)
def test_no_order_of_programs_brings_any_day_above_the_maximum(
    orders: list[tuple[object, timedelta, bool]],
) -> None:
    pump, now = implanted(20, C2000), START
    for what, span, stopped in orders:
        try:
            send(pump, what, now=now)  # type: ignore[arg-type]
        except RefusedError as refusal:
            assert "ITB-030" in refusal.reason or "ITB-036" in refusal.reason  # noqa: PT017
        now += span
        if stopped:
            pump.handle(Stop(id=fresh_id()), now)
    pump.advance(now + DAY)

    primed = sum(
        (what.once.volume.mL for what, _, _ in orders if isinstance(what.once, Priming)),  # type: ignore[attr-defined]
        Decimal(0),
    )
    assert highest_day_ug(pump) <= MOST + primed * 2000
    assert abs(recorded_mL(pump) - Fraction(pump.status(now=pump.present).delivered.mL)) <= Fraction(1, 2000)
