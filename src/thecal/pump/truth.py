"""What truly reached the patient: the true tape, what went past the drive, and in true time.

The tape holds flows, and its flow is the mean over a turn of the rotor: a ripple would take a record for each
quantum, and the pump lives from event to event. ``moved`` says it from the counts, when somebody asks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.hardware import PPM
from thecal.pump.models import DriveKind
from thecal.pump.motor import rippled, strokes_of
from thecal.quantities import FlowRate, Interval, microseconds
from thecal.therapy import Delivery, DeliverySegment

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.pump.hardware import Hardware
    from thecal.pump.memory import Memory
    from thecal.pump.motor import Drive


def true_delivery(memory: Memory, hardware: Hardware) -> Delivery:
    """Return what truly reached the patient since implantation, in true time."""
    tape = memory.tape if hardware.truth is None else hardware.truth
    segments = list(tape.segments(memory.implanted_at, memory.at))
    for dump in hardware.dumped:
        segments = _with(segments, dump)
    if hardware.drift:
        segments = [_in_true_time(segment, memory.implanted_at, hardware.drift) for segment in segments]
    return Delivery(tuple(segments))


def _with(segments: list[DeliverySegment], dump: DeliverySegment) -> list[DeliverySegment]:
    """Lay a dump over a record: the flows add up; it is of what the record then holds."""
    together = []
    for segment in segments:
        shared = segment.interval.overlap(dump.interval)
        if shared is None:
            together.append(segment)
            continue
        start, end = segment.interval.start, segment.interval.end
        for part, flow in (
            (Interval(start, shared.start), segment.flow),
            (shared, segment.flow + dump.flow),
            (Interval(shared.end, end), segment.flow),
        ):
            if part.start < part.end:
                together.append(replace(segment, interval=part, flow=flow))
    return together


def _in_true_time(segment: DeliverySegment, born: datetime, drift: int) -> DeliverySegment:
    """Tell a record of a clock that runs fast in true time; the volume stays what it was."""

    def true(moment: datetime) -> datetime:
        return born + timedelta(microseconds=-(-microseconds(moment - born) * PPM // (PPM + drift)))

    interval = Interval(true(segment.interval.start), true(segment.interval.end))
    flow = FlowRate(mL_per_day=segment.flow.mL_per_day * (PPM + drift) / PPM)
    return replace(segment, interval=interval, flow=flow)


def moved(hardware: Hardware, drive: Drive) -> Fraction:
    """Return the true volume that a drive has moved since implantation, in quanta of its label.

    With the ripple of its rollers, at its own gain, worn as it was by then; what acts from outside is not in
    it. After whole turns it is exactly what was counted, times the gain. A rotor moves on within a quantum, a
    valve gives each whole.
    """
    counts, model = drive.counts, hardware.model
    strokes: tuple[int, ...] = (PPM,)
    part = Fraction(0)
    if model.drive is DriveKind.ROTOR:
        strokes = strokes_of(model.number("ripple"), int(model.number("ripple_quanta")))
        part = drive.phase * strokes[counts % len(strokes)]
    worn = Fraction(model.number("wear")) / PPM
    volume = Fraction(0)
    for start in range(0, counts + 1, PPM):
        end = min(counts, start + PPM)
        more = rippled(end, strokes) - rippled(start, strokes) + (part if counts - start < PPM else 0)
        volume += (Fraction(hardware.gain, PPM) + worn * (start // PPM)) * more
    return volume / PPM
