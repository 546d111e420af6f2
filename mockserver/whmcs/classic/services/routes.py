"""What the functions for a client's services, addons and domains do: one short function for each."""

from decimal import Decimal

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.classic.protocol.days import day_in
from counterfoil.mockserver.whmcs.classic.protocol.lists import page, whole
from counterfoil.mockserver.whmcs.classic.protocol.parameters import id_list, in_wire_words
from counterfoil.mockserver.whmcs.classic.protocol.serialized import choices, texts
from counterfoil.mockserver.whmcs.classic.services import render
from counterfoil.mockserver.whmcs.model.catalogue import cents
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.ordering import searches, services, upgrades

_CHANGES = {
    "pid": "product", "serverid": "server", "domain": "domain", "paymentmethod": "method", "status": "status",
    "notes": "notes", "serviceusername": "username", "servicepassword": "password", "suspendreason": "suspension",
    "promoid": "promotion",
}  # fmt: skip
_AMOUNTS = {"firstpaymentamount": "first_payment", "recurringamount": "recurring"}


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
        lambda number: render.domain(installation, installation.domains[number], call.now.date()),
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


@in_wire_words
def update_client_product(installation: Installation, call: Call) -> Body:
    """Change a service."""
    given = call.given
    changes = {word: given[name] for name, word in _CHANGES.items() if name in given}
    changes |= {word: cents(Decimal(given[name])) for name, word in _AMOUNTS.items() if name in given}
    changes |= {_CHANGES[name]: "" for name in given.get("unset", {}).values()}
    if "nextduedate" in given:
        changes["next_due"] = day_in(given, "nextduedate")
    if "customfields" in given:
        fields = texts("customfields", given["customfields"])
        changes["fields"] = {**(services.found(installation, given.get("serviceid")).fields or {}), **fields}
    if "configoptions" in given:
        changes["options"] = choices("configoptions", given["configoptions"])
    service = services.change(
        installation, given.get("serviceid"), changes, reprice=given.get("autorecalc", False)
    )  # fmt: skip
    return {"result": "success", "serviceid": service.id}


@in_wire_words
def upgrade_product(installation: Installation, call: Call) -> Body:
    """Order another product or other options for a service, or say what that costs."""
    given = call.given
    options = None
    if given["type"] == "configoptions":
        options = {int(key): value for key, value in given.get("configoptions", {}).items() if key.isdecimal()}
    wanted = upgrades.plan(installation, upgrades.UpgradeRequest(
        service=given.get("serviceid"), method=given["paymentmethod"], product=given.get("newproductid"),
        cycle=given.get("newproductbillingcycle"), options=options, promotion=given.get("promocode", ""),
    ), call.now.date())  # fmt: skip
    currency = installation.currency_of(installation.clients[wanted.service.client])
    told = render.upgrade(wanted, currency)
    if given.get("calconly"):
        return {**told, "upgradeinprogress": int(wanted.waits)}
    return {**told, **render.upgrade_ordered(*upgrades.order(installation, wanted, given["paymentmethod"], call.now))}


def module_create(installation: Installation, call: Call) -> Body:
    """Have a service set up."""
    services.on_server(installation, call.given.get("accountid"), "create")
    return DONE


def module_suspend(installation: Installation, call: Call) -> Body:
    """Have a service suspended."""
    given = call.given
    services.on_server(installation, given.get("accountid"), "suspend", given.get("suspendreason", ""))
    return DONE


def module_unsuspend(installation: Installation, call: Call) -> Body:
    """Have a service go on."""
    services.on_server(installation, call.given.get("accountid"), "unsuspend")
    return DONE


def module_terminate(installation: Installation, call: Call) -> Body:
    """Have a service removed."""
    services.on_server(installation, call.given.get("accountid"), "terminate")
    return DONE


def _echo(given: Body, *names: str) -> Body:
    """The filters as they came, empty where there are none."""
    return {name: given.get(name, "") for name in names}


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_clients_products, get_clients_domains, get_clients_addons, update_client_product, upgrade_product,
        module_create, module_suspend, module_unsuspend, module_terminate,
    )
}  # fmt: skip
