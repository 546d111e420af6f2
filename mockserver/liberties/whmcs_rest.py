"""The liberties of a WHMCS that is called through its REST API: who calls, how it answers, what it refuses.

What its carts do stands in `whmcs_rest_carts.py`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Accepted, Body
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.whmcs.domains import registry
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people import accounts
from counterfoil.mockserver.whmcs.rest.admin import render
from counterfoil.mockserver.whmcs.rest.protocol.paging import PAGE_SIZE, listed
from counterfoil.mockserver.whmcs.rest.store import render as store
from counterfoil.mockserver.whmcs.seed import seeded_state

LIBERTIES = Liberties("whmcs-rest")

WORDS = ("all_refusals_say_the_same", "refusals_are_german")
#: the lists of which no document says in which order they are
UNORDERED = (
    "list_countries", "list_currencies", "list_billing_cycles", "list_payment_methods", "list_idn_languages",
    "list_carts", "list_services", "list_domains", "list_user_clients", "list_tld_pricing",
    "list_spotlight_tld_pricing", "list_products", "list_product_groups",
)  # fmt: skip
LOGINS = ("create_user_session", "create_admin_session", "verify_user_session", "verify_admin_session")


def _objects(node: Any) -> Iterator[Body]:
    """The objects below, without what registrants are asked, which is a map of names."""
    if isinstance(node, dict):
        yield node
        for name, below in node.items():
            if name != "additional_fields":
                yield from _objects(below)
    elif isinstance(node, list):
        for each in node:
            yield from _objects(each)


# what there is


@LIBERTIES.seeded("installation")
def another_whmcs_with_rest(state: Installation, now: datetime, seed: int) -> Installation:
    """We sell other products at other prices with setup fees, in other currencies, and tax otherwise."""
    return seeded_state(now, seed, Path(__file__).parent / "installations" / "whmcs.yaml")


@LIBERTIES.seeded("installation")
def other_names_look_random(state: Installation, now: datetime, seed: int) -> Installation:
    """Ids of carts, items and sessions are made of another seed."""
    state.seed += 4711
    return state


# words and statuses


@LIBERTIES.refused("words", apart=WORDS)
def all_refusals_say_the_same(exchange: Exchange, reply: Reply) -> None:
    """A refusal has a status; its message is for a person, and always the same."""
    if "message" in reply.body:
        reply.body["message"] = "Your request could not be completed."


@LIBERTIES.refused("words", apart=WORDS)
def refusals_are_german(exchange: Exchange, reply: Reply) -> None:
    """Our messages are in the language of our users, and tell what it was about."""
    if "message" in reply.body:
        reply.body["message"] = f"Das geht leider nicht ({reply.outcome.replace('_', ' ')})."


@LIBERTIES.refused("extras")
def refusals_have_a_code(exchange: Exchange, reply: Reply) -> None:
    """Beside the message there is a code for programs, and an id for our support."""
    reply.body |= {"code": f"E{reply.status}", "request_id": "r-1"}


@LIBERTIES.refused("form")
def refusals_have_no_message(exchange: Exchange, reply: Reply) -> None:
    """Where the status says enough, nothing else is said."""
    if reply.status in (401, 403, 404):
        reply.body.pop("message", None)


@LIBERTIES.refused("status")
def who_may_not_look_is_forbidden(exchange: Exchange, reply: Reply) -> None:
    """A cart of another user is there, and forbidden; whoever is not logged in at all has to be."""
    cart = exchange.state.carts.get(exchange.call.given.get("cart_id")) if exchange.state else None
    if reply.outcome == "cart_not_found" and cart is not None and cart.user is not None:
        reply.status = 403


@LIBERTIES.refused("status")
def wrong_queries_find_nothing(exchange: Exchange, reply: Reply) -> None:
    """A query with a parameter that cannot be read is one for which there is nothing."""
    if reply.outcome == "parameter_invalid":
        reply.status = 404


@LIBERTIES.refused("status")
def wrong_bodies_fail_a_precondition(exchange: Exchange, reply: Reply) -> None:
    """That a body can be read and has the right fields is a precondition of doing anything."""
    logs_in = exchange.operation.id in LOGINS  # there, 412 says that a second factor is asked for, or wrong
    if reply.outcome in ("body_invalid", "body_unreadable", "country_unknown") and not logs_in:
        reply.status = 412


@LIBERTIES.refused("status")
def administrators_only_is_forbidden(exchange: Exchange, reply: Reply) -> None:
    """What is for administrators is forbidden to others; so is a state that cannot be used where none is needed."""
    if reply.outcome == "administrator_required":
        reply.status = 403


@LIBERTIES.refused("status", "masquerade_as_client", "masquerade_as_user", "select_user_client")
def whom_nobody_can_be_is_unprocessable(exchange: Exchange, reply: Reply) -> None:
    """A client or user for whom nobody can act is a wrong value."""
    if reply.status == 404:
        reply.status = 422


@LIBERTIES.refused("status")
def paths_are_checked_like_bodies(exchange: Exchange, reply: Reply) -> None:
    """What a path cannot name is unprocessable, where a text stands in the place of a number."""
    numbers = ("product_id", "group_id", "service_id", "domain_id", "custom_field_id", "config_option_id")
    parameters = exchange.call.parameters
    if reply.status == 404 and any(not parameters[name].isdecimal() for name in numbers if name in parameters):
        reply.status = 422


# lists and pages


@LIBERTIES.handler("order", *UNORDERED)
def lists_have_another_order(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What no document puts in order comes as our database has it."""
    given = exchange.call.given
    page, size = given.get("page", 1), given.get("page_size", PAGE_SIZE)
    exchange.call.given = {**given, "page": 1, "page_size": 1_000_000}
    result = own()
    exchange.call.given = given
    assert isinstance(result, dict)
    rows = result["data"][::-1]
    turned = {**result, "data": rows[(page - 1) * size : page * size]}
    if "meta" in result:
        turned["meta"] = {
            "total_items": len(rows),
            "page": page,
            "total_pages": max(1, -(-len(rows) // size)),
            "page_size": size,
        }
    return turned


@LIBERTIES.handler("strict", *UNORDERED, "list_cart_promotions")
def there_is_no_page_beyond_the_last(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A page that does not exist is a wrong parameter."""
    result = own()
    body = result if isinstance(result, dict) else result.body
    if body["data"] == [] and exchange.call.given.get("page", 1) > 1:
        raise Refusal("parameter_invalid", parameter="page", reason="there is no such page")
    return result


@LIBERTIES.accepted("form", "get_domain_availability", "get_tld_pricing", "list_tld_additional_fields",
                    "get_domain_suggestion_options")  # fmt: skip
def no_pages_are_an_empty_object(exchange: Exchange, reply: Reply) -> None:
    """Where there are no pages, what is said of them is an object with nothing in it."""
    reply.body["meta"] = {}


@LIBERTIES.accepted("form", "check_spotlight_domains", "query_domain_suggestions", "list_tld_pricing",
                    "list_spotlight_tld_pricing", "list_idn_languages")  # fmt: skip
def pages_are_not_counted(exchange: Exchange, reply: Reply) -> None:
    """We show an empty list where others count the pages, as the samples do."""
    reply.body["meta"] = []


# what answers hold


@LIBERTIES.accepted("extras")
def objects_have_more_properties(exchange: Exchange, reply: Reply) -> None:
    """A newer version tells more of everything."""
    if exchange.operation.id != "list_tld_additional_fields":  # there, names are what a registrant is asked
        for each in _objects(reply.body.get("data")):
            each["slug"] = "counterfoil"


@LIBERTIES.accepted("form", "keep_alive", "select_user_client", "delete_user_session", "delete_admin_session",
                    "delete_cart_item")  # fmt: skip
def what_is_done_is_told(exchange: Exchange, reply: Reply) -> None:
    """Where there is nothing to tell we say that all is well."""
    if reply.body == {}:
        reply.body = {"message": "ok"}


@LIBERTIES.accepted("form", "get_admin_system_status")
def administrators_see_their_own_status(exchange: Exchange, reply: Reply) -> None:
    """What an administrator is told of the system is how it is."""
    reply.body["data"] = {"healthy": True, "version": "9.0"}


@LIBERTIES.wire("form")
def json_is_set_out(exchange: Exchange, answer: Answer) -> Answer:
    """JSON has a blank after each comma, and slashes are escaped as PHP does it."""
    body = answer.body.replace(b"/", b"\\/").replace(b'","', b'", "')
    return answer._replace(body=body, content_type="application/json")


# what is searched, and domains


@LIBERTIES.handler("effects", "search_clients", "search_users")
def searches_find_more(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A client is found by the place, too, and by whose mail goes the same way; so is a user who owns such a client."""
    call, state = exchange.call, exchange.state
    text = call.given["query"].lower()
    known = accounts.clients_with(state, call.given["query"])
    text = text.rpartition("@")[2]
    places = ("address1", "city", "postcode", "country", "email")
    more = [
        each for each in state.clients.values()
        if each not in known and any(text in str(getattr(each, name)).lower() for name in places)
    ]  # fmt: skip
    if exchange.operation.id == "search_clients":
        return listed([*known, *more], call, render.client)
    users = accounts.users_with(state, call.given["query"])
    owners = [each for each in state.users.values() if each not in users and {c.id for c in more} & set(each.clients)]
    return listed([*users, *owners], call, lambda each: render.user(state, each, None))


@LIBERTIES.handler("effects", "query_domain_suggestions")
def suggestions_may_be_taken(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whether a suggestion is free is looked up when it is ordered."""
    result = own()
    assert isinstance(result, dict)
    rows = [{**row, "status": "unknown"} if "status" in row else row for row in result["data"]]
    return {**result, "data": rows}


@LIBERTIES.accepted("form", "get_domain_availability")
def a_name_that_is_gone_says_so_twice(exchange: Exchange, reply: Reply) -> None:
    """As in the sample, the answer for a name that is registered says first that the lookup was."""
    if reply.body["data"]["domain"]["status"] == registry.REGISTERED:
        reply.body["data"]["is_domain_available"] = True


@LIBERTIES.handler("effects", "get_domain_availability")
def every_name_is_looked_up(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """There is no TLD that we cannot look up."""
    try:
        return own()
    except Refusal as refusal:
        if refusal.name != "lookup_not_implemented":
            raise
        asked = exchange.call.given["domain"]
        exchange.call.given["domain"] = f"{asked.partition('.')[0]}.com"
        return own()


@LIBERTIES.refused("status", "get_domain_availability")
def names_have_to_be_plain(exchange: Exchange, reply: Reply) -> None:
    """A name that cannot be one is not there."""
    if reply.outcome == "parameter_invalid":
        reply.status = 404


@LIBERTIES.handler("strict", "get_domain_availability", "check_spotlight_domains")
def names_are_small_and_plain(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A name is written in small letters, digits and hyphens, in its ASCII form."""
    name = exchange.call.given["domain"]
    if not name.isascii() or name != name.lower():
        raise Refusal("parameter_invalid", parameter="domain", reason="it is not in small plain letters")
    return own()


@LIBERTIES.handler("strict", "get_domain_availability")
def what_is_not_sold_is_not_found(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Of a TLD that we do not sell there is nothing to tell."""
    result = own()
    if isinstance(result, Accepted) and result.name == "tld_not_sold":
        raise Refusal("parameter_invalid", parameter="domain", reason="we do not sell this")
    return result


@LIBERTIES.handler("effects", "list_products", "get_product", "list_product_addons", "list_product_config_options")
def the_catalogue_has_one_currency(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What the catalogue shows is in the default currency, whoever looks."""
    exchange.call.caller.client = None
    return own()


@LIBERTIES.handler("effects", "list_product_cross_sells")
def catalogues_recommend_otherwise(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What is recommended beside a product is for the shop to say, and it says each other one."""
    products = exchange.state.products
    product = products[exchange.call.given["product_id"]]
    kept, product.cross_sells = product.cross_sells, list(reversed(products))
    try:
        return own()
    finally:
        product.cross_sells = kept


@LIBERTIES.handler("effects", "list_product_custom_fields")
def fields_beside_the_form_are_listed(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """All fields of a product are listed, also those that its order form does not have."""
    product = exchange.call.caller.resolved["product_id"]
    return listed(product.fields, exchange.call, store.custom_field)


@LIBERTIES.accepted("order", "list_tld_pricing", "get_tld_pricing", "list_spotlight_tld_pricing")
def periods_begin_with_the_longest(exchange: Exchange, reply: Reply) -> None:
    """Prices begin with the longest period."""
    for each in _objects(reply.body["data"]):
        for name, value in each.items():
            if isinstance(value, list) and value and isinstance(value[0], dict) and "period" in value[0]:
                each[name] = value[::-1]
