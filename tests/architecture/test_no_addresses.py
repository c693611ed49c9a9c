"""The project speaks of itself alone: no path of a machine it was written on, no host it was fetched from."""

from __future__ import annotations

import re

import pytest

from architecture.repository import PYPROJECT, ROOT, files, name_of

# Taken apart, so that this file does not find itself.
FOLDERS = ("ho" + "me", "r" + "oot", "wo" + "rk", "op" + "t", "Us" + "ers", "m" + "nt")
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.",
    "prox" + "y.golang",
    "jsde" + "livr",
    "unp" + "kg.com",
)
ADDRESS = re.compile(
    rf"(?<![\w.<}})])/(?:{'|'.join(FOLDERS)})/[\w.]"
    rf"|/tm{'p'}/[\w.]"
    rf"|file:/{'/'}"
    rf"|\.\./{'sh' + 'ared'}"
    rf"|{'|'.join(re.escape(host) for host in HOSTS)}"
)


def addresses(text: str) -> list[str]:
    """Return the machine paths and registry hosts that ``text`` names."""
    return [found[0] for found in ADDRESS.finditer(text)]


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    findings = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        findings += [f"{name_of(path)}: {found}" for found in addresses(text)]

    assert not findings, "; ".join(findings)


@pytest.mark.parametrize(
    "text",
    [
        "see /r" + "oot/notes",
        "'/wo" + "rk/thecal'",
        "/tm" + "p/run.log",
        "https://py" + "pi.org/simple",
        "https://files.python" + "hosted.org/x",
        "file:/" + "/wheels",
        "../sh" + "ared/facts",
    ],
)
def test_an_address_is_found(text: str) -> None:
    assert addresses(text)


@pytest.mark.parametrize(
    "text", ["/usr/bin/chromium", "http://127.0.0.1:8000/", "{{ base }}/work/list", "</root>"]
)
def test_what_is_no_address_passes(text: str) -> None:
    assert addresses(text) == []


def test_the_lock_pins_every_dependency_by_its_hash_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = {
        found[1]: found[2]
        for found in re.finditer(r"^([a-z0-9-]+)==.*?((?:\n    --hash=.*)*)$", lock, re.MULTILINE)
    }
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = {
        re.split(r"[\[<>=;]", need)[0] for group in (project["dependencies"], *extras) for need in group
    }

    assert wanted - {"thecal"} <= set(pins)
    assert all("sha256:" in hashes for hashes in pins.values())
    assert "://" not in lock
