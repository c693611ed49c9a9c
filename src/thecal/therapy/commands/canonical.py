"""The one form of a command: canonical JSON, whose bytes are signed, sent and stored.

``command`` names the act and ``form`` the version of this layout; every other key is a field of the command,
with its unit behind it. Amounts are decimal text, lengths of time are seconds as decimal text, and a field
that is not set is null. A reader refuses a form, a command or a field that it does not know.

>>> from thecal.therapy.status import CommandId
>>> from thecal.therapy.commands.running import Stop
>>> command_bytes(Stop(id=CommandId("stop-1")))
b'{"command":"stop","form":1,"id":"stop-1","pump":null,"review_after_s":"86400"}'
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from thecal.journal import canonical
from thecal.quantities import (
    Concentration,
    DoseRate,
    Mass,
    PumpClock,
    Volume,
    as_decimal,
    microseconds,
    plain,
)
from thecal.therapy.canonical import program_fields, program_from_fields
from thecal.therapy.commands.checks import CommandError, WrittenAgainst
from thecal.therapy.commands.settings import AlarmSettings
from thecal.therapy.commands.union import COMMANDS, command_name
from thecal.therapy.errors import TherapyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from thecal.therapy.commands.union import Command

FORM = 1
Fields = dict[str, object]


def command_bytes(command: Command) -> bytes:
    """Return a command's canonical form."""
    return canonical(command_fields(command))


def command_fields(command: Command) -> Fields:
    """Return a command as JSON values, for a document."""
    return {"form": FORM, "command": command_name(command), **_written(command)}


def command_from_bytes(data: bytes) -> Command:
    """Read a canonical form back; anything not in the one form is refused.

    Raises:
        TherapyError: not JSON, an unknown form or command, a missing, unknown or impossible field, or bytes
            that are not exactly what ``command_bytes`` would write.
    """
    try:
        command = command_from_fields(json.loads(data))
    except TherapyError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise TherapyError(f"these bytes are not a command: {error!r}") from error
    if command_bytes(command) != data:
        raise TherapyError("a command in another than its canonical form is refused")
    return command


def command_from_fields(document: Mapping[str, object]) -> Command:
    """Read a command from the JSON values of a document.

    Raises:
        TherapyError: an unknown form or command, or an impossible one; other malformed content raises
            KeyError, TypeError or ValueError, which ``command_from_bytes`` turns into TherapyError.
    """
    if type(document["form"]) is not int or document["form"] != FORM:
        raise CommandError("command form", repr(document["form"]), f"form {FORM}, which this software reads")
    name = _text(document["command"])
    if name not in COMMANDS:
        raise CommandError("command", repr(name), f"one of {', '.join(COMMANDS)}")
    kind = COMMANDS[name]
    parts = {key: value for key, value in document.items() if key not in {"form", "command"}}
    command: Command = kind(**_read(kind, parts))
    return command


def _written(value: Any) -> Fields:  # noqa: ANN401 - any dataclass of this folder
    return {
        _CODECS[one.name].key(one.name): _optional(_CODECS[one.name].write, getattr(value, one.name))
        for one in fields(value)
    }


def _read(kind: Any, document: Mapping[str, object]) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    names = {_CODECS[one.name].key(one.name): one.name for one in fields(kind)}
    if unknown := sorted(set(document) - set(names)):
        raise TypeError(f"unknown fields: {', '.join(unknown)}")
    return {name: _optional(_CODECS[name].read, document[key]) for key, name in names.items()}


def _optional(convert: Callable[[Any], Any], value: object) -> object:
    return None if value is None else convert(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, got {value!r}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, got {value!r}")
    return value


def _map(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"must be an object, got {value!r}")
    return value


def _seconds(span: timedelta) -> str:
    return plain(Decimal(microseconds(span)).scaleb(-6))


def _span(value: object) -> timedelta:
    us = as_decimal(_text(value)).scaleb(6)
    if us != us.to_integral_value():
        raise ValueError(f"{value!r} s is finer than a microsecond")
    return timedelta(microseconds=int(us))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Codec:
    """How the fields of one kind are written and read, and the unit at the end of their names."""

    write: Callable[[Any], object]
    read: Callable[[Any], object]
    unit: str = ""

    def key(self, name: str) -> str:
        return f"{name}_{self.unit}" if self.unit else name


def _read_against(value: object) -> WrittenAgainst:
    return WrittenAgainst(**_read(WrittenAgainst, _map(value)))


def _read_settings(value: object) -> AlarmSettings:
    return AlarmSettings(**_read(AlarmSettings, _map(value)))


_TEXT = _Codec(write=str, read=_text)
_SECONDS = _Codec(write=_seconds, read=_span, unit="s")
_VOLUME = _Codec(
    write=lambda one: plain(one.mL), read=lambda text: Volume(mL=as_decimal(_text(text))), unit="mL"
)
_CONCENTRATION = _Codec(
    write=lambda one: plain(one.ug_per_mL),
    read=lambda text: Concentration(ug_per_mL=as_decimal(_text(text))),
    unit="ug_per_mL",
)
_CODECS = {
    "id": _TEXT,
    "target": _TEXT,
    "pump": _TEXT,
    "reason": _TEXT,
    "revision": _Codec(write=int, read=lambda value: value),
    "digest": _TEXT,
    "against": _Codec(write=_written, read=_read_against),
    "program": _Codec(write=program_fields, read=lambda value: program_from_fields(_map(value))),
    "dose": _Codec(
        write=lambda one: plain(one.ug), read=lambda text: Mass(ug=as_decimal(_text(text))), unit="ug"
    ),
    "daily_dose": _Codec(
        write=lambda one: plain(one.ug_per_day),
        read=lambda text: DoseRate(ug_per_day=as_decimal(_text(text))),
        unit="ug_per_day",
    ),
    "duration": _SECONDS,
    "review_after": _SECONDS,
    "critical": _SECONDS,
    "non_critical": _SECONDS,
    "volume": _VOLUME,
    "dead_volume": _VOLUME,
    "fill": _VOLUME,
    "left_behind": _VOLUME,
    "drained": _VOLUME,
    "low": _VOLUME,
    "concentration": _CONCENTRATION,
    "old_concentration": _CONCENTRATION,
    "contents": _CONCENTRATION,
    "clock": _Codec(
        write=lambda one: _seconds(one.offset), read=lambda text: PumpClock(_span(text)), unit="offset_s"
    ),
    "settings": _Codec(write=_written, read=_read_settings),
    "allowed": _Codec(write=bool, read=_flag),
}
"""Every field by its name: a name means the same in every command."""
