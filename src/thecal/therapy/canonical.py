"""The one form of a program: canonical JSON, whose bytes are hashed, signed, sent and stored.

Keys are sorted, amounts are decimal text without trailing zeros, times of day are ``HH:MM:SS``, durations
whole seconds. ``form`` is the version of this layout; a reader refuses one it does not know.

>>> from decimal import Decimal
>>> from thecal.quantities import Concentration, DoseRate
>>> from thecal.therapy.drug import BACLOFEN
>>> from thecal.therapy.modes import SimpleContinuous
>>> base = SimpleContinuous(dose=DoseRate(ug_per_day=Decimal("100.0")))
>>> program_bytes(Program(drug=BACLOFEN, concentration=Concentration(ug_per_mL=Decimal(500)), base=base))
b'{"base":{"mode":"simple continuous","ug_per_day":"100"},"drug":"baclofen","form":1,"ug_per_mL":"500"}'
"""

from __future__ import annotations

import hashlib
import json
from datetime import time, timedelta
from typing import TYPE_CHECKING

from thecal.journal import canonical
from thecal.quantities import Concentration, DoseRate, Mass, Volume, as_decimal, plain
from thecal.therapy.bolus import Bridge, Once, PatientBolus, Priming, SingleBolus
from thecal.therapy.drug import drug_named
from thecal.therapy.errors import ProgramError
from thecal.therapy.modes import (
    Base,
    DaySchedule,
    DoseStep,
    Fallback,
    Flex,
    MinimumRate,
    PeriodicBolus,
    SimpleContinuous,
    Stopped,
)
from thecal.therapy.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 1
Fields = dict[str, object]


def program_bytes(program: Program) -> bytes:
    """Return a program's canonical form."""
    return canonical(program_fields(program))


def program_digest(program: Program) -> str:
    """Return hex SHA-256 of the canonical form.

    Two programs are equal exactly when their digests are: a drug is known by its name in the library.
    """
    return hashlib.sha256(program_bytes(program)).hexdigest()


def program_fields(program: Program) -> Fields:
    """Return a program as JSON values, for a document."""
    fields: Fields = {
        "form": FORM,
        "drug": program.drug.name,
        "ug_per_mL": plain(program.concentration.ug_per_mL),
        "base": _base_fields(program.base),
    }
    if program.once is not None:
        fields["once"] = _once_fields(program.once)
    if program.patient_bolus is not None:
        bolus = program.patient_bolus
        fields["patient_bolus"] = {
            "ug": plain(bolus.dose.ug),
            "seconds": _seconds(bolus.duration),
            "most_per_day": bolus.most_per_day,
            "lockout_seconds": _seconds(bolus.lockout),
        }
    return fields


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _base_fields(base: Base) -> Fields:
    match base:
        case Stopped():
            return {"mode": "stopped"}
        case MinimumRate():
            return {"mode": "minimum rate"}
        case Fallback(dose=dose):
            return {"mode": "fallback", "ug_per_day": plain(dose.ug_per_day)}
        case SimpleContinuous(dose=dose):
            return {"mode": "simple continuous", "ug_per_day": plain(dose.ug_per_day)}
        case Flex(days=days):
            return {"mode": "flex", "days": [[_step_fields(step) for step in day.steps] for day in days]}
        case PeriodicBolus():
            return {
                "mode": "periodic bolus",
                "background_ug_per_day": plain(base.background.ug_per_day),
                "ug": plain(base.bolus.ug),
                "seconds": _seconds(base.duration),
                "interval_seconds": _seconds(base.interval),
                "first": base.first.isoformat("seconds"),
            }


def _step_fields(step: DoseStep) -> list[object]:
    return [step.start.isoformat("seconds"), plain(step.rate.ug_per_day)]


def _once_fields(once: Once) -> Fields:
    match once:
        case SingleBolus(dose=dose, duration=duration):
            return {"mode": "single bolus", "ug": plain(dose.ug), "seconds": _seconds(duration)}
        case Priming(volume=volume, duration=duration):
            return {"mode": "priming", "mL": plain(volume.mL), "seconds": _seconds(duration)}
        case Bridge(dose=dose, old_concentration=old, dead_volume=dead):
            return {
                "mode": "bridge",
                "ug_per_day": plain(dose.ug_per_day),
                "old_ug_per_mL": plain(old.ug_per_mL),
                "dead_mL": plain(dead.mL),
            }


def program_from_bytes(data: bytes) -> Program:
    """Read a canonical form back; anything not in the one form is refused.

    Raises:
        ProgramError: not JSON, an unknown form, a missing, unknown or impossible field, or bytes that are
            not exactly what ``program_bytes`` would write.
    """
    try:
        fields = json.loads(data, parse_float=_no_floats)
        program = program_from_fields(fields)
    except ProgramError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProgramError(f"these bytes are not a program: {error!r}") from error
    if program_bytes(program) != data:
        raise ProgramError("a program in another than its canonical form is refused")
    return program


def _no_floats(text: str) -> float:
    raise ValueError(f"{text} is a bare number with a fraction; amounts are decimal text")


def program_from_fields(fields: Mapping[str, object]) -> Program:
    """Read a program from the JSON values of a document.

    Raises:
        ProgramError: an unknown form or an impossible program; other malformed content raises
            KeyError, TypeError or ValueError, which ``program_from_bytes`` turns into ProgramError.
    """
    if fields["form"] != FORM:
        raise ProgramError(
            f"program form {fields['form']!r} is not known here; this software reads form {FORM}"
        )
    once, bolus = fields.get("once"), fields.get("patient_bolus")
    return Program(
        drug=drug_named(_text(fields, "drug")),
        concentration=Concentration(ug_per_mL=as_decimal(_text(fields, "ug_per_mL"))),
        base=_read_base(_map(fields, "base")),
        once=None if once is None else _read_once(_map(fields, "once")),
        patient_bolus=None if bolus is None else _read_patient_bolus(_map(fields, "patient_bolus")),
    )


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, got {value!r}")
    return value


def _map(fields: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = fields[name]
    if not isinstance(value, dict):
        raise TypeError(f"{name} must be an object, got {value!r}")
    return value


def _whole(fields: Mapping[str, object], name: str) -> int:
    value = fields[name]
    if type(value) is not int:
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    return value


def _span(fields: Mapping[str, object], name: str) -> timedelta:
    return timedelta(seconds=_whole(fields, name))


def _dose(fields: Mapping[str, object], name: str = "ug_per_day") -> DoseRate:
    return DoseRate(ug_per_day=as_decimal(_text(fields, name)))


def _read_base(fields: Mapping[str, object]) -> Base:
    match fields["mode"]:
        case "stopped":
            return Stopped()
        case "minimum rate":
            return MinimumRate()
        case "fallback":
            return Fallback(dose=_dose(fields))
        case "simple continuous":
            return SimpleContinuous(dose=_dose(fields))
        case "flex":
            days = fields["days"]
            if not isinstance(days, list):
                raise TypeError(f"days must be a list, got {days!r}")
            return Flex(tuple(DaySchedule(tuple(_read_step(step) for step in day)) for day in days))
        case "periodic bolus":
            return PeriodicBolus(
                background=_dose(fields, "background_ug_per_day"),
                bolus=Mass(ug=as_decimal(_text(fields, "ug"))),
                duration=_span(fields, "seconds"),
                interval=_span(fields, "interval_seconds"),
                first=time.fromisoformat(_text(fields, "first")),
            )
        case unknown:
            raise ProgramError(f"base mode {unknown!r} is not known here")


def _read_step(step: object) -> DoseStep:
    if not isinstance(step, list) or [type(part) for part in step] != [str, str]:
        raise TypeError(f"a step is [time of day, mcg/day] as text, got {step!r}")
    start, rate = step
    return DoseStep(start=time.fromisoformat(start), rate=DoseRate(ug_per_day=as_decimal(rate)))


def _read_once(fields: Mapping[str, object]) -> Once:
    match fields["mode"]:
        case "single bolus":
            return SingleBolus(
                dose=Mass(ug=as_decimal(_text(fields, "ug"))), duration=_span(fields, "seconds")
            )
        case "priming":
            return Priming(
                volume=Volume(mL=as_decimal(_text(fields, "mL"))), duration=_span(fields, "seconds")
            )
        case "bridge":
            return Bridge(
                dose=_dose(fields),
                old_concentration=Concentration(ug_per_mL=as_decimal(_text(fields, "old_ug_per_mL"))),
                dead_volume=Volume(mL=as_decimal(_text(fields, "dead_mL"))),
            )
        case unknown:
            raise ProgramError(f"mode {unknown!r} is not known to run once")


def _read_patient_bolus(fields: Mapping[str, object]) -> PatientBolus:
    return PatientBolus(
        dose=Mass(ug=as_decimal(_text(fields, "ug"))),
        duration=_span(fields, "seconds"),
        most_per_day=_whole(fields, "most_per_day"),
        lockout=_span(fields, "lockout_seconds"),
    )
