"""What a page of the documentation names in the code."""

from __future__ import annotations

import importlib
import re


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
