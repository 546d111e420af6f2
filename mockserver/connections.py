"""Finds the connection of a request under the web server, which does not tell it, and breaks it."""

import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: where Linux has in its `tcp_info` the milliseconds since data came
_LAST_CAME = 52
#: how exactly the kernel counts milliseconds, and the time from the last byte to the application
_TOLERANCE = 12


class Connection(NamedTuple):
    """A copy of a socket of this process, and how it stands."""

    socket: socket.socket
    peer: tuple[str, int]
    #: milliseconds since data came
    quiet: int


def break_off(address: str, elapsed: float, *, reset: bool) -> bool:
    """End the connection from that address whose request came so many seconds ago; say whether it is known which it is."""
    found = list(_connections(address))
    try:
        likely = {each.peer: each.socket for each in found
                  if abs(each.quiet - elapsed * 1000) <= _TOLERANCE}  # fmt: skip
        if len(likely) != 1:
            return False
        _, end = likely.popitem()
        if not (reset and _disconnect(end)):
            end.shutdown(socket.SHUT_RDWR)
        return True
    finally:
        for each in found:
            each.socket.close()


def _connections(address: str) -> Iterator[Connection]:
    """The connections from the address, some more than once: a copy may get a number that is still to be looked at."""
    try:
        numbers = [int(path.name) for path in Path("/dev/fd").iterdir()]
    except OSError:
        return
    for number in numbers:
        try:
            copy = os.dup(number)
        except OSError:
            continue
        try:
            end = socket.socket(fileno=copy)
        except OSError:  # no socket
            os.close(copy)
            continue
        state = _state(end, address)
        if state is None:
            end.close()
        else:
            yield Connection(end, *state)


def _state(end: socket.socket, address: str) -> tuple[tuple[str, int], int] | None:
    """Who is at the other end, and the milliseconds since data came; None if nobody is, or somebody else."""
    try:
        peer = end.getpeername()
        if peer[0].removeprefix("::ffff:") != address:
            return None
        known = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return (peer[0], peer[1]), int(struct.unpack_from("=I", known, _LAST_CAME)[0])
    except (OSError, AttributeError, IndexError, struct.error):  # not connected, no TCP, or not Linux
        return None


def _disconnect(end: socket.socket) -> bool:
    """Send a reset and say whether that is possible here: Linux does it when asked to connect to nothing."""
    nowhere = ctypes.create_string_buffer(16)  # a sockaddr of the family AF_UNSPEC
    return bool(ctypes.CDLL(None).connect(end.fileno(), nowhere, len(nowhere)) == 0)
