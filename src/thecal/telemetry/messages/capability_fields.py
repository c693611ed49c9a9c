"""What a pump can do, as fields of the reply to an interrogation.

=============  ==========================================================
text           model
decimal ×4     volumes, mL: reservoir, unusable, low reservoir, quantum
decimal ×4     flows, mL/day: step, least, most, minimum rate
u8             most flex steps a day
span ×2        shortest and longest bolus
decimal        most a day, mcg/day
decimal        most in a single bolus, mcg
decimal        accuracy, a fraction
u8, texts      sources: how many, and of each the limit's name and who says so
=============  ==========================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.quantities import DoseRate, FlowRate, Mass, Volume
from thecal.therapy import Capability

if TYPE_CHECKING:
    from thecal.telemetry.fields import FieldReader, FieldWriter


def write_capability(capability: Capability, fields: FieldWriter) -> None:
    """Write what a pump can do."""
    fields.text(capability.model)
    for volume in (capability.reservoir, capability.unusable, capability.low_reservoir, capability.quantum):
        fields.decimal(volume.mL)
    flows = (capability.flow_step, capability.flow_least, capability.flow_most, capability.minimum_rate)
    for flow in flows:
        fields.decimal(flow.mL_per_day)
    fields.whole(capability.flex_steps, 1)
    fields.span(capability.shortest_bolus)
    fields.span(capability.longest_bolus)
    fields.decimal(capability.daily_dose_most.ug_per_day)
    fields.decimal(capability.single_bolus_most.ug)
    fields.decimal(capability.accuracy)
    fields.whole(len(capability.sources), 1)
    for limit, source in capability.sources:
        fields.text(limit)
        fields.text(source)


def read_capability(fields: FieldReader) -> Capability:
    """Read what a pump can do."""
    return Capability(
        model=fields.text(),
        reservoir=Volume(mL=fields.decimal()),
        unusable=Volume(mL=fields.decimal()),
        low_reservoir=Volume(mL=fields.decimal()),
        quantum=Volume(mL=fields.decimal()),
        flow_step=FlowRate(mL_per_day=fields.decimal()),
        flow_least=FlowRate(mL_per_day=fields.decimal()),
        flow_most=FlowRate(mL_per_day=fields.decimal()),
        minimum_rate=FlowRate(mL_per_day=fields.decimal()),
        flex_steps=fields.whole(1),
        shortest_bolus=fields.span(),
        longest_bolus=fields.span(),
        daily_dose_most=DoseRate(ug_per_day=fields.decimal()),
        single_bolus_most=Mass(ug=fields.decimal()),
        accuracy=fields.decimal(),
        sources=tuple((fields.text(), fields.text()) for _ in range(fields.whole(1))),
    )
