"""For each defect of the classic API of WHMCS, something that a client can see."""

import base64
from typing import Any

import phpserialize
from misbehaving import CLIENT, PAIR, Caller, said, seen

SEVERAL = {"pid": "", "pid[0]": 1, "pid[1]": 5}
NAME = {"pid": "", "domaintype": "register", "domain": "free-a.com"}
RENEWALS = {"pid": "", "domainrenewals[domain1.com]": 2, "domainrenewals[domain2.com]": 2}


def packed(**values: Any) -> str:
    """A map of ids to values as PHP serializes it, in Base64."""
    return base64.b64encode(phpserialize.dumps({int(name[1:]): value for name, value in values.items()})).decode()


def row(c: Caller, **fields: Any) -> Any:
    """The row of an order that is placed now."""
    return c.ask("GetOrders", id=c.order(**fields)["orderid"])["orders"]["order"][0]


def service(c: Caller, **fields: Any) -> Any:
    """The service of an order that is placed now."""
    number = c.order(**fields)["productids"]
    return c.ask("GetClientsProducts", serviceid=number)["products"]["product"][0]


def years(c: Caller, **fields: Any) -> Any:
    """The lines of an order that is placed now, with their periods."""
    return [(each["domain"], each["billingcycle"]) for each in row(c, **fields)["lineitems"]["lineitem"]]


said(
    first_of_repeated_fields_counts=lambda c: sent(
        c, "identifier=counterfoil-identifier&secret=counterfoil-secret&action=GetOrders&responsetype=json&id=1&id=999"
    ),
    first_product_of_several_is_ordered=lambda c: len(c.order(**SEVERAL)["productids"].split(",")),
    first_domain_of_several_is_ordered=lambda c: c.order(
        **{"pid": "", "domaintype[0]": "register", "domain[0]": "free-a.com", "domaintype[1]": "register"},
        **{"domain[1]": "free-b.com"},
    )["domainids"],
    first_addon_of_several_is_ordered=lambda c: c.order(addons="1,3,9")["addonids"],
    answers_of_an_order_are_not_kept=lambda c: service(c, customfields=packed(_1="Google"))["customfields"],
    choices_of_an_order_are_not_read=lambda c: service(c, configoptions=packed(_1=2))["configoptions"],
    given_price_is_not_heeded=lambda c: row(c, priceoverride="3.95")["amount"],
    code_of_an_order_is_not_applied=lambda c: row(c, promocode="demopromo")["amount"],
    every_name_is_for_a_year=lambda c: years(c, **NAME, regperiod=3),
    every_renewal_is_for_a_year=lambda c: years(c, **RENEWALS),
    one_renewal_of_several_is_ordered=lambda c: years(c, **RENEWALS),
    transfers_are_registrations=lambda c: row(c, **NAME | {"domaintype": "transfer"}, eppcode="x")["lineitems"],
    further_name_servers_are_lost=lambda c: row(
        c, **NAME, nameserver1="ns1.example.com", nameserver2="ns2.example.com"
    )["nameservers"],
    extras_of_a_name_are_not_read=lambda c: row(c, **NAME, dnsmanagement="on")["lineitems"],
    invoices_are_made_all_the_same=lambda c: sorted(c.order(noinvoice="true")),
    silent_invoices_are_not_made=lambda c: sorted(c.order(noinvoiceemail="true")),
    orders_come_from_whoever_calls=lambda c: row(c, clientip="192.0.2.7")["ipaddress"],
    anybodys_service_gets_the_addon=lambda c: c.order(clientid=2, pid="", addonid=5, serviceid=19)["result"],
    strangers_renew_domains=lambda c: c.order(clientid=2, pid="", **{"domainrenewals[domain1.com]": 1})["result"],
    closed_clients_may_order=lambda c: c.order(clientid=4)["result"],
    unknown_client_is_the_first_one=lambda c: c.order(clientid=999)["result"],
    orders_leave_the_stock=lambda c: (c.order(pid=3), stock(c))[1],
    order_lists_end_after_their_first_row=lambda c: len(listed(c)),
    order_list_has_no_condition_on_the_client=lambda c: listed(c, userid=2),
    order_list_has_no_condition_on_the_state=lambda c: listed(c, status="Active"),
    order_amount_has_no_addons=lambda c: row(c, addons="1")["amount"],
    invoice_counts_all_but_its_last_line=lambda c: c.ask("GetInvoice", invoiceid=c.order(addons="1")["invoiceid"])[
        "subtotal"
    ],
    balance_is_always_the_total=lambda c: after_payment(c, "1.00")["balance"],
    paid_invoice_stays_unpaid=lambda c: after_payment(c, "10.00")["status"],
    any_payment_pays_the_whole_invoice=lambda c: after_payment(c, "1.00")["status"],
    added_credit_is_not_saved=lambda c: (
        c.ask("AddCredit", clientid=1, description="x", amount="7.00"),
        c.ask("GetClientsDetails", clientid=1)["client"]["credit"],
    )[1],
)


def sent(c: Caller, form: str) -> Any:
    """What a form is answered that is written out."""
    path = f"{c.world}/includes/api.php"
    kind = "application/x-www-form-urlencoded"
    return c.mock.test_client().post(path, data=form, content_type=kind).get_json(force=True)["totalresults"]


def after_payment(c: Caller, amount: str) -> Any:
    """The invoice of an order of which so much was paid."""
    invoice = c.order()["invoiceid"]
    paid = {"transid": "t", "gateway": "paypal", "date": "2026-01-05", "amount": amount}
    c.ask("AddInvoicePayment", invoiceid=invoice, **paid)
    return c.ask("GetInvoice", invoiceid=invoice)


@seen
def multipart_form_is_not_read(c: Caller) -> Any:
    form = {**PAIR, "action": "GetOrders", "responsetype": "json"}
    path = f"{c.world}/includes/api.php"
    return c.mock.test_client().post(path, data=form, content_type="multipart/form-data").status_code


@seen
def accepted_orders_stay_pending(c: Caller) -> Any:
    number = c.order()["orderid"]
    c.ask("AcceptOrder", orderid=number)
    return c.ask("GetOrders", id=number)["orders"]["order"][0]["status"]


@seen
def active_orders_are_cancelled(c: Caller) -> Any:
    number = c.order()["orderid"]
    c.ask("AcceptOrder", orderid=number)
    return c.ask("CancelOrder", orderid=number)["result"]


@seen
def pending_orders_are_deleted(c: Caller) -> Any:
    return c.ask("DeleteOrder", orderid=c.order()["orderid"])["result"]


@seen
def cancelled_invoices_are_paid(c: Caller) -> Any:
    order = c.order()
    c.ask("CancelOrder", orderid=order["orderid"])
    paid = {"transid": "t", "gateway": "paypal", "date": "2026-01-05", "amount": "1.00"}
    return c.ask("AddInvoicePayment", invoiceid=order["invoiceid"], **paid)["result"]


@seen
def written_invoice_has_its_first_line(c: Caller) -> Any:
    lines = {"itemdescription1": "A", "itemamount1": "1.00", "itemdescription2": "B", "itemamount2": "2.00"}
    number = c.ask("CreateInvoice", userid=1, **lines)["invoiceid"]
    return c.ask("GetInvoice", invoiceid=number)["subtotal"]


@seen
def changed_client_loses_the_company(c: Caller) -> Any:
    c.ask("UpdateClient", clientid=2, city="Wien")
    return c.ask("GetClientsDetails", clientid=2)["client"]["companyname"]


@seen
def passwords_of_clients_have_no_case(c: Caller) -> Any:
    c.ask("AddClient", **CLIENT)
    return c.ask("ValidateLogin", email="max@example.com", password2="GEHEIM")["result"]


said(
    product_ids_are_those_of_the_catalogue=lambda c: c.order()["productids"],
    any_secret_opens=lambda c: c.send("GetOrders", secret="wrong").status_code,
    read_only_credentials_may_write=lambda c: c.order(identifier="counterfoil-readonly")["result"],
    second_page_begins_one_early=lambda c: c.ask("GetOrders", limitstart=1, limitnum=1),
    name_beyond_latin_1_crashes=lambda c: c.send("AddClient", **CLIENT | {"lastname": "Достоевский"}).status_code,
    pairs_are_joined_by_ampersands=lambda c: c.send("GetInvoice", responsetype="nvp", invoiceid=1).data,
    single_order_is_no_list=lambda c: type(c.ask("GetOrders", id=1)["orders"]["order"]),
    years_have_two_digits=lambda c: c.ask("GetOrders", id=1)["orders"]["order"],
    nothing_falls_due=lambda c: (c.later(days=60), c.ask("GetClientsProducts", serviceid=19)["products"]["product"])[
        -1
    ],
    refusals_are_sent_as_html=lambda c: c.send("GetInvoice", invoiceid=999).content_type,
    unknown_action_repeats_the_request=lambda c: c.ask("Fly")["message"],
    unknown_payment_method_is_taken_for_the_first=lambda c: c.order(paymentmethod="shells")["result"],
    unknown_client_is_refused_in_other_words=lambda c: c.ask("GetClientsDetails", clientid=999)["message"],
    same_order_twice_is_one=lambda c: (c.order(pid=3), c.order(pid=3), stock(c)),
)


def stock(c: Caller) -> Any:
    """How many servers are left."""
    return c.ask("GetProducts", pid=3)["products"]["product"][0]["quantity_available"]


def listed(c: Caller, **fields: Any) -> list[Any]:
    """The ids of the orders that are listed."""
    return [order["id"] for order in c.ask("GetOrders", **fields)["orders"]["order"]]


@seen
def invoice_total_forgets_the_tax(c: Caller) -> Any:
    return c.ask("GetInvoice", invoiceid=c.order(pid=5)["invoiceid"])["total"]


@seen
def order_takes_its_promotion_twice(c: Caller) -> Any:
    number = c.order(promocode="demopromo")["orderid"]
    return c.ask("GetOrders", id=number)["orders"]["order"][0]["amount"]


@seen
def second_payment_replaces_the_first(c: Caller) -> Any:
    invoice = c.order()["invoiceid"]
    for amount in (3, 4):
        c.ask(
            "AddInvoicePayment", invoiceid=invoice, transid=amount, gateway="paypal", date="2026-01-05", amount=amount
        )
    return c.ask("GetInvoice", invoiceid=invoice)["balance"]


@seen
def concurrent_orders_lose_one(c: Caller) -> Any:
    c.at_once(lambda: c.order(pid=1), lambda: c.order(pid=4))
    return len(listed(c, userid=1))


@seen
def deleted_order_is_still_listed(c: Caller) -> Any:
    return c.ask("DeleteOrder", orderid=5)["result"], listed(c)


@seen
def cancelled_orders_count_as_pending(c: Caller) -> Any:
    return c.ask("GetOrderStatuses")["statuses"]


@seen
def xml_is_not_escaped(c: Caller) -> Any:
    number = c.ask("AddClient", **CLIENT | {"companyname": "Fish & Chips <Ltd>"})["clientid"]
    return c.send("GetClientsDetails", responsetype="xml", clientid=number).data


@seen
def refused_order_takes_its_stock(c: Caller) -> Any:
    return c.order(pid=3, billingcycle="hourly")["result"], stock(c)
