"""Files of others that we carry are the ones we took, each with its version, licence and checksum."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from architecture.repository import SOURCE

MANIFEST = "VENDOR.toml"
NEEDED = ("path", "package", "version", "licence", "sha256")


def vendor_findings(folder: Path) -> list[str]:
    """Return what is wrong with a folder of vendored files: unlisted, missing, changed or ill described."""
    listed = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("file", [])
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {
        MANIFEST
    }
    findings = [
        f"{name} is not in {MANIFEST}" for name in sorted(present - {entry.get("path") for entry in listed})
    ]
    for entry in listed:
        name = entry.get("path", "?")
        findings += [f"{name} has no {need}" for need in NEEDED if not entry.get(need)]
        if name not in present:
            findings.append(f"{name} is missing")
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != entry.get("sha256"):
            findings.append(f"{name} is not the file that was taken")
    return findings


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    (tmp_path / "plot.js").write_text("1", encoding="utf-8")
    digest = hashlib.sha256(b"1").hexdigest()
    (tmp_path / MANIFEST).write_text(
        f'[[file]]\npath = "plot.js"\npackage = "p"\nversion = "1"\nlicence = "MIT"\nsha256 = "{digest}"\n',
        encoding="utf-8",
    )
    return tmp_path


def test_every_vendored_file_is_the_one_that_was_taken() -> None:
    folders = [path for path in SOURCE.rglob("vendor") if path.is_dir()]

    assert [finding for folder in folders for finding in vendor_findings(folder)] == []


def test_an_untouched_folder_has_no_findings(vendor: Path) -> None:
    assert vendor_findings(vendor) == []


def test_a_changed_file_is_found(vendor: Path) -> None:
    (vendor / "plot.js").write_text("2", encoding="utf-8")

    assert vendor_findings(vendor) == ["plot.js is not the file that was taken"]


def test_an_unlisted_and_a_missing_file_are_found(vendor: Path) -> None:
    (vendor / "plot.js").rename(vendor / "other.js")

    assert vendor_findings(vendor) == ["other.js is not in VENDOR.toml", "plot.js is missing"]


def test_a_file_without_its_licence_is_found(vendor: Path) -> None:
    manifest = vendor / MANIFEST
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("MIT", ""), encoding="utf-8")

    assert vendor_findings(vendor) == ["plot.js has no licence"]
