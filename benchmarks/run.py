"""Run every benchmark, print the table, write results.json and README.md beside this file."""

from __future__ import annotations

import json
import os
import platform
import sys
import warnings
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from row import Row

HERE = Path(__file__).parent
CLAIMS = [*sorted(path.stem for path in HERE.glob("b[0-9]*.py")), "pump_vs_simpy"]
# One thread: a ratio of processor times means nothing otherwise. Read before NumPy is.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"


def processor() -> str:
    """Return the processor's own name for itself."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def versions() -> dict[str, str]:
    """Return what ran."""
    found = {"python": platform.python_version()}
    for name in ("numpy", "numba", "scipy", "thecal"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


WHY = {
    "B5": "The sweep takes about twice its floor, the sigmoid two to three times: one pass over the curves for each step.",
    "B6": "The median of ours is compared with CVODE's fastest run, so that a busy machine counts against us alone.",
    "B12i": "Thecal's fifty modules take about as long to load as NumPy itself.",
    "B10w": "Something else ran: compare with B10, the processor's own time.",
}
"""What is known of a miss."""


def missed(rows: list[Row]) -> str:
    """Return a line for each target that was missed, with the reason where it is known."""
    from row import short  # noqa: PLC0415

    lines = [
        f"- {row.id}{f' at {row.cells} cells' if row.cells else ''}: {short(row.ratio)}, asked {row.target}. "
        f"{WHY.get(row.id, 'Not yet understood.')}"
        for row in rows
        if row.met is False and row.ratio is not None
    ]
    return "\n".join(lines) or "None in this run."


def main() -> None:
    from cvode import program  # noqa: PLC0415
    from row import HEADS  # noqa: PLC0415 - after the number of threads is set

    warnings.simplefilter("ignore")
    program()  # first, for without it there is nothing to compare with
    requested = sys.argv[1:]
    head = "| " + " | ".join(HEADS) + " |\n|" + "---|" * len(HEADS)
    print(head, flush=True)
    rows = []
    for claim in CLAIMS:
        if requested and not any(claim.startswith(one) for one in requested):
            continue
        for row in import_module(claim).run():
            print(row.as_markdown(), flush=True)
            rows.append(row)
    if requested:
        return
    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[1],
        "versions": versions(),
    }
    results = {**about, "benchmarks": [row.as_json() for row in rows]}
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    named = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    text = (HERE / "README.template.md").read_text(encoding="utf-8")
    for key, value in {
        "date": about["date"],
        "processor": f"{about['processor']}, {about['cores']} cores",
        "load": f"{about['load']:.1f}",
        "versions": named,
        "table": head + "\n" + "\n".join(row.as_markdown() for row in rows),
        "missed": missed(rows),
    }.items():
        text = text.replace("{{" + key + "}}", value)
    (HERE / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
