"""What an order of the WHMCS classic API costs: its lines, its promotion, its invoice."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Row, Shown
from counterfoil.contracts.phases.laws.context import Law, difference
from counterfoil.specs.quoting import quoted

ASKED = Law(
    "amount_is_asked_for",
    "An order's amount is what its invoice asks for, with what credit has settled of it.",
    "get_orders",
    promises=("invoiceid_is_the_invoice",),
)
AMOUNT = Law("amount_is_the_sum", "An order's amount is the sum of its lines and taxes.", "get_orders", "chosen")
INVOICE = Law(
    "invoice_adds_up",
    "An invoice's subtotal is the sum of its items, its total is that with the taxes and without the credit, and its "
    "balance is the total without what was paid.",
    "get_invoice",
    "published",
)
TAX = Law(
    "tax_is_of_what_is_taxed",
    "Each tax is its rate of the items that are taxed, rounded half up.",
    "get_invoice",
    "chosen",
)
STATUS = Law(
    "payment_status_is_the_invoices", "An order's payment status is its invoice's state.", "get_orders", "published"
)
MONEY_LAWS = (ASKED, AMOUNT, INVOICE, TAX, STATUS)

_CENT = Decimal("0.01")
_BARE = re.compile(r"-?[0-9]+\.[0-9]{2}")
#: an amount as it is written for a reader, with its currency: `-1,234.50 kr`
_WRITTEN = re.compile(r"(-?)[^\d-]*(-?)(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?\D*")
_NOTHING = Decimal()


def cents(amount: Decimal) -> Decimal:
    """The amount with two decimals."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def money(row: Row, name: str) -> Decimal:
    """An amount of a row, with or without its currency. Raises ValueError where nobody can tell how much it is."""
    found = _WRITTEN.fullmatch(str(row[name]))
    if found is None:
        raise ValueError(f"{name} is {quoted(row[name])}, which is no amount")
    before, behind, whole, cents_ = found.groups("")
    return Decimal(f"{before or behind}{whole.replace(',', '')}{cents_}")


def wrong_amounts(shown: Shown) -> Iterator[tuple[Law, str]]:
    """Each law of an order's amounts, and in which way they do not keep it; empty where they do."""
    told, due = shown.order["paymentstatus"], shown.invoice.get("status", "")
    yield STATUS, difference(due, told)
    if shown.invoice:
        yield ASKED, _wrong_due(shown)
        yield AMOUNT, _wrong_amount(shown)
        yield INVOICE, _wrong_invoice(shown.invoice)
        yield TAX, _wrong_tax(shown.invoice)


def _wrong_due(shown: Shown) -> str:
    amount, due = money(shown.order, "amount"), money(shown.invoice, "total") + money(shown.invoice, "credit")
    return "" if amount == due else f"The amount is {amount}, but the invoice asks for {due} with the credit."


def _wrong_amount(shown: Shown) -> str:
    amount, lines = money(shown.order, "amount"), shown.order["lineitems"]["lineitem"]
    if not all(_BARE.fullmatch(line["amount"]) for line in lines):
        return ""  # they are written for a reader
    taxes = _NOTHING if _contains_taxes(shown.invoice) else _taxes(shown.invoice)
    added = sum((money(line, "amount") for line in lines), taxes)
    return "" if amount == added else f"The lines and the taxes make {added}, but the amount is {amount}."


def _wrong_invoice(invoice: Row) -> str:
    subtotal, total, balance = (money(invoice, name) for name in ("subtotal", "total", "balance"))
    if subtotal != _items(invoice) and not _contains_taxes(invoice):
        return f"The items make {_items(invoice)}, but the subtotal is {subtotal}."
    due = subtotal + _taxes(invoice) - money(invoice, "credit")
    if total != due:
        return f"Subtotal, taxes and credit make {due}, but the total is {total}."
    paid = sum((money(each, "amountin") - money(each, "amountout") for each in payments(invoice)), _NOTHING)
    return "" if balance == total - paid else f"Of {total}, {paid} is paid, but the balance is {balance}."


def _wrong_tax(invoice: Row) -> str:
    if _contains_taxes(invoice):
        return ""  # how prices are parted from the taxes in them, no document says
    taxed = sum((money(item, "amount") for item in invoice["items"]["item"] if _yes(item["taxed"])), _NOTHING)
    tax, tax2 = money(invoice, "tax"), money(invoice, "tax2")
    due = max(cents(taxed * money(invoice, "taxrate") / 100), _NOTHING)
    if tax != due:
        return f"{invoice['taxrate']} % of {taxed} is {due}, but the tax is {tax}."
    rate = money(invoice, "taxrate2")
    both = {max(cents(base * rate / 100), _NOTHING) for base in (taxed, taxed + tax)}  # as the installation is set
    return "" if tax2 in both else f"{rate} % of {taxed} is {min(both)}, but the second tax is {tax2}."


def _items(invoice: Row) -> Decimal:
    return sum((money(item, "amount") for item in invoice["items"]["item"]), _NOTHING)


def _taxes(invoice: Row) -> Decimal:
    return money(invoice, "tax") + money(invoice, "tax2")


def _contains_taxes(invoice: Row) -> bool:
    """Whether the prices contain the taxes, as an installation may be set: the items come to the subtotal with them."""
    items, subtotal = _items(invoice), money(invoice, "subtotal")
    return items not in (_NOTHING, subtotal) and items == subtotal + _taxes(invoice)


def payments(invoice: Row) -> list[Row]:
    """The payments for the invoice."""
    told = invoice["transactions"]
    return list(told["transaction"]) if isinstance(told, Mapping) else []


def _yes(flag: object) -> bool:
    return str(flag) in ("1", "on")


@dataclass(frozen=True)
class Priced:
    """A line of an order before its promotion; what it is for, as a promotion names it: `5`, `A1`, `D.com`."""

    what: str
    amount: Decimal
    setup: Decimal = _NOTHING

    @property
    def costs(self) -> Decimal:
        """What it costs at first."""
        return self.amount + self.setup


@dataclass(frozen=True)
class Promotion:
    """A promotion code that holds now."""

    kind: str
    value: Decimal
    meant_for: frozenset[str]
    once: bool

    @classmethod
    def of(cls, row: Row, today: str) -> "Promotion | None":
        """The promotion in a row; None where it gives nothing any more, or not to everybody, so that nobody can tell."""
        if not {"startdate", "maxuses"} <= row.keys():
            return None
        over = row["expirationdate"] not in ("0000-00-00", "") and row["expirationdate"] < today
        early = row["startdate"] > today
        used_up = 0 < int(row["maxuses"]) <= int(row["uses"])
        if over or early or used_up:
            return cls("", _NOTHING, frozenset(), once=False)
        known = {"Percentage", "Fixed Amount", "Price Override", "Free Setup"}
        conditions = ("requires", "cycles", "newsignups", "existingclient", "onceperclient", "recurfor")
        if row["type"] not in known or any(str(row.get(name) or "0") not in ("0", "") for name in conditions):
            return None
        meant_for = frozenset(each for each in row["appliesto"].split(",") if each)
        return cls(row["type"], Decimal(str(row["value"])), meant_for, _yes(row.get("applyonce")))

    def taken_off(self, lines: list[Priced]) -> Iterator[Decimal]:
        """What comes off each of the lines."""
        done = False
        for line in lines:
            if not self.kind or done or (self.meant_for and line.what not in self.meant_for):
                yield _NOTHING
                continue
            yield max(min(cents(self._of(line)), line.costs), _NOTHING)
            done = self.once

    def _of(self, line: Priced) -> Decimal:
        if self.kind == "Percentage":
            return line.costs * self.value / 100
        if self.kind == "Fixed Amount":
            return self.value
        return line.amount - self.value if self.kind == "Price Override" else line.setup
