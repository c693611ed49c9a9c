"""What the pages share of the site: the doors that are open, where they lead, and where STOP is sent.

A door is a Django application with pages. What it adds to the navigation stands in its configuration, so that
no door knows another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.apps import AppConfig, apps
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the navigation: the key that a page names itself by, its title, and its URL's name."""

    key: str
    title: str
    url: str
    place: int = 50
    """Entries stand in this order."""


class Door(AppConfig):
    """A Django application with pages.

    ``navigation`` is what it adds to every page. ``stop_url`` is the name of the address that a STOP is sent
    to, in the one door that has a pump, and ``stop_whose`` says whose pump that is. ``simulated`` says at the
    top of every page what is connected.
    """

    default = False
    navigation: ClassVar[tuple[Entry, ...]] = ()
    stop_url: ClassVar[str] = ""
    stop_whose: ClassVar[str] = ""
    simulated: ClassVar[str] = ""


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - Django passes it
    """Return the navigation, and where STOP is sent: for every template."""
    doors = tuple(_doors())
    entries = sorted((entry for door in doors for entry in door.navigation), key=lambda entry: entry.place)
    return {
        "navigation": [{"key": one.key, "title": one.title, "address": reverse(one.url)} for one in entries],
        "stop_address": next((reverse(door.stop_url) for door in doors if door.stop_url), ""),
        "stop_whose": next((door.stop_whose for door in doors if door.stop_whose), ""),
        "simulated": next((door.simulated for door in doors if door.simulated), ""),
    }


def _doors() -> Iterator[Door]:
    return (config for config in apps.get_app_configs() if isinstance(config, Door))
