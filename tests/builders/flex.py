"""A program that runs, and flex programs of every pattern that a form can hold."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from hypothesis import strategies as st

from thecal.clinic.orders.dose_form import PATTERNS
from thecal.quantities import Concentration, DoseRate, Weekday
from thecal.therapy import BACLOFEN, DaySchedule, DoseStep, Flex, Program, SimpleContinuous

RUNNING = Program(
    drug=BACLOFEN,
    concentration=Concentration(ug_per_mL=Decimal(500)),
    base=SimpleContinuous(dose=DoseRate(ug_per_day=Decimal(100))),
)

rates = st.decimals(min_value=50, max_value=400, places=2).map(lambda rate: DoseRate(ug_per_day=rate))


@st.composite
def days(draw: st.DrawFn) -> DaySchedule:
    starts = draw(st.sets(st.integers(1, 1439), max_size=8))
    moments = [time(start // 60, start % 60) for start in sorted({0, *starts})]
    return DaySchedule(tuple(DoseStep(start=moment, rate=draw(rates)) for moment in moments))


@st.composite
def weeks(draw: st.DrawFn) -> Flex:
    groups = PATTERNS[draw(st.sampled_from(sorted(PATTERNS)))]
    week: dict[Weekday, DaySchedule] = {}
    for _, weekdays in groups:
        week |= dict.fromkeys(weekdays, draw(days()))
    return Flex(tuple(week[day] for day in Weekday))
