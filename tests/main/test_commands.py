"""The commands ``serve`` and ``verify-ledger``, as a person at a terminal meets them."""

from __future__ import annotations

import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

from builders.clinic import ACTOR
from builders.served import get, run, serving
from database import data_dir, empty_database
from thecal.clinic.demonstration import services
from thecal.main.commands import app

__all__ = ["data_dir", "empty_database"]


def test_serve_makes_what_it_needs_and_says_that_the_pump_is_simulated(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "var"
    with serving(folder) as (address, lines):
        status, text, _ = get(f"{address}/healthz")
        _, page, headers = get(f"{address}/")

    greeting = "".join(lines)
    assert (status, text) == (200, "ok")
    assert "SIMULATED PUMP" in greeting
    assert "2468" in greeting
    assert "SIMULATED PUMP" in page
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers
    for path in (folder, *folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, f"{path} can be read by others"


def output_of_a_served_page(folder: Path, **more: str) -> str:
    with serving(folder, **more) as (address, lines):
        get(f"{address}/healthz")
    return "".join(lines)


def test_serve_writes_four_lines_for_people_and_its_log_into_a_file(tmp_path: Path) -> None:
    written = output_of_a_served_page(tmp_path)

    assert len(written.splitlines()) == 4, written
    assert "Started server process" in (tmp_path / "thecal.log").read_text(encoding="utf-8")


def test_serve_writes_its_log_to_standard_error_when_asked(tmp_path: Path) -> None:
    written = output_of_a_served_page(tmp_path, THECAL_LOG="stderr")

    assert "Started server process" in written
    assert not (tmp_path / "thecal.log").exists()


def test_a_second_start_finds_what_the_first_made(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    kept = {
        name: (tmp_path / name).read_bytes() for name in ("secret", "signing-key.pem", "signing-key.pub.pem")
    }

    with serving(tmp_path, THECAL_DEMONSTRATION_PIN="9753") as (_, lines):
        greeting = "".join(lines)

    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept
    assert "another PIN" in greeting
    assert "9753" not in greeting
    verified = run(tmp_path, "verify-ledger")
    assert verified.returncode == 0
    assert verified.stdout.startswith("3 entries, none altered")


def test_a_port_that_is_taken_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(tmp_path / "var", "serve", "--port", str(port))

    assert refused.returncode == 1
    assert f"port {port} is taken" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "many"], ["--speed", "9"]])
def test_bad_arguments_end_with_status_2(tmp_path: Path, arguments: list[str]) -> None:
    assert run(tmp_path, "serve", *arguments).returncode == 2


def test_a_data_directory_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    refused = run(tmp_path / "file" / "var", "serve", "--port", "0")

    assert refused.returncode == 1
    assert "THECAL_DATA_DIR" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "thecal.sqlite3").write_text("this is no database" * 99, encoding="utf-8")

    refused = run(tmp_path, "serve", "--port", "0")

    assert refused.returncode == 1
    assert "thecal.sqlite3" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_pin_out_of_range_is_refused_by_its_name(tmp_path: Path) -> None:
    refused = run(tmp_path, "serve", "--port", "0", THECAL_DEMONSTRATION_PIN="1")

    assert refused.returncode == 1
    assert "THECAL_DEMONSTRATION_PIN" in refused.stderr


def test_a_key_without_its_public_half_is_named(tmp_path: Path) -> None:
    (tmp_path / "signing-key.pem").write_text("half a key", encoding="ascii")

    refused = run(tmp_path, "serve", "--port", "0")

    assert refused.returncode == 1
    assert "signing-key.pub.pem" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_the_extras_the_command_says_what_to_install() -> None:
    for module, extra, arguments in (("typer", "lab", ["serve"]), ("django", "clinic", ["serve"])):
        program = (
            f"import sys; sys.modules[{module!r}] = None; sys.argv = ['thecal', *{arguments!r}]; "
            "from thecal.main.cli import main; main()"
        )
        refused = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

        assert refused.returncode == 2
        assert f"pip install 'thecal[{extra}]'" in refused.stderr
        assert "Traceback" not in refused.stderr


# --- verify-ledger -----------------------------------------------------------------------------------


@pytest.fixture
def ledger(data_dir: Path) -> Path:
    services.open_bench(pin="2468", actor=ACTOR, now=timezone.now())
    return data_dir


def tamper(folder: Path, *statements: str) -> None:
    connection.close()
    raw = sqlite3.connect(folder / "thecal.sqlite3", isolation_level=None)
    for name in ("refuses_update", "refuses_delete", "grows_at_its_end"):
        raw.execute(f"DROP TRIGGER ledger_{name}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


def test_a_whole_ledger_is_counted_and_its_newest_seal_shown(ledger: Path) -> None:
    seal = (ledger / "ledger.seal").read_text(encoding="ascii").split()[1]

    result = CliRunner().invoke(app, ["verify-ledger"])

    assert result.exit_code == 0
    assert result.stdout.startswith("3 entries, none altered")
    assert seal in result.stdout


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("UPDATE ledger_entryrecord SET actor = 'nobody' WHERE number = 2", "entry 2"),
        ("DELETE FROM ledger_entryrecord WHERE number = 2", "entry 2"),
        ("DELETE FROM ledger_entryrecord WHERE number = 3", "entry 3: cut off"),
        ("DELETE FROM ledger_entryrecord", "entry 1: cut off"),
        ("DROP TABLE ledger_entryrecord", "cannot read"),
    ],
)
def test_a_ledger_that_was_tampered_with_fails_and_the_entry_is_named(
    ledger: Path, edit: str, named: str
) -> None:
    tamper(ledger, edit)

    result = CliRunner().invoke(app, ["verify-ledger"])

    assert result.exit_code == 1
    assert named in result.stderr


def test_an_order_that_nobody_signed_fails(ledger: Path) -> None:
    tamper(
        ledger,
        "INSERT INTO orders_prescriptionrecord (id, patient, pump, requested, programmed, replaces, "
        "programmed_digest, roundings, findings, reason, prescriber, signed_at, implant_id) VALUES "
        "(1, 'p', 's', x'00', x'00', x'00', 'd', '[]', '[]', 'r', 'p', '2026-03-01', 1)",
        "INSERT INTO orders_orderrecord (command, document, signature, base_revision, base_digest, state, "
        "reason, implant_id, key_id, prescription_id) "
        "SELECT 'slipped-in', x'00', x'00', 0, '', 'signed', '', 1, key_id, 1 FROM orders_keyrecord",
    )

    result = CliRunner().invoke(app, ["verify-ledger"])

    assert result.exit_code == 1
    assert "slipped-in was never signed" in result.stderr


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    missing = run(tmp_path, "verify-ledger")

    assert missing.returncode == 1
    assert "no ledger" in missing.stderr
    assert not list(tmp_path.iterdir())
