"""What the legacy profile is known to violate: how, who documents it, and by which of its switches."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A requirement that the legacy profile is known to violate.

    Attributes:
        number: L-nn, as in the safety case.
        requirement: the row that is violated.
        switch: the field of a profile by which it comes.
        how: what the legacy pump does.
        source: who documents it of real devices, or that nobody does.
    """

    number: str
    requirement: str
    switch: str
    how: str
    source: str


_NOT_DOCUMENTED = "assumed: no such control is documented"

_ROWS = (
    Violation(
        number="L-01",
        requirement="ITB-013",
        switch="stopped_alarm_after",
        how="a stop, and an update left open, alarm after 48 h",
        source="Gillette Children's discharge sheet",
    ),
    Violation(
        number="L-02",
        requirement="ITB-123",
        switch="update_stops",
        how="the drive stands from the beginning of an update to its end",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-03",
        requirement="ITB-125",
        switch="update_alarm_after",
        how="an update left open does not alarm, and the old program does not run",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-04",
        requirement="ITB-159",
        switch="refill_alarm_after",
        how="a refill left open does not alarm",
        source="no alarm of that kind is documented",
    ),
    Violation(
        number="L-05",
        requirement="ITB-079",
        switch="tests_itself",
        how="a stall while it is stopped is not noticed",
        source="Medtronic 2008 (MRI)",
    ),
    Violation(
        number="L-06",
        requirement="ITB-073",
        switch="two_counters",
        how="nothing is held against the command path: an over-infusing drive gives no alarm",
        source="ECRI alert, Mar 2014",
    ),
    Violation(
        number="L-07",
        requirement="ITB-145",
        switch="telemetry_lasts",
        how="interference while alarming stops the delivery until somebody interrogates",
        source="TGA (SynchroMed II, caution after MRI)",
    ),
    Violation(
        number="L-08",
        requirement="ITB-171",
        switch="resumes_after_reset",
        how="after a low-battery reset it runs at a very low rate",
        source="Medtronic advisory, Jul 2011",
    ),
    Violation(
        number="L-09",
        requirement="ITB-030",
        switch="checks_window",
        how="a stop and a restart hide a dose from the daily maximum",
        source="VAS, of a published rule; no implant's own rule was found",
    ),
    Violation(
        number="L-10",
        requirement="ITB-085",
        switch="two_copies",
        how="one upset in memory costs the program",
        source="assumed; critical memory errors are documented (Gillette Children's discharge sheet)",
    ),
    Violation(
        number="L-11",
        requirement="ITB-078",
        switch="stall_notice",
        how="a stall is told 20 min after the first missed quantum",
        source="commonly quoted of SynchroMed II, unverified",
    ),
    Violation(
        number="L-12",
        requirement="ITB-093",
        switch="checks_strokes",
        how=(
            "a quantum larger than its label is given for good, "
            "and nothing alarms before the reservoir is dry, nor then"
        ),
        source="ECRI alert, Mar 2014",
    ),
    Violation(
        number="L-13",
        requirement="ITB-004",
        switch="resumes_after_reset",
        how="a reset, an error of the processor and a lost program lower the flow to the minimum rate",
        source="Medtronic advisory, Jul 2011, of a low-battery reset; the others are assumed",
    ),
    Violation(
        number="L-14",
        requirement="ITB-005",
        switch="telemetry_suspends",
        how="a non-critical alarm and interference together stop the delivery",
        source="TGA (SynchroMed II, caution after MRI)",
    ),
    Violation(
        number="L-15",
        requirement="ITB-012",
        switch="pause_lasts",
        how="there is no pause, only a stop",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-16",
        requirement="ITB-014",
        switch="update_alarm_after",
        how="programming left unfinished reminds nobody before the 48 h of a stopped pump",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-17",
        requirement="ITB-023",
        switch="wants_bridge",
        how="a bridge that is interrupted is over, while the tube still holds the old solution",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-18",
        requirement="ITB-033",
        switch="checks_window",
        how="a bolus that exceeds the maximum of 24 h runs to its end without a warning",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-19",
        requirement="ITB-035",
        switch="checks_window",
        how="the maximum of 24 h binds each order alone: a clock that is set back gives more",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-20",
        requirement="ITB-047",
        switch="tests_itself",
        how="a damaged drug library is not noticed, and programs are taken against it",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-21",
        requirement="ITB-050",
        switch="wants_bridge",
        how="a new concentration is taken without asking for a bridge",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-22",
        requirement="ITB-057",
        switch="tests_itself",
        how="the level is computed alone: a filling that nobody told of raises no alarm",
        source="Medtronic FSN FA596, phase II, Oct 2016",
    ),
    Violation(
        number="L-23",
        requirement="ITB-074",
        switch="two_counters",
        how="over-delivery raises no alarm, small or large",
        source="ECRI alert, Mar 2014",
    ),
    Violation(
        number="L-24",
        requirement="ITB-075",
        switch="two_counters",
        how="under-delivery raises no warning",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-25",
        requirement="ITB-076",
        switch="two_counters",
        how="no window of detection is kept: an error of the drive is noticed at no rate",
        source="ECRI alert, Mar 2014, of too much; of too little assumed",
    ),
    Violation(
        number="L-26",
        requirement="ITB-080",
        switch="tests_itself",
        how="when a drive turned again is not recorded, only when that was noticed",
        source="Medtronic 2008 (MRI)",
    ),
    Violation(
        number="L-27",
        requirement="ITB-081",
        switch="tests_itself",
        how="a flow that fails again and again raises no warning",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-28",
        requirement="ITB-082",
        switch="two_counters",
        how="of mechanism, flow and sensor only a drive that stands is told",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-29",
        requirement="ITB-083",
        switch="tests_itself",
        how="no self-test runs at intervals",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-30",
        requirement="ITB-084",
        switch="tests_itself",
        how="a flipped bit of the code is not found",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-31",
        requirement="ITB-086",
        switch="tests_itself",
        how="an error of the code or of the clock raises no alarm",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-32",
        requirement="ITB-090",
        switch="two_counters",
        how="no second accumulator is held against the first",
        source="ECRI alert, Mar 2014",
    ),
    Violation(
        number="L-33",
        requirement="ITB-091",
        switch="resumes_after_reset",
        how="an exception of the processor costs the therapy",
        source="assumed, as after the low-battery reset of Medtronic's advisory, Jul 2011",
    ),
    Violation(
        number="L-34",
        requirement="ITB-105",
        switch="tests_itself",
        how="flow, library, key, tone, code and clock have no alarm",
        source="Gillette Children's discharge sheet, which lists none of them",
    ),
    Violation(
        number="L-35",
        requirement="ITB-112",
        switch="tests_itself",
        how="a supply out of its range is not found",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-36",
        requirement="ITB-116",
        switch="two_copies",
        how="power that is lost at a write can cost the program",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-37",
        requirement="ITB-118",
        switch="two_counters",
        how="a clock of the day that jumps is not put right, and doses move with it",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-38",
        requirement="ITB-137",
        switch="contact_lasts",
        how="a dose is raised from afar",
        source="A810 guide: the communicator reaches up to 3 m",
    ),
    Violation(
        number="L-39",
        requirement="ITB-143",
        switch="update_stops",
        how="a radio that is lost during an update leaves the drive standing",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-40",
        requirement="ITB-157",
        switch="two_copies",
        how="a discharge that upsets processor or memory ends the program",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-41",
        requirement="ITB-161",
        switch="stopped_alarm_after",
        how="a stop is silent at its planned review",
        source="Gillette Children's discharge sheet",
    ),
    Violation(
        number="L-42",
        requirement="ITB-162",
        switch="contact_lasts",
        how="every command is taken from afar",
        source="A810 guide: the communicator reaches up to 3 m",
    ),
)

VIOLATIONS: Mapping[str, Violation] = MappingProxyType({one.number: one for one in _ROWS})
"""By number, as in the safety case; a test holds the two together."""
