"""Targets that break one law each: the honest mock of the WHMCS REST API, and something in between that is not honest."""

import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from lawbreaking import HOLDS_CART, Ask, Asked, Lie, Said, breaks_case

LIES: dict[str, tuple[str, set[str], Lie]] = {}


def breaks(trial: str, *laws: str) -> Callable[[Lie], Lie]:
    """Registers a lie with the laws that it breaks, and the trial that finds it."""

    def register(tell: Lie) -> Lie:
        LIES[tell.__name__] = (trial, set(laws), tell)
        return tell

    return register


def _less(amount: dict[str, Any], by: Decimal) -> dict[str, Any]:
    value = f"{Decimal(amount['value']) - by:.2f}"
    return amount | {"value": value, "display_value": amount["display_value"].replace(amount["value"], value)}


# carts


@breaks("carts", "subtotal_is_the_sum", "taxes_are_no_more_than_they_say", "several_cost_several_times_as_much")
def forgets_the_quantity(asked: Asked, ask: Ask) -> Said:
    """The totals count each product once, however many there are."""
    said = ask(asked)
    contents = said.contents
    if contents is None:
        return said
    off = Decimal()
    for item in contents["items"]:
        recurring = ((item.get("billing") or {}).get("price") or {}).get("recurring")
        if recurring and item.get("quantity", 1) > 1:
            line = Decimal(recurring["amount"]["value"]) + Decimal(recurring["setup"]["value"])
            off += line - line / item["quantity"]
    totals = contents["totals"]
    for name in ("subtotal", "total"):
        totals[name] = _less(totals[name], off)
    return said.but({"data": contents})


@breaks("carts", "taxes_are_no_more_than_they_say")
def rounds_taxes_up(asked: Asked, ask: Ask) -> Said:
    """A cent too much is in the taxes: how much of a cart is taxed is not told, but no more than all of it is."""
    said = ask(asked)
    contents = said.contents
    if contents is None or not any(Decimal(tax["amount"]["value"]) for tax in contents["totals"]["taxes"]):
        return said
    totals, cent = contents["totals"], Decimal("-0.01")
    totals["taxes"][0]["amount"] = _less(totals["taxes"][0]["amount"], cent)
    totals["total"] = _less(totals["total"], cent)
    return said.but({"data": contents})


@breaks("carts", "what_recurs_is_the_sum")
def forgets_the_addons_next_month(asked: Asked, ask: Ask) -> Said:
    """The recurring totals are those of the first cycle alone, twice as high."""
    said = ask(asked)
    contents = said.contents
    if contents is None or not contents["totals"]["recurring"]:
        return said
    first = contents["totals"]["recurring"][0]
    first["amount"] = _less(first["amount"], -Decimal(first["amount"]["value"]))
    return said.but({"data": contents})


@breaks("carts", "several_cost_several_times_as_much")
def charges_once_for_all(asked: Asked, ask: Ask) -> Said:
    """So many are sold at the price of one, and the totals agree with that."""
    said = ask(asked)
    contents = said.contents
    if contents is None:
        return said
    off, off_again = Decimal(), dict[str, Decimal]()
    for item in contents["items"]:
        billing, quantity = item.get("billing") or {}, item.get("quantity", 1)
        recurring = (billing.get("price") or {}).get("recurring")
        if item.get("type") == "product" and recurring and quantity > 1:
            for name in ("setup", "amount"):
                more = Decimal(recurring[name]["value"]) / quantity * (quantity - 1)
                recurring[name] = _less(recurring[name], more)
                off += more
            off_again[billing["cycle"]] = off_again.get(billing["cycle"], Decimal()) + more
    return said.but({"data": _without_taxes(contents, off, off_again)})


def _without_taxes(contents: Any, off: Decimal, off_again: dict[str, Decimal]) -> Any:
    totals = contents["totals"]
    totals |= {"taxes": [], "discounts": [], "subtotal": _less(totals["subtotal"], off)}
    totals["total"] = totals["subtotal"]
    for each in totals["recurring"]:
        each["amount"] = _less(each["amount"], off_again.get(each["cycle"], Decimal()))
    return contents


@breaks("cart", "item_ids_are_unique")
def repeats_its_ids(asked: Asked, ask: Ask) -> Said:
    """The second item has the id of the first."""
    said = ask(asked)
    contents = said.contents
    if contents is None or len(contents["items"]) < 2:
        return said
    contents["items"][1]["item_id"] = contents["items"][0]["item_id"]
    return said.but({"data": contents})


@breaks("cart", "item_removed_is_gone")
def does_not_delete(asked: Asked, ask: Ask) -> Said:
    """Deleting an item is answered with 200, and the item stays."""
    deletes = asked.asks("DELETE", "/cart/.{16}/items/.{8}") and not asked.path.endswith("00000000")
    return ask(asked.cart) if deletes else ask(asked)


@breaks("cart", "item_is_removed_once")
def deletes_what_is_gone(asked: Asked, ask: Ask) -> Said:
    """Deleting what is not there is no error; no cart has ever had the id of zeroes."""
    said = ask(asked)
    gone = asked.asks("DELETE", "/cart/.{16}/items/.{8}") and said.status == 404
    return ask(asked.cart) if gone and not asked.path.endswith("00000000") else said


@breaks("cart", "item_is_read_as_answered")
def pretends_to_delete(asked: Asked, ask: Ask) -> Said:
    """Deleting all addons is answered as if there were none, but they are still there."""
    if not asked.asks("DELETE", "/cart/.{16}/items/.{8}/addons"):
        return ask(asked)
    contents = ask(asked.cart).contents
    said = ask(asked)
    addons = {item["item_id"]: item.get("addons", []) for item in contents["items"]}
    more = [{"id": each["addon"]["id"], "quantity": each["quantity"]} for each in addons[asked.path.split("/")[-2]]]
    ask(replace(asked.but({"addons": more}), method="POST", path=asked.path.removesuffix("s")))
    return said


@breaks("cart", "item_changes_as_asked")
def ignores_the_new_quantity(asked: Asked, ask: Ask) -> Said:
    """A change of a quantity is accepted and not made."""
    body = asked.json()
    if (
        asked.asks("POST", "/cart/.{16}/items/.{8}")
        and isinstance(body, dict)
        and isinstance(body.get("quantity"), int)
    ):
        asked = asked.but({name: value for name, value in body.items() if name != "quantity"})
    return ask(asked)


@breaks("cart", "item_changes_alone")
def changes_all_items(asked: Asked, ask: Ask) -> Said:
    """A quantity that is changed is that of all products in the cart."""
    said, body = ask(asked), asked.json()
    changed = asked.asks("POST", "/cart/.{16}/items/.{8}") and said.status == 200 and body.get("quantity")
    for item in ask(asked.cart).contents["items"] if changed else ():
        ask(replace(asked, path=f"{asked.cart.path}/items/{item['item_id']}"))
    return said


@breaks("service", "service_unknown_is_refused")
def shows_some_service(asked: Asked, ask: Ask) -> Said:
    """A service that nobody has is shown as the first one."""
    said = ask(asked)
    if said.status != 404 or not asked.asks("GET", "/user/services/2000000000"):
        return said
    every = ask(replace(asked, path="/api/v2/user/services")).json()["data"]
    return said.but({"data": every[0]}, 200) if every else said


@breaks("cart", "item_is_added_alone")
def adds_twice(asked: Asked, ask: Ask) -> Said:
    """What is added is there twice."""
    said = ask(asked)
    return ask(asked) if asked.asks("POST", "/cart/.{16}/items") and said.status == 200 else said


@breaks("cart", "item_emptied_is_empty")
def does_not_clear(asked: Asked, ask: Ask) -> Said:
    """Clearing a cart is answered with 200, and everything stays."""
    return ask(asked.cart) if asked.asks("DELETE", "/cart/.{16}/items") else ask(asked)


@breaks("cart", "item_refused_changes_nothing")
def adds_what_it_can(asked: Asked, ask: Ask) -> Said:
    """A request with one impossible item is refused, but the others are in the cart."""
    said = ask(asked)
    if asked.asks("POST", "/cart/.{16}/items") and said.status == 422:
        for item in asked.json()["items"]:
            ask(asked.but({"items": [item]}))
    return said


@breaks("carts", "promotion_is_shown")
def hides_the_promotion(asked: Asked, ask: Ask) -> Said:
    """The cart does not show its code."""
    said = ask(asked)
    contents = said.contents
    return said if contents is None else said.but({"data": contents | {"promotions": []}})


@breaks("carts", "promotion_leaves_no_trace")
def keeps_the_promotion(asked: Asked, ask: Ask) -> Said:
    """Removing a promotion is answered with 200, and it stays."""
    return ask(asked.cart) if asked.asks("DELETE", "/cart/.{16}/promotions") else ask(asked)


@breaks_case("The counter counts items and their addons, but not their quantity")
def counts_products_only(asked: Asked, ask: Ask) -> Said:
    """Addons do not count."""
    said = ask(asked)
    if asked.asks("GET", "/cart/.{16}/counter") and said.status == 200:
        return said.but({"data": {"counter": len(ask(asked.cart).contents["items"])}})
    return said


@breaks("carts", "offered_can_be_added")
def does_not_sell_by_the_year(asked: Asked, ask: Ask) -> Said:
    """A cycle that the catalogue has is refused."""
    if asked.asks("POST", "/cart/.{16}/items") and b'"annually"' in asked.body:
        refused = ask(asked.but({"items": [{"type": "product", "product_id": 0, "billing_cycle": "annually"}]}))
        return refused.but({"message": "The billing cycle annually is not offered"})
    return ask(asked)


@breaks("cart", "item_refuses_an_unknown_code")
def takes_any_code(asked: Asked, ask: Ask) -> Said:
    """Codes that nobody knows are accepted and do nothing."""
    said = ask(asked)
    return ask(asked.cart) if b"Promotion code NO SUCH CODE does not exist" in said.body else said


# pages


def _is_page(asked: Asked) -> bool:
    return asked.method in ("GET", "POST") and "page" in asked.parameters


@breaks("lists", "list_products_page_size_is_kept")
def ignores_the_page_size(asked: Asked, ask: Ask) -> Said:
    """The first page has all that there is, and so the others are empty."""
    said = ask(asked)
    if not _is_page(asked) or said.status != 200 or asked.parameters["page_size"] == "500":
        return said
    return said.but(said.json() | {"data": ask(asked.with_query(page_size=500)).json()["data"]})


@breaks("lists", "list_products_pages_are_the_list")
def turns_no_page(asked: Asked, ask: Ask) -> Said:
    """The second page is the first one again, where it is full."""
    said = ask(asked)
    if _is_page(asked) and asked.parameters["page"] == "2" and said.status == 200:
        first = ask(asked.with_query(page=1))
        tree, data = said.json(), first.json()["data"]
        if isinstance(data, list) and len(data) == len(tree["data"]):
            return said.but(tree | {"data": data})
    return said


@breaks("lists", "list_products_page_beyond_is_empty")
def begins_again_at_the_end(asked: Asked, ask: Ask) -> Said:
    """Beyond the last page comes the first one."""
    said = ask(asked)
    if _is_page(asked) and said.status == 200 and said.json()["data"] == [] and asked.parameters["page"] != "1":
        return said.but(said.json() | {"data": ask(asked.with_query(page=1)).json()["data"]})
    return said


@breaks("lists", "list_tld_pricing_page_says_where_it_stands")
def counts_the_page(asked: Asked, ask: Ask) -> Said:
    """The total is that of the page alone."""
    said = ask(asked)
    tree = said.json() if said.body else {}
    if isinstance(tree, dict) and isinstance(tree.get("meta"), dict):
        return said.but(tree | {"meta": tree["meta"] | {"total_items": len(tree["data"])}})
    return said


# owners

OWNERS: dict[str, str] = {}  # the path of a cart, and the state of whoever made it
STATES: list[str] = []  # of users, the first one who came


def _remember(asked: Asked, said: Said) -> None:
    if asked.state and said.status == 200:
        if asked.asks("POST", "/cart"):
            OWNERS[f"/api/v2/cart/{said.json()['data']['id']}"] = asked.state
        if asked.asks("GET", "/user/services|/user/domains") and said.json()["data"]:
            STATES.append(asked.state)


@breaks("cart", "cart_is_its_owners")
def shows_anybodys_cart(asked: Asked, ask: Ask) -> Said:
    """Who knows the id of a cart sees what is in it."""
    said = ask(asked)
    _remember(asked, said)
    if said.status == 404 and asked.asks("GET", "/cart/.{16}") and asked.path in OWNERS:
        return said.but(ask(replace(asked, state=OWNERS[asked.path])).json(), 200)
    return said


@breaks("cart", "cart_is_left_alone_by_strangers")
def lets_strangers_add(asked: Asked, ask: Ask) -> Said:
    """A stranger is told that there is no such cart, after the cart has been taxed elsewhere or emptied."""
    said = ask(asked)
    _remember(asked, said)
    owner = OWNERS.get(asked.cart.path) if HOLDS_CART.match(asked.path) else None
    if said.status == 404 and owner and asked.method in ("POST", "DELETE"):
        ask(replace(asked, state=owner))
    return said


@breaks("cart", "cart_is_listed")
def loses_a_cart(asked: Asked, ask: Ask) -> Said:
    """The newest cart is not listed."""
    said = ask(asked)
    if asked.asks("GET", "/cart") and said.status == 200:
        return said.but({"data": said.json()["data"][1:]})
    return said


def _by_anybody(asked: Asked, ask: Ask, pattern: str) -> Said:
    said = ask(asked)
    _remember(asked, said)
    if said.status != 404 or not asked.asks("GET", pattern):
        return said
    others = (ask(replace(asked, state=state)) for state in STATES)
    return next((said.but(other.json(), 200) for other in others if other.status == 200), said)


@breaks("service", "service_is_its_owners")
def shows_anybodys_service(asked: Asked, ask: Ask) -> Said:
    """Who guesses the number of a service sees it."""
    return _by_anybody(asked, ask, "/user/services/[0-9]+")


@breaks("domain", "domain_is_its_owners")
def shows_anybodys_domain(asked: Asked, ask: Ask) -> Said:
    """Who guesses the number of a domain sees it."""
    return _by_anybody(asked, ask, "/user/domains/[0-9]+")


@breaks("service", "service_refuses_a_guest_who_lists")
def has_empty_lists_for_guests(asked: Asked, ask: Ask) -> Said:
    """Nobody is nobody's user, and so has nothing, instead of being asked to log in."""
    said = ask(asked)
    if said.status == 401 and not asked.state and asked.asks("GET", "/user/services|/cart"):
        return said.but({"data": []}, 200)
    return said
