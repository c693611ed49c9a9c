"""Bad input of every kind: refused or survived, recorded, and with a reason that a nurse can read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.pumps import (
    C500,
    C2000,
    START,
    acting,
    arm_refill,
    bolus,
    continuous,
    fresh_id,
    implanted,
    mL,
    program,
    read,
    refill,
    refill_now,
    running,
    send,
    ug_a_day,
)
from builders.therapy import OTHER_DRUG, flex
from thecal.pump import Cause, Kind, MemoryImageError, Pump, RefusedError
from thecal.quantities import DAY, HOUR, MINUTE, Concentration
from thecal.therapy import Bridge, CommandId, MinimumRate, Priming, SimpleContinuous, commands, program_digest

if TYPE_CHECKING:
    from collections.abc import Callable

AT = START + DAY
BRIDGE = Bridge(dose=ug_a_day(200), old_concentration=C500, dead_volume=mL("0.316"))
STRONGER = program(SimpleContinuous(dose=ug_a_day(200)), BRIDGE, C2000)
NOT_FOR_A_NURSE = re.compile(
    r"\w+\((?:\w+=|')|object at|<[a-z]|\bNone\b|Fraction|Decimal|Error\b|\{|\}|\u00b5|\u03bc"
)


def plain_pump() -> Pump:
    """Return a pump that runs 200 mcg/day."""
    return running(continuous(200))


def nearly_empty() -> Pump:
    """Return one with little left."""
    return running(continuous(200), fill="2")


def armed() -> Pump:
    """Return one with a refill armed."""
    pump = plain_pump()
    arm_refill(pump, fill=mL(16), concentration=C2000, program=STRONGER, now=START)
    return pump


def updating() -> Pump:
    """Return one with an update begun."""
    pump = plain_pump()
    pump.handle(commands.BeginUpdate(id=fresh_id(), against=read(pump)), START)
    return pump


def stopped() -> Pump:
    """Return one that a person stopped."""
    pump = plain_pump()
    pump.handle(commands.Stop(id=fresh_id()), START + HOUR)
    return pump


def worn_out() -> Pump:
    """Return one at the end of its service."""
    pump = plain_pump()
    pump.arrange(acting(Cause.BATTERY_DRAIN, HOUR, size="1600"))
    return pump


def order(pump: Pump, *, revision: int = 1, digest: str | None = None) -> None:
    """Send a program on a base that is said."""
    pump.handle(
        commands.SetProgram(
            id=fresh_id(),
            against=commands.WrittenAgainst(
                revision=revision, digest=program_digest(continuous(200)) if digest is None else digest
            ),
            program=continuous(150),
        ),
        AT,
    )


def arm(pump: Pump, fill: str, concentration: Concentration = C500) -> None:
    """Arm a refill without a program."""
    arm_refill(pump, fill=mL(fill), concentration=concentration, program=None, now=AT)


def take(pump: Pump, fill: str) -> None:
    """Refill with what was in it."""
    refill_now(
        pump,
        CommandId("refill"),
        AT,
        against=commands.WrittenAgainst(revision=pump.memory.revision, digest=pump.memory.plan.digest),
        left_behind=mL("1.4"),
        fill=mL(fill),
        concentration=C500,
        program=None,
    )


def write(pump: Pump) -> None:
    """Write a program beside the one that runs."""
    pump.handle(
        commands.WriteProgram(
            id=CommandId("written"),
            against=commands.WrittenAgainst(revision=pump.memory.revision, digest=pump.memory.plan.digest),
            program=continuous(150),
        ),
        AT,
    )


REFUSED: dict[str, tuple[Callable[[], Pump], Callable[[Pump], object], str]] = {
    # programs beyond what the model and the drug allow
    "more than a day may hold": (
        plain_pump,
        lambda p: send(p, continuous(2004), now=AT),
        "outside what is allowed",
    ),
    "more than the drive can do": (
        plain_pump,
        lambda p: send(p, program(SimpleContinuous(dose=ug_a_day(200)), bolus(99, minutes=1)), now=AT),
        "cannot deliver",
    ),
    "less than the drive can do": (plain_pump, lambda p: send(p, continuous(1), now=AT), "24 mcg/day to"),
    "between two steps": (plain_pump, lambda p: send(p, continuous("200.01"), now=AT), "exactly as written"),
    "a bolus above the limit": (
        plain_pump,
        lambda p: send(p, program(SimpleContinuous(dose=ug_a_day(100)), bolus(101)), now=AT),
        "100 mcg",
    ),
    "a steep hour of a flex day": (
        plain_pump,
        lambda p: send(p, program(flex(("00:00", 100), ("12:00", 3000))), now=AT),
        "100 mcg",
    ),
    "a prime that the reservoir does not hold": (
        nearly_empty,
        lambda p: send(
            p, program(MinimumRate(), Priming(volume=mL("0.3"), duration=timedelta(minutes=30))), now=AT
        ),
        "reservoir",
    ),
    "another concentration": (
        plain_pump,
        lambda p: send(p, continuous(200, C2000), now=AT),
        "needs a refill",
    ),
    "another drug": (
        plain_pump,
        lambda p: send(p, replace(continuous(200), drug=OTHER_DRUG), now=AT),
        "the reservoir holds baclofen",
    ),
    # fills
    "a fill beyond capacity": (plain_pump, lambda p: refill(p, fill="18.7"), "20 mL|18.6 mL"),
    "a fill beyond capacity, armed": (plain_pump, lambda p: arm(p, "20.1"), "more than the 20 mL"),
    "more left behind than there was": (plain_pump, lambda p: refill(p, fill="1", left="19"), "mL"),
    "a syringe with seven places": (plain_pump, lambda p: refill(p, fill="1.1234567"), "at most 6"),
    "a concentration that is not made": (
        plain_pump,
        lambda p: refill(p, fill="1", concentration=Concentration(ug_per_mL=C500.ug_per_mL * 9)),
        "above 0 and up to 2000",
    ),
    "a new concentration without its program": (
        plain_pump,
        lambda p: arm(p, "16", C2000),
        "comes with its program",
    ),
    # commands out of state
    "a stale revision": (plain_pump, lambda p: order(p, revision=0), "state has changed since"),
    "a stale program": (plain_pump, lambda p: order(p, digest="ab" * 32), "Interrogate the pump"),
    "a program while a refill is armed": (armed, lambda p: send(p, continuous(100), now=AT), "Confirm it if"),
    "an update while a refill is armed": (
        armed,
        lambda p: p.handle(commands.BeginUpdate(id=fresh_id(), against=read(p)), AT),
        "finish or cancel it",
    ),
    "a refill while an update is open": (updating, lambda p: arm(p, "10"), "finish or cancel it"),
    "a confirmation of nothing": (
        plain_pump,
        lambda p: p.handle(commands.ConfirmRefill(id=fresh_id(), against=read(p), left_behind=mL(1)), AT),
        "begin it first",
    ),
    "a cancel of nothing": (
        plain_pump,
        lambda p: p.handle(commands.CancelRefill(id=fresh_id(), against=read(p)), AT),
        "no refill is armed",
    ),
    "an end of no update": (
        plain_pump,
        lambda p: p.handle(commands.AbandonProgram(id=fresh_id(), against=read(p)), AT),
        "no update is open",
    ),
    "a restart of what runs": (
        plain_pump,
        lambda p: p.handle(commands.Restart(id=fresh_id(), against=read(p)), AT),
        "no fault has stopped",
    ),
    "a restart of what a person stopped": (
        stopped,
        lambda p: p.handle(commands.Restart(id=fresh_id(), against=read(p)), AT),
        "a person stopped this pump",
    ),
    "a restart of what is worn out": (
        worn_out,
        lambda p: p.handle(commands.Restart(id=fresh_id(), against=read(p)), AT),
        "end of its service",
    ),
    "a fallback from running": (
        plain_pump,
        lambda p: p.handle(commands.StartFallback(id=fresh_id(), against=read(p)), AT),
        "only when the pump is stopped",
    ),
    "a fallback that nothing is known of": (
        implanted,
        lambda p: p.handle(commands.StartFallback(id=fresh_id(), against=read(p)), AT),
        "no program ran in the last 7 days",
    ),
    "a fallback above all": (
        plain_pump,
        lambda p: p.handle(
            commands.SetFallback(id=fresh_id(), against=read(p), daily_dose=ug_a_day(300)), AT
        ),
        "the lowest was 200 mcg/day",
    ),
    "a bolus by the patient": (
        plain_pump,
        lambda p: p.handle(commands.RequestPatientBolus(id=fresh_id()), AT),
        "denied",
    ),
    # clocks
    "a moment that is past": (plain_pump, lambda p: p.status(now=START - HOUR), "time does not go back"),
}


@pytest.mark.requirement("ITB-056")
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_whole_recorded_and_told_in_words(what: str) -> None:
    make, act, reason = REFUSED[what]
    pump = make()
    pump.advance(AT)
    before = pump.memory

    with pytest.raises(RefusedError, match=reason) as refusal:
        act(pump)

    said = refusal.value.reason
    assert len(said.split()) >= 4
    assert not NOT_FOR_A_NURSE.search(said), said
    assert replace(pump.memory, log=before.log) == before
    assert pump.log.written == before.log.written + 1
    assert pump.log[-1].kind is Kind.COMMAND_REFUSED
    assert pump.log[-1].fact("reason") == said
    pump.advance(AT + HOUR)
    assert pump.memory.program == before.program


@pytest.mark.parametrize(
    ("act", "every", "torn"),
    [
        (
            lambda pump: pump.handle(
                commands.SetClock(id=CommandId("clock"), against=read(pump), clock=pump.memory.clock), AT
            ),
            5,
            True,
        ),
        (lambda pump: pump.handle(commands.SilenceAlarms(id=fresh_id(), against=read(pump)), AT), 5, True),
        (lambda pump: pump.handle(commands.BeginUpdate(id=fresh_id(), against=read(pump)), AT), 5, True),
        (lambda pump: pump.contact(MINUTE, now=AT), 5, True),
        (lambda pump: pump.interrogate(now=AT), 5, True),
        (
            lambda pump: pump.handle(
                commands.CompareResidual(id=fresh_id(), against=read(pump), drained=mL("17.6")), AT
            ),
            5,
            True,
        ),
        (lambda pump: arm(pump, "10"), 5, True),
        (lambda pump: take(pump, "10"), 1, False),
        (lambda pump: take(pump, "10"), 5, True),
        (
            lambda pump: pump.handle(
                commands.SetFallback(id=CommandId("fallback"), against=read(pump), daily_dose=ug_a_day(100)),
                AT,
            ),
            5,
            True,
        ),
        (lambda pump: pump.handle(commands.Stop(id=CommandId("stop")), AT), 5, True),
        (write, 5, True),
    ],
    ids=[
        "clock",
        "silence",
        "update",
        "contact",
        "interrogation",
        "drain",
        "arm",
        "refill, every page",
        "refill",
        "fallback",
        "stop",
        "written, not read back",
    ],
)
@pytest.mark.requirement("ITB-111", "ITB-116", "ITB-117")
def test_a_cut_at_every_write_leaves_program_counters_and_log_all_old_or_all_new(
    act: Callable[[Pump], object], every: int, *, torn: bool
) -> None:
    start = plain_pump()
    start.advance(AT)
    image, old = start.image(), start.memory
    done = Pump.restore(image)
    act(done)
    new = done.memory

    number, more, found = 0, True, set()
    while more:
        pump = Pump.restore(image)
        more = pump.lose_power_at_write(number, act, torn=torn)
        kept, number = pump.memory, number + every
        whole = [
            one
            for one in (old, new)
            if list(kept.log)[: len(one.log)] == list(one.log)
            and (kept.program, kept.reservoir, kept.revision, kept.last_command)
            == (one.program, one.reservoir, one.revision, one.last_command)
            and (kept.open, kept.clock, kept.fallback, kept.drive.counts)
            == (one.open, one.clock, one.fallback, one.drive.counts)
            and kept.counters == replace(one.counters, resets=one.counters.resets + 1)
        ]
        assert whole
        after = kept.log[len(whole[-1].log)]
        assert after.kind in {Kind.MEMORY_REPAIRED, Kind.PUMP_RESET}
        assert kept.log.lost == ()
        found.add(len(whole[-1].log))

    assert found == {len(old.log), len(new.log)}


@pytest.mark.requirement("ITB-118")
@given(
    jumps=st.lists(
        st.tuples(st.integers(1, 40), st.sampled_from([-80_000, -1, 1, 3_600])), min_size=1, max_size=5
    )
)
@settings(max_examples=12)
def test_a_clock_that_jumps_is_recorded_put_right_and_moves_no_dose(jumps: list[tuple[int, int]]) -> None:
    pump, left = (running(program(flex(("00:00", 100), ("12:00", 300)))) for _ in range(2))
    pump.arrange(*(acting(Cause.CLOCK_JUMP, after * HOUR, size=str(by)) for after, by in jumps))
    for one in (pump, left):
        one.advance(START + 3 * DAY)

    assert pump.memory.drive == left.memory.drive
    assert pump.memory.clock == left.memory.clock
    adjusted = [int(entry.fact("by_s")) for entry in pump.log.of_kind(Kind.CLOCK_ADJUSTED)]
    assert sorted(adjusted) == sorted([*(by for _, by in jumps), *(-by for _, by in jumps)])
    assert len(pump.log.faults) >= len(jumps)


IMAGE = plain_pump().image()


@given(junk=st.one_of(st.binary(max_size=200), st.text(max_size=50).map(str.encode)))
@settings(max_examples=60)
def test_bytes_that_are_no_pump_are_refused_in_words(junk: bytes) -> None:
    for image in (junk, b"thecal-pump-memory 5 " + junk, IMAGE[: 40 + len(junk)]):
        with pytest.raises(MemoryImageError) as refusal:
            Pump.restore(image)
        assert len(str(refusal.value).split()) >= 5
