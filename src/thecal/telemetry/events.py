"""What a session can report, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thecal.telemetry.messages import AnyReply, AnyRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived:
    """At the pump: the wand asks."""

    request: AnyRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReceived:
    """At the wand: the pump answered the request under way."""

    reply: AnyReply


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceFell:
    """At the wand: no answer came in time. Said once; it is no refusal, and the pump may have obeyed."""

    request: AnyRequest


Event = RequestReceived | ReplyReceived | SilenceFell
