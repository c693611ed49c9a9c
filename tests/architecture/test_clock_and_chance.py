"""Pure rooms read no clock and throw no dice: time and seeds come in through the door."""

from __future__ import annotations

import ast

import pytest

from architecture.repository import PURE, name_of, ours

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
}
CHANCE = {
    "uuid.uuid1",
    "uuid.uuid4",
    "os.urandom",
    "os.getrandom",
    "time",
    "random",
    "secrets",
    "numpy.random",
}
# Made with a seed, these repeat themselves; named in a type, they do nothing.
SEEDED = {
    "random.Random",
    "numpy.random.default_rng",
    "numpy.random.Generator",
    "numpy.random.SeedSequence",
    "numpy.random.PCG64",
    "numpy.random.Philox",
}
TYPES = {"random.Random", "numpy.random.Generator", "numpy.random.BitGenerator", "numpy.random.SeedSequence"}


def clock_and_chance(source: str) -> list[str]:
    """Return each use of a clock or of unseeded chance in ``source``, as ``line: name``."""
    tree = ast.parse(source)
    known = _imported_names(tree)
    parts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    seeded = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _dotted(node.func, known) in SEEDED and _has_seed(node)
    }
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return [
        f"{node.lineno}: {name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in parts and id(node) not in seeded
        if _is_refused(name := _dotted(node, known)) and not (name in TYPES and id(node) not in called)
    ]


def _imported_names(tree: ast.Module) -> dict[str, str]:
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                known[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return known


def _dotted(node: ast.expr, known: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, known)
        return f"{before}.{node.attr}" if before else ""
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def _has_seed(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(given) and not (isinstance(given[0], ast.Constant) and given[0].value is None)


def _is_refused(name: str) -> bool:
    return name in CLOCKS or any(name == source or name.startswith(f"{source}.") for source in CHANCE)


def test_pure_rooms_read_no_clock_and_throw_no_dice() -> None:
    findings = [
        f"{name_of(path)}:{finding}"
        for room in PURE
        for path in ours(".py", under=f"src/thecal/{room}")
        for finding in clock_and_chance(path.read_text(encoding="utf-8"))
    ]

    assert not findings, "pass `now` or a seeded generator in: " + "; ".join(findings)


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
        "from datetime import date\nx = date.today()",
        "from datetime import datetime\ndef f(clock=datetime.now): ...",
        "import time\nx = time.monotonic()",
        "from time import time\nx = time()",
        "from django.utils import timezone\nx = timezone.now()",
        "import random\nx = random.random()",
        "from random import shuffle\nshuffle([])",
        "import random\nx = random.Random()",
        "import numpy as np\nx = np.random.default_rng()",
        "import numpy as np\nx = np.random.default_rng(None)",
        "from numpy.random import default_rng\nx = default_rng()",
        "import numpy as np\nx = np.random.normal()",
        "import numpy as np\nx = field(default_factory=np.random.default_rng)",
        "import secrets\nx = secrets.token_bytes(8)",
        "from uuid import uuid4\nx = uuid4()",
        "import os\nx = os.urandom(8)",
    ],
)
def test_a_clock_or_a_throw_is_found(source: str) -> None:
    assert clock_and_chance(source)


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, time\ndef f(now: datetime) -> time:\n    return now.time()",
        "def f(clock):\n    return clock.now()",
        "import numpy as np\ndef f(s: int) -> np.random.Generator:\n    return np.random.default_rng(s)",
        "from random import Random\ndef f(seed: int) -> Random:\n    return Random(seed)",
        "from uuid import UUID\nx = UUID(int=1)",
        '"""Call datetime.now() at the edge."""',
    ],
)
def test_time_and_chance_that_come_in_are_welcome(source: str) -> None:
    assert clock_and_chance(source) == []
