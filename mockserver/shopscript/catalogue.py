"""What the shop sells: products with their variants, and services with theirs."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec


class Product(msgspec.Struct, kw_only=True):
    """What is common to the variants of one product."""

    id: int
    name: str
    image_id: int | None = None
    #: into how many parts a piece may be divided: 1, 10, 100 or 1000
    denominator: int = 1
    stock_unit_id: int = 0
    tax_percent: Decimal | None = None
    #: whether the price has the tax inside
    tax_included: bool = False
    #: in which its prices are; empty for the shop's main one
    currency: str = ""


class Sku(msgspec.Struct, kw_only=True):
    """One product variant."""

    id: int
    product_id: int
    name: str = ""
    code: str = ""
    price: Decimal
    purchase_price: Decimal = Decimal(0)
    #: how many are left; None is without limit. May fall below zero
    count: Decimal | None = None
    #: how many are left in each stock, where the shop has several
    stocks: dict[int, Decimal] = {}


class Stock(msgspec.Struct, kw_only=True):
    """A place where things are kept."""

    id: int
    name: str


class VirtualStock(msgspec.Struct, kw_only=True):
    """Several stocks that are sold from as if they were one: from the first that has enough."""

    id: int
    name: str
    stocks: list[int]


class Service(msgspec.Struct, kw_only=True):
    """What can be done with a product, for money."""

    id: int
    name: str


class ServiceVariant(msgspec.Struct, kw_only=True):
    """One way of doing a service."""

    id: int
    service_id: int
    name: str = ""
    price: Decimal
    #: whether the price is a percentage of the product's
    percent: bool = False


class ServicePrice(msgspec.Struct, kw_only=True):
    """What a service variant costs with one product, or with one variant of it."""

    service_variant_id: int
    product_id: int
    sku_id: int | None = None
    price: Decimal


class Catalogue(msgspec.Struct, kw_only=True):
    """All that can be ordered, by its ids."""

    products: dict[int, Product]
    skus: dict[int, Sku]
    services: dict[int, Service]
    service_variants: dict[int, ServiceVariant]
    service_prices: list[ServicePrice]
    stocks: dict[int, Stock] = {}
    virtual_stocks: dict[int, VirtualStock] = {}

    def sku_name(self, sku: Sku) -> str:
        """The product's name, with the variant's in brackets where it has one."""
        return _named(self.products[sku.product_id].name, sku.name)

    def service_name(self, variant: ServiceVariant) -> str:
        """The service's name, with the variant's in brackets where it has one."""
        return _named(self.services[variant.service_id].name, variant.name)

    def withdrawn_from(self, sku: Sku, quantity: Decimal) -> tuple[int | None, int | None]:
        """The stock from which so many are taken, and the virtual one; none where the shop keeps them in one place."""
        if not sku.stocks:
            return None, None
        for virtual in self.virtual_stocks.values():
            if sku.stocks.keys() & virtual.stocks:
                return _first_with_enough(
                    sku, [each for each in virtual.stocks if each in sku.stocks], quantity
                ), virtual.id
        return _first_with_enough(sku, list(sku.stocks), quantity), None

    def service_price(self, variant: ServiceVariant, sku: Sku) -> Decimal:
        """The SKU's own price for the service, or the product's, or the variant's: a percentage if the variant's is one."""
        price = variant.price
        for own in self.service_prices:
            if own.service_variant_id == variant.id and own.product_id == sku.product_id:
                if own.sku_id == sku.id:
                    price = own.price
                    break
                if own.sku_id is None:
                    price = own.price
        return price


def _first_with_enough(sku: Sku, stocks: Sequence[int], quantity: Decimal) -> int:
    return next((each for each in stocks if sku.stocks[each] >= quantity), stocks[0])


def _named(name: str, variant: str) -> str:
    return f"{name} ({variant})" if variant else name
