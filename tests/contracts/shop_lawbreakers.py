"""Shops that break one law each, in ways for which the mock has no defect."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from lawbreaking import Ask, Asked, Said
from order_lawbreaking import breaks, changing

SHOP = "shopscript"
ADD, GET, SEARCH, ACT = "shop.order.add", "shop.order.getInfo", "shop.order.search", "shop.order.action"
ACTIONS, DELETE = "shop.order.actions", "shop.order.delete"
SHOWS = (ADD, GET, SEARCH)
REFUSED = {"error": "invalid_param", "error_description": "No."}

of_orders = partial(changing, SHOP, "order")
of_pages = partial(changing, SHOP, "lists")
at_once = partial(changing, SHOP, "order at once")


def shown(tree: Any) -> list[Any]:
    return tree.get("orders", [tree])


@of_orders("order_can_be_made", ADD)
def does_not_sell_three(tree: Any, asked: Asked) -> Any:
    """Three of anything are refused."""
    return (REFUSED, 400) if b"quantity%5D=3" in asked.body else None


@of_orders("order_is_as_asked", *SHOWS)
def mixes_up_its_customers(tree: Any, asked: Asked) -> None:
    """The order is somebody else's."""
    for order in shown(tree):
        order["contact_id"] = order["contact"]["id"] = 3 - order["contact_id"]


@of_orders("order_leaves_out_what_is_unknown", ADD)
def replaces_what_it_lacks(tree: Any, asked: Asked) -> None:
    """What the shop does not have is replaced by what it has."""
    if b"2000000000" in asked.body and tree["items"]:
        tree["items"].append(tree["items"][0] | {"id": tree["items"][-1]["id"] + 1})


@of_orders("order_is_as_asked", *SHOWS)
def keeps_no_parameters(tree: Any, asked: Asked) -> None:
    """The caller's parameters are gone."""
    for order in shown(tree):
        order["params"].pop("gift", None)


@of_orders("order_price_is_its_own", *SHOWS)
def rebates_by_the_quantity(tree: Any, asked: Asked) -> None:
    """Who takes several pays less for each, and the total agrees with that."""
    for order in shown(tree):
        for row in order["items"]:
            if row["quantity"] > 1 and not row["tax_percent"]:
                order["total"] -= row["price"] / 2 * row["quantity"]
                row["price"] /= 2


@of_orders("order_ids_are_unique", *SHOWS)
def has_one_id_for_all_rows(tree: Any, asked: Asked) -> None:
    """Every row is row 1."""
    for order in shown(tree):
        for row in order["items"]:
            row["id"] = 1


@of_orders("order_ids_grow", *SHOWS)
def counts_down(tree: Any, asked: Asked) -> None:
    """Each row has a smaller id than the one before."""
    for order in shown(tree):
        for row in order["items"]:
            row["id"] = 100_000 - row["id"]
            row["parent_id"] = None if row["parent_id"] is None else 100_000 - row["parent_id"]


@of_orders("order_is_read_as_answered", GET)
def reads_another_comment(tree: Any, asked: Asked) -> None:
    """What is read is not what was answered."""
    tree["comment"] = "Another one."


@of_orders("order_is_found", SEARCH)
def counts_one_too_many(tree: Any, asked: Asked) -> None:
    """A search by ids has a count of its own."""
    tree["count"] += "id%2F" in asked.query


@breaks(SHOP, "order", "order_notations_agree")
def is_always_new_in_xml(asked: Asked, ask: Ask) -> Said:
    """The XML comes from a template in which somebody left a value."""
    said = ask(asked)
    body = said.body.replace(b"<state_id>", b"<state_id>re")
    return said if said.body.startswith(b"{") else Said(said.status, said.headers, body)


@of_orders("order_begins_as_told", *SHOWS)
def begins_to_work_at_once(tree: Any, asked: Asked) -> None:
    """A new order is told to be in another state."""
    for order in shown(tree):
        order["state_id"] = order["state_id"].replace("new", "processing")


@of_orders("order_does_what_its_state_allows", ACT)
def is_never_paid(tree: Any, asked: Asked) -> Any:
    """Payments are offered and refused."""
    return (REFUSED, 404) if b"action=pay" in asked.body else None


@of_orders("order_refuses_what_its_state_forbids", ACT, refused=True)
def refuses_with_another_status(tree: Any, asked: Asked) -> Any:
    """What is not offered is a bad request."""
    return tree, 400


@of_orders("order_keeps_its_workflow", ACTIONS)
def offers_no_deletion(tree: Any, asked: Asked) -> None:
    """An order's state does not offer all that it should."""
    tree["actions"] = [action for action in tree["actions"] if action["id"] != "delete"]


def deletes_again(tree: Any, asked: Asked) -> Any:
    moment = {"update_datetime": "2026-01-05 09:00:00"}
    done = {"order_id": 1, "action_id": "delete", "before_state_id": "deleted", "after_state_id": "deleted"}
    return done | {"id": 1, "update": moment}, 200


@of_orders("order_is_removed_once", DELETE, refused=True)
def deletes_what_is_deleted(tree: Any, asked: Asked) -> Any:
    """A second deletion is done, too."""
    return deletes_again(tree, asked)


@of_orders("order_stock_is_taken_alike", *SHOWS)
def takes_stock_now_and_then(tree: Any, asked: Asked) -> None:
    """Every second order takes no stock."""
    for order in shown(tree):
        if order["id"] % 2:
            order["params"].pop("reduced", None)


@of_orders("order_refuses_a_page_before_the_first", SEARCH, refused=True)
def searches_from_below_zero(tree: Any, asked: Asked) -> Any:
    """A negative offset is taken for the beginning."""
    return {"offset": 0, "limit": 1, "count": 0, "orders": []}, 200


@of_orders("/tax:x-sums", *SHOWS)
def tells_another_tax(tree: Any, asked: Asked) -> None:
    """The tax is a cent too high."""
    for order in shown(tree):
        order["tax"] = round(order["tax"] + 0.01, 4)


@breaks(SHOP, "lists", "search_orders_pages_are_the_list")
def turns_no_page(asked: Asked, ask: Ask) -> Said:
    """The second page has what the first one has."""
    said = ask(asked)
    if asked.parameters.get("offset", "0") != "0" and said.json()["orders"]:
        first = ask(asked.with_query(offset=0)).json()["orders"]
        return said.but(said.json() | {"orders": first[: len(said.json()["orders"])]})
    return said


@breaks(SHOP, "lists", "search_orders_page_size_is_kept")
def returns_what_it_likes(asked: Asked, ask: Ask) -> Said:
    """A page has up to a hundred orders, whatever is asked."""
    return ask(asked.with_query(limit=100)) if "limit" in asked.parameters else ask(asked)


@breaks(SHOP, "lists", "search_orders_page_beyond_is_empty")
def begins_again_at_the_end(asked: Asked, ask: Ask) -> Said:
    """Beyond the last page comes the first one."""
    said = ask(asked)
    if asked.parameters.get("offset", "0") != "0" and not said.json()["orders"]:
        return said.but(said.json() | {"orders": ask(asked.with_query(offset=0)).json()["orders"]})
    return said


@of_pages("search_orders_order_is_kept", SEARCH)
def shows_the_oldest_first(tree: Any, asked: Asked) -> None:
    """Orders come in the order of their ids."""
    tree["orders"].reverse()


@of_pages("search_orders_filters_filter", SEARCH)
def finds_one_too_few(tree: Any, asked: Asked) -> None:
    """Of several orders that are chosen by their ids, one is not found."""
    if "id%2F" in asked.query:
        tree["orders"] = tree["orders"][1:]


@of_pages("search_orders_usual_page_size", SEARCH)
def shows_two_by_default(tree: Any, asked: Asked) -> None:
    """Who asks for no number gets two."""
    if "limit" not in asked.parameters:
        tree["orders"] = tree["orders"][:2]


@at_once("order_at_once_have_ids_of_their_own", ADD)
def numbers_rows_within_an_order(tree: Any, asked: Asked) -> None:
    """The rows of every order begin with 1."""
    for number, row in enumerate(tree["items"], 1):
        row["id"] = number


@at_once("order_at_once_are_counted", SEARCH)
def counts_what_it_read_before(tree: Any, asked: Asked) -> None:
    """The count was right at some time."""
    tree["count"] = 5


@at_once("order_is_removed_by_one_caller", DELETE, refused=True)
def deletes_for_everybody(tree: Any, asked: Asked) -> Any:
    """Everybody who deletes an order hears that it is done."""
    return deletes_again(tree, asked)
