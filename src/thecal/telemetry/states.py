"""Everything that changes a session's state is in this table, for both ends of the link.

A step is named for what passes between the ends: at the wand a request is sent and a reply received, at the
pump the other way round.
"""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """Which end of the link a session is."""

    WAND = "wand"
    PUMP = "pump"


class State(Enum):
    """Where a session is."""

    READY = "ready"
    AWAITING_REPLY = "awaiting reply"
    OWING_REPLY = "owing reply"
    BROKEN = "broken"


class Step(Enum):
    """What can happen to a session."""

    REQUEST = "request"
    REPLY = "reply"
    SILENCE = "silence"
    BREACH = "breach"
    ANEW = "anew"


TRANSITIONS: dict[Role, dict[State, dict[Step, State]]] = {
    Role.WAND: {
        State.READY: {Step.REQUEST: State.AWAITING_REPLY, Step.BREACH: State.BROKEN},
        State.AWAITING_REPLY: {
            Step.REPLY: State.READY,
            Step.SILENCE: State.READY,
            Step.BREACH: State.BROKEN,
        },
        State.BROKEN: {Step.ANEW: State.READY},
    },
    Role.PUMP: {
        State.READY: {Step.REQUEST: State.OWING_REPLY, Step.BREACH: State.BROKEN},
        State.OWING_REPLY: {Step.REPLY: State.READY, Step.ANEW: State.READY},
        State.BROKEN: {Step.ANEW: State.READY},
    },
}


def diagram() -> str:
    r"""Draw the table as docs/telemetry/session.md shows it.

    >>> print(*diagram().splitlines()[:2], sep="\n")
    wand
      ready           -- request -->  awaiting reply
    """
    lines = []
    for role, states in TRANSITIONS.items():
        lines.append(role.value)
        lines.extend(
            f"  {state.value:14}  -- {step.value:7} -->  {after.value}"
            for state, steps in states.items()
            for step, after in steps.items()
        )
    return "\n".join(lines)
