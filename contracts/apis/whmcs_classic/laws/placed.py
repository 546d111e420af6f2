"""The laws of what AddOrder makes, and of what that costs."""

from counterfoil.contracts.apis.whmcs_classic.laws.money import AMOUNT, ASKED, INVOICE, STATUS, TAX
from counterfoil.contracts.phases.laws.context import Law

SOLD = Law(
    "sold_can_be_ordered", "A client can order what the catalogue offers.", "add_order", promises=("adds_a_new_order",)
)
CREATED = Law(
    "created_is_there",
    "What AddOrder names is there, and is that client's and of that order.",
    "add_order",
    "published",
    promises=(
        "orderid_is_the_order",
        "invoiceid_is_the_invoice",
        "productids_are_the_services",
        "addonids_are_the_addons",
        "domainids_are_the_domains",
        "clientid_names_the_client",
    ),
)
ORDERED = Law(
    "ordered_is_made",
    "An order makes the products, cycles, domains, years and addons asked for.",
    "add_order",
    promises=(
        "pid_names_the_product",
        "domain_names_the_domain",
        "billingcycle_decides_how_often_is_paid",
        "regperiod_counts_years",
        "addons_are_a_list_of_ids",
    ),
)
LEFT_OUT = Law(
    "unknown_is_left_out", "An unknown product and an expired code contribute nothing.", "add_order", "chosen"
)
ALIGNED = Law(
    "indexes_align", "What has one index is of one line, where others have nothing for it.", "add_order", "chosen"
)
UNIQUE = Law(
    "ids_are_unique",
    "No two orders, services, addons, domains or invoices have one id.",
    "add_order",
    fundamental=True,
    promises=("orderid_is_the_order",),
)
PENDING = Law(
    "new_is_pending",
    "A new order is Pending, and so is what it made; its invoice is not paid.",
    "add_order",
    "published",
    promises=("adds_a_new_order",),
)
AGAIN = Law(
    "same_call_orders_again",
    "The same call twice places two orders.",
    "add_order",
    promises=("adds_a_new_order",),
)
PRICED = Law(
    "lines_cost_what_they_cost", "A line costs what the catalogue says, or what it cost before.", "get_orders", "chosen"
)
OVERRIDDEN = Law(
    "override_is_the_price",
    "A price that is given is the line's price.",
    "add_order",
    promises=("priceoverride_sets_the_price",),
)
PROMOTED = Law(
    "promotion_takes_off",
    "A promotion takes off what it says, where it is meant for.",
    "get_orders",
    "chosen",
    promises=("promocode_applies_to_the_order",),
)
CREDIT = Law(
    "credit_is_kept",
    "A client's credit settles what it can, and returns with what is cancelled, deleted or paid too much.",
    "get_clients_details",
    "chosen",
)
UNINVOICED = Law(
    "noinvoice_makes_none",
    "An order with noinvoice has no invoice.",
    "add_order",
    "documented",
    promises=("noinvoice_makes_no_invoice",),
)
STOCK = Law("stock_is_counted", "What is cancelled is for sale again.", "get_products", "chosen")
SINKS = Law("stock_sinks_with_an_order", "What is ordered is not for sale any more.", "get_products")

PLACING_LAWS = (
    SOLD, CREATED, ORDERED, LEFT_OUT, ALIGNED, UNIQUE, PENDING, AGAIN, PRICED, OVERRIDDEN, PROMOTED, CREDIT, STOCK, SINKS, UNINVOICED, ASKED, AMOUNT,
    INVOICE, TAX, STATUS,
)  # fmt: skip
