"""What is answered where no vendor has a say, in the mock's own shape."""

import logging
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.operations import MockBug
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.preferences import Unpreferable
from counterfoil.mockserver.engine.steps import Answer

LOG = logging.getLogger("mockserver")
NEAREST = 3
LONGEST_COMPARED = 200


class UnknownWorld(Exception):
    """A request names a world that nobody made."""


def name_of(error: Exception) -> str:
    """What the answer to it is called; in the journal, the outcome."""
    if isinstance(error, UnknownWorld):
        return "unknown_world"
    if isinstance(error, Unpreferable):
        return "unusable_preference"
    if isinstance(error, NotFound):
        return "not_mocked"
    if isinstance(error, HTTPException):
        return (error.name or "error").lower().replace(" ", "_")
    return "mock_bug"


def error_answer(error: Exception, path: str, nearest: tuple[dict[str, str], ...] = ()) -> Answer:
    """The answer to a request that no vendor answers."""
    headers: list[tuple[str, str]] = []
    like = " or ".join(f"{each['method']} {each['path']} ({each['operation']})" for each in nearest)
    hint = f" Did you mean {like}?" if like else ""
    if isinstance(error, UnknownWorld):
        status, message = 404, f"There is no world {str(error)!r}; POST /_mock/worlds makes one."
    elif isinstance(error, Unpreferable):
        status, message = 400, str(error)
    elif isinstance(error, NotFound):
        status, message = 404, f"No contract has the path {path}; GET / says what is served.{hint}"
    elif isinstance(error, HTTPException):
        status, message = error.code or 500, f"{error.description or ''}{hint}"
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            headers = [("Allow", ", ".join(error.valid_methods))]
    else:
        status, headers = 500, [("X-Mock-Bug", "1")]
        details = str(error) if isinstance(error, MockBug) else f"{type(error).__name__}: {error}"
        message = f"This is a bug in the mock, not in your request: {details}"
        LOG.error("mock bug", exc_info=error)
    body = wire.json({"error": name_of(error), "message": message, "mock": "counterfoil"})
    return Answer(status, "application/json; charset=utf-8", body, headers)


def nearest(endpoints: Mapping[str, Endpoint], method: str, path: str) -> tuple[dict[str, str], ...]:
    """The operations whose method and path are most like those of a request that means none."""
    asked = path[:LONGEST_COMPARED].lower()
    compared: dict[str, float] = {}
    rated: list[tuple[float, dict[str, str]]] = []
    for name, endpoint in endpoints.items():
        for operation in endpoint.contract.operations.values():
            known = operation.path
            if known not in compared:
                compared[known] = _likeness(asked, known.lower())
            likeness = compared[known] + (0.1 if operation.method == method else 0.0)
            shown = {"contract": name, "operation": operation.id, "method": operation.method, "path": known}
            if compared[known] > 0.6:
                rated.append((likeness, shown))
    rated.sort(key=lambda each: -each[0])
    return tuple(shown for _, shown in rated[:NEAREST])


@lru_cache(maxsize=4096)  # a page asks for the same icon again and again
def _likeness(asked: str, known: str) -> float:
    """How alike two paths are, from 0 to 1: parameters are like whatever stands in their place."""
    steps, rules = asked.strip("/").split("/"), known.strip("/").split("/")
    if len(steps) == len(rules):
        filled = [step if rule.startswith("{") else rule for step, rule in zip(steps, rules, strict=True)]
        known = "/" + "/".join(filled)
    matcher: Any = SequenceMatcher(None, asked, known, autojunk=False)
    return float(matcher.ratio()) if matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6 else 0.0
