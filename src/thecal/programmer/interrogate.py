"""Read everything a pump says of itself, before anything else is allowed (ITB-121)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.programmer.freshness import doubt_about
from thecal.programmer.link import LinkLostError
from thecal.telemetry import Interrogate

if TYPE_CHECKING:
    from thecal.programmer.link import PumpLink
    from thecal.therapy import Interrogation, PumpSerial, PumpStatus


def interrogate(
    link: PumpLink, *, pump: PumpSerial | None = None, last_read: PumpStatus | None = None
) -> Interrogation:
    """Read a pump. Nothing changes by it, and it may be repeated.

    Args:
        link: a contact with the pump.
        pump: the pump that is meant; None reads whichever lies under the wand.
        last_read: the last status that was read of this pump; None where it was never read.

    Raises:
        LinkLostError: nothing could be read, or the answer is an old one or another pump's.
    """
    found = link.ask(Interrogate()).interrogation
    earlier = () if last_read is None else (last_read,)
    if (doubt := doubt_about(found.status, pump=pump, earlier=earlier)) is not None:
        raise LinkLostError(doubt)
    return found
