"""A client's services and domains."""

from collections.abc import Sequence

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.model.index import Index
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed
from counterfoil.mockserver.whmcs.rest.services import render as render_user


def list_services(installation: Installation, call: Call) -> Body:
    """A page of the selected client's services."""
    return listed(
        _of_client(installation.services_by, call), call,
        lambda number: render_user.service(installation, installation.services[number]),
    )  # fmt: skip


def get_service(installation: Installation, call: Call) -> Body:
    """A service."""
    return {"data": render_user.service(installation, _service(call))}


def list_service_addons(installation: Installation, call: Call) -> Body:
    """A page of the addons that a service has."""
    return listed(
        installation.addons_by.of(("service", _service(call).id)), call,
        lambda number: render_user.service_addon(installation, installation.service_addons[number]),
    )  # fmt: skip


def get_service_addon(installation: Installation, call: Call) -> Body:
    """An addon that a service has."""
    addon: ServiceAddon | None = installation.service_addons.get(call.given["service_addon_id"])
    if addon is None or addon.service != _service(call).id:
        raise not_there(call, "service_addon_id")
    return {"data": render_user.service_addon(installation, addon)}


def list_service_custom_fields(installation: Installation, call: Call) -> Body:
    """A page of a service's custom fields."""
    return listed(render_user.custom_fields(installation, _service(call)), call, _same)


def get_service_custom_field(installation: Installation, call: Call) -> Body:
    """One custom field of a service."""
    return _one(render_user.custom_fields(installation, _service(call)), call, "service_customfield_id")


def list_service_config_options(installation: Installation, call: Call) -> Body:
    """A page of what was chosen for a service."""
    return listed(render_user.config_options(installation, _service(call)), call, _same)


def get_service_config_option(installation: Installation, call: Call) -> Body:
    """What was chosen for one option of a service."""
    return _one(render_user.config_options(installation, _service(call)), call, "service_configoption_id")


def list_domains(installation: Installation, call: Call) -> Body:
    """A page of the selected client's domains."""
    return listed(
        _of_client(installation.domains_by, call), call,
        lambda number: render_user.domain(installation, installation.domains[number], call.now.date()),
    )  # fmt: skip


def get_domain(installation: Installation, call: Call) -> Body:
    """A domain."""
    domain: Domain | None = installation.domains.get(call.given["domain_id"])
    if domain is None or call.caller.client is None or domain.client != call.caller.client.id:
        raise not_there(call, "domain_id")
    return {"data": render_user.domain(installation, domain, call.now.date())}


def find_service(installation: Installation, call: Call) -> None:
    """The selected client's service of that id."""
    service = installation.services.get(call.given["service_id"])
    if service is None or call.caller.client is None or service.client != call.caller.client.id:
        raise not_there(call, "service_id")
    call.caller.resolved["service_id"] = service


def _service(call: Call) -> Service:
    service: Service = call.caller.resolved["service_id"]
    return service


def _of_client(index: Index[tuple[str, int | str]], call: Call) -> Sequence[int]:
    """The ids of what the selected client has, the oldest first."""
    return index.of(("client", call.caller.client.id)) if call.caller.client is not None else ()


def _one(rows: Sequence[Body], call: Call, parameter: str) -> Body:
    """The row whose id stands in the path."""
    for row in rows:
        if row["id"] == call.given[parameter]:
            return {"data": row}
    raise not_there(call, parameter)


def _same(row: Body) -> Body:
    return row


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        list_services, get_service, list_service_addons, get_service_addon, list_service_custom_fields,
        get_service_custom_field, list_service_config_options, get_service_config_option, list_domains, get_domain,
    )
}  # fmt: skip

RESOLVERS: dict[str, Resolver] = {"service_id": find_service}
