"""The journal: what it holds of an exchange, what is asked of it, and who follows it; and the lines of the log."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver import follow
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.engine.journal import Journal

ORDER = {
    "action": "AddOrder", "clientid": "1", "pid": "1", "billingcycle": "monthly", "paymentmethod": "mailin",
    "identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json",
}  # fmt: skip


def entries(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """What the journal has of what is asked for."""
    answer = client.get(f"/_mock/journal{query}")
    assert 200 == answer.status_code, answer.json
    return answer.json["entries"]


@pytest.fixture
def busy(client: FlaskClient) -> FlaskClient:
    """A mock that was asked for an order, an unknown client, users without a session, and a path that is nearly right."""
    client.post("/includes/api.php", data=ORDER)
    client.post("/includes/api.php", data=ORDER | {"clientid": "999"})
    client.get("/api/v2/user/services")
    client.get("/api/v2/user/service")
    return client


def test_headers_are_kept_and_secrets_are_masked(client: FlaskClient) -> None:
    """Of the request and of the answer; names as they are usually written."""
    secrets = {"Authorization": "Bearer s3cret", "X-Api-State": "s3cret", "X-Trace": "t1"}

    client.set_cookie("a", "s3cret")
    client.get("/api/v2/store/products", headers=secrets)

    entry = entries(client)[0]
    masked = [entry["headers"][name] for name in ("Authorization", "Cookie", "X-Api-State")]
    assert (["[…]"] * 3, "t1") == (masked, entry["headers"]["X-Trace"])
    assert entry["answer_headers"]["Content-Type"].startswith("application/json")
    assert "s3cret" not in json.dumps(entry)
    assert 0 < entry["ms"] < 60_000


def test_the_machines_own_environment_is_not_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Web servers put it beside the headers, and a proxy's password may be in it."""
    monkeypatch.setenv("HTTP_PROXY", "http://me:s3cret@proxy")

    client.get("/api/v2/store/products", environ_base={"HTTP_PROXY": "http://me:s3cret@proxy", "HTTP_X_TRACE": "t1"})

    assert "t1" == entries(client)[0]["headers"]["X-Trace"]
    assert "s3cret" not in client.get("/_mock/journal").text


def test_what_means_no_operation_is_kept_with_the_nearest(busy: FlaskClient) -> None:
    """The answer says, too, what was probably meant."""
    entry = entries(busy)[-1]

    assert ("", "", "not_mocked", 404) == tuple(entry[key] for key in ("contract", "operation", "outcome", "status"))
    assert {
        "contract": "whmcs-rest",
        "operation": "list_services",
        "method": "GET",
        "path": "/api/v2/user/services",
    } in (entry["nearest"])
    assert "/api/v2/user/services" in busy.get("/api/v2/user/service").json["message"]
    assert "GET /api/v2/user/services" in busy.delete("/api/v2/user/services").json["message"]
    assert "method_not_allowed" == entries(busy)[-1]["outcome"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("?contract=whmcs-classic", [1, 2]),
        ("?contract=whmcs-*", [1, 2, 3]),
        ("?operation=add_order&outcome=accepted", [1]),
        ("?outcome=client_id_not_found", [2]),
        ("?status=4xx", [3, 4]),
        ("?status=404", [4]),
        ("?method=post", [1, 2]),
        ("?path=/api/v2/*", [3, 4]),
        ("?path=/includes/api.php&since=1", [2]),
        ("?since=4", []),
    ],
)
def test_the_journal_is_filtered_by_query(busy: FlaskClient, query: str, numbers: list[int]) -> None:
    """An entry fits all that is said."""
    assert numbers == [entry["number"] for entry in entries(busy, query)]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("operations=add_order", "Did you mean operation"),
        ("operation=ad_order", "Did you mean add_order"),
        ("contract=whmcs", "whmcs-rest"),
        ("status=abc", "status=404"),
        ("status=9xx", "status=4xx"),
        ("since=yesterday", "since=17"),
        ("limit=3", "It has: contract, method"),
    ],
)
@pytest.mark.parametrize("path", ["journal", "journal/stream"])
def test_a_word_that_nobody_knows_is_refused(client: FlaskClient, path: str, query: str, complaint: str) -> None:
    """With what was meant: a filter that filters nothing would mislead."""
    answer = client.get(f"/_mock/{path}?{query}")

    assert 400 == answer.status_code
    assert complaint in answer.json["message"]


def test_a_mistake_of_the_mock_is_in_its_journal(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks there sees what went wrong."""
    monkeypatch.setattr("counterfoil.mockserver.engine.pipeline.Endpoint._decode", lambda *_: 1 / 0)

    assert 500 == client.post("/includes/api.php", data=ORDER).status_code
    assert [("mock_bug", 500)] == [(entry["outcome"], entry["status"]) for entry in entries(client)]


def events(stream: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
    """The events of a stream: the name and the data."""
    for part in stream:
        fields = dict(line.split(": ", 1) for line in part.decode().splitlines() if ": " in line and line[0] != ":")
        if "data" in fields:
            yield fields["event"], json.loads(fields["data"])


def test_the_journal_is_followed_as_it_is_written(mock: Mock, client: FlaskClient) -> None:
    """From the entry on that is named; a reset is told; other operations are left out."""
    client.post("/includes/api.php", data=ORDER)
    answer = client.get("/_mock/journal/stream?operation=add_order&since=0")
    assert "text/event-stream" == answer.mimetype
    following = events(answer.iter_encoded())

    name, first = next(following)
    assert ("exchange", 1) == (name, first["number"])
    threading.Timer(0.05, lambda: mock.test_client().get("/api/v2/store/products")).start()
    threading.Timer(0.1, lambda: mock.test_client().post("/includes/api.php", data=ORDER)).start()
    assert 3 == next(following)[1]["number"]
    threading.Timer(0.05, lambda: mock.test_client().post("/_mock/reset")).start()
    assert ("reset", {}) == next(following)
    client.post("/includes/api.php", data=ORDER)
    assert 1 == next(following)[1]["number"]
    answer.close()


def test_whoever_comes_back_misses_nothing(client: FlaskClient) -> None:
    """A browser says by itself which event it saw last."""
    for _ in range(3):
        client.post("/includes/api.php", data=ORDER)

    answer = client.get("/_mock/journal/stream", headers={"Last-Event-ID": "1"})
    following = events(answer.iter_encoded())

    assert [2, 3] == [next(following)[1]["number"] for _ in range(2)]
    answer.close()


def test_since_says_where_a_stream_begins_not_what_it_leaves_out(mock: Mock, client: FlaskClient) -> None:
    """After a reset the entries count from the start, and are shown again."""
    for _ in range(2):
        client.post("/includes/api.php", data=ORDER)
    answer = client.get("/_mock/journal/stream?since=1")
    following = events(answer.iter_encoded())
    assert 2 == next(following)[1]["number"]

    threading.Timer(0.05, lambda: mock.test_client().post("/_mock/reset")).start()
    assert ("reset", {}) == next(following)
    client.post("/includes/api.php", data=ORDER)

    assert 1 == next(following)[1]["number"]
    answer.close()


def test_whoever_comes_back_to_a_world_that_started_over_is_told(client: FlaskClient) -> None:
    """The number that was seen last is not reached yet: everything is new."""
    client.post("/includes/api.php", data=ORDER)

    answer = client.get("/_mock/journal/stream", headers={"Last-Event-ID": "40"})
    following = events(answer.iter_encoded())

    assert ["reset", "exchange"] == [next(following)[0] for _ in range(2)]
    answer.close()


def test_a_world_that_is_dropped_sends_its_followers_away(client: FlaskClient) -> None:
    """Their streams end, and their threads are free."""
    client.post("/_mock/worlds", json={"name": "gone"})
    answer = client.get("/w/gone/_mock/journal/stream")
    stream = answer.iter_encoded()
    next(stream)

    client.delete("/_mock/worlds/gone")

    assert [] == list(events(stream))


def test_a_quiet_journal_shows_that_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment now and then, by which a server notices that the other end is gone; only so many may follow."""
    monkeypatch.setattr(follow, "PAUSE", 0.01)
    monkeypatch.setattr(follow, "MOST_FOLLOWERS", 1)
    client = create_app(["shopscript"]).test_client()
    answer = client.get("/_mock/journal/stream")
    stream = answer.iter_encoded()

    assert [b":", b":"] == [part.strip()[:1] for part in (next(stream).split(b"\n")[1], next(stream))]
    assert 503 == client.get("/_mock/journal/stream").status_code
    answer.close()
    assert 200 == client.get("/_mock/journal/stream").status_code


def test_nobody_is_told_while_the_world_is_held() -> None:
    """Whoever follows does not wait for the world's lock, nor the world for whoever follows."""
    journal = Journal()
    following = journal.follow(None, 0.01)

    assert next(following) is None
    assert 1 == journal.followers
    following.close()
    assert 0 == journal.followers


def test_the_log_has_a_line_for_each_request(capsys: pytest.CaptureFixture[str]) -> None:
    """For a person: method, path, operation, outcome, status, time and world; no query, which may hold a secret."""
    client = create_app(["whmcs"], log="text").test_client()
    client.post("/_mock/worlds", json={"name": "t1"})
    client.post("/w/t1/includes/api.php?accesskey=s3cret", data=ORDER)
    client.get("/nowhere%1b[31m%0Aaccepted")

    first, second = capsys.readouterr().err.splitlines()

    assert first.startswith("POST /includes/api.php add_order accepted 200 ")
    assert first.endswith(" ms [t1]")
    assert second.startswith("GET /nowhere\\x1b[31m\\x0aaccepted not_mocked 404 ")


def test_a_program_reads_the_log_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object for each line."""
    create_app(["whmcs"], log="json").test_client().post("/includes/api.php", data=ORDER | {"clientid": "999"})

    told = json.loads(capsys.readouterr().err)

    assert told.pop("ms") > 0
    assert {
        "world": "main", "number": 1, "method": "POST", "path": "/includes/api.php", "contract": "whmcs-classic",
        "operation": "add_order", "outcome": "client_id_not_found", "status": 200,
    } == told  # fmt: skip


def test_without_being_asked_to_nothing_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """An application in a test is quiet."""
    create_app(["whmcs"]).test_client().post("/includes/api.php", data=ORDER)

    assert ("", "") == capsys.readouterr()
