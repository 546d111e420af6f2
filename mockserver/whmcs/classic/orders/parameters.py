"""What AddOrder asks for: plain and indexed parameters brought together into lines."""

import base64
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import phpserialize

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call
from counterfoil.mockserver.whmcs.classic.protocol.parameters import address, id_list, named
from counterfoil.mockserver.whmcs.pricing.order_request import AddonRequest, DomainRequest, OrderRequest, ServiceRequest

_NAME_SERVERS = tuple(f"nameserver{number}" for number in range(1, 6))
_YES = frozenset(("1", "on", "yes", "true"))

ByLine = Mapping[str, Any]
_NONE: ByLine = {}


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
        name_servers=tuple(given[name] for name in _NAME_SERVERS if name in given),
        ip=address(given["clientip"]) if "clientip" in given else call.ip,
        invoiced=not given.get("noinvoice", False),
    )


def misaligned(given: Body) -> str | None:
    """Of `domain` and `domaintype` the one that is plain where the other has several indexes."""
    domain, kind = given.get("domain"), given.get("domaintype")
    if isinstance(domain, dict) and len(domain) > 1 and kind is not None and not isinstance(kind, dict):
        return "domaintype"
    if isinstance(kind, dict) and len(kind) > 1 and domain is not None and not isinstance(domain, dict):
        return "domain"
    return None


def _by_line(given: Body, name: str) -> ByLine:
    value = given.get(name)
    if value is None:
        return _NONE
    return value if isinstance(value, dict) else {"0": value}


def _in_order(values: ByLine) -> Iterable[str]:
    return values if len(values) == 1 else sorted(values, key=int)


def _services(given: Body) -> list[ServiceRequest]:
    products = _by_line(given, "pid")
    if not products:
        return []
    cycles, domains, hosts = _by_line(given, "billingcycle"), _by_line(given, "domain"), _by_line(given, "hostname")
    addons, prices = _by_line(given, "addons"), _by_line(given, "priceoverride")
    fields, options = _by_line(given, "customfields"), _by_line(given, "configoptions")
    return [
        ServiceRequest(
            line=line,
            product=products[line],
            cycle=cycles.get(line),
            domain=domains.get(line, ""),
            host_name=hosts.get(line, ""),
            addons=id_list(addons[line]) if line in addons else (),
            price=Decimal(prices[line]) if line in prices else None,
            fields=_texts(named(given, "customfields", line), fields[line]) if line in fields else None,
            options=_choices(named(given, "configoptions", line), options[line]) if line in options else None,
        )
        for line in _in_order(products)
    ]


def _domains(given: Body) -> list[DomainRequest]:
    kinds, names = _by_line(given, "domaintype"), _by_line(given, "domain")
    years, codes = _by_line(given, "regperiod"), _by_line(given, "eppcode")
    dns, email, hidden = (_by_line(given, name) for name in ("dnsmanagement", "emailforwarding", "idprotection"))
    fields = _by_line(given, "domainfields")
    prices, renewals = _by_line(given, "domainpriceoverride"), _by_line(given, "domainrenewoverride")
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
            fields=_additional(named(given, "domainfields", line), fields[line]) if line in fields else None,
            price=Decimal(prices[line]) if line in prices else None,
            renewal_price=Decimal(renewals[line]) if line in renewals else None,
        )
        for line in _in_order(kinds)
        if line in names
    ]


def _one_addon(given: Body) -> Iterable[AddonRequest]:
    if "addonid" in given:
        yield AddonRequest(addon=given["addonid"], service=given.get("serviceid"))


def _several_addons(given: Body) -> Iterable[AddonRequest]:
    addons, services = _by_line(given, "addonids"), _by_line(given, "serviceids")
    for line in _in_order(addons):
        yield AddonRequest(addon=addons[line], service=services.get(line))


def _serialized(parameter: str, text: str) -> dict[Any, str]:
    """The flat array that the text holds, its values as PHP prints them."""
    try:
        array = phpserialize.loads(base64.b64decode(text, validate=True), decode_strings=True)
        if not isinstance(array, dict) or any(isinstance(value, dict) for value in array.values()):
            raise ValueError("it is no flat array")
    except (ValueError, TypeError, RecursionError, OverflowError, MemoryError) as error:
        reason = "it is not the base64 form of what PHP's serialize makes of a flat array"
        raise Refusal("invalid_parameter", parameter=parameter, reason=reason) from error
    return {key: _printed(value) for key, value in array.items()}


def _printed(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def _texts(parameter: str, text: str) -> dict[int, str]:
    return {int(key): value for key, value in _serialized(parameter, text).items() if _is_id(key)}


def _choices(parameter: str, text: str) -> dict[int, int]:
    chosen = {}
    for key, value in _serialized(parameter, text).items():
        if not _is_id(key) or value == "":
            continue
        if value.lower() in _YES:
            chosen[int(key)] = 1
        elif value.isascii() and value.isdigit() and len(value) < 10:
            chosen[int(key)] = int(value)
        else:
            reason = f"{value[:80]!r} is no choice of option {key}"
            raise Refusal("invalid_parameter", parameter=parameter, reason=reason)
    return chosen


def _additional(parameter: str, text: str) -> dict[str, str]:
    return {str(key): value for key, value in _serialized(parameter, text).items()}


def _is_id(key: Any) -> bool:
    """PHP turns keys that look like numbers into numbers; other languages' libraries may not."""
    return isinstance(key, int) or (isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < 10)
