"""What stands between a caller and the honest mock of the WHMCS REST API, and may change what either of them says."""

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from counterfoil.mockserver.app import Mock

HOLDS_CART = re.compile(r"/api/v2/cart/([A-Za-z0-9]{16})")


@dataclass(frozen=True)
class Asked:
    """A request, as far as somebody in between needs it; the path is without its world."""

    method: str
    path: str
    query: str
    body: bytes
    state: str
    environ: dict[str, Any] = field(repr=False)

    def json(self) -> Any:
        """What the body says."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def but(self, tree: Any) -> "Asked":
        """The same with another body."""
        return replace(self, body=json.dumps(tree).encode())

    def asks(self, method: str, pattern: str) -> bool:
        """Whether it is such a call."""
        return self.method == method and re.fullmatch(f"/api/v2(?:{pattern})", self.path) is not None

    @property
    def cart(self) -> "Asked":
        """The request that shows the cart which this one is about."""
        path = HOLDS_CART.match(self.path)[0]
        return replace(self, method="GET", path=path, query="page_size=500", body=b"")

    @property
    def parameters(self) -> dict[str, str]:
        """The query."""
        return {name: values[-1] for name, values in parse_qs(self.query).items()}

    def with_query(self, **changed: Any) -> "Asked":
        """The same with other parameters."""
        return replace(self, query=urlencode(self.parameters | changed))


@dataclass(frozen=True)
class Said:
    """What the honest mock answers."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)

    def but(self, tree: Any, status: int | None = None) -> "Said":
        """The same with another body."""
        return replace(self, body=json.dumps(tree).encode(), status=status or self.status)

    @property
    def contents(self) -> Any:
        """The cart in the answer, if it holds one."""
        tree = self.json() if self.body else None
        data = tree.get("data") if isinstance(tree, dict) else None
        return data if isinstance(data, dict) and "totals" in data else None


Ask = Callable[[Asked], Said]
Lie = Callable[[Asked, Ask], Said]

#: lies that break no law, with the description of the case that notices each
CASE_BREAKERS: dict[str, tuple[str, Lie]] = {}


def breaks_case(description: str) -> Callable[[Lie], Lie]:
    """Registers a lie with the case that notices it."""

    def register(tell: Lie) -> Lie:
        CASE_BREAKERS[tell.__name__] = (description, tell)
        return tell

    return register


class Lawbreaker:
    """A WSGI application: the honest mock behind one lie. The control plane stays honest."""

    def __init__(self, honest: Mock, tell: Lie) -> None:
        self._honest, self._tell = honest, tell

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "/_mock" in environ["PATH_INFO"]:
            return self._honest(environ, start_response)
        world = re.match(r"/w/[^/]+", environ["PATH_INFO"])
        prefix = world[0] if world else ""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path, query = environ["PATH_INFO"][len(prefix) :], environ.get("QUERY_STRING", "")
        state = environ.get("HTTP_X_API_STATE", "")

        def ask(asked: Asked) -> Said:
            sent = {
                **environ,
                "REQUEST_METHOD": asked.method,
                "PATH_INFO": f"{prefix}{asked.path}",
                "QUERY_STRING": asked.query,
                "CONTENT_LENGTH": str(len(asked.body)),
                "wsgi.input": io.BytesIO(asked.body),
                "HTTP_X_API_STATE": asked.state,
            }
            caught: list[Any] = []
            said = b"".join(self._honest(sent, lambda status, headers, *_: caught.extend((status, headers))))
            return Said(int(caught[0].split()[0]), caught[1], said)

        said = self._tell(Asked(environ["REQUEST_METHOD"], path, query, body, state, environ), ask)
        headers = [(name, value) for name, value in said.headers if name.lower() != "content-length"]
        start_response(f"{said.status} Said", [*headers, ("Content-Length", str(len(said.body)))])
        return [said.body]


def honest(asked: Asked, ask: Ask) -> Said:
    """No lie at all."""
    return ask(asked)
