"""The promotion of a cart: which code can be applied."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.carts import totals
from counterfoil.mockserver.whmcs.carts.totals import Buyer
from counterfoil.mockserver.whmcs.model.carts import Cart
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.pricing import order_lines


def apply(installation: Installation, buyer: Buyer, cart: Cart, code: str | None) -> None:
    """The code takes the place of the one that the cart had. Refused if it is none, is over, or fits nothing in it."""
    asked = (code or "").lower()
    promotion = next((each for each in installation.promotions.values() if asked and each.code.lower() == asked), None)
    if promotion is None or (promotion.starts is not None and promotion.starts > buyer.today):
        raise Refusal("promotion_unknown", code=code or "")
    if not promotion.usable(buyer.today):
        raise Refusal("promotion_expired", code=code)
    if _limited(promotion) and not any(
        line.promotable and order_lines.meant_for(promotion, line) for line in totals.lines(installation, buyer, cart)
    ):
        raise Refusal("promotion_inapplicable", code=code)
    cart.promotion = promotion.id


def applied(installation: Installation, cart: Cart) -> Promotion | None:
    """The promotion that was applied, whether it still gives something or not."""
    return installation.promotions.get(cart.promotion or 0)


def worth(promotion: Promotion, buyer: Buyer) -> float:
    """Per cent, or an amount in the buyer's currency."""
    value = promotion.value
    return float(value * buyer.currency.rate if promotion.kind in ("fixed", "override") else value)


def _limited(promotion: Promotion) -> bool:
    return bool(promotion.products or promotion.addons or promotion.tlds or promotion.cycles)
