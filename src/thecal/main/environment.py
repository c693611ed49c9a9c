"""The environment, read strictly: a setting that makes no sense is refused by its name.

A variable that is not set has its default. One that is set to nothing, or to spaces, is refused: it is more
often a mistake in a start script than a wish for the default.

SettingError (a ValueError)    a variable's value is not possible; says which, and what may stand there
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TRUE = frozenset({"yes", "true", "1", "on"})
_FALSE = frozenset({"no", "false", "0", "off"})
_NOT_IN_A_HOST = frozenset("/\\?#@ \t")


class SettingError(ValueError):
    """A variable of the environment holds what this software cannot use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """The secret on file: its text, empty where there is none; or why the file cannot be used."""

    text: str = ""
    fault: str = ""


def read_text(name: str, default: str) -> str:
    """Return the value of a variable.

    Raises:
        SettingError: it is set to nothing or to spaces only, or its bytes are not UTF-8.
    """
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.strip():
        raise SettingError(f"{name} is set, but empty; unset it for its default, or give it a value")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise SettingError(f"{name} holds bytes that are not UTF-8 text") from None
    return value


def read_folder(name: str, default: str) -> Path:
    """Return the folder a variable names, as an absolute path.

    Raises:
        SettingError: the value is empty, begins or ends with a space, or is a link that leads to itself.
    """
    value = read_text(name, default)
    if value != value.strip():
        raise SettingError(f"{name}: {value!r} begins or ends with a space; name the folder without it")
    try:
        return Path(value).resolve()
    except (OSError, RuntimeError) as error:
        raise SettingError(f"{name}: {value!r} cannot be followed to a folder: {error}") from None


def read_yes_no(name: str, *, default: bool) -> bool:
    """Return whether a variable says yes.

    Raises:
        SettingError: it says neither yes nor no.
    """
    value = read_text(name, "yes" if default else "no").strip().lower()
    if value not in _TRUE | _FALSE:
        raise SettingError(f"{name}: {value!r} is neither yes nor no")
    return value in _TRUE


def read_choice(name: str, choices: tuple[str, ...]) -> str:
    """Return which of a few words a variable holds; the first where it is not set.

    Raises:
        SettingError: it holds another word.
    """
    value = read_text(name, choices[0]).strip()
    if value not in choices:
        raise SettingError(f"{name}: {value!r} is none of {', '.join(choices)}")
    return value


def read_zone(name: str, default: str) -> str:
    """Return the IANA time zone that a variable names, as ``Asia/Kolkata``.

    Raises:
        SettingError: there is no such zone.
    """
    zone = read_text(name, default).strip()
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(
            f"{name}: {zone!r} is not an IANA time zone; write it as Asia/Kolkata or Europe/Berlin"
        ) from None
    return zone


def read_hosts(name: str, default: str) -> list[str]:
    """Return the host names of a list with commas; spaces around a name do not count.

    Raises:
        SettingError: a name is missing between commas, or is not a host name alone.
    """
    hosts = [host.strip() for host in read_text(name, default).split(",")]
    for place, host in enumerate(hosts, start=1):
        if not host:
            raise SettingError(
                f"{name}: name {place} of {len(hosts)} is empty; write names with one comma between two"
            )
        has_port = ":" in host and not (host.startswith("[") and host.endswith("]"))
        if has_port or _NOT_IN_A_HOST & set(host):
            raise SettingError(
                f"{name}: {host!r} is not a host name alone; leave out http://, port and path, "
                "and write an IPv6 address in brackets, as in [::1]"
            )
    return hosts


def read_secret(name: str, file: Path) -> Secret:
    """Return the secret that a variable holds, else the one on file.

    Raises:
        SettingError: the variable is set, but empty.
    """
    if secret := read_text(name, ""):
        return Secret(text=secret)
    advice = "remove it; the next start makes a new one"
    try:
        text = file.read_text(encoding="ascii")
    except FileNotFoundError:
        return Secret()
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it does not hold a secret"
        return Secret(fault=f"the secret {file} cannot be read: {why}; {advice}")
    if not text.strip():
        return Secret(fault=f"the secret {file} is empty; {advice}")
    return Secret(text=text)
