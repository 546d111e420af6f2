"""Failed logins: an address that fails too often is banned for a while, when the installation is told to do so."""

import time

from flask import request
from wire import ProblemError

BAN_SECONDS = 15 * 60
settings = {"ban_after": 0}
_failures = {}


def refuse_banned():
    """Refuse the call when its address is banned."""
    count, last = _failures.get(request.remote_addr, (0, 0))
    if settings["ban_after"] and count >= settings["ban_after"]:
        if time.time() - last < BAN_SECONDS:
            raise ProblemError(403, "Too many wrong passwords from where you are: the gate stays shut for a while.")
        clear_failures()


def count_failure():
    """Remember a failed login."""
    count, _ = _failures.get(request.remote_addr, (0, 0))
    _failures[request.remote_addr] = (count + 1, time.time())


def clear_failures():
    """Forget the failed logins of an address."""
    _failures.pop(request.remote_addr, None)
