"""Pumps, programs and moments that the tests of this room share."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count, pairwise

from hypothesis import strategies as st

from thecal.journal import Entry, verify_chain
from thecal.pump import (
    REFERENCE,
    Cause,
    Condition,
    Kind,
    Profile,
    Pump,
    PumpModel,
    capability,
    refill_by_needle,
)
from thecal.quantities import (
    MICROSECONDS_PER_DAY,
    Concentration,
    DoseRate,
    FlowRate,
    Interval,
    Mass,
    PumpClock,
    Volume,
    microseconds,
)
from thecal.therapy import (
    BACLOFEN,
    Alarm,
    ArmRefill,
    Base,
    Bridge,
    CommandId,
    DaySchedule,
    DoseStep,
    Drug,
    Fallback,
    Flex,
    MinimumRate,
    Once,
    PeriodicBolus,
    Priming,
    Program,
    PumpSerial,
    PumpStatus,
    SetProgram,
    SimpleContinuous,
    SingleBolus,
    Stop,
    UndeliverableError,
    WrittenAgainst,
    compile_program,
    pieces,
)

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
CLOCK = PumpClock(timedelta(hours=5, minutes=30))
MODEL = capability("reference design 20 mL")
C500 = Concentration(ug_per_mL=Decimal(500))
C2000 = Concentration(ug_per_mL=Decimal(2000))
FOREVER = timedelta(days=400)

_numbers = count(1)


def fresh_id() -> CommandId:
    """Return a command id that was never used."""
    return CommandId(f"command-{next(_numbers)}")


def mL(number: str | int) -> Volume:  # noqa: N802 - the unit's own spelling
    """Return a volume."""
    return Volume(mL=Decimal(number))


def ug_a_day(number: str | int) -> DoseRate:
    """Return a daily dose."""
    return DoseRate(ug_per_day=Decimal(number))


def continuous(number: str | int, concentration: Concentration = C500) -> Program:
    """Return a simple continuous program."""
    return program(SimpleContinuous(dose=ug_a_day(number)), concentration=concentration)


def program(base: Base, once: Once | None = None, concentration: Concentration = C500) -> Program:
    """Return a program."""
    return Program(drug=BACLOFEN, concentration=concentration, base=base, once=once)


def bridged(
    number: str | int, concentration: Concentration, old: Concentration, volume: str = "0.316"
) -> Program:
    """Return a simple continuous program that first drives another solution out of the tube."""
    bridge = Bridge(dose=ug_a_day(number), old_concentration=old, dead_volume=mL(volume))
    return program(SimpleContinuous(dose=ug_a_day(number)), bridge, concentration)


def bolus(ug: str | int, minutes: int = 60) -> SingleBolus:
    """Return a single bolus."""
    return SingleBolus(dose=Mass(ug=Decimal(ug)), duration=timedelta(minutes=minutes))


def implanted(
    fill: str | int = 18,
    concentration: Concentration = C500,
    *,
    profile: Profile = REFERENCE,
    model: str = MODEL.model,
    gain: str = "1",
    drift_ppm: int = 0,
    built_of: PumpModel | None = None,
    drug: Drug = BACLOFEN,
) -> Pump:
    """Return a pump that was just implanted."""
    return Pump.implanted(
        serial=PumpSerial("TH-0001"),
        capability=capability(model),
        profile=profile,
        model=built_of,
        gain=Fraction(gain),
        drift_ppm=drift_ppm,
        drug=drug,
        fill=mL(fill),
        concentration=concentration,
        clock=CLOCK,
        now=START,
    )


def running(
    what: Program,
    fill: str | int = 18,
    *,
    profile: Profile = REFERENCE,
    model: str = MODEL.model,
    gain: str = "1",
    drift_ppm: int = 0,
) -> Pump:
    """Return a pump that was just implanted and runs a program."""
    pump = implanted(fill, what.concentration, profile=profile, model=model, gain=gain, drift_ppm=drift_ppm)
    send(pump, what)
    return pump


def read(pump: Pump) -> WrittenAgainst:
    """Return what a person writes a command against who has just read the pump."""
    return WrittenAgainst(revision=pump.memory.revision, digest=pump.memory.plan.digest)


def send(
    pump: Pump, what: Program, *, now: datetime | None = None, command: CommandId | None = None
) -> PumpStatus:
    """Program a pump as somebody would who has just read it."""
    moment = now or pump.memory.at
    status = pump.status(now=moment)
    return pump.handle(
        SetProgram(
            id=fresh_id() if command is None else command, against=WrittenAgainst.of(status), program=what
        ),
        moment,
    )


def refill(
    pump: Pump,
    *,
    fill: str,
    left: str = "1.4",
    concentration: Concentration = C500,
    what: Program | None = None,
) -> PumpStatus:
    """Refill a pump as somebody would who has just read it."""
    status = pump.status(now=pump.memory.at)
    return refill_now(
        pump,
        fresh_id(),
        pump.memory.at,
        against=WrittenAgainst.of(status),
        left_behind=mL(left),
        fill=mL(fill),
        concentration=concentration,
        program=what,
    )


def refill_now(
    pump: Pump,
    command: CommandId,
    now: datetime,
    *,
    against: WrittenAgainst,
    left_behind: Volume,
    fill: Volume,
    concentration: Concentration,
    program: Program | None,
    product: Concentration | None = None,
) -> PumpStatus:
    """Arm a refill, fill by needle and confirm at one moment."""
    arm = ArmRefill(
        id=CommandId(f"{command}-armed"),
        against=against,
        left_behind=left_behind,
        fill=fill,
        concentration=concentration,
        program=program,
    )
    return refill_by_needle(pump, arm, command, now, product=product)


def arm_refill(
    pump: Pump, *, fill: Volume, concentration: Concentration, program: Program | None, now: datetime
) -> PumpStatus:
    """Begin a refill as somebody would who has just read the pump."""
    status = pump.status(now=now)
    return pump.handle(
        ArmRefill(
            id=fresh_id(),
            against=WrittenAgainst.of(status),
            fill=fill,
            concentration=concentration,
            program=program,
        ),
        now,
    )


def acting(
    cause: Cause,
    after: timedelta = timedelta(0),
    *,
    lasting: timedelta | None = None,
    size: str | None = None,
    lingers: timedelta = timedelta(0),
    until_seen: bool = False,
) -> Condition:
    """Return a condition that begins so long after the start."""
    return Condition(
        cause=cause,
        since=START + after,
        until=None if lasting is None else START + after + lasting,
        size=None if size is None else Decimal(size),
        lingers=lingers,
        until_seen=until_seen,
    )


def alarms_of(pump: Pump) -> set[Alarm]:
    """Return what a pump alarms about."""
    return set(pump.status(now=pump.present).alarms)


def kinds_of(pump: Pump) -> list[Kind]:
    """Return what its log holds, by kind."""
    return [entry.kind for entry in pump.log]


def log_is_unbroken_or_says_what_is_lost(pump: Pump) -> bool:
    """Say whether every record fits its seal and its neighbours, and whatever is lost was reported."""
    log = pump.log
    if not log.lost:
        return verify_chain((entry, entry.seal) for entry in log) == len(log)
    told = [one.facts["lost"] for one in log.faults if one.kind is Kind.LOG_DAMAGED]
    numbers = {int(number) for lost in told for number in lost.split(", ")}
    neighbours = pairwise(log)
    fits = all(two.previous == one.seal for one, two in neighbours if two.number == one.number + 1)
    return fits and numbers == set(log.lost) and len(log) + len(log.lost) == log.written


def flow(pump: Pump) -> Decimal:
    """Return what flows now, in mL/day."""
    return pump.status(now=pump.present).flow.mL_per_day


def records(pump: Pump, kind: Kind) -> list[Entry]:
    """Return the records of one kind."""
    return [entry for entry in pump.log if entry.kind is kind]


def raised_at(pump: Pump, alarm: Alarm) -> list[timedelta]:
    """Return when an alarm was raised, since the start."""
    return [entry.at - START for entry in records(pump, Kind.ALARM_RAISED) if entry.fact("alarm") == alarm]


def stopped() -> Pump:
    """Return a pump that a person stopped."""
    pump = running(continuous(200))
    pump.handle(Stop(id=fresh_id()), START)
    return pump


def programmed_mL(what: Program, start: datetime, end: datetime) -> Fraction:  # noqa: N802
    """Return what a program asks for between its start and a moment, exactly, in millilitres."""
    parts = pieces(what, Interval(start, end), started=start, clock=CLOCK, minimum_rate=MODEL.minimum_rate)
    return sum((part.volume for part in parts), Fraction(0))


def recorded_mL(pump: Pump) -> Fraction:  # noqa: N802
    """Return what the delivery record adds up to, exactly, in millilitres."""
    return sum(
        (
            Fraction(part.flow.mL_per_day) * microseconds(part.interval.length) / MICROSECONDS_PER_DAY
            for part in pump.delivery.segments
        ),
        Fraction(0),
    )


# --- strategies ------------------------------------------------------------------------------------------


def doses(concentration: Concentration = C500) -> st.SearchStrategy[DoseRate]:
    """Return doses that the pump can give without rounding."""
    return st.integers(480, 40_000).map(
        lambda steps: FlowRate(mL_per_day=Decimal(steps).scaleb(-4)).as_dose(concentration)
    )


def days(concentration: Concentration = C500) -> st.SearchStrategy[DaySchedule]:
    """Return days of up to five dose steps, some of them pauses."""
    rates = st.one_of(doses(concentration), st.just(ug_a_day(0)))
    starts = st.sets(st.integers(1, 86_399), max_size=4).map(lambda later: [0, *sorted(later)])
    return st.tuples(starts, st.lists(rates, min_size=5, max_size=5)).map(
        lambda drawn: DaySchedule(
            tuple(
                DoseStep(start=time(at // 3600, at // 60 % 60, at % 60), rate=rate)
                for at, rate in zip(drawn[0], drawn[1][: len(drawn[0])], strict=True)
            )
        )
    )


def bases(concentration: Concentration = C500) -> st.SearchStrategy[Base]:
    """Return base modes that flow."""
    flex = st.lists(days(concentration), min_size=7, max_size=7).filter(
        lambda week: any(day.total_ug() for day in week)
    )
    return st.one_of(
        doses(concentration).map(lambda dose: SimpleContinuous(dose=dose)),
        flex.map(lambda week: Flex(tuple(week))),
        st.just(MinimumRate()),
        doses(concentration).map(lambda dose: Fallback(dose=dose)),
        st.builds(
            lambda dose, ug, hours: PeriodicBolus(
                background=dose,
                bolus=Mass(ug=Decimal(ug)),
                duration=timedelta(minutes=7),
                interval=timedelta(hours=hours),
            ),
            doses(concentration),
            st.integers(1, 20),
            st.sampled_from([4, 6, 12]),
        ),
    )


def deliverable(what: Program) -> bool:
    """Say whether the pump can run a program exactly as written."""
    try:
        return compile_program(what, MODEL).program == what
    except UndeliverableError:
        return False


def programs(concentration: Concentration = C500) -> st.SearchStrategy[Program]:
    """Return programs that the pump can run exactly as written."""
    once = st.one_of(
        st.none(),
        st.builds(bolus, st.integers(1, 50), st.integers(11, 180)),
        st.builds(
            lambda quanta, minutes: Priming(
                volume=Volume(mL=Decimal(quanta) * MODEL.quantum.mL), duration=timedelta(minutes=minutes)
            ),
            st.integers(1, 300),
            st.integers(11, 60),
        ),
    )
    return st.builds(program, bases(concentration), once, st.just(concentration)).filter(deliverable)


def spans(longest: timedelta = timedelta(days=20)) -> st.SearchStrategy[timedelta]:
    """Return lengths of time to the microsecond."""
    return st.timedeltas(timedelta(0), longest)
