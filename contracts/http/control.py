"""The control plane of a mock: how it is told to reset, to make a world or to misbehave."""

import os
from dataclasses import dataclass, field
from typing import Any

import requests

from counterfoil.contracts.http.connection import TIMEOUT, cause
from counterfoil.contracts.http.exchange import Uncooperative, Unreachable

TOKEN_VARIABLE = "COUNTERFOIL_CONTROL_TOKEN"  # noqa: S105 - the name of the variable, not the token


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
            answer = connection.request(method, url, json=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise Unreachable(f"{url} does not answer: {cause(error)}") from error
        if not answer.ok:
            raise Uncooperative(f"the mock answers {method} {path} with {answer.status_code}: {answer.text[:300]}")
        return answer.json() if answer.content else None
