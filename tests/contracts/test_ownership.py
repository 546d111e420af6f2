"""What a run has made is written down, is its own once that is proved, and can be undone; nothing else is touched."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.http.exchange import Withheld
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.safety.created import Begun, Created, Done, Run, Undone, left_by
from counterfoil.contracts.safety.ownership import ownable
from counterfoil.contracts.safety.undo import steps
from counterfoil.specs.lint import lint_document
from tests.contracts.guarding import (
    CONTRACTS,
    FOREIGN,
    ORDER,
    Serve,
    accepted,
    ask,
    guarded,
    judged,
    judged_fully,
    shop,
)


def test_every_contract_can_undo_what_it_creates() -> None:
    """Or says nothing of it: a checkout and a payment stay."""
    creating = {
        each.id for contract in CONTRACTS.values() for each in contract.operations.values() if each.effect == "creates"
    }
    linked = {
        each.id
        for contract in CONTRACTS.values()
        for each in contract.operations.values()
        for answer in each.raw["responses"].values()
        if any(link.startswith("undo") for link in contract.deref(answer).get("links", ()))
    }

    assert {"checkout_cart", "confirm_cart_order"} == creating - linked
    assert set() == linked - creating
    assert {"orderid", "clientid"} == ownable(CONTRACTS["whmcs-classic"])


def test_the_steps_that_undo_are_filled_from_the_answer() -> None:
    """In the order of their names; where the answer lacks what a step needs, there is no step."""
    contract = CONTRACTS["whmcs-classic"]
    request = ask("whmcs-classic", "add_order", body=ORDER)

    taken = steps(contract, request, 200, {}, {"result": "success", "orderid": 9})

    assert ["pending_order", "cancel_order", "delete_order"] == [step.operation for step in taken]
    assert {"action": "DeleteOrder", "responsetype": "json", "orderid": 9} == taken[-1].body
    assert [] == steps(contract, request, 200, {}, {"result": "success"})


@pytest.mark.parametrize(
    ("named", "operation", "function"),
    [("lineitem.id", "delete_cart_item", "cart"), ("item.id", "change_basket", "basket")],
)
@pytest.mark.parametrize("order", ["order_item", "order_item_by_query", "quick_order_item", "old_order_item"])
def test_an_item_leaves_the_cart_that_it_was_put_into(order: str, named: str, operation: str, function: str) -> None:
    """A panel has two: the answer's name for the item says in which it waits."""
    answer = {"doc": {named: {"$": "5"}, "ok": {"$": ""}}}

    taken = steps(CONTRACTS["billmanager"], ask("billmanager", order), 200, {}, answer)

    assert [operation] == [step.operation for step in taken]
    assert {"func": function, "clicked_button": "delete", "id": "5", "sok": "ok", "out": "xjson"} == taken[0].body


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"operationId": "forget_order"}, "is no operation"),
        ({"operationId": "delete_order", "requestBody": {"id": "$answer#/id"}}, "names nothing"),
        ({"operationId": "delete_order", "x-done": ["gone"]}, "has no outcome 'gone'"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(link: dict[str, Any], told: str) -> None:
    """By `specs lint`, before anybody relies on it."""
    document = json.loads(json.dumps(CONTRACTS["shopscript"].document))
    document["paths"]["/api.php/shop.order.add"]["post"]["responses"]["200"]["links"] = {"undo_1_delete": link}

    assert any(told in problem for problem in lint_document("shopscript", document))


def test_what_is_accepted_though_it_must_be_refused_is_noted_and_not_repeated(tmp_path: Path, serve: Serve) -> None:
    """The first such order is written down, though nothing proves whose it is, and no second one is asked for."""
    app, times = shop(accepted)
    target = guarded("shopscript", serve(app), tmp_path)
    broken = ask("shopscript", "add_order", body={}, credentials=None)

    target.send(broken)
    with pytest.raises(Withheld, match="nothing of the kind"):
        target.send(broken)

    lines = list(Created(tmp_path / "created.jsonl").read())
    assert 1 == len(times)
    assert [Begun, Done] == [type(line) for line in lines]
    assert ({"id": 77}, []) == (lines[1].ids, lines[1].undo)
    assert "does not prove" in lines[1].doubt
    target.close()


@dataclass
class Shop:
    """A shop with an order of somebody else's in it. `answers` says which id a new order gets."""

    answers: Callable[[int], int] = lambda number: 70 + number
    keeps_comments: bool = True
    orders: dict[int, dict[str, Any]] = field(default_factory=lambda: {7: {"id": 7, "comment": "theirs"}})
    before_each: Callable[[str], None] = lambda _: None
    asked: list[str] = field(default_factory=list)

    @property
    def app(self) -> flask.Flask:
        app = flask.Flask("shop")

        @app.route("/api.php/<method>", methods=["GET", "POST"])
        def answer(method: str) -> flask.Response:
            self.before_each(flask.request.get_data(as_text=True))
            self.asked.append(method)
            told: Any = {}
            if method == "shop.order.search":
                told = {"count": len(self.orders), "orders": list(self.orders.values())}
            elif method == "shop.order.add":
                number = self.answers(self.asked.count("shop.order.add"))
                comment = flask.request.form.get("comment", "") if self.keeps_comments else ""
                told = self.orders.setdefault(number, {"id": number, "comment": comment})
            return flask.Response(json.dumps(told), content_type="application/json")

        return app


ORDERED = {"contact_id": 1, "items": [{"sku_id": 1}]}


def test_an_order_is_written_down_before_it_is_sent(tmp_path: Path, serve: Serve) -> None:
    """With its mark, which is in the request, too; only as many are sent as may be; what the run made it may remove."""
    told: list[str] = []

    def note(body: str) -> None:
        if "comment" in body:
            told.extend([(tmp_path / "created.jsonl").read_text(), body])

    target = guarded("shopscript", serve(Shop(before_each=note).app), tmp_path, writes=True, max_orders=1)
    order = ask("shopscript", "add_order", body=ORDERED)

    assert FOREIGN == judged(target, ask("shopscript", "delete_order", body={"id": 71}))
    target.send(order)

    assert told
    assert all("counterfoil-abc-1" in each for each in told)
    assert "--max-orders" in judged_fully(target, order)
    assert "CHANGES" == judged(target, ask("shopscript", "delete_order", body={"id": 71}))
    assert ["order 71"] == left_by(tmp_path, "")
    target.close()


@pytest.mark.parametrize(
    ("answers", "sent"), [(lambda _: 7, 1), (lambda _: 71, 2)], ids=["an order that exists", "the same order twice"]
)
def test_an_answer_that_names_what_exists_ends_all_writing(
    tmp_path: Path, serve: Serve, answers: Callable[[int], int], sent: int
) -> None:
    """It is a finding, and nothing of that name is changed or removed: it may be somebody else's."""
    target = guarded("shopscript", serve(Shop(answers).app), tmp_path, writes=True)
    order = ask("shopscript", "add_order", body=ORDERED)

    exchanges = [target.send(order) for _ in range(sent)]

    seen = Observation(target, exchanges[-1], outcome(exchanges[-1], target.contract), strict=False)
    found = {finding.check: finding for finding in check(seen)}
    assert ("documented", "broken") == (found["answers_what_exists"].evidence, found["answers_what_exists"].severity)
    assert "add_order answers what exists" in judged_fully(target, order)
    done = [line for line in Created(tmp_path / "created.jsonl").read() if isinstance(line, Done)]
    assert ([], "add_order answers what exists") == (done[-1].undo, done[-1].doubt.partition(":")[0])
    removing = ask("shopscript", "delete_order", body={"id": 7})
    assert judged(target, removing) in (FOREIGN, "add_order answers what exists")
    target.close()


def test_an_order_with_the_number_of_its_client_is_the_run_s_own(tmp_path: Path, serve: Serve) -> None:
    """What the request names under another name says nothing of what the answer names."""
    target = guarded("shopscript", serve(Shop(lambda _: 1).app), tmp_path, writes=True)

    target.send(ask("shopscript", "add_order", body=ORDERED))

    assert "CHANGES" == judged(target, ask("shopscript", "delete_order", body={"id": 1}))
    target.close()


def test_what_does_not_carry_the_mark_is_not_the_run_s_own(tmp_path: Path, serve: Serve) -> None:
    """Somebody else may have made it in the same moment: it is told, and neither changed nor undone."""
    target = guarded("shopscript", serve(Shop(keeps_comments=False).app), tmp_path, writes=True)

    exchange = target.send(ask("shopscript", "add_order", body=ORDERED))

    done = [line for line in Created(tmp_path / "created.jsonl").read() if isinstance(line, Done)]
    assert ("", [], True) == (exchange.warning, done[0].undo, "does not prove" in done[0].doubt)
    assert FOREIGN == judged(target, ask("shopscript", "delete_order", body={"id": 71}))
    target.close()


@pytest.mark.parametrize("is_listed", [True, False])
def test_what_can_carry_no_mark_is_the_run_s_own_if_it_was_not_there_and_is(
    tmp_path: Path, serve: Serve, is_listed: bool
) -> None:
    """An item that the answer names, and the basket does not have, proves nothing."""
    app, ordered = flask.Flask("panel"), list[str]()

    @app.route("/billmgr", methods=["GET", "POST"])
    def answer() -> flask.Response:
        doc: dict[str, Any] = {"total_sum": {"$": "0.00"}, "list": {"$name": "itemlist"}}
        if flask.request.values["func"] != "basket":
            ordered.append("5")
            doc = {"item.id": {"$": "5"}, "ok": {"$": ""}}
        elif ordered and is_listed:
            doc["list"]["elem"] = {"item.id": {"$": "5"}}
        return flask.Response(json.dumps({"doc": doc}), content_type="application/json")

    target = guarded("billmanager", serve(app), tmp_path, writes=True)
    item = {"func": "vds.order.param", "period": 1, "pricelist": 111, "sok": "ok", "clicked_button": "finish"}

    target.send(ask("billmanager", "old_order_item", body=item))

    done = [line for line in Created(tmp_path / "created.jsonl").read() if isinstance(line, Done)]
    assert is_listed is bool(done[0].undo)
    assert is_listed is ("does not prove" not in done[0].doubt)
    target.close()


def test_a_line_that_a_crash_has_cut_short_is_passed_over(tmp_path: Path) -> None:
    """One in the middle of the file is told, since nobody knows what it was."""
    file = Created(tmp_path / "created.jsonl")
    file.add(Run("abc", "now", None, {}), Mask({}))
    file.add(Undone(1, "undo_1", "200", last=True), Mask({}))
    with file.path.open("ab") as end:
        end.write(b'{"kind":"inte')

    assert [Run, Undone] == [type(line) for line in file.read()]
    with file.path.open("ab") as end:
        end.write(b"\n{}\n")
    with pytest.raises(ValueError, match=r"created\.jsonl:3"):
        list(file.read())
