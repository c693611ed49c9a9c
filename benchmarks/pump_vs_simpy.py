"""The pump from event to event, against the same pump as a SimPy process that wakes for every quantum.

Both run a flex program of four steps a day, count whole quanta, and log the low and the empty reservoir; the
counts must be identical. Then ten years of flex dosing with a weekly bolus, refills, log and alarms.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from time import process_time

try:
    import simpy
except ModuleNotFoundError:  # a peer: see peers/requirements.txt
    simpy = None

from thecal.pump import Pump, capability, refill_by_needle
from thecal.quantities import Concentration, DoseRate, Mass, PumpClock, Volume
from thecal.therapy import (
    BACLOFEN,
    ArmRefill,
    CommandId,
    DoseStep,
    Flex,
    Program,
    PumpSerial,
    SetProgram,
    SingleBolus,
    WrittenAgainst,
    compile_program,
)

HERE = Path(__file__).parent
PEERS = HERE / ".venv/bin/python"
sys.path.insert(0, str(HERE))
from row import Row, ms  # noqa: E402 - it lies beside this file, which also runs alone

START = datetime(2026, 3, 2, tzinfo=UTC)
CONCENTRATION = Concentration(ug_per_mL=Decimal(50))
MODEL = capability("reference design 40 mL")
DAY_US = 86_400_000_000
SHARES = (Fraction(3, 4), Fraction(5, 4), Fraction(1), Fraction(1))
FLOWS = (("0.1", "", 240), ("0.4", ">= 10", 240), ("1", "", 120), ("24", ">= 500", 6))
"""mL/day, the target, and for how many quarters of a day."""
REPEATS = 7


def flex(mL_per_day: str) -> tuple[Program, tuple[int, ...]]:
    """Return a program of four steps, and their flows in tenths of a microlitre a day."""
    steps = tuple(int(Fraction(mL_per_day) * 10_000 * share) for share in SHARES)
    most = int(MODEL.flow_most.mL_per_day * 10_000)
    steps = tuple(min(step, most) for step in steps)
    doses = (DoseRate(ug_per_day=Decimal(step).scaleb(-4) * CONCENTRATION.ug_per_mL) for step in steps)
    base = Flex.every_day(*(DoseStep(start=time(6 * number), rate=dose) for number, dose in enumerate(doses)))
    return Program(drug=BACLOFEN, concentration=CONCENTRATION, base=base), steps


def ours(program: Program, quarters: int) -> tuple[int, float]:
    """Return the count after some days, and the processor time it took to live through them."""
    pump = Pump.implanted(
        serial=PumpSerial("BENCH"),
        capability=MODEL,
        drug=BACLOFEN,
        fill=MODEL.reservoir,
        concentration=CONCENTRATION,
        clock=PumpClock(),
        now=START,
    )
    give(pump, program, START, "program")
    began = process_time()
    pump.advance(START + timedelta(hours=6 * quarters))
    return pump.memory.drive.counts, process_time() - began


def give(pump: Pump, program: Program, now: datetime, command: str) -> None:
    """Program a pump as somebody would who has just read it."""
    status = pump.status(now=now)
    pump.handle(SetProgram(id=CommandId(command), against=WrittenAgainst.of(status), program=program), now)


def theirs(steps: tuple[int, ...], quarters: int) -> tuple[int, float]:
    """Return the same from a process that wakes for every quantum, in whole microseconds."""
    environment = simpy.Environment()
    empty = int((MODEL.reservoir.mL - MODEL.unusable.mL) / MODEL.quantum.mL)
    low = int((MODEL.reservoir.mL - MODEL.low_reservoir.mL) / MODEL.quantum.mL)
    state = {"counts": 0}
    log: list[tuple[int, str]] = []
    scale = int(MODEL.quantum.mL * 10_000) * DAY_US  # a flow of n turns n / scale quanta a microsecond

    def pump() -> Iterator[object]:
        turned, counts, at = 0, 0, 0
        for part in range(quarters):
            speed, ends = steps[part % 4], (part + 1) * (DAY_US // 4)
            while counts < empty:
                wait = -(-(scale - turned) // speed)
                if at + wait > ends:
                    break
                yield environment.timeout(wait)
                at += wait
                turned += speed * wait - scale
                counts += 1
                state["counts"] = counts
                if counts == low:
                    log.append((at, "low"))
                elif counts == empty:
                    log.append((at, "empty"))
            yield environment.timeout(ends - at)
            turned += speed * (ends - at)
            at = ends

    environment.process(pump())
    began = process_time()
    environment.run()
    return state["counts"], process_time() - began


def decade() -> tuple[int, float]:
    """Live ten years of flex dosing with a weekly bolus and refills; return the records and the time."""
    program, _ = flex("0.4")
    bolus = SingleBolus(dose=Mass(ug=Decimal(5)), duration=timedelta(hours=1))
    with_bolus = compile_program(
        Program(drug=BACLOFEN, concentration=CONCENTRATION, base=program.base, once=bolus), MODEL
    ).program
    began = process_time()
    pump = Pump.implanted(
        serial=PumpSerial("BENCH"),
        capability=MODEL,
        drug=BACLOFEN,
        fill=MODEL.reservoir,
        concentration=CONCENTRATION,
        clock=PumpClock(),
        now=START,
    )
    now = START
    for week in range(522):
        status = pump.status(now=now)
        if week and week % 12 == 0:
            arm = ArmRefill(
                id=CommandId(f"arm-{week}"),
                against=WrittenAgainst.of(status),
                left_behind=Volume(mL=Decimal("1.4")),
                fill=Volume(mL=Decimal("38.6")),
                concentration=CONCENTRATION,
                program=None,
            )
            refill_by_needle(pump, arm, CommandId(f"refill-{week}"), now)
        give(pump, with_bolus, now, f"week-{week}")
        now += timedelta(days=7)
    pump.advance(now)
    records = len(tuple(pump.log))  # sealed, every one
    return records, process_time() - began


def run() -> Iterator[Row]:
    """Yield the rows of this benchmark, measured where the peer is installed."""
    if simpy:
        yield from measured()
        return
    ran = subprocess.run(
        [str(PEERS), __file__, "--json"], check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")},
    ) if PEERS.exists() else None  # fmt: skip
    if ran is None or ran.returncode:
        reason = (
            ran.stderr.strip().split("\n")[-1][:120]
            if ran
            else "benchmarks/.venv is not made, make bench makes it"
        )
        yield Row(
            id="P", claim="pump against a wake for every quantum", cells=0, ratio=None, target="", ours="", theirs="",
            our_error=None, peer_error=None, peer="SimPy", note=f"not available: {reason}",
        )  # fmt: skip
        return
    for line in ran.stdout.splitlines():
        found = json.loads(line)
        found.pop("met")
        yield Row(**found)


def measured() -> Iterator[Row]:
    """Yield the rows, from a process that has SimPy."""
    for mL_per_day, target, quarters in FLOWS:
        program, steps = flex(mL_per_day)
        ours_runs = [ours(program, quarters) for _ in range(REPEATS)]
        theirs_runs = [theirs(steps, quarters) for _ in range(REPEATS)]
        same = {counts for counts, _ in (*ours_runs, *theirs_runs)}
        if len(same) != 1:
            raise SystemExit(f"{mL_per_day} mL/day: the counts differ, {sorted(same)}")
        took, peer = (min(seconds for _, seconds in runs) for runs in (ours_runs, theirs_runs))
        yield Row(
            id=f"P-{mL_per_day}",
            claim=f"at {mL_per_day} mL/day, flex, {quarters / 4:g} days, identical counts ({same.pop()})",
            cells=0,
            ratio=peer / took,
            target=target,
            ours=ms(took),
            theirs=ms(peer),
            our_error=None,
            peer_error=None,
            peer=f"SimPy {simpy.__version__}, one wake a quantum",
        )
    records, seconds = min(decade() for _ in range(REPEATS))
    yield Row(
        id="P-10y",
        claim="ten years of flex with weekly boluses, refills, log and alarms, s",
        cells=0,
        ratio=seconds,
        target="<= 1",
        ours=ms(seconds),
        theirs="",
        our_error=None,
        peer_error=None,
        peer="",
        note=f"{records} records, each sealed",
    )


if __name__ == "__main__":
    for row in run():
        sys.stdout.write((json.dumps(row.as_json()) if "--json" in sys.argv else row.as_markdown()) + "\n")
