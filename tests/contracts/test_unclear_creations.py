"""A creating call of which no clear answer came may have created something: it counts, is told, and is not tried forever."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request, Unreachable, Withheld
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.safety.created import Created, Done, left_by
from counterfoil.contracts.safety.guard import Guard, behind
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports.results import Footer, Header, Results
from counterfoil.reports.terminal import summary
from counterfoil.specs import Contract

Mount = Callable[[Callable[..., Any]], str]
SHOP = Contract.load("shopscript")
ORDER = {"contact_id": 1, "items": [{"sku_id": 1}]}
UNCLEAR = {
    "what cannot be read": lambda: flask.Response("{", content_type="application/json"),
    "a shape that nobody documents": lambda: flask.Response("[1]", content_type="application/json"),
    "a status that nobody documents": lambda: flask.Response("", 302),
    "a failure of the server": lambda: flask.Response("oops", 502),
}


def _shop(answer: Callable[[], flask.Response]) -> tuple[flask.Flask, list[str]]:
    """A shop that takes every order, and says so in its own way."""
    app, orders = flask.Flask("shop"), list[str]()

    @app.route("/api.php/<method>", methods=["GET", "POST"])
    def answered(method: str) -> flask.Response:
        if method == "shop.order.search":
            told = {
                "count": len(orders),
                "orders": [{"id": 70 + at, "comment": each} for at, each in enumerate(orders)],
            }
            return flask.Response(json.dumps(told), content_type="application/json")
        orders.append(flask.request.form.get("comment", ""))
        return answer()

    return app, orders


@pytest.fixture
def writing(tmp_path: Path, mount: Mount) -> Iterator[Callable[..., tuple[Target, list[str]]]]:
    """A run that may write to a shop that answers so."""
    targets = []

    def start(answer: Callable[[], flask.Response], **rules: Any) -> tuple[Target, list[str]]:
        app, orders = _shop(answer)
        entry = seeded().of("shopscript")
        guard = Guard(Rules("abc", **{"writes": True, **rules}), entry, "shopscript", not rules.get("free"), tmp_path)
        targets.append(behind(Target.described(SHOP, mount(app), entry), guard))
        return targets[-1], orders

    yield start
    for target in targets:
        target.close()


def _order() -> Request:
    operation = SHOP.operations["add_order"]
    return Request(operation, body=ORDER, media_type=next(iter(operation.request)))


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR)
def test_an_unclear_answer_counts_as_an_order(
    tmp_path: Path, writing: Callable[..., tuple[Target, list[str]]], answer: Callable[[], flask.Response]
) -> None:
    """No more than may be are asked for, and it is told by its mark, by which `cleanup` finds it."""
    target, orders = writing(answer, max_orders=1)

    target.send(_order())
    with pytest.raises(Withheld, match="--max-orders"):
        target.send(_order())

    assert ["counterfoil-abc-1"] == orders
    assert ["perhaps order, of which no clear answer came, marked counterfoil-abc-1"] == left_by(tmp_path, "")


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR)
def test_where_answers_stay_unclear_nothing_more_is_created(
    writing: Callable[..., tuple[Target, list[str]]], answer: Callable[[], flask.Response]
) -> None:
    """Twice may be chance; a program that nobody understands is not filled with orders."""
    target, orders = writing(answer)

    for _ in range(2):
        target.send(_order())
    with pytest.raises(Withheld, match="no clear answer came: nothing more is created by it"):
        target.send(_order())

    assert 2 == len(orders)


def test_an_answer_that_never_came_is_unclear(
    writing: Callable[..., tuple[Target, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order may have been placed all the same."""
    target, _ = writing(UNCLEAR["a failure of the server"])
    exchange = Target.exchange

    def lost(self: Target, request: Request) -> Any:
        if request.operation.id == "add_order":
            raise Unreachable("nothing came")
        return exchange(self, request)

    monkeypatch.setattr(Target, "exchange", lost)
    for _ in range(2):
        with pytest.raises(Unreachable):
            target.send(_order())

    with pytest.raises(Withheld, match="no clear answer came"):
        target.send(_order())


def test_a_refusal_is_clear(tmp_path: Path, writing: Callable[..., tuple[Target, list[str]]]) -> None:
    """It does not count."""
    told = json.dumps({"error": "invalid_param", "error_description": "no"})
    target, _ = writing(lambda: flask.Response(told, 400, content_type="application/json"), max_orders=1)

    for _ in range(3):
        target.send(_order())

    assert [] == left_by(tmp_path, "")
    assert 3 == len([line for line in Created(tmp_path / "created.jsonl").read() if isinstance(line, Done)])


@pytest.mark.parametrize(
    ("left", "told"),
    [
        ([], "This run created nothing."),
        (["order 5"], "This run created: order 5. `counterfoil cleanup` undoes what can be undone."),
        (["order 5", "perhaps order, x-2"], "This run created: order 5. This run may have created: order, x-2. `cou"),
        (
            ["order 5", "order 6", "cart item 7aF", "order 5000", "client, whose id is not in the answer"],
            "This run created: order 5, 6 and 5000; cart item 7aF; client, whose id is not in the answer. `cou",
        ),
        (
            [f"perhaps item, of which no clear answer came, marked run7-{number}" for number in (1, 2)],
            "This run may have created: item, of which no clear answer came, marked run7-1 and run7-2. `cou",
        ),
        (["order", "order 5", "order"], "This run created: order (2 times); order 5. `cou"),
        (["perhaps order, x-2"], "\nThis run may have created: order, x-2. `counterfoil cleanup`"),
    ],
)
def test_it_is_told_in_the_end_what_a_run_may_have_created(left: list[str], told: str) -> None:
    """Apart from what it has created."""
    footer = Footer("", 0.1, 0, {}, {}, "", 0, "The contract holds.", created=left)

    assert told in summary(Results(Header("1", "2026-01-05T09:00:00Z", 1, "smoke", False, {}, {}, {}), [], footer))
