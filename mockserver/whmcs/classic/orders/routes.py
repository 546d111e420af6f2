"""What the functions for orders do: one short function for each."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.orders import parameters, render
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.classic.protocol.lists import page, whole
from counterfoil.mockserver.whmcs.classic.protocol.parameters import in_wire_words
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import STATUSES
from counterfoil.mockserver.whmcs.ordering import fulfilment, placing, searches
from counterfoil.mockserver.whmcs.ordering.welcome import welcome


@in_wire_words
def add_order(installation: Installation, call: Call) -> Body:
    """Place an order."""
    request = parameters.order_request(call)
    plain = parameters.misaligned(call.given)
    if plain is not None:
        placing.buyer(installation, request.client, request.method)
        raise Refusal("parameter_not_array", parameter=plain)
    return render.order_added(placing.place(installation, request, call.now))


def get_orders(installation: Installation, call: Call) -> Body:
    """A page of the orders, newest first."""
    given = call.given
    numbers = searches.orders(
        installation, order=given.get("id"), client=given.get("userid"), status=given.get("status")
    )  # fmt: skip
    return page(
        numbers, call, ("orders", "order"), lambda number: render.order(installation, installation.orders[number]),
        newest_first=True,
    )  # fmt: skip


def get_order_statuses(installation: Installation, call: Call) -> Body:
    """How many orders are in each state."""
    rows = [{"title": status, "count": len(installation.orders_by.of((status,)))} for status in STATUSES]
    return whole(("statuses", "status"), rows)


def accept_order(installation: Installation, call: Call) -> Body:
    """Make a pending order active."""
    given = call.given
    fulfilment.accept(
        installation, given.get("orderid"), call.now.date(), server=given.get("serverid"),
        username=given.get("serviceusername", ""), password=given.get("servicepassword", ""),
        registrar=given.get("registrar", ""),
    )  # fmt: skip
    if given.get("sendemail"):
        welcome(installation, installation.order(given["orderid"]), call.now)
    return DONE


def pending_order(installation: Installation, call: Call) -> Body:
    """Set an order back to pending."""
    fulfilment.set_pending(installation, call.given.get("orderid"))
    return DONE


def cancel_order(installation: Installation, call: Call) -> Body:
    """Cancel a pending order."""
    fulfilment.cancel(installation, call.given.get("orderid"))
    return DONE


def fraud_order(installation: Installation, call: Call) -> Body:
    """Mark an order as fraud."""
    fulfilment.mark_fraud(installation, call.given.get("orderid"))
    return DONE


def delete_order(installation: Installation, call: Call) -> Body:
    """Remove a dead order and all that it made."""
    fulfilment.delete(installation, call.given.get("orderid"))
    return DONE


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        add_order, get_orders, get_order_statuses, accept_order, pending_order, cancel_order, fraud_order,
        delete_order,
    )
}  # fmt: skip
