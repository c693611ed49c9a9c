"""What a wand needs of whatever lies between it and a pump.

LinkLostError    no answer came; whether the pump heard the question is not known
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from thecal.telemetry import Reply

if TYPE_CHECKING:
    from thecal.telemetry import Request

ReplyT = TypeVar("ReplyT", bound=Reply)


class LinkLostError(Exception):
    """No answer came. The message is for a nurse."""


class PumpLink(Protocol):
    """One contact between a wand and a pump. ``tests/conformance/links.py`` says what any link must do.

    A link returns answers of this contact and to this request, and no other: each contact has its own nonce,
    which every frame carries.
    """

    def ask(self, request: Request[ReplyT]) -> ReplyT:
        """Send a request once, and return its reply.

        Raises:
            LinkLostError: no reply came in time, or none that can be understood. The pump may have obeyed.
            LocalProtocolError: the request cannot be sent; nothing has left the wand.
        """
