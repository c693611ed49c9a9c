"""What Hypothesis draws, shared by all rooms; it grows with the domain.

``programs`` and ``bases`` draw every mode that baclofen allows, at any amount a person may type. What a pump
then makes of them is another matter: ``compiled_programs`` draws what a given pump runs exactly as written.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal

from hypothesis import reject
from hypothesis import strategies as st

from thecal.journal import MemoryJournal
from thecal.pump import Kind
from thecal.quantities import Concentration, DoseRate, FlowRate, Interval, Mass, PumpClock, Volume
from thecal.therapy import (
    BACLOFEN,
    Alarm,
    Base,
    Bridge,
    Capability,
    CommandId,
    DaySchedule,
    Delivery,
    DeliverySegment,
    DoseStep,
    Fallback,
    Flex,
    Interrogation,
    MinimumRate,
    Once,
    Order,
    PatientBolus,
    PatientRef,
    PeriodicBolus,
    Priming,
    Program,
    PumpSerial,
    PumpStatus,
    SetProgram,
    SimpleContinuous,
    SingleBolus,
    Stopped,
    UndeliverableError,
    WrittenAgainst,
    compile_program,
    program_digest,
)

NOTHING = DoseRate(ug_per_day=Decimal(0))


def decimals(*, least: str = "0", most: str = "2000", places: int = 4) -> st.SearchStrategy[Decimal]:
    """Draw exact amounts with a few decimal places."""
    low, high = (int(Decimal(end) * 10**places) for end in (least, most))
    return st.integers(low, high).map(lambda count: Decimal(f"{count}E-{places}"))


def masses(*, least: str = "0.5", most: str = "100") -> st.SearchStrategy[Mass]:
    return st.builds(Mass, ug=decimals(least=least, most=most))


def volumes(*, least: str = "0", most: str = "40") -> st.SearchStrategy[Volume]:
    return st.builds(Volume, mL=decimals(least=least, most=most))


def concentrations() -> st.SearchStrategy[Concentration]:
    """Draw solutions from the test ampoule to the strongest on the market."""
    usual = st.sampled_from([50, 500, 1000, 2000]).map(Decimal)
    return st.builds(Concentration, ug_per_mL=usual | decimals(least="50", places=1))


def durations(*, least: int = 60, most: int = 86_400) -> st.SearchStrategy[timedelta]:
    """Draw whole seconds."""
    return st.integers(least, most).map(lambda seconds: timedelta(seconds=seconds))


def dose_rates(*, least: str = "0.5") -> st.SearchStrategy[DoseRate]:
    return st.builds(DoseRate, ug_per_day=decimals(least=least))


ANY_DOSE = dose_rates()


def pump_times() -> st.SearchStrategy[time]:
    return st.builds(time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))


@st.composite
def day_schedules(draw: st.DrawFn, rates: st.SearchStrategy[DoseRate] = ANY_DOSE) -> DaySchedule:
    later = draw(st.sets(st.integers(1, 86_399), max_size=draw(st.sampled_from([2, 3, 12]))))
    starts = [time(at // 3600, at // 60 % 60, at % 60) for at in (0, *sorted(later))]
    rate = rates | st.just(NOTHING)
    return DaySchedule(tuple(DoseStep(start=start, rate=draw(rate)) for start in starts))


@st.composite
def flexes(draw: st.DrawFn, rates: st.SearchStrategy[DoseRate] = ANY_DOSE) -> Flex:
    """Draw a week of one, two or three different days, with pauses; never a week of nothing."""
    kinds = draw(st.integers(1, 3))
    drawn = draw(st.lists(day_schedules(rates), min_size=kinds, max_size=kinds))
    one, two, three = (drawn * 3)[:3]
    week = (one, two, one, two, three, three, one) if kinds > 1 else (one,) * 7
    if not any(day.total_ug() for day in week):
        return Flex.every_day(DoseStep(start=time(0), rate=draw(rates)))
    return Flex(week)


def periodic_boluses(
    rates: st.SearchStrategy[DoseRate] = ANY_DOSE,
) -> st.SearchStrategy[PeriodicBolus]:
    return st.builds(
        PeriodicBolus,
        background=rates | st.just(NOTHING),
        bolus=masses(),
        duration=durations(most=3600),
        interval=st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]).map(lambda hours: timedelta(hours=hours)),
        first=st.integers(0, 59).map(lambda minute: time(0, minute)),
    )


def bases(rates: st.SearchStrategy[DoseRate] = ANY_DOSE) -> st.SearchStrategy[Base]:
    """Draw every base mode; ``rates`` narrows the doses, never nothing, that they are made of."""
    return st.one_of(
        st.just(Stopped()),
        st.just(MinimumRate()),
        st.builds(Fallback, dose=rates),
        st.builds(SimpleContinuous, dose=rates),
        flexes(rates),
        periodic_boluses(rates),
    )


def onces() -> st.SearchStrategy[Once]:
    return st.one_of(
        st.builds(SingleBolus, dose=masses(), duration=durations(most=21_600)),
        st.builds(Priming, volume=volumes(least="0.01", most="1"), duration=durations(most=21_600)),
        st.builds(
            Bridge,
            dose=dose_rates(least="24"),
            old_concentration=concentrations(),
            dead_volume=volumes(least="0.1", most="0.5"),
        ),
    )


def patient_boluses() -> st.SearchStrategy[PatientBolus]:
    """Draw what a patient might ask for, were it not baclofen."""
    return st.builds(
        PatientBolus,
        dose=masses(most="20"),
        duration=durations(most=3600),
        most_per_day=st.integers(1, 8),
        lockout=durations(least=3600),
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw a program of any mode that baclofen allows."""
    base = draw(bases())
    return Program(
        drug=BACLOFEN,
        concentration=draw(concentrations()),
        base=base,
        once=None if isinstance(base, Stopped) else draw(st.none() | onces()),
    )


@st.composite
def compiled_programs(draw: st.DrawFn, can: Capability) -> Program:
    """Draw a program of any mode that a pump runs exactly as written."""
    concentration = draw(concentrations())
    least = -(-can.flow_least.mL_per_day // can.flow_step.mL_per_day)
    most = can.daily_dose_most.ug_per_day / concentration.ug_per_mL // can.flow_step.mL_per_day
    steps = st.integers(int(least), int(most)).map(Decimal)
    rates = steps.map(lambda count: can.flow_step.scaled(count).as_dose(concentration))
    base = draw(bases(rates))
    once = None if isinstance(base, Stopped) else draw(st.none() | onces())
    asked = Program(drug=BACLOFEN, concentration=concentration, base=base, once=once)
    try:
        return compile_program(asked, can).program
    except UndeliverableError:
        reject()


def moments() -> st.SearchStrategy[datetime]:
    """Draw moments of the years in which pumps run, in UTC."""
    return st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


def clock_offsets() -> st.SearchStrategy[timedelta]:
    return st.timedeltas(timedelta(hours=-23), timedelta(hours=23))


def command_ids() -> st.SearchStrategy[CommandId]:
    return st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).map(CommandId)


@st.composite
def statuses(draw: st.DrawFn, running: Program | None = None) -> PumpStatus:
    """Draw a status of a pump that runs ``running``, or anything."""
    program = draw(programs()) if running is None else running
    return PumpStatus(
        serial=PumpSerial(
            draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip))
        ),
        at=draw(moments()).astimezone(timezone(draw(clock_offsets()))),
        revision=draw(st.integers(0, 2**32 - 1)),
        program_digest=program_digest(program),
        last_command=draw(st.none() | command_ids()),
        stopped=program.is_stopped,
        paused=draw(st.booleans()),
        flow=FlowRate(mL_per_day=draw(decimals(most="24", places=30))),
        content=Volume(mL=draw(decimals(most="40"))),
        concentration=program.concentration,
        delivered=Volume(mL=draw(decimals(most="1000"))),
        alarms=draw(st.lists(st.sampled_from(Alarm), unique=True).map(tuple)),
        escalated=draw(st.lists(st.sampled_from(Alarm), unique=True).map(tuple)),
        sound_off=draw(st.booleans()),
        log_records=draw(st.integers(0, 2**32 - 1)),
    )


@st.composite
def capabilities(draw: st.DrawFn) -> Capability:
    """Draw what some pump might be able to do."""
    volume = volumes(least="0.0001")
    slow = st.builds(FlowRate, mL_per_day=decimals(least="0.0001", most="0.5"))
    fast = st.builds(FlowRate, mL_per_day=decimals(least="0.5", most="24"))
    words = st.text(st.characters(codec="utf-8"), max_size=30)
    return Capability(
        model=draw(words),
        reservoir=draw(volume),
        unusable=draw(volume),
        low_reservoir=draw(volume),
        quantum=draw(volume),
        flow_step=draw(slow),
        flow_least=draw(slow),
        flow_most=draw(fast),
        minimum_rate=draw(slow),
        flex_steps=draw(st.integers(1, 255)),
        shortest_bolus=draw(durations(least=1, most=3600)),
        longest_bolus=draw(durations(least=3600)),
        daily_dose_most=draw(dose_rates()),
        single_bolus_most=draw(masses()),
        accuracy=draw(decimals(most="1")),
        sources=draw(st.lists(st.tuples(words, words), max_size=4).map(tuple)),
    )


@st.composite
def interrogations(draw: st.DrawFn) -> Interrogation:
    """Draw everything that some pump might say of itself."""
    program = draw(programs())
    return Interrogation(
        status=draw(statuses(program)),
        program=program,
        started=draw(moments()),
        filled_at=draw(moments()),
        clock_offset=draw(clock_offsets()),
        capability=draw(capabilities()),
    )


@st.composite
def intervals(draw: st.DrawFn, longest: timedelta = timedelta(days=20)) -> Interval:
    """Draw half-open intervals, empty ones too."""
    start = draw(moments())
    return Interval(start, start + draw(st.timedeltas(timedelta(0), longest)))


def pump_clocks() -> st.SearchStrategy[PumpClock]:
    return st.builds(PumpClock, clock_offsets())


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """Draw what might have come out of a pump: adjoining segments, some without flow."""
    at, segments = draw(moments()), []
    for _ in range(draw(st.integers(0, 6))):
        end = at + draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=3)))
        flow = FlowRate(mL_per_day=draw(decimals(most="24")))
        concentration = draw(concentrations())
        segments.append(DeliverySegment(interval=Interval(at, end), flow=flow, concentration=concentration))
        at = end
    return Delivery(tuple(segments))


def printable_ids() -> st.SearchStrategy[CommandId]:
    """Draw ids that a command may have, and an order too."""
    printable = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
    return printable.filter(lambda text: text.isprintable() and bool(text.strip())).map(CommandId)


def written_against() -> st.SearchStrategy[WrittenAgainst]:
    """Draw states of a pump that a command may be written against."""
    return st.builds(
        WrittenAgainst, revision=st.integers(0, 2**32 - 1), digest=programs().map(program_digest)
    )


def orders() -> st.SearchStrategy[Order]:
    """Draw orders as a prescriber might sign them."""
    words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip)
    return st.builds(
        Order,
        command=st.builds(SetProgram, id=printable_ids(), against=written_against(), program=programs()),
        patient=words.map(PatientRef),
        pump=words.map(PumpSerial),
        prescriber=words,
        reason=words,
        signed_at=moments(),
    )


@st.composite
def journals(draw: st.DrawFn, *, least: int = 0) -> MemoryJournal:
    """Draw a journal of a few entries."""
    journal = MemoryJournal()
    facts = st.dictionaries(st.sampled_from("abcd"), st.text(st.characters(codec="utf-8"), max_size=4))
    actors = st.sampled_from(["dr-rao", "pump", "programmer"])
    at = draw(moments())
    for _ in range(draw(st.integers(least, 6))):
        journal.append(at=at, actor=draw(actors), kind=draw(st.sampled_from(Kind)), data=draw(facts))
    return journal
