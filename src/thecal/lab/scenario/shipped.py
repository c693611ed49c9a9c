"""The scenarios that come with Thecal."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from thecal.lab.scenario.read import read_scenario

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from thecal.lab.scenario.model import Scenario

_ENDING = ".toml"


def shipped_names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios."""
    return tuple(
        sorted(file.name.removesuffix(_ENDING) for file in _folder().iterdir() if file.name.endswith(_ENDING))
    )


def shipped_document(name: str) -> bytes:
    """Return a shipped scenario's file.

    Raises:
        ValueError: no such scenario; the message names those there are.
    """
    if name not in shipped_names():
        raise ValueError(f"scenario {name!r} is not shipped; known: {', '.join(shipped_names())}")
    return _folder().joinpath(name + _ENDING).read_bytes()


def shipped_scenario(name: str) -> Scenario:
    """Return a shipped scenario.

    Raises:
        ValueError: no such scenario.
    """
    return read_scenario(shipped_document(name), name=name)


def _folder() -> Traversable:
    return files("thecal.lab").joinpath("scenarios")
