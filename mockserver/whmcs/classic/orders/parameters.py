"""What AddOrder asks for: plain and indexed parameters brought together into lines."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from counterfoil.mockserver.engine.vendor import Body, Call
from counterfoil.mockserver.whmcs.classic.protocol.parameters import address, id_list, named
from counterfoil.mockserver.whmcs.classic.protocol.serialized import additional, choices, texts
from counterfoil.mockserver.whmcs.pricing.order_request import AddonRequest, DomainRequest, OrderRequest, ServiceRequest

_NAME_SERVERS = tuple(f"nameserver{number}" for number in range(1, 6))

ByLine = Mapping[str, Any]
_NONE: ByLine = {}
_ONE = ("0",)
#: which parameters make the lines, and those that belong to them
_LED = {
    "pid": ("billingcycle", "hostname", "addons", "priceoverride", "customfields", "configoptions"),
    "domain": (
        "domaintype", "regperiod", "eppcode", "dnsmanagement", "emailforwarding", "idprotection", "domainfields",
        "domainpriceoverride", "domainrenewoverride",
    ),
    "addonids": ("serviceids",),
}  # fmt: skip


def order_request(call: Call) -> OrderRequest:
    """The order that the checked fields ask for. Refused if one of them cannot be read."""
    given = call.given
    return OrderRequest(
        client=given.get("clientid"),
        method=given.get("paymentmethod"),
        services=_services(given),
        domains=_domains(given) if "domaintype" in given else (),
        addons=[*_one_addon(given), *_several_addons(given)] if "addonid" in given or "addonids" in given else (),
        renewals=given.get("domainrenewals") or {},
        promotion=given.get("promocode", ""),
        on_everything=given.get("promooverride", False),
        affiliate=given.get("affid"),
        contact=given.get("contactid"),
        name_servers=tuple([given[name] for name in _NAME_SERVERS if name in given]),
        ip=address(given["clientip"]) if "clientip" in given else call.ip,
        invoiced=not given.get("noinvoice", False),
        confirmed=not given.get("noemail", False),
        announced=not given.get("noinvoiceemail", False),
    )


def misaligned(given: Body) -> str | None:
    """What says of a line that it is there, and is plain where something that the line has comes with several indexes."""
    several = {name for name, value in given.items() if isinstance(value, dict) and len(value) > 1}
    if several:
        for leading, following in _LED.items():
            if leading in given and not isinstance(given[leading], dict) and not several.isdisjoint(following):
                return leading
    return None


def _lines(given: Body, *leading: str) -> Sequence[str]:
    """The lines that there are: the indexes of the first parameter that has some, in their order; one, if none has."""
    for name in leading:
        value = given.get(name)
        if isinstance(value, dict):
            return tuple(value) if len(value) == 1 else sorted(value, key=int)
    return _ONE


def _by_line(given: Body, name: str, lines: Sequence[str]) -> ByLine:
    """The values of one parameter; one that is sent plain is that of every line."""
    if name not in given:
        return _NONE
    value = given[name]
    return value if isinstance(value, dict) else dict.fromkeys(lines, value)


def _services(given: Body) -> list[ServiceRequest]:
    if "pid" not in given:
        return []
    lines = _lines(given, "pid")
    products, cycles, domains, hosts, addons, prices, fields, options = (
        _by_line(given, name, lines)
        for name in (
            "pid", "billingcycle", "domain", "hostname", "addons", "priceoverride", "customfields", "configoptions",
        )
    )  # fmt: skip
    return [
        ServiceRequest(
            line=line,
            product=products[line],
            cycle=cycles.get(line),
            domain=domains.get(line, ""),
            host_name=hosts.get(line, ""),
            addons=id_list(addons[line]) if line in addons else (),
            price=Decimal(prices[line]) if line in prices else None,
            fields=texts(named(given, "customfields", line), fields[line]) if line in fields else None,
            options=choices(named(given, "configoptions", line), options[line]) if line in options else None,
        )
        for line in lines
    ]


def _domains(given: Body) -> list[DomainRequest]:
    lines = _lines(given, "domaintype", "domain")
    kinds, names, years, codes, dns, email, hidden, fields, prices, renewals = (
        _by_line(given, name, lines)
        for name in (
            "domaintype", "domain", "regperiod", "eppcode", "dnsmanagement", "emailforwarding", "idprotection",
            "domainfields", "domainpriceoverride", "domainrenewoverride",
        )
    )  # fmt: skip
    return [
        DomainRequest(
            line=line,
            name=names[line],
            transfer=kinds[line] == "transfer",
            years=years.get(line, 1),
            code=codes.get(line, ""),
            dns_management=dns.get(line, False),
            email_forwarding=email.get(line, False),
            id_protection=hidden.get(line, False),
            fields=additional(named(given, "domainfields", line), fields[line]) if line in fields else None,
            price=Decimal(prices[line]) if line in prices else None,
            renewal_price=Decimal(renewals[line]) if line in renewals else None,
        )
        for line in lines
        if line in names
    ]


def _one_addon(given: Body) -> Iterable[AddonRequest]:
    if "addonid" in given:
        yield AddonRequest(addon=given["addonid"], service=given.get("serviceid"))


def _several_addons(given: Body) -> Iterable[AddonRequest]:
    if "addonids" not in given:
        return
    lines = _lines(given, "addonids")
    addons, services = (_by_line(given, name, lines) for name in ("addonids", "serviceids"))
    for line in lines:
        yield AddonRequest(addon=addons[line], service=services.get(line))
