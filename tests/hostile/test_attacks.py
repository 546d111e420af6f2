"""A house of liars: each target attacks the run in one way, and each run ends, unharmed, with a readable finding."""

import gzip
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from raw import Asked, Line, Target, served

pytestmark = pytest.mark.end_to_end

SECONDS = 60
MEBIBYTES = 500
TOKEN = "quite-a-secret-token-0815"
ORDER = {"id": 70003, "state_id": "new", "total": "25.0000", "currency": "USD", "items": []}


@dataclass
class Run:
    """What a run against a hostile target came to."""

    code: int
    text: str
    files: dict[str, str]
    seconds: float
    mebibytes: float
    target: Target


def attacked(folder: Path, answering: Callable[[Line, Asked], None], *more: str, api: str = "shopscript") -> Run:
    """A smoke run against the target, as its user starts it, with the time and the memory that it took."""
    with served(answering) as target:
        (folder / "counterfoil.toml").write_text(
            f'[{api}]\nurl = "{target.url}"\n[{api}.credentials.query]\naccess_token = "${{TOKEN}}"\n'
            f"[{api}.ids]\ncontact = 1\nother_contact = 2\nsku = 1\n"
            f"[{api}.timeout]\nconnect = 1\nread = 1\n"
        )
        before = _used()
        run = subprocess.run(
            [sys.executable, "-P", "-m", "counterfoil", "test", "--level", "smoke", "--out", "out", *more],
            cwd=folder, capture_output=True, timeout=4 * SECONDS, check=False,
            env={**os.environ, "TOKEN": TOKEN, "COLUMNS": "120"},
        )  # fmt: skip
        seconds = _used() - before
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        files = {
            str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace")
            for path in folder.rglob("*")
            if path.is_file() and path.name != "counterfoil.toml"
        }
    text = (run.stdout + run.stderr).decode("utf-8", "replace")
    return Run(run.returncode, text, files, seconds, memory, target)


def _used() -> float:
    """The seconds that child processes have worked: what else the machine does is no fault of a run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def expect_unharmed(run: Run, *codes: int) -> None:
    """The run has ended by itself, in time, without a traceback, and says nothing that a terminal or a CI obeys."""
    assert run.code in codes, run.text[-3000:]
    assert "Traceback" not in run.text
    assert run.seconds < SECONDS
    assert run.mebibytes < MEBIBYTES
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", run.text.replace("\r\n", "\n"))
    assert not re.search(r"(?im)^\s*::\w|##\[|##vso\[|##teamcity\[", run.text)
    assert TOKEN not in run.text + "".join(run.files.values())


def body(
    data: bytes, content_type: str = "application/json", status: str = "200 OK", more: str = ""
) -> Callable[..., None]:
    return lambda line, _: line.answer(data, status, content_type, more)


def _drip(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    line.drip(b"{" * 100_000, 0.05)


def _storm(line: Line, _: Asked) -> None:
    while not line.is_closing.is_set():
        line.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def _endless(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while not line.is_closing.is_set():
        line.send(b"1," * 30_000)


BOMB = gzip.compress(b"[" + b"1," * 30_000_000 + b"1]")
UNREADABLE = {
    "deep json": body(b"[" * 1_000_000 + b"]" * 1_000_000),
    "many digits": body(b'{"id": ' + b"9" * 1_000_000 + b"}"),
    "infinite": body(b'{"id": 1e999999, "total": -1e999999}'),
    "wide json": body(b"[" + b'{"a":1},' * 900_000 + b"1]"),
    "many errors": body(json.dumps({"orders": [{"id": {}}] * 50_000, "count": "x"}).encode()),
    "a bomb": body(BOMB, more="Content-Encoding: gzip\r\n"),
    "many elements": body(b"<r>" + b"<a/>" * 1_500_000 + b"</r>", "text/xml"),
    "entities": body(b'<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>', "text/xml"),
    "lone surrogates": body(b'{"error": "\\ud800", "error_description": "\\udfff"}', status="400 Bad Request"),
    "no utf-8": body(b'{"error": "\xff\xfe"}', status="400 Bad Request"),
    "newlines": body(b"\n" * 400_000, "text/html", "500 Internal Server Error"),
    "an endless body": _endless,
}
SILENT = {"a drip": _drip, "a storm": _storm}


QUICK = ("deep json", "a bomb", "many errors", "an endless body")


@pytest.mark.parametrize(
    "attack", [each if each in QUICK else pytest.param(each, marks=pytest.mark.deep) for each in UNREADABLE]
)
def test_what_cannot_be_read_ends_in_a_finding(tmp_path: Path, attack: str) -> None:
    """Whatever a body is made of, the run goes on, ends in time and says what is wrong with it."""
    run = attacked(tmp_path, UNREADABLE[attack], "--", "-k", "get_order")

    expect_unharmed(run, 0, 1, 3, 4)
    assert "cannot be read" in run.text or "cannot be read" in "".join(run.files.values())
    assert len(run.text.splitlines()) < 120


@pytest.mark.parametrize("attack", SILENT)
def test_what_never_comes_ends_the_run(tmp_path: Path, attack: str) -> None:
    """A target that drips, or never stops to say that it goes on, is unreachable, and the run says so in a minute."""
    run = attacked(tmp_path, SILENT[attack])

    expect_unharmed(run, 1, 3)


def test_a_target_that_asks_to_wait_at_the_first_look_ends_the_run_with_one_sentence(tmp_path: Path) -> None:
    """429 to everything is no verdict on a contract."""
    run = attacked(tmp_path, body(b"{}", status="429 Too Many Requests", more="Retry-After: 86400\r\n"))

    expect_unharmed(run, 3)


EVIL = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u200b\r\n::error::owned\n##vso[task.complete]x\n##teamcity[x]<script>alert(1)</script>"


def _speaks_to_the_terminal(line: Line, _: Asked) -> None:
    answer = {"error": EVIL, "error_description": EVIL, EVIL: EVIL, "id": EVIL}
    line.answer(json.dumps(answer).encode(), "400 \x1b[31mBad")


def _odd_media_type(line: Line, _: Asked) -> None:
    line.answer(b"{}", "200 OK", f"application/\x1b[2Jx; charset=\x1b]0;owned\x07{'y' * 30_000}")


@pytest.mark.parametrize("answering", [_speaks_to_the_terminal, _odd_media_type])
def test_a_target_speaks_to_no_terminal_and_to_no_ci(tmp_path: Path, answering: Callable[..., None]) -> None:
    """Escape sequences, bidi signs and commands of a CI are shown, in no file longer than the rest, and never obeyed."""
    run = attacked(tmp_path, answering, "--format", "github", "--", "-k", "contract or get_order")

    run.text = re.sub(r"(?m)^::(error|warning|notice) [^\n]*$", "", run.text)  # our own annotations
    expect_unharmed(run, 0, 1, 3, 4)
    page = run.files.get("out/report.html", "")
    assert "<script>alert(1)" not in page
    assert len(page) < 2_000_000


def _claims_to_be_a_mock(elsewhere: str) -> Callable[[Line, Asked], None]:
    def answer(line: Line, asked: Asked) -> None:
        path = asked.path.partition("?")[0]
        if path.endswith("/_mock/health"):
            line.answer(b'{"status": "ok", "counterfoil": "0.2.0", "contracts": ["shopscript"], "worlds": 1}')
        elif "/_mock/" in path:
            world = {
                "name": "w",
                "base_url": f"{elsewhere}/w/w",
                "now": "2026-01-05T09:00:00Z",
                "ticks": False,
                "seed": 1,
            }
            line.answer(json.dumps({**world, "worlds": [world], "proof": "x"}).encode())
        else:
            line.answer(json.dumps(ORDER).encode())

    return answer


@pytest.mark.parametrize("more", [(), ("--read-only",)], ids=["careful", "read-only"])
def test_a_target_that_claims_to_be_a_mock_is_none(tmp_path: Path, more: tuple[str, ...]) -> None:
    """It is sent nothing harmful, no token goes to it beyond its own, and nothing at all to the host that it names."""
    with served(body(b"{}")) as elsewhere:
        run = attacked(tmp_path, _claims_to_be_a_mock(elsewhere.url), *more)

    expect_unharmed(run, 0, 1, 3, 4)
    assert [] == elsewhere.asked
    assert {asked.method for asked in run.target.asked if "/_mock/" in asked.path} <= {"GET"}
    assert not [asked for asked in run.target.asked if asked.method == "POST" and b"contact_id=1" in asked.body]
    assert not [asked for asked in run.target.asked if "authorization" in asked.headers and "/_mock" in asked.path]


def test_a_redirect_is_an_answer_and_is_not_followed(tmp_path: Path) -> None:
    """Credentials go to the URL that they were given for, wherever a target points."""
    with served(body(b"{}")) as elsewhere:
        run = attacked(
            tmp_path, body(b"", status="307 Temporary Redirect", more=f"Location: {elsewhere.url}/x\r\n"),
            "--", "-k", "protocol or contract",
        )  # fmt: skip

    expect_unharmed(run, 1, 3, 4)
    assert [] == elsewhere.asked


def test_an_order_that_exists_already_is_not_ours(tmp_path: Path) -> None:
    """A target that answers every order with the same id is sent no more, nothing of it is deleted, and it is a finding."""
    run = attacked(tmp_path, body(json.dumps({**ORDER, "id": 1}).encode()), "--writes")

    expect_unharmed(run, 1)
    deleted = [asked for asked in run.target.asked if "order.delete" in asked.path and b"id=1" == asked.body[:4]]
    assert [] == [asked for asked in deleted if re.search(rb"(^|&)id=1(&|$)", asked.body)]


ENCODED = {
    "escaped": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret),
    "percent": lambda secret: "".join(f"%{ord(sign):02X}" for sign in secret),
    "entities": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "hex": lambda secret: secret.encode().hex(),
    "upper": str.upper,
    "base64url": lambda secret: __import__("base64").urlsafe_b64encode(f"a?{secret}~z".encode()).decode(),
}


@pytest.mark.parametrize(
    "notation", [each if each == "escaped" else pytest.param(each, marks=pytest.mark.deep) for each in ENCODED]
)
def test_a_secret_in_another_notation_is_masked(tmp_path: Path, notation: str) -> None:
    """A target that repeats the token in any notation makes no file and no line tell it."""
    told = ENCODED[notation](TOKEN)

    run = attacked(
        tmp_path,
        body(f'{{"error": "invalid_param", "error_description": "{told}"}}'.encode(), status="400 Bad Request"),
        "--", "-k", "contract or get_order",
    )  # fmt: skip

    expect_unharmed(run, 0, 1, 3, 4)
    everything = run.text + "".join(run.files.values())
    assert told not in everything
    assert told[2:-2] not in everything
