"""Write the page of a group of mutation tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mutate.groups import LEAST_KILLED

if TYPE_CHECKING:
    from mutate.groups import Group
    from mutate.work import Change


@dataclass(frozen=True)
class Survivor:
    """A change that no test detected.

    Attributes:
        change: Which.
        taken: The line that was there.
        put: The line in its place.
        why: Why no test can, or needs to, detect it; empty if no reason is given.
    """

    change: Change
    taken: str
    put: str
    why: str


@dataclass(frozen=True)
class Measured:
    """What a run found.

    Attributes:
        group: Of which group.
        changes: Every change, and its fate.
        survivors: Those that nothing noticed.
        told: With what it was measured, and when.
    """

    group: Group
    changes: list[Change]
    survivors: list[Survivor]
    told: str

    @property
    def share(self) -> float:
        """The share of the changes that something noticed, 0 to 1."""
        return sum(change.noticed for change in self.changes) / len(self.changes)

    @property
    def unexplained(self) -> list[Survivor]:
        """The survivors that need a reason and have none."""
        return [one for one in self.survivors if not one.why and self.group.must_explain(one.change.file)]

    @property
    def good(self) -> bool:
        """Whether enough was noticed, and what was not is explained."""
        return self.share >= LEAST_KILLED and not self.unexplained


def draw(measured: Measured) -> str:
    """Return the page, in Markdown."""
    group = measured.group
    lines = [
        "<!-- Written by `make mutate`; the reasons are in tools/mutate/explained.toml. -->",
        "",
        f"# {group.title}",
        "",
        "A mutation test changes the code on purpose, at one small place at a time: a sign is reversed, a",
        "number is off by one, a word is left out. Then the tests run against each change. A change that no",
        "test detects *survives*: either the tests miss something, or the change has no visible effect. A",
        "change that the type checker refuses counts as detected, because `make test` runs the type checker.",
        "`make mutate` writes this page; it takes an hour or more and is not part of `make test`.",
        "",
        f"**The tests detect {_percent(measured.share)} of {len(measured.changes)} changes.**",
        f"At least {_percent(LEAST_KILLED)} is required.",
        measured.told,
        "",
        "| file | changes | detected by a test | by the type checker | survived | detected |",
        "|---|---|---|---|---|---|",
    ]
    for file in group.files:
        here = [change for change in measured.changes if change.file == file]
        if not here:
            continue
        fates = Counter(change.fate for change in here)
        by_types = fates["caught by type check"]
        noticed = sum(change.noticed for change in here)
        share = _percent(noticed / len(here))
        lines.append(
            f"| `{file.removeprefix('src/thecal/')}` | {len(here)} | {noticed - by_types} | {by_types} | "
            f"{len(here) - noticed} | {share} |"
        )
    lines += ["", "## Surviving changes", ""]
    for file in group.files:
        left = [one for one in measured.survivors if one.change.file == file]
        if left:
            lines += [f"### `{file.removeprefix('src/thecal/')}`", ""]
            lines += ["| function | before | after | reason |", "|---|---|---|---|"]
            lines += sorted(_row(one) for one in left)
            lines.append("")
    if not measured.survivors:
        lines += ["None.", ""]
    return "\n".join(lines)


def _row(one: Survivor) -> str:
    why = one.why or "not explained"
    return f"| `{one.change.function}` | {_code(one.taken)} | {_code(one.put)} | {why} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _code(text: str) -> str:
    escaped = text.replace("|", "\\|")
    return f"`` {escaped} ``" if "`" in escaped else f"`{escaped}`"
