"""What a pump model can do, as data, each limit with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from thecal.quantities import DoseRate, FlowRate, Mass, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a pump model can do and what this implant is allowed to.

    Attributes:
        model: the model's name.
        reservoir: capacity.
        unusable: what stays in the reservoir when the pump can draw no more.
        low_reservoir: the content at which the low-reservoir alarm sounds.
        quantum: the least volume the drive moves.
        flow_step: continuous flows are whole multiples of it.
        flow_least, flow_most: range of a continuous flow above zero; ``flow_most`` bounds every flow.
        minimum_rate: the flow that keeps the pump tubing moving.
        flex_steps: most dose steps in a day.
        shortest_bolus, longest_bolus: allowed durations of a bolus.
        daily_dose_most: configured maximum of the dose in any 24 h (ITB-035).
        single_bolus_most: configured maximum of one bolus, and of a flex program in any hour (ITB-170).
        accuracy: declared tolerance of the delivered volume, as a fraction.
        sources: for each limit, who says so and how sure it is.
    """

    model: str
    reservoir: Volume
    unusable: Volume
    low_reservoir: Volume
    quantum: Volume
    flow_step: FlowRate
    flow_least: FlowRate
    flow_most: FlowRate
    minimum_rate: FlowRate
    flex_steps: int
    shortest_bolus: timedelta
    longest_bolus: timedelta
    daily_dose_most: DoseRate
    single_bolus_most: Mass
    accuracy: Decimal
    sources: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Refuse a pump that moves nothing, and ranges that hold nothing."""
        if self.quantum.is_zero or self.flow_step.is_zero or self.flow_least.is_zero:
            raise ValueError(f"{self.model}: quantum, flow step and least flow must be above 0")
        if self.flow_least > self.flow_most or self.flex_steps < 1:
            raise ValueError(f"{self.model}: no flow lies from its least to its most, or no step in a day")
        if not timedelta(0) < self.shortest_bolus <= self.longest_bolus:
            raise ValueError(f"{self.model}: no bolus lasts from its shortest to its longest")

    def source(self, limit: str) -> str:
        """Return who says a limit.

        Raises:
            KeyError: the limit came without a source, which the catalogue's reader refuses.
        """
        return dict(self.sources)[limit]
