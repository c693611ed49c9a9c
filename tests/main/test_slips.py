"""What a command says to a slip, a broken file, a wrong clock or a full disk: one sentence, and a status."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from thecal.main import whole_files
from thecal.main.address import open_address
from thecal.main.environment import SettingError, read_folder, read_hosts, read_secret, read_text, read_yes_no

THECAL = (sys.executable, "-m", "thecal")
AT_A_TIME = (
    "import sys, datetime, django.utils.timezone as zone\n"
    "zone.now = lambda: datetime.datetime({year}, 3, 1, tzinfo=datetime.UTC)\n"
    "sys.argv = ['thecal', 'serve', '--port', '0']\n"
    "from thecal.main.cli import main; main()\n"
)


def run(
    folder: Path | str, *arguments: str, command: tuple[str, ...] = THECAL, **more: str
) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("THECAL_")}
    return subprocess.run(
        [*command, *arguments],
        env={**ours, "THECAL_DATA_DIR": str(folder), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def sentence_of(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a command ended with."""
    assert ended.returncode in {1, 2}
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stdout == ""
    return ended.stderr


# --- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1970, 2000, 2199, 2300])
def test_a_clock_that_cannot_be_right_is_named(tmp_path: Path, year: int) -> None:
    ended = run(tmp_path, command=(sys.executable, "-c", AT_A_TIME.format(year=year)))

    assert f"shows {year}-03-01" in sentence_of(ended)
    assert not list(tmp_path.iterdir())


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["a..b", "", " ", "x" * 300, "0.0.0.0", "::", "0", "no such host", "http://a"],  # noqa: S104
)
def test_a_host_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, host: str) -> None:
    assert "host" in sentence_of(run(tmp_path, "serve", "--port", "0", "--host", host))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("[::1]", "[::1]")]
)
def test_a_taken_port_names_an_address_and_a_port_that_can_be(tmp_path: Path, host: str, shown: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host.strip("[]"), 0), family=family) as taken:
        port = taken.getsockname()[1]
        said = sentence_of(run(tmp_path, "serve", "--host", host, "--port", str(port)))

    assert f"http://{shown}:{port}/" in said
    assert "--port 0" in said
    assert str(port + 1) not in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"])
def test_every_address_that_is_printed_answers(tmp_path: Path, host: str) -> None:
    more = {"THECAL_ALLOWED_HOSTS": " localhost, 127.0.0.2,127.0.0.1 ,[::1]"}
    environment = {**os.environ, "THECAL_DATA_DIR": str(tmp_path), **more}
    process = subprocess.Popen(
        [*THECAL, "serve", "--port", "0", "--host", host], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        address = process.stdout.readline().split()[1]
        with urllib.request.urlopen(f"{address}healthz", timeout=30) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize(
    ("host", "listens_on", "allowed", "expected"),
    [
        ("0.0.0.0", "0.0.0.0", ["127.0.0.1"], "http://127.0.0.1:8000/"),  # noqa: S104 - nothing is bound
        ("::", "::", ["[::1]"], "http://[::1]:8000/"),
        ("localhost", "127.0.0.1", ["localhost"], "http://localhost:8000/"),
        ("127.0.0.1", "127.0.0.1", ["thecal.example"], ""),
        ("127.0.0.2", "127.0.0.2", ["127.0.0.1"], ""),
    ],
)
def test_only_an_address_that_answers_is_named(
    settings: object, host: str, listens_on: str, allowed: list[str], expected: str
) -> None:
    settings.ALLOWED_HOSTS = allowed  # type: ignore[attr-defined]

    assert open_address(host, listens_on, 8000) == expected


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b" \n"])
def test_a_secret_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)

    assert f"the secret {tmp_path / 'secret'}" in sentence_of(run(tmp_path, "serve", "--port", "0"))
    assert (tmp_path / "secret").read_bytes() == content


@pytest.mark.parametrize("name", ["secret", "thecal.sqlite3", "thecal.log", "signing-key.pub.pem"])
def test_a_directory_where_a_file_belongs_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    assert name in sentence_of(run(tmp_path, "serve", "--port", "0"))


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "thecal.sqlite3")
    raw.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app, name, applied)")
    raw.execute("INSERT INTO django_migrations VALUES (1, 'ledger', '0999_later', '2030-01-01')")
    raw.commit()
    raw.close()

    for command in (("serve", "--port", "0"), ("verify-ledger",)):
        assert "newer version" in sentence_of(run(tmp_path, *command))


def test_a_folder_that_leads_to_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")

    for command in (("serve", "--port", "0"), ("verify-ledger",)):
        assert "THECAL_DATA_DIR" in sentence_of(run(tmp_path / "round", *command))


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THECAL_DATA_DIR", ""),
        ("THECAL_DATA_DIR", "  "),
        ("THECAL_DATA_DIR", " var"),
        ("THECAL_SECRET_KEY", ""),
        ("THECAL_TIME_ZONE", "Asia/Atlantis"),
        ("THECAL_TIME_ZONE", "../etc/passwd"),
        ("THECAL_TIME_ZONE", " "),
        ("THECAL_ALLOWED_HOSTS", " a, ,b"),
        ("THECAL_ALLOWED_HOSTS", "localhost:8000"),
        ("THECAL_ALLOWED_HOSTS", "http://localhost"),
        ("THECAL_ALLOWED_HOSTS", "localhost,"),
        ("THECAL_DEBUG", "maybe"),
        ("THECAL_DEMONSTRATION_PIN", "   "),
        ("THECAL_DEMONSTRATION_PIN", "1"),
        ("THECAL_DEMONSTRATION_PIN", "\udcff\udcff\udcff\udcff"),
        ("THECAL_LOG", "nowhere"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    ended = run(tmp_path, "serve", "--port", "0", **{"THECAL_DATA_DIR": str(tmp_path / "var"), name: value})

    assert name in sentence_of(ended)


def test_spaces_around_a_host_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_HOSTS", " a.example ,[::1],\tb")

    assert read_hosts("SOME_HOSTS", "x") == ["a.example", "[::1]", "b"]


def test_what_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    monkeypatch.chdir(tmp_path)

    assert read_text("NOT_SET", "x") == "x"
    assert read_folder("NOT_SET", "var") == tmp_path / "var"
    assert read_yes_no("NOT_SET", default=True)
    assert read_hosts("NOT_SET", "a,b") == ["a", "b"]
    assert read_secret("NOT_SET", tmp_path / "secret").text == ""


@pytest.mark.parametrize("read", [read_text, read_folder, read_hosts])
def test_a_variable_that_is_set_to_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, read: object) -> None:
    monkeypatch.setenv("EMPTY", " ")

    with pytest.raises(SettingError, match="EMPTY"):
        read("EMPTY", "x")  # type: ignore[operator]


# --- a full disk ---------------------------------------------------------------------------------


def test_a_full_disk_leaves_no_half_and_keeps_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first").write_bytes(b"old")
    synced: list[int] = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(whole_files.os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        whole_files.write_whole({tmp_path / "first": b"new", tmp_path / "second": b"new"})

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"first": b"old"}


def test_files_are_written_whole_with_their_mode(tmp_path: Path) -> None:
    (tmp_path / ".a.part").write_bytes(b"a half of long ago")

    whole_files.write_whole({tmp_path / "a": b"A", tmp_path / "b": b"B"}, mode=0o600)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"A", "b": b"B"}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
