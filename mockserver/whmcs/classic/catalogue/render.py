"""Products, promotions and payment methods, as the classic API shows them. Pure functions."""

from collections.abc import Iterable

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.classic.protocol.answers import PROMOTION_TYPES, day
from counterfoil.mockserver.whmcs.model.catalogue import (
    ConfigOption,
    Currency,
    PaymentMethod,
    Price,
    Prices,
    Product,
)
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.promotions import Promotion

NOT_OFFERED = "-1.00"
_OPTION_TYPES = {"dropdown": 1, "radio": 2, "yesno": 3, "quantity": 4}
_PRICED = ("monthly", "quarterly", "semiannually", "annually", "biennially", "triennially")


def product(installation: Installation, product: Product) -> Body:
    """A row of GetProducts."""
    currencies = installation.currencies.values()
    return {
        "pid": product.id,
        "gid": product.group,
        "type": product.kind,
        "name": product.name,
        "description": product.description,
        "module": product.module,
        "paytype": product.pay,
        "allowqty": product.quantities,
        "quantity_available": "" if product.stock is None else max(product.stock, 0),
        "pricing": {
            currency.code: {
                "prefix": currency.prefix,
                "suffix": currency.suffix,
                **_pricing(product.prices[currency.id], offered_only=True),
            }
            for currency in currencies
        },
        "customfields": {"customfield": [
            {"id": field.id, "name": field.name, "description": field.description,
             "required": "on" if field.required else ""}
            for field in product.fields if field.on_order_form
        ]},
        "configoptions": {"configoption": [
            _option(installation.options[number], currencies) for number in product.options
        ]},
    }  # fmt: skip


def _option(option: ConfigOption, currencies: Iterable[Currency]) -> Body:
    return {
        "id": option.id, "name": option.name, "type": _OPTION_TYPES[option.kind], "minqty": option.minimum,
        "maxqty": option.maximum,
        "options": {"option": [
            {"id": choice.id, "name": choice.name, "pricing": _choice_pricing(choice.prices, currencies)}
            for choice in option.choices
        ]},
    }  # fmt: skip


def _choice_pricing(prices: Prices, currencies: Iterable[Currency]) -> Body:
    return {currency.code: _pricing(prices[currency.id], offered_only=False) for currency in currencies}


def _pricing(prices: dict[str, Price], *, offered_only: bool) -> Body:
    """The table of setup fees and prices; what is free or paid once stands in its first column."""
    absent = NOT_OFFERED if offered_only else "0.00"
    once = prices.get("onetime") or prices.get("free")
    table = [once if once is not None and cycle == "monthly" else prices.get(cycle) for cycle in _PRICED]
    return {
        **{
            f"{cycle[0]}setupfee": str(price.setup) if price else "0.00"
            for cycle, price in zip(_PRICED, table, strict=True)
        },
        **{cycle: str(price.amount) if price else absent for cycle, price in zip(_PRICED, table, strict=True)},
    }


def promotion(promotion: Promotion) -> Body:
    """A row of GetPromotions."""
    meant = [
        *map(str, promotion.products), *(f"A{addon}" for addon in promotion.addons),
        *(f"D.{tld}" for tld in promotion.tlds),
    ]  # fmt: skip
    return {
        "id": promotion.id, "code": promotion.code, "type": PROMOTION_TYPES[promotion.kind],
        "recurring": int(promotion.recurring), "value": str(promotion.value), "cycles": ",".join(promotion.cycles),
        "appliesto": ",".join(meant), "startdate": day(promotion.starts), "expirationdate": day(promotion.ends),
        "maxuses": promotion.max_uses, "uses": promotion.uses, "applyonce": int(promotion.once),
        "recurfor": promotion.recurs_for, "notes": promotion.notes,
    }  # fmt: skip


def payment_method(method: PaymentMethod) -> Body:
    """A row of GetPaymentMethods."""
    return {"module": method.name, "displayname": method.title}
