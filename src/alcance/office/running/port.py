"""The address and port to serve on, looked at before anything is started for them."""

from __future__ import annotations

import errno
import socket

from alcance.errors import AlcanceError


def free_address(host: str, port: int) -> str:
    """The numeric address of a host on which nobody listens at that port.

    The server itself would share the port with another and each would answer some of the requests.

    Raises
    ------
    AlcanceError
        Where the port is in use or needs privileges, or the address is none of this machine.
    """
    try:
        family, kind, protocol, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise AlcanceError(f"{host}: there is no such address; --host names one of this machine") from None
    with socket.socket(family, kind, protocol) as probe:
        # What ended a moment ago is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
            probe.listen()
        except OSError as error:
            raise AlcanceError(_why_not(host, port, error)) from None
    return str(place[0])


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use by another program; choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} needs privileges; choose one above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host}: is no address of this machine; --host names one that is, as 127.0.0.1"
    return f"cannot listen on {host} port {port}: {error.strerror}"
