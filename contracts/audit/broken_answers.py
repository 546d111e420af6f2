"""Breaks one clause of a recorded answer and nothing else, to see whether the checks notice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.generate.mutate import FOREIGN, Unbreakable, broken
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.wire import wire
from counterfoil.specs import Contract
from counterfoil.specs.clauses import Clause, place_of


def broken_exchange(
    clause: Clause, exchange: Exchange, contract: Contract, donors: Sequence[Any] = ()
) -> Exchange | None:
    """The recorded exchange with this clause of its answer broken and nothing else; None if it is not about this answer.

    A body that is no JSON is broken as the tree that it was read as, and keeps its bytes. A broken outcome is another
    documented outcome in its place, which only a witness that expects the first one can notice.

    Raises:
        Unbreakable: it is about this answer, but cannot be broken in it; with the reason.
    """
    status, _, kind = clause.place.partition(":")
    if clause.part != "answer" or clause.operation != exchange.operation.id or exchange.status != int(status):
        return None
    if clause.keyword == "status":
        return _other_status(exchange)
    if clause.keyword == "outcome":
        return _other_outcome(clause, exchange, contract)
    if clause.keyword in ("media_type", "malformed"):
        documented = clause.value == (exchange.media_type or "none")
        return _OF_BODY[clause.keyword](exchange, contract) if documented else None
    if kind == "header":
        return _other_header(clause, exchange, contract)
    if exchange.media is None or exchange.unreadable or place_of(exchange.status, exchange.media_type) != clause.place:
        return None
    done = broken(clause, exchange.tree, contract, _dialect(exchange, contract), donors, by_place=True)
    return _with_tree(exchange, done.instance)


def _dialect(exchange: Exchange, contract: Contract) -> str:
    if exchange.media_type.endswith("json"):
        return "json"
    if exchange.media_type in contract.notation:
        return "notation"
    return "xml" if exchange.media_type.endswith("xml") else "pairs"


def _with_tree(exchange: Exchange, tree: Any) -> Exchange:
    if not exchange.media_type.endswith("json"):
        return replace(exchange, tree=tree)
    return replace(exchange, tree=tree, body=json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace"))


def _other_status(exchange: Exchange) -> Exchange:
    """A status of the same hundred, so that the answer still says whether it accepts."""
    hundred = exchange.status - exchange.status % 100
    free = next(status for status in range(hundred + 99, hundred, -1) if status not in exchange.operation.answers)
    return replace(exchange, status=free)


def _other_outcome(clause: Clause, exchange: Exchange, contract: Contract) -> Exchange | None:
    if clause.value not in outcome(exchange, contract).candidates:
        return None
    for answer, media, example in exchange.operation.examples.values():
        if not media.media_type.endswith("json"):
            continue
        typed = {**_without(exchange.headers, "content-type"), "Content-Type": media.media_type}
        other = replace(
            exchange, status=answer.status, headers=typed, media_type=media.media_type, charset=None, unreadable=None
        )
        other = _with_tree(other, example.value)
        if clause.value not in outcome(other, contract).candidates:
            return other
    raise Unbreakable("there is no other documented outcome that could be told from it")


def _other_header(clause: Clause, exchange: Exchange, contract: Contract) -> Exchange | None:
    name = next((each for each in exchange.headers if each.lower() == clause.pointer.lower()), None)
    if name is None:
        return None
    if clause.keyword == "required":
        return replace(exchange, headers=_without(exchange.headers, name.lower()))
    done = broken(clause, exchange.headers[name], contract, "header")
    return replace(exchange, headers={**exchange.headers, name: wire.text(done.instance)})


def _other_media_type(exchange: Exchange, contract: Contract) -> Exchange:
    typed = {**_without(exchange.headers, "content-type"), "Content-Type": FOREIGN}
    body = exchange.body or b"stub"
    return replace(
        exchange, headers=typed, media_type=FOREIGN, body=body, tree=wire.read(body, FOREIGN), unreadable=None
    )


def _malformed(exchange: Exchange, contract: Contract) -> Exchange:
    """The body cut short, or with a byte that is no text."""
    notation = contract.notation.get(exchange.media_type)
    for body in (exchange.body[:-1], exchange.body + b"\xff"):
        try:
            wire.read(body, exchange.media_type, exchange.charset, notation)
        except wire.Unreadable as error:
            return replace(exchange, body=body, tree=None, unreadable=str(error))
    raise Unbreakable(f"any bytes can be read as {exchange.media_type}")


_OF_BODY = {"media_type": _other_media_type, "malformed": _malformed}


def _without(headers: Mapping[str, str], name: str) -> dict[str, str]:
    return {each: value for each, value in headers.items() if each.lower() != name}
