"""Time between two moments is reckoned in UTC, by ``elapsed`` alone.

Python subtracts two moments of one time zone as the clock on the wall shows them, which is an hour wrong, or
half an hour, across a change of summer time. So no moment is subtracted from a moment outside
``quantities/time.py``, where it is done in UTC. The pump's inside is left out: it keeps UTC alone.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache

import pytest

from architecture.repository import ROOMS, name_of, ours

HOME = "src/thecal/quantities/time.py"
IN_UTC_ALONE = "pump"
MOMENT = "datetime"


@dataclass
class Known:
    """What is known to be a moment: attributes, and functions by what they return."""

    attributes: set[str] = field(default_factory=set)
    other_attributes: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    other_functions: set[str] = field(default_factory=set)

    def learn(self, tree: ast.Module) -> None:
        """Read the annotations of a file."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    self._learn_attribute(part)
            elif isinstance(node, ast.FunctionDef):
                known = self.functions if _is_moment(node.returns) else self.other_functions
                known.add(node.name)

    def _learn_attribute(self, part: ast.stmt) -> None:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            known = self.attributes if _is_moment(part.annotation) else self.other_attributes
            known.add(part.target.id)
        elif isinstance(part, ast.Assign) and "DateTimeField" in ast.dump(part.value):
            self.attributes |= {target.id for target in part.targets if isinstance(target, ast.Name)}
        elif isinstance(part, ast.FunctionDef) and any(
            isinstance(one, ast.Name) and one.id == "property" for one in part.decorator_list
        ):
            known = self.attributes if _is_moment(part.returns) else self.other_attributes
            known.add(part.name)


def _is_moment(annotation: ast.expr | None) -> bool:
    """Say whether an annotation is a moment, a moment or None, or a sequence of moments."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _is_moment(annotation.left) or _is_moment(annotation.right)
    if isinstance(annotation, ast.Attribute):
        return annotation.attr == MOMENT
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        return _is_moment(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
    return isinstance(annotation, ast.Name) and annotation.id == MOMENT


class Finder(ast.NodeVisitor):
    """Finds one moment subtracted from another."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._scopes: list[dict[str, bool]] = [{}]
        self.found: list[int] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Take the parameters as their annotations say."""
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self._scopes.append({one.arg: _is_moment(one.annotation) for one in arguments})
        self.generic_visit(node)
        self._scopes.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        """Take what is assigned as what it is assigned."""
        for target in node.targets:
            self._assign(target, node.value)
        self.generic_visit(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=False):
                self._assign(one, part)
        elif isinstance(target, ast.Name):
            self._scopes[-1][target.id] = self._moment(value) is True

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Note a subtraction of two moments; what may be one counts as one."""
        if isinstance(node.op, ast.Sub):
            sides = (self._moment(node.left), self._moment(node.right))
            if False not in sides:
                self.found.append(node.lineno)
        self.generic_visit(node)

    def _moment(self, node: ast.expr) -> bool | None:  # noqa: PLR0911 - one line for each kind of expression
        """Say whether an expression is a moment; None where that cannot be told."""
        match node:
            case ast.Name(id=name):
                return next((scope[name] for scope in reversed(self._scopes) if name in scope), False)
            case ast.Attribute(attr=name) if name in self._known.attributes:
                return None if name in self._known.other_attributes else True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=given):
                if name in {"max", "min"}:
                    return True if True in {self._moment(one) for one in given} else None
                return name in {*(self._known.functions - self._known.other_functions), MOMENT, "astimezone"}
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                return self._moment(left) is True and self._moment(right) is not True
            case ast.Subscript(value=ast.Name(id=name)):
                return next((scope[name] for scope in reversed(self._scopes) if name in scope), False)
            case ast.Subscript(value=ast.Attribute(attr=name)) if name in self._known.attributes:
                return None if name in self._known.other_attributes else True
        return False


def subtracted_moments(source: str, known: Known | None = None) -> list[int]:
    """Return the lines on which a moment is subtracted from a moment."""
    tree = ast.parse(source)
    if known is None:
        known = Known()
        known.learn(tree)
    finder = Finder(known)
    finder.visit(tree)
    return finder.found


@cache
def everything_known() -> Known:
    known = Known()
    for path in ours(".py", under="src/thecal"):
        known.learn(ast.parse(path.read_text(encoding="utf-8")))
    return known


@pytest.mark.parametrize("room", [room for room in ROOMS if room != IN_UTC_ALONE])
def test_elapsed_time_is_reckoned_in_one_place(room: str) -> None:
    findings = [
        f"{name_of(path)}:{line}"
        for path in ours(".py", under=f"src/thecal/{room}")
        if name_of(path) != HOME
        for line in subtracted_moments(path.read_text(encoding="utf-8"), everything_known())
    ]

    assert not findings, "use elapsed(start, moment) in: " + "; ".join(findings)


SUBTRACTIONS = [
    "from datetime import datetime\ndef f(a: datetime, b: datetime): return a - b",
    "def f(a: datetime | None, b: datetime): return (a - b) / 2",
    "class A:\n    at: datetime\ndef f(a: A, b: datetime): return a.at - b",
    "class A:\n    @property\n    def at(self) -> datetime: ...\ndef f(a: A): return a.at - a.at",
    "class A:\n    at = models.DateTimeField(null=True)\ndef f(a, now: datetime): return a.at - now",
    "class A:\n    at: datetime\nclass B:\n    at: float\ndef f(a, now: datetime): return a.at - now",
    "def now() -> datetime: ...\ndef f(a: datetime): return now() - a",
    "def f(a: datetime, b: datetime):\n    c, d = a, b\n    return c - d",
    "def f(a: datetime, b: datetime): return a - max(b, a)",
    "def f(a: datetime, day): return (a + day) - a",
    "def f(a: datetime):\n    def g(b: datetime): return b - a\n    return g",
    "def f(times: Sequence[datetime]): return times[-1] - times[0]",
    "class A:\n    times: tuple[datetime, ...]\ndef f(a: A): return a.times[-1] - a.times[0]",
]


@pytest.mark.parametrize("source", SUBTRACTIONS)
def test_a_subtraction_of_moments_is_found(source: str) -> None:
    assert subtracted_moments(source)


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: datetime, day: timedelta): return a - day",
        "def f(a: float, b: float): return a - b",
        "class A:\n    at: float\ndef f(a: A, b: float): return a.at - b",
        "DAY = timedelta(days=1)\ndef f(a: datetime): return a - 2 * DAY",
        "def f(a: datetime, b: datetime): return elapsed(a, b) - DAY",
    ],
)
def test_other_subtractions_are_left_alone(source: str) -> None:
    assert subtracted_moments(source) == []
