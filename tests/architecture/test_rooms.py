"""Every room says in a sentence what it is, docs/house.md repeats it, and entering a room costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from architecture.repository import ROOMS, ROOT, SOURCE, standing_rooms

HEAVY = (
    "django",
    "ninja",
    "uvicorn",
    "cryptography",
    "matplotlib",
    "pyarrow",
    "typer",
    "rich",
    "sqlite3",
    "asyncio",
)


def sentence(package: Path) -> str:
    """Return the first line of a package's docstring, or nothing."""
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    return docstring.partition("\n")[0] if docstring else ""


def unsaid(sentences: dict[str, str], house: str) -> list[str]:
    """Return the rooms that have no sentence, or whose sentence the house's page does not repeat."""
    return [
        room
        for room, said in sentences.items()
        if not said.endswith(".") or f"| `{room}` | {said} |" not in house
    ]


def test_every_room_stands_in_the_house_with_its_own_sentence() -> None:
    house = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    sentences = {room: sentence(SOURCE / room) for room in standing_rooms()}

    assert not unsaid(sentences, house), "docs/house.md must carry the first line of the room's docstring"


def test_there_is_no_thirteenth_room() -> None:
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}

    assert rooms <= set(ROOMS)


def test_a_room_without_its_sentence_is_found() -> None:
    house = "| `pump` | The implant. |"

    assert unsaid({"pump": "The implant."}, house) == []
    assert unsaid({"pump": ""}, house) == ["pump"]
    assert unsaid({"pump": "The implant"}, house) == ["pump"]
    assert unsaid({"body": "The implant."}, house) == ["body"]


def test_entering_every_room_loads_no_framework() -> None:
    rooms = [f"thecal.{room}" for room in standing_rooms()]
    # What NumPy itself brings along is not the rooms' doing.
    program = (
        "import importlib, sys, numpy\n"
        "before = set(sys.modules)\n"
        f"for room in {rooms!r}: importlib.import_module(room)\n"
        f"print(*({set(HEAVY)!r} & (set(sys.modules) - before)))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert loaded.split() == []
