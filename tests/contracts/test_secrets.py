"""No output of `counterfoil test` tells a secret of its profile, whatever the target does, and whatever goes wrong."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import flask
import pytest

ROOT = Path(__file__).parents[2]
Serve = Callable[[flask.Flask], str]

#: each has a part that nothing else has, and signs that are written in many ways
SECRETS = {
    "IDENTIFIER": 'ident7f3a9c/+"q" & x',
    "SECRET": "secret91bd4e\\é ünï/ok",
    "TOKEN": "token5c2e8b+/='<x>",
    "STAGE": b64encode(b"stage:stagepass4d1f7a /?").decode(),
    "COOKIE": "session=cookie2b9d6f; path=/",
    "PASSWORD": "pass3a8e1c w/ \"both\" 'quotes'",
    "ADMIN": "adminpass6f0b2d",
    "FACTOR": "778899-factor44c1e2",
    "OTHER_TOKEN": "othertoken0d7e5a",
    "AUTHINFO": "panel:panelpass8c3b1f",
    "PROXY": "http://someone:proxypass1e6a9d@127.0.0.1:1",
}
#: what must be nowhere: the part by which each is known, also where it is encoded
CORES = [
    b"7f3a9c", b"91bd4e", b"5c2e8b", b"4d1f7a", b"2b9d6f", b"3a8e1c", b"6f0b2d", b"44c1e2", b"0d7e5a", b"8c3b1f",
    b"1e6a9d", SECRETS["STAGE"].encode(), *(b64encode(value.encode()).rstrip(b"=") for value in SECRETS.values()),
]  # fmt: skip

PROFILE = """
[whmcs-classic]
{more}
[whmcs-classic.credentials.body]
identifier = "${{IDENTIFIER}}"
secret = "${{SECRET}}"
[whmcs-classic.headers]
Authorization = "Basic ${{STAGE}}"
[whmcs-classic.ids]
client = 1

[shopscript]
{more}
[shopscript.credentials.query]
access_token = "${{TOKEN}}"
[shopscript.headers]
Cookie = "${{COOKIE}}"
[shopscript.ids]
sku = 1
contact = 1
wrong_scope_token = "${{OTHER_TOKEN}}"

[billmanager]
{more}
[billmanager.credentials.query]
authinfo = "${{AUTHINFO}}"

[whmcs-rest]
{more}
[whmcs-rest.accounts.user]
email = "someone@example.com"
password = "${{PASSWORD}}"
second_factor = "${{FACTOR}}"
[whmcs-rest.accounts.administrator]
username = "administrator"
password = "${{ADMIN}}"
"""


def _echo(status: int = 200) -> flask.Flask:
    """A target that repeats what it is sent in every writing, and lets anybody in."""
    app = flask.Flask("echo")

    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    def answer(path: str) -> flask.Response:
        if path.startswith("_mock"):
            return flask.Response("no", 404)
        request = flask.request
        values = [*request.values.values(), *request.headers.values()]
        sent = request.get_data(as_text=True)
        if request.is_json:
            values += [value for value in (request.get_json(silent=True) or {}).values() if isinstance(value, str)]
        told = {
            "error": f"no such thing: {' '.join(values)}",
            "message": [sent, request.url, json.dumps(values), json.dumps(json.dumps(values))],
            "ways": [[quote(value), quote(quote(value)).lower(), escape(value), repr(value)] for value in values],
            "coded": [b64encode(value.encode()).decode() for value in values],
        }
        if path.endswith("user/session"):
            told["fields"] = [{"name": "code"}]
        headers = {"X-Api-State": "a-state-of-a-session", "X-Seen": quote(" ".join(values))}
        return flask.Response(json.dumps(told), status, headers, content_type="application/json")

    return app


Left = Callable[..., tuple[int, bytes]]


@pytest.fixture
def left_by(tmp_path: Path, counterfoil: Any, monkeypatch: pytest.MonkeyPatch) -> Left:
    """Runs it where the profile lies. Its exit code, and every byte that it left."""
    monkeypatch.chdir(tmp_path)

    def run(url: str, *arguments: str, more: str = "", profile: str = PROFILE) -> tuple[int, bytes]:
        for name, value in SECRETS.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "counterfoil.toml").write_text(profile.format(more=more))
        ended = counterfoil("test", url, "--level", "smoke", "--out", "out", *arguments)
        return ended.code, b"\n".join([ended.out.encode(), ended.err.encode(), *_files(tmp_path / "out")])

    return run


def _left_by_processes(tmp_path: Path, url: str, *arguments: str) -> tuple[int, bytes]:
    """The same of a run that is a process, and starts others."""
    (tmp_path / "counterfoil.toml").write_text(PROFILE.format(more=""))
    command = [sys.executable, "-m", "counterfoil", "test", url, "--level", "smoke"]
    run = subprocess.run(
        [*command, "--out", "out", *arguments], cwd=tmp_path, capture_output=True, timeout=200, check=False,
        env={**os.environ, **SECRETS, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return run.returncode, b"\n".join([run.stdout, run.stderr, *_files(tmp_path / "out")])


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{path.name}\n".encode() + path.read_bytes()


def _told(left: bytes) -> list[str]:
    """Around each secret that is there, what stands there."""
    found = [(core, left.find(core)) for core in CORES]
    return [f"{core!r} in {left[max(0, at - 100) : at + 100]!r}" for core, at in found if at >= 0]


@pytest.mark.end_to_end
@pytest.mark.parametrize("how", [[], ["--writes", "--max-orders", "2", "--mark", "stub1"]])
def test_a_target_that_repeats_everything_makes_no_output_tell_it(tmp_path: Path, serve: Serve, how: list[str]) -> None:
    """In findings, curl lines, what reproduces them, and on the terminal; through xdist, too."""
    url = serve(_echo())
    chosen = "actions or credentials or sessions or add_order"

    code, left = _left_by_processes(tmp_path, url, *how, "--format", "github", "--", "-n", "2", "-v", "-k", chosen)

    assert 1 == code, left[-3000:].decode(errors="replace")
    assert {True} == {
        word in left for word in (b"$ACCESS_TOKEN", b"reproduce", b"created.jsonl" if how else b"$IDENTIFIER")
    }
    assert [] == _told(left)


@pytest.mark.parametrize("status", [401, 403])
def test_a_target_that_refuses_the_credentials_makes_no_output_tell_them(
    left_by: Left, mount: Serve, status: int
) -> None:
    """What it says of them is shown."""
    url = mount(_echo(status))

    for api in ("shopscript", "whmcs-classic", "whmcs-rest", "billmanager"):
        code, left = left_by(url, "--api", api, "--", "-k", "nothing")
        assert [] == _told(left)
        assert code in (3, 4), left.decode(errors="replace")


def test_an_unreachable_target_makes_no_output_tell_a_secret(left_by: Left) -> None:
    """Nor does an unreachable proxy, whose password is in its address."""
    for more in ("", 'proxy = "${PROXY}"'):
        code, left = left_by("http://127.0.0.1:1", more=more)
        assert (3, []) == (code, _told(left))
        assert b"does not answer" in left


def test_a_secret_that_cannot_be_sent_is_not_told(left_by: Left, mount: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header cannot hold a line break, and the error for it would show the header."""
    monkeypatch.setitem(SECRETS, "COOKIE", "cookie2b9d6f\nX: 1")

    code, left = left_by(mount(_echo()), "--api", "shopscript")

    assert (3, []) == (code, _told(left))


def test_a_broken_profile_makes_no_output_tell_a_secret(left_by: Left) -> None:
    """The mistake is told by its key, its value is not."""
    for more in ("urll = 1", 'url = 3\noverlay = {a = "${SECRET}"}', 'safety = "${SECRET}"', 'url = "${SECRET}'):
        code, left = left_by("http://127.0.0.1:1", more=more.replace("${", "${"))
        assert (2, []) == (code, _told(left))
        assert b"counterfoil.toml" in left


def test_a_password_in_an_address_is_refused(left_by: Left) -> None:
    """An address is told everywhere."""
    code, left = left_by("https://someone:addresspass77aa12@shop.example", "--api", "shopscript")

    assert (2, False) == (code, b"addresspass77aa12" in left)
    assert b"Authorization" in left


def test_a_secret_in_the_file_is_a_warning_that_does_not_repeat_it(left_by: Left) -> None:
    """With its file, line and key, and what to write instead."""
    text = PROFILE.replace("${{TOKEN}}", "literal3c5d7e")

    _, left = left_by("http://127.0.0.1:1", "--api", "shopscript", profile=text)

    assert b"counterfoil.toml:15: [shopscript.credentials.query] access_token: this is a secret" in left
    assert b"${SHOPSCRIPT_ACCESS_TOKEN}" in left
    assert b"literal3c5d7e" not in left


def test_an_error_that_nobody_expected_is_told_without_secrets(
    tmp_path: Path, left_by: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in Counterfoil, or in the laws of a contract of one's own, has its traceback, and no secret in it."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "openapi.yaml").write_text((ROOT / "tests/shop/contract/openapi.yaml").read_text())
    (own / "laws.py").write_text("import os\nraise RuntimeError(os.environ['TOKEN'])\n")
    text = '[own.credentials.headers]\nX-Token = "${{TOKEN}}"\n'

    code, left = left_by("http://127.0.0.1:1", "--api", "own", profile=text)

    assert (2, []) == (code, _told(left))
    assert b"$X_TOKEN" in left
