"""``thecal serve``: make what the first run needs, then serve until stopped."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import typer
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from thecal.main.start import start_django

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANNOT_START = 1


def serve(*, host: str, port: int) -> None:
    """Serve the bench.

    Args:
        host: address to listen on.
        port: port to listen on; 0 takes any that is free.

    Raises:
        Exit: with status 1 where the address is taken or the data directory cannot be used.
    """
    os.umask(0o077)
    start_django()
    with _listening(host, port) as sock:
        _make_data_dir(settings.DATA_DIR)
        _make_secret(settings.SECRET_FILE)
        pin_opens = _open_bench()
        _greet(sock, pin_opens=pin_opens)
        config = uvicorn.Config(
            "thecal.main.asgi:application",
            access_log=False,  # its lines hold what was typed into forms
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=5,
            ws="none",
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[sock])


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the address before anything is made, so that a second start changes nothing."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.create_server(address[:2], family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _fail(
                f"port {port} is taken: perhaps Thecal runs already? Open http://{host}:{port}/, "
                f"or choose another port, for example --port {port + 1}"
            )
        _fail(f"cannot listen on {host} port {port}: {error.strerror}")
    with sock:
        yield sock


def _make_data_dir(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _fail(f"the data directory {folder} cannot be made: {error.strerror}; THECAL_DATA_DIR names another")
    if not os.access(folder, os.W_OK | os.X_OK):
        _fail(f"the data directory {folder} cannot be written to; THECAL_DATA_DIR names another")


def _make_secret(path: Path) -> None:
    """Keep the secret that this process made, so that forms opened before a restart stay valid."""
    if not settings.SECRET_IS_NEW:
        return
    with (
        contextlib.suppress(FileExistsError),
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file,
    ):
        file.write(settings.SECRET_KEY)


def _open_bench() -> bool:
    """Bring the database up to date, begin the demonstration, and say whether the configured PIN signs."""
    access = import_module("thecal.clinic.orders.access")
    errors = import_module("thecal.clinic.orders.errors")
    keys = import_module("thecal.clinic.orders.keys")
    services = import_module("thecal.clinic.orders.services")
    try:
        call_command("migrate", verbosity=0, interactive=False)
        actor = access.demonstration_clinician()
        services.open_bench(pin=settings.DEMONSTRATION_PIN, actor=actor, now=timezone.now())
    except DatabaseError as error:
        _fail(f"the database {settings.DATABASES['default']['NAME']} cannot be used: {error}")
    except ValueError as error:
        _fail(f"THECAL_DEMONSTRATION_PIN: {error}")
    except (errors.KeyUnavailableError, OSError) as error:
        _fail(f"the signing key cannot be used: {error}")
    try:
        keys.open_private_key(settings.DEMONSTRATION_PIN)
    except keys.WrongPinError:
        return False
    except errors.KeyUnavailableError as error:
        _fail(f"the signing key cannot be used: {error}")
    return True


def _greet(sock: socket.socket, *, pin_opens: bool) -> None:
    host, port = sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    typer.echo("Thecal: SIMULATED PUMP, demonstration patient. Not a medical device.")
    typer.echo(f"Open http://{shown}:{port}/")
    if pin_opens:
        typer.echo(
            "The demonstration clinician signs with the PIN of THECAL_DEMONSTRATION_PIN (2468 unless set)."
        )
    else:
        typer.echo(
            "The signing key was made under another PIN than THECAL_DEMONSTRATION_PIN; that one signs."
        )
    typer.echo(f"Data: {settings.DATA_DIR}. Stop with Ctrl+C.")


def _fail(message: str) -> NoReturn:
    typer.echo(f"thecal: {message}", err=True)
    raise typer.Exit(CANNOT_START)
