"""Leads requests of `requests` and `httpx` to a WSGI application in this process. `counterfoil.testing` is its door."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from werkzeug.test import EnvironBuilder, run_wsgi_app

#: a WSGI application
App = Callable[..., Any]


def called(
    app: App, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, str, list[tuple[str, str]], bytes]:
    """Status, its phrase, headers and body of the application's answer."""
    parts = urlsplit(url)
    builder = EnvironBuilder(
        path=parts.path or "/", query_string=parts.query, base_url=f"{parts.scheme}://{parts.netloc}/", method=method,
        headers=[(name, value) for name, value in headers.items() if name.lower() != "content-length"],
        input_stream=io.BytesIO(body), content_length=len(body),
    )  # fmt: skip
    pieces, status, answered = run_wsgi_app(app, builder.get_environ(), buffered=True)
    code, _, phrase = status.partition(" ")
    return int(code), phrase, list(answered), b"".join(pieces)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(_bytes(piece) for piece in body)


class RequestsAdapter(BaseAdapter):
    """Answers all that `requests` sends by the application, whatever the host."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """One request and its answer."""
        assert request.url is not None
        status, phrase, headers, body = called(
            self._app, request.method or "GET", request.url, request.headers, _bytes(request.body)
        )  # fmt: skip
        answer = HTTPResponse(
            body=io.BytesIO(body), headers=HTTPHeaderDict(headers), status=status, reason=phrase, preload_content=False
        )
        return HTTPAdapter().build_response(request, answer)

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def answered_by(app: App, base_url: str, prefix: str) -> Iterator[None]:
    """Lead whatever goes below the base URL to the application, with the prefix before the path."""
    base = base_url.rstrip("/")

    def led(url: str) -> str | None:
        """The application's own URL for one below the base; None for all others."""
        if url != base and not url.startswith((f"{base}/", f"{base}?")):
            return None
        return f"http://{urlsplit(base).netloc}{prefix}{url[len(base) :]}"

    with ExitStack() as stack:
        _lead_requests(app, led, stack)
        if find_spec("httpx") is not None:
            _lead_httpx(app, led, stack)
        yield


def _lead_requests(app: App, led: Callable[[str], str | None], stack: ExitStack) -> None:
    adapter, own = RequestsAdapter(app), HTTPAdapter.send

    def send(self: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        url = led(request.url or "")
        if url is None:
            return own(self, request, *args, **kwargs)
        sent = request.copy()
        sent.url = url
        answer = adapter.send(sent)
        answer.request, answer.url = request, request.url or ""
        return answer

    stack.enter_context(mock.patch.object(HTTPAdapter, "send", send))


def _lead_httpx(app: App, led: Callable[[str], str | None], stack: ExitStack) -> None:
    import httpx

    own, own_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def answer(request: Any, url: str, body: bytes) -> Any:
        status, _, headers, content = called(app, request.method, url, request.headers, body)
        return httpx.Response(status, headers=headers, content=content, request=request)

    def handle(self: Any, request: Any) -> Any:
        url = led(str(request.url))
        return own(self, request) if url is None else answer(request, url, request.read())

    async def handle_async(self: Any, request: Any) -> Any:
        url = led(str(request.url))
        return await own_async(self, request) if url is None else answer(request, url, await request.aread())

    stack.enter_context(mock.patch.object(httpx.HTTPTransport, "handle_request", handle))
    stack.enter_context(mock.patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle_async))
