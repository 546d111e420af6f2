"""A request as it goes over the wire: credentials merged, the path filled, the body encoded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from counterfoil.contracts.http.connection import curl_options
from counterfoil.contracts.http.exchange import Request, Sent
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.profile.model import Credentials
from counterfoil.contracts.wire import nesting, wire
from counterfoil.specs import Operation


@dataclass(frozen=True)
class _Body:
    """The body that is sent. `query` is what goes into the query instead of a body."""

    content: bytes = b""
    fields: wire.Pairs = field(default_factory=list)
    tree: Any = None
    content_type: str | None = None
    query: wire.Pairs = field(default_factory=list)


def prepared(installation: Installation, request: Request, mask: Mask) -> Sent:
    """The request, ready to be sent; the mask keeps back what the command that sends it again must not show."""
    operation = request.operation
    opening = opening_of(installation, operation, request.credentials)
    media_type = _media_type(request, opening)
    body = _body(request, media_type, opening.body, installation.contract.brackets)
    headers = _headers(installation, request, opening, body)
    path = {name: wire.text(value) for name, value in request.path.items()}
    query = [*nesting.fields(dict(request.query), installation.contract.brackets), *body.query]
    query += [(name, value) for name, value in opening.query.items() if name not in {name for name, _ in query}]
    asked = "&".join(filter(None, (wire.urlencoded(query), request.tail)))
    query += wire.parsed_query(request.tail)
    url = f"{installation.base_url}{_filled(operation.path, path)}" + (f"?{asked}" if asked else "")
    method = request.method or operation.method
    shown = url.replace(installation.base_url, installation.shown_base, 1)
    # under its own name where that has another value already, or the command would send that
    own = {
        f"other_{name}" if name in mask.secrets else name: value
        for name, value in (request.credentials or {}).items()
        if value and value not in mask.secrets.values()
    }
    options = curl_options(installation.entry)
    curl = partial(mask.also(own).curl, method, shown, headers, body.content, body.fields, options)
    return Sent(method, url, headers, body.content, media_type, query, body.fields, body.tree, path, curl, shown)


def opening_of(
    installation: Installation, operation: Operation, overrides: Mapping[str, str | None] | None
) -> Credentials:
    """What opens the operation, some of it overridden; nothing, where the contract says of it that anybody may call."""
    if overrides is None:
        return Credentials()
    own = Credentials() if operation.raw.get("security") == [] else installation.credentials
    places = {name: dict(getattr(own, name)) for name in ("body", "query", "headers")}
    usual = next((place for place in places.values() if place), places["body"])
    for name, value in overrides.items():
        home = next((place for place in places.values() if name in place), None)
        if home is None:
            home = places["headers"] if name.lower() == "authorization" or name.lower().startswith("x-") else usual
        if value is None:
            home.pop(name, None)
        else:
            home[name] = value
    return Credentials(**places)


def _media_type(request: Request, opening: Credentials) -> str | None:
    has_body = request.body is not None or request.raw is not None or opening.body
    if request.media_type is None and has_body:
        return next(iter(request.operation.request), None)
    return request.media_type


def _body(request: Request, media_type: str | None, credentials: Mapping[str, str], brackets: bool) -> _Body:
    """The body with the credentials that belong into it, unless a value is in their place."""
    if request.raw is not None:
        return _raw_body(request, media_type, credentials, brackets)
    tree = request.body
    if isinstance(tree, dict) or (tree is None and credentials):
        given = tree or {}
        tree = {**{name: value for name, value in credentials.items() if name not in given}, **given}
    if media_type in (None, "query"):
        return _Body(query=nesting.fields(tree, brackets))
    content, fields, content_type = encoded(tree, str(media_type), brackets)
    if media_type == wire.FORM:
        fields = _read_again(content)
    return _Body(content, fields, tree, content_type)


def _raw_body(request: Request, media_type: str | None, credentials: Mapping[str, str], brackets: bool) -> _Body:
    """The bytes as they are given; in a form, credentials can stand before them."""
    content = request.raw or b""
    if media_type == wire.FORM and credentials:
        content = (wire.urlencoded(nesting.fields(dict(credentials), brackets)) + "&").encode() + content
    fields = _read_again(content) if media_type == wire.FORM else []
    return _Body(content, fields, request.body, media_type or None)


def _read_again(content: bytes) -> wire.Pairs:
    """What a form means is what its bytes say, whatever it was made from."""
    return wire.parsed_query(content.decode("utf-8", "replace"))


def encoded(tree: Any, media_type: str, brackets: bool) -> tuple[bytes, wire.Pairs, str]:
    """The bytes of a body, its fields if it is multipart, and its Content-Type."""
    if media_type == wire.MULTIPART:
        pairs = nesting.fields(tree, brackets)
        body, content_type = wire.multipart(pairs)
        return body, pairs, content_type
    if media_type == wire.FORM:
        encoded = wire.urlencoded(nesting.fields(tree, brackets)) if isinstance(tree, dict | list) else wire.text(tree)
        return encoded.encode(), [], media_type
    if media_type.endswith("json"):
        return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace"), [], media_type
    return wire.text(tree).encode("utf-8", "replace"), [], media_type


def _headers(installation: Installation, request: Request, opening: Credentials, body: _Body) -> dict[str, str]:
    """Those of the profile, then those of the credentials, then those of the request."""
    usual = {"User-Agent": "counterfoil", "Accept": "*/*", **installation.entry.headers}
    headers = _merged(usual, {**opening.headers, **request.headers})
    if body.content_type is None:
        return headers
    return _merged(headers, {"Content-Type": body.content_type, **request.headers})


def _merged(headers: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Headers by name, whatever the case; the later one wins."""
    taken = {name.lower() for name in more}
    return {**{name: value for name, value in headers.items() if name.lower() not in taken}, **more}


def _filled(path: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path
