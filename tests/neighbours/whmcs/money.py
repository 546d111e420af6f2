"""Money: decimal amounts, the two currencies of the installation, and the lines and totals of an order."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
CURRENCIES = [
    {"id": 6, "code": "EUR", "prefix": "€", "suffix": "", "rate": Decimal("0.088"), "default": False},
    {"id": 4, "code": "SEK", "prefix": "", "suffix": "kr", "rate": Decimal(1), "default": True},
]
DEFAULT_CURRENCY = CURRENCIES[1]
MONTHS = {
    "monthly": 1,
    "quarterly": 3,
    "semiannually": 6,
    "annually": 12,
    "biennially": 24,
    "triennially": 36,
}
CYCLES = ["free", "onetime", *MONTHS]
TAXES = [
    {"level": 1, "name": "Moms", "country": "SE", "state": None, "rate": Decimal(25)},
    {"level": 1, "name": "MwSt", "country": "DE", "state": None, "rate": Decimal(19)},
    {"level": 1, "name": "GST", "country": "CA", "state": None, "rate": Decimal(5)},
    {"level": 2, "name": "QST", "country": "CA", "state": "QC", "rate": Decimal("9.975")},
]


def cents(value):
    """Round a value to whole cents, halves upwards."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def currency_of(code):
    """Return the currency with this code, or the default one."""
    return next((one for one in CURRENCIES if one["code"] == code), DEFAULT_CURRENCY)


def convert(base, currency):
    """Return a price that is kept in the default currency, in another currency."""
    return cents(Decimal(base) * currency["rate"])


def shown(value, currency):
    """Write a value as people read it, with its currency and with thousands apart."""
    suffix = f" {currency['suffix']}" if currency["suffix"] else ""
    return f"{currency['prefix']}{cents(value):,.2f}{suffix}"


def amount(value, currency):
    """Build the Amount object of the REST API."""
    return {
        "value": f"{cents(value):.2f}",
        "code": currency["code"],
        "display_value": shown(value, currency),
        "prefix": currency["prefix"],
        "suffix": f" {currency['suffix']}" if currency["suffix"] else "",
    }


def first_cycle(pricing):
    """Return the billing cycle that is taken when none is named: the longest one on offer."""
    if pricing.get("free"):
        return "free"
    if "onetime" in pricing:
        return "onetime"
    return list(pricing["recurring"])[-1]


def offer(pricing, cycle):
    """Return (setup, amount) in the default currency for a cycle, or None when it is not on offer."""
    if pricing.get("free"):
        return (Decimal(0), Decimal(0)) if cycle == "free" else None
    if cycle == "onetime":
        return pricing.get("onetime")
    return pricing.get("recurring", {}).get(cycle)


def offer_near(pricing, cycle):
    """Return (cycle, setup, amount) of an addon: the cycle of its product if it has that, else its shortest."""
    if pricing.get("free"):
        return "free", Decimal(0), Decimal(0)
    found = offer(pricing, cycle)
    if not found:
        cycle = "onetime" if "onetime" in pricing else next(iter(pricing["recurring"]))
        found = offer(pricing, cycle)
    return cycle, *found


@dataclass
class Line:
    """One priced line of a cart, an order or an invoice; the sums are for the whole quantity."""

    text: str
    cycle: str | None
    setup: Decimal
    amount: Decimal
    target: str
    recurring: bool = False
    taxable: bool = True
    promo_ok: bool = True
    kind: str = ""
    relid: int = 0
    off: Decimal = field(default=Decimal(0))

    @property
    def due(self):
        """Return what is to be paid now, before discounts."""
        return self.setup + self.amount


@dataclass
class Totals:
    """What a set of lines costs."""

    subtotal: Decimal
    promotion: Decimal
    client: Decimal
    taxes: list
    total: Decimal
    recurring: dict


def taxes_for(geo):
    """Return the tax rules of a place; a state may be written as its code or as its name."""
    if not geo:
        return []
    state = (geo.get("state") or "").upper()
    names = {"QC": ("QC", "QUEBEC", "QUÉBEC")}
    return [
        rule
        for rule in TAXES
        if rule["country"] == geo["country_code"].upper()
        and (rule["state"] is None or state in names.get(rule["state"], (rule["state"],)))
    ]


def promotion_off(lines, promotion, currency):
    """Spread a promotion over the lines it applies to and return its sum."""
    if not promotion:
        return Decimal(0)
    lines = [
        line
        for line in lines
        if line.promo_ok and (promotion["applies"] is None or line.target in promotion["applies"])
    ]
    left = convert(promotion["value"], currency)
    total = Decimal(0)
    for line in lines:
        if promotion["type"] == "Percentage":
            part = cents(line.due * promotion["value"] / 100)
        else:
            part = min(left, line.due - line.off)
            left -= part
        line.off += part
        total += part
    return total


def add_up(lines, currency, promotion=None, client=None, geo=None):
    """Compute the totals: the promotion first, then the discount of the client's group, then the taxes."""
    for line in lines:
        line.off = Decimal(0)
    promotion_sum = promotion_off(lines, promotion, currency)
    client_sum = Decimal(0)
    rate = client["discount"] if client else Decimal(0)
    for line in lines:
        if rate and not line.target.startswith("domain:"):
            part = cents((line.due - line.off) * rate / 100)
            line.off += part
            client_sum += part
    subtotal = sum((line.due for line in lines), Decimal(0))
    base = sum((line.due - line.off for line in lines if line.taxable), Decimal(0))
    rules = [] if client and client["taxexempt"] else taxes_for(geo)
    taxes = [(rule, cents(base * rule["rate"] / 100)) for rule in rules]
    recurring = {}
    for line in lines:
        if line.recurring:
            recurring[line.cycle] = recurring.get(line.cycle, Decimal(0)) + line.amount
    total = subtotal - promotion_sum - client_sum + sum((tax for _, tax in taxes), Decimal(0))
    return Totals(subtotal, promotion_sum, client_sum, taxes, total, recurring)
