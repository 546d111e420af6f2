"""Finding orders, services, addons and domains: all filters that are given have to match."""

from collections.abc import Sequence

from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import STATUSES

_STATUSES = {status.lower(): status for status in STATUSES}


def orders(installation: Installation, *, order: int | None, client: int | None, status: str | None) -> Sequence[int]:
    """The orders' ids, ascending; the status in any letter case."""
    if status is not None:
        status = _STATUSES.get(status.lower(), status)
    if order is not None:
        one = installation.orders.get(order)
        fits = one is not None and client in (None, one.client) and status in (None, one.status)
        return (order,) if fits else ()
    return installation.orders_by.of(tuple(key for key in (client, status) if key is not None))


def services(
    installation: Installation,
    *,
    service: int | None,
    client: int | None,
    product: int | None,
    domain: str | None,
    username: str | None,
) -> Sequence[int]:
    """The services' ids, ascending; the domain in any letter case."""
    domain = None if domain is None else domain.lower()
    table = installation.services
    keys = (("client", client), ("product", product), ("domain", domain))
    candidates = [installation.services_by.of((kind, key)) for kind, key in keys if key is not None]
    if service is not None:
        candidates = [(service,) if service in table else ()]
    elif len(candidates) < 2 and username is None:
        return candidates[0] if candidates else installation.services_by.of(("all", 0))
    return [
        number
        for number in min(candidates, key=len, default=installation.services_by.of(("all", 0)))
        if client in (None, table[number].client)
        and product in (None, table[number].product)
        and domain in (None, table[number].domain.lower())
        and username in (None, table[number].username)
    ]


def domains(installation: Installation, *, domain: int | None, client: int | None, name: str | None) -> Sequence[int]:
    """The domains' ids, ascending; the name in any letter case."""
    name = None if name is None else name.lower()
    if domain is not None:
        one = installation.domains.get(domain)
        fits = one is not None and client in (None, one.client) and name in (None, one.name)
        return (domain,) if fits else ()
    if client is not None and name is not None:
        return installation.domains_by.of(("owned", f"{client} {name}"))
    if client is not None:
        return installation.domains_by.of(("client", client))
    return installation.domains_by.of(("all", 0) if name is None else ("name", name))


def addons(
    installation: Installation, *, services: Sequence[int] | None, client: int | None, addon: int | None
) -> Sequence[int]:
    """The ids of services' addons, ascending; of any of these services."""
    candidates: list[Sequence[int]] = [
        installation.addons_by.of((kind, key))
        for kind, key in (("client", client), ("addon", addon))
        if key is not None
    ]  # fmt: skip
    if services is not None:
        candidates.append(
            sorted(number for each in set(services) for number in installation.addons_by.of(("service", each)))
        )
    if len(candidates) < 2:
        return candidates[0] if candidates else installation.addons_by.of(("all", 0))
    table = installation.service_addons
    return [
        number
        for number in min(candidates, key=len)
        if client in (None, table[number].client)
        and addon in (None, table[number].addon)
        and (services is None or table[number].service in services)
    ]
