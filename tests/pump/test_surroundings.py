from __future__ import annotations

from decimal import Decimal
from time import process_time

import pytest

from builders.pumps import (
    C500,
    CLOCK,
    START,
    acting,
    bolus,
    fresh_id,
    mL,
    program,
    refill,
    send,
    ug_a_day,
)
from thecal.pump import Cause, Pump, PumpModel, capability, pump_model
from thecal.quantities import DAY, Volume
from thecal.therapy import BACLOFEN, DoseStep, Flex, Program, PumpSerial, SimpleContinuous

REFERENCE = pump_model("reference design 40 mL")


def pump_of(model: PumpModel, what: Program) -> Pump:
    """Return a pump of a model that runs a program."""
    pump = Pump.implanted(
        serial=PumpSerial("TH-0002"),
        capability=model.capability,
        model=model,
        drug=BACLOFEN,
        fill=mL(40),
        concentration=C500,
        clock=CLOCK,
        now=START,
    )
    send(pump, what)
    return pump


def steady(ug: int = 200) -> Program:
    return program(SimpleContinuous(dose=ug_a_day(ug)))


@pytest.mark.requirement("ITB-156")
@pytest.mark.parametrize(
    ("figure", "effect", "cause", "size", "gain"),
    [
        ("pressure_effect", "0.015", Cause.ALTITUDE, "100", Decimal("1.015")),
        ("pressure_effect", "0.015", Cause.HYPERBARIC, "5", Decimal("0.94483")),
        ("temperature_effect", "0.02", Cause.FEVER, "40", Decimal("1.06")),
        ("temperature_effect", "0", Cause.FEVER, "40", Decimal(1)),
    ],
)
def test_surroundings_change_what_a_quantum_holds_by_the_figure_that_was_set(
    figure: str, effect: str, cause: Cause, size: str, gain: Decimal
) -> None:
    model = REFERENCE.with_figure(figure, Decimal(effect), source="this test")
    pump = pump_of(model, steady())
    pump.arrange(acting(cause, lasting=10 * DAY, size=size))

    pump.advance(START + 10 * DAY)

    assert pump.true_delivery.mass.ug == pytest.approx(2000 * gain, abs=Decimal("0.1"))
    assert pump.delivery.mass.ug == 2000


def test_a_deep_dive_leaves_its_mark_for_good() -> None:
    pump = pump_of(REFERENCE, steady())
    pump.arrange(acting(Cause.HYPERBARIC, DAY, lasting=DAY, size="12"))

    pump.advance(START + 20 * DAY)

    assert pump.true_delivery.segments[-1].flow.mL_per_day == Decimal("0.36")


def test_a_rotor_wears_with_every_million_quanta() -> None:
    model = REFERENCE.with_figure("wear", Decimal(100_000), source="this test")
    pump = pump_of(model, program(SimpleContinuous(dose=ug_a_day(2000))))
    for _ in range(14):
        pump.advance(pump.present + 9 * DAY)
        refill(pump, fill=str(Decimal("38.6")), left="1.4")
    assert pump.memory.drive.counts == 14 * 9 * 8000

    pump.advance(pump.present + DAY)

    assert pump.true_content == pump.status(now=pump.present).content - Volume(mL=Decimal("0.4"))


def test_ten_years_of_flex_with_weekly_boluses_pass_in_about_a_second() -> None:
    base = Flex.every_day(
        *(
            DoseStep(
                start=(START + hours * DAY / 24 + 18 * DAY / 24).time().replace(tzinfo=None),
                rate=ug_a_day(ug),
            )
            for hours, ug in ((0, 100), (6, 150), (12, 120), (18, 180))
        )
    )
    what, now = program(base, bolus(25)), START
    pump = pump_of(REFERENCE, what)
    began = process_time()
    for week in range(520):
        now += 7 * DAY
        pump.advance(now)
        if week % 10 == 9:
            refill(pump, fill="38.6", left="1.4")
        send(pump, what, now=now, command=fresh_id())
    took = process_time() - began

    assert len(tuple(pump.log)) > 1000
    assert pump.memory.replace_at is None or pump.memory.replace_at > START + 3600 * DAY
    assert took < 5, "ten times what it takes undisturbed"
    assert capability(REFERENCE.name) == REFERENCE.capability
