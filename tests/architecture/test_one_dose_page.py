"""The page that walks one dose through the house names functions that are there."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "one-dose.md"


def names_on(text: str) -> list[str]:
    return sorted(set(re.findall(r"`(thecal(?:\.\w+)+)`", text)))


def resolve(dotted: str) -> object:
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(dotted)


@pytest.mark.parametrize("dotted", names_on(PAGE.read_text(encoding="utf-8")))
def test_every_name_on_the_page_is_in_the_code(dotted: str) -> None:
    assert resolve(dotted) is not None


def test_a_name_that_is_not_there_is_noticed() -> None:
    with pytest.raises(AttributeError):
        resolve("thecal.therapy.no_such_station")


def test_the_page_passes_through_every_room_on_the_way() -> None:
    rooms = {name.split(".")[1] for name in names_on(PAGE.read_text(encoding="utf-8"))}
    stations = {"quantities", "journal", "therapy", "telemetry", "programmer", "pump", "body", "lab"}

    assert stations | {"clinic", "web"} <= rooms
