"""Targets that are wrong on purpose, each in one way: the honest mock with a lie told on the way out.

`python tests/contracts/liars.py NAME` serves one and prints where, as `counterfoil serve` does.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from counterfoil.mockserver.command import Server, _free_port, run
from counterfoil.mockserver.create import create_app

#: how many seconds it takes a liar that sleeps: longer than the suite waits without a word
NAP = 3.2


@dataclass(frozen=True)
class Said:
    """What the honest mock was about to answer, to which request; `memory` is the liar's own, from answer to answer."""

    path: str
    query: str
    status: int
    media_type: str
    body: bytes
    memory: list[Any] = field(default_factory=list)

    def json(self) -> Any:
        """The body, or nothing where it is no JSON."""
        return json.loads(self.body) if self.media_type == "application/json" and self.body else None

    def but(self, tree: Any) -> "Said":
        """The same with another body."""
        return replace(self, body=json.dumps(tree).encode())


Lie = Callable[[Said], Said]
LIES: dict[str, tuple[str, Lie]] = {}


def lie(check: str) -> Callable[[Lie], Lie]:
    """Registers a lie with the check that catches it."""

    def register(tell: Lie) -> Lie:
        LIES[tell.__name__] = (check, tell)
        return tell

    return register


def order(said: Said) -> Any:
    """The order in the answer, if that is what it holds."""
    tree = said.json()
    return tree if isinstance(tree, dict) and "total" in tree else None


@lie("server_error")
def crashes_on_unknown_orders(said: Said) -> Said:
    """A lookup that finds nothing ends in a crash."""
    return replace(said, status=500) if b"Order not found" in said.body else said


@lie("undocumented_status")
def answers_with_a_teapot(said: Said) -> Said:
    """A status that nobody wrote down."""
    return replace(said, status=418) if said.status == 404 else said


@lie("undocumented_media_type")
def answers_in_html(said: Said) -> Said:
    """The right words in the wrong kind of document."""
    return replace(said, media_type="text/html") if order(said) else said


@lie("malformed_body")
def cuts_its_bodies(said: Said) -> Said:
    """JSON that ends in the middle."""
    return replace(said, body=said.body[:-20]) if order(said) else said


@lie("malformed_body")
def says_it_twice(said: Said) -> Said:
    """JSON with one member twice: who reads it decides which one counts."""
    return replace(said, body=said.body.replace(b'"total"', b'"total":0,"total"', 1)) if order(said) else said


@lie("body_schema")
def forgets_the_total(said: Said) -> Said:
    """A required property is missing."""
    tree = order(said)
    return said.but({key: value for key, value in tree.items() if key != "total"}) if tree else said


@lie("body_schema")
def counts_in_words(said: Said) -> Said:
    """A number comes as a text."""
    tree = order(said)
    return said.but(tree | {"shipping": "none"}) if tree else said


@lie("body_schema")
def has_months_of_its_own(said: Said) -> Said:
    """A moment that is in no calendar."""
    tree = order(said)
    return said.but(tree | {"create_datetime": "2026-02-30 09:00:00"}) if tree else said


@lie("false_value")
def rounds_nothing(said: Said) -> Said:
    """An amount with more decimals than the contract has for it."""
    tree = order(said)
    return said.but(tree | {"total": tree["total"] + 0.00001}) if tree else said


@lie("slow")
def falls_asleep(said: Said) -> Said:
    """It looks long for an order that is not there, three times."""
    if said.status == 404 and len(said.memory) < 3:
        said.memory.append(time.sleep(NAP))
    return said


@lie("undocumented_refusal")
def refuses_in_its_own_words(said: Said) -> Said:
    """An error code that is not in the contract, under a status that is."""
    tree = said.json()
    return said.but(tree | {"error": "no_way"}) if said.status == 400 and tree else said


@lie("undocumented_property")
def adds_a_key(said: Said) -> Said:
    """A property that the contract does not know."""
    tree = order(said)
    return said.but(tree | {"internal_margin": 12.5}) if tree else said


@lie("charset")
def speaks_latin_1(said: Said) -> Said:
    """It says UTF-8 and sends something else."""
    tree = order(said)
    if not tree:
        return said
    text = json.dumps(tree | {"comment": "Straße"}, ensure_ascii=False)
    return replace(said, body=text.encode("latin-1", "replace"))


@lie("leak")
def shows_its_stack(said: Said) -> Said:
    """An error that tells where the code lies."""
    tree = said.json()
    trace = "#0 /var/www/shop/lib/Order.php(120): Order->load(NULL)\n#1 {main}"
    return said.but(tree | {"error_description": f"Stack trace: {trace}"}) if said.status == 404 and tree else said


@lie("leak")
def repeats_the_token(said: Said) -> Said:
    """The caller's secret stands in the answer."""
    tree = order(said)
    return said.but(tree | {"comment": said.query}) if tree and "counterfoil-token" in said.query else said


@lie("accepted_invalid")
def accepts_anything(said: Said) -> Said:
    """What is wrong with an order is not looked at."""
    if said.path.endswith("shop.order.add") and said.status == 400 and b"invalid_param" in said.body and said.memory:
        return replace(said, status=200, body=said.memory[0])
    if said.path.endswith("shop.order.add") and order(said) and not said.memory:
        said.memory.append(said.body)
    return said


@lie("wrong_outcome")
def forgets_its_orders(said: Said) -> Said:
    """An order that was placed is not found afterwards."""
    if said.path.endswith("shop.order.getInfo") and said.status == 200:
        return replace(said.but({"error": "invalid_param", "error_description": "Order not found."}), status=404)
    return said


@lie("wrong_outcome")
def lets_everybody_in(said: Said) -> Said:
    """A caller without a token gets what he asks for."""
    if said.status == 400 and b"token_required" in said.body:
        return replace(said.but({"offset": 0, "limit": 100, "count": 0, "orders": []}), status=200)
    return said


@lie("wrong_fact")
def miscalculates(said: Said) -> Said:
    """The total is off by one."""
    tree = order(said)
    return said.but(tree | {"total": tree["total"] + 1}) if tree else said


class Liar:
    """A WSGI application: the honest mock behind one lie. The control plane stays honest."""

    endpoints = ("shopscript",)
    remarks = ()

    def __init__(self, tell: Lie) -> None:
        self._honest = create_app(["shopscript"], stands_at=datetime(2026, 1, 5, 9))
        self._tell = tell
        self._memory: list[Any] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        caught: list[Any] = []
        body = b"".join(self._honest(environ, lambda status, headers, *_: caught.extend((status, headers))))
        status, headers = caught
        if "/_mock" in path:
            start_response(status, headers)
            return [body]
        media_type = {name.lower(): value for name, value in headers}["content-type"].partition(";")[0]
        said = self._tell(Said(path, query, int(status.split()[0]), media_type, body, self._memory))
        start_response(f"{said.status} Said", [("Content-Type", f"{said.media_type}; charset=utf-8")])
        return [said.body]


def honest(said: Said) -> Said:
    """No lie at all."""
    return said


if __name__ == "__main__":
    name = sys.argv[1]
    server = Server("127.0.0.1", _free_port("127.0.0.1", 0), (), {})
    server.app = Liar(honest if name == "honest" else LIES[name][1])
    run(server)
