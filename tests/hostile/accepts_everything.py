"""A target that accepts everything: any credentials, any field, missing ones too. It keeps a record of what it was asked.

Each answer is the accepting example that the contract's document has for the operation. Which operation that is, it
reads as leniently as anybody might: letter case, blanks and the place of a function's name make no difference.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from counterfoil.specs import Contract, Media, Operation


@dataclass(frozen=True)
class Asked:
    """A request as it came, with everything in it that has a name."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """What it says under that name, in any place."""
        return [value for key, value in self.pairs if key.lower() == name.lower()]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.pairs)} {self.body[:200]!r}"


@dataclass
class Record:
    """Where the target is, and everything that it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


def read(method: str, target: str, headers: dict[str, str], body: bytes) -> Asked:
    parts = urlsplit(target)
    pairs = parse_qsl(parts.query, keep_blank_values=True, encoding="utf-8", errors="replace")
    kind = headers.get("content-type", "")
    if "json" in kind or body[:1] in (b"{", b"["):
        try:
            pairs += leaves(json.loads(body or b"null"), "")
        except ValueError:
            pairs.append(("", body.decode("utf-8", "replace")))
    elif "multipart" in kind:
        text = body.decode("utf-8", "replace")
        pairs += re.findall(r'name="([^"]*)"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', text, re.DOTALL)
    else:
        pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return Asked(method, unquote(parts.path), headers, body, tuple(pairs))


def leaves(node: Any, name: str) -> list[tuple[str, str]]:
    """Every value of a tree, under a name as a form would write it: `items[0][sku_id]`."""
    if isinstance(node, dict | list):
        below = node.items() if isinstance(node, dict) else enumerate(node)
        return [leaf for key, each in below for leaf in leaves(each, f"{name}[{key}]" if name else str(key))]
    return [(name, "" if node is None else str(node))]


def operation_of(asked: Asked, contract: Contract) -> Operation | None:
    """The operation that is meant, as leniently as can be."""
    word = contract.function_property
    for operation in contract.operations.values():
        parts = re.split(r"\{[^}]*\}", operation.path.rstrip("/"))
        if not re.search("[^/]+".join(map(re.escape, parts)) + "/?$", asked.path, re.IGNORECASE):
            continue
        if word is None:
            if operation.method == asked.method:
                return operation
            continue
        pattern = re.escape(operation.function or "").replace(r"v2\.order", r"v2\.[^.]+\.order")
        if any(re.fullmatch(pattern, said.strip(), re.IGNORECASE) for said in asked.all(word)):
            return operation
    return None


def accepting(operation: Operation, contract: Contract) -> tuple[int, Media, Any, dict[str, Any]] | None:
    for answer in operation.answers.values():
        for media in answer.media.values():
            for example in media.examples.values():
                if answer.status < 400 and not contract.is_refusal(example, answer.status):
                    return answer.status, media, example.value, answer.headers
        if answer.status < 300 and not answer.media:
            return answer.status, Media("", {}, {}), None, answer.headers
    return None


@contextmanager
def accepting_everything(contract: Contract) -> Iterator[Record]:
    """The target, serving at its URL until the end."""
    record = Record()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = read(self.command, self.path, headers, body)
            if "/_mock" in asked.path:
                return self.answer(404, "text/plain", b"not found", {})
            record.asked.append(asked)
            operation = operation_of(asked, contract)
            found = accepting(operation, contract) if operation else None
            if found is None:
                return self.answer(200, "application/json", b"{}", {})
            status, media, value, described = found
            text = value if isinstance(value, str) else json.dumps(value)
            own = {name: f"state-{len(record.asked)}" for name in described if name.lower().startswith("x-api")}
            content = b"" if status == 204 else text.encode()
            return self.answer(status, media.media_type or "application/json", content, own)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = handle_any  # noqa: N815

        def answer(self, status: int, kind: str, content: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(status)
            self.send_header("Content-Type", kind)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    record.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield record
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
