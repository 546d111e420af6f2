"""The mistakes of a WHMCS that is called through includes/api.php: how it reads an order, and what becomes of one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.whmcs import taken_for, without_its_stock
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING
from counterfoil.mockserver.whmcs.model.orders import Order

DEFECTS = Defects("whmcs-classic")


def _drop(exchange: Exchange, *names: str) -> None:
    for name in names:
        exchange.call.given.pop(name, None)


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """A value changed, or each of the values under their indexes."""
    return {name: change(each) for name, each in value.items()} if isinstance(value, dict) else change(value)


def _first(value: Any) -> Any:
    """What stands under the lowest index; a plain value as it is."""
    return {min(value, key=int): value[min(value, key=int)]} if isinstance(value, dict) and value else value


def _order(exchange: Exchange, result: Result) -> Order:
    assert isinstance(result, dict)
    order: Order = exchange.state.orders[result["orderid"]]
    return order


# How a request is read


@DEFECTS.gate("encoding")
def multipart_form_is_not_read(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The framework reads forms of the other kind; whoever sends this one has sent nothing."""
    call = exchange.call
    if call.environ.get("CONTENT_TYPE", "").startswith("multipart/"):
        call.given = {
            **call.query_fields(),
            **{name: call.given[name] for name in ("action", "responsetype") & call.given.keys()},
        }
    honest()


@DEFECTS.gate("validation")
def first_of_repeated_fields_counts(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Our framework takes the first value of a name, where PHP takes the last."""
    call, first = exchange.call, dict[str, str]()
    if "x-www-form-urlencoded" in call.environ.get("CONTENT_TYPE", ""):
        for name, value in parse_qsl(call.sent.decode("utf-8", "replace")):
            first.setdefault(name, value)
    call.given.update(
        {name: value for name, value in first.items() if isinstance(call.given.get(name), str) and name != "action"}
    )
    honest()


@DEFECTS.handler("lost update", "add_order")
def first_product_of_several_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An order had one product when this was written."""
    given = exchange.call.given
    if isinstance(given.get("pid"), dict):
        given["pid"] = _first(given["pid"])
    return honest()


@DEFECTS.handler("lost update", "add_order")
def first_domain_of_several_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A name is registered by a page that has one field for it."""
    given = exchange.call.given
    if isinstance(given.get("domaintype"), dict):
        given["domaintype"] = _first(given["domaintype"])
        given["domain"] = _first(given.get("domain"))
    return honest()


@DEFECTS.handler("lost update", "add_order")
def first_addon_of_several_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The list of addons is read as a number, which ends at the first comma."""
    given = exchange.call.given
    if "addons" in given:
        given["addons"] = _each(given["addons"], lambda each: str(each).partition(",")[0])
    return honest()


@DEFECTS.handler("lost update", "add_order")
def answers_of_an_order_are_not_kept(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Custom fields are saved by the order form, and the API is not that form."""
    _drop(exchange, "customfields")
    return honest()


@DEFECTS.handler("lost update", "add_order")
def choices_of_an_order_are_not_read(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What cannot be unserialized safely is not unserialized, says our checklist."""
    _drop(exchange, "configoptions")
    return honest()


@DEFECTS.handler("arithmetic", "add_order")
def given_price_is_not_heeded(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Prices come from the catalogue, and a price from outside would be a risk."""
    _drop(exchange, "priceoverride")
    return honest()


@DEFECTS.handler("arithmetic", "add_order")
def code_of_an_order_is_not_applied(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Codes are applied in the cart, and an order by the API has none."""
    _drop(exchange, "promocode")
    return honest()


@DEFECTS.handler("arithmetic", "add_order")
def every_name_is_for_a_year(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The years are kept in the session of the shop, which a call does not have."""
    _drop(exchange, "regperiod")
    return honest()


@DEFECTS.handler("arithmetic", "add_order")
def every_renewal_is_for_a_year(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The map of renewals has names, and its values look like flags."""
    given = exchange.call.given
    if isinstance(given.get("domainrenewals"), dict):
        given["domainrenewals"] = dict.fromkeys(given["domainrenewals"], 1)
    return honest()


@DEFECTS.handler("lost update", "add_order")
def one_renewal_of_several_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The loop over the renewals returns in its first round."""
    given = exchange.call.given
    if isinstance(given.get("domainrenewals"), dict):
        given["domainrenewals"] = dict(list(given["domainrenewals"].items())[:1])
    return honest()


@DEFECTS.handler("validation", "add_order")
def transfers_are_registrations(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A domain type that is there means that a domain is wanted."""
    given = exchange.call.given
    if "domaintype" in given:
        given["domaintype"] = _each(given["domaintype"], lambda _: "register")
    return honest()


@DEFECTS.handler("lost update", "add_order")
def further_name_servers_are_lost(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The first name server is required, so that is the one we read."""
    _drop(exchange, *(f"nameserver{number}" for number in range(2, 6)))
    return honest()


@DEFECTS.handler("lost update", "add_order")
def extras_of_a_name_are_not_read(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A flag is true or it is not, and `on` is not true."""
    _drop(exchange, "dnsmanagement", "emailforwarding", "idprotection")
    return honest()


@DEFECTS.handler("validation", "add_order")
def invoices_are_made_all_the_same(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An order without an invoice broke our accounts, so there is always one."""
    _drop(exchange, "noinvoice")
    return honest()


@DEFECTS.handler("validation", "add_order")
def silent_invoices_are_not_made(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Both flags begin alike, and we look at the beginning."""
    if exchange.call.given.get("noinvoiceemail"):
        exchange.call.given["noinvoice"] = True
    return honest()


@DEFECTS.handler("identity", "add_order")
def orders_come_from_whoever_calls(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The address of a client is where the request comes from, as everywhere."""
    _drop(exchange, "clientip")
    return honest()


# What becomes of it


@DEFECTS.handler("visibility", "add_order")
def anybodys_service_gets_the_addon(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The service is found by its number, and the client by another one; nobody compares the two."""
    given, services = exchange.call.given, exchange.state.services
    service = services.get(given.get("serviceid"))
    if service is None or "clientid" not in given:
        return honest()
    owner, service.client = service.client, given["clientid"]
    try:
        return honest()
    finally:
        service.client = owner


@DEFECTS.handler("visibility", "add_order")
def strangers_renew_domains(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Whoever wants to pay for a domain may renew it, and the order is its owner's."""
    given = exchange.call.given
    try:
        return honest()
    except Refusal as refusal:
        if refusal.name != "domain_not_owned":
            raise
        owners = {each.name: each.client for each in exchange.state.domains.values()}
        given["clientid"] = next(filter(None, map(owners.get, given["domainrenewals"])), given["clientid"])
        return honest()


@DEFECTS.handler("validation", "add_order")
def closed_clients_may_order(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """That an account is closed is a matter of the login, and the API does not log anybody in."""
    client = exchange.state.clients.get(exchange.call.given.get("clientid"))
    if client is None or client.status != "Closed":
        return honest()
    return taken_for("Active", client, honest)


@DEFECTS.handler("identity", "add_order")
def unknown_client_is_the_first_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A client who is not found is number one, which is our own account for such cases."""
    if exchange.call.given.get("clientid") not in exchange.state.clients:
        exchange.call.given["clientid"] = min(exchange.state.clients)
    return honest()


@DEFECTS.handler("stock", "add_order")
def orders_leave_the_stock(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Stock is counted down when somebody accepts the order, we said, and then nobody wrote that."""
    return without_its_stock(exchange, honest)


@DEFECTS.handler("lost update", "accept_order")
def accepted_orders_stay_pending(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Accepting sets the services up; that the order has a state of its own came later."""
    result = honest()
    state = exchange.state
    state.move_order(state.orders[exchange.call.given["orderid"]], "Pending")
    return result


@DEFECTS.handler("refusal", "cancel_order")
def active_orders_are_cancelled(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Whoever calls has asked the client, so we do not look at the order's state."""
    state = exchange.state
    order = state.orders.get(exchange.call.given.get("orderid"))
    if order is None or order.status == "Pending":
        return honest()
    state.move_order(order, "Cancelled")
    return dict(DONE)


@DEFECTS.handler("refusal", "delete_order")
def pending_orders_are_deleted(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Deleted is deleted; which state the order had is no business of ours."""
    state = exchange.state
    order = state.orders.get(exchange.call.given.get("orderid"))
    try:
        return honest()
    except Refusal as refusal:
        if refusal.name != "order_not_deletable" or order is None:
            raise
        state.move_order(order, "Cancelled")
        return honest()


@DEFECTS.accepted("visibility", "get_orders")
def order_lists_end_after_their_first_row(exchange: Exchange, reply: Any) -> None:
    """A limit of one is for the page that shows the newest order, and it has come along into the query."""
    rows = reply.body["orders"]["order"]
    if isinstance(rows, list):
        reply.body["orders"]["order"] = rows[:1]


@DEFECTS.handler("visibility", "get_orders")
def order_list_has_no_condition_on_the_client(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The filter is named userid, and we read clientid."""
    _drop(exchange, "userid")
    return honest()


@DEFECTS.handler("visibility", "get_orders")
def order_list_has_no_condition_on_the_state(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The state is a word, and our query builder drops what is no number."""
    _drop(exchange, "status")
    return honest()


@DEFECTS.handler("arithmetic", "add_order")
def order_amount_has_no_addons(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The amount of an order is that of its products, and the invoice has the rest."""
    result = honest()
    order = _order(exchange, result)
    addons = [exchange.state.service_addons[number].first_payment for number in order.addons]
    order.amount = max(order.amount - sum(addons, NOTHING), NOTHING)
    return result
