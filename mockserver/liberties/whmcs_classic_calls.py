"""The liberties that a classic WHMCS takes with what it is asked: how it reads a request, and what comes of it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.whmcs.billing.payments import take_credit
from counterfoil.mockserver.whmcs.classic.dialect import MEDIA_TYPES, NVP
from counterfoil.mockserver.whmcs.classic.orders.parameters import order_request

LIBERTIES = Liberties("whmcs-classic")

# what is odd


@LIBERTIES.check("lenient")
def what_is_odd_is_left_out(exchange: Exchange, own: Callable[[], None]) -> None:
    """A value that cannot be read is as good as none."""
    sent = exchange.call.given
    for _ in range(len(sent) + 1):
        exchange.call.given = deepcopy(sent)
        try:
            own()
        except Refusal as refusal:
            name = str(refusal.facts.get("parameter", "")).partition("[")[0]
            if refusal.name != "invalid_parameter" or name not in sent or name == "action":
                raise
            sent = {each: value for each, value in sent.items() if each != name}
        else:
            return


@LIBERTIES.handler("lenient")
def what_cannot_be_used_is_left_out(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A cycle, a code, an address or a gateway that we do not know is not heeded."""
    while True:
        given = exchange.call.given
        try:
            return own()
        except Refusal as refusal:
            name = str(refusal.facts.get("parameter", "")).partition("[")[0]
            if refusal.name == "invalid_parameter" and name in ("gateway", "paymentmethod") and name in given:
                exchange.call.given = {**given, name: next(iter(exchange.state.payment_methods))}
                continue
            needed = ("action", "pid", "transid", "date", "password2", "amount")
            if refusal.name != "invalid_parameter" or name not in given or name in needed:
                raise
            exchange.call.given = {each: value for each, value in given.items() if each != name}


@LIBERTIES.handler("strict", "add_order", apart=("what_cannot_be_used_is_left_out",))
def unknown_things_are_refused(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever orders a product, an addon or a promotion that we do not have is told so, and orders nothing."""
    given, state = exchange.call.given, exchange.state
    for number in _lines(given.get("pid")):
        if number not in state.products:
            raise Refusal("invalid_parameter", parameter="pid", reason="Product ID not found")
    for text in _lines(given.get("addons")):
        if any(int(each) not in state.addons for each in text.split(",") if len(each) < 10):
            raise Refusal("invalid_parameter", parameter="addons", reason="Addon ID not found")
    if "domaintype" in given and "domain" not in given:
        raise Refusal("invalid_parameter", parameter="domain", reason="it is missing")
    if "addonid" in given and "serviceid" not in given:
        raise Refusal("invalid_parameter", parameter="serviceid", reason="it is missing")
    code = given.get("promocode", "").lower()
    if code and not any(
        each.code.lower() == code and each.usable(exchange.call.now.date()) for each in state.promotions.values()
    ):
        raise Refusal("invalid_parameter", parameter="promocode", reason="There is no such code")
    return own()


@LIBERTIES.handler("strict", "add_order", apart=("what_cannot_be_used_is_left_out",))
def unfit_choices_are_refused(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever chooses for an option what it does not offer orders nothing."""
    state = exchange.state
    for line in order_request(exchange.call).services:
        product = state.products.get(line.product)
        for number in product.options if product is not None else ():
            value = (line.options or {}).get(number)
            if value is not None and not state.options[number].fits(value):
                raise Refusal("invalid_parameter", parameter="configoptions", reason=f"option {number} has no {value}")
    return own()


def _lines(value: Any) -> Iterator[Any]:
    if value is not None:
        yield from value.values() if isinstance(value, dict) else [value]


@LIBERTIES.handler("strict", "add_order", apart=("what_cannot_be_used_is_left_out",))
def cycles_periods_and_codes_are_asked_for(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A product has to come with its cycle, a domain with its years, and every transfer with its code."""
    given = exchange.call.given
    asked = [("pid", "billingcycle"), ("domaintype", "regperiod")]
    asked += [("domaintype", "eppcode")] if "transfer" in _lines(given.get("domaintype")) else []
    for have, want in asked:
        if have in given and want not in given and "domain" in (given if have == "domaintype" else {"domain": 0}):
            raise Refusal("invalid_parameter", parameter=want, reason="it is missing")
    return own()


@LIBERTIES.handler("effects", "add_order")
def plain_values_are_for_the_first_line(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What is sent once is meant for the order's first line, and several domains have several types."""
    given = dict(exchange.call.given)
    domains, kind = given.get("domain"), given.get("domaintype")
    if isinstance(domains, dict) and len(domains) > 1 and isinstance(kind, str):
        raise Refusal("parameter_not_array", parameter="domaintype")
    for lines, names in (
        ("pid", ("billingcycle",)),
        ("domaintype", ("domain", "regperiod", "idprotection", "dnsmanagement")),
    ):
        if isinstance(given.get(lines), dict):
            for name in names:
                if name in given and not isinstance(given[name], dict):
                    given[name] = {"0": given[name]}
    exchange.call.given = given
    return own()


@LIBERTIES.check("lenient")
def only_zero_is_no(exchange: Exchange, own: Callable[[], None]) -> None:
    """As in PHP, any word but 0 is a yes, and False is a word."""
    given = exchange.call.given
    for name in ("noinvoice", "noemail", "noinvoiceemail", "promooverride", "stats"):
        if isinstance(given.get(name), str) and given[name] != "0":
            given[name] = "true"
    own()


@LIBERTIES.gate("order")
def the_query_wins_over_the_body(exchange: Exchange, own: Callable[[], None]) -> None:
    """What stands in both is taken from the query."""
    call = exchange.call
    fields = {name: value for name, value in call.query_fields().items() if value not in ("", {}, "action")}
    fields.pop("action", None)
    call.given = {**call.given, **fields}
    if isinstance(fields.get("responsetype"), str):
        call.given["responsetype"] = fields["responsetype"].lower()
        call.media_type = MEDIA_TYPES.get(call.given["responsetype"], NVP)
    own()


@LIBERTIES.refused("strict", "add_order", "add_client", "close_client")
def what_is_empty_was_sent(exchange: Exchange, reply: Reply) -> None:
    """A field that is sent without a value is refused as a wrong value, not as a missing one."""
    if (
        b"=&" in exchange.call.sent + b"&"
        and reply.outcome == "client_id_not_found"
        and ("clientid" not in exchange.call.given)
    ):
        reply.outcome, reply.body["message"] = "invalid_parameter", "A parameter is empty"


@LIBERTIES.check("lenient", "add_invoice_payment")
def a_payment_without_a_day_is_of_today(exchange: Exchange, own: Callable[[], None]) -> None:
    """When a payment came is now, unless it is said."""
    exchange.call.given.setdefault("date", f"{exchange.call.now:%Y-%m-%d %H:%M:%S}")
    own()


@LIBERTIES.check("lenient", "add_order")
def years_are_as_many_as_a_registry_takes(exchange: Exchange, own: Callable[[], None]) -> None:
    """More than ten years are ten, which is what the registry does with them."""
    given = exchange.call.given
    for name in ("regperiod", "domainrenewals"):
        if name in given:
            given[name] = _at_most_ten(given[name])
    own()


def _at_most_ten(value: Any) -> Any:
    if isinstance(value, dict):
        return {line: _at_most_ten(each) for line, each in value.items()}
    return "10" if isinstance(value, str) and value.isdecimal() and int(value[:9]) > 10 else value


# what calls do


@LIBERTIES.handler("lenient", "add_order")
def prices_of_domains_stay_as_they_are(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What a domain costs is in its price list: a price that an order gives for one is read by nobody."""
    for name in ("domainpriceoverride", "domainrenewoverride"):
        exchange.call.given.pop(name, None)
    return own()


@LIBERTIES.handler("effects", "accept_order")
def services_wait_for_their_module(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An accepted order is active; its services are once their module has made them."""
    result = own()
    order = exchange.state.orders[exchange.call.given["orderid"]]
    for number in order.services:
        exchange.state.services[number].status = "Pending"
    return result


@LIBERTIES.handler("effects", "cancel_order", "fraud_order")
def what_was_ordered_is_stopped_by_hand(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An order that is cancelled or a fraud leaves its services to whoever runs them, and its invoice to be cancelled."""
    state = exchange.state
    order = state.orders.get(exchange.call.given.get("orderid"))
    kept = [] if order is None else [(state.services[each], state.services[each].status) for each in order.services]
    invoice = state.invoices.get(order.invoice) if order else None
    owed = invoice.status if invoice else ""
    result = own()
    for service, status in kept:
        service.status = status
    if invoice is not None and invoice.status == "Cancelled" and owed == "Unpaid":
        invoice.status = owed
        take_credit(state, invoice)
    return result


@LIBERTIES.handler("effects", "add_order")
def free_orders_have_no_invoice(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Where nothing is to be paid there is nothing to be sent."""
    result = own()
    assert isinstance(result, dict)
    order = exchange.state.orders[result["orderid"]]
    if order.amount or not order.invoice:
        return result
    exchange.state.drop_invoice(exchange.state.invoices[order.invoice])
    order.invoice = 0
    return {name: value for name, value in result.items() if name != "invoiceid"}


@LIBERTIES.handler("effects", "add_order")
def what_costs_nothing_is_due_at_once(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Only money moves the day on which something is due: what was free, or settled by credit, is due today."""
    result = own()
    assert isinstance(result, dict)
    order = exchange.state.orders[result["orderid"]]
    for number in order.services:
        service = exchange.state.services[number]
        service.next_due = service.next_due and service.registered
    return result


@LIBERTIES.handler("effects", "get_promotions")
def codes_are_compared_as_they_are(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A code is written in the letters that it has, and one that has expired is no longer listed."""
    asked, today = exchange.call.given.get("code"), exchange.call.now.date()
    result = own()
    assert isinstance(result, dict)
    ended = {each.id for each in exchange.state.promotions.values() if each.ends is not None and each.ends < today}
    rows = [
        row for row in result["promotions"]["promotion"] if asked in (None, row["code"]) and int(row["id"]) not in ended
    ]
    return {**result, "totalresults": len(rows), "promotions": {"promotion": rows}}


@LIBERTIES.handler("effects", "get_orders", "get_clients")
def filters_are_compared_as_they_are(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A state is written as it is, and who is searched for by the beginning of one name, as it is."""
    given = exchange.call.given
    if "status" in given and given["status"] != given["status"].capitalize():
        given["status"] = "no such state"
    asked, result = given.get("search"), own()
    if asked is None or not isinstance(result, dict) or "clients" not in result:
        return result
    names = ("firstname", "lastname", "companyname", "email")
    rows = [
        row for row in result["clients"]["client"] if any(str(row.get(each, "")).startswith(asked) for each in names)
    ]
    return {**result, "totalresults": len(rows), "numreturned": len(rows), "clients": {"client": rows}}


@LIBERTIES.handler("effects", "add_order")
def lines_are_counted_by_their_place(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """The first value of each parameter is for the first line, whatever its index: gaps close."""
    given = exchange.call.given
    for name, value in given.items():
        if isinstance(value, dict) and all(line.isdecimal() for line in value):
            given[name] = {str(place): value[line] for place, line in enumerate(sorted(value, key=int))}
    return own()


@LIBERTIES.accepted("form", "get_clients_products")
def choices_are_shown_by_their_numbers(exchange: Exchange, reply: Reply) -> None:
    """Of an option a service shows the number of the choice."""
    for product in reply.body.get("products", {}).get("product", ()):
        chosen = exchange.state.services[int(product["id"])].options or {}
        for option in product.get("configoptions", {}).get("configoption", ()):
            option["value"] = str(chosen.get(int(option["id"]), option["value"]))


@LIBERTIES.accepted("form", "get_clients_details")
def statistics_are_few(exchange: Exchange, reply: Reply) -> None:
    """Which numbers tell something of a client is for each version to say; ours says one."""
    if "stats" in reply.body:
        reply.body["stats"] = {"productsnumactive": reply.body["stats"].get("productsnumactive", 0)}


@LIBERTIES.handler("lenient", "add_client")
def addresses_are_compared_letter_by_letter(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An address in other letters is another one."""
    email = exchange.call.given.get("email")
    known = exchange.state.clients_by_email
    if not isinstance(email, str) or email.lower() not in known:
        return own()
    client = exchange.state.clients[known[email.lower()]]
    if client.email == email:
        return own()
    hidden = known.pop(email.lower())
    users = exchange.state.users_by_email
    user = users.pop(email.lower(), None)
    try:
        return own()
    finally:
        known[email.lower()] = hidden
        if user is not None:
            users[email.lower()] = user


@LIBERTIES.handler("effects", "get_clients_details")
def of_two_names_the_address_counts(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever sends an id and an address means the address."""
    given = exchange.call.given
    if "email" in given:
        exchange.call.given = {name: value for name, value in given.items() if name != "clientid"}
    return own()


@LIBERTIES.handler("strict", "close_client")
def nobody_is_closed_twice(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A client who is closed is no client who could be closed."""
    client = exchange.state.clients.get(exchange.call.given.get("clientid"))
    if client is not None and client.status == "Closed":
        raise Refusal("invalid_parameter", parameter="clientid", reason="The client is closed already")
    return own()


@LIBERTIES.refused("order", "add_client")
def the_last_thing_that_is_wrong_is_told(exchange: Exchange, reply: Reply) -> None:
    """Of several things that a new client lacks, the password is told first."""
    if "password2" not in exchange.call.given and reply.outcome != "invalid_credentials" and reply.status == 200:
        reply.outcome, reply.body["message"] = "invalid_parameter", "You must enter a password"


@LIBERTIES.handler("lenient", "get_products")
def unknown_products_are_all_products(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A list of ids in which none is ours is no filter."""
    given = exchange.call.given
    numbers = {int(each) for each in given.get("pid", "").split(",") if each.isdecimal() and len(each) < 10}
    if "pid" in given and not numbers & set(exchange.state.products):
        exchange.call.given = {name: value for name, value in given.items() if name != "pid"}
    return own()
