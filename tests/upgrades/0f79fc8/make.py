"""Make the benches, results and documents of this folder. README.md says with which code, and how."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.lab import findings, read_scenario, run_scenario
from thecal.lab.bench import Bench, LinkArrangement
from thecal.programmer.keys import TrustedKeys
from thecal.programmer.report import session_report
from thecal.quantities import Concentration, DoseRate, Mass, Volume
from thecal.therapy import (
    BACLOFEN,
    Bridge,
    CommandId,
    DaySchedule,
    DoseStep,
    Flex,
    MinimumRate,
    Order,
    PeriodicBolus,
    Priming,
    Program,
    SimpleContinuous,
    SingleBolus,
    Stopped,
    open_order,
    program_bytes,
    program_digest,
    report_bytes,
    sign_order,
)

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CONCENTRATION = Concentration(ug_per_mL=Decimal(500))
PATIENTS = 4


class Prescriber:
    """Signs with a key that everyone can make: its seed is written here."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(b"thecal, tests of upgrades, 32 by")
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = hashlib.sha256(self.public).hexdigest()[:16]

    def sign(self, document: bytes) -> bytes:
        return self._key.sign(document)


def rate(ug_per_day: int) -> DoseRate:
    return DoseRate(ug_per_day=Decimal(ug_per_day))


def program(base: object, once: object = None) -> Program:
    return Program(drug=BACLOFEN, concentration=CONCENTRATION, base=base, once=once)


def day(*steps: tuple[int, int]) -> DaySchedule:
    return DaySchedule(steps=tuple(DoseStep(start=time(hour), rate=rate(dose)) for hour, dose in steps))


SIMPLE = SimpleContinuous(dose=rate(165))
PROGRAMS = {
    "simple": program(SIMPLE),
    "flex-day": program(Flex(days=(day((0, 180), (7, 120), (20, 180)),) * 7)),
    "flex-week": program(Flex(days=(day((0, 150)),) * 5 + (day((0, 100), (12, 200)),) * 2)),
    "periodic-bolus": program(
        PeriodicBolus(
            background=rate(100),
            bolus=Mass(ug=Decimal(10)),
            duration=timedelta(minutes=30),
            interval=timedelta(hours=6),
            first=time(2),
        )
    ),
    "single-bolus": program(SIMPLE, SingleBolus(dose=Mass(ug=Decimal(20)), duration=timedelta(hours=1))),
    "priming": program(SIMPLE, Priming(volume=Volume(mL=Decimal("0.2")), duration=timedelta(minutes=20))),
    "bridge": program(
        SIMPLE,
        Bridge(
            dose=rate(165),
            old_concentration=Concentration(ug_per_mL=Decimal(1000)),
            dead_volume=Volume(mL=Decimal("0.3")),
        ),
    ),
    "minimum-rate": program(MinimumRate()),
    "stopped": program(Stopped()),
}


def started(*, weeks: int = 0) -> Bench:
    bench = Bench.start(now=NOW)
    if weeks:
        bench.advance(timedelta(weeks=weeks))
        bench.interrogate()
    return bench


def order(bench: Bench, name: str) -> Order:
    read = bench.known.interrogation
    return Order(
        command=CommandId(f"order-{name}"),
        patient=bench.patient,
        pump=read.status.serial,
        base_revision=read.status.revision,
        base_digest=program_digest(read.program),
        program=PROGRAMS[name],
        prescriber="demonstration clinician",
        reason="spasms at night, 2 to 4 o'clock; \u201cstiff\u201d \u2265 3",
        signed_at=bench.now,
    )


def sent(bench: Bench, name: str, prescriber: Prescriber) -> object:
    verifier = TrustedKeys({prescriber.key_id: prescriber.public})
    return bench.send(sign_order(order(bench, name), prescriber), verifier)


def with_link(bench: Bench, arrangement: LinkArrangement) -> Bench:
    bench.arrange_link(arrangement)
    return bench


def benches(prescriber: Prescriber) -> dict[str, Bench]:
    fresh, weeks, bolus, stopped, empty, unsure = (started(weeks=many) for many in (0, 3, 0, 0, 0, 1))
    sent(weeks, "flex-week", prescriber)
    weeks.advance(timedelta(days=2, hours=7, minutes=13))
    sent(bolus, "single-bolus", prescriber)
    bolus.advance(timedelta(minutes=25))
    stopped.stop(CommandId("stop-1"))
    stopped.advance(timedelta(hours=30))
    empty.advance(timedelta(weeks=9))
    empty.interrogate()
    unsure.arrange_link(LinkArrangement.COMMAND_ANSWER_LOST)
    sent(unsure, "simple", prescriber)
    return {
        "fresh": fresh,
        "after-weeks": weeks,
        "mid-bolus": bolus,
        "stopped": stopped,
        "empty": empty,
        "order-uncertain": unsure,
    }


def told(bench: Bench) -> dict[str, object]:
    """What the pump of a bench says, and what it has given."""
    good = with_link(Bench.restore(bench.image()), LinkArrangement.GOOD)
    read = good.interrogate()
    return {
        "at": good.now.isoformat(),
        "program": program_digest(read.program),
        "revision": read.status.revision,
        "last_command": read.status.last_command,
        "stopped": read.status.stopped,
        "alarms": [alarm.value for alarm in read.status.alarms],
        "content_mL": str(read.status.content.mL),
        "delivered_ug": str(good.known.delivery.mass.ug),
    }


def write_benches(prescriber: Prescriber) -> None:
    said = {}
    for name, bench in benches(prescriber).items():
        (HERE / "benches").mkdir(exist_ok=True)
        (HERE / "benches" / f"{name}.image").write_bytes(bench.image())
        now = told(bench)
        bench.advance(timedelta(days=1))
        said[name] = {"now": now, "a day later": told(bench)}
    write_json(HERE / "benches" / "said.json", said)


def write_documents(prescriber: Prescriber) -> None:
    folder = HERE / "documents"
    folder.mkdir(exist_ok=True)
    signatures, opened = {}, {}
    verifier = TrustedKeys({prescriber.key_id: prescriber.public})
    for name in PROGRAMS:
        signed = sign_order(order(started(), name), prescriber)
        (folder / f"order-{name}.json").write_bytes(signed.document)
        signatures[f"order-{name}"] = {"key": signed.key_id, "signature": signed.signature.hex()}
        what = open_order(signed, verifier)
        opened[f"order-{name}"] = {
            "command": what.command,
            "base_revision": what.base_revision,
            "program": program_bytes(what.program).decode(),
            "signed_at": what.signed_at.isoformat(),
        }
    for arrangement in (LinkArrangement.GOOD, LinkArrangement.DEAD, LinkArrangement.COMMAND_ANSWER_LOST):
        bench = with_link(started(), arrangement)
        outcome = sent(bench, "simple", prescriber)
        report = session_report(
            outcome,
            command=CommandId("order-simple"),
            pump=bench.known.interrogation.status.serial,
            now=bench.now,
        )
        name = f"report-{report.outcome}"
        (folder / f"{name}.json").write_bytes(report_bytes(report))
        opened[name] = {**asdict(report), "at": report.at.isoformat()}
    write_json(folder / "signatures.json", signatures)
    write_json(folder / "opened.json", opened)
    write_json(folder / "keys.json", {prescriber.key_id: prescriber.public.hex()})


def write_results() -> None:
    results = {}
    for path in sorted((HERE / "scenarios").glob("*.toml")):
        scenario = replace(read_scenario(path.read_bytes(), name=path.stem), patients=PATIENTS)
        results[path.stem] = [
            {
                "name": finding.name,
                "at_h": finding.at_h,
                "unit": finding.unit,
                **{which: getattr(finding, which) for which in ("low", "median", "high", "typical")},
            }
            for finding in findings(run_scenario(scenario))
        ]
    write_json(HERE / "scenarios" / "results.json", {"patients": PATIENTS, "findings": results})


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    prescriber = Prescriber()
    write_benches(prescriber)
    write_documents(prescriber)
    write_results()
