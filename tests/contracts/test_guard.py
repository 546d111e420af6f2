"""The guard lets pass what does no harm, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from counterfoil.contracts.generate.examples import constants, example_request
from counterfoil.contracts.safety.intent import Intent, Names, Opened, decided
from counterfoil.contracts.safety.rules import Rules
from tests.contracts.guarding import CONTRACTS, FOREIGN, ORDER, ask, guarded, judged, judged_fully

ACCEPT = {"action": "AcceptOrder", "orderid": 7}
ITEM = {"func": "v2.vds.order.param", "order_period": 1, "pricelist": 111, "sok": "ok", "clicked_button": "order"}


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
