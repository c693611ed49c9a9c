"""Commands that change what the pump runs: programs, boluses, the prime and the bridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.therapy.bolus import Bridge, Priming, SingleBolus
from thecal.therapy.commands.checks import (
    ComparedCommand,
    check_concentration,
    check_daily_dose,
    check_dose,
    check_id,
    check_program,
    check_seconds,
    check_volume,
)

if TYPE_CHECKING:
    from datetime import timedelta

    from thecal.quantities import Concentration, DoseRate, Mass, Volume
    from thecal.therapy.program import Program
    from thecal.therapy.status import CommandId


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteProgram(ComparedCommand):
    """Store a program beside the one that runs, until ``ConfirmProgram`` starts it (ITB-123).

    Attributes:
        program: to run after its read-back.
    """

    program: Program

    def __post_init__(self) -> None:
        """Refuse an id, a state or a program that is none."""
        ComparedCommand.__post_init__(self)
        check_program(self.program)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgram(ComparedCommand):
    """Run another program from now on, in one step.

    Attributes:
        program: in the concentration of the reservoir, deliverable exactly as written.
    """

    program: Program

    def __post_init__(self) -> None:
        """Refuse an id, a state or a program that is none."""
        ComparedCommand.__post_init__(self)
        check_program(self.program)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmProgram:
    """Run the program that an order has written, because it is being read back.

    Writing and confirming are two halves of one order, and share its id; it needs no revision, because the
    order that it names was written against one.

    Attributes:
        id: of the order that wrote the program.
    """

    id: CommandId

    def __post_init__(self) -> None:
        """Refuse an id that is none."""
        check_id(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonProgram(ComparedCommand):
    """Discard the program that was written and not confirmed; the old one continues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginUpdate(ComparedCommand):
    """Announce that a program will be written; a pump of the older kind stops delivery until it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveClinicianBolus(ComparedCommand):
    """Give one dose on top of the base program that runs (ITB-016).

    Attributes:
        id: under which the pump carries it out, once; ``CancelBolus`` names it.
        against: the state of the pump that it was written against.
        dose: in all.
        duration: over which it is given.
    """

    dose: Mass
    duration: timedelta

    def __post_init__(self) -> None:
        """Refuse a dose or a duration that no bolus has."""
        ComparedCommand.__post_init__(self)
        check_dose(self.dose, "bolus dose")
        check_seconds(self.duration, "bolus duration")

    @property
    def bolus(self) -> SingleBolus:
        """The single bolus in addition to the base program."""
        return SingleBolus(dose=self.dose, duration=self.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPatientBolus:
    """Ask for the bolus that the program allows the patient; the pump decides (ITB-024 to ITB-031).

    The patient reads no revision, so the request names none: it changes no setting, and whatever program runs
    says what is allowed.

    Attributes:
        id: of this request; ``CancelBolus`` names it.
    """

    id: CommandId

    def __post_init__(self) -> None:
        """Refuse an id that is none."""
        check_id(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBolus:
    """End a bolus that runs, at any revision; the base program continues.

    Attributes:
        id: under which the pump carries it out, once.
        target: id of the command that began the bolus.
    """

    id: CommandId
    target: CommandId

    def __post_init__(self) -> None:
        """Refuse an id that is none."""
        check_id(self.id)
        check_id(self.target, "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prime(ComparedCommand):
    """Fill pump tubing and catheter before the base program continues: a volume, not a dose.

    Attributes:
        volume: of pump tubing and catheter.
        duration: over which it is driven.
    """

    volume: Volume
    duration: timedelta

    def __post_init__(self) -> None:
        """Refuse a volume or a duration that no prime has."""
        ComparedCommand.__post_init__(self)
        check_volume(self.volume, "prime volume")
        check_seconds(self.duration, "prime duration")

    @property
    def priming(self) -> Priming:
        """The priming before the base program."""
        return Priming(volume=self.volume, duration=self.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBridge(ComparedCommand):
    """Drive the old solution out of pump tubing and catheter at its own dose; then the base program.

    Attributes:
        daily_dose: that the patient receives meanwhile.
        old_concentration: of the solution in pump tubing and catheter.
        dead_volume: of pump tubing and catheter.
    """

    daily_dose: DoseRate
    old_concentration: Concentration
    dead_volume: Volume

    def __post_init__(self) -> None:
        """Refuse a dose, a concentration or a volume that no bridge has."""
        ComparedCommand.__post_init__(self)
        check_daily_dose(self.daily_dose, "bridge dose")
        check_concentration(self.old_concentration, "bridge, old concentration")
        check_volume(self.dead_volume, "bridge, dead volume")
        self.bridge  # noqa: B018 - it refuses a bridge that is over at once, or outlives the drug

    @property
    def bridge(self) -> Bridge:
        """The bridge before the base program."""
        return Bridge(
            dose=self.daily_dose, old_concentration=self.old_concentration, dead_volume=self.dead_volume
        )
