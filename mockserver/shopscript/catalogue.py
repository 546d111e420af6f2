"""What the shop sells: products with their variants, and services with theirs."""

from decimal import Decimal

import msgspec

from counterfoil.mockserver.shopscript.amounts import money


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

    def sku_name(self, sku: Sku) -> str:
        """The product's name, with the variant's in brackets where it has one."""
        return _named(self.products[sku.product_id].name, sku.name)

    def service_name(self, variant: ServiceVariant) -> str:
        """The service's name, with the variant's in brackets where it has one."""
        return _named(self.services[variant.service_id].name, variant.name)

    def service_price(self, variant: ServiceVariant, sku: Sku) -> Decimal:
        """What the service costs with one piece: the SKU's own price for it, or the product's, or the variant's."""
        price = variant.price
        for own in self.service_prices:
            if own.service_variant_id == variant.id and own.product_id == sku.product_id:
                if own.sku_id == sku.id:
                    price = own.price
                    break
                if own.sku_id is None:
                    price = own.price
        return money(price * sku.price / 100 if variant.percent else price)


def _named(name: str, variant: str) -> str:
    return f"{name} ({variant})" if variant else name
