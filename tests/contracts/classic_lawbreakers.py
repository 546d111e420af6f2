"""Installations of WHMCS that break one law each, through the classic API, in ways for which the mock has no defect."""

import re
import sys
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from lawbreaking import Ask, Asked, Said
from order_lawbreaking import breaks, changing, fields, function

CLASSIC = "whmcs-classic"
REFUSED = {"result": "error", "message": "Order ID not found or Status not Pending"}
DONE = {"result": "success"}

of_orders = partial(changing, CLASSIC, "orders")
of_lists = partial(changing, CLASSIC, "lists")
of_clients = partial(changing, CLASSIC, "client")
of_any_order = partial(changing, CLASSIC, "order")
all_at_once = partial(changing, CLASSIC, "order at once")
at_once = partial(changing, CLASSIC, "together")


def orders(tree: Any) -> list[Any]:
    return tree["orders"]["order"]


@of_orders("sold_can_be_ordered", "AddOrder")
def does_not_sell_by_the_year(tree: Any, asked: Asked) -> Any:
    """A cycle that the catalogue has is refused."""
    return (REFUSED, 200) if b"annually" in asked.body else None


@of_orders("ordered_is_made", "GetClientsDomains")
def registers_for_a_year(tree: Any, asked: Asked) -> None:
    """However many years are asked for, it is one."""
    for row in tree["domains"]["domain"]:
        row["regperiod"] = 1


@of_orders("unknown_is_left_out", "AddOrder")
def leaves_out_all(tree: Any, asked: Asked) -> None:
    """With what is unknown, what is known is left out."""
    if b"2000000000" in asked.body:
        tree["productids"] = ""


@breaks(CLASSIC, "orders", "indexes_align")
def closes_gaps(asked: Asked, ask: Ask) -> Said:
    """Addons of the second line alone are the first one's."""
    gap = b"addons%5B1%5D" in asked.body and b"addons%5B0%5D" not in asked.body
    return ask(replace(asked, body=asked.body.replace(b"addons%5B1%5D", b"addons%5B0%5D")) if gap else asked)


@of_any_order("order_ids_are_unique", "GetOrders")
def has_one_number_for_all(tree: Any, asked: Asked) -> None:
    """Clients see the same number on every order."""
    for row in orders(tree):
        row["ordernum"] = "1234567890"


@of_orders("new_is_pending", "GetOrders")
def activates_at_once(tree: Any, asked: Asked) -> None:
    """An order that nobody has accepted is active."""
    for row in orders(tree):
        row["status"] = row["status"].replace("Pending", "Active")


def dearer(tree: Any, pattern: str, by: int) -> None:
    for row in orders(tree):
        for line in row["lineitems"]["lineitem"]:
            if re.fullmatch(pattern, line["amount"]):
                line["amount"] = f"{float(line['amount']) + by:.2f}"


@of_orders("lines_cost_what_they_cost", "GetOrders")
def charges_more_for_a_line(tree: Any, asked: Asked) -> None:
    """A line costs more than the catalogue says."""
    dearer(tree, "100.00", 1)


@of_any_order("order_is_as_asked", "GetOrders")
def thinks_little_of_given_prices(tree: Any, asked: Asked) -> None:
    """A line whose price is given costs more."""
    dearer(tree, r"3\.95|0\.50", 5)


@breaks(CLASSIC, "orders", "promotion_takes_off")
def forgets_the_promotion(asked: Asked, ask: Ask) -> Said:
    """A code is read and gives nothing."""
    return ask(replace(asked, body=asked.body.replace(b"promocode=", b"forgotten=")))


@of_orders("credit_is_kept", "GetClientsDetails")
def tells_of_no_credit(tree: Any, asked: Asked) -> None:
    """Nobody seems to have any credit."""
    tree["client"]["credit"] = "0.00"


@of_orders("credit_is_kept", "GetInvoice")
def keeps_the_credit_of_what_is_cancelled(tree: Any, asked: Asked) -> None:
    """S14: an invoice that is cancelled keeps what the client's credit had settled of it."""
    if tree.get("status") == "Cancelled":
        total = Decimal(tree["total"])
        tree["credit"], tree["total"] = f"{total:.2f}", "0.00"
        tree["balance"] = f"{Decimal(tree['balance']) - total:.2f}"


@of_orders("stock_is_counted", "GetProducts")
def always_has_two(tree: Any, asked: Asked) -> None:
    """There are always two left."""
    for row in tree["products"]["product"]:
        row["quantity_available"] = 2 if row["quantity_available"] != "" else ""


@of_orders("tax_is_of_what_is_taxed", "GetInvoice")
def tells_another_rate(tree: Any, asked: Asked) -> None:
    """The rate is not the one that was taken."""
    tree["taxrate"] = "50.00"


@of_orders("payment_status_is_the_invoices", "GetOrders")
def tells_another_payment_status(tree: Any, asked: Asked) -> None:
    """What is paid is told as open."""
    for row in orders(tree):
        row["paymentstatus"] = row["paymentstatus"].replace("Paid", "Unpaid")


@of_any_order("order_does_what_its_state_allows", "CancelOrder")
def cancels_nothing(tree: Any, asked: Asked) -> Any:
    """No order can be cancelled."""
    return REFUSED, 200


@of_any_order("order_refuses_what_its_state_forbids", "AcceptOrder", refused=True)
def accepts_all(tree: Any, asked: Asked) -> Any:
    """Whatever is accepted is accepted."""
    return DONE, 200


@of_any_order("order_moves_as_told", "GetOrders")
def suspects_nobody(tree: Any, asked: Asked) -> None:
    """An order that is a fraud stays as it was."""
    for row in orders(tree):
        row["status"] = row["status"].replace("Fraud", "Pending")


_DELETED: list[int] = []


@of_any_order("order_removed_is_gone", "GetInvoice", refused=True)
def keeps_every_invoice(tree: Any, asked: Asked) -> Any:
    """The books have the invoice of an order that is deleted."""
    return DONE | {"invoiceid": fields(asked)["invoiceid"]}, 200


@breaks(CLASSIC, "order", "order_removed_is_gone")
def keeps_what_was_served(asked: Asked, ask: Ask) -> Said:
    """The services of an order that is deleted are still the client's."""
    said = ask(asked)
    if function(asked) == "DeleteOrder":
        _DELETED.append(int(fields(asked)["orderid"]))
    if function(asked) != "GetClientsProducts" or not _DELETED:
        return said
    tree = said.json()
    tree["products"]["product"].append({"id": 1, "orderid": _DELETED[-1]})
    return said.but(tree)


@of_orders("parts_go_along", "GetClientsProducts")
def keeps_services_running(tree: Any, asked: Asked) -> None:
    """A service stays active when its order is fraud."""
    for row in tree["products"]["product"]:
        row["status"] = row["status"].replace("Fraud", "Active")


_DONE: list[str] = []


@breaks(CLASSIC, "orders", "pending_takes_all_along")
def never_stops_what_runs(asked: Asked, ask: Ask) -> Said:
    """After an order was set to pending, its services are shown as active."""
    said, called = ask(asked), function(asked)
    if not called.startswith("Get"):
        _DONE.append(called)
    if called != "GetClientsProducts" or _DONE[-1:] != ["PendingOrder"]:
        return said
    tree = said.json()
    for row in tree["products"]["product"]:
        row["status"] = "Active"
    return said.but(tree, said.status)


@of_orders("invoice_follows", "GetInvoice", "GetOrders")
def leaves_invoices_open(tree: Any, asked: Asked) -> None:
    """The invoice of a cancelled order is still to be paid."""
    rows = orders(tree) if "orders" in tree else [tree]
    for row in rows:
        name = "paymentstatus" if "orders" in tree else "status"
        row[name] = row[name].replace("Cancelled", "Unpaid")


@of_orders("years_are_added_once", "GetClientsDomains")
def adds_no_years(tree: Any, asked: Asked) -> None:
    """A renewed domain ends when it would have ended."""
    for row in tree["domains"]["domain"]:
        row["expirydate"] = "2026-01-30"


@of_orders("cancelled_takes_no_payment", "AddInvoicePayment", refused=True)
def takes_any_money(tree: Any, asked: Asked) -> Any:
    """Money is never refused."""
    return DONE, 200


@breaks(CLASSIC, "lists", "get_orders_filters_filter")
def asks_for_no_client(asked: Asked, ask: Ask) -> Said:
    """Who asks for an order by its id gets it, whosever it is."""
    by_id = function(asked) == "GetOrders" and "id" in fields(asked)
    return ask(replace(asked, body=asked.body.replace(b"userid=", b"nobody=")) if by_id else asked)


@of_lists("get_orders_filters_read_any_letters", "GetOrders")
def reads_states_to_the_letter(tree: Any, asked: Asked) -> None:
    """Who writes a state in small letters finds nothing."""
    if (state := fields(asked).get("status", "")) != state.capitalize():
        tree["totalresults"], tree["orders"]["order"] = 0, []


@of_any_order("order_refuses_to_suspect_no_order", "FraudOrder", refused=True)
def marks_what_is_not_there(tree: Any, asked: Asked) -> Any:
    """Orders that are not there are marked as fraud."""
    return DONE, 200


@of_any_order("order_refuses_a_price_below_nought", "AddOrder", refused=True)
def pays_its_clients(tree: Any, asked: Asked) -> Any:
    """A negative price is accepted."""
    made = {"orderid": 1, "productids": "", "addonids": "", "domainids": ""}
    return (DONE | made, 200) if b"priceoverride=-5" in asked.body else None


@breaks(CLASSIC, "lists", "get_orders_page_size_is_kept")
def returns_what_it_likes(asked: Asked, ask: Ask) -> Said:
    """A slice has 25 rows, whatever is asked."""
    return ask(replace(asked, body=re.sub(rb"limitnum=[0-9]\b", b"limitnum=25", asked.body)))


@of_lists("get_orders_page_beyond_is_empty", "GetOrders", "GetClientsProducts", "GetClientsDomains", "GetClients")
def has_a_row_beyond_the_last(tree: Any, asked: Asked) -> None:
    """Beyond the end there is something, in a form that nobody knows."""
    (rows,) = next(each for each in tree.values() if isinstance(each, dict)).values()
    if not rows and "limitstart" in fields(asked):
        rows.append({"id": 1})
        tree["numreturned"] = 1


@of_lists("get_orders_page_says_where_it_stands", "GetOrders", "GetClientsProducts", "GetClientsDomains", "GetClients")
def counts_the_slice(tree: Any, asked: Asked) -> None:
    """The total is that of the slice."""
    tree["totalresults"] = tree["numreturned"]


@of_lists("get_orders_usual_page_size", "GetOrders", "GetClientsProducts", "GetClientsDomains", "GetClients")
def shows_two_by_default(tree: Any, asked: Asked) -> None:
    """Who asks for no number gets two."""
    (rows,) = next(each for each in tree.values() if isinstance(each, dict)).values()
    if "limitnum" not in fields(asked):
        del rows[2:]


@of_lists("get_orders_order_is_kept", "GetOrders")
def shows_the_oldest_first(tree: Any, asked: Asked) -> None:
    """Orders come in the order of their ids."""
    orders(tree).reverse()


@of_clients("client_ids_are_unique", "AddClient")
def has_one_id_for_all(tree: Any, asked: Asked) -> None:
    """Every new client is client 5."""
    tree["clientid"] = 5


@of_clients("client_is_found", "GetClients")
def finds_nobody(tree: Any, asked: Asked) -> None:
    """A search finds nobody."""
    if "search" in fields(asked):
        tree["clients"]["client"] = []


@of_clients("client_same_call_is_refused", "AddClient", refused=True)
def shares_addresses(tree: Any, asked: Asked) -> Any:
    """An address that is taken is taken again."""
    return (DONE | {"clientid": 77}, 200) if "already" in tree["message"] else None


@of_clients("client_refuses_a_client_without_what_is_required", "AddClient", refused=True)
def needs_no_city(tree: Any, asked: Asked) -> Any:
    """Nobody has to live anywhere."""
    return (DONE | {"clientid": 77}, 200) if "city" in tree["message"] else None


@of_clients("client_moves_as_told", "GetClientsDetails")
def closes_nobody(tree: Any, asked: Asked) -> None:
    """A client who is closed is active."""
    tree["client"]["status"] = tree["client"]["status"].replace("Closed", "Active")


@all_at_once("order_at_once_have_ids_of_their_own", "AddOrder")
def puts_all_on_one_invoice(tree: Any, asked: Asked) -> None:
    """Every order has the invoice of the first."""
    tree["invoiceid"] = 1


@all_at_once("order_at_once_are_counted", "GetOrders")
def counts_what_it_read_before(tree: Any, asked: Asked) -> None:
    """The count was right at some time."""
    tree["totalresults"] = 5


@at_once("credit_is_spent_once", "GetClientsDetails")
def spends_no_credit(tree: Any, asked: Asked) -> None:
    """The credit that has settled an invoice is still there."""
    tree["client"]["credit"] = "15.00"


@at_once("pieces_are_sold_once", "GetProducts")
def tells_of_one_too_few(tree: Any, asked: Asked) -> None:
    """Two are sold where one was left."""
    for row in tree["products"]["product"]:
        row["quantity_available"] = 1 if row["quantity_available"] != "" else ""


@all_at_once("order_moves_once", "AcceptOrder", refused=True)
def accepts_for_everybody(tree: Any, asked: Asked) -> Any:
    """Everybody who accepts an order hears that it is done."""
    return DONE, 200
