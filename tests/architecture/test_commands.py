"""Outside the pump every act on it is a command, handed to its one entry."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ACTS = frozenset(
    {
        "stop", "set_program", "write_program", "confirm_program", "begin_update", "abandon_update",
        "arm_refill", "confirm_refill", "cancel_refill", "compare_residual", "silence", "set_clock", "pause",
        "resume", "restart", "start_fallback", "set_bolus_when_low", "set_alarms", "set_fallback",
        "reset_valve", "request_bolus", "refill",
    }
)  # fmt: skip
"""Methods of ``PumpActs`` that stand behind ``Pump.handle``."""


def calls_of_acts(source: str) -> list[str]:
    """Return the calls of methods that only a pump has: an act's name, and the moment by keyword."""
    return [
        f"line {node.lineno}: .{node.func.attr}(…, now=…)"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ACTS
        if {"now"} <= {word.arg for word in node.keywords} and "actor" not in {w.arg for w in node.keywords}
    ]


def test_a_call_past_the_entry_is_found() -> None:
    assert calls_of_acts("pump.stop(command, now=START)") == ["line 1: .stop(…, now=…)"]
    assert not calls_of_acts("pump.handle(Stop(id=command), START)")


def test_nothing_outside_the_pump_calls_past_its_entry() -> None:
    sources = [
        path
        for folder in ("src", "tests", "benchmarks", "tools", "docs")
        for path in (ROOT / folder).rglob("*.py")
        if ".venv" not in path.parts and "src/thecal/pump" not in path.as_posix()
    ]
    found = {str(path.relative_to(ROOT)): calls_of_acts(path.read_text("utf-8")) for path in sources}

    assert {path: calls for path, calls in found.items() if calls} == {}
