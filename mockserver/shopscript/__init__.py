"""A Webasyst Shop-Script shop: its state, and the order API that reaches it."""

from counterfoil.mockserver.shopscript.dialect import ShopDialect
from counterfoil.mockserver.shopscript.routes import HANDLERS
from counterfoil.mockserver.shopscript.seed import found
from counterfoil.mockserver.shopscript.shop import Shop
from counterfoil.mockserver.vendor import Spoken, Vendor

VENDOR = Vendor(
    name="shopscript",
    state=Shop,
    found=found,
    contracts={"shopscript": Spoken(dialect=ShopDialect, handlers=HANDLERS)},
    seeded=(
        ("Token", "counterfoil-token (scope shop)"),
        ("Token of another scope", "counterfoil-wrong-scope (scope blog)"),
        ("Token that has expired", "counterfoil-expired"),
        ("Contacts", "1 (Ada Example, registered), 2 (Bo Example)"),
        ("SKUs", "1 and 4 without limit, 3 with 3 left; 2 in tenths, 6 in hundredths, 5 in thousandths"),
        ("Tax", "SKU 2 has 20 % inside its price, SKU 5 has 10 % on top"),
        ("Service variants", "1 (5.00), 2 (10 % of the product's price), 3 (12.00, for SKU 3 only 9.00)"),
    ),
)  # fmt: skip
