"""The command ``thecal`` in a process of its own, and its server on a port that the system gives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

THECAL = (sys.executable, "-m", "thecal")


def environment(folder: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("THECAL_")}
    return {**ours, "THECAL_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **more}


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*THECAL, *arguments],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[tuple[str, list[str]]]:
    """Serve on a free port; yield the address and the lines written: first the greeting, afterwards all."""
    process = subprocess.Popen(
        [*THECAL, "serve", "--port", "0"],
        env=environment(folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if "Stop with Ctrl+C" in line:
                break
        found = re.search(r"http://127\.0\.0\.1:\d+", "".join(lines))
        assert found, "".join(lines)
        yield found[0], lines
    finally:
        process.terminate()
        lines += process.stdout.readlines()
        process.stdout.close()
        process.wait(timeout=30)


def get(address: str) -> tuple[int, str, dict[str, str]]:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own server
        return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.headers.items()}
