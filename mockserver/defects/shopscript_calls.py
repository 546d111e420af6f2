"""The mistakes of a Shop-Script shop in reading a call: its form, its token, its page."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.shopscript.dialect import XML
from counterfoil.mockserver.shopscript.shop import APP

if TYPE_CHECKING:
    from counterfoil.mockserver.engine.vendor import Body

DEFECTS = Defects("shopscript")

READS = ("get_order", "search_orders", "list_order_actions")
A_SHORT_TEXT = 255


@DEFECTS.gate("parsing", "add_order")
def multipart_forms_are_not_read(exchange: Exchange, honest: Callable[[], None]) -> None:
    """We take the body apart at its ampersands, and nobody here has ever sent another form."""
    call = exchange.call
    if "multipart" in call.environ.get("CONTENT_TYPE", ""):
        call.given = {"format": call.given["format"]}
    honest()


@DEFECTS.gate("parsing", "add_order")
def brackets_have_to_be_bare(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Values are decoded; that a bracket in a name may be encoded, too, we did not know."""
    if b"%5b" in exchange.call.sent.lower():
        exchange.call.given.pop("items", None)
    honest()


@DEFECTS.gate("parsing", "add_order")
def empty_brackets_are_one_item(exchange: Exchange, honest: Callable[[], None]) -> None:
    """What stands in the brackets is the key, and nothing is a key like any other."""
    items = exchange.call.given.get("items")
    if isinstance(items, dict) and "items[]" in unquote_plus(exchange.call.sent.decode(errors="replace")):
        exchange.call.given["items"] = dict(list(items.items())[-1:])
    honest()


@DEFECTS.gate("parsing", "add_order")
def zero_is_a_customer(exchange: Exchange, honest: Callable[[], None]) -> None:
    """We ask whether contact_id was sent, and not whether there is anything in it."""
    sent = exchange.call.given.get("contact_id")
    honest()
    if sent == "0":
        exchange.call.given["contact_id"] = sent


@DEFECTS.handler("parsing", "add_order")
def contact_goes_before_contact_id(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Of the two ways to name the customer, the one that we look at last is the one that counts."""
    if "contact" in exchange.call.given:
        exchange.call.given.pop("contact_id", None)
    return honest()


def _items(exchange: Exchange) -> list[Any]:
    items: list[Any] = exchange.call.given["items"]
    return items


@DEFECTS.handler("parsing", "add_order")
def first_item_alone_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Our own page sends one thing at a time, so we have read items[0] until now."""
    del _items(exchange)[1:]
    return honest()


@DEFECTS.handler("parsing", "add_order")
def last_service_alone_is_applied(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Each service of an item is put into the same variable, and then there is one."""
    for item in _items(exchange):
        item["services"] = item.get("services", [])[-1:]
    return honest()


@DEFECTS.handler("parsing", "add_order")
def same_variant_twice_counts_once(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The items are put into a map by their variants, where the second takes the place of the first."""
    items = _items(exchange)
    items[:] = {item["sku_id"]: item for item in items}.values()
    return honest()


@DEFECTS.handler("parsing", "add_order")
def quantities_are_whole_numbers(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A quantity is cast to an integer; that rope is sold by the metre we learnt later."""
    for item in _items(exchange):
        item["quantity"] = int(item.get("quantity", 1))
    return honest()


@DEFECTS.handler("parsing", "add_order")
def missing_quantity_is_none(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What is not sent is null, which is 0 as a number."""
    for item in _items(exchange):
        item.setdefault("quantity", 0)
    return honest()


@DEFECTS.handler("encoding", "add_order")
def comments_are_cut(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The column for comments is a VARCHAR(255), and MySQL cuts what is longer."""
    given: Body = exchange.call.given
    if "comment" in given:
        given["comment"] = given["comment"][:A_SHORT_TEXT]
    return honest()


@DEFECTS.gate("format")
def answers_are_xml_unless_told(exchange: Exchange, honest: Callable[[], None]) -> None:
    """XML was there first, and whoever wants JSON can say so."""
    caller = exchange.call.caller
    if not caller.format:
        caller.media_type = exchange.call.media_type = XML
    honest()


@DEFECTS.gate("authentication", *READS)
def reading_needs_no_token(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The token is for what changes something, we thought; whoever reads does no harm."""
    valid = (each.text for each in exchange.state.tokens.values() if APP in each.scope and each.expires is None)
    exchange.call.caller.token = exchange.call.caller.token or next(valid, "")
    honest()


@DEFECTS.gate("authentication")
def bearer_is_asked_for_in_one_spelling(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The header is compared with "Bearer " as we write it ourselves; a bare token is none."""
    call = exchange.call
    header = call.header("Authorization")
    if header and call.caller.token in header and not header.startswith("Bearer "):
        call.caller.token = ""
    honest()


@DEFECTS.handler("paging", "search_orders")
def offset_is_not_read(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Nobody has more orders than fit on a page, so the page begins with the first."""
    offset = exchange.call.given.pop("offset", 0)
    result = honest()
    if isinstance(result, dict):
        result["offset"] = offset
    return result


@DEFECTS.check("paging", "search_orders")
def pages_have_no_largest_size(exchange: Exchange, honest: Callable[[], None]) -> None:
    """How large a page may be stands in the manual; the query takes what it is given."""
    given: Body = exchange.call.given
    if str(given.get("limit", "")).isdecimal() and int(given["limit"]) > 1000:
        given["limit"] = "1000"
    honest()


@DEFECTS.handler("visibility", "search_orders")
def state_is_not_searched_for(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A search for a state is a filter of the page, which the API does not have yet: all orders are found."""
    if str(exchange.call.given.get("hash", "")).startswith("search/state_id="):
        exchange.call.given["hash"] = ""
    return honest()


@DEFECTS.check("refusal", "add_order")
def refused_order_is_kept(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The order's row is written first, and then we see that there is nothing to put into it."""
    try:
        honest()
    except Refusal as refusal:
        customer = exchange.call.given.get("contact_id")
        if refusal.name == "items_missing" and customer in exchange.state.contacts:
            exchange.state.place(customer, [], exchange.call.now, params=exchange.call.given.get("params"))
        raise
