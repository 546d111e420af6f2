"""Each finding as a test: it fails where the finding is, and passes where it is mended."""

import ast
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from counterfoil.reports.reproduce import again, file_of, render_reproductions, secrets_in
from counterfoil.reports.results import Call, Finding, Replay, Request, Result, Results, Target

Running = Callable[..., Results]
Making = Callable[..., Result]
Finding_ = Callable[..., Finding]

SECRET = "s3cret token/1"
DEMAND = {
    "if": {"properties": {"status": {"const": 200}}, "required": ["body"]},
    "then": {"properties": {"body": {"properties": {"total": {"type": "number"}}}}},
}


AT = "http://127.0.0.1:1"
#: a Counterfoil that finds what it is told to find
STAND_IN = """
import json, os, pathlib, sys
out = pathlib.Path(sys.argv[-1])
finding = {"id": os.environ["FOUND"], "title": "It differs", "why": "by one"}
case = {"kind": "result", "id": "whmcs-rest/laws/cart", "verdict": os.environ["VERDICT"], "reason": "no id", "findings": [finding]}
(out / "results.jsonl").write_text(json.dumps(case))
pathlib.Path("arguments.json").write_text(json.dumps(sys.argv[1:]))
"""


@contextmanager
def till(status: int, body: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """A target with one answer; what it was asked is in the list."""
    asked: list[tuple[str, str, str]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked.append((self.path, self.headers.get("Authorization", ""), sent))
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def with_pytest(what: Path, *more: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A file, or all in a folder, run by pytest in a process of its own."""
    folder = what if what.is_dir() else what.parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder, *more, what]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def reproduced(
    make_run: Running, make_result: Making, make_finding: Finding_, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Writes the test of a finding, and runs it with pytest in a process of its own."""

    def go(base: str, shown: str = "$TOKEN", **environment: str) -> subprocess.CompletedProcess[str]:
        request = Request(
            "POST",
            f"{base}/orders?token=$TOKEN&x=%2F",
            {"Authorization": "Bearer $TOKEN", "Content-Type": "application/json"},
            '{"token": "$TOKEN", "price": "$5"}',
            f"""curl -X POST '{base}/orders?token='"{shown}"'&x=%2F' --data '{{"price": "$5"}}'""",
        )
        finding = make_finding("whmcs-rest:check_out:answer:200:/total:type", request=request, demand=DEMAND)
        run = make_run(
            make_result(verdict="failed", findings=[finding]), target={"whmcs-rest": Target(base, [])}, contracts={}
        )
        for name, text in render_reproductions(run.header, run.results).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return with_pytest(tmp_path, "-rs", env=kept | environment)

    return go


def test_it_fails_where_the_finding_is(reproduced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """With what was answered and which part of the demand that breaks; the secret is sent, and told nowhere."""
    with till(200, json.dumps({"total": "20.00", "echo": SECRET})) as (base, asked):
        said = reproduced(base, TOKEN=SECRET)

    assert "1 failed" in said.stdout
    assert '$.body.total breaks type: "number"' in said.stdout
    assert asked == [
        ("/orders?token=s3cret+token%2F1&x=%2F", f"Bearer {SECRET}", f'{{"token": "{SECRET}", "price": "$5"}}')
    ]
    assert SECRET not in said.stdout + said.stderr


def test_what_is_made_of_a_secret_is_sent_with_the_secret_in_it(
    reproduced: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """The curl line has a name of its own for another password; the test has what it was made of."""
    with till(200, '{"total": "20.00"}') as (base, asked):
        said = reproduced(base, shown="$OTHER_TOKEN", TOKEN=SECRET)

    assert "1 failed" in said.stdout
    assert f"Bearer {SECRET}" == asked[0][1]


def test_it_passes_where_the_finding_is_mended(reproduced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """So that it can stay as a test of one's own."""
    with till(200, '{"total": 20.0}') as (base, _):
        said = reproduced(base, TOKEN=SECRET)

    assert (said.returncode, "1 passed" in said.stdout) == (0, True)


def test_another_situation_is_no_pass(reproduced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """An answer of which the clause does not speak is skipped, and says what came."""
    with till(404, "{}") as (base, _):
        said = reproduced(base, TOKEN=SECRET)

    assert "the clause does not speak of this answer (404 application/json)" in said.stdout
    assert "1 skipped" in said.stdout


def test_what_it_needs_is_said(reproduced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A secret that is not set, or a target that does not answer, is an error and no verdict; and no secret is told."""
    assert "set in the environment: TOKEN" in reproduced("http://127.0.0.1:9").stdout

    said = reproduced("http://127.0.0.1:9", TOKEN=SECRET)
    assert "POST http://127.0.0.1:9 is not answered: ConnectionError" in said.stdout
    assert "1 error" in said.stdout
    assert "s3cret" not in said.stdout + said.stderr


def test_it_can_be_pointed_elsewhere(reproduced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """The port of a mock is gone when the test is tried."""
    with till(200, '{"total": 20.0}') as (base, asked):
        said = reproduced("http://127.0.0.1:9", TOKEN=SECRET, WHMCS_REST_URL=f"{base}/elsewhere/")

    assert "1 passed" in said.stdout
    assert asked[0][0] == "/elsewhere/orders?token=s3cret+token%2F1&x=%2F"


def test_every_finding_has_a_test_that_stands_alone(run: Results) -> None:
    """Also one on our own choice; and it imports nothing but requests, pytest and jsonschema."""
    files = render_reproductions(run.header, run.results)
    imported = {
        name.split(".")[0]
        for text in files.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }

    assert len(files) == 8
    assert imported <= {"contextlib", "json", "os", "re", "urllib", "requests", "pytest", "jsonschema"}


def test_what_only_several_answers_show_is_tried_again_by_counterfoil(
    make_run: Running, make_result: Making, make_finding: Finding_, tmp_path: Path
) -> None:
    """With the options of the run, at the address that is asked for; its calls are told, and none of their lines is code."""
    calls = tuple(
        Call(f"POST /{name} -> 200", Request("POST", f"{AT}/{name}", {}, "", f"curl '{AT}/{name}'\n-d '\x0cimport os'"))
        for name in ("cart", "order")
    )
    law = make_finding("whmcs-rest:law:same", check="law", why="The cart differs.", calls=calls)
    target = Target(AT, [], again=("--api", "whmcs-rest", "--level", "smoke"))
    case = make_result("whmcs-rest/laws/cart", verdict="failed", findings=[law])
    run = make_run(case, target={"whmcs-rest": target}, contracts={})
    ((name, text),) = render_reproductions(run.header, run.results).items()
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "counterfoil.py").write_text(STAND_IN, encoding="utf-8")

    def tried(found: str, verdict: str) -> str:
        environ = {**os.environ, "FOUND": found, "VERDICT": verdict, "WHMCS_REST_URL": "http://elsewhere"}
        # the stand-in has not the plugin that Counterfoil has for pytest
        return with_pytest(tmp_path / name, "-p", "no:counterfoil", env=environ).stdout

    assert ["1 failed", "1 passed", "1 skipped"] == [
        next(word for word in ("1 failed", "1 passed", "1 skipped") if word in said)
        for said in (tried("whmcs-rest:law:same", "failed"), tried("other", "failed"), tried("", "skipped"))
    ]
    arguments = json.loads((tmp_path / "arguments.json").read_text())
    assert ["test", "http://elsewhere", *target.again, "--case", "whmcs-rest/laws/cart", "--out"] == arguments[:-1]
    assert "# 2. POST /order -> 200" in text


def test_the_calls_before_it_are_sent_first(
    make_run: Running, make_result: Making, make_finding: Finding_, tmp_path: Path
) -> None:
    """What shows only after other calls is tried after them, with the ids that they tell now, over the profile's connection."""
    with till(200, '{"total": 20.0, "id": 5}') as (base, asked):
        sent = [Request("POST", f"{base}/{name}", {}, "", f"curl {base}/{name}") for name in ("first", "second/7")]
        again = [Replay(f"{base}/first", {}, "", {"order": "/id"}), Replay(f"{base}/second/<order>", {}, "")]
        calls = tuple(Call("", request, replay) for request, replay in zip(sent, again, strict=True))
        finding = make_finding("whmcs-rest:a:b", request=sent[-1], demand=DEMAND, calls=calls)
        target = Target(base, [], connection={"verify": False})
        run = make_run(make_result(verdict="failed", findings=[finding]), target={"whmcs-rest": target}, contracts={})
        ((name, text),) = render_reproductions(run.header, run.results).items()
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = with_pytest(tmp_path / name)

    assert "1 passed" in said.stdout
    assert [path for path, *_ in asked] == ["/first", "/second/5"]
    assert "CONNECTION = {'verify': False}" in text


def test_what_cannot_be_shown_again_is_not_offered(
    make_run: Running, make_result: Making, make_finding: Finding_
) -> None:
    """Half a request would be another one, and without a demand nobody could say whether the mistake is gone."""
    long = Request("POST", "http://127.0.0.1/", {}, "x" * 10_000, "curl ...")
    found = [make_finding("f1", request=long, demand=DEMAND), make_finding("f2", check="law")]
    run = make_run(make_result(verdict="failed", findings=found))

    assert render_reproductions(run.header, run.results) == {}
    assert [again(run.header, each) for each in found] == ["", ""]


@pytest.mark.parametrize(
    "evil",
    [
        '"""\nimport os; os.abort()\n"""',
        "x\rimport os\rraise SystemExit",
        "a\x0cimport os\x85import os\u2028import os\x1cimport os",
        "\\",
        "# coding: utf-7 +AGEAYg-",
        "{{ 7*7 }}{% raw %}",
        "\x00\ud800\u202e",
        "' + os.abort() + '",
    ],
)
def test_no_text_from_a_target_is_code(
    evil: str, make_run: Running, make_result: Making, make_finding: Finding_
) -> None:
    """Whatever it answers, its words are comments and literals of a file that somebody will run."""

    def shape(text: str) -> list[str]:
        request = Request(text, text, {text: text}, text, f'curl {text} "$A_{text}"')
        words = dict.fromkeys(("contract", "operation", "check", "clause", "title", "why", "evidence"), text)
        finding = make_finding(text, request=request, demand={"properties": {text: {"const": text}}}, **words)
        run = make_run(make_result(text, verdict="failed", findings=[finding]), contracts={}, target={})
        (file,) = render_reproductions(run.header, run.results).values()
        tree = ast.parse(file.encode("utf-8"))
        return [type(node).__name__ for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.Call)]

    assert shape(evil) == shape("plain")


def test_a_file_keeps_its_name_from_run_to_run() -> None:
    """Two findings never share one, however alike they are; and every name is a module's."""
    ids = ["a:b:answer:200:/total:type", "a_b_answer_200_total_type", "A:b:answer:200:/total:type", "é" * 300, ""]

    assert [file_of(name) for name in ids] == [file_of(name) for name in ids]
    assert len({file_of(name) for name in ids}) == len(ids)
    assert all(file_of(name).removesuffix(".py").isidentifier() and len(file_of(name)) < 110 for name in ids)


@pytest.mark.parametrize(
    ("curl", "names"),
    [
        ("""curl 'http://x/?token='"$TOKEN"'' -H 'X: $NOT'""", ("TOKEN",)),
        ("""curl -H "Authorization: Bearer $TOKEN" --data '{"a": "$5"}'""", ("TOKEN",)),
        ("""curl 'it'"'"'s "$NOT"' "$A" "$A $B_2" \\$NOT""", ("A", "B_2")),
        ("curl $BARE", ("BARE",)),
        ("curl 'unclosed $NOT", ("NOT",)),
        ("", ()),
    ],
)
def test_the_secrets_are_what_a_shell_fills_in(curl: str, names: tuple[str, ...]) -> None:
    """And no dollar that merely stands in a body."""
    assert secrets_in(curl) == names
