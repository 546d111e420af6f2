"""The control plane of a mock: how it is told to reset, to make a world or to misbehave."""

import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests

from counterfoil.contracts.http.connection import cause, replied
from counterfoil.contracts.http.exchange import Uncooperative, Unreachable
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.wire import wire

TOKEN_VARIABLE = "COUNTERFOIL_CONTROL_TOKEN"  # noqa: S105 - the name of the variable, not the token

#: the port that the URLs of a scheme may leave out
_USUAL_PORTS = {"http": ":80", "https": ":443"}


def token_of_environment() -> str | None:
    """The token that the caller has set; a mock asks for it where others can reach it."""
    return os.environ.get(TOKEN_VARIABLE)


@dataclass(frozen=True)
class Control:
    """Where the mock is, and the token that it asks for."""

    base_url: str
    token: str | None = field(default=None, repr=False)

    def command(
        self, connection: requests.Session, method: str, path: str, body: Any = None, base_url: str | None = None
    ) -> Any:
        """Ask the mock for something, in the world at that URL. Raises Unreachable, Uncooperative."""
        url = f"{base_url or self.base_url}{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            # the token is for this URL: a redirect, which is an answer, would take it elsewhere
            reply = replied(connection, requests.Request(method, url, headers, json=body).prepare(), Entry())
        except requests.RequestException as error:
            raise Unreachable(f"{url} does not answer: {cause(error)}") from error
        if not 200 <= reply.status < 300:
            told = reply.body[:300].decode("utf-8", "replace")
            raise Uncooperative(f"the mock answers {method} {path} with {reply.status}: {told}")
        try:
            return wire.read(reply.body, wire.JSON) if reply.body else None
        except wire.Unreadable as error:
            raise Uncooperative(f"the mock answers {method} {path} with what is no JSON") from error

    def world_url(self, name: str, made: Any) -> str:
        """Where the new world is: at this mock, whatever it says, of which only the path is used. Raises Uncooperative."""
        said = made.get("base_url") if isinstance(made, dict) else None
        own, parts = urlsplit(self.base_url), urlsplit(said if isinstance(said, str) else "")
        if _origin(parts) != _origin(own) or not parts.path.endswith(f"/w/{name}") or ".." in parts.path:
            raise Uncooperative(
                f"the mock at {self.base_url} says that its new world is elsewhere: {str(said)[:100]!r}"
            )
        return f"{own.scheme}://{own.netloc}{parts.path}"


def _origin(parts: SplitResult) -> tuple[str, str]:
    """Where a URL leads: its scheme, and its host with the port, which is left out where it is the usual one."""
    return parts.scheme, parts.netloc.removesuffix(_USUAL_PORTS.get(parts.scheme, ""))
