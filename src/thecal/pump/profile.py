"""Two ways for a pump to behave: as the documented devices do, and as our requirements ask.

*Legacy* is for teaching and for the reconstruction of accidents: it keeps the hazards of the devices it is
drawn from, each with its source. *Reference* meets the requirements. A pump has one for life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from thecal.quantities import HOUR, MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a pump behaves where devices and requirements differ.

    Attributes:
        name: ``reference`` or ``legacy``.
        stopped_alarm_after: a stop sounds after so long (H-08, ITB-013).
        update_stops: the drive stands while an update is open.
        update_alarm_after: an update left open sounds after so long; None never (ITB-125).
        refill_alarm_after: a refill left open sounds after so long; None never (ITB-159).
        stall_notice: a stall is noticed so long after the first quantum that was missed.
        tests_itself: a self-test looks at drive, counter, tone, code and library in every state (ITB-079).
        two_counters: an independent counter is held against the command path (ITB-073, ITB-090).
        checks_strokes: a stop of its own sees a stroke above the declared tolerance (ITB-093).
        telemetry_lasts: telemetry mode ends by itself after so long; None not before somebody interrogates.
        telemetry_suspends: telemetry mode entered while alarming suspends delivery (TGA, 2019).
        resumes_after_reset: the last verified base program runs after a reset; else the minimum rate.
        two_copies: memory is written twice and journalled, so that a cut at any write leaves one whole.
        checks_window: an order is held against what the last 24 h held and the next will (ITB-030).
        pause_lasts: a pause ends by itself after so long; None where there is no pause (ITB-012, ITB-013).
        wants_bridge: a refill of another concentration is armed with a bridge, or not at all (ITB-050); and
            a bridge that is interrupted goes on.
        contact_lasts: a command by radio is taken so long after the pump felt a wand on the skin, and no
            longer (ITB-162); None from wherever it comes.
    """

    name: str
    stopped_alarm_after: timedelta
    update_stops: bool
    update_alarm_after: timedelta | None
    refill_alarm_after: timedelta | None
    stall_notice: timedelta
    tests_itself: bool
    two_counters: bool
    checks_strokes: bool
    telemetry_lasts: timedelta | None
    telemetry_suspends: bool
    resumes_after_reset: bool
    two_copies: bool
    checks_window: bool
    pause_lasts: timedelta | None
    wants_bridge: bool
    contact_lasts: timedelta | None


REFERENCE = Profile(
    name="reference",
    stopped_alarm_after=timedelta(0),
    update_stops=False,
    update_alarm_after=2 * MINUTE,
    refill_alarm_after=30 * MINUTE,
    stall_notice=timedelta(seconds=30),
    tests_itself=True,
    two_counters=True,
    checks_strokes=True,  # assumed: our own design
    telemetry_lasts=MINUTE,
    telemetry_suspends=False,
    resumes_after_reset=True,
    two_copies=True,
    checks_window=True,
    pause_lasts=30 * MINUTE,
    wants_bridge=True,
    contact_lasts=2 * MINUTE,
)
LEGACY = Profile(
    name="legacy",
    stopped_alarm_after=48 * HOUR,  # Gillette Children's ITB discharge sheet
    update_stops=True,  # HK MDD, 8 December 2020
    update_alarm_after=None,
    refill_alarm_after=None,
    stall_notice=20 * MINUTE,  # commonly quoted, unverified
    tests_itself=False,
    two_counters=False,  # ECRI alert, March 2014: an over-infusing pump runs dry with no alarm
    checks_strokes=False,  # the same
    telemetry_lasts=None,  # TGA, SynchroMed II, caution after MRI
    telemetry_suspends=True,  # the same
    resumes_after_reset=False,  # product advisory, July 2011: a very low level
    two_copies=False,
    checks_window=False,
    pause_lasts=None,
    wants_bridge=False,
    contact_lasts=None,  # a communicator reaches up to 3 m: A810 guide
)
PROFILES = MappingProxyType({profile.name: profile for profile in (REFERENCE, LEGACY)})

SELF_TEST_EVERY = 15 * MINUTE
"""At least four self-tests an hour, in every state (ITB-083; Open PCA Pump System Requirements, R7.4.0)."""
