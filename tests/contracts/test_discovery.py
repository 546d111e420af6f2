"""Ids that a profile lacks are found by reading, and the run says which."""

import contextlib
import json
import time
from collections.abc import Callable

import flask
import msgspec
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.profile.model import Discovery, Entry, Scalar
from counterfoil.contracts.profile.read import ProfileError, seeded
from counterfoil.contracts.run.candidates import Query, candidates
from counterfoil.contracts.run.discovery import discovered, discovered_together, shown
from counterfoil.mockserver.create import create_app
from counterfoil.specs import Contract

Serve = Callable[[flask.Flask], str]

#: what no document lets a client read: who is taxed where, other people's tokens, what is sold outside the lists
UNTOLD = {
    "billmanager": {"paid_by_transfer"},
    "whmcs": {"taxed_country", "state_taxed_country", "untaxed_country", "taxed_state", "taxed_state_code"},
}
#: of several that will do, another one than the documented installation names
ANOTHER = {"offered_addon", "taken_name", "spare_name", "product_promo", "other_datacenter"}


@pytest.fixture(scope="module")
def mock() -> flask.Flask:
    return create_app()


def _known(contract: str, **ids: Scalar) -> Entry:
    return msgspec.structs.replace(seeded().of(contract), ids=ids)


def test_billmanager_tells_what_stands_where_the_seeded_ids_do(mock: flask.Flask, serve: Serve) -> None:
    """Tariffs, data centers and addons stand in its price lists, providers in the client's accounts."""
    entry = _known("billmanager")
    with contextlib.closing(Target.described(Contract.load("billmanager"), serve(mock), entry)) as target:
        found = discovered(target, entry)

    wanted = seeded().of("billmanager").ids
    assert wanted.keys() - UNTOLD["billmanager"] == found.found_by.keys()
    assert {name: wanted[name] for name in found.ids} == found.ids


def test_a_price_list_as_panels_show_it_has_the_tariff(serve: Serve) -> None:
    """One list stands alone, its rows do not repeat what was asked for, and one with a setup fee comes first."""
    app, balance = flask.Flask("panel"), {"project": {"$": "91"}, "balance": {"$": "70.00"}, "currency": {"$": "CHF"}}

    def row(tariff: int, **more: object) -> dict[str, object]:
        prices = [{"period": {"$": f"{months}"}, "cost": {"$": "7.33"}, **more} for months in (1, 3)]
        return {"id": {"$": f"{tariff}"}, "title": {"$": "Murmel"}, "prices": {"price": prices}}

    lists = {
        "subaccount": {"elem": balance},
        "v2.vds.order.pricelist": {
            "list": {"$name": "tariflist", "elem": [row(9111, setup={"$": "4.45"}), row(9112)]},
            "slist": {"$name": "datacenter", "val": {"$key": "9201", "$": "Zürich"}},
        },
    }

    @app.route("/billmgr")
    def answer() -> dict[str, object]:
        return {"doc": lists.get(flask.request.args["func"], {"error": {"$type": "missed", "msg": {"$": "no"}}})}

    entry = _known("billmanager")
    with contextlib.closing(Target.described(Contract.load("billmanager"), serve(app), entry)) as target:
        found = discovered(target, entry)

    assert {"provider": 91, "currency": "CHF", "tariff": 9112} == found.ids


def test_each_contract_of_an_installation_knows_what_the_other_one_tells(mock: flask.Flask, serve: Serve) -> None:
    """Promotions are listed by the classic API only, addons of a product by the REST API only."""
    url = serve(mock)
    entries = {name: _known(name) for name in ("whmcs-rest", "whmcs-classic")}
    targets = {name: (Target.described(Contract.load(name), url, entry), entry) for name, entry in entries.items()}

    together = discovered_together(targets)
    alone = discovered(*targets["whmcs-rest"])
    for target, _ in targets.values():
        target.close()

    wanted, rest = seeded().of("whmcs-rest").ids, together["whmcs-rest"]
    assert together["whmcs-classic"].ids == rest.ids
    assert wanted.keys() - UNTOLD["whmcs"] == rest.found_by.keys()
    assert {name for name in rest.ids if rest.ids[name] != wanted[name]} <= ANOTHER
    assert {"promo", "open_promo", "product_promo", "recurring_promo", "expired_promo", "closed_client"} <= (
        rest.found_by.keys() - alone.found_by.keys()
    )


def test_a_shop_tells_what_was_sold_to_whom(mock: flask.Flask, serve: Serve) -> None:
    """As far as there are orders: of contacts and goods that nobody has had to do with, nothing can be read."""
    entry = _known("shopscript")
    with contextlib.closing(Target.described(Contract.load("shopscript"), serve(mock), entry)) as target:
        first = discovered(target, entry).ids
        assert (2, 7, None) == (first["contact"], first["limited_sku"], first.get("other_contact"))
        operation = target.contract.operations["add_order"]
        for contact, items in (
            (1, [{"sku_id": 1, "quantity": 1, "services": [{"service_variant_id": 1}, {"service_variant_id": 2}]}]),
            (2, [{"sku_id": 3, "quantity": 1}, {"sku_id": 5, "quantity": 1}, {"sku_id": 6, "quantity": 1}]),
        ):
            target.send(Request(operation, body={"contact_id": contact, "items": items}))
        found = discovered(target, entry).ids

    assert {"contact", "other_contact", "sku", "other_sku", "fractional_sku", "taxed_sku", "service_variant"} <= (
        found.keys()
    )
    assert {1, 2} == {found["contact"], found["other_contact"]}
    assert (5, 1) == (found["taxed_sku"], found["service_variant"])


@pytest.mark.parametrize(
    ("contract", "given", "told"),
    [
        ("whmcs-rest", {"product": 5}, "product 5 has a setup fee"),
        ("whmcs-rest", {"product": 3}, "product 3 has a setup fee"),
        ("whmcs-rest", {"product": 4711}, "product 4711 is not among what list_products tells"),
        ("whmcs-rest", {"product": 1, "other_product": 1}, "other_product 1 is `product`, too"),
        ("whmcs-rest", {"other_product": 2}, "other_product 2 has a required custom field"),
        ("whmcs-rest", {"free_name": "domain1.com"}, "free_name domain1.com cannot be registered"),
        ("whmcs-rest", {"other_tld": "com"}, "other_tld com asks nothing of whoever registers a name"),
        ("whmcs-classic", {"closed_client": 1}, "closed_client 1 is not closed"),
        ("whmcs-classic", {"limited_product": 1}, "limited_product 1 has no stock control"),
        ("whmcs-classic", {"expired_promo": "CARTAPI"}, "expired_promo CARTAPI has not expired"),
        ("billmanager", {"tariff": 211}, "tariff 211 belongs to another provider"),
        ("billmanager", {"dear_tariff": 121}, "dear_tariff 121 is not among what list_tariffs tells"),
    ],
)
def test_an_id_that_is_not_what_it_is_to_be_is_not_used(
    contract: str, given: dict[str, Scalar], told: str, mock: flask.Flask, serve: Serve
) -> None:
    """What is wrong with it is told, and no other one is taken in its place."""
    name = list(given)[-1]
    entry = _known(contract, **given)
    with contextlib.closing(Target.described(Contract.load(contract), serve(mock), entry)) as target:
        known = discovered(target, entry)

    assert known.unfit[name].startswith(told)
    assert name not in known.ids
    assert name not in known.found_by


def test_the_seeded_ids_are_what_they_are_to_be(mock: flask.Flask, serve: Serve) -> None:
    """Every one of them that reading can check."""
    url = serve(mock)
    for name, entry in seeded().entries.items():
        if name == "shopscript":
            continue  # which tells of nothing before somebody has ordered it
        with contextlib.closing(Target.described(Contract.load(name), url, entry)) as target:
            assert {} == discovered(target, entry).unfit, name


def test_what_is_given_is_not_looked_for(mock: flask.Flask, serve: Serve) -> None:
    """Without a check, the seeded profile has everything, so that nothing is asked."""
    entry = seeded().of("whmcs-classic")
    with contextlib.closing(Target.described(Contract.load("whmcs-classic"), serve(mock), entry)) as target:
        found = discovered(target, entry, check=False)

        assert 0 == target.requests

    assert ({}, entry.ids) == (found.found_by, found.ids)


def _answering(serve: Serve, answer: object, contract: str, **discover: Discovery) -> tuple[Target, Entry]:
    app = flask.Flask("shop")

    @app.route("/<path:path>", methods=["GET", "POST"])
    def told(path: str) -> flask.Response:
        return flask.Response(json.dumps(answer), content_type="application/json")

    entry = Entry(discover=discover, ids={"given": 5})
    return Target.described(Contract.load(contract), serve(app), entry), entry


def test_a_pointer_or_a_query_says_where_an_id_stands(serve: Serve) -> None:
    """Of several, the first that finds something; numbers are seen as texts; none is what another one is already."""
    orders = [{"id": 5, "state": "new"}, {"id": "7", "state": "new"}, {"id": 9, "state": "paid"}]
    target, entry = _answering(
        serve, {"offset": 0, "limit": 9, "count": 3, "orders": orders}, "shopscript",
        first=Discovery("search_orders", "/orders/0/id"),
        other=Discovery("search_orders", "$.orders[?@.state=='new'].id", but=["given"]),
        second=Discovery("search_orders", ["$.orders[?@.state=='lost'].id", "$.orders[?@.id=='{other}'].state"]),
        none=Discovery("search_orders", "$.orders[?@.state=='lost'].id"),
        below=Discovery("search_orders", "$.orders[?@.id=='{none}'].id"),
        wrong=Discovery("search_orders", "$.orders[?"),
    )  # fmt: skip

    found = discovered(target, entry)

    assert {"given": 5, "first": "5", "other": "7", "second": "new"} == found.ids
    assert ("none", "below", "wrong") == found.missing
    assert 1 == target.requests


def test_a_refusal_finds_nothing(serve: Serve) -> None:
    """The id stays missing, and the cases that need it are skipped."""
    target, entry = _answering(
        serve, {"error": "invalid_token", "orders": [1]}, "shopscript", one=Discovery("search_orders", "/orders/0")
    )

    assert ("one",) == discovered(target, entry).missing


@pytest.mark.parametrize("operation", ["add_order", "nowhere"])
def test_only_what_reads_is_asked(serve: Serve, operation: str) -> None:
    """Anything else is a mistake in the profile, and is told before anything is sent."""
    target, entry = _answering(serve, {}, "shopscript", one=Discovery(operation, "/a"))

    with pytest.raises(ProfileError, match=rf"\[shopscript.discover\] one: {operation} is no operation"):
        discovered(target, entry)
    assert 0 == target.requests


def test_every_way_to_find_an_id_is_one_of_its_contract() -> None:
    """Its operation only reads, it can be depended on without going round, and the id has a meaning."""
    for name, entry in seeded().entries.items():
        contract = Contract.load(name)
        for found, how in entry.discover.items():
            assert "reads" == contract.operations[how.operation].effect, found
            assert found.startswith("_") or found in entry.ids
        assert entry.ids.keys() == entry.meanings.keys()


def test_a_secret_is_not_among_the_ids_that_are_shown(serve: Serve) -> None:
    """The report says what was used, but for what opens doors."""
    target, entry = _answering(serve, {}, "shopscript")
    entry = msgspec.structs.replace(entry, ids={"sku": 1, "expired_token": "hush-hush"})

    assert ["sku"] == list(shown(discovered(target, entry), target.mask()))


def test_no_pattern_of_a_target_is_tried_for_long() -> None:
    """It says which texts a field allows: in its own words, of which some have no end. What is no pattern allows nothing."""
    query, before = (
        Query(["$.id"], "$.fields[*]", {"refuses": "!allows(@.validation, 'Counterfoil')"}),
        time.process_time(),
    )
    endless = ["(?:(?:(?:.?){99}){99}){99}!", "(" * 3_000, "a{99999999999}", "(?=(o|o)*$)(C|o|u)*!", "x" * 1_000_000]
    patterns = ["[a-z]+", "^(?=.*[A-Z]).+$", "/^Counter/", *endless]

    found = candidates({"fields": [{"id": "1", "validation": each} for each in patterns]}, query)

    assert ["", "", ""] + ["refuses"] * len(endless) == [each.fault for each in found]
    assert time.process_time() - before < 2


def test_a_text_of_a_target_is_held_to_a_pattern_in_one_pass() -> None:
    """However often it begins like what is looked for."""
    lists = {"does not fit": "!match(@.for, '(.*[^0-9A-Za-z])?7([^0-9].*)?')"}
    texts, before = ["5,7,9", "5,77,9", *(",7" * 1_900 + f"\n\n{each}" for each in range(300))], time.process_time()

    found = candidates({"a": [{"id": "1", "for": each} for each in texts]}, Query(["$.id"], "$.a[*]", lists))

    assert ["", "does not fit"] == [each.fault for each in found][:2]
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    "told", ["..", ".", "1' || @.a || '", "(a+)+$", "a/b", "1\r\nx", "x" * 201, "{other}", "%2e%2e", ""]
)
def test_what_is_no_plain_value_is_no_id(told: str) -> None:
    """It would be more than a value in an address, in a query or in a pattern."""
    assert [] == candidates({"id": told}, Query(["$.id"]))
    assert ["7", "domain1.com", "20 EUR"] == [
        each.value for each in candidates({"id": "7,domain1.com,20 EUR"}, Query(["$.id"]))
    ]
