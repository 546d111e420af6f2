"""The control plane is not for strangers: what a page of another origin tries changes nothing and reads nothing."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.guard import is_origin

ORDER = {
    "action": "AddOrder", "clientid": "1", "pid": "1", "billingcycle": "monthly", "paymentmethod": "mailin",
    "identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json",
}  # fmt: skip
EVIL = "https://evil.example"
JSON = "application/json"
CROSS = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
ATTACKS = {
    "a no-cors POST": ({"Content-Type": "text/plain", **CROSS}, "foreign_origin"),
    "a no-cors POST without a body": (CROSS, "foreign_origin"),
    "a form": ({"Content-Type": "application/x-www-form-urlencoded", **CROSS}, "foreign_origin"),
    "a form of a page without an origin": ({"Content-Type": "multipart/form-data; boundary=x", "Origin": "null"},
                                           "foreign_origin"),
    "a form of a browser that tells no origin": ({"Content-Type": "text/plain", "User-Agent": "Mozilla/5.0"},
                                                 "simple_request"),
    "a POST of a browser that tells no origin": ({"User-Agent": "Mozilla/5.0"}, "simple_request"),
    "a form that says where it stood": ({"Content-Type": "text/plain", "Referer": f"{EVIL}/x"}, "simple_request"),
    "a form of the console's own origin": ({"Content-Type": "text/plain", "Origin": "http://localhost"},
                                           "simple_request"),
    "another port of this machine": ({"Content-Type": JSON, "Origin": "http://localhost:5173"}, "foreign_origin"),
    "another scheme": ({"Content-Type": JSON, "Origin": "https://localhost"}, "foreign_origin"),
    "a subdomain": ({"Content-Type": JSON, "Sec-Fetch-Site": "same-site"}, "foreign_origin"),
    "a rebound name": ({"Content-Type": JSON, "Host": "evil.example:8080", "Origin": "http://evil.example:8080",
                        "Sec-Fetch-Site": "same-origin"}, "foreign_host"),
    "a name that only begins right": ({"Content-Type": JSON, "Host": "localhost.evil.example"}, "foreign_host"),
    "a name that only looks like an address": ({"Content-Type": JSON, "Host": "127.0.0.1.evil.example"},
                                               "foreign_host"),
    "a host that is none": ({"Content-Type": JSON, "Host": "a b"}, "foreign_host"),
}  # fmt: skip
CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "reset", b"{}"), ("POST", "worlds", b'{"name": "evil"}'), ("DELETE", "worlds/mine", b""),
    ("PUT", "faults", b'[{"operation": "*", "status": 503}]'), ("POST", "faults", b'{"operation": "*", "status": 503}'),
    ("POST", "clock", b'{"advance": {"days": 1}}'), ("PATCH", "settings", b'{"shopscript": {"licensed": false}}'),
    ("PUT", "defects", b'{"defects": []}'), ("DELETE", "journal", b""),
]  # fmt: skip


def state(client: FlaskClient) -> list[bytes]:
    """All that the attacks could change."""
    paths = ("worlds", "snapshot", "journal", "faults", "clock", "settings")
    return [client.get(f"/_mock/{path}").data for path in paths]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_changes_nothing(client: FlaskClient, attack: str) -> None:
    """Whatever it tries; it is told why, and which option would let a page of one's own in."""
    headers, error = ATTACKS[attack]
    client.post("/_mock/worlds", json={"name": "mine"})
    client.post("/includes/api.php", data=ORDER)
    before = state(client)

    for prefix in ("", "/w/mine"):
        for method, path, body in CHANGES:
            answer = client.open(f"{prefix}/_mock/{path}", method=method, data=body, headers=headers)
            assert (403, error) == (answer.status_code, answer.json["error"]), (method, path)
            assert "Access-Control-Allow-Origin" not in answer.headers

    assert before == state(client)


@pytest.mark.parametrize("headers", [CROSS, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_stranger_reads_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    """Not even the names of the worlds."""
    assert 403 == client.get("/_mock/worlds", headers=headers).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "curl/8.5.0"},
        {"Content-Type": JSON, "Host": "127.0.0.1:8080"},
        {"Content-Type": JSON, "Host": "[::1]:8080"},
        {"Content-Type": JSON, "Host": "mock.localhost:8080"},
        {"Content-Type": JSON, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0"},
        {"Sec-Fetch-Site": "none", "User-Agent": "Mozilla/5.0"},
    ],
    ids=["a program", "curl", "the address", "IPv6", "below localhost", "the console", "its DELETE", "the address bar"],
)
def test_who_is_no_stranger_is_let_in(client: FlaskClient, headers: dict[str, str]) -> None:
    """The console of the same origin, and every program."""
    assert 200 == client.post("/_mock/reset", headers=headers).status_code


def test_a_test_page_is_let_in_by_its_origin() -> None:
    """It may read the answers, send the token, and ask before it sends; others may not."""
    client = create_app(["shopscript"], token="secret", control_origins=["http://localhost:5173"]).test_client()
    page = {"Origin": "http://localhost:5173", "Sec-Fetch-Site": "cross-site"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}

    preflight = client.options("/_mock/reset", headers=page | asked)
    answer = client.post(
        "/_mock/reset", headers=page | {"Content-Type": JSON, "Authorization": "Bearer secret"}, data="{}"
    )

    assert 204 == preflight.status_code
    assert "authorization,content-type" == preflight.headers["Access-Control-Allow-Headers"]
    for each in (preflight, answer):
        assert page["Origin"] == each.headers["Access-Control-Allow-Origin"]
        assert "true" == each.headers["Access-Control-Allow-Credentials"]
    assert 200 == answer.status_code
    assert 405 == client.options("/_mock/reset", headers=asked | {"Origin": EVIL}).status_code
    assert 401 == client.post("/_mock/reset", headers=page | {"Content-Type": JSON}, data="{}").status_code


def test_a_name_is_let_in_where_it_was_allowed_or_the_token_comes_along() -> None:
    """A page whose name was pointed here does not know the token."""
    client = create_app(["shopscript"], hosts=["Mock.test"]).test_client()
    assert 200 == client.post("/_mock/reset", headers={"Host": "mock.test:8080"}).status_code
    assert 403 == client.post("/_mock/reset", headers={"Host": "evil.test"}).status_code

    client = create_app(["shopscript"], token="secret").test_client()
    known = {"Host": "mock:8080", "Authorization": "Bearer secret"}
    assert 200 == client.post("/_mock/reset", headers=known).status_code
    assert 403 == client.post("/_mock/reset", headers={"Host": "mock:8080"}).status_code
    assert 200 == client.get("/_mock/health", headers={"Host": "mock:8080"}).status_code


def test_named_origins_are_let_in_with_their_credentials() -> None:
    """Each of them, and no other; a cache is told that the answers differ."""
    client = create_app(["whmcs"], cors=["http://a.test", "http://b.test:5173"]).test_client()

    for origin in ("http://a.test", "http://b.test:5173"):
        answer = client.post("/includes/api.php", data=ORDER, headers={"Origin": origin})
        assert origin == answer.headers["Access-Control-Allow-Origin"]
        assert "true" == answer.headers["Access-Control-Allow-Credentials"]
        assert "X-Api-State" in answer.headers["Access-Control-Expose-Headers"]
        assert "X-Mock-Ignored" in answer.headers["Access-Control-Expose-Headers"]
        assert "Origin" == answer.headers["Vary"]
    other = client.post("/includes/api.php", data=ORDER, headers={"Origin": "http://c.test"})
    assert ("Origin", None) == (other.headers["Vary"], other.headers.get("Access-Control-Allow-Origin"))
    preflight = {"Origin": "http://c.test", "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Methods" not in client.options("/includes/api.php", headers=preflight).headers


def test_who_lets_everybody_in_lets_no_credentials_in() -> None:
    """A star and credentials would give every page the user's sessions."""
    client = create_app(["whmcs"], cors=["*"]).test_client()

    answer = client.post("/includes/api.php", data=ORDER, headers={"Origin": EVIL})

    assert "*" == answer.headers["Access-Control-Allow-Origin"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("http://localhost:5173", True), ("https://a.test", True), ("http://[::1]:5173", True),
        ("capacitor://localhost", True), ("http://a.test/", False), ("http://A.test", False), ("a.test", False),
        ("http://a.test:", False), ("null", False), ("*", False), ("http://", False), ("http://a.test\r\nx: y", False),
    ],
)  # fmt: skip
def test_an_origin_is_what_browsers_send(text: str, is_one: bool) -> None:
    """A scheme, a host and a port: anything else would let nobody in, and say nothing."""
    assert is_one is is_origin(text)
