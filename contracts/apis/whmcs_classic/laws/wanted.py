"""What a WHMCS installation sells through AddOrder, as its own answers say, and an order that asks for some of it."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import phpserialize

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Row
from counterfoil.contracts.phases.laws.context import LawContext

_CYCLES = ("monthly", "quarterly", "semiannually", "annually", "biennially", "triennially")
PRODUCTS = ("product", "other_product", "free_product")
_LIST, _BUTTONS, _YESNO, _QUANTITY = 1, 2, 3, 4


@dataclass(frozen=True)
class Choice:
    """A value of a config option, and what it costs more: at once, and in each cycle."""

    option: int
    value: int
    setup: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Offer:
    """A product on one billing cycle."""

    product: int
    cycle: str
    setup: Decimal
    amount: Decimal
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Line:
    """One product of an order. `domain` tells it from the others; with `years` it is registered, too."""

    offer: Offer
    domain: str
    addons: tuple[int, ...] = ()
    choices: tuple[Choice, ...] = ()
    years: int = 0

    @property
    def setup(self) -> Decimal:
        """What is paid once."""
        return sum((choice.setup for choice in self.choices), self.offer.setup)

    @property
    def amount(self) -> Decimal:
        """What is paid in each cycle."""
        return sum((choice.amount for choice in self.choices), self.offer.amount)


@dataclass(frozen=True)
class Wanted:
    """An order that is asked for: products, and whatever else stands in `more` as the request has it."""

    client: int
    method: str
    lines: Sequence[Line] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    promotion: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """The request's fields: plain where there is one line, by index where there are more."""
        columns = {name: {str(place): value for place, value in rows} for name, rows in self._columns()}
        columns = {name: by_line for name, by_line in columns.items() if by_line}
        if len(self.lines) == 1:
            columns = {name: next(iter(by_line.values())) for name, by_line in columns.items()}
        code = {"promocode": self.promotion} if self.promotion else {}
        return {"clientid": self.client, "paymentmethod": self.method, **columns, **code, **self.more}

    @property
    def has_gaps(self) -> bool:
        """Whether a line has a value that a line before it lacks: whether the gap counts, no document says."""
        return any([place for place, _ in rows] != list(range(len(rows))) for _, rows in self._columns())

    def _columns(self) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
        lines = list(enumerate(self.lines))
        yield "pid", [(place, line.offer.product) for place, line in lines]
        yield "billingcycle", [(place, line.offer.cycle) for place, line in lines]
        yield "domain", [(place, line.domain) for place, line in lines]
        yield "addons", [(place, ",".join(map(str, line.addons))) for place, line in lines if line.addons]
        yield "configoptions", [(place, _chosen(line)) for place, line in lines if line.choices]
        yield "domaintype", [(place, "register") for place, line in lines if line.years]
        yield "regperiod", [(place, line.years) for place, line in lines if line.years]


def _chosen(line: Line) -> str:
    chosen = {choice.option: choice.value for choice in line.choices}
    return base64.b64encode(phpserialize.dumps(chosen)).decode()


def offers(context: LawContext, calls: Calls, client: int, names: tuple[str, ...] = PRODUCTS) -> list[Offer]:
    """The offers of the products that are known by these names, in the client's currency; with prices that are known."""
    what = f"offers of {names} to {client}"
    found: list[Offer] = context.once(what, partial(_offers, context, calls, client, names))
    return found


def _offers(context: LawContext, calls: Calls, client: int, names: tuple[str, ...]) -> list[Offer]:
    known = ",".join(str(context.ids[name]) for name in names if name in context.ids)
    details = calls.tree("get_clients_details", clientid=client)
    products = calls.rows("get_products", pid=known)
    with context.reading():
        currency = details["client"]["currency_code"]
        return [offer for product in products for offer in _of_product(product, currency)]


def _of_product(product: Row, currency: str) -> Iterator[Offer]:
    options = product["configoptions"]["configoption"]
    columns = _CYCLES if product["paytype"] == "recurring" else _CYCLES[:1]
    for column in columns:
        setup, amount = _price(product["pricing"][currency], column)
        if amount >= 0 and not any(_costs_by_default(option, currency, column) for option in options):
            name = column if product["paytype"] == "recurring" else product["paytype"]
            choices = tuple(_choice(option, currency, column) for option in options)
            yield Offer(int(product["pid"]), name, setup, amount, choices)


def _costs_by_default(option: Row, currency: str, column: str) -> bool:
    """Whether the option may cost something where nobody chose a value: its price cannot be told then."""
    if int(option["type"]) in (_LIST, _BUTTONS):
        return any(_price(option["options"]["option"][0]["pricing"][currency], column))
    return int(option.get("minqty") or 0) > 0


def _choice(option: Row, currency: str, column: str) -> Choice:
    """The option's last value, or two of it."""
    last = option["options"]["option"][-1]
    setup, amount = _price(last["pricing"][currency], column)
    number, kind = int(option["id"]), int(option["type"])
    if kind == _QUANTITY:
        many = min(2, int(option.get("maxqty") or 2))
        return Choice(number, many, setup, many * amount)
    return Choice(number, 1 if kind == _YESNO else int(last["id"]), setup, amount)


def _price(pricing: Row, column: str) -> tuple[Decimal, Decimal]:
    return Decimal(pricing[f"{column[0]}setupfee"]), Decimal(pricing[column])
