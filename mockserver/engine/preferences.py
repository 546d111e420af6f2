"""`Prefer: outcome=client_closed`, `code=404`, `delay=1.5`: what one request orders for itself (RFC 7240)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from counterfoil.mockserver.engine.faults import GATEWAY, LONGEST_DELAY, Fault
from counterfoil.mockserver.engine.operations import Compiled

#: a preference and its value; parameters behind a semicolon say nothing here
_ONE = re.compile(r'\s*([^\s=,;"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s,;"]*))?\s*(?:;[^,]*)?(?:,|$)')


class Unpreferable(Exception):
    """The request prefers what cannot be; the message says what can."""


@dataclass(frozen=True)
class Preferences:
    """What the request prefers, as far as the mock knows it."""

    outcome: str | None = None
    code: int | None = None
    delay: float | None = None

    def applied(self, *, forced: bool) -> str:
        """The header `Preference-Applied`: what of it was done; outcome and code only if they were forced."""
        done = [("outcome", self.outcome if forced else None), ("code", self.code if forced else None)]
        return ", ".join(f"{name}={value}" for name, value in [*done, ("delay", self.delay)] if value is not None)


def preferences(header: str) -> Preferences:
    """What the header says; preferences that are others' business are left out. Raises Unpreferable."""
    found: dict[str, str] = {}
    for name, value in _ONE.findall(header):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value)
    code, delay = found.get("code"), found.get("delay")
    if code is not None and not re.fullmatch("[1-5][0-9][0-9]", code):
        raise Unpreferable(f"Prefer: code={code[:40]} is no status; code=404 is one.")
    if delay is not None and not (re.fullmatch(r"\d+(\.\d+)?", delay) and float(delay) <= LONGEST_DELAY):
        raise Unpreferable(f"Prefer: delay={delay[:40]} is not 0 to 300 seconds; delay=1.5 is.")
    return Preferences(
        found.get("outcome"), None if code is None else int(code), None if delay is None else float(delay)
    )


def preferred(preference: Preferences, operation: Compiled | None) -> Fault | None:
    """What the request orders, or None where it orders nothing that is not so anyway. Raises Unpreferable."""
    outcome, code = preference.outcome, preference.code
    if operation is None:
        if outcome is not None:
            raise Unpreferable(f"Prefer: outcome={outcome[:80]}: this request names no operation that could end so.")
        return _by_gateway(code, ()) if code is not None else None
    if outcome is not None:
        return _by_name(outcome, code, operation)
    if code is None or code in operation.accepted_statuses:
        return None
    for name, (status, _) in operation.refusals.items():
        if status == code:
            return Fault(operation=operation.id, refusal=name)
    statuses = sorted({*operation.accepted_statuses, *(status for status, _ in operation.refusals.values())})
    return _by_gateway(code, statuses, operation.id)


def _by_name(outcome: str, code: int | None, operation: Compiled) -> Fault | None:
    if outcome == "accepted":
        return None
    if outcome in operation.accepted_names:
        raise Unpreferable(
            f"Prefer: outcome={outcome}: what is accepted follows from the state and cannot be forced; only refusals can."
        )
    if outcome not in operation.refusals:
        raise Unpreferable(f"{operation.id} has no refusal {outcome[:80]!r}. {meant(outcome, operation.refusals)}")
    status = operation.refusals[outcome][0]
    if code not in (None, status):
        raise Unpreferable(f"Prefer: {outcome} has the status {status}, not {code}; leave one of the two out.")
    return Fault(operation=operation.id, refusal=outcome)


def _by_gateway(code: int, statuses: Collection[int], operation: str = "Without an operation") -> Fault:
    if code not in GATEWAY:
        known = ", ".join(map(str, [*statuses, *(each for each in GATEWAY if each not in statuses)]))
        raise Unpreferable(f"{operation} does not answer with {code}; there are: {known}.")
    return Fault(operation="*", status=code)


def meant(name: str, known: Iterable[str]) -> str:
    """A sentence with the names that are like it, or with all."""
    names = sorted(known)
    near = get_close_matches(name, names, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else f"It has: {', '.join(names) or 'none'}."
