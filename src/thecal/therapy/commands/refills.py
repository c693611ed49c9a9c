"""Commands of a refill, of what was drawn out, and of a catheter that was revised."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from thecal.quantities import Volume
from thecal.therapy.commands.checks import (
    ComparedCommand,
    check_concentration,
    check_program,
    check_reason,
    check_volume,
)

if TYPE_CHECKING:
    from thecal.quantities import Concentration
    from thecal.therapy.program import Program

_NONE = Volume(mL=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRefill(ComparedCommand):
    """Announce a refill: what will be filled in, and what will run then (ITB-159).

    Attributes:
        fill: volume of the filling.
        concentration: of the filling, as its label says.
        program: to run from the confirmation on; None continues what runs, which a new concentration forbids.
        left_behind: what cannot be drawn out and mixes with the filling, where it is already known.
    """

    fill: Volume
    concentration: Concentration
    program: Program | None
    left_behind: Volume | None = None

    def __post_init__(self) -> None:
        """Refuse volumes above any reservoir's capacity, and a concentration above any solution's."""
        ComparedCommand.__post_init__(self)
        check_volume(self.fill, "fill volume", least=_NONE)
        check_concentration(self.concentration, "concentration of the filling")
        if self.program is not None:
            check_program(self.program)
        if self.left_behind is not None:
            check_volume(self.left_behind, "volume left behind", least=_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRefill(ComparedCommand):
    """Report that the reservoir was filled as the refill was armed; its program starts.

    Attributes:
        left_behind: what could not be drawn out; it mixes with the filling (device fact C15).
    """

    left_behind: Volume

    def __post_init__(self) -> None:
        """Refuse a volume above any reservoir's capacity."""
        ComparedCommand.__post_init__(self)
        check_volume(self.left_behind, "volume left behind", least=_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRefill(ComparedCommand):
    """Report that the armed refill was cancelled before filling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareResidual(ComparedCommand):
    """Report what was drawn out, for the pump to compare with what it expects (ITB-169).

    Attributes:
        drained: volume that was drawn out.
    """

    drained: Volume

    def __post_init__(self) -> None:
        """Refuse a volume above any reservoir's capacity."""
        ComparedCommand.__post_init__(self)
        check_volume(self.drained, "drained volume", least=_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseCatheter(ComparedCommand):
    """Report that the catheter was replaced, shortened or aspirated: the pump's account of it starts anew.

    The pump takes it only with the wand in contact.

    Attributes:
        dead_volume: of pump tubing and catheter now.
        contents: concentration of the solution in them; None where they hold no drug.
        reason: in the clinician's words; it goes into the pump's log.
    """

    dead_volume: Volume
    contents: Concentration | None
    reason: str

    def __post_init__(self) -> None:
        """Refuse an impossible volume or concentration, and a revision without a reason."""
        ComparedCommand.__post_init__(self)
        check_volume(self.dead_volume, "dead volume")
        if self.contents is not None:
            check_concentration(self.contents, "concentration in the catheter")
        check_reason(self.reason, "reason of the revision")
