"""The known violations of the legacy profile: how, who documents it, and the field of the profile."""

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
        switch: the field of the profile that causes it.
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
        how="a stop, and an open update, alarm only after 48 h",
        source="Gillette Children's discharge sheet",
    ),
    Violation(
        number="L-02",
        requirement="ITB-123",
        switch="update_stops",
        how="the drive is stopped from the beginning of an update to its end",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-03",
        requirement="ITB-125",
        switch="update_alarm_after",
        how="an open update does not alarm, and the old program does not run",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-04",
        requirement="ITB-159",
        switch="refill_alarm_after",
        how="an open refill does not alarm",
        source="no alarm of that kind is documented",
    ),
    Violation(
        number="L-05",
        requirement="ITB-079",
        switch="tests_itself",
        how="a stall while the pump is stopped is not detected",
        source="Medtronic 2008 (MRI)",
    ),
    Violation(
        number="L-06",
        requirement="ITB-073",
        switch="two_counters",
        how="the command path has no independent check: an over-infusing drive raises no alarm",
        source="ECRI alert, Mar 2014",
    ),
    Violation(
        number="L-07",
        requirement="ITB-145",
        switch="telemetry_lasts",
        how="interference during an alarm stops the delivery until an interrogation",
        source="TGA (SynchroMed II, caution after MRI)",
    ),
    Violation(
        number="L-08",
        requirement="ITB-171",
        switch="resumes_after_reset",
        how="after a low-battery reset the pump runs at a very low rate",
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
        how="one memory upset loses the program",
        source="assumed; critical memory errors are documented (Gillette Children's discharge sheet)",
    ),
    Violation(
        number="L-11",
        requirement="ITB-078",
        switch="stall_notice",
        how="a stall is reported 20 min after the first missed quantum",
        source="commonly quoted of SynchroMed II, unverified",
    ),
    Violation(
        number="L-12",
        requirement="ITB-093",
        switch="checks_strokes",
        how=(
            "a quantum larger than its label is delivered indefinitely, and no alarm comes before or after "
            "the reservoir runs dry"
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
        how="unfinished programming gives no reminder before the 48 h alarm of a stopped pump",
        source="HK MDD notice, 8 Dec 2020",
    ),
    Violation(
        number="L-17",
        requirement="ITB-023",
        switch="wants_bridge",
        how="an interrupted bridge ends, while the pump tubing and catheter still hold the old solution",
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
        how="the maximum of 24 h applies to each order alone: setting the clock back allows more",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-20",
        requirement="ITB-047",
        switch="tests_itself",
        how="a damaged drug library is not detected, and programs are checked against it",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-21",
        requirement="ITB-050",
        switch="wants_bridge",
        how="a new concentration is accepted without asking for a bridge",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-22",
        requirement="ITB-057",
        switch="tests_itself",
        how="the level is only computed: a filling that was not entered raises no alarm",
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
        how="no detection time is defined: a drive that runs too fast or too slow is not noticed at any rate",
        source="ECRI alert, Mar 2014, of too much; of too little assumed",
    ),
    Violation(
        number="L-26",
        requirement="ITB-080",
        switch="tests_itself",
        how="the time at which a drive turned again is not recorded, only the time of detection",
        source="Medtronic 2008 (MRI)",
    ),
    Violation(
        number="L-27",
        requirement="ITB-081",
        switch="tests_itself",
        how="a flow that fails repeatedly raises no warning",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-28",
        requirement="ITB-082",
        switch="two_counters",
        how="of the faults of mechanism, flow and sensor, only a stalled drive is reported",
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
        how="a flipped bit of the code is not detected",
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
        how="no second accumulator is compared with the first",
        source="ECRI alert, Mar 2014",
    ),
    Violation(
        number="L-33",
        requirement="ITB-091",
        switch="resumes_after_reset",
        how="a processor exception ends the therapy",
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
        how="a supply out of range is not detected",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-36",
        requirement="ITB-116",
        switch="two_copies",
        how="a power loss during a write can lose the program",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-37",
        requirement="ITB-118",
        switch="two_counters",
        how="a jump of the time-of-day clock is not corrected, and doses move with it",
        source=_NOT_DOCUMENTED,
    ),
    Violation(
        number="L-38",
        requirement="ITB-137",
        switch="contact_lasts",
        how="a dose can be raised without contact",
        source="A810 guide: the communicator reaches up to 3 m",
    ),
    Violation(
        number="L-39",
        requirement="ITB-143",
        switch="update_stops",
        how="a radio link lost during an update leaves the drive stopped",
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
        how="a stop does not alarm at its planned review",
        source="Gillette Children's discharge sheet",
    ),
    Violation(
        number="L-42",
        requirement="ITB-162",
        switch="contact_lasts",
        how="every command is accepted without contact",
        source="A810 guide: the communicator reaches up to 3 m",
    ),
)

VIOLATIONS: Mapping[str, Violation] = MappingProxyType({row.number: row for row in _ROWS})
"""By number, as in the safety case; a test compares the two."""
