"""What the functions for a client's services, addons and domains do: one short function for each."""

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.protocol.answers import ROWS, page
from counterfoil.mockserver.whmcs.classic.protocol.parameters import id_list
from counterfoil.mockserver.whmcs.classic.services import render
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.ordering import searches


def get_clients_products(installation: Installation, call: Call) -> Body:
    """A page of the services."""
    given, start = call.given, call.given.get("limitstart", 0)
    numbers = searches.services(
        installation, service=given.get("serviceid"), client=given.get("clientid"), product=given.get("pid"),
        domain=given.get("domain"), username=given.get("username2"),
    )  # fmt: skip
    rows = [
        render.service(installation, installation.services[number])
        for number in numbers[start : start + given.get("limitnum", ROWS)]
    ]
    echo = {name: given.get(name, "") for name in ("clientid", "serviceid", "pid", "domain")}
    return page(len(numbers), start, "product", "products", rows, **echo)


def get_clients_domains(installation: Installation, call: Call) -> Body:
    """A page of the domains."""
    given, start = call.given, call.given.get("limitstart", 0)
    numbers = searches.domains(
        installation, domain=given.get("domainid"), client=given.get("clientid"), name=given.get("domain")
    )  # fmt: skip
    rows = [
        render.domain(installation, installation.domains[number])
        for number in numbers[start : start + given.get("limitnum", ROWS)]
    ]
    echo = {name: given.get(name, "") for name in ("clientid", "domainid", "domain")}
    return page(len(numbers), start, "domain", "domains", rows, **echo)


def get_clients_addons(installation: Installation, call: Call) -> Body:
    """The addons that services have."""
    given = call.given
    numbers = searches.addons(
        installation, services=id_list(given["serviceid"]) if "serviceid" in given else None, client=given.get("clientid"),
        addon=given.get("addonid"),
    )  # fmt: skip
    rows = [render.addon(installation, installation.service_addons[number]) for number in numbers]
    return {
        "result": "success", "serviceid": given.get("serviceid", ""), "clientid": given.get("clientid", ""),
        "totalresults": len(rows), "addons": {"addon": rows},
    }  # fmt: skip


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_clients_products, get_clients_domains, get_clients_addons,
    )
}  # fmt: skip
