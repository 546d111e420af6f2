"""What the functions for a client's services, addons and domains do: one short function for each."""

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.protocol.lists import page, whole
from counterfoil.mockserver.whmcs.classic.protocol.parameters import id_list
from counterfoil.mockserver.whmcs.classic.services import render
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.ordering import searches


def get_clients_products(installation: Installation, call: Call) -> Body:
    """A page of the services."""
    given = call.given
    numbers = searches.services(
        installation, service=given.get("serviceid"), client=given.get("clientid"), product=given.get("pid"),
        domain=given.get("domain"), username=given.get("username2"),
    )  # fmt: skip
    return page(
        numbers, call, ("products", "product"),
        lambda number: render.service(installation, installation.services[number]),
        **_echo(given, "clientid", "serviceid", "pid", "domain"),
    )  # fmt: skip


def get_clients_domains(installation: Installation, call: Call) -> Body:
    """A page of the domains."""
    given = call.given
    numbers = searches.domains(
        installation, domain=given.get("domainid"), client=given.get("clientid"), name=given.get("domain")
    )  # fmt: skip
    return page(
        numbers, call, ("domains", "domain"),
        lambda number: render.domain(installation, installation.domains[number]),
        **_echo(given, "clientid", "domainid", "domain"),
    )  # fmt: skip


def get_clients_addons(installation: Installation, call: Call) -> Body:
    """The addons that services have."""
    given = call.given
    numbers = searches.addons(
        installation, services=id_list(given["serviceid"]) if "serviceid" in given else None, client=given.get("clientid"),
        addon=given.get("addonid"),
    )  # fmt: skip
    rows = [render.addon(installation, installation.service_addons[number]) for number in numbers]
    return whole(("addons", "addon"), rows, **_echo(given, "serviceid", "clientid"))


def _echo(given: Body, *names: str) -> Body:
    """The filters as they came, empty where there are none."""
    return {name: given.get(name, "") for name in names}


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_clients_products, get_clients_domains, get_clients_addons,
    )
}  # fmt: skip
