"""What the radio link does during the next acts: arranged by whoever trains, in a nurse's words."""

from __future__ import annotations

from enum import Enum, StrEnum

from thecal.programmer.transports.loopback import Cut


class Act(Enum):
    """What a wand does in one contact, and the frames it takes: there and back in turn."""

    INTERROGATE = "interrogate"  # question, answer
    ORDER = "order"  # question, answer, command, its answer, read-back, its answer
    STOP = "stop"  # command, its answer, read-back, its answer


class LinkArrangement(StrEnum):
    """What the link does in every contact, until arranged otherwise. Each contact begins anew."""

    GOOD = "good"
    DEAD = "dead"
    FIRST_ANSWER_LOST = "first-answer-lost"
    COMMAND_LOST = "command-lost"
    COMMAND_ANSWER_LOST = "command-answer-lost"
    READ_BACK_LOST = "read-back-lost"
    READ_BACK_ANSWER_LOST = "read-back-answer-lost"
    COMMAND_LOST_ONCE = "command-lost-once"
    COMMAND_ANSWER_LOST_ONCE = "command-answer-lost-once"

    @property
    def label(self) -> str:
        """What it does, in a nurse's words."""
        return _LABELS[self]

    def cut(self, act: Act) -> Cut | None:
        """Return where it cuts a contact; None where that contact comes through whole."""
        frame = _FRAMES[self].get(act)
        return None if frame is None else Cut(frame=frame, lasting=self not in _RECOVERING)


_LABELS = {
    LinkArrangement.GOOD: "good",
    LinkArrangement.DEAD: "dead: nothing reaches the pump",
    LinkArrangement.FIRST_ANSWER_LOST: "the pump hears the wand, but no answer comes back",
    LinkArrangement.COMMAND_LOST: "breaks before the command: the pump never gets it",
    LinkArrangement.COMMAND_ANSWER_LOST: "breaks after the command: the pump has it, its answer is lost",
    LinkArrangement.READ_BACK_LOST: "breaks after the answer to the command: the pump is not asked again",
    LinkArrangement.READ_BACK_ANSWER_LOST: "breaks at the last moment: what the pump runs does not come back",
    LinkArrangement.COMMAND_LOST_ONCE: "loses the command, then recovers",
    LinkArrangement.COMMAND_ANSWER_LOST_ONCE: "loses the answer to the command, then recovers",
}
_FRAMES: dict[LinkArrangement, dict[Act, int]] = {
    LinkArrangement.GOOD: {},
    LinkArrangement.DEAD: {Act.INTERROGATE: 1, Act.ORDER: 1, Act.STOP: 1},
    LinkArrangement.FIRST_ANSWER_LOST: {Act.INTERROGATE: 2, Act.ORDER: 2, Act.STOP: 2},
    LinkArrangement.COMMAND_LOST: {Act.ORDER: 3, Act.STOP: 1},
    LinkArrangement.COMMAND_ANSWER_LOST: {Act.ORDER: 4, Act.STOP: 2},
    LinkArrangement.READ_BACK_LOST: {Act.ORDER: 5, Act.STOP: 3},
    LinkArrangement.READ_BACK_ANSWER_LOST: {Act.ORDER: 6, Act.STOP: 4},
    LinkArrangement.COMMAND_LOST_ONCE: {Act.ORDER: 3, Act.STOP: 1},
    LinkArrangement.COMMAND_ANSWER_LOST_ONCE: {Act.ORDER: 4, Act.STOP: 2},
}
_RECOVERING = frozenset({LinkArrangement.COMMAND_LOST_ONCE, LinkArrangement.COMMAND_ANSWER_LOST_ONCE})
