"""What the Shop-Script installation holds when it starts: people, tokens, goods, services, workflow."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

D = Decimal
CURRENCY = "CZK"


@dataclass
class Contact:
    """A person or a company; staff have apps they may enter."""

    id: int
    name: str
    email: str = ""
    phone: str = ""
    company: bool = False
    registered: bool = False
    locale: str = "en_US"
    apps: frozenset[str] = frozenset()
    discount_percent: Decimal = D(0)
    orders: list[int] = field(default_factory=list)


@dataclass
class Token:
    """An access token: whose it is, which apps it opens, and when it ended."""

    contact_id: int
    scope: str
    expires: str | None = None


@dataclass
class Tax:
    """A tax; included means that the price already holds it."""

    id: int
    percent: Decimal
    included: bool


@dataclass
class Product:
    """A product; its variants are SKUs."""

    id: int
    name: str
    tax_id: int | None = None
    denominator: int = 1
    stock_unit_id: int = 6
    image_id: int | None = None


@dataclass
class Sku:
    """A product variant; count None is an unlimited stock."""

    id: int
    product_id: int
    name: str
    code: str
    price: Decimal
    purchase_price: Decimal
    count: Decimal | None
    stock_id: int | None = None
    virtual_stock_id: int | None = None


@dataclass
class ServiceVariant:
    """A variant of a service: a fixed price, or a percentage of the price of the goods."""

    id: int
    service_id: int
    name: str
    price: Decimal
    percent: bool = False
    tax_id: int | None = None
    sku_prices: dict[int, Decimal] = field(default_factory=dict)
    product_prices: dict[int, Decimal] = field(default_factory=dict)


ALL_APPS = frozenset({"shop", "site", "webasyst"})


def contacts() -> list[Contact]:
    """Staff and customers."""
    return [
        Contact(301, "Vendula Hrabal", "vendula@moor.example", "420731004", False, True, "ru_RU", ALL_APPS),
        Contact(302, "Bo Tjäder", "bo@moor.example", "46701", registered=True, apps=frozenset({"shop"})),
        Contact(303, "Ilse Quandt", "ilse@mail.example", "4917000331", registered=True),
        Contact(304, "Regular & Sons", "buying@regular.example", company=True, discount_percent=D(10)),
        Contact(305, "O'Hara <Finn>", "", "35386120"),
        Contact(306, "Site Editor", "site@moor.example", registered=True, apps=frozenset({"site"})),
        Contact(307, "Zbyněk Žďár", "zz@mail.example", registered=True),
    ]


def tokens() -> dict[str, Token]:
    """Tokens by their text."""
    return {
        "moor-b1f0c2d94e7a4f35a8d2": Token(302, "shop"),
        "moor-2c7719e0aa5b43f1bb60": Token(301, "site,shop,webasyst"),
        "moor-5e90d7c3f1824d6c9a11": Token(302, "site"),
        "moor-77ab3c60e4d94a0f8e52": Token(302, "shop", expires="2024-02-29 23:59:59"),
        "moor-90cd1e2f33aa45b6c7d8": Token(306, "shop,site"),
        "moor-c4c4deadbeef4a1b9c00": Token(399, "shop"),
    }


def taxes() -> list[Tax]:
    """One tax inside the price, one on top of it."""
    return [Tax(21, D(12), True), Tax(22, D(21), False)]


def stocks() -> list[dict]:
    """Stocks; the list of the API shows them in this order."""
    return [
        {"id": 42, "name": "Attic", "low_count": 3, "critical_count": 1, "public": 0},
        {"id": 41, "name": "Cellar", "low_count": 10, "critical_count": 4, "public": 1},
    ]


def products() -> list[Product]:
    """Products."""
    return [
        Product(701, 'Felt slippers "Moor"', 21, image_id=8801),
        Product(702, "Loden cloth by the metre", 22, denominator=100, stock_unit_id=9, image_id=8802),
        Product(703, "Juniper tea & honey", 21, image_id=8807),
        Product(704, "Tin lantern", None),
        Product(705, "Repair, one hour", None, denominator=10, stock_unit_id=13),
        Product(706, "Glass beads, loose", 22, denominator=1000, stock_unit_id=11, image_id=8810),
    ]


def skus() -> list[Sku]:
    """Product variants: limited, sold out, fractional and unlimited ones."""
    return [
        Sku(912, 701, "38", "FS-38", D("389.9000"), D("140.5000"), D(14), 41),
        Sku(913, 701, "41", "FS-41", D("404.5000"), D("140.5000"), D(3), 41),
        Sku(914, 702, "", "LC", D("612.2500"), D("300.0000"), D("27.350"), 42, 91),
        Sku(915, 703, "tin, 80 g", "", D("119.0000"), D("41.7500"), None),
        Sku(916, 704, "green", "TL-G", D("1450.0000"), D("900.0000"), D(0), 42),
        Sku(917, 704, "raw", "TL-R", D("1290.0000"), D("820.0000"), D(250), 42),
        Sku(918, 705, "", "HOUR", D("550.0000"), D("0.0000"), None),
        Sku(919, 706, "", "GB", D("0.3333"), D("0.0710"), D("48000.500"), 41),
    ]


SERVICES = {51: "Gift wrapping", 52: "Breakage cover", 53: "Monogram"}


def service_variants() -> list[ServiceVariant]:
    """Variants of the three services."""
    return [
        ServiceVariant(151, 51, "paper", D("25.0000"), tax_id=22),
        ServiceVariant(152, 51, "linen", D("60.5000"), tax_id=22),
        ServiceVariant(153, 52, "one year", D("4.5"), percent=True),
        ServiceVariant(154, 52, "three years", D("9"), percent=True),
        ServiceVariant(155, 53, "", D("80.0000"), sku_prices={912: D("72.0000")}, product_prices={702: D("64.0000")}),
    ]


# state -> action -> state after it; "" stays where it is, "undo" goes back to the state before the deletion
WORKFLOW = {
    "new": {"process": "processing", "pay": "paid", "park": "parked", "comment": "", "delete": "deleted"},
    "parked": {"process": "processing", "comment": "", "delete": "deleted"},
    "processing": {"pay": "paid", "ship": "shipped", "complete": "completed", "comment": "", "delete": "deleted"},
    "paid": {"ship": "shipped", "complete": "completed", "refund": "refunded", "comment": ""},
    "shipped": {"complete": "completed", "delete": "deleted", "comment": ""},
    "completed": {"refund": "refunded", "comment": ""},
    "refunded": {"comment": ""},
    "deleted": {"restore": "undo"},
}

ACTION_NAMES = {
    "process": "Take in hand",
    "pay": "Money is here",
    "park": "Put aside",
    "ship": "Give to the carrier",
    "complete": "Close",
    "refund": "Give the money back",
    "comment": "Write a note",
    "delete": "Throw away",
    "restore": "Fetch from the bin",
}

# (contact, [(sku, quantity, [service variants])], comment, actions, when, currency, rate)
PAST_ORDERS = [
    (
        303,
        [(912, "2", [151, 153]), (915, "1", [])],
        "",
        ["process", "ship", "complete"],
        "2025-01-09 08:15:03",
        None,
        "1",
    ),
    (307, [(914, "2.75", [155])], "Cut in one piece, please", ["pay"], "2025-02-17 19:40:55", "EUR", "24.85"),
    (304, [(917, "12", [154]), (919, "1250.5", [])], "", ["process", "pay", "ship"], "2025-03-02 11:00:00", None, "1"),
    (305, [(918, "1.5", [])], 'Soles & "heels"', ["process"], "2025-04-21 16:22:10", None, "1"),
    (303, [(913, "1", [152])], "", ["pay", "refund"], "2025-05-05 05:05:05", None, "1"),
    (307, [(915, "6", [])], "", ["delete"], "2025-06-30 23:59:58", None, "1"),
    (304, [(912, "1", [155]), (912, "1", [])], "", ["park"], "2025-07-11 12:13:14", None, "1"),
    (305, [(915, "3", [151]), (914, "0.4", [])], "Ring twice", [], "2025-08-08 10:09:08", None, "1"),
]
