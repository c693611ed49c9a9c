"""Read everything a pump says of itself, before anything else is allowed (ITB-121)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.telemetry import Interrogate

if TYPE_CHECKING:
    from thecal.programmer.link import PumpLink
    from thecal.therapy import Interrogation


def interrogate(link: PumpLink) -> Interrogation:
    """Read a pump. Nothing changes by it, and it may be repeated.

    Raises:
        LinkLostError: nothing could be read.
    """
    return link.ask(Interrogate()).interrogation
