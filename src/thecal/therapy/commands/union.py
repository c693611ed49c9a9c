"""The union of every act on a pump, and the name under which each is written."""

from __future__ import annotations

from types import MappingProxyType

from thecal.therapy.commands.programs import (
    AbandonProgram,
    BeginUpdate,
    CancelBolus,
    ConfirmProgram,
    GiveClinicianBolus,
    Prime,
    RequestPatientBolus,
    SetProgram,
    StartBridge,
    WriteProgram,
)
from thecal.therapy.commands.refills import (
    ArmRefill,
    CancelRefill,
    CompareResidual,
    ConfirmRefill,
    ReviseCatheter,
)
from thecal.therapy.commands.running import Pause, Restart, Resume, SetFallback, StartFallback, Stop
from thecal.therapy.commands.settings import (
    ResetValve,
    SetAlarms,
    SetBolusWhenLow,
    SetClock,
    SilenceAlarms,
)

Command = (
    WriteProgram
    | SetProgram
    | ConfirmProgram
    | AbandonProgram
    | BeginUpdate
    | GiveClinicianBolus
    | RequestPatientBolus
    | CancelBolus
    | Prime
    | StartBridge
    | Stop
    | Pause
    | Resume
    | Restart
    | SetFallback
    | StartFallback
    | ArmRefill
    | ConfirmRefill
    | CancelRefill
    | CompareResidual
    | ReviseCatheter
    | SetClock
    | SetAlarms
    | SilenceAlarms
    | SetBolusWhenLow
    | ResetValve
)

COMMANDS: MappingProxyType[str, type[Command]] = MappingProxyType(
    {
        "write program": WriteProgram,
        "set program": SetProgram,
        "confirm program": ConfirmProgram,
        "abandon program": AbandonProgram,
        "begin update": BeginUpdate,
        "give clinician bolus": GiveClinicianBolus,
        "request patient bolus": RequestPatientBolus,
        "cancel bolus": CancelBolus,
        "prime": Prime,
        "start bridge": StartBridge,
        "stop": Stop,
        "pause": Pause,
        "resume": Resume,
        "restart": Restart,
        "set fallback": SetFallback,
        "start fallback": StartFallback,
        "arm refill": ArmRefill,
        "confirm refill": ConfirmRefill,
        "cancel refill": CancelRefill,
        "compare residual": CompareResidual,
        "revise catheter": ReviseCatheter,
        "set clock": SetClock,
        "set alarms": SetAlarms,
        "silence alarms": SilenceAlarms,
        "set bolus when low": SetBolusWhenLow,
        "reset valve": ResetValve,
    }
)
"""Every command by its name in documents; a name is never used for another command."""


def command_name(command: Command) -> str:
    """Return the name of a command in documents: ``set program``."""
    return _NAMES[type(command)]


_NAMES = {kind: name for name, kind in COMMANDS.items()}
