"""Commands that stop, pause and restart delivery, and those of the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from thecal.therapy.commands.checks import (
    LONGEST_ID,
    CommandError,
    ComparedCommand,
    check_daily_dose,
    check_span,
    check_type,
)
from thecal.therapy.status import CommandId, PumpSerial

if TYPE_CHECKING:
    from thecal.quantities import DoseRate

REVIEW_AFTER = timedelta(hours=24)
"""A stop is reviewed after so long, unless its order says otherwise; assumed (ITB-161)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Stop delivery, whatever runs and at any revision; a stop never ends by itself (ITB-160, ITB-161).

    It is never refused for its id: characters that are no text are written as escapes, and a long id is cut.

    Attributes:
        id: under which the pump carries it out.
        pump: the serial of the pump to stop; None is the pump under the wand, whichever it is.
        review_after: when a person intends to look at the stopped pump again; the alarm then escalates.
    """

    id: CommandId
    pump: PumpSerial | None = None
    review_after: timedelta = REVIEW_AFTER

    def __post_init__(self) -> None:
        """Make the id one that the pump can keep; refuse an empty serial."""
        check_type(self.id, str, "id")
        kept = self.id.encode(errors="backslashreplace").decode()[:LONGEST_ID]
        object.__setattr__(self, "id", CommandId(kept))
        if self.pump is not None:
            check_type(self.pump, str, "pump")
            if not self.pump.strip():
                raise CommandError("pump", repr(self.pump), "the serial of a pump")
        check_span(self.review_after, "review after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(ComparedCommand):
    """Deliver the minimum rate or less for a while; the base program resumes by itself (ITB-012)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(ComparedCommand):
    """End a pause: the base program continues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(ComparedCommand):
    """Continue the last verified program after a fault has stopped it (ITB-163)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFallback(ComparedCommand):
    """Deliver the fallback from now on; the pump must be stopped (ITB-164)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFallback(ComparedCommand):
    """Enter the fallback (ITB-164).

    Attributes:
        daily_dose: of the fallback; None returns to the lowest 24-hour dose of the week.
    """

    daily_dose: DoseRate | None

    def __post_init__(self) -> None:
        """Refuse a dose of nothing: that is no fallback."""
        ComparedCommand.__post_init__(self)
        if self.daily_dose is not None:
            check_daily_dose(self.daily_dose, "fallback dose")
