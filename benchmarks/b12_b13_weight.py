"""B12, B13: what a plain install weighs, how long it takes to load, and how long the engine is to read."""

from __future__ import annotations

import ast
import io
import resource
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path

from row import Row

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "src/thecal/body/engine"
QUIET = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def lines_of_code(path: Path) -> int:
    """Count lines that hold code: no blank ones, no comments, no docstrings."""
    text = path.read_text(encoding="utf-8")
    describing: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in QUIET:
            describing.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            describing -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(describing)


def loading(python: Path, program: str) -> float:
    """Return the least processor time of a process, s."""
    took = []
    for _ in range(12):
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(python), "-c", program], check=True)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime)
    return min(took)


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "plain"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        python = folder / "bin/python"
        # As pip does: a user's first import is not slowed by compiling.
        install = [
            str(Path(sys.executable).with_name("uv")),
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
        ]
        subprocess.run([*install, "--python", str(python), str(ROOT)], check=True)
        site = next((folder / "lib").iterdir()) / "site-packages"
        size = (
            sum(file.stat().st_size for file in site.rglob("*") if file.is_file() and file.suffix != ".pyc")
            / 1e6
        )
        loading(python, "import thecal.body")
        seconds = loading(python, "import thecal.body") - loading(python, "pass")
        bare = loading(python, "import numpy") - loading(python, "pass")
    yield Row(
        id="B12", claim="a plain install, MB", cells=0, ratio=size, target="<= 80", ours=f"{size:.0f} MB", theirs="",
        our_error=None, peer_error=None, peer="", note="NumPy and Thecal, without compiled bytecode",
    )  # fmt: skip
    yield Row(
        id="B12i", claim="import thecal.body, s", cells=0, ratio=seconds, target="<= 0.2", ours=f"{seconds:.2f} s",
        theirs=f"{bare:.2f} s", our_error=None, peer_error=None, peer="import numpy alone",
    )  # fmt: skip
    counts = {
        path.stem: lines_of_code(path) for path in sorted(ENGINE.glob("*.py")) if path.stem != "__init__"
    }
    proper = sum(count for name, count in counts.items() if name not in {"speed", "kernels", "check"})
    yield Row(
        id="B13", claim="lines of the engine proper", cells=0, ratio=proper, target="<= 300", ours=f"{proper} lines",
        theirs="", our_error=None, peer_error=None, peer="",
        note=", ".join(f"{name} {count}" for name, count in counts.items()) + "; speed and kernels repeat it compiled, check checks it: not counted",
    )  # fmt: skip
