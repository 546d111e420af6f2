"""The liberties of a WHMCS that is called through includes/api.php."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.liberties.left_out import without_chosen
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.whmcs.classic.dialect import NVP
from counterfoil.mockserver.whmcs.classic.protocol.lists import ROWS
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.seed import seeded_state

LIBERTIES = Liberties("whmcs-classic")

#: refusals whose words were seen in real traffic, and stand in no document
_SEEN = {"invalid_credentials", "invalid_ip", "permission_denied", "unknown_action", "action_not_found", "empty_action"}
_LISTS = {
    "orders": "order", "clients": "client", "products": "product", "domains": "domain", "addons": "addon",
    "promotions": "promotion", "paymentmethods": "paymentmethod", "invoices": "invoice", "currencies": "currency",
}  # fmt: skip
_WITH_LISTS = (
    "get_orders", "get_clients", "get_products", "get_promotions", "get_payment_methods", "get_clients_products",
    "get_clients_domains", "get_clients_addons", "get_invoices", "get_currencies",
)  # fmt: skip
#: what the page on AddOrder but names, and who has not bought all of it may lack
_BESIDE_ORDERS = (
    "get_invoices", "create_invoice", "update_invoice", "add_transaction", "add_credit", "update_client",
    "update_client_product", "upgrade_product", "module_create", "module_suspend", "module_unsuspend", "module_terminate",
    "get_currencies", "get_tld_pricing", "domain_whois", "validate_login", "get_stats", "send_email",
)  # fmt: skip


def _rows(reply: Reply, name: str) -> list[Body]:
    rows: list[Body] = reply.body.get(name, {}).get(_LISTS[name], [])
    return rows


# what there is


@LIBERTIES.seeded("installation")
def another_whmcs(state: Installation, now: datetime, seed: int) -> Installation:
    """We sell other products at other prices with setup fees, in other currencies, and tax otherwise."""
    return seeded_state(now, seed, Path(__file__).parent / "installations" / "whmcs.yaml")


@LIBERTIES.seeded("effects")
def the_days_are_our_own(state: Installation, now: datetime, seed: int) -> Installation:
    """An invoice is made three days before it is due, and what is late ends sooner; cards are charged by hand."""
    settings = state.settings
    settings.invoice_days, settings.suspend_days, settings.terminate_days = 3, 2, 60
    settings.reminder_days, settings.card_charges = [2], "declined"
    return state


# how answers are written


@LIBERTIES.wire("form")
def pairs_are_called_a_page(exchange: Exchange, answer: Answer) -> Answer:
    """Whoever asks for neither JSON nor XML gets the pairs under the type that PHP gives whatever it prints."""
    return answer._replace(content_type=answer.content_type.replace("text/plain", "text/html"))


@LIBERTIES.accepted("form", "get_products")
def options_tell_no_setup_fees(exchange: Exchange, reply: Reply) -> None:
    """An option has a price for each cycle, and its setup fees stand nowhere."""
    for product in _rows(reply, "products"):
        for option in product["configoptions"]["configoption"]:
            for value in option["options"]["option"]:
                for prices in value["pricing"].values():
                    for fee in [name for name in prices if name.endswith("setupfee")]:
                        del prices[fee]


# words of refusals


@LIBERTIES.refused("words")
def values_are_refused_in_our_words(exchange: Exchange, reply: Reply) -> None:
    """Of a value that cannot be used we say that it is wrong, and not which one it is."""
    if reply.outcome == "invalid_parameter":
        reply.body["message"] = "Please check the data that you have entered"


@LIBERTIES.refused("words")
def what_was_only_seen_is_worded_otherwise(exchange: Exchange, reply: Reply) -> None:
    """Messages that stand in no document are those of a newer version."""
    if reply.outcome in _SEEN:
        reply.body["message"] = f"Request rejected ({reply.outcome.replace('_', '-')})"


@LIBERTIES.refused("words", "add_order", "accept_order", "pending_order", "cancel_order", "fraud_order", "delete_order",
                   "close_client", "get_invoice", "add_invoice_payment")  # fmt: skip
def what_is_absent_is_refused_as_absent(exchange: Exchange, reply: Reply) -> None:
    """An id that was not sent is missing, and not unknown; the same goes for a payment method."""
    given = exchange.call.given
    for outcome, name in (("client_id_not_found", "clientid"), ("invalid_payment_method", "paymentmethod"),
                          ("order_not_found", "orderid"), ("order_not_found_or_not_pending", "orderid"),
                          ("invoice_not_found", "invoiceid")):  # fmt: skip
        if reply.outcome == outcome and name not in given:
            reply.outcome, reply.body["message"] = "invalid_parameter", f"Missing required parameter {name}"


@LIBERTIES.refused("words", "add_order")
def payment_methods_are_listed_with_the_refusal(exchange: Exchange, reply: Reply) -> None:
    """Whoever names no payment method of ours is told which there are."""
    if reply.outcome == "invalid_payment_method":
        methods = ",".join(sorted(exchange.state.payment_methods))
        reply.body["message"] = f"Invalid Payment Method. Valid options include {methods}"


@LIBERTIES.refused("status", "unknown_action")
def unknown_actions_are_bad_requests(exchange: Exchange, reply: Reply) -> None:
    """An action that we do not have is a bad request."""
    if reply.outcome == "action_not_found":
        reply.status = 400


@LIBERTIES.refused("status", "unknown_action")
def what_cannot_be_read_has_no_fields(exchange: Exchange, reply: Reply) -> None:
    """A body that is cut off, garbled or too large says nothing, not even who calls."""
    if reply.outcome in ("malformed_request", "payload_too_large"):
        reply.status, reply.outcome = 403, "invalid_credentials"
        reply.body = {"result": "error", "message": "Invalid or missing credentials"}


@LIBERTIES.refused("extras")
def refusals_repeat_the_action(exchange: Exchange, reply: Reply) -> None:
    """A refusal says to which action it belongs, and when it was."""
    reply.body |= {"action": exchange.call.function.lower(), "time": f"{exchange.call.now:%H:%M:%S}"}


@LIBERTIES.refused("order", "add_order")
def the_payment_method_is_looked_at_first(exchange: Exchange, reply: Reply) -> None:
    """Of several things that are wrong, the payment method is what we tell, before anything about the client."""
    method = exchange.call.given.get("paymentmethod")
    if reply.outcome in ("client_id_not_found", "client_closed", "invalid_parameter") and (
        method not in exchange.state.payment_methods if isinstance(method, str) else method is None
    ):
        reply.outcome, reply.body["message"] = "invalid_payment_method", "Invalid Payment Method"


@LIBERTIES.gate("order")
def addresses_are_looked_at_first(exchange: Exchange, own: Callable[[], None]) -> None:
    """Who calls from a strange address is told so, whatever the credentials."""
    try:
        own()
    except Refusal as refusal:
        allowed, key = exchange.state.settings.allowed_ips, exchange.state.settings.access_key
        call = exchange.call
        welcome = "*" in allowed or call.ip in allowed or (key and call.given.get("accesskey") == key)
        if refusal.name == "invalid_credentials" and not welcome:
            raise Refusal("invalid_ip", ip=call.ip) from refusal
        raise


@LIBERTIES.handler("strict", *_BESIDE_ORDERS)
def functions_beside_orders_are_lacking(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """We are an old version: of what is beside orders there is but a part."""
    return {"result": "error", "message": "Command Not Found"}


# how answers are written


@LIBERTIES.accepted("form", "add_order", "add_client", "close_client", "get_orders")
def ids_are_texts(exchange: Exchange, reply: Reply) -> None:
    """Ids are texts, as the samples have them."""
    for row in (reply.body, *_rows(reply, "orders")):
        for name in ("id", "orderid", "invoiceid", "clientid", "userid"):
            if name in row:
                row[name] = str(row[name])


@LIBERTIES.accepted("form", *_WITH_LISTS, "get_order_statuses")
def counts_are_texts(exchange: Exchange, reply: Reply) -> None:
    """How many there are is a text of digits, as some samples have it."""
    for name in ("totalresults", "startnumber", "numreturned"):
        if name in reply.body:
            reply.body[name] = str(reply.body[name])


@LIBERTIES.accepted("form", "add_order")
def services_have_their_old_name_only(exchange: Exchange, reply: Reply) -> None:
    """We are older than `serviceids`."""
    reply.body.pop("serviceids")


@LIBERTIES.accepted("form", "add_order")
def without_an_invoice_its_id_is_zero(exchange: Exchange, reply: Reply) -> None:
    """An order without an invoice has the invoice 0."""
    reply.body.setdefault("invoiceid", 0)


@LIBERTIES.accepted("form", "get_orders")
def lines_have_names_of_our_own(exchange: Exchange, reply: Reply) -> None:
    """A line that is neither a product nor a domain is what our staff calls it."""
    for row in _rows(reply, "orders"):
        for line in row["lineitems"]["lineitem"]:
            if line["type"] in ("addon", "renewal"):
                line["type"] = {"addon": "productaddon", "renewal": "domainrenewal"}[line["type"]]


@LIBERTIES.accepted("form", *_WITH_LISTS, "get_clients_details", apart=("statistics_are_few",))
def what_no_page_shows_is_left_out(exchange: Exchange, reply: Reply) -> None:
    """A row has what the page on the action shows, and nothing else."""
    without_chosen("whmcs-classic", exchange, reply)


@LIBERTIES.accepted("form", "get_clients_domains")
def lists_of_domains_do_not_repeat_the_filter(exchange: Exchange, reply: Reply) -> None:
    """Which domain was asked for is known to whoever asked."""
    reply.body.pop("domain", None)


@LIBERTIES.accepted("form", "get_invoice")
def payments_are_short(exchange: Exchange, reply: Reply) -> None:
    """Of a payment an invoice tells the day and the amount."""
    held = reply.body.get("transactions")
    rows = held.get("transaction", []) if isinstance(held, dict) else []
    for row in rows:
        for name in [each for each in row if each not in ("date", "amountin", "transid")]:
            del row[name]


@LIBERTIES.accepted("extras", *_WITH_LISTS, "add_order", "get_invoice", "get_clients_details")
def newer_versions_tell_more(exchange: Exchange, reply: Reply) -> None:
    """Each row has an identifier and a time of its last change, which came with a newer version."""
    reply.body["apiversion"] = "9.0"
    for name in _LISTS:
        for row in _rows(reply, name):
            row |= {"guid": f"row-{row.get('id', 0)}", "updated_at": "2026-01-01 00:00:00"}


@LIBERTIES.handler("order", *_WITH_LISTS)
def lists_are_turned_round(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """The order of a list is that of our database, and the other way round."""
    given = exchange.call.given
    if "orderby" in given or "order" in given:
        return own()
    start, most = given.get("limitstart", 0), given.get("limitnum", ROWS)
    exchange.call.given = {**given, "limitstart": 0, "limitnum": 1_000_000} if "sorting" not in given else given
    result = own()
    assert isinstance(result, dict)
    name = next((each for each in _LISTS if each in result), "")
    if not name:
        return result
    rows = result[name][_LISTS[name]][::-1]
    if "numreturned" in result and "sorting" not in given:
        rows = rows[start : start + most]
        result = {**result, "startnumber": start, "numreturned": len(rows)}
    elif "sorting" in given:
        return result
    return {**result, name: {_LISTS[name]: rows}}


@LIBERTIES.wire("form")
def pairs_leave_out_what_is_nested(exchange: Exchange, answer: Answer) -> Answer:
    """As pairs there is what has a name and a value; a list has no form there."""
    if not answer.content_type.startswith(NVP):
        return answer
    pairs = [pair for pair in answer.body.split(b";") if b"[" not in pair.partition(b"=")[0]]
    return answer._replace(body=b";".join(pairs) + b";")


@LIBERTIES.wire("form")
def xml_is_in_lines(exchange: Exchange, answer: Answer) -> Answer:
    """Each element has a line."""
    if not answer.content_type.startswith("application/xml"):
        return answer
    return answer._replace(body=answer.body.replace(b"><", b">\n<"))
