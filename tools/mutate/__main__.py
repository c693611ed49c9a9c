"""Change the code on purpose and see what the tests notice: ``make mutate``.

``python -m mutate pump-window body`` runs two groups of ``groups.toml`` and draws their pages.
``--survivors`` takes the last run's copy, brings the tests of today into it, and tries again only what
survived.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from mutate.groups import LEAST_KILLED, Group, read_explained, read_groups
from mutate.page import Measured, Survivor, draw
from mutate.work import fates, prepare, run, shown

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Return 0 only where enough was noticed and every survivor that needs a reason has one."""
    groups = read_groups(HERE)
    parser = argparse.ArgumentParser(prog="mutate", description="See what the tests would notice.")
    parser.add_argument(
        "groups", nargs="*", metavar="group", help=f"one or more of {', '.join(groups)} (default: all)"
    )
    parser.add_argument("--survivors", action="store_true", help="try again only what survived last time")
    parser.add_argument("--only-page", action="store_true", help="run nothing; draw the page of the last run")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: here)")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.groups) - set(groups))
    if unknown:
        parser.error(f"no group is named {', '.join(unknown)}; there are {', '.join(groups)}")
    root = asked.root.resolve()
    good = True
    for name in asked.groups or groups:
        group = groups[name]
        work = root / "var" / "mutants" / name
        if not asked.only_page:
            prepare(root, work, group, again=asked.survivors)
            again = [change.name for change in fates(work) if not change.noticed] if asked.survivors else []
            run(work, again, asked.children)
        measured = _measure(work, group)
        (root / group.page).write_text(draw(measured), encoding="utf-8")
        _say(measured)
        good = good and measured.good
    return 0 if good else 1


def _measure(work: Path, group: Group) -> Measured:
    """Read what a run found."""
    reasons = read_explained(HERE)
    changes = fates(work)
    survivors = []
    for change in changes:
        if not change.noticed:
            taken, put = shown(work, change)
            why = reasons.get((change.file, change.function, taken, put), "")
            survivors.append(Survivor(change=change, taken=taken, put=put, why=why))
    told = f"Measured {datetime.now(UTC).date().isoformat()} with mutmut {version('mutmut')}."
    return Measured(group=group, changes=changes, survivors=survivors, told=told)


def _say(measured: Measured) -> None:
    """Print the figure, and every survivor that wants a reason, as explained.toml takes it."""
    for one in measured.survivors:
        if not one.why:
            sys.stdout.write(
                f"[[survivor]]\nfile = {one.change.file!r}\nfunction = {one.change.function!r}\n"
                f"taken = {one.taken!r}\nput = {one.put!r}\nwhy = ''  # {one.change.name}\n\n"
            )
    noticed = sum(change.noticed for change in measured.changes)
    sys.stdout.write(
        f"{measured.group.name}: {noticed} of {len(measured.changes)} changes noticed, "
        f"{100 * measured.share:.1f} %, at least {100 * LEAST_KILLED:.0f} % asked; "
        f"{len(measured.unexplained)} survivors want a reason\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
