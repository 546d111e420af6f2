"""What a WHMCS installation sells, as its own answers say, to be put into carts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, value
from counterfoil.contracts.phases.laws.context import LawContext


@dataclass(frozen=True)
class Offer:
    """A product on one billing cycle, with what can be added and chosen."""

    product: int
    cycle: str
    setup: Decimal
    amount: Decimal
    addons: tuple[int, ...]
    #: each option's id, with a value that can be chosen for it
    options: tuple[tuple[int, Any], ...]
    #: whether the catalogue says that one can have several of it
    several: bool

    def item(self, quantity: int = 1, addons: int = 0) -> dict[str, Any]:
        """The offer as it is put into a cart: so many of it, with so many addons, and all options chosen."""
        return {
            "type": "product",
            "product_id": self.product,
            "billing_cycle": self.cycle,
            "quantity": quantity,
            "domain": "example.com",
            "addons": [{"id": each} for each in self.addons[:addons]],
            "config_options": [{"id": each, "value": chosen} for each, chosen in self.options],
        }


def offers(context: LawContext, caller: Caller) -> list[Offer]:
    """The offers of the known products, in this caller's currency."""
    found: list[Offer] = []
    for name in ("product", "other_product"):
        if name in context.ids:
            found += context.once(f"offers of {name} to {caller.name}", partial(_offers, context, caller, name))
    return found


def _offers(context: LawContext, caller: Caller, name: str) -> list[Offer]:
    number = context.ids[name]
    place = {"product_id": number}
    with context.reading():
        product = caller.call("get_product", place)[0].tree["data"]
        several = bool(product["allow_multiple_quantities"]["is_supported"])
        addons = tuple(each["id"] for each in caller.call("list_product_addons", place)[0].tree["data"])
        options = caller.call("list_product_config_options", place)[0].tree["data"]
        chosen = tuple((each["id"], choice) for each in options if (choice := _chosen(each)) is not None)
        prices = [(each["cycle"], each) for each in product["pricing"].get("recurring") or ()]
        if "onetime" in product["pricing"]:
            prices.append(("onetime", product["pricing"]["onetime"]))
        return [
            Offer(number, cycle, value(each["setup"]), value(each["amount"]), addons, chosen, several)
            for cycle, each in prices
        ]


def _chosen(option: Mapping[str, Any]) -> Any:
    """A value that can be chosen, which may well cost something; None where there is none."""
    if option["type"] == "yesno":
        return True
    if option["type"] == "quantity":
        return option.get("quantity_maximum") or 1
    return next((choice["value"] for choice in (option.get("options") or ())[-2:]), None)
