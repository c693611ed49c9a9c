"""Every act on a pump as one value: the order, the radio, the journal and the screen all carry it.

Each has the id under which the pump carries it out once. All but four also name the revision and digest that
they were written against, and the pump refuses them where it has changed since (ITB-144). ``Stop`` and
``CancelBolus`` name their target and act at any revision; ``ConfirmProgram`` names its order by sharing its
id; ``RequestPatientBolus`` comes from the patient, who reads no revision.

CommandError (a TherapyError)    a command that no pump could mean
"""

from thecal.therapy.commands.canonical import (
    command_bytes,
    command_fields,
    command_from_bytes,
    command_from_fields,
)
from thecal.therapy.commands.checks import HIGHEST_REVISION, CommandError, ComparedCommand, WrittenAgainst
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
    AlarmSettings,
    ResetValve,
    SetAlarms,
    SetBolusWhenLow,
    SetClock,
    SilenceAlarms,
)
from thecal.therapy.commands.union import COMMANDS, Command, command_name

__all__ = [
    "COMMANDS",
    "HIGHEST_REVISION",
    "AbandonProgram",
    "AlarmSettings",
    "ArmRefill",
    "BeginUpdate",
    "CancelBolus",
    "CancelRefill",
    "Command",
    "CommandError",
    "CompareResidual",
    "ComparedCommand",
    "ConfirmProgram",
    "ConfirmRefill",
    "GiveClinicianBolus",
    "Pause",
    "Prime",
    "RequestPatientBolus",
    "ResetValve",
    "Restart",
    "Resume",
    "ReviseCatheter",
    "SetAlarms",
    "SetBolusWhenLow",
    "SetClock",
    "SetFallback",
    "SetProgram",
    "SilenceAlarms",
    "StartBridge",
    "StartFallback",
    "Stop",
    "WriteProgram",
    "WrittenAgainst",
    "command_bytes",
    "command_fields",
    "command_from_bytes",
    "command_from_fields",
    "command_name",
]
