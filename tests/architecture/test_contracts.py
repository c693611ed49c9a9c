"""The import contracts say what docs/house.md says, and each fails when it is broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from architecture.repository import PURE, PYPROJECT, ROOT, SOURCE, ours, standing_rooms

CONTRACTS = {contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
LINTER = Path(sys.executable).parent / "lint-imports"


@dataclass(frozen=True)
class House:
    """A copy of the source in which a test may break things."""

    root: Path

    def add(self, module: str, *lines: str) -> None:
        """Write a new module ``thecal.<module>`` with these lines."""
        path = self._path(module)
        assert not path.exists()
        path.parent.mkdir(exist_ok=True)
        path.write_text('"""Made by a test."""\n' + "\n".join(lines) + "\n", encoding="utf-8")

    def change(self, module: str, *lines: str) -> None:
        """Write these lines at the end of the module ``thecal.<module>``, or into a new one."""
        path = self._path(module)
        if not path.exists():
            self.add(module, *lines)
            return
        path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")

    def _path(self, module: str) -> Path:
        return self.root / "src" / "thecal" / Path(*module.split(".")).with_suffix(".py")

    def lint(self, *contracts: str) -> subprocess.CompletedProcess[str]:
        """Run the linter on the copy, for some contracts or for all."""
        command = [str(LINTER), "--no-cache", *(f"--contract={contract}" for contract in contracts)]
        where = {"PYTHONPATH": str(self.root / "src"), "COLUMNS": "200", "PATH": "/usr/bin:/bin"}
        return subprocess.run(command, cwd=self.root, env=where, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path in ours(".py", under="src/thecal"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return House(tmp_path)


def test_the_house_as_it_stands_keeps_every_contract(house: House) -> None:
    result = house.lint()

    assert result.returncode == 0, result.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


# --- the table ---------------------------------------------------------------------------------------


def house_table(page: str) -> dict[tuple[str, str], bool]:
    """Return who may import whom, read from the table under the heading "Allowed imports"."""
    section = page.partition("## Allowed imports")[2].partition("\n## ")[0]
    rows = [
        [cell.strip(" *") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line[:1] == "|"
    ]
    columns = rows[0][1:]
    return {
        (row[0], column): cell == "\N{BLACK CIRCLE}"
        for row in rows[2:]
        for column, cell in zip(columns, row[1:], strict=True)
        if row[0] != column
    }


def pairs(*, allowed: bool) -> list[tuple[str, str]]:
    """Return the pairs of standing rooms whose import the table allows, or does not."""
    rooms = standing_rooms()
    table = house_table((ROOT / "docs" / "house.md").read_text(encoding="utf-8"))
    table |= {(room, "main"): False for room in rooms if room != "main"}
    missing = {pair for pair in product(rooms, rooms) if pair[0] != pair[1]} - set(table)
    assert not missing, f"docs/house.md does not say whether {sorted(missing)}"
    return [pair for pair, may in table.items() if may is allowed and set(pair) <= set(rooms)]


def probe(room: str) -> str:
    """Return the name of a new module in a room: one level down where the room declares every child."""
    return {"clinic": "clinic.ledger.probe", "web": "web.ui.probe"}.get(room, f"{room}.probe")


def test_whatever_the_table_allows_the_contracts_allow(house: House) -> None:
    for room in standing_rooms():
        house.add(
            probe(room), *(f"import thecal.{other}" for one, other in pairs(allowed=True) if one == room)
        )

    result = house.lint()

    assert result.returncode == 0, result.stdout


def test_whatever_the_table_does_not_allow_some_contract_refuses(house: House) -> None:
    for room in standing_rooms():
        house.add(
            probe(room), *(f"import thecal.{other}" for one, other in pairs(allowed=False) if one == room)
        )

    reported = house.lint().stdout

    unnoticed = [
        f"{room} -> {other}"
        for room, other in pairs(allowed=False)
        if f"thecal.{probe(room)} -> thecal.{other}" not in reported
    ]
    assert not unnoticed


# --- each contract, broken ---------------------------------------------------------------------------

BREAKS = {
    "river": {"quantities.probe": "import thecal.journal"},
    "siblings": {
        "therapy.probe": "import thecal.therapy.other",
        "therapy.other": "import thecal.therapy.probe",
    },
    "body": {"body.canal.probe": "import thecal.body.simulation"},
    "pure": {"quantities.probe": "import sqlite3"},
    "radio-edge": {"programmer.probe": "import socket"},
    "bench": {"clinic.orders.probe": "import thecal.lab.bench"},
    "air-gap": {"clinic.probe": "import thecal.pump"},
    "implant": {"pump.probe": "import thecal.body"},
    "control": {"pump.scheduler": "import thecal.pump.detectors"},
    "faults": {"pump.detectors": "import thecal.pump.scheduler"},
    "watchdog": {"pump.watchdog": "import thecal.pump.memory"},
    "rules": {"dosing.limits.probe": "import thecal.dosing.doses"},
    "pump-obeys": {"pump.probe": "import thecal.dosing"},
    "screens": {"web.probe": "import thecal.journal"},
    "forecast": {"lab.forecast.probe": "import thecal.lab.bench"},
    "what-ifs": {"lab.whatif.probe": "import thecal.lab.bench"},
    "doors": {"web.ui.probe": "import thecal.web.desk"},
    "clinic": {"clinic.ledger.probe": "import thecal.clinic.orders"},
}
# A contract joins when the rooms it speaks of stand; the others always stand.
WAITS_FOR = {
    "body": ("body/canal",),
    "radio-edge": ("programmer",),
    "air-gap": ("telemetry", "programmer", "pump", "clinic", "web"),
    "implant": ("body", "programmer", "pump"),
    "control": ("pump",),
    "faults": ("pump",),
    "watchdog": ("pump",),
    "rules": ("dosing/doses",),
    "pump-obeys": ("dosing", "pump"),
    "screens": ("body", "lab", "web"),
    "forecast": ("lab/forecast",),
    "what-ifs": ("lab/whatif",),
    "doors": ("web/ui", "web/desk"),
    "clinic": ("clinic/ledger", "clinic/orders"),
}


def stands(package: str) -> bool:
    """Say whether a package of ``thecal`` is built."""
    return (SOURCE / package / "__init__.py").is_file()


def test_every_contract_whose_rooms_stand_has_joined() -> None:
    due = {contract for contract in BREAKS if all(stands(package) for package in WAITS_FOR.get(contract, ()))}

    assert set(CONTRACTS) == due


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_fails_when_broken(house: House, contract: str) -> None:
    for module, line in BREAKS[contract].items():
        house.change(module, line)

    result = house.lint(contract)

    assert result.returncode == 1
    assert re.search(re.escape(CONTRACTS[contract]["name"]) + r"\s+BROKEN", result.stdout), result.stdout


@pytest.mark.requirement("ITB-089")
@pytest.mark.parametrize("contract", ["control", "faults"])
def test_control_and_the_handling_of_faults_are_kept_apart_at_every_module(
    house: House, contract: str
) -> None:
    sources, forbidden = CONTRACTS[contract]["source_modules"], CONTRACTS[contract]["forbidden_modules"]
    for source in sources:
        house.change(source.removeprefix("thecal."), *(f"import {module}" for module in forbidden))

    reported = house.lint(contract).stdout

    assert [pair for pair in product(sources, forbidden) if "{} -> {}".format(*pair) not in reported] == []


@pytest.mark.requirement("ITB-089")
def test_the_handling_of_faults_and_the_control_of_the_drive_stay_separate() -> None:
    faults = set(CONTRACTS["faults"]["source_modules"])

    assert {"thecal.pump.detectors", "thecal.pump.self_tests", "thecal.pump.effects"} <= faults
    assert faults == set(CONTRACTS["control"]["forbidden_modules"])
    assert set(CONTRACTS["faults"]["forbidden_modules"]) <= set(CONTRACTS["control"]["source_modules"])
    assert "thecal.pump.scheduler" in CONTRACTS["faults"]["forbidden_modules"]


@pytest.mark.requirement("ITB-087")
def test_the_watchdog_needs_nothing_of_what_it_watches(house: House) -> None:
    for module in CONTRACTS["watchdog"]["forbidden_modules"]:
        house.change("pump.watchdog", f"import {module}")

    reported = house.lint("watchdog").stdout

    unnoticed = [module for module in CONTRACTS["watchdog"]["forbidden_modules"] if module not in reported]
    assert unnoticed == []


def test_a_thirteenth_room_breaks_the_river(house: House) -> None:
    house.add("attic.__init__", "")

    assert "thecal.attic" in house.lint("river").stdout


@pytest.mark.parametrize("contract", [name for name in ("pure", "radio-edge") if name in CONTRACTS])
def test_each_forbidden_library_is_refused_to_each_room(house: House, contract: str) -> None:
    rooms = [source.removeprefix("thecal.") for source in CONTRACTS[contract]["source_modules"]]
    libraries = CONTRACTS[contract]["forbidden_modules"]
    for room in rooms:
        house.add(f"{room}.probe", *(f"import {library}" for library in libraries))

    reported = house.lint(contract).stdout

    unnoticed = [
        pair for pair in product(rooms, libraries) if "thecal.{}.probe -> {}".format(*pair) not in reported
    ]
    assert not unnoticed


def test_every_pure_room_that_stands_is_in_the_pure_contract() -> None:
    standing = {f"thecal.{room}" for room in standing_rooms() if room in PURE}

    assert set(CONTRACTS["pure"]["source_modules"]) == standing
