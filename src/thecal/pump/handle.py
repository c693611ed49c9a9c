"""The one entry to a pump: a command comes in, a status goes out, or a refusal with its reason.

Needle work, conditions, contact, loss of power and the passing of time are no commands, and stay methods.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from thecal.pump import acts, catheter_revision, commit, single_doses
from thecal.pump.boluses import start_patient_bolus
from thecal.pump.errors import RefusedError
from thecal.pump.pump import KNOWS_COMMANDS, PumpActs
from thecal.quantities import Volume
from thecal.therapy import (
    AbandonProgram,
    ArmRefill,
    BeginUpdate,
    CancelBolus,
    CancelRefill,
    CommandId,
    ComparedCommand,
    CompareResidual,
    ConfirmProgram,
    ConfirmRefill,
    GiveClinicianBolus,
    Pause,
    Prime,
    RequestPatientBolus,
    ResetValve,
    Restart,
    Resume,
    ReviseCatheter,
    SetAlarms,
    SetBolusWhenLow,
    SetClock,
    SetFallback,
    SetProgram,
    SilenceAlarms,
    StartBridge,
    StartFallback,
    Stop,
    WriteProgram,
    WrittenAgainst,
)

if TYPE_CHECKING:
    from datetime import datetime

    from thecal.quantities import Concentration
    from thecal.therapy import Command, Once, PumpStatus

_COMPARED_LATER = (WriteProgram, SetProgram, ArmRefill, GiveClinicianBolus, Prime, StartBridge)
"""Commands that are compared after what a nurse has to know first, for example that a refill is armed."""


class Pump(PumpActs):
    """One implanted pump: ``handle`` takes every command, the other methods are what else befalls a pump."""

    def handle(self, command: Command, now: datetime) -> PumpStatus:
        """Carry a command out, once, and return the status after it.

        A command whose id was carried out before is answered and not executed again. A command that was
        written against another state of the pump is refused (ITB-144). ``Stop`` is never refused, but for a
        pump that it does not name.

        Args:
            command: the act.
            now: when.

        Raises:
            RefusedError: nothing has changed but the log; the reason is for a nurse.
        """
        if isinstance(command, Stop):
            return self._stop(command, now)
        self._answer(now)
        if self._was_done(command.id):
            return self._repeated(command.id)
        if isinstance(command, ComparedCommand) and not isinstance(command, _COMPARED_LATER):
            self._compare(command)
        status = self._perform(command, now)
        if not isinstance(command, WriteProgram):  # its order is not carried out before it is confirmed
            self._remember(command.id)
        return status

    def has_carried_out(self, command: CommandId) -> bool:
        """Say whether a command of this id was carried out, as far as the pump remembers."""
        return self._was_done(command)

    def _stop(self, command: Stop, now: datetime) -> PumpStatus:
        serial = self._memory.serial
        if command.pump not in {None, serial}:
            self._live_to(max(self._pump_moment(now), self._memory.at))
            reason = f"this is pump {serial}, the STOP is for pump {command.pump}: nothing was stopped"
            raise self._refused(reason, command.id)
        return self.stop(command.id, now=now, review_after=command.review_after)

    def _compare(self, command: ComparedCommand) -> None:
        """Refuse a command that was written against another state of the pump."""
        try:
            commit.check_base(self._memory, _base(command))
        except RefusedError as refusal:
            raise self._refused(refusal.reason, command.id) from refusal

    def _remember(self, command: CommandId) -> None:
        """Know the command again when it is repeated, also where it left the last command as it was."""
        memory = self._memory
        if not self._was_done(command):
            known = (*memory.earlier_commands, command)[-KNOWS_COMMANDS:]
            self._memory = replace(memory, earlier_commands=known)

    def _perform(self, command: Command, now: datetime) -> PumpStatus:  # noqa: C901, PLR0911, PLR0912 - one line an act
        match command:
            case WriteProgram(id=order, against=base, program=program):
                return self.write_program(
                    order, base_revision=base.revision, base_digest=base.digest, program=program, now=now
                )
            case SetProgram(id=order, against=base, program=program):
                return self.set_program(
                    order, base_revision=base.revision, base_digest=base.digest, program=program, now=now
                )
            case ConfirmProgram(id=order):
                return self.confirm_program(order, now=now)
            case AbandonProgram():
                return self.abandon_update(now=now)
            case BeginUpdate():
                return self.begin_update(now=now)
            case GiveClinicianBolus(bolus=bolus):
                return self._start_once(command, bolus, "bolus", now)
            case Prime(priming=priming):
                return self._start_once(command, priming, "prime", now)
            case StartBridge(bridge=bridge):
                return self._start_once(command, bridge, "bridge", now)
            case RequestPatientBolus():
                return self._act(now, lambda memory: start_patient_bolus(memory, command.id))
            case CancelBolus(target=target):
                return self._carry_out(
                    command.id, now, lambda memory: single_doses.cancel_bolus(memory, command.id, target)
                )
            case Stop():
                return self._stop(command, now)
            case Pause():
                return self.pause(command.id, now=now)
            case Resume():
                return self.resume(command.id, now=now)
            case Restart():
                return self.restart(command.id, now=now)
            case SetFallback(daily_dose=dose):
                return self.set_fallback(command.id, dose, now=now)
            case StartFallback():
                return self.start_fallback(command.id, now=now)
            case ArmRefill():
                return self._arm_refill(command, now)
            case ConfirmRefill(left_behind=left):
                return self.confirm_refill(command.id, left_behind=left, now=now)
            case CancelRefill():
                return self.cancel_refill(now=now)
            case CompareResidual(drained=drained):
                return self.compare_residual(drained, now=now)
            case ReviseCatheter():
                self.check_contact(now=now)
                return self._carry_out(
                    command.id, now, lambda memory: catheter_revision.revise_catheter(memory, command)
                )
            case SetClock(clock=clock):
                return self.set_clock(command.id, clock, now=now)
            case SetAlarms(settings=settings):
                return self.set_alarms(command.id, settings, now=now)
            case SilenceAlarms():
                return self.silence(now=now)
            case SetBolusWhenLow(allowed=allowed):
                return self.set_bolus_when_low(command.id, allowed=allowed, now=now)
            case ResetValve():
                return self.reset_valve(command.id, now=now)
        assert_never(command)

    def _start_once(
        self, command: GiveClinicianBolus | Prime | StartBridge, once: Once, name: str, now: datetime
    ) -> PumpStatus:
        return self._carry_out(
            command.id,
            now,
            lambda memory: single_doses.start_once(memory, command.id, once, base=_base(command), name=name),
        )

    def _arm_refill(self, command: ArmRefill, now: datetime) -> PumpStatus:
        return self._act(
            now,
            lambda memory: acts.arm_refill(
                memory,
                command.fill,
                command.concentration,
                command.program,
                base=_base(command),
                left_behind=command.left_behind,
            ),
        )


def _base(command: ComparedCommand) -> commit.Written:
    return commit.Written(revision=command.against.revision, digest=command.against.digest)


def refill_by_needle(
    pump: Pump, arm: ArmRefill, confirm: CommandId, now: datetime, *, product: Concentration | None = None
) -> PumpStatus:
    """Arm a refill, fill by needle and confirm, all at one moment, as a nurse does who makes no slip.

    Args:
        pump: to be filled; repeated, it is answered and not filled again.
        arm: what is filled in; it names what is left behind, or nothing is.
        confirm: id of the confirmation.
        now: when.
        product: what the syringe truly holds, where it is not what the label says (H-49).

    Raises:
        RefusedError: nothing was filled in, and no refill is armed.
    """
    left = arm.left_behind or Volume(mL=Decimal(0))
    if not pump.has_carried_out(confirm):
        pump.handle(arm, now)
        try:
            pump.fill_by_needle(
                left_behind=left, fill=arm.fill, product=product or arm.concentration, now=now
            )
        except RefusedError:
            against = WrittenAgainst.of(pump.status(now=now))
            pump.handle(CancelRefill(id=CommandId(f"{confirm} cancelled"), against=against), now)
            raise
    against = WrittenAgainst.of(pump.status(now=now))
    return pump.handle(ConfirmRefill(id=confirm, against=against, left_behind=left), now)
