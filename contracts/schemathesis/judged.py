"""What went over the wire for a case of Schemathesis', as the suite's checks look at it: what counts is what was sent."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from threading import local
from typing import Any
from urllib.parse import unquote, urlsplit

from schemathesis import Response
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.request_validity import broken_by, is_of_another
from counterfoil.contracts.checks.response import OF_ANY
from counterfoil.contracts.generate.contract_schema import AnyCase
from counterfoil.contracts.generate.registrations import operation_of, reply_of
from counterfoil.contracts.http.client import Target, read_reply
from counterfoil.contracts.http.exchange import Exchange, Sent
from counterfoil.contracts.schemathesis.installations import known_of
from counterfoil.contracts.wire import wire
from counterfoil.reports.results import Finding
from counterfoil.specs import Operation

#: one thing that is asked of an exchange
Asked = Callable[[Observation], Iterator[Finding]]

_LAST = local()


def observed(case: AnyCase, response: Response) -> Observation | None:
    """The exchange; None, where the schema is no contract, or what answered was not this operation's address."""
    if getattr(_LAST, "response", None) is not response:  # it is asked several times about one answer
        _LAST.seen, _LAST.response = _observed(case, response), response
    return _LAST.seen  # type: ignore[no-any-return]


def _observed(case: AnyCase, response: Response) -> Observation | None:
    known = known_of(case.operation.schema)
    exchange = None if known is None else exchange_of(known.target, case, response)
    if known is None or exchange is None:
        return None
    return Observation(known.target, exchange, outcome(exchange, known.contract), strict=False)


def found(seen: Observation, asked: Iterable[Asked]) -> list[Finding]:
    """What these checks find; of an answer that another operation may have given, only what holds for any."""
    elsewhere = is_elsewhere(seen)
    return [finding for one in asked if not elsewhere or one in OF_ANY for finding in one(seen)]


def is_elsewhere(seen: Observation) -> bool:
    """Whether another operation has answered: by its address, or since the request names no function, or another one."""
    sent, operation, contract = seen.exchange.sent, seen.exchange.operation, seen.target.contract
    if is_of_another(sent, operation, contract):
        return True
    if not operation.function:
        return False
    broken = broken_by(sent, operation, contract)
    names = ("", f"/{contract.function_property}")
    return broken is None or any(clause.pointer in names for clause in broken.values())


def exchange_of(target: Target, case: AnyCase, response: Response) -> Exchange | None:
    """The request as its bytes say, and its answer; None, where it went to another address than the operation's."""
    operation = operation_of(target.contract, case.operation)
    sent = _sent(target, operation, response.request)
    if sent is None:
        return None
    return read_reply(target.contract, operation, sent, reply_of(response), response.elapsed)


def _sent(target: Target, operation: Operation, request: Any) -> Sent | None:
    parts = urlsplit(request.url)
    own = parts.path.removeprefix(urlsplit(target.base_url).path)
    match = _pattern(operation.path).fullmatch(own)
    if match is None:
        return None
    names = re.findall(r"{([^{}]+)}", operation.path)
    path = {name: unquote(value) for name, value in zip(names, match.groups(), strict=True)}
    headers = {name: _text(value) for name, value in request.headers.items()}
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    declared = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    media_type = declared.partition(";")[0].strip().lower() or None
    if media_type == wire.MULTIPART and "boundary" not in declared:
        media_type = ""  # what this is, servers read in their own ways
    fields, tree = _read(body, declared, media_type)
    query = wire.parsed_query(parts.query)
    return Sent(
        request.method, request.url, headers, body, media_type, query, fields, tree, path, lambda: "", request.url
    )


@lru_cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^{}]+\\}", "([^/]*)", re.escape(path)))


def _read(body: bytes, declared: str, media_type: str | None) -> tuple[wire.Pairs, Any]:
    """The fields of a form, and the data of JSON."""
    if media_type == wire.FORM:
        return wire.parsed_query(body.decode("utf-8", "replace")), None
    try:
        if media_type == wire.MULTIPART:
            boundary = parse_options_header(declared)[1].get("boundary", "").encode()
            form, _ = MultiPartParser().parse(io.BytesIO(body), boundary, len(body))
            return list(form.items(multi=True)), None
        if media_type is not None and media_type.endswith("json"):
            return [], wire.read(body, wire.JSON)
    except ValueError:
        pass  # what is unreadable to us is unclear to others
    return [], None


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
