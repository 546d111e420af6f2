"""The seeded installation, made from seed.yaml for a moment and a seed."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.mockserver.engine.moments import add_days
from counterfoil.mockserver.whmcs.model.catalogue import Price, Prices, cents
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import digest
from counterfoil.mockserver.whmcs.model.tlds import Extras, TldPrice
from counterfoil.mockserver.whmcs.ordering.placing import order_number
from counterfoil.mockserver.whmcs.people.accounts import uuid
from counterfoil.mockserver.whmcs.renewals import days
from counterfoil.specs.reading import read

SEED = Path(__file__).with_name("seed.yaml")
_DAYS = frozenset(("registered", "next_due", "expires", "starts", "ends", "issued", "due"))
_MOMENTS = frozenset(("placed", "paid", "at"))
DAYS = _DAYS | _MOMENTS

#: the tables of the seed, and the field that is the key of each
TABLES = {
    "administrators": "id", "users": "id", "affiliates": "id", "contacts": "id", "currencies": "id",
    "payment_methods": "name", "groups": "id", "products": "id", "options": "id", "addons": "id", "bundles": "id",
    "tlds": "name", "promotions": "id", "clients": "id", "orders": "id", "services": "id", "service_addons": "id",
    "domains": "id", "invoices": "id",
}  # fmt: skip


def seeded_state(now: datetime, seed: int, path: Path | dict[str, Any] = SEED) -> Installation:
    """The installation as it is seeded, at that moment; what looks random follows from the seed."""
    content = _dated(path if isinstance(path, dict) else _seed(path), now)
    for name, key in TABLES.items():
        content[name] = {row[key]: row for row in content[name]}
    for order in content["orders"].values():
        order["number"] = ""
    installation = msgspec.convert({**content, "seed": seed}, Installation, strict=False, str_keys=True)
    for person in installation.administrators.values():
        person.password = digest(person.password)
    for client in installation.clients.values():
        client.uuid = uuid(installation, client.id)
        installation.last_ids["client"] = client.id
    for user in installation.users.values():
        user.password = digest(user.password)
        installation.last_ids["user"] = user.id
    for placed in installation.orders.values():
        placed.number = order_number(installation, placed.id)
    days.live(installation, now)
    _price_in_every_currency(installation)
    return installation


@cache
def _seed(path: Path) -> dict[str, Any]:
    return read(path)


def _dated(node: Any, now: datetime) -> Any:
    """A copy of the seed with days in place of the numbers that count them."""
    if isinstance(node, list):
        return [_dated(each, now) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {}
    for key, value in node.items():
        if key in _DAYS and isinstance(value, int):
            copy[key] = add_days(now, value).date()
        elif key in _MOMENTS and isinstance(value, int):
            copy[key] = add_days(now, value)
        else:
            copy[key] = _dated(value, now)
    return copy


def _price_in_every_currency(installation: Installation) -> None:
    default = installation.settings.default_currency
    for currency in installation.currencies.values():
        if currency.id == default:
            continue

        def at(amount: Decimal, rate: Decimal = currency.rate) -> Decimal:
            return cents(amount * rate)

        for product in installation.products.values():
            product.prices[currency.id] = _prices(product.prices, default, at)
        for option in installation.options.values():
            for choice in option.choices:
                choice.prices[currency.id] = _prices(choice.prices, default, at)
        for addon in installation.addons.values():
            addon.prices[currency.id] = _prices(addon.prices, default, at)
        for tld in installation.tlds.values():
            price = tld.prices[default]
            transfer = None if price.transfer is None else at(price.transfer)
            tld.prices[currency.id] = TldPrice(
                register=at(price.register), transfer=transfer, renew=at(price.renew)
            )  # fmt: skip
        extras = installation.extras[default]
        installation.extras[currency.id] = Extras(
            dns_management=at(extras.dns_management), email_forwarding=at(extras.email_forwarding),
            id_protection=at(extras.id_protection),
        )  # fmt: skip


def _prices(prices: Prices, default: int, at: Callable[[Decimal], Decimal]) -> dict[str, Price]:
    return {cycle: Price(at(price.amount), at(price.setup)) for cycle, price in prices[default].items()}
