"""The reference: a page for each room's public names, drawn from their docstrings into docs/reference.

``make docs`` draws it before it builds, so it is never stale and never committed. mkdocstrings would do the
same and bring a dozen packages with it.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from enum import Enum
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

ROOMS = ("body", "lab", "therapy", "pump", "quantities", "journal")
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
_SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises|Source):$")
_ITEM = re.compile(r"(?P<name>[\w`*, ]+?): (?P<rest>.*)")
_LONGEST = 100
_LONGEST_DEFAULT = 40


def page(room: str) -> str:
    """Return the page of a room: what it is, and each public name in the order of the alphabet."""
    package = import_module(f"thecal.{room}")
    said = dict(_constants(package))
    parts = [f"# thecal.{room}", as_markdown(package.__doc__ or "")]
    parts += [_entry(name, getattr(package, name), said.get(name, "")) for name in sorted(package.__all__)]
    return "\n\n".join(parts) + "\n"


def as_markdown(doc: str) -> str:
    """Return a docstring as Markdown: sections as lists, examples and formulas as code."""
    out: list[str] = []
    lines = inspect.cleandoc(doc.replace("``", "`")).splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if found := _SECTION.match(line):
            end = _end_of_section(lines, at + 1)
            out += ["", f"**{found[1]}**", "", *_items(lines[at + 1 : end]), ""]
            at = end
        elif line.startswith((">>>", "    ")):
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            kind = "pycon" if line.startswith(">>>") else "text"
            out += ["", f"```{kind}", *textwrap.dedent("\n".join(lines[at:end])).splitlines(), "```", ""]
            at = end
        else:
            out.append(line)
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def _end_of_section(lines: list[str], at: int) -> int:
    while at < len(lines) and (not lines[at].strip() or lines[at].startswith("    ")):
        at += 1
    return at


def _items(lines: list[str]) -> list[str]:
    """Return a section's lines as a list: a line less indented than its followers begins an item."""
    items: list[str] = []
    for line in textwrap.dedent("\n".join(lines)).strip().splitlines():
        if line.startswith(" ") and items:
            items[-1] += f" {line.strip()}"
        elif line:
            found = _ITEM.fullmatch(line)
            items.append(f"- `{found['name']}`: {found['rest']}" if found else f"- {line}")
    return items


def _entry(name: str, value: object, said: str) -> str:
    if inspect.isclass(value):
        return _class(name, value)
    if callable(value):
        return f"## {name}\n\n{_signature(name, value)}\n\n{as_markdown(inspect.getdoc(value) or '')}"
    if isinstance(value, UnionType):
        return f"## {name}\n\nOne of {', '.join(f'`{one.__name__}`' for one in value.__args__)}."
    shown = repr(value)
    assigned = f"\n\n```python\n{name} = {shown}\n```" if len(shown) <= _LONGEST else ""
    words = as_markdown(said) or f"A `{type(value).__name__}`."
    return f"## {name}{assigned}\n\n{words}"


def _class(name: str, cls: type) -> str:
    parts = [f"## {name}"]
    if issubclass(cls, Enum):
        parts.append("```text\n" + "\n".join(f"{one.name} = {one.value!r}" for one in cls) + "\n```")
    elif not issubclass(cls, Exception):
        parts.append(_signature(name, cls))
    parts.append(as_markdown(cls.__doc__ or ""))
    for each, member in vars(cls).items():
        doc = getattr(member, "__doc__", None)
        if each.startswith("_") and each != "__getitem__":
            continue
        function = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
        if inspect.isfunction(function):
            parts.append(f"### {name}.{each}\n\n{_signature(each, function)}\n\n{as_markdown(doc or '')}")
        elif isinstance(member, property) or type(member).__name__ == "cached_property":
            parts.append(f"### {name}.{each}\n\n{as_markdown(doc or '')}")
    return "\n\n".join(parts)


def _signature(name: str, value: Callable[..., object]) -> str:
    """Return how something is called, its arguments one below the other where they are many."""
    try:
        signature = inspect.signature(value)
    except ValueError:
        return f"```python\n{name}(...)\n```"
    parts: list[str] = []
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        if one.name not in ("self", "cls"):
            parts.append(_parameter(one))
    returns = "" if inspect.isclass(value) else f" -> {_type(signature.return_annotation)}"
    line = f"{name}({', '.join(parts)}){returns}"
    if len(line) > _LONGEST:
        line = f"{name}(\n    " + ",\n    ".join(parts) + f",\n){returns}"
    return f"```python\n{line}\n```"


def _parameter(one: inspect.Parameter) -> str:
    shown = one.name if one.annotation is one.empty else f"{one.name}: {_type(one.annotation)}"
    if one.default is one.empty:
        return shown
    default = repr(one.default)
    return f"{shown} = {default if len(default) <= _LONGEST_DEFAULT else '...'}"


def _type(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _constants(package: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield each name that is assigned in a package's modules with the docstring below it."""
    modules = [one for name, one in sys.modules.items() if name.startswith(f"{package.__name__}.")]
    for module in modules:
        if not getattr(module, "__file__", None):
            continue
        body = ast.parse(inspect.getsource(module)).body
        for one, below in pairwise(body):
            target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
            text = below.value if isinstance(below, ast.Expr) else None
            if (
                isinstance(target, ast.Name)
                and isinstance(text, ast.Constant)
                and isinstance(text.value, str)
            ):
                yield target.id, text.value


def main() -> None:
    """Draw every page."""
    FOLDER.mkdir(exist_ok=True)
    for room in ROOMS:
        (FOLDER / f"{room}.md").write_text(page(room), encoding="utf-8")


if __name__ == "__main__":
    main()
