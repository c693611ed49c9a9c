"""What an emergency asks for, in stages: the actions, who does them, the sources, and what is contested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.dosing.findings.finding import fill, names_in

if TYPE_CHECKING:
    from thecal.dosing.limits import Limit, Limits
    from thecal.quantities import Sureness


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a stage.

    Attributes:
        says: what to do, a template with ids of limits in braces.
        source: who says so.
        sureness: whether anyone read it in its source.
        contested: what the sources disagree about; empty where nothing is known to be contested.
    """

    says: str
    source: str
    sureness: Sureness
    contested: str = ""

    @property
    def limit_ids(self) -> frozenset[str]:
        """The ids of the limits that it uses."""
        return names_in(self.says) | names_in(self.contested)

    def limits_here(self, limits: Limits) -> tuple[Limit, ...]:
        """Return the numbers that it uses, each with its source."""
        return tuple(limits[name] for name in sorted(self.limit_ids))

    def says_here(self, limits: Limits) -> str:
        """Return what to do, with the numbers of this place."""
        return _filled(self.says, limits)

    def contested_here(self, limits: Limits) -> str:
        """Return what is contested, with the numbers of this place."""
        return _filled(self.contested, limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: what it is for, who acts, and the actions in their order."""

    id: str
    title: str
    who: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One kind of emergency.

    Attributes:
        id: stable.
        title: for people.
        signs: how it is recognised.
        stages: in their order.
        never: what is never done because of it, with the reason.
        also_consider: what looks like it.
    """

    id: str
    title: str
    signs: tuple[str, ...]
    stages: tuple[Stage, ...]
    never: tuple[str, ...]
    also_consider: tuple[str, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, in order."""
        return tuple(action for stage in self.stages for action in stage.actions)


def _filled(template: str, limits: Limits) -> str:
    return fill(template, {name: limits.find(name).write() for name in names_in(template)})
