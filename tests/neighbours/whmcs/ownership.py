"""What belongs to a client: looking up services, addons and domains, and whether they can be renewed."""

from datetime import date

import names
from money import MONTHS
from state import day
from wire import ProblemError

PENDING = ("Pending", "Pending Transfer", "Pending Registration")


def own_service(store, client, number):
    """Return a service of the client."""
    service = store.services.get(number)
    if not service or service["client"] != client["id"]:
        raise ProblemError(404, "You have no such service.")
    return service


def own_addon(store, client, number):
    """Return a bought addon of the client."""
    record = store.addons.get(number)
    if not record or record["client"] != client["id"]:
        raise ProblemError(404, "You have no such addon.")
    return record


def own_domain(store, client, number):
    """Return a domain of the client."""
    domain = store.domains.get(number)
    if not domain or domain["client"] != client["id"]:
        raise ProblemError(404, "You have no such domain.")
    return domain


def domain_life(domain):
    """Tell where a domain stands between registration and deletion: its status and its days."""
    rules = names.TLDS[names.split(domain["name"])[1]]
    grace, redemption = rules["grace"] or 0, rules["redemption"] or 0
    left = (date.fromisoformat(domain["expiry"]) - date.fromisoformat(day())).days
    life = {"days": left, "grace": grace, "redemption": redemption, "left": 0}
    if domain["status"] in PENDING:
        status = "Pending"
    elif domain["status"] in ("Cancelled", "Fraud", "Transferred Away"):
        status = "Cancelled"
    elif left >= 0:
        status = "Active"
    elif -left <= grace:
        status, life["left"] = "Grace", grace + left
    elif -left <= grace + redemption:
        status, life["left"] = "Redemption", grace + redemption + left
    else:
        status = "Expired"
    return {**life, "status": status}


def domain_periods(domain):
    """Return for how many years a domain can be renewed; nothing when it cannot be renewed now."""
    life = domain_life(domain)
    if life["status"] not in ("Active", "Grace", "Redemption"):
        return []
    years = names.TLDS[names.split(domain["name"])[1]]["years"]
    if life["status"] != "Active":
        return [min(years)]
    return [one for one in years if one <= 9 and one * 365 + life["days"] <= 3660]


def renewal_price(domain, years):
    """Return the price of a renewal in the default currency, with the fee for being late."""
    status = domain_life(domain)["status"]
    late = {"Grace": names.GRACE_FEE, "Redemption": names.REDEMPTION_FEE}.get(status, 0)
    price = names.price(domain["name"], "renew", years)
    return None if price is None else price + late


def non_renewable_reason(record):
    """Say why a service or addon cannot be renewed, or None when it can."""
    if record["status"] != "Active":
        return f"Its status is {record['status'].lower()}."
    if record["cycle"] not in MONTHS or not record["nextdue"]:
        return "It is not billed again and again."
    return None
