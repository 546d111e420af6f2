"""A house of liars: every attack that a target may carry out with what it answers."""

import gzip
import json
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from counterfoil.specs import Contract

sys.path.insert(0, str(Path(__file__).parent))
from accepts_everything import accepting, operation_of, read
from raw import Answering, Asked, Line, storm

SECRET = "quite-a-secret-token-0815"
EVIL = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u200b\r\n::error::owned\n##vso[task.complete]x\n##teamcity[x]<script>alert(1)</script>"
ORDER = {"id": 70003, "state_id": "new", "total": "25.0000", "currency": "USD", "items": []}


@dataclass(frozen=True)
class Attack:
    """How a target answers. `answering` is told the contract, and a host that nothing must be sent to.

    `says` is what a run tells of it, `how` is what the run is told, `codes` are the exit codes that are right, and `cases`
    those that show it, if not any do.
    """

    answering: Callable[[str, str], Answering]
    says: str = ""
    how: tuple[str, ...] = ()
    codes: tuple[int, ...] = (1, 3)
    cases: str = ""


def _always(
    data: bytes | Callable[[], bytes], content_type: str = "application/json", status: str = "200 OK", more: str = ""
) -> Callable[[str, str], Answering]:
    """The same to everybody; what is large is made but once, and only if it is wanted."""
    made = lru_cache(maxsize=1)(data) if callable(data) else lambda: data

    return lambda _, elsewhere: (
        lambda line, __: line.answer(made(), status, content_type, more.replace("ELSEWHERE", elsewhere))
    )


def _drip(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    line.drip(b"{" * 100_000, 0.05)


def _endless(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while not line.is_closing.is_set():
        line.send(b"1," * 30_000)


def _silence(line: Line, _: Asked) -> None:
    line.is_closing.wait(5)


def _nonsense(line: Line, _: Asked) -> None:
    line.send(b"\x16\x03\x01 no HTTP at all \x00\xff\r\n\r\n")
    line.socket.close()


def _slams_the_door(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
    line.socket.close()


def _heavy_headers(line: Line, asked: Asked) -> None:
    """Ninety cookies of sixty thousand signs, with other names each time."""
    kept = "".join(f"Set-Cookie: c{id(asked)}{number}={'v' * 60_000}\r\n" for number in range(90))
    line.answer(b"{}", more=kept)


def _speaks_to_the_terminal(line: Line, _: Asked) -> None:
    answer = {"error": EVIL, "error_description": EVIL, "message": EVIL, EVIL: EVIL, "id": EVIL}
    line.answer(json.dumps(answer).encode(), "400 \x1b[31mBad")


def _odd_media_type(line: Line, _: Asked) -> None:
    line.answer(b"{}", "200 OK", f"application/\x1b[2Jx; charset=\x1b]0;owned\x07{'y' * 30_000}")


def _claims_to_be_a_mock(contract: str, elsewhere: str) -> Answering:
    def answer(line: Line, asked: Asked) -> None:
        path = asked.path.partition("?")[0]
        if path.endswith("/_mock/health"):
            told = {"status": "ok", "counterfoil": "0.2.0", "contracts": [contract], "worlds": 1}
            line.answer(json.dumps(told).encode())
        elif "/_mock/" in path:
            world = {
                "name": "w",
                "base_url": f"{elsewhere}/w/w",
                "now": "2026-01-05T09:00:00Z",
                "ticks": False,
                "seed": 1,
            }
            line.answer(json.dumps({**world, "worlds": [world], "proof": "x", "proofs": ["0" * 64]}).encode())
        else:
            line.answer(json.dumps(ORDER).encode())

    return answer


def _accepts_everything(contract: str, _: str) -> Answering:
    """Whatever is created is answered with the ids of the example: the same thing each time, which somebody has."""
    known = Contract.load(contract)

    def answer(line: Line, asked: Asked) -> None:
        operation = operation_of(read(asked.method, asked.path, asked.headers, asked.body), known)
        found = accepting(operation, known) if operation else None
        if "/_mock" in asked.path or found is None:
            return line.answer(b"{}", "404 Not Found")
        status, media, value, _headers = found
        text = value if isinstance(value, str) else json.dumps(value)
        return line.answer(text.encode() if status != 204 else b"", f"{status} Said", media.media_type or "text/plain")

    return answer


NOTATIONS: dict[str, Callable[[str], str]] = {
    "escaped": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret),
    "percent": lambda secret: "".join(f"%{ord(sign):02X}" for sign in secret),
    "entities": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "hex": lambda secret: secret.encode().hex(),
    "upper": str.upper,
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64url": lambda secret: urlsafe_b64encode(f"a?{secret}~z".encode()).decode(),
    "beginning": lambda secret: f"{secret[:14]} and",
    "end": lambda secret: f"{secret[-14:]} and",
    "cut base64": lambda secret: b64encode(secret.encode()).decode()[:24],
}


def _tells(*notations: str) -> Callable[[str, str], Answering]:
    """A refusal that repeats what opens the target."""
    told = " and ".join(NOTATIONS[each](SECRET) for each in notations)
    body = f'{{"error": "invalid_param", "result": "error", "error_description": "{told}", "message": "{told}"}}'
    return _always(body.encode(), status="400 Bad Request")


ATTACKS: dict[str, Attack] = {
    "deep json": Attack(_always(lambda: b"[" * 300_000 + b"]" * 300_000), "cannot be read"),
    "many digits": Attack(_always(lambda: b'{"id": ' + b"9" * 1_000_000 + b"}"), "cannot be read"),
    "infinite": Attack(_always(b'{"id": 1e999999, "total": -1e999999}'), "cannot be read"),
    "wide json": Attack(_always(lambda: b"[" + b'{"a":1},' * 900_000 + b"1]"), "cannot be read"),
    "many errors": Attack(
        _always(lambda: json.dumps({"orders": [{"id": {}}] * 10_000, "count": "x", "id": 1}).encode())
    ),
    "a bomb": Attack(
        _always(lambda: gzip.compress(b"[" + b"1," * 30_000_000 + b"1]", 1), more="Content-Encoding: gzip\r\n"),
        "larger than 8 MiB",
    ),
    "many elements": Attack(_always(lambda: b"<r>" + b"<a/>" * 500_000 + b"</r>", "text/xml"), "cannot be read"),
    "entities": Attack(_always(b'<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>', "text/xml"), "cannot be read"),
    "lone surrogates": Attack(
        _always(b'{"error": "\\ud800", "error_description": "\\udfff", "message": "\\ud800"}', status="400 Bad Request")
    ),
    "no utf-8": Attack(_always(b'{"error": "\xff\xfe"}', status="400 Bad Request"), "cannot be read"),
    "newlines": Attack(_always(b"\n" * 100_000, "text/html", "500 Internal Server Error")),
    "an endless body": Attack(lambda *_: _endless, "larger than 8 MiB"),
    "a drip": Attack(lambda *_: _drip),
    "a storm": Attack(lambda *_: storm),
    "silence": Attack(lambda *_: _silence),
    "nonsense": Attack(lambda *_: _nonsense),
    "a slammed door": Attack(lambda *_: _slams_the_door),
    "wait a day": Attack(_always(b"{}", status="429 Too Many Requests", more="Retry-After: 86400\r\n"), codes=(3,)),
    "escapes": Attack(lambda *_: _speaks_to_the_terminal, how=("--format", "github")),
    "an odd media type": Attack(lambda *_: _odd_media_type, how=("--format", "github")),
    "a false mock": Attack(_claims_to_be_a_mock),
    "a false mock, only read": Attack(_claims_to_be_a_mock, how=("--read-only",)),
    "a redirect": Attack(_always(b"", status="307 Temporary Redirect", more="Location: ELSEWHERE/x\r\n")),
    "what exists": Attack(
        _accepts_everything, "answers what exists", ("--writes",), cases="add_order or order_item or add_cart"
    ),
    "told in JSON": Attack(_tells("escaped", "upper", "hex")),
    "told in an address": Attack(_tells("percent", "entities")),
    "told in base64": Attack(_tells("base64", "base64url", "cut base64")),
    "wait for a year that no calendar has": Attack(
        _always(b"{}", status="429 Too Many Requests", more=f"Retry-After: Mon, 01 Jan {'9' * 20} 00:00:00 GMT\r\n"),
        codes=(3,),
    ),
    "heavy headers": Attack(lambda *_: _heavy_headers, "headers larger than 64 KiB"),
    "attributes that all elements have": Attack(
        _always(
            lambda: b'<!DOCTYPE r [<!ATTLIST a x CDATA "' + b"v" * 60_000 + b'">]><r>' + b"<a/>" * 90_000 + b"</r>",
            "text/xml",
        ),
        "cannot be read",
    ),
    "names in a long namespace": Attack(
        _always(
            lambda: b'<r xmlns:x="%b">%b</r>' % (b"u" * 60_000, b"".join(b"<x:a%d/>" % each for each in range(50_000))),
            "text/xml",
        ),
        "cannot be read",
    ),
    "told in part": Attack(_tells("beginning", "end")),
}
