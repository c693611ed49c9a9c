"""``thecal serve``: make what the first run needs, then serve until stopped."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import typer
import uvicorn
from django.conf import settings

from thecal.main import first_run
from thecal.main.address import listening, open_address
from thecal.main.clock import checked_now
from thecal.main.ending import end, reason
from thecal.main.logs import log_to_file
from thecal.main.start import start_django

if TYPE_CHECKING:
    import socket

LOG = "thecal.log"
ON_STANDARD_ERROR = "stderr"


def serve(*, host: str, port: int) -> None:
    """Serve the pages of the mode that is set.

    Args:
        host: address to listen on.
        port: port to listen on; 0 takes any free port.

    Raises:
        Exit: with status 1 where the address is taken, the clock is wrong, or the data directory cannot be
            used; with status 2 where the address is none.
    """
    os.umask(0o077)
    start_django()
    now = checked_now()
    with listening(host, port, this_machine_only=settings.DEMONSTRATION) as sock:
        first_run.make_data_dir(settings.DATA_DIR)
        first_run.make_secret(settings.SECRET_FILE)
        from thecal.main.asgi import application  # needs the secret; sets the log up, so ours comes after it

        if settings.LOG != ON_STANDARD_ERROR:
            _open_log()
        first_run.open_database()
        pin_opens = first_run.open_bench(now=now) if settings.DEMONSTRATION else False
        _greet(host, sock, pin_opens=pin_opens)
        config = uvicorn.Config(
            application,
            access_log=False,  # its lines hold what was typed into forms
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=5,
            ws="none",
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[sock])


def _open_log() -> None:
    path = settings.DATA_DIR / LOG
    try:
        log_to_file(path)
    except OSError as error:
        end(f"the log {path} cannot be written: {reason(error)}")


def _greet(host: str, sock: socket.socket, *, pin_opens: bool) -> None:
    listens_on, port = sock.getsockname()[:2]
    if settings.DEMONSTRATION:
        typer.echo("Thecal: SIMULATED PUMP, demonstration patient. Not a medical device.")
    else:
        typer.echo("Thecal, clinic mode: not ready for use, nobody can sign in yet. Not a medical device.")
    if where := open_address(host, listens_on, port):
        typer.echo(f"Open {where}")
    else:
        names = ", ".join(settings.ALLOWED_HOSTS)
        typer.echo(f"Listens on {listens_on} port {port}; responds only to THECAL_ALLOWED_HOSTS: {names}")
    if settings.DEMONSTRATION:
        typer.echo(
            "The demonstration clinician signs with the PIN of THECAL_DEMONSTRATION_PIN (2468 by default)."
            if pin_opens
            else "The signing key was made with another PIN than THECAL_DEMONSTRATION_PIN; use that PIN."
        )
    typer.echo(f"Data: {settings.DATA_DIR}. Stop with Ctrl+C.")
