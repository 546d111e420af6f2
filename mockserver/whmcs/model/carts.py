"""Carts and what is in them. A cart holds only ids and what its buyer chose; what it costs is computed when asked."""

import string
from collections.abc import Iterable, Iterator

import msgspec

#: a value of a custom field, or of a configurable option, as it was sent; None for the option's default
FieldValue = str | bool
OptionValue = bool | int | None

_LETTERS = string.ascii_letters + string.digits


class CartAddon(msgspec.Struct, kw_only=True):
    """An addon of a product in a cart; its cycle follows from the product's."""

    id: str = ""
    addon: int
    quantity: int = 1


class DomainItem(msgspec.Struct, kw_only=True, tag="domain"):
    """A domain to register or to transfer."""

    id: str = ""
    #: as it was sent
    name: str
    transfer: bool = False
    years: int
    code: str = ""
    language: str | None = None
    dns_management: bool = False
    email_forwarding: bool = False
    id_protection: bool = False
    name_servers: list[str] | None = None
    #: the values of the TLD's fields, in their order
    fields: list[str] | None = None
    #: the bundle that it comes in, and the part of it that it answers
    bundle: int = 0
    part: int = 0


class ProductItem(msgspec.Struct, kw_only=True, tag="product"):
    """A product with all that was chosen for it."""

    id: str = ""
    product: int
    #: None only until it is in a cart: the shortest one
    cycle: str | None
    quantity: int = 1
    domain: str | None = None
    #: in a bundle, the registration or transfer that comes with the product
    domain_item: DomainItem | None = None
    addons: list[CartAddon] = []
    #: by custom field, and by option; what is not there is not answered, or has the default
    fields: dict[int, FieldValue] = {}
    options: dict[int, OptionValue] = {}
    #: the bundle that it comes in, and the part of it that it answers
    bundle: int = 0
    part: int = 0


class ServiceAddonItem(msgspec.Struct, kw_only=True, tag="service addon"):
    """An addon for a service that exists."""

    id: str = ""
    addon: int
    service: int
    #: None only until it is in a cart: the shortest one
    cycle: str | None
    quantity: int = 1


class DomainRenewalItem(msgspec.Struct, kw_only=True, tag="domain renewal"):
    """Further years of a domain."""

    id: str = ""
    domain: int
    name: str = ""
    years: int


class ServiceRenewalItem(msgspec.Struct, kw_only=True, tag="service renewal"):
    """A further period of a service, or of an addon that a service has."""

    id: str = ""
    #: whether it is an addon's
    addon: bool = False
    #: the service, or the service's addon
    subject: int
    name: str = ""


class BundleItem(msgspec.Struct, kw_only=True, tag="bundle"):
    """A bundle; it has no id, what is in it does."""

    bundle: int
    items: list[ProductItem | DomainItem]


Single = ProductItem | DomainItem | ServiceAddonItem | DomainRenewalItem | ServiceRenewalItem
CartItem = Single | BundleItem
#: what can be found by an id
Numbered = Single | CartAddon


class Place(msgspec.Struct, kw_only=True, frozen=True):
    """Where somebody is."""

    country: str
    state: str | None = None


class Cart(msgspec.Struct, kw_only=True):
    """What somebody thinks of buying."""

    id: str
    #: whose it is; None for a guest's, which everybody can use who knows its id
    user: int | None = None
    items: list[CartItem] = []
    #: the promotion, by its id
    promotion: int | None = None
    #: where a guest said to be
    place: Place | None = None

    def singles(self) -> Iterator[Single]:
        """The items that have an id, in their order, without addons; those of bundles in their bundle's place."""
        return singles(self.items)

    def find(self, item: str) -> Numbered | None:
        """The item or addon of that id."""
        return next((each for each in numbered(self.items) if each.id == item), None)

    def remove(self, item: Numbered) -> None:
        """Take the item or addon out; a product's addons go with it, and so does a bundle that is empty then."""
        self.items = [each for each in self.items if each is not item]
        for each in self.items:
            if isinstance(each, BundleItem):
                each.items = [part for part in each.items if part is not item]
        for single in self.singles():
            if isinstance(single, ProductItem):
                single.addons = [addon for addon in single.addons if addon is not item]
                if single.domain_item is item:
                    single.domain_item = None
        self.items = [each for each in self.items if not isinstance(each, BundleItem) or each.items]


def singles(items: Iterable[CartItem]) -> Iterator[Single]:
    """The items that have an id, in their order, without addons; those of bundles in their bundle's place."""
    for item in items:
        if not isinstance(item, BundleItem):
            yield item
            continue
        for part in item.items:
            yield part
            if isinstance(part, ProductItem) and part.domain_item is not None:
                yield part.domain_item


def numbered(items: Iterable[CartItem]) -> Iterator[Numbered]:
    """Whatever has an id: the items, and the addons of products."""
    for item in singles(items):
        yield item
        if isinstance(item, ProductItem):
            yield from item.addons


def word(data: bytes, length: int) -> str:
    """So many letters and digits, made of bytes that look random."""
    number, letters = int.from_bytes(data), []
    for _ in range(length):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
