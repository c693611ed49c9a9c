"""The page that walks one dose through the house names functions that are there."""

from pathlib import Path

import pytest

from builders.pages import names_on, resolve

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "one-dose.md"


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
