"""A pump's mechanism as JSON values, and back. Numbers with a fraction travel as text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from thecal.pump.catalogue import Figure
from thecal.pump.conditions import Cause, Condition
from thecal.pump.hardware import Hardware, built
from thecal.pump.image_rows import moment, moment_or_none, tape_from_rows, tape_rows, text_or_none
from thecal.quantities import Concentration, FlowRate, Interval, as_decimal, microseconds, plain
from thecal.therapy import DeliverySegment

if TYPE_CHECKING:
    from decimal import Decimal

    from thecal.pump.image_fields import Fields
    from thecal.therapy import Capability


def hardware_fields(hardware: Hardware) -> Fields:
    """Return a mechanism as JSON values."""
    return {
        "engineering": {
            name: [plain(figure.value), figure.unit, figure.source, figure.verified]
            for name, figure in hardware.model.engineering.items()
        },
        "gain": hardware.gain,
        "drift": hardware.drift,
        "conditions": [_condition_row(one) for one in hardware.conditions],
        "begun": hardware.begun,
        "slip": hardware.slip,
        "content": hardware.content,
        "drawn": hardware.drawn,
        "ug_per_mL": plain(hardware.concentration.ug_per_mL),
        "truth": None if hardware.truth is None else tape_rows(hardware.truth),
        "dumped": [
            [
                segment.interval.start.isoformat(),
                segment.interval.end.isoformat(),
                plain(segment.flow.mL_per_day),
                plain(segment.concentration.ug_per_mL),
            ]
            for segment in hardware.dumped
        ],
        "stored": hardware.stored,
    }


def read_hardware(fields: Fields, capability: Capability) -> Hardware:
    """Read a mechanism back.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, ArithmeticError: not what ``hardware_fields`` writes.
    """
    figures = {
        name: Figure(as_decimal(value), unit, source, verified=verified)
        for name, (value, unit, source, verified) in fields["engineering"].items()
    }
    return Hardware(
        model=built(capability, figures),
        gain=fields["gain"],
        drift=fields["drift"],
        conditions=tuple(_read_condition(row) for row in fields["conditions"]),
        begun=fields["begun"],
        slip=fields["slip"],
        content=fields["content"],
        drawn=fields["drawn"],
        concentration=Concentration(ug_per_mL=as_decimal(fields["ug_per_mL"])),
        truth=None if fields["truth"] is None else tape_from_rows(fields["truth"]),
        dumped=tuple(
            DeliverySegment(
                interval=Interval(moment(start), moment(end)),
                flow=FlowRate(mL_per_day=as_decimal(flow)),
                concentration=Concentration(ug_per_mL=as_decimal(strength)),
            )
            for start, end, flow, strength in fields["dumped"]
        ),
        stored=fields["stored"],
    )


def _number_or_none(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _condition_row(one: Condition) -> list[object]:
    return [
        one.cause.value,
        one.since.isoformat(),
        text_or_none(one.until),
        _number_or_none(one.size),
        microseconds(one.lingers),
        one.until_seen,
        one.until_reset,
    ]


def _read_condition(row: Any) -> Condition:  # noqa: ANN401 - as Fields
    cause, since, until, size, lingers, until_seen, until_reset = row
    return Condition(
        cause=Cause(cause),
        since=moment(since),
        until=moment_or_none(until),
        size=None if size is None else as_decimal(size),
        lingers=timedelta(microseconds=lingers),
        until_seen=until_seen,
        until_reset=until_reset,
    )
