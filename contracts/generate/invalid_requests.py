"""Breaks one clause of a request and nothing else, as it will be on the wire."""

import json
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from counterfoil.contracts.generate.generation_schema import function_names
from counterfoil.contracts.generate.mutate import FOREIGN, Unbreakable, broken
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.wire import wire
from counterfoil.contracts.wire.places import places
from counterfoil.specs import Contract
from counterfoil.specs.clauses import Clause
from counterfoil.specs.pointers import steps_of


def broken_request(clause: Clause, request: Request, contract: Contract, donors: Sequence[Request] = ()) -> Request:
    """The valid request with this clause broken and nothing else.

    Credentials that are a part of the body have to stand in it. What the request lacks is taken from one of the donors,
    which are valid, too. Raises Unbreakable.
    """
    if clause.place == "security":
        return _unopened(clause, request, contract)
    if clause.place == "body" and not clause.pointer and clause.keyword in ("required", "media_type", "json"):
        return _other_body(clause, request, contract)
    if clause.pointer.split("/")[1:2] in [[name] for name in function_names(contract, request.operation)]:
        raise Unbreakable("it would be another operation's request")
    if clause.place == "body":
        media_type = request.media_type or next(iter(request.operation.request))
        dialect = "json" if media_type.endswith("json") else "form"
        done = broken(clause, request.body, contract, dialect, [donor.body for donor in donors])
        return replace(request, body=done.instance)
    if clause.place == "query":
        done = broken(clause, dict(request.query), contract, "query", [dict(donor.query) for donor in donors])
        return replace(request, query=done.instance)
    if clause.place == "path":
        return replace(request, path=broken(clause, dict(request.path), contract, "path").instance)
    done = broken(clause, dict(request.headers), contract, "header", [dict(donor.headers) for donor in donors])
    return replace(request, headers={name: wire.text(value) for name, value in done.instance.items()})


def carries(request: Request, clause: Clause, around: bool = False) -> bool:
    """Whether what the clause speaks of stands in the request, so that nothing has to be added to break it.

    `around` asks only for what it stands in.
    """
    tree: Any = request.body
    if clause.place in ("query", "path", "header"):
        tree = {"query": request.query, "path": request.path, "header": request.headers}[clause.place]
    steps = steps_of(clause.pointer)
    return next(places(tree, steps[:-1] if around else steps), None) is not None


def _unopened(clause: Clause, request: Request, contract: Contract) -> Request:
    """The request without any credential, or with wrong ones in every place that one can have."""
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    wrong_ones: dict[str, str | None] = {}
    for scheme in (schemes.get(name, {}) for name in clause.value):
        if scheme.get("type") == "apiKey":
            wrong_ones[scheme["name"]] = "counterfoil"
        elif scheme.get("type") == "http":
            told = {"basic": "Basic Y291bnRlcmZvaWw6c3R1Yg=="}.get(scheme["scheme"], "Bearer counterfoil")
            wrong_ones["Authorization"] = told
    if not wrong_ones:
        raise Unbreakable("nobody knows how such a credential is sent")
    names = {name.lower() for name in wrong_ones}
    bare = replace(
        request,
        headers={name: value for name, value in request.headers.items() if name.lower() not in names},
        query={name: value for name, value in request.query.items() if name.lower() not in names},
        credentials=None,
        session=None,
    )
    return bare if clause.keyword == "required" else replace(bare, credentials=wrong_ones)


def _other_body(clause: Clause, request: Request, contract: Contract) -> Request:
    if function_names(contract, request.operation):
        raise Unbreakable("the body says which operation is meant")
    if request.body is None:
        raise Unbreakable("there is no body to break")
    if clause.keyword == "required":
        return replace(request, body=None, media_type=None)
    text = json.dumps(request.body, ensure_ascii=False).encode("utf-8", "replace")
    if clause.keyword == "media_type" and HTTPStatus.UNSUPPORTED_MEDIA_TYPE not in request.operation.answers:
        raise Unbreakable("the contract names no refusal of another media type (415)")
    if clause.keyword == "media_type":
        return replace(request, body=None, raw=text, media_type=FOREIGN)
    return replace(request, body=None, raw=text[:-1], media_type=wire.JSON)
