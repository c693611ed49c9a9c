"""Scenario files, benches and documents that earlier versions made: today's code opens them, and goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from thecal.lab import ScenarioError, findings, read_scenario, run_scenario
from thecal.lab.bench import Bench, LinkArrangement
from thecal.programmer.keys import TrustedKeys
from thecal.therapy import (
    ForgedError,
    SetProgram,
    SignedOrder,
    open_order,
    program_bytes,
    program_digest,
    read_session_report,
)

HERE = Path(__file__).parent
SCENARIOS = sorted(HERE.glob("*/scenarios/*.toml"))
BENCHES = sorted(HERE.glob("*/benches/*.image"))
ORDERS = sorted(HERE.glob("*/documents/order-*.json"))
REPORTS = sorted(HERE.glob("*/documents/report-*.json"))


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@cache
def beside(path: Path, name: str) -> Any:
    """Return what stood in the JSON file ``name`` beside ``path`` when it was made."""
    return json.loads((path.parent / name).read_text(encoding="utf-8"))


def trusted(path: Path) -> TrustedKeys:
    return TrustedKeys({key: bytes.fromhex(public) for key, public in beside(path, "keys.json").items()})


def signed(path: Path) -> SignedOrder:
    sealed = beside(path, "signatures.json")[path.stem]
    return SignedOrder(
        document=path.read_bytes(), signature=bytes.fromhex(sealed["signature"]), key_id=sealed["key"]
    )


def test_there_is_something_to_open() -> None:
    assert min(len(SCENARIOS), len(BENCHES), len(ORDERS), len(REPORTS)) >= 3


@pytest.mark.parametrize("path", SCENARIOS, ids=name_of)
def test_a_scenario_gives_the_same_or_names_the_new_key(path: Path) -> None:
    made = beside(path, "results.json")

    try:
        scenario = read_scenario(path.read_bytes(), name=path.stem)
    except ScenarioError as refused:
        if not all(" now " in str(problem) for problem in refused.problems):
            raise
        return

    found = findings(run_scenario(replace(scenario, patients=made["patients"])))
    numbers = ("at_h", "low", "median", "high", "typical")
    for one, was in zip(found, made["findings"][path.stem], strict=True):
        assert (one.name, one.unit) == (was["name"], was["unit"])
        assert [getattr(one, number) for number in numbers] == [
            None if was[number] is None else pytest.approx(was[number], rel=1e-4, abs=1e-9)
            for number in numbers
        ], one.name


@pytest.mark.parametrize("path", BENCHES, ids=name_of)
def test_a_bench_is_restored_and_its_pump_goes_on(path: Path) -> None:
    bench = Bench.restore(path.read_bytes())
    said = beside(path, "said.json")[path.stem]

    assert what_the_pump_says(bench) == said["now"]
    bench.advance(timedelta(days=1))
    assert what_the_pump_says(bench) == said["a day later"]
    assert what_the_pump_says(Bench.restore(bench.image())) == said["a day later"]


def what_the_pump_says(bench: Bench) -> dict[str, object]:
    aside = Bench.restore(bench.image())
    aside.arrange_link(LinkArrangement.GOOD)
    read = aside.interrogate()
    return {
        "at": aside.now.isoformat(),
        "program": program_digest(read.program),
        "revision": read.status.revision,
        "last_command": read.status.last_command,
        "stopped": read.status.stopped,
        "alarms": [alarm.value for alarm in read.status.alarms],
        "content_mL": str(read.status.content.mL),
        "delivered_ug": str(aside.known.delivery.mass.ug),
    }


@pytest.mark.parametrize("path", ORDERS, ids=name_of)
def test_an_order_verifies_and_says_what_it_said(path: Path) -> None:
    was = beside(path, "opened.json")[path.stem]

    order = open_order(signed(path), trusted(path))

    command = order.command
    assert isinstance(command, SetProgram)
    assert command.id == was["command"]
    assert command.against.revision == was["base_revision"]
    assert program_bytes(command.program).decode() == was["program"]
    assert order.signed_at.isoformat() == was["signed_at"]


@pytest.mark.parametrize("path", ORDERS, ids=name_of)
def test_an_altered_order_is_refused(path: Path) -> None:
    whole = signed(path)
    altered = replace(whole, document=whole.document.replace(b"TRAINING-1", b"TRAINING-2"))

    with pytest.raises(ForgedError):
        open_order(altered, trusted(path))


@pytest.mark.parametrize("path", REPORTS, ids=name_of)
def test_a_session_report_says_what_it_said(path: Path) -> None:
    was = beside(path, "opened.json")[path.stem]

    report = asdict(read_session_report(path.read_bytes()))

    assert {name: report[name] for name in was} == {**was, "at": datetime.fromisoformat(was["at"])}
