"""The tables of the panel: rows right below `doc`, narrowed by what stands in their columns."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.elements import if_any, several, switch, text
from counterfoil.mockserver.billmanager.orders import Order, Payment, Service
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.engine.vendor import Body

#: what narrows a table without `filter=on`, too
_ALWAYS = frozenset(("project",))
#: columns of days, by the name under which a filter knows them
_DAYS = {"createdate": ("create_date", "createdate")}


def table(rows: Iterable[Body], given: Mapping[str, Any]) -> Body:
    """The rows that are asked for."""
    return {"doc": several("elem", [row for row in rows if _is_asked_for(row, given)])}


def _is_asked_for(row: Body, given: Mapping[str, Any]) -> bool:
    filtered = given.get("filter") == "on"
    for name, column in row.items():
        if name in given and (filtered or name in _ALWAYS) and name not in _DAYS and str(given[name]) != column["$"]:
            return False
    return not filtered or all(
        _is_between(row[column]["$"], given.get(f"{name}start"), given.get(f"{name}end"))
        for name, columns in _DAYS.items()
        for column in columns
        if column in row
    )


def _is_between(day: str, first: Any, last: Any) -> bool:
    return (first is None or str(first) <= day) and (last is None or day <= str(last))


def order_rows(orders: Iterable[Order], currency: str) -> list[Body]:
    """A client's orders."""
    return [
        {
            "id": text(order.id), "project": text(order.provider), "createdate": text(order.created.date()),
            "count": text(len(order.services)), "cost": text(order.cost), "currency": text(currency),
            "payment_id": text(order.payment),
        }
        for order in orders
    ]  # fmt: skip


def payment_rows(panel: Panel, client: Client) -> list[Body]:
    """A client's payments: 1 is new, 2 is paid."""
    return [_payment(panel, client, payment) for payment in client.payments]


def _payment(panel: Panel, client: Client, payment: Payment) -> Body:
    amount = f"{payment.amount} {panel.currency}"
    return {
        "id": text(payment.id), "number": text(f"{payment.provider}-{payment.id}"),
        "create_date": text(payment.created.date()), **if_any("pay_date", _day(payment.paid)),
        "sender_id": text(client.id), "sender_name": text(client.username),
        "recipient_name": text(panel.providers[payment.provider].name), "account_name": text(client.username),
        "paymethod_name": text(panel.payment_methods[payment.method]), "subaccountamount_iso": text(amount),
        "paymethodamount_iso": text(amount), "status": text(2 if payment.paid else 1),
        "billorder": text(payment.order), "project": text(payment.provider), "paymethod_id": text(payment.method),
        "cost": text(payment.amount), "currency": text(panel.currency),
    }  # fmt: skip


def _day(moment: datetime | None) -> Any:
    return moment and moment.date()


def service_rows(services: Iterable[Service], currency: str) -> list[Body]:
    """A client's services of one product type: 1 is ordered, 2 is active, 3 has expired."""
    return [
        {
            "id": text(service.id), "name": text(service.name), **if_any("domain", service.domain),
            "pricelist": text(service.tariff), "project": text(service.provider), "period": text(service.period),
            "cost": text(service.cost), "currency": text(currency), **if_any("datacenter", service.datacenter),
            "autoprolong": switch(service.autoprolong), **if_any("ostempl", service.template),
            **if_any("recipe", service.recipe), **if_any("remoteid", service.remote),
            "item_status": text(2 if service.active else 3 if service.stopped else 1),
            "createdate": text(service.created.date()), "expiredate": text(service.expires),
            "billorder": text(service.order),
        }
        for service in services
    ]  # fmt: skip


def account_rows(panel: Panel, client: Client) -> list[Body]:
    """A client's accounts, with the money on them."""
    return [
        {
            "id": text(account.id), "project": text(account.provider),
            "project_name": text(panel.providers[account.provider].name), "balance": text(account.balance),
            "currency": text(panel.currency),
        }
        for account in client.accounts
    ]  # fmt: skip
