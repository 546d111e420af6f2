"""Which pages of other origins may read the answers, in the words of the CORS protocol."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from counterfoil.mockserver.engine.journal import IGNORED
from counterfoil.mockserver.engine.pipeline import Endpoint

#: every origin, but only where a live vendor lets other origins in
AS_LIVE = "as-live"
VERBS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
#: what pages may read besides what the contracts name
OWN_HEADERS = ("Preference-Applied", "Retry-After", "X-Mock-Bug", IGNORED)

Headers = list[tuple[str, str]]
NO_HEADERS: Headers = []


def closed_as_live(endpoints: Mapping[str, Endpoint]) -> list[str]:
    """The first segments of the paths at which a live vendor lets no browser of another origin in."""
    rules = [
        rule
        for name, endpoint in endpoints.items()
        if not endpoint.vendor.contracts[name].answers_browsers
        for rule in (*endpoint.dialect.aliases, *(each.path for each in endpoint.contract.operations.values()))
    ]
    return sorted({f"/{rule.split('/')[1]}" for rule in rules})


def documented_headers(endpoints: Mapping[str, Endpoint]) -> set[str]:
    """The headers that the contracts name in answers."""
    operations = (operation for each in endpoints.values() for operation in each.contract.operations.values())
    return {name for operation in operations for answer in operation.answers.values() for name in answer.headers}


class Cors:
    """The origins that are let in: `*` for all, without credentials; named ones with theirs."""

    def __init__(self, origins: Collection[str], exposed: Iterable[str] = ()) -> None:
        self._named = frozenset(origins) - {"*"}
        self._exposed = ", ".join(sorted({*OWN_HEADERS, *exposed}))
        self._all: Headers = (
            [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*")] if "*" in origins else []
        )
        #: an answer that depends on who asks says so, or a cache would give it to others
        self._others: Headers = [("Vary", "Origin")] if self._named else self._all

    def headers(self, environ: Mapping[str, Any]) -> Headers:
        """What is said to the page that asks."""
        if not self._named:
            return self._all
        origin = environ.get("HTTP_ORIGIN")
        if origin not in self._named:
            return self._others
        return [
            ("Access-Control-Allow-Origin", str(origin)), ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", self._exposed), ("Vary", "Origin"),
        ]  # fmt: skip

    def lets_in(self, environ: Mapping[str, Any]) -> bool:
        """Whether the page that asks may read anything."""
        return bool(self._all) or environ.get("HTTP_ORIGIN") in self._named

    def is_asked_for(self, environ: Mapping[str, Any]) -> bool:
        """Whether a browser asks whether a page may send something, and it may."""
        return "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ and self.lets_in(environ)

    @staticmethod
    def preflight(environ: Mapping[str, Any]) -> Headers:
        """What a page may send, which is whatever it asks for."""
        asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "*")
        return [
            ("Access-Control-Allow-Methods", VERBS), ("Access-Control-Allow-Headers", asked),
            ("Access-Control-Max-Age", "600"),
        ]  # fmt: skip
