"""Draw the page that says what the tests would notice."""

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
    """A change that nothing noticed.

    Attributes:
        change: Which.
        taken: The line that was there.
        put: The line in its place.
        why: Why nothing could notice, or need; empty where nobody has said.
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
        "<!-- Drawn by `make mutate`; reasons stand in tools/mutate/explained.toml. -->",
        "",
        f"# {group.title}",
        "",
        "The code is changed on purpose, at one small place at a time: a sign turned, a number off by one,",
        "a word left out. The tests are run against each change. A change that no test notices *survives*:",
        "it shows what the tests do not hold, or a place where nothing can be seen. What the types refuse",
        "counts as noticed, for `make test` runs the type checker. `make mutate` does all this and draws",
        "this page; it takes an hour or more and is not part of `make test`.",
        "",
        f"**{_percent(measured.share)} of {len(measured.changes)} changes noticed.**",
        f"At least {_percent(LEAST_KILLED)} is asked.",
        measured.told,
        "",
        "| file | changes | by a test | by the types | survived | noticed |",
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
    lines += ["", "## What survived", ""]
    for file in group.files:
        left = [one for one in measured.survivors if one.change.file == file]
        if left:
            lines += [f"### `{file.removeprefix('src/thecal/')}`", ""]
            lines += ["| where | was | became | why it stands |", "|---|---|---|---|"]
            lines += sorted(_row(one) for one in left)
            lines.append("")
    if not measured.survivors:
        lines += ["Nothing.", ""]
    return "\n".join(lines)


def _row(one: Survivor) -> str:
    why = one.why or "not explained"
    return f"| `{one.change.function}` | {_code(one.taken)} | {_code(one.put)} | {why} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _code(text: str) -> str:
    escaped = text.replace("|", "\\|")
    return f"`` {escaped} ``" if "`" in escaped else f"`{escaped}`"
