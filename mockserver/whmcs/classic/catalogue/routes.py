"""What the functions for products, promotions and payment methods do: one short function for each."""

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.catalogue import render
from counterfoil.mockserver.whmcs.classic.protocol.lists import whole
from counterfoil.mockserver.whmcs.classic.protocol.parameters import id_list
from counterfoil.mockserver.whmcs.model.installation import Installation


def get_products(installation: Installation, call: Call) -> Body:
    """What can be ordered."""
    given = call.given
    numbers = id_list(given["pid"]) if "pid" in given else None
    group, module = given.get("gid"), given.get("module")
    rows = [
        render.product(installation, product)
        for product in installation.products.values()
        if (numbers is None or product.id in numbers)
        and group in (None, product.group)
        and module in (None, product.module)
    ]
    return whole(("products", "product"), rows)


def get_promotions(installation: Installation, call: Call) -> Body:
    """The promotion codes."""
    code = call.given.get("code")
    rows = [
        render.promotion(promotion)
        for promotion in installation.promotions.values()
        if code is None or promotion.code.lower() == code.lower()
    ]
    return whole(("promotions", "promotion"), rows)


def get_payment_methods(installation: Installation, call: Call) -> Body:
    """The ways to pay."""
    rows = [render.payment_method(method) for method in installation.payment_methods.values()]
    return whole(("paymentmethods", "paymentmethod"), rows)


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_products, get_promotions, get_payment_methods,
    )
}  # fmt: skip
