"""A Webasyst Shop-Script shop: its state, and the order API that reaches it."""

from counterfoil.mockserver.engine.vendor import ContractBinding, Vendor
from counterfoil.mockserver.shopscript.dialect import ShopDialect
from counterfoil.mockserver.shopscript.routes import HANDLERS
from counterfoil.mockserver.shopscript.seed import SEED, TABLES, seeded_state
from counterfoil.mockserver.shopscript.shop import Shop

VENDOR = Vendor(
    name="shopscript",
    state=Shop,
    seeded_state=seeded_state,
    seed=SEED,
    tables=TABLES,
    references={
        "catalogue.skus.product_id": "catalogue.products",
        "catalogue.virtual_stocks.stocks": "catalogue.stocks",
        "catalogue.service_variants.service_id": "catalogue.services",
        "catalogue.service_prices.service_variant_id": "catalogue.service_variants",
        "catalogue.service_prices.product_id": "catalogue.products",
        "catalogue.service_prices.sku_id": "catalogue.skus",
    },
    contracts={"shopscript": ContractBinding(dialect=ShopDialect, handlers=HANDLERS, answers_browsers=False)},
    seeded=(
        ("Token", "counterfoil-token (scope shop)"),
        ("Token of another scope", "counterfoil-wrong-scope (scope blog)"),
        ("Token that has expired", "counterfoil-expired"),
        ("Token of a contact that is deleted", "counterfoil-orphan"),
        ("Contacts", "1 (Ada Example, registered), 2 (Bo Example)"),
        ("SKUs", "1 and 4 without limit, 3 with 3 left; 2 in tenths, 6 in hundredths, 5 in thousandths; 7 and 8 in EUR"),
        ("Stocks", "1 and 2 (together virtual stock 1) have SKU 7, 3 has SKU 8"),
        ("Discount", "5 % of what comes to 1000.00 USD or more"),
        ("Order", "1, of the storefront: in EUR, with shipping and a discount"),
        ("Tax", "SKU 2 has 20 % inside its price, SKU 5 has 10 % on top"),
        ("Service variants", "1 (5.00), 2 (10 % of the product's price), 3 (12.00, for SKU 3 only 9.00)"),
    ),
)  # fmt: skip
