"""What becomes of a service by hand, or on its server."""

from collections.abc import Mapping
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.orders import Service

#: by what is done on the server: from which states, and into which one
_ON_SERVER: Mapping[str, tuple[tuple[str, ...], str]] = {
    "create": (("Pending", "Terminated", "Cancelled"), "Active"),
    "suspend": (("Active",), "Suspended"),
    "unsuspend": (("Suspended",), "Active"),
    "terminate": (("Active", "Suspended"), "Terminated"),
}


def found(installation: Installation, number: int | None) -> Service:
    """The service. Refused if there is none."""
    service = installation.services.get(number or 0)
    if service is None:
        raise Refusal("service_not_found")
    return service


def change(installation: Installation, number: int | None, changes: Mapping[str, Any], *, reprice: bool) -> Service:
    """The service with these values; with its price of the catalogue, if it is to be priced anew."""
    service = found(installation, number)
    product = changes.get("product", service.product)
    if product not in installation.products:
        raise UnusableValue("product", f"there is no product {product}")
    if changes.get("method", service.method) not in installation.payment_methods:
        raise UnusableValue("payment method", f"there is no payment method {changes['method'][:80]!r}")
    promotion = changes.get("promotion")
    if promotion is not None and promotion not in installation.promotions:
        raise UnusableValue("promotion", f"there is no promotion {promotion}")
    wanted = dict(changes)
    if "options" in changes:
        wanted["options"] = _fitting(installation, product, service, changes["options"])
    installation.change_service(service, **wanted)
    if reprice:
        service.recurring = _price(installation, service)
    return service


def on_server(installation: Installation, number: int | None, action: str, reason: str = "") -> None:
    """Have the service's module do something: only the service's state changes. Refused if it is in another one."""
    service = installation.services.get(number or 0)
    if service is None:
        raise Refusal("module_refused", reason="Service ID Not Found")
    begins, end = _ON_SERVER[action]
    if service.status not in begins:
        raise Refusal("module_refused", reason=f"Service {service.id} is {service.status}")
    service.status = end
    service.suspension = reason if end == "Suspended" else ""


def _fitting(
    installation: Installation, product: int, service: Service, chosen: Mapping[int, int]
) -> dict[int, int] | None:
    values = dict(service.options or {})
    for number in installation.products[product].options:
        if number in chosen and installation.options[number].fits(chosen[number]):
            values[number] = chosen[number]
    return values or None


def _price(installation: Installation, service: Service) -> Any:
    """What a period costs by the catalogue; what it is if the product has no such cycle."""
    currency = installation.clients[service.client].currency
    price = installation.products[service.product].prices[currency].get(service.cycle)
    if price is None or not CYCLES[service.cycle]:
        return service.recurring
    options = (service.options or {}).items()
    more = (installation.options[each].price(value, currency, service.cycle).amount for each, value in options)
    return (price.amount + sum(more, NOTHING)) * service.quantity
