"""Whatever stands in a scenario file, it is read or refused by name; nothing else comes of it."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from builders.scenarios import PUNCTURE, problems_of, read, with_event

WHOLE = tomllib.loads(
    with_event('at = "2 h"', 'do = "flex"', 'steps = [{ start = "00:00", rate = "90 mcg/day" }]')
    + PUNCTURE.replace("1 h", "3 h")
    + '[[event]]\nat = "4 h"\ndo = "change"\nposture = "flat"\nknown = { plasma_volume_L = "50 L" }\n'
)
WHOLE["patient"]["child"] = {"age": "8 year", "height": "125 cm", "weight": "26 kg"}
WHOLE["patient"] |= {"density": "1010 mg/mL", "rate": "0.5 mL/h"}
WHOLE["implant"] |= {"tubing": "0.199 mL", "bore": "0.0022 mL/cm", "diffusion": "0.032 cm2/h"}
ODD: tuple[Any, ...] = (
    0,
    -1,
    1.5,
    10**30,
    True,
    "",
    " ",
    "x",
    "1e400 mcg",
    "99999999999999999999 h",
    "nan mcg",
    "\u0661 mcg",
    "day 0 25:99",
    "day 9999 23:59",
    [],
    [""],
    [[]],
    [{}],
    {},
    {"x": 1},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything inside."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def as_toml(value: Any) -> str:
    """Write a value inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def document(whole: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {as_toml(value)}" for key, value in whole.items())


def test_the_whole_file_is_sound() -> None:
    assert len(read(document(WHOLE)).events) == 4


@pytest.mark.parametrize("path", list(places(WHOLE)), ids=lambda path: ".".join(map(str, path)))
def test_an_odd_value_anywhere_is_read_or_refused_with_its_place(path: tuple[Any, ...]) -> None:
    for odd in ODD:
        changed = copy.deepcopy(WHOLE)
        target: Any = changed
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = odd

        assert all("; allowed: " in problem for problem in problems_of(document(changed)))


@pytest.mark.parametrize("path", list(places(WHOLE)), ids=lambda path: ".".join(map(str, path)))
def test_an_absent_field_is_refused_or_has_a_meaning(path: tuple[Any, ...]) -> None:
    changed = copy.deepcopy(WHOLE)
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    del target[path[-1]]

    assert all("; allowed: " in problem for problem in problems_of(document(changed)))
