"""Whatever stands in a path, whoever asked gets an answer with a body."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.app import Mock

SEGMENTS = [
    "%7B%7D", "%7B...%7D", "%7Bid%7D", "%7Btail...%7D", "%7B0%7D", "%7B", "%7D", "%2F", "%2F%2F", "%00", "%0D%0A", "%FF",
    "%C3%A4", "%F0%9F%98%80", "%ED%A0%80", ".", "..", "...", "%2E%2E", "%2E%2E%2F%2E%2E", "%25", "%3F", "%23", "%5C", "%20",
    "-1", "0", "1e999", "99999999999999999999999999", "%D9%A1", "__class__", "''", "9" * 5000, "a" * 100_000, "a/" * 2000,
]  # fmt: skip


def targets(mock: Mock) -> Iterator[tuple[str, str, str]]:
    """Each operation that has parameters in its path: the contract, the method, and the path."""
    for name, endpoint in mock.endpoints.items():
        for operation in endpoint.contract.operations.values():
            if "{" in operation.path:
                yield name, operation.method, operation.path
        for path in endpoint.dialect.aliases:
            yield name, "GET", path
            yield name, "POST", path


def paths(rule: str, segment: str) -> Iterator[str]:
    """The rule's path with the segment in place of each of its parameters, and ones in place of the others."""
    steps = rule.split("/")
    for place, step in enumerate(steps):
        if step.startswith("{"):
            filled = ["1" if each.startswith("{") else each for each in steps]
            yield "/".join([*filled[:place], segment, *filled[place + 1 :]])


def ask(mock: Mock, method: str, path: str, state: str) -> tuple[str, bytes]:
    """The status and the body that the application gives to a server which has unquoted the path."""
    said: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(b"{}"), "CONTENT_LENGTH": "2", "CONTENT_TYPE": "application/json", "wsgi.url_scheme": "http",
        "HTTP_X_API_STATE": state, "HTTP_X_MOCK_WORLD": "odd",
    }  # fmt: skip
    body = b"".join(mock(environ, lambda status, headers, exc_info=None: said.append(status)))
    return said[0], body


@pytest.fixture
def states(client: FlaskClient) -> list[str]:
    """Of nobody, of a user and of an administrator, in a world of their own."""
    assert 201 == client.post("/_mock/worlds", json={"name": "odd"}).status_code
    user = client.post("/w/odd/api/v2/user/session", json={"email": "davis@example.com", "password": "counterfoil"})
    admin = client.post("/w/odd/api/v2/admin/session", json={"username": "administrator", "password": "counterfoil"})
    return ["", user.headers["X-Api-State"], admin.headers["X-Api-State"]]


@pytest.mark.parametrize("segment", SEGMENTS, ids=lambda segment: segment[:20])
def test_an_odd_segment_is_answered(mock: Mock, states: list[str], segment: str) -> None:
    """In place of any parameter of any contract, it is refused or taken, and nothing breaks."""
    broken = []
    for state in states:
        for contract, method, rule in targets(mock):
            for path in paths(rule, segment):
                status, body = ask(mock, method, path, state if contract == "whmcs-rest" else "")
                if not body or status.startswith("5"):
                    broken.append((contract, method, path[:200], status, body[:200]))

    assert [] == broken


@pytest.mark.parametrize("segment", SEGMENTS, ids=lambda segment: segment[:20])
@pytest.mark.parametrize(
    "before", ["/", "/w/", "/w/odd/", "/_mock/worlds/", "/openapi/", "/api/v2/", "/includes/", "//"]
)
def test_an_odd_path_elsewhere_is_answered(mock: Mock, states: list[str], before: str, segment: str) -> None:
    """Also where no contract has a parameter: the control plane, the pages, a world's name."""
    status, body = ask(mock, "GET", before + segment, "")

    assert body
    assert not status.startswith("5")


def test_parameters_of_every_contract_are_asked(mock: Mock) -> None:
    """An API of one address has one, too: the function, for tools that cannot send it otherwise."""
    asked = {contract for contract, _, rule in targets(mock) if list(paths(rule, "x"))}

    assert set(mock.endpoints) == asked
