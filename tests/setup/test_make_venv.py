"""The first step of `make`: whose certificates it trusts, what it says, and what it installs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = "0.13.9"
PYTHON = """
case "$*" in
  "-m pip --version") echo "pip {pip} from somewhere";;
  "-m pip config get "*) {configured};;
  "-m pip install "*) echo "pip PIP_CERT=${{PIP_CERT:-}}" >> said;;
esac
"""
UV_SCRIPT = """
if [ "$1" = --version ]; then echo "uv $(cat uv-version 2>/dev/null)"; exit; fi
echo "uv $* UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-}" >> said
case "$*" in *--compile-bytecode*)
  echo "Downloading numpy (16.1MiB)" >&2
  echo " + numpy==2.4.6" >&2
  exit ${UV_ENDS:-0};;
esac
"""


class Checkout:
    """A clone whose Python and uv only write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("make-venv.sh", "find-python.sh"):
            (folder / "tools").mkdir(exist_ok=True)
            shutil.copy(ROOT / "tools" / name, folder / "tools" / name)
        (folder / "bundle.pem").touch()
        self.program("uv", UV_SCRIPT)
        self.python()

    def program(self, name: str, script: str) -> None:
        path = self.folder / ".venv" / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def python(self, *, pip: str = "23.0.1", configured: bool = False) -> None:
        self.program("python", PYTHON.format(pip=pip, configured="exit 0" if configured else "exit 1"))

    def make(self, *scope: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "tools" / "make-venv.sh", UV, *scope],
            env={"PATH": "/usr/bin:/bin", "SSL_CERT_FILE": str(self.folder / "bundle.pem"), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_an_older_pip_and_uv_trust_what_the_system_trusts(checkout: Checkout) -> None:
    checkout.make()

    assert f"pip PIP_CERT={checkout.folder / 'bundle.pem'}\n" in checkout.said
    assert all(line.endswith("UV_SYSTEM_CERTS=1") for line in checkout.said.splitlines()[1:])


@pytest.mark.parametrize("pip", ["24.2", "26.2.1"])
def test_a_pip_that_asks_the_system_itself_is_left_alone(checkout: Checkout, pip: str) -> None:
    checkout.python(pip=pip)

    checkout.make()

    assert "pip PIP_CERT=\n" in checkout.said


def test_certificates_that_the_user_chose_are_kept(checkout: Checkout) -> None:
    checkout.make(PIP_CERT="/their/own.pem", UV_SYSTEM_CERTS="0")

    assert "pip PIP_CERT=/their/own.pem\n" in checkout.said
    assert "UV_SYSTEM_CERTS=0\n" in checkout.said


def test_certificates_of_the_users_pip_settings_are_kept(checkout: Checkout) -> None:
    checkout.python(configured=True)

    checkout.make()

    assert "pip PIP_CERT=\n" in checkout.said


def test_set_up_says_how_much_is_downloaded_and_what_is_on_its_way(checkout: Checkout) -> None:
    ended = checkout.make()

    assert "MB to download" in ended.stdout
    assert "Downloading numpy" in ended.stdout
    assert "+ numpy" not in ended.stdout


def test_a_uv_that_is_here_is_not_downloaded_again(checkout: Checkout) -> None:
    (checkout.folder / "uv-version").write_text(f"{UV} (x86_64)", encoding="utf-8")

    checkout.make()

    assert "pip PIP_CERT" not in checkout.said


def test_a_failed_installation_ends_the_set_up(checkout: Checkout) -> None:
    ended = checkout.make(UV_ENDS="2")

    assert ended.returncode == 2
    assert "Ready" not in ended.stdout


def test_the_server_needs_no_tool_of_the_checks_and_only_locked_versions(checkout: Checkout) -> None:
    assert checkout.make("run").returncode == 0

    installs = [line for line in checkout.said.splitlines() if line.startswith("uv pip install")]
    assert len(installs) == 2
    assert all("--constraint requirements.lock" in line for line in installs)
    assert "--editable .[clinic]" in installs[-1]
    assert "sync" not in checkout.said
