"""The emergencies with the numbers of one place, as plain values for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thecal.dosing.emergencies.alarm import ALARM
from thecal.dosing.emergencies.overdose import OVERDOSE
from thecal.dosing.emergencies.withdrawal import WITHDRAWAL

if TYPE_CHECKING:
    from thecal.dosing.emergencies.stages import Emergency
    from thecal.dosing.limits import Limits

EMERGENCIES = (OVERDOSE, WITHDRAWAL, ALARM)
"""Every emergency, the gravest first."""


def shown_emergencies(limits: Limits) -> tuple[dict[str, Any], ...]:
    """Return every emergency with its numbers filled in."""
    return tuple(_shown(one, limits) for one in EMERGENCIES)


def _shown(one: Emergency, limits: Limits) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "signs": one.signs,
        "stages": [
            {
                "title": stage.title,
                "who": stage.who,
                "actions": [
                    {
                        "says": action.says_here(limits),
                        "contested": action.contested_here(limits),
                        "source": action.source,
                        "sureness": action.sureness.meaning,
                    }
                    for action in stage.actions
                ],
            }
            for stage in one.stages
        ],
        "never": one.never,
        "also_consider": one.also_consider,
    }
