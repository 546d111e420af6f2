"""`counterfoil diff` asks two targets the same, and tells in what they differ and in what they differ because they have to."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import flask
import msgspec
import pytest
import requests
from click.testing import CliRunner

from counterfoil.contracts.cli.cleanup import cleanup
from counterfoil.contracts.cli.diff import diff
from counterfoil.contracts.diff.normalise import Contradiction, Normaliser
from counterfoil.mockserver.create import create_app
from counterfoil.reports.difference import Difference, DiffReport

ROOT = Path(__file__).parents[2]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Serve = Callable[[flask.Flask], str]
#: what a middleman makes of an answer's data; None leaves it as it is
Spoil = Callable[[Any], Any]


@dataclass
class Middleman:
    """Passes everything on to a mock, and answers with what becomes of the answer on the way."""

    mock: str
    spoil: Spoil | None = None
    passes_on: Callable[[str], str] = str
    status: dict[int, int] | None = None
    headers: dict[str, str] | None = None
    #: what stands in the Content-Type, and what is to stand there
    content_type: tuple[str, str] = ("", "")
    #: the header that is gone, and from the answers of which path
    lacks: tuple[str, str] = ("", "")
    seconds: float = 0.0
    #: what is in the URLs of requests that get no answer
    hangs_up: str = "\n"
    #: a middleman that hides what makes a mock of the mock is a deployment
    hides: bool = False

    def app(self) -> flask.Flask:
        app, client = flask.Flask("middleman"), requests.Session()
        client.trust_env = False

        @app.route("/<path:path>", methods=METHODS)
        def answer(path: str) -> flask.Response:
            asked, of_mock = flask.request, "_mock/" in path
            if of_mock and self.hides:
                return flask.Response("nothing here", 404)
            if self.hangs_up in asked.url:
                asked.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            headers = {name: value for name, value in asked.headers if name not in ("Content-Length", "Connection")}
            uri, body = asked.environ["REQUEST_URI"], asked.get_data().decode("latin-1")
            if not of_mock:
                uri, body = self.passes_on(uri), self.passes_on(body)
            url, sent = f"{self.mock}{uri}", body.encode("latin-1")
            came = client.request(asked.method, url, headers=headers, data=sent, allow_redirects=False)
            return self._made(came, of_mock)

        return app

    def _made(self, came: requests.Response, of_mock: bool) -> flask.Response:
        body, status, headers = came.content, came.status_code, came.headers.copy()
        if not of_mock:
            sleep(self.seconds)
            status = (self.status or {}).get(status, status)
            if self.lacks[1] in came.url:
                headers.pop(self.lacks[0], None)
            headers.update(self.headers or {})
            if self.spoil is not None and "json" in headers.get("Content-Type", ""):
                body = json.dumps(self.spoil(came.json())).encode()
            headers["Content-Type"] = headers.get("Content-Type", "").replace(*self.content_type)
        kept = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "connection")}
        return flask.Response(body, status, kept)


def everywhere(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """Changes every object of an answer."""

    def spoilt(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: spoilt(below) for name, below in change(node).items()}
        return [spoilt(below) for below in node] if isinstance(node, list) else node

    return spoilt


def with_value(name: str, change: Callable[[Any], Any]) -> Spoil:
    """Changes what stands under that name, wherever it does."""
    return everywhere(lambda node: {key: change(below) if key == name else below for key, below in node.items()})


@dataclass
class Run:
    """What the command has said and done."""

    code: int
    said: str
    report: DiffReport

    @property
    def found(self) -> list[tuple[str, str, str]]:
        """Kind, severity and cause of each difference that counts."""
        return [(each.kind, each.severity, each.what) for each in self.report.differences if each.severity != "noise"]

    @property
    def reasons(self) -> set[str]:
        return {each.reason for each in self.report.recognised}


Diff = Callable[..., Run]


@pytest.fixture
def compare(tmp_path: Path) -> Diff:
    """Runs the command; two URLs, and options. A middleman cannot prove that a mock is behind it: it is said for it."""

    def run(*arguments: str) -> Run:
        said = [f"--mock-{side}" for side, url in zip("ab", arguments, strict=False) if _answers_as_a_mock(url)]
        ended = CliRunner().invoke(diff, [*arguments, *said, "--json", str(tmp_path / "told.json")])
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        assert (tmp_path / "told.json").exists(), ended.output
        report = msgspec.json.decode((tmp_path / "told.json").read_bytes(), type=DiffReport)
        return Run(ended.exit_code, ended.output, report)

    return run


def _answers_as_a_mock(url: str) -> bool:
    try:
        return requests.get(f"{url}/_mock/health", timeout=5).ok
    except requests.RequestException:
        return False


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """A mock in a process of its own, by its URL."""
    command = [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof", *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock whose world `main` nobody touches."""
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    """A mock of another seed, at another time."""
    with serving("--seed", "6", "--clock", _two_hours_ago()) as url:
        yield url


def _two_hours_ago() -> str:
    return f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def deployment(serve: Serve, other: str) -> str:
    """Something that is no mock to anybody who asks, and whose clock is two hours slow."""
    requests.post(f"{other}/_mock/reset", timeout=5).raise_for_status()
    requests.post(f"{other}/_mock/clock", json={"set": _two_hours_ago()}, timeout=5).raise_for_status()
    return serve(Middleman(other, hides=True).app())


def count_on(mock: str, orders: int) -> None:
    """Have the mock sell and delete so many orders by its classic API, so that the next ones have other numbers."""
    opened = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json"}
    with requests.Session() as client:

        def call(**fields: str) -> dict[str, Any]:
            answer = client.post(f"{mock}/includes/api.php", data={**opened, **fields}, timeout=5).json()
            assert "success" == answer["result"], answer
            return answer

        for _ in range(orders):
            sold = call(action="AddOrder", clientid="1", pid="1", paymentmethod="banktransfer", noinvoiceemail="1")
            for action in ("CancelOrder", "DeleteOrder"):
                call(action=action, orderid=sold["orderid"])


def asked(mock: str) -> set[tuple[str, str]]:
    """The operations that the world `main` of the mock was asked, each with its outcome."""
    entries = requests.get(f"{mock}/_mock/journal", timeout=5).json()["entries"]
    return {(entry["operation"], entry["outcome"]) for entry in entries}


SHOP = ("--api", "shopscript", "--level", "smoke")
ORDERS = (*SHOP, "--only", "get_order")


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_a_mock_does_not_differ_from_itself(compare: Diff, mock: str, seed: int) -> None:
    """Exit code 0, and not even a value that is bound to differ."""
    run = compare(mock, mock, "--api", "shopscript", "--seed", str(seed))

    assert (0, [], []) == (run.code, run.report.differences, run.report.recognised)
    assert run.report.answers > 250
    assert "No difference" in run.said


def test_the_same_seed_sends_the_same(compare: Diff, serve: Serve, mock: str) -> None:
    """The examples are varied in the same way; another seed varies them otherwise."""
    runs = []
    for seed in ("4", "4", "5"):
        sent: list[str] = []
        b = serve(Middleman(mock, passes_on=lambda text, sent=sent: sent.append(text) or text).app())
        compare(mock, b, "--api", "shopscript", "--only", "search_orders: examples", "--seed", seed)
        runs.append([re.sub("/w/[^/]+/", "/", text) for text in sent])

    assert len(runs[0]) > 10
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    ("api", "only"),
    [("whmcs-classic", "get_invoice"), ("whmcs-rest", "checkout"), ("billmanager", "empty_cart"), ("shopscript", "")],
)
def test_mocks_with_other_seeds_and_clocks_do_not_differ(
    compare: Diff, mock: str, other: str, api: str, only: str
) -> None:
    """They are compared in worlds of one seed and one moment."""
    run = compare(mock, other, "--api", api, "--level", "smoke", "--only", only)

    assert (0, []) == (run.code, run.report.differences)
    assert run.report.answers > 50


@pytest.mark.parametrize(
    ("api", "only", "reasons"),
    [
        ("whmcs-classic", "delete_order", {"id", "time", "differs by itself"}),
        ("whmcs-rest", "checkout", {"id", "session", "differs by itself"}),
        ("shopscript", "get_order", {"time"}),
    ],
)
def test_what_has_to_differ_is_recognised(
    compare: Diff, mock: str, other: str, deployment: str, tmp_path: Path, api: str, only: str, reasons: set[str]
) -> None:
    """A deployment of another seed, at another time, whose orders have other numbers, differs in nothing that counts."""
    count_on(other, 150)
    writes = ("--writes", "--max-orders", "200", "--out", str(tmp_path / "out"))

    run = compare(mock, deployment, "--api", api, "--level", "smoke", "--only", only, *writes)

    assert (0, []) == (run.code, run.report.differences)
    assert reasons <= run.reasons
    assert run.report.answers > 20


SPOILT: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "a field that is dropped": (
        {"spoil": everywhere(lambda node: {name: each for name, each in node.items() if name != "currency"})},
        ("missing", "breaking", "B lacks `currency`, which is required"),
    ),
    "a field that is added": (
        {"spoil": everywhere(lambda node: {**node, "margin": 3})},
        ("extra", "changed", "B has `margin` besides"),
    ),
    "another type": (
        {"spoil": with_value("total", str)},
        ("type", "breaking", "`total` is a number at A, a text at B"),
    ),
    "another price": (
        {"spoil": with_value("price", lambda price: price + 1)},
        ("value", "changed", "`price` differs"),
    ),
    "another status": ({"status": {200: 203}}, ("status", "breaking", "A answers 200, B answers 203")),
    "another media type": (
        {"content_type": ("application/json", "text/html")},
        ("media_type", "breaking", "A answers with application/json, B with text/html"),
    ),
    "another encoding": (
        {"content_type": ("utf-8", "latin-1")},
        ("media_type", "changed", "A answers in utf-8, B in latin-1"),
    ),
    "a notation of dates": (
        {"spoil": with_value("create_datetime", lambda time: time.replace(" ", "T"))},
        ("value", "changed", "`create_datetime` is written in another way"),
    ),
    "a time that is off": (
        {"spoil": with_value("create_datetime", lambda time: time.replace("2026-01", "2026-03"))},
        ("value", "changed", "`create_datetime` is another time, though both clocks agree"),
    ),
    "a list that is cut": (
        {"spoil": with_value("items", lambda items: items[:-1])},
        ("members", "changed", "`items` has other members"),
    ),
    "a connection that ends": ({"hangs_up": "getInfo"}, ("unanswered", "breaking", "B does not answer")),
}


@pytest.mark.parametrize("named", SPOILT)
def test_a_difference_is_found_and_classified(compare: Diff, serve: Serve, mock: str, named: str) -> None:
    """Exit code 1; one cause is one line, with a count and an example for each side."""
    made, expected = SPOILT[named]
    b = serve(Middleman(mock, **made).app())

    run = compare(mock, b, *ORDERS)

    assert 1 == run.code
    assert [expected] == run.found
    (found,) = (each for each in run.report.differences if each.severity != "noise")
    assert found.count == sum(found.operations.values()) > 1
    assert mock in found.example.a.curl
    assert b in found.example.b.curl or "hangs_up" in made
    assert f"{found.count} ×  {expected[2]}" in run.said


def test_a_list_in_another_order_is_one_difference(compare: Diff, serve: Serve, mock: str) -> None:
    """Its members are known by their ids, and compared with their like."""
    b = serve(Middleman(mock, spoil=with_value("items", lambda items: items[::-1])).app())

    run = compare(mock, b, *SHOP, "--only", "add_order")

    assert [("order", "changed", "`items` stands in another order")] == run.found


def test_other_ids_are_recognised_and_followed(compare: Diff, serve: Serve, mock: str) -> None:
    """Each side is asked with the ids that it gave out itself; that they differ does not count."""
    other = with_value("id", lambda number: number + 7000 if isinstance(number, int) else number)
    back = re.compile(r"\b7(\d{3})\b")
    b = Middleman(mock, spoil=other, passes_on=lambda text: back.sub(lambda match: str(int(match[1])), text))

    run = compare(mock, serve(b.app()), *ORDERS)

    assert (0, []) == (run.code, run.found)
    assert {"id"} <= run.reasons


def test_a_slow_side_is_told_by_its_median(compare: Diff, serve: Serve, mock: str) -> None:
    """One takes twenty times as long as the other, in every operation: one line."""
    b = serve(Middleman(mock, seconds=0.15).app())

    run = compare(mock, b, *SHOP, "--only", "list_order_actions")

    assert [("time", "changed", "B takes at least 10 times as long")] == run.found
    assert "ms in the median" in run.report.differences[0].example.b.says


def test_headers_that_nobody_documents_are_noise(compare: Diff, serve: Serve, mock: str) -> None:
    """They are told, and do not count: exit code 0."""
    b = serve(Middleman(mock, headers={"X-Powered-By": "PHP"}).app())

    run = compare(mock, b, *ORDERS)

    assert (0, []) == (run.code, run.found)
    noise = [(each.kind, each.what) for each in run.report.differences]
    assert ("header", "B has the header X-Powered-By, which is not documented") in noise


def test_a_required_header_that_is_gone_breaks_clients(compare: Diff, serve: Serve, mock: str) -> None:
    """The REST API's answers carry the next state of the session in one."""
    b = serve(Middleman(mock, lacks=("X-Api-State", "/cart")).app())

    run = compare(mock, b, "--api", "whmcs-rest", "--level", "smoke", "--only", "list_carts")

    assert [("header", "breaking", "B lacks the header X-Api-State")] == run.found


def test_other_settings_are_found(compare: Diff, mock: str) -> None:
    """What the owner of a mock has set counts, in every world in which it is asked."""
    requests.post(f"{mock}/_mock/worlds", json={"name": "euros"}, timeout=5).raise_for_status()
    b = f"{mock}/w/euros"
    requests.patch(f"{b}/_mock/settings", json={"shopscript": {"currency": "EUR"}}, timeout=5).raise_for_status()

    run = compare(mock, b, *ORDERS)

    assert [("value", "changed", "`currency` differs")] == run.found
    example = run.report.differences[0].example
    assert ('"USD"', '"EUR"') == (example.a.says, example.b.says)


def test_two_worlds_of_one_mock_are_two_targets(compare: Diff, mock: str) -> None:
    """A world with a mistake in its program differs from an honest one by that."""
    for name, defects in (("honest", []), ("spoilt", ["order_total_forgets_the_quantity"])):
        requests.post(f"{mock}/_mock/worlds", json={"name": name}, timeout=5).raise_for_status()
        url = f"{mock}/w/{name}/_mock/defects"
        requests.put(url, json={"defects": defects}, timeout=5).raise_for_status()

    run = compare(f"{mock}/w/honest", f"{mock}/w/spoilt", *SHOP, "--only", "add_order")

    assert [("value", "changed", "`total` differs")] == run.found


def snapshot(mock: str) -> dict[str, dict[str, Any]]:
    """What the mock's vendors know, but for who was logged in."""
    vendors = requests.get(f"{mock}/_mock/snapshot", timeout=5).json()["vendors"]
    passing = {"sessions", "last_ids"}
    return {name: {key: known for key, known in state.items() if key not in passing} for name, state in vendors.items()}


@pytest.mark.parametrize("api", ["shopscript", "whmcs-classic", "billmanager"])
def test_nothing_changes_in_a_deployment(compare: Diff, mock: str, other: str, deployment: str, api: str) -> None:
    """It is only asked what changes nothing: what reads, and what must be refused."""
    before = snapshot(other)

    run = compare(mock, deployment, "--api", api, "--level", "gate")

    assert before == snapshot(other)
    assert (0, []) == (run.code, run.found)
    assert run.report.answers > 70
    assert not run.report.b.mock
    assert any("--writes" in reason for reason in run.report.left_out)


def test_writes_are_allowed_on_request_but_never_payments(
    compare: Diff, mock: str, other: str, deployment: str, tmp_path: Path
) -> None:
    """With --writes, orders are placed in the deployment, and no invoice is paid, not even in vain."""
    writes = ("--writes", "--max-orders", "50", "--out", str(tmp_path))

    run = compare(mock, deployment, "--api", "whmcs-classic", "--level", "smoke", "--only", "invoice", *writes)

    assert ("add_order", "accepted") in asked(other)
    assert "add_invoice_payment" not in {operation for operation, _ in asked(other)}
    assert any("moves money" in reason for reason in run.report.left_out)


def test_what_is_created_in_a_deployment_can_be_undone(
    compare: Diff, mock: str, other: str, deployment: str, tmp_path: Path
) -> None:
    """It is written down below --out, on its own for each side that is no mock; `counterfoil cleanup` leaves nothing."""
    before = snapshot(other)["shopscript"]["orders"]

    run = compare(mock, deployment, *ORDERS, "--writes", "--max-orders", "3", "--out", str(tmp_path))

    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert "created-at-b-" in folder.name
    assert f"counterfoil cleanup {folder}" in run.said
    assert 3 == len(snapshot(other)["shopscript"]["orders"]["by_id"]) - len(before["by_id"])
    assert any("--max-orders" in reason for reason in run.report.left_out)
    assert 0 == CliRunner().invoke(cleanup, [str(folder), deployment]).exit_code
    after = snapshot(other)["shopscript"]["orders"]["by_id"]
    assert {"deleted"} == {order["state"] for number, order in after.items() if number not in before["by_id"]}


PROFILE = """
[shopscript]
credentials = {{query = {{access_token = "{token}"}}}}
ids = {{contact = {contact}, sku = {sku}}}
"""


def test_each_side_is_opened_by_its_own_profile(
    compare: Diff, serve: Serve, mock: str, other: str, tmp_path: Path
) -> None:
    """Ids of one profile stand for those of the other; a secret goes to its own side only, and into no output."""
    seen: list[str] = []

    def passed_on(text: str) -> str:
        seen.append(text)
        return text.replace("b-has-a-secret-of-its-own", "counterfoil-token")

    b = serve(Middleman(other, passes_on=passed_on, hides=True).app())
    (tmp_path / "a.toml").write_text(PROFILE.format(token="counterfoil-token", contact=1, sku=1))
    (tmp_path / "b.toml").write_text(PROFILE.format(token="b-has-a-secret-of-its-own", contact=2, sku=2))
    profiles = ("--profile-a", str(tmp_path / "a.toml"), "--profile-b", str(tmp_path / "b.toml"))

    run = compare(mock, b, *profiles, *ORDERS[2:], "--writes", "--max-orders", "99", "--out", str(tmp_path / "out"))

    assert run.report.answers > 20
    assert not any("counterfoil-token" in text for text in seen)
    written = [path.read_text() for path in (tmp_path / "out").rglob("*.*") if path.is_file()]
    written.append((tmp_path / "told.json").read_text())
    for text in (run.said, *written):
        assert "b-has-a-secret-of-its-own" not in text
        assert "counterfoil-token" not in text
    assert ("value", "changed", "`contact_id` differs") not in run.found
    assert ("value", "changed", "`price` differs") in run.found


def test_no_session_is_told_in_any_output(compare: Diff, serve: Serve, mock: str, tmp_path: Path) -> None:
    """Neither the state of a session nor the password that opens it."""
    given: set[str] = set()

    class Noting(Middleman):
        def _made(self, came: requests.Response, of_mock: bool) -> flask.Response:
            given.add(came.headers.get("X-Api-State", "-") * (not of_mock))
            return super()._made(came, of_mock)

    b = serve(Noting(mock, spoil=lambda tree: {**tree, "margin": 3}).app())

    run = compare(
        mock, b, "--api", "whmcs-rest", "--level", "smoke", "--only", "verify_user_session", "--out", str(tmp_path)
    )

    assert 1 == run.code
    outputs = "".join([run.said, *(path.read_text() for path in tmp_path.iterdir())])
    states = given - {"", "-"}
    assert len(states) > 5
    assert [] == [state for state in states if state in outputs]
    assert not re.search(r'"password(?:\\?": ?\\?"|=)counterfoil\b', outputs)


def test_the_page_can_be_pasted_into_a_ticket(compare: Diff, serve: Serve, mock: str, tmp_path: Path) -> None:
    """`diff.md` has a table by operation, and for each cause the two commands; `diff.json` is the data."""
    b = serve(Middleman(mock, spoil=with_value("total", str)).app())

    run = compare(mock, b, *ORDERS, "--out", str(tmp_path / "out"))

    page = (tmp_path / "out/diff.md").read_text()
    assert re.search(r"^\| ✕ \| `\w+` .*is a number at A, a text at B", page, re.MULTILINE)
    assert 2 == page.count("```sh\ncurl -sS -X ")
    assert run.report == msgspec.json.decode((tmp_path / "out/diff.json").read_bytes(), type=DiffReport)


def test_an_answer_that_cannot_be_judged_says_why(compare: Diff, serve: Serve, mock: str) -> None:
    """No side of an example is empty, be it neither accepted nor refused."""
    b = serve(Middleman(mock, status={200: 203}).app())

    (found,) = compare(mock, b, *ORDERS).report.differences

    assert "not judged (nobody documents an answer 203" in found.example.b.says
    assert found.example.a.says


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["shop.example", "{mock}", "--api", "shopscript"], 2, "with its scheme"),
        (["{mock}", "{mock}", "--api", "woocommerce"], 2, "there are: "),
        (["{mock}", "{shop}", "--mock-b", "--api", "whmcs-rest"], 2, "serves shopscript, but not whmcs-rest"),
        (["{mock}", "{mock}", "--api", "shopscript", "--overlay", "nowhere"], 2, "has an overlay"),
        (["{mock}", "{mock}", "--profile", "x.toml", "--profile-a", "y.toml"], 2, "--profile describes both"),
        (["{mock}", "{other}"], 2, "say which contract"),
        (["{mock}", "http://127.0.0.1:1", "--api", "shopscript"], 3, "does not answer"),
        (["{mock}", "{other}", "--api", "shopscript"], 3, "refuses the credentials"),
        (["{mock}", "{other}", "--api", "shopscript", "--writes"], 2, "--writes needs --out"),
        (["{mock}", "{mock}", "--api", "shopscript", "--only", "no such thing"], 4, "Nothing was compared"),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    serve: Serve, mock: str, arguments: list[str], code: int, told: str
) -> None:
    """With a sentence, and without a traceback."""
    refusing = flask.Flask("refusing")

    @refusing.route("/<path:path>", methods=METHODS)
    def answer(path: str) -> tuple[object, int]:
        return {"error": "invalid_token"}, 404 if path.startswith("_mock") else 401

    urls = {"mock": mock, "shop": serve(create_app(["shopscript"])), "other": serve(refusing)}

    ended = CliRunner().invoke(diff, [each.format(**urls) for each in arguments])

    assert code == ended.exit_code, ended.output
    assert told in ended.output
    assert isinstance(ended.exception, SystemExit)


def test_it_is_a_command_of_counterfoil(mock: str) -> None:
    """As it is called in a shell."""
    command = [sys.executable, "-m", "counterfoil", "diff", mock, mock, *ORDERS]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert ended.stdout.startswith("✓ No difference in ")


@pytest.mark.parametrize(
    ("name", "a", "b", "reason"),
    [
        ("id", 17, 2044, "id"),
        ("order_id", "17", "2044", "id"),
        ("productids", "25,26", "175,176", "id"),
        ("productids", "25,26", "175", None),
        ("uuid", "5b0c1f6e-0a52-4f5e-9a55-2f1f6b7c8d9e", "8d9e1f6e-0a52-4f5e-9a55-2f1f6b7c5b0c", "id"),
        ("created", "2026-01-05 09:00:00", "2026-02-11 10:30:00", "time"),
        ("at", 1767603600, 1770805800, "time"),
        ("message", "Paid on 2026-01-05, thank you", "Paid on 2026-02-11, thank you", "time"),
        ("message", "Order 4711 is open", "Order 5822 is open", "id"),
        ("number", "#4711", "#5822", "id"),
        ("url", "http://a.example/pay/1", "https://b.example/pay/1", "host"),
        ("url", "https://pay.example/x?invoiceid=3", "https://pay.example/x?invoiceid=9", "id"),
        ("url", "https://one.example/x", "https://two.example/x", "host"),
        ("key", "8f3a1c9b77de42a0", "0b7c55ef12a94d3e", "token"),
        ("price", "10.00", "12.00", None),
        ("quantity", 4711, 5822, None),
        ("paid", 1, 2, None),
        ("name", "Starter", "Business", None),
        ("url", "https://one.example/x", "https://two.example/y", None),
        ("client_id", 7, 9, None),
    ],
)
def test_values_are_excused_for_a_reason_only(name: str, a: Any, b: Any, reason: str | None) -> None:
    """Ids, times, hosts and tokens may differ. Words and amounts may not, nor the id that both profiles know."""
    normaliser = Normaliser(("http://a.example", "https://b.example"))
    normaliser.name({"order": 4711}, {"order": 5822})
    normaliser.fix({"client_id": "client"}, {"client": 7}, {"client": 8})

    assert reason == normaliser.reason(name, a, b)


def test_a_time_is_not_excused_by_being_one() -> None:
    """Where both clocks agree, it is the same; anywhere, it is written in the same way."""
    bases = ("http://a.example", "http://b.example")

    assert "time" == Normaliser(bases, same_clock=True).reason("due", "2026-01-05 09:00:00", "2026-01-05 09:00:02")
    assert isinstance(Normaliser(bases, same_clock=True).reason("due", "2026-01-05", "2026-02-05"), Contradiction)
    assert isinstance(Normaliser(bases).reason("due", "2026-01-05", "05.01.2026"), Contradiction)
    assert isinstance(Normaliser(bases).reason("due", "2026-01-05", "never"), Contradiction)


def test_an_id_says_what_differs(compare: Diff, serve: Serve, mock: str) -> None:
    """It is the same in every run: contract, kind and cause."""
    b = serve(Middleman(mock, spoil=with_value("total", str)).app())

    found: Difference = compare(mock, b, *ORDERS).report.differences[0]

    assert "shopscript:type:total number-text" == found.id
    assert "get_order /total" in found.places
