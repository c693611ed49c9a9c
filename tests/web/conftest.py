"""The pages' tests ask a real bench on a real database file, through Django's own client."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from builders.clinic import ACTOR, ANSWERED, NOW, PIN, Clinic
from database import data_dir, empty_database
from thecal.clinic.demonstration import services

__all__ = ["data_dir", "empty_database"]


@pytest.fixture
def clinic(data_dir: Path) -> Clinic:
    services.open_bench(pin=PIN, actor=ACTOR, now=NOW)
    return Clinic(data_dir)


@dataclass
class Reader(HTMLParser):
    """What a page says, and the tags it says it with."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    _inside: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser passes it
        self._inside = ""

    def handle_data(self, data: str) -> None:
        (self.scripts if self._inside == "script" else self.said).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def value(self, name: str) -> str | None:
        """What stands in the field of that name."""
        return next(field.get("value") for field in self.all("input") if field.get("name") == name)


@dataclass
class Desk:
    """A clinician's browser without scripts."""

    clinic: Clinic
    client: Client

    def read(self, answer: HttpResponse) -> Reader:
        reader = Reader()
        reader.feed(answer.content.decode())
        return reader

    def open(self, path: str = "/") -> Reader:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return self.read(answer)

    def press(self, path: str, **values: str) -> HttpResponse:
        return self.client.post(path, values)

    def preview(self, **values: str) -> Reader:
        """Return the fragment that htmx would put in the page."""
        answer = self.client.post("/preview", values, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return self.read(answer)

    def proposal(self, dose: str = "165", **values: str) -> dict[str, str]:
        simple = {"mode": "simple", "daily_dose": dose, "reason": "spasms at night"}
        return {**simple, **ANSWERED, "retyped": f"{dose} mcg/day", **values}

    def reviewed(self, proposal: dict[str, str]) -> str:
        """Return the fingerprint of what the review shows."""
        page = self.press("/preview", **proposal).content.decode()
        found = re.search(r'name="reviewed" value="([0-9a-f]+)"', page)
        assert found, "the review shows nothing to sign"
        return found[1]

    def sign(self, dose: str = "165", pin: str = PIN) -> HttpResponse:
        proposal = self.proposal(dose)
        return self.press("/sign", **proposal, reviewed=self.reviewed(proposal), pin=pin)

    def sent(self, dose: str = "165") -> Reader:
        """Propose, sign and send; return the page that follows."""
        assert self.sign(dose).status_code == 302
        order = self.clinic.page.order
        assert order is not None
        assert self.press(f"/orders/{order.command}/send").status_code == 302
        return self.open()


@pytest.fixture
def desk(clinic: Clinic) -> Desk:
    return Desk(clinic, Client())
