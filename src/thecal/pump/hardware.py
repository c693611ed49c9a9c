"""The truth behind the counters: what the mechanism, the reservoir and the surroundings do.

The pump does not know it: it counts quanta, and takes each to be as large as its label says; only a gauge,
where a model has one, shows it the level (ITB-057). Here stand the true volume of a quantum, what the
reservoir really holds and of which strength, and everything that acts from outside. Volumes are whole
millionths of a quantum, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pump.conditions import STALLS, Cause
from thecal.pump.models import PumpModel, load_models
from thecal.pump.surroundings import line_holds, volume_factor
from thecal.quantities import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from thecal.pump.catalogue import Figure
    from thecal.pump.conditions import Condition
    from thecal.pump.tape import Tape
    from thecal.quantities import Concentration
    from thecal.therapy import Capability, DeliverySegment, Reservoir

PPM = 1_000_000
_GAINS = (Cause.OVER_INFUSION, Cause.UNDER_INFUSION, Cause.BACKFLOW)
_RATIOS = (Cause.RUNAWAY, Cause.LAGGING, Cause.PACED_FAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What the mechanism makes of a quantum that is asked for.

    Attributes:
        ratio: quanta moved for each one asked for, in millionths; 0 is a stall.
        counted: whether the independent counter sees them.
        misled: the command path asks for too many itself, and counts them as asked for.
        drawn: true volume that leaves the reservoir for each quantum moved, in millionths of a quantum.
        reaching: share of that which reaches the patient, 0 or 1.
        room: what a blocked line still takes of it, in millionths of a quantum; None for all, as it is open.
    """

    ratio: int = PPM
    counted: bool = True
    misled: bool = False
    drawn: int = PPM
    reaching: int = 1
    room: int | None = None


PLAIN = Acting()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """A mechanism with its surroundings.

    Attributes:
        model: what it is built of.
        gain: true volume of a quantum, in millionths of its label.
        drift: how much faster than true time its clock runs, in millionths.
        conditions: what acts, will act and has acted, by when it began.
        begun: how many of them have begun.
        slip: what a drive that runs ahead has left over, in millionths of a quantum.
        content: what was truly in the reservoir when it was last filled, in millionths of a quantum.
        drawn: what has truly left it since.
        concentration: of what is truly in it.
        truth: what truly reached the patient; None as long as the pump's own tape says it.
        dumped: what reached the patient past the drive.
        stored: what a blocked line holds under pressure, in millionths of a quantum.
    """

    model: PumpModel
    gain: int = PPM
    drift: int = 0
    conditions: tuple[Condition, ...] = ()
    begun: int = 0
    slip: int = 0
    content: int = 0
    drawn: int = 0
    concentration: Concentration
    truth: Tape | None = None
    dumped: tuple[DeliverySegment, ...] = ()
    stored: int = 0

    def __post_init__(self) -> None:
        """Refuse a mechanism that moves nothing or sucks, and conditions out of order."""
        if not 0 < self.gain < 10 * PPM or min(self.content, self.drawn, self.slip, self.stored) < 0:
            raise ValueError(
                f"a quantum's true volume is above 0 and below ten of its label, got {self.gain}"
            )
        if abs(self.drift) > PPM // 100:
            raise ValueError(f"a clock drifts by less than 1 %, got {self.drift} ppm")
        if list(self.conditions) != sorted(self.conditions, key=lambda one: one.since):
            raise ValueError("conditions stand in the order in which they begin")

    # --- what acts ---------------------------------------------------------------------------------

    @property
    def is_plain(self) -> bool:
        """Whether nothing makes it differ from its label."""
        return not self.conditions and self.gain == PPM and self.truth is None

    def during(self, moment: datetime) -> tuple[Condition, ...]:
        """Return what acts at a moment."""
        return tuple(one for one in self.conditions if one.acts_at(moment))

    def acts(self, cause: Cause, moment: datetime) -> Condition | None:
        """Return a cause if it acts at a moment."""
        return next((one for one in self.conditions if one.cause is cause and one.acts_at(moment)), None)

    def next_edge(self, moment: datetime) -> datetime | None:
        """Return when something next begins or ends."""
        edges = [
            edge
            for one in self.conditions
            for edge in (one.since, one.ends)
            if edge is not None and edge > moment
        ]
        return min(edges, default=None)

    def acting(self, moment: datetime, counts: int) -> Acting:
        """Return what the mechanism makes of a quantum at a moment, worn as it is by then."""
        if self.is_plain and not self.model.number("wear"):
            return PLAIN
        now = self.during(moment)
        ratio, gain = Fraction(1), Fraction(self.gain, PPM)
        gain += Fraction(self.model.number("wear")) * (counts // PPM) / PPM
        for one in now:
            if one.cause in STALLS:
                ratio = Fraction(0)
            elif one.cause in _RATIOS and one.size is not None:
                ratio *= Fraction(one.size)
            elif one.cause in _GAINS and one.size is not None:
                gain *= Fraction(one.size)
            else:
                gain *= (
                    Fraction(1)
                    if one.size is None
                    else volume_factor(
                        self.model.engineering, one.cause, one.size, pushed=self.model.is_pushed
                    )
                )
        causes = {one.cause for one in now}
        blocked = Cause.OCCLUSION in causes
        dry = self.drawn >= self.content
        stroke = max(0, int(gain * PPM))
        room = self.line_takes if blocked else None
        stands = dry or (room is not None and room < stroke)
        return Acting(
            ratio=int(ratio * PPM),
            counted=Cause.COUNTER_STUCK not in causes,
            misled=Cause.PACED_FAST in causes,
            drawn=0 if stands else stroke,
            reaching=int(not (blocked or dry or Cause.LEAK in causes)),
            room=room,
        )

    @property
    def line_takes(self) -> int:
        """What a blocked line still takes before the pressure is used up, in millionths of a quantum."""
        quantum = Fraction(self.model.capability.quantum.mL)
        return max(0, int(line_holds(self.model.engineering) * PPM / quantum) - self.stored)

    def is_too_deep(self, moment: datetime) -> bool:
        """Say whether it lies deeper under the skin than its model may, so that no wand reaches it."""
        deep = self.acts(Cause.DEEP, moment)
        return deep is not None and deep.size is not None and deep.size > self.model.number("deepest")

    # --- the reservoir -------------------------------------------------------------------------------

    def left(self, capability: Capability) -> Volume:
        """Return what the reservoir truly holds that can be drawn."""
        return volume_of_ppm(max(0, self.content - self.drawn), capability.quantum)

    def gauged(self, capability: Capability, moment: datetime) -> Volume:
        """Return what a gauge shows that the reservoir holds, whether it is right or not; from 0 to full."""
        holds = (capability.unusable + self.left(capability)).mL
        wrong = self.acts(Cause.GAUGE_WRONG, moment)
        shown = holds + (wrong.size if wrong is not None and wrong.size is not None else 0)
        return Volume(mL=min(max(shown, Decimal(0)), max(holds, capability.reservoir.mL)))

    def with_conditions(self, *more: Condition) -> Hardware:
        """Return it with more to act upon it."""
        together = sorted((*self.conditions, *more), key=lambda one: one.since)
        return replace(self, conditions=tuple(together))

    def seen(self, moment: datetime) -> Hardware:
        """Return it after somebody has interrogated the pump."""
        if not any(one.until_seen for one in self.conditions):
            return self
        return replace(self, conditions=tuple(one.seen(moment) for one in self.conditions))

    def valve_reset(self, moment: datetime) -> Hardware:
        """Return it after somebody has reset its valve."""
        return replace(self, conditions=tuple(one.reset(moment) for one in self.conditions))


def volume_of_ppm(ppm: int, quantum: Volume) -> Volume:
    """Return millionths of a quantum as a volume, exactly."""
    return quantum.scaled(Decimal(ppm).scaleb(-6))


def ppm_of_volume(volume: Volume, quantum: Volume) -> int:
    """Return a volume in whole millionths of a quantum, rounded down."""
    return int(Fraction(volume.mL) * PPM // Fraction(quantum.mL))


def built(capability: Capability, figures: Mapping[str, Figure] | None = None) -> PumpModel:
    """Return the model of the catalogue that a capability belongs to; the reference design's for others."""
    models = load_models()
    model = models.get(capability.model, next(iter(models.values())))
    if model.capability is not capability:
        model = replace(model, capability=capability)
    return model if figures is None else replace(model, engineering=figures)


def unaltered(capability: Capability, reservoir: Reservoir) -> Hardware:
    """Return a mechanism that does what its label says, filled as the pump takes it to be."""
    content = ppm_of_volume(reservoir.usable, capability.quantum)
    return Hardware(model=built(capability), content=content, concentration=reservoir.concentration)
