"""Parameters as they stand on the wire: indexed or plain, lists with commas, addresses."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue

LONGEST_ID = 19


def named(given: Body, name: str, line: str) -> str:
    """A line's parameter as it was sent: with its index, or plain."""
    return f"{name}[{line}]" if isinstance(given.get(name), dict) else name


def id_list(text: str) -> list[int]:
    """The ids in a list with commas; 0, which nothing has, for one that is longer than any id."""
    return [int(part) if len(part) < LONGEST_ID else 0 for part in text.split(",")]


def address(text: str) -> str:
    """The IP address that the text is. Refused if it is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise Refusal("invalid_parameter", parameter="clientip", reason=f"{text[:80]!r} is no IP address") from None


#: what the state cannot use, as the parameter is called
_PARAMETERS = {
    "product": "pid", "cycle": "billingcycle", "price": "priceoverride", "domain": "domain",
    "kind": "domaintype", "years": "regperiod", "domain price": "domainpriceoverride",
    "renewal price": "domainrenewoverride", "renewal": "domainrenewals", "contact": "contactid",
    "affiliate": "affid", "method": "gateway", "currency": "currency", "payment method": "paymentmethod",
    "new product": "newproductid", "new cycle": "newproductbillingcycle", "new options": "configoptions",
    "promotion": "promoid", "email": "email", "country": "country", "credit": "credit", "as credit": "credit", "amount": "amount", "invoice": "invoiceid",
    "changed line": "itemdescription", "dropped line": "deletelineids",
}  # fmt: skip


def in_wire_words(handler: Callable[[Installation, Call], Body]) -> Handler:
    """The handler, whose refusals of a value name the parameter that it came in."""

    @wraps(handler)
    def handle(installation: Installation, call: Call) -> Body:
        try:
            return handler(installation, call)
        except UnusableValue as unusable:
            name = _PARAMETERS[unusable.what]
            if unusable.line is not None:
                name = named(call.given, name, unusable.line)
            raise Refusal("invalid_parameter", parameter=name, reason=unusable.reason) from unusable

    return handle
