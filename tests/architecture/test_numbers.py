"""A number that a model or a rule rests on has a unit, a source and how sure we are of it."""

from __future__ import annotations

import tomllib

from architecture.repository import name_of, ours

NEEDED = ("unit", "source", "sureness")


def unsourced(table: object, path: str = "", unit: object = "") -> list[str]:
    """Return each entry with a ``value`` that lacks source, sureness or unit; the unit may stand above it."""
    if isinstance(table, list):
        return [
            found for index, item in enumerate(table) for found in unsourced(item, f"{path}[{index}]", unit)
        ]
    if not isinstance(table, dict):
        return []
    unit = table.get("unit", unit)
    stated = {**table, "unit": unit}
    missing = [need for need in NEEDED if not str(stated.get(need, "")).strip()] if "value" in table else []
    here = [f"{path} lacks {', '.join(missing)}"] if missing else []
    return here + [
        found for key, item in table.items() for found in unsourced(item, f"{path}.{key}".lstrip("."), unit)
    ]


def test_every_number_has_its_unit_source_and_sureness() -> None:
    findings = [
        f"{name_of(path)}: {found}"
        for path in ours(".toml", under="src/thecal")
        for found in unsourced(tomllib.loads(path.read_text(encoding="utf-8")))
    ]

    assert not findings, "; ".join(findings)


def test_a_number_without_its_source_is_found() -> None:
    whole = '[csf.volume]\nvalue = 130\nunit = "mL"\nsource = "a paper"\nsureness = "assumed"\n'

    assert unsourced(tomllib.loads(whole)) == []
    assert unsourced(tomllib.loads(whole.replace('"a paper"', '""'))) == ["csf.volume lacks source"]
    assert unsourced(tomllib.loads('[a]\nunit = "h"\n[a.US]\nvalue = 1\nsource = "s"\n')) == [
        "a.US lacks sureness"
    ]
    assert unsourced(tomllib.loads("[[step]]\nvalue = 1\n")) == ["step[0] lacks unit, source, sureness"]
