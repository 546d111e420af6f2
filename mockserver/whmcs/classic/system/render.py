"""Currencies, prices of domains, names, logins and counts, as the classic API shows them. Pure functions."""

from collections.abc import Mapping

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.domains.registry import AVAILABLE, NameStatus
from counterfoil.mockserver.whmcs.model.catalogue import Currency
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain
from counterfoil.mockserver.whmcs.model.people import User
from counterfoil.mockserver.whmcs.model.tlds import Tld
from counterfoil.mockserver.whmcs.ordering.statistics import Statistics

#: 1234.56
_FORMAT = 1
#: what is counted of things that the installation does not have
_NONE = (
    "tickets_allactive", "tickets_awaitingreply", "tickets_flaggedtickets", "tickets_open", "tickets_answered",
    "tickets_customerreply", "tickets_closed", "tickets_onhold", "tickets_inprogress", "cancellations_pending",
    "todoitems_due", "networkissues_open", "billableitems_uninvoiced", "quotes_valid", "staff_online",
)  # fmt: skip


def currency(currency: Currency) -> Body:
    """A row of GetCurrencies."""
    return {
        "id": currency.id, "code": currency.code, "prefix": currency.prefix, "suffix": currency.suffix,
        "format": _FORMAT, "rate": f"{currency.rate:.5f}",
    }  # fmt: skip


def tld(installation: Installation, tld: Tld, currency: int) -> Body:
    """What domains under the ending cost, by years."""
    price, extras = tld.prices[currency], installation.extras[currency]
    years = range(tld.min_years, tld.max_years + 1)
    body: Body = {
        "categories": tld.categories,
        "addons": {
            "dns": extras.dns_management > 0, "email": extras.email_forwarding > 0, "idprotect": extras.id_protection > 0,
        },
        "group": tld.group,
        "register": {str(number): str(price.register * number) for number in years},
        "renew": {str(number): str(price.renew * number) for number in years},
    }  # fmt: skip
    if price.transfer is not None:
        body["transfer"] = {"1": str(price.transfer)}
    return body


def whois(name: NameStatus, owned: Domain | None) -> Body:
    """Whether the name can be had, and what is known of it."""
    available = name.state == AVAILABLE
    lines = [f"No match for {name.name}" if available else f"Domain Name: {name.name}"]
    if owned is not None:
        lines += [f"Registrar: {owned.registrar}"] if owned.registrar else []
        lines += [f"Registry Expiry Date: {owned.expires}"] if owned.expires else []
    status = "available" if available else "unavailable"
    return {"result": "success", "status": status, "whois": "\n".join(lines)}


def login(user: User, token: str) -> Body:
    """Who has logged in; without a token where a second factor is asked for."""
    body: Body = {
        "result": "success", "userid": min(user.clients, default=0), "twoFactorEnabled": user.second_factor != "",
    }  # fmt: skip
    return body if user.second_factor else {**body, "passwordhash": token}


def statistics(told: Statistics, currency: Currency) -> Body:
    """The counts of GetStats."""
    incomes = {f"income_{name}": currency.text(amount) for name, amount in told.incomes.items()}
    return {"result": "success", **incomes, **_counts(told.orders), **dict.fromkeys(_NONE, 0)}


def _counts(orders: Mapping[str, Mapping[str, int]]) -> Body:
    counts: Body = {"orders_pending": orders["alltime"].get("Pending", 0)}
    for day in ("today", "yesterday"):
        for status in ("Cancelled", "Pending", "Fraud", "Active"):
            counts[f"orders_{day}_{status.lower()}"] = orders[day].get(status, 0)
    for period in ("today", "yesterday", "thismonth", "thisyear"):
        counts[f"orders_{period}_total"] = sum(orders[period].values())
    return counts
