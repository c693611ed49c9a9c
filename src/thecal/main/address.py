"""Where the server listens, and which address to open: only one that answers is ever named."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.http.request import validate_host

from thecal.main.ending import BAD_INPUT, end, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_FREE = "--port 0 takes any free port"


@contextmanager
def listening(host: str, port: int, *, this_machine_only: bool) -> Iterator[socket.socket]:
    """Take the address before anything is made, so that a second start changes nothing.

    Args:
        host: name or address, an IPv6 address with or without brackets.
        port: 0 for any free port.
        this_machine_only: whether an address that other machines can reach is refused.

    Raises:
        Exit: the address cannot be had, or may not be used.
    """
    family, address = _resolved(host, port)
    if this_machine_only and not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
        end(
            f"--host {host} can be reached from other machines, and the demonstration has no login: "
            "it listens on this machine only, on 127.0.0.1, ::1 or localhost",
            status=BAD_INPUT,
        )
    try:
        sock = socket.create_server(address, family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            where = open_address(host, address[0], port)
            running = (
                f"Thecal may already be running. Open {where}, or"
                if where
                else "stop the program that uses it, or"
            )
            end(f"port {port} is taken: {running} choose another port; {ANY_FREE}")
        end(f"cannot listen on {host} port {port}: {reason(error)}")
    with sock:
        yield sock


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """Return the family of a host's address, and what a socket is bound to."""
    bare = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not bare.strip():
        end("--host is empty; name an address of this machine, as in 127.0.0.1", status=BAD_INPUT)
    try:
        family, _, _, _, address = socket.getaddrinfo(
            bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except UnicodeError:
        end(f"--host {host} is not a host name", status=BAD_INPUT)
    except OSError as error:
        end(f"cannot listen on {host} port {port}: {reason(error)}; --host takes an address of this machine")
    return family, (str(address[0]), int(address[1]))


def open_address(host: str, listens_on: str, port: int) -> str:
    """Return an address that answers on this machine; empty where THECAL_ALLOWED_HOSTS leaves none.

    Args:
        host: as typed.
        listens_on: the address the server is bound to.
        port: it listens on.
    """
    every = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
    candidates = [every.get(listens_on, listens_on)]
    if listens_on not in every:
        candidates.append(host)
    for candidate in candidates:
        name = f"[{candidate}]" if ":" in candidate and not candidate.startswith("[") else candidate
        if validate_host(name, settings.ALLOWED_HOSTS):
            return f"http://{name}:{port}/"
    return ""
