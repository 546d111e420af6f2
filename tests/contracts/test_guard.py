"""The guard lets pass what does no harm, and nothing else."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.generate.examples import constants, example_request
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request, Unreachable, Withheld
from counterfoil.contracts.http.loopback import is_loopback
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.profile.model import Entry, Limits
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.safety.created import Begun, Created, Done, Run, Undone, left_by
from counterfoil.contracts.safety.guard import Guard, behind
from counterfoil.contracts.safety.intent import Intent, Names, Opened, decided
from counterfoil.contracts.safety.ownership import ownable
from counterfoil.contracts.safety.rules import Rules, per_second
from counterfoil.contracts.safety.undo import steps
from counterfoil.specs import Contract, names
from counterfoil.specs.lint import lint_document

Serve = Callable[[flask.Flask], str]
CONTRACTS = {name: Contract.load(name) for name in names()}


def guarded(contract: str, url: str = "http://127.0.0.1:1", folder: Path | None = None, **rules: Any) -> Target:
    entry = seeded().of(contract)
    target = Target.described(CONTRACTS[contract], url, entry)
    return behind(target, Guard(Rules(run="abc", **rules), entry, contract, careful=True, folder=folder))


def ask(contract: str, operation: str, **fields: Any) -> Request:
    known = CONTRACTS[contract].operations[operation]
    media = next(iter(known.request), None)
    return Request(known, **{"media_type": media, **fields})


def judged(target: Target, request: Request) -> str:
    """What becomes of the request: its intent, or the first words of the reason."""
    try:
        return target.guard.judge(target, request).name
    except Withheld as reason:
        return str(reason).split(",")[0].split(":")[0]


ORDER = {"action": "AddOrder", "clientid": 1, "pid": 1, "paymentmethod": "mailin"}
ACCEPT = {"action": "AcceptOrder", "orderid": 7}
ITEM = {"func": "v2.vds.order.param", "order_period": 1, "pricelist": 111, "sok": "ok", "clicked_button": "order"}
FOREIGN = "would change something there that the run did not create"


@pytest.mark.parametrize(
    ("contract", "operation", "fields", "careful", "writing"),
    [
        ("shopscript", "search_orders", {}, "READS", "READS"),
        ("shopscript", "add_order", {"body": {"contact_id": 1}}, "needs --writes", "CREATES"),
        ("shopscript", "add_order", {"body": {"contact_id": 1, "items": [{"sku_id": 1}]}}, "needs --writes", "CREATES"),
        ("shopscript", "act_on_order", {"body": {"id": 7, "action": "process"}}, "needs --writes", FOREIGN),
        ("shopscript", "act_on_order", {"body": {"id": 7, "action": "pay"}}, "moves money", "moves money"),
        ("shopscript", "delete_order", {"body": {"id": 7}}, "needs --writes", FOREIGN),
        ("shopscript", "delete_order", {"body": {"id": "x"}}, "needs --writes", FOREIGN),
        ("shopscript", "delete_order", {"body": {"id": 7}, "credentials": None}, "needs --writes", FOREIGN),
        ("shopscript", "delete_order", {"body": {"id": 7}, "expected": False}, "needs --writes", FOREIGN),
        ("shopscript", "delete_order", {"body": {"id": 999999999}}, "HARMLESS", "HARMLESS"),
        ("whmcs-classic", "get_orders", {"body": {"action": "GetOrders"}}, "READS", "READS"),
        ("whmcs-classic", "get_orders", {"body": {"action": "DeleteOrder"}}, "needs --writes", FOREIGN),
        ("whmcs-classic", "get_orders", {"body": {"action": "AddInvoicePayment"}}, "moves money", "moves money"),
        (
            "whmcs-classic",
            "get_orders",
            {"body": {"action": "GetOrders"}, "tail": "action=addorder"},
            "needs --writes",
            "",
        ),
        ("whmcs-classic", "add_order", {"body": ORDER}, "needs --writes", "CREATES"),
        ("whmcs-classic", "add_order", {"body": ORDER, "credentials": {"secret": "x"}}, "needs --writes", "CREATES"),
        (
            "whmcs-classic",
            "close_client",
            {"body": {"action": "CloseClient", "clientid": 1}},
            "needs --writes",
            FOREIGN,
        ),
        ("whmcs-classic", "accept_order", {"body": {**ACCEPT, "sendregistrar": "on"}}, "moves money", "moves money"),
        ("whmcs-classic", "accept_order", {"body": ACCEPT}, "needs --writes", FOREIGN),
        ("whmcs-classic", "add_invoice_payment", {"credentials": None}, "moves money", "moves money"),
        (
            "whmcs-classic",
            "add_credit",
            {"body": {"action": "AddCredit", "clientid": 999999999}},
            "moves money",
            "moves money",
        ),
        ("whmcs-classic", "create_invoice", {"credentials": None}, "moves money", "moves money"),
        ("whmcs-classic", "update_invoice", {}, "moves money", "moves money"),
        ("whmcs-classic", "add_transaction", {}, "moves money", "moves money"),
        ("whmcs-classic", "upgrade_product", {}, "moves money", "moves money"),
        ("whmcs-classic", "send_email", {"credentials": None}, "sends mail", "sends mail"),
        (
            "whmcs-classic",
            "module_terminate",
            {"body": {"action": "ModuleTerminate", "accountid": 999999999}},
            "sends mail",
            "sends mail",
        ),
        ("whmcs-classic", "get_orders", {"body": {"action": "ModuleSuspend"}}, "sends mail", "sends mail"),
        ("whmcs-classic", "validate_login", {}, "sends mail", "sends mail"),
        (
            "whmcs-classic",
            "update_client",
            {"body": {"action": "UpdateClient", "clientid": 1}},
            "needs --writes",
            FOREIGN,
        ),
        (
            "whmcs-classic",
            "update_client_product",
            {"body": {"action": "UpdateClientProduct", "serviceid": 1}},
            "needs --writes",
            FOREIGN,
        ),
        ("whmcs-rest", "create_cart", {}, "needs --writes", "CREATES"),
        ("whmcs-rest", "add_cart_items", {"path": {"cart_id": "theirs"}}, "needs --writes", FOREIGN),
        ("whmcs-rest", "clear_cart_items", {"path": {"cart_id": "theirs"}}, "needs --writes", FOREIGN),
        ("whmcs-rest", "create_user_session", {"body": {"email": "a@b.cd", "password": "x"}}, "READS", "READS"),
        ("billmanager", "order_item", {"body": ITEM}, "needs --writes", "CREATES"),
        ("billmanager", "order_item", {"body": {**ITEM, "skipbasket": "on"}}, "moves money", "moves money"),
        ("billmanager", "order_item", {"body": {**ITEM, "skipbasket": "ON!"}}, "moves money", "moves money"),
        ("billmanager", "order_item_by_query", {"query": {**ITEM, "skipbasket": "on"}}, "moves money", "moves money"),
        ("billmanager", "empty_cart", {"body": {"func": "cart.empty", "sok": "ok"}}, "needs --writes", FOREIGN),
    ],
)
def test_a_request_is_judged_by_what_goes_over_the_wire(
    contract: str, operation: str, fields: dict[str, Any], careful: str, writing: str
) -> None:
    """By default it reads or has to be refused; with `--writes` it creates, and touches only what the run has made."""
    request = ask(contract, operation, **fields)

    assert careful == judged(guarded(contract), request)
    assert judged(guarded(contract, writes=True), request).startswith(writing)


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
    assert {"action": "DeleteOrder", "orderid": 9} == taken[-1].body
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
    assert {"func": function, "clicked_button": "delete", "id": "5", "sok": "ok"} == taken[0].body


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


def shop(answers: Callable[[int], flask.Response]) -> tuple[flask.Flask, list[float]]:
    """A shop that gives the answers that it is told to, by their number, and when it was asked."""
    app, times = flask.Flask("shop"), list[float]()

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> flask.Response:
        times.append(time.monotonic())
        return answers(len(times))

    return app, times


def accepted(_: int = 0) -> flask.Response:
    return flask.Response(json.dumps({"id": 77}), content_type="application/json")


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


def judged_fully(target: Target, request: Request) -> str:
    with pytest.raises(Withheld) as withheld:
        target.send(request)
    return str(withheld.value)


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


@pytest.mark.parametrize(("most", "wrong"), [(4, 12), (2, 5)])
def test_wrong_credentials_are_rationed(serve: Serve, most: int, wrong: int) -> None:
    """Between two right ones no more than the ration, whoever sends them."""
    row, worst = 0, 0

    def answer(_: int) -> flask.Response:
        nonlocal row, worst
        is_right = flask.request.args.get("access_token") == "counterfoil-token"
        row = 0 if is_right else row + 1
        worst = max(worst, row)
        return flask.Response("{}", 200 if is_right else 401, content_type="application/json")

    app, _ = shop(answer)
    guard = Guard(Rules(), Entry(limits=Limits(wrong_logins=most)), "shopscript", careful=True)
    target = behind(Target.described(CONTRACTS["shopscript"], serve(app), seeded().of("shopscript")), guard)
    for number in range(wrong):
        credentials = None if number % 2 else {"access_token": "no-such-token"}
        target.send(ask("shopscript", "search_orders", credentials=credentials))

    assert 0 < worst <= most
    target.close()


def test_where_no_right_login_is_at_hand_wrong_ones_end(serve: Serve) -> None:
    """Rather than that somebody is banned."""
    app, times = shop(lambda _: flask.Response("{}", 401, content_type="application/json"))
    guard = Guard(Rules(), Entry(), "whmcs-rest", careful=True)
    target = behind(Target.described(CONTRACTS["whmcs-rest"], serve(app)), guard)

    login = ask("whmcs-rest", "create_user_session", body={"email": "a@b.cd", "password": "x"})
    for _ in range(3):
        target.send(login)

    assert "banned" in judged_fully(target, login)
    assert 3 == len(times)
    target.close()


def test_no_more_is_sent_than_the_rate_allows(tmp_path: Path, serve: Serve) -> None:
    """Over all processes of a run, which share its folder."""
    app, times = shop(accepted)
    url = serve(app)
    targets = [guarded("shopscript", url, tmp_path, rate=20.0) for _ in range(2)]

    for number in range(9):
        targets[number % 2].send(ask("shopscript", "search_orders"))

    assert times[-1] - times[0] >= 8 / 20 - 0.02
    for target in targets:
        target.close()


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_respected(serve: Serve, as_date: bool) -> None:
    """The request is sent again when its time has come; the caller sees the answer that counts."""

    def answer(number: int) -> flask.Response:
        if number > 1:
            return accepted()
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        return flask.Response("", 429, {"Retry-After": moment if as_date else "1"})

    app, times = shop(answer)
    target = guarded("shopscript", serve(app))

    assert 200 == target.send(ask("shopscript", "search_orders")).status
    assert times[1] - times[0] >= 0.9
    target.close()


def test_what_is_turned_away_again_and_again_is_no_finding(serve: Serve) -> None:
    """It was not tried, and the reason says what helps."""
    app, times = shop(lambda _: flask.Response("", 429, {"Retry-After": "0"}))
    target = guarded("shopscript", serve(app))

    with pytest.raises(Withheld, match="--rate"):
        target.send(ask("shopscript", "search_orders"))

    assert 3 == len(times)
    assert times[2] - times[1] >= 0.1  # it is asked more slowly, also where it asks for no pause
    target.close()


@pytest.mark.parametrize("wanted", ["31536000", f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", "1e400"])
def test_a_run_waits_for_no_year(serve: Serve, wanted: str) -> None:
    """Nor for one that no calendar has."""
    app, _ = shop(lambda _: flask.Response("", 429, {"Retry-After": wanted}))
    target = guarded("shopscript", serve(app))

    with pytest.raises(Withheld, match="too long for a run"):
        target.send(ask("shopscript", "search_orders"))
    target.close()


def test_a_run_ends_where_patience_is_asked_for_again_and_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is short enough, and all of them together are not."""
    monkeypatch.setattr("counterfoil.contracts.safety.rate_limit._MOST_PATIENCE", 0.9)
    app, times = shop(lambda number: flask.Response("", 429, {"Retry-After": "0.6"}) if number % 2 else accepted())
    target = guarded("shopscript", serve(app))

    assert 200 == target.send(ask("shopscript", "search_orders")).status
    with pytest.raises(Unreachable, match=r"wait for 1 seconds in all: give a smaller --rate"):
        target.send(ask("shopscript", "search_orders"))

    assert 3 == len(times)
    target.close()


def test_a_silent_target_is_asked_no_more() -> None:
    """After five requests in a row without an answer, the others fail without being sent."""
    target = guarded("shopscript")
    for _ in range(5):
        with pytest.raises(Unreachable):
            target.send(ask("shopscript", "search_orders"))

    with pytest.raises(Unreachable, match="the run ends here"):
        target.send(ask("shopscript", "search_orders"))
    assert 5 == target.requests
    target.close()


def test_no_example_is_sent_that_does_something() -> None:
    """An example's ids may be somebody's: none is sent to an operation that creates, changes, removes or pays."""
    for name, contract in CONTRACTS.items():
        target = guarded(name)
        for operation in contract.operations.values():
            if operation.effect not in ("reads", "session"):
                assert judged(target, example_request(target, operation)) not in ("READS", "HARMLESS"), operation.id


@pytest.mark.parametrize("is_empty", [True, False])
@pytest.mark.parametrize("names", list(Names))
@pytest.mark.parametrize("opened", list(Opened))
@pytest.mark.parametrize("effect", ["reads", "session", "changes", "removes", "creates", "pays", "acts"])
def test_every_row_of_the_table_is_harmless_even_if_it_is_accepted(
    effect: str, opened: Opened, names: Names, is_empty: bool
) -> None:
    """What reads is sent; what changes names nothing that exists; what creates has two reasons to be refused."""
    decision = decided(effect, opened, names, is_empty=is_empty)

    reasons = (opened is Opened.WRONG) + (names is Names.NOWHERE) + is_empty
    creates_nothing = opened is not Opened.RIGHT and names is not Names.SOMETHING and is_empty and reasons >= 2
    may = {
        "creates": creates_nothing,
        "changes": names is Names.NOWHERE,
        "removes": names is Names.NOWHERE,
        "pays": False,
        "acts": False,
    }
    if effect in may:
        assert (Intent.HARMLESS if may[effect] else None) is decision
    else:
        assert Intent.READS is decision


NOWHERE = 999999999
RIGHT = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret"}
CART = {"path": {"cart_id": "NoSuchCart000000"}}


@pytest.mark.parametrize(
    ("contract", "operation", "fields", "is_sent"),
    [
        # changes and removes: only what exists nowhere, whoever asks
        ("whmcs-classic", "close_client", {"body": {"clientid": NOWHERE}}, True),
        ("whmcs-classic", "close_client", {"body": {"clientid": NOWHERE, "username": {"0": "stub"}}}, True),
        ("whmcs-classic", "close_client", {"body": {"clientid": 1, "username": {"0": "stub"}}}, False),
        ("whmcs-classic", "close_client", {"body": {"clientid": [NOWHERE, 1]}}, False),
        ("whmcs-classic", "close_client", {"body": {"clientid": f"{NOWHERE}, 1"}}, False),
        ("whmcs-classic", "close_client", {"body": {"clientid": "999999999x"}}, False),
        ("whmcs-classic", "close_client", {"body": {"clientid": NOWHERE}, "tail": "clientid=1"}, False),
        ("whmcs-classic", "close_client", {"body": {}, "credentials": None}, False),
        ("whmcs-classic", "close_client", {"body": {"clientid": NOWHERE, "note": "davis@example.com"}}, True),
        ("whmcs-classic", "delete_order", {"raw": b"action=DeleteOrder&orderid=2000000000"}, True),
        ("shopscript", "act_on_order", {"body": {"id": NOWHERE, "action": "process"}}, True),
        ("shopscript", "act_on_order", {"body": {"id": NOWHERE, "contact_id": 1, "action": "process"}}, False),
        ("billmanager", "empty_cart", {"body": {"func": "cart.empty", "sok": "ok"}, "credentials": None}, False),
        ("billmanager", "delete_cart_item", {"body": {"func": "cart", "clicked_button": "delete", "sok": "ok", "id": NOWHERE}}, True),
        ("billmanager", "empty_cart", {"body": {"func": "cart.empty", "sok": "ok", "project": NOWHERE, "id": NOWHERE}}, False),
        ("billmanager", "change_basket", {"body": {"func": "basket", "clicked_button": "delete", "sok": "ok", "id": NOWHERE}}, True),
        ("billmanager", "change_basket", {"body": {"func": "basket", "clicked_button": "clearbasket", "sok": "ok", "id": NOWHERE}}, False),
        ("billmanager", "change_basket", {"body": {"func": "basket", "clicked_button": "Delete", "sok": "ok", "id": NOWHERE}}, False),
        ("billmanager", "change_basket", {"body": {"func": "basket", "sok": "ok", "id": NOWHERE}}, False),
        ("billmanager", "change_basket", {"raw": b"func=basket&sok=ok&id=999999999&clicked_button=delete&clicked_button=clearbasket"}, False),
        ("billmanager", "make_login_key", {"body": {"func": "session.newkey", "username": "demo", "key": "no-such-key-0000000", "sok": "ok"}}, False),
        ("whmcs-rest", "clear_cart_items", CART, True),
        ("whmcs-rest", "clear_cart_items", {"path": {"cart_id": "12345"}, "credentials": None}, False),
        ("whmcs-rest", "apply_cart_promotion", {**CART, "body": {"code": "demopromo"}}, False),
        # creates: wrong credentials and nothing to order, both at once
        ("whmcs-classic", "add_order", {"body": {}, "credentials": None}, True),
        ("whmcs-classic", "add_order", {"body": {"responsetype": "json"}, "credentials": {"secret": "stub"}}, True),
        ("whmcs-classic", "add_order", {"body": {}}, False),
        ("whmcs-classic", "add_order", {"body": {**RIGHT, "username": "stub"}, "credentials": None}, False),
        ("whmcs-classic", "add_order", {"body": {}, "query": {"note": RIGHT["secret"], "at": RIGHT["identifier"]}, "credentials": None}, False),
        ("whmcs-classic", "add_order", {"body": {"clientid": 1}, "credentials": None}, False),
        ("whmcs-classic", "add_order", {"body": {"domain": "a.example"}, "credentials": None}, False),
        ("whmcs-classic", "add_client", {"body": {"firstname": "Stub"}, "credentials": None}, False),
        ("shopscript", "add_order", {"body": {"items": []}, "credentials": {"access_token": "no-such-token"}}, True),
        ("shopscript", "add_order", {"body": {"items": [{"sku_id": NOWHERE}]}, "credentials": None}, True),
        ("shopscript", "add_order", {"body": {"items": [{"sku_id": 1}]}, "credentials": None}, False),
        ("shopscript", "add_order", {"body": {"contact": {"firstname": ["odd"]}}, "credentials": None}, False),
        ("whmcs-rest", "create_cart", {}, False),
        ("whmcs-rest", "checkout_cart", CART, True),
        ("whmcs-rest", "add_cart_items", {**CART, "body": {"items": []}}, True),
        ("whmcs-rest", "add_cart_items", {**CART, "body": {"items": [{"type": "product"}]}}, False),
        ("whmcs-rest", "add_cart_items", {**CART, "raw": b"no {"}, False),
        ("whmcs-rest", "set_cart_geolocation", {**CART, "raw": b'"stub"'}, True),
        # whatever anybody may read out of it
        ("whmcs-classic", "unknown_action", {"body": {"action": "getnothing"}}, True),
        ("whmcs-classic", "unknown_action", {"body": {"action": "ADDORDER "}}, False),
        ("whmcs-classic", "unknown_action", {"body": {"action": "DeleteClient"}}, False),
        ("whmcs-classic", "get_orders", {"body": {"Action": "UpdateClient"}}, False),
        ("shopscript", "unknown_method", {"path": {"method": "shop.order.delete"}}, False),
        ("shopscript", "unknown_method", {"path": {"method": "shop.customer.add"}}, False),
        ("shopscript", "unknown_method", {"path": {"method": "nosuchapp.post.add"}}, True),
        ("shopscript", "delete_order", {"method": "GET", "query": {"id": 1}}, False),
        ("billmanager", "get_cart", {"query": {"func": "cart"}}, True),
        ("billmanager", "get_cart", {"query": {"func": "cart", "clicked_button": "delete", "id": 1, "sok": "ok"}}, False),
        ("billmanager", "list_services", {"query": {"func": "vds", "sok": "ok"}}, False),
        ("billmanager", "unknown_function", {"query": {"func": "vds.delete"}}, False),
        ("whmcs-rest", "get_cart", {"path": {"cart_id": "c"}}, True),
        ("whmcs-rest", "list_countries", {"method": "DELETE"}, False),
        ("whmcs-rest", "list_countries", {"headers": {"X-HTTP-Method-Override": "DELETE"}}, False),
    ],
)  # fmt: skip
def test_in_a_careful_run_nothing_is_sent_that_would_do_something(
    contract: str, operation: str, fields: dict[str, Any], is_sent: bool
) -> None:
    """Whatever the target makes of it, and though it must be refused."""
    request = ask(contract, operation, **fields)
    function = (
        constants(CONTRACTS[contract], media.schema)
        if (media := next(iter(request.operation.request.values()), None))
        else {}
    )
    if contract == "whmcs-classic" and isinstance(request.body, dict) and "Action" not in request.body:
        request = replace(request, body={**function, **request.body})

    assert is_sent is (judged(guarded(contract), request) in ("READS", "HARMLESS"))


def test_an_example_s_id_is_not_taken_for_a_known_id() -> None:
    """Even with `--writes`, an order is placed for those alone whom the profile names."""
    target = guarded("shopscript", writes=True)
    stranger = ask("shopscript", "add_order", body={"contact_id": 4711, "items": [{"sku_id": 1}]})

    assert "names contact_id 4711" in judged_fully(target, stranger)


def test_rates_and_hosts_are_read() -> None:
    """As people write them."""
    assert [5.0, 5.0, 0.5] == [per_second("5/s"), per_second("300/m"), per_second("1800 / h")]
    assert ([True] * 3, [False] * 2) == (
        [is_loopback(url) for url in ("http://127.0.0.1:80", "http://localhost/x", "http://[::1]:8080")],
        [is_loopback(url) for url in ("https://staging.example.com", "http://10.0.0.7")],
    )
    with pytest.raises(ValueError, match="no rate"):
        per_second("fast")


@pytest.mark.parametrize(
    ("rules", "safety", "trusted", "careful", "since"),
    [
        (Rules(), None, "", True, "it is no mock"),
        (Rules(), None, "this run has started it", False, "this run has started it"),
        (Rules(), "free", "", False, "the profile says"),
        (Rules(free=True), None, "", False, "--free is given"),
        (Rules(free=True), "careful", "", True, "the profile says"),
        (Rules(), "careful", "it proves it", True, "the profile says"),
        (Rules(read_only=True), "free", "", True, "--read-only is given"),
        (Rules(read_only=True), None, "this run has started it", True, "--read-only is given"),
        (Rules(writes=True), None, "", True, "what the run has made"),
        (Rules(writes=True), "free", "", True, "what the run has made"),
    ],
)
def test_a_run_is_careful_with_all_but_a_mock_that_is_trusted(
    rules: Rules, safety: str | None, trusted: str, careful: bool, since: str
) -> None:
    """Wherever it is; who calls it free takes that on himself, and who asks for care has it, with a mock, too."""
    allowed = rules.may_send(safety, trusted)

    assert (careful, True) == (allowed.careful, since in allowed.says)
