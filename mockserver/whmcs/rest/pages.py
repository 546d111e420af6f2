"""What people see where a checkout leads: an invoice, or the cart of a guest. Anybody may look; nothing can be done there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from html import escape

from counterfoil.mockserver.engine.vendor import Page, PageMaker
from counterfoil.mockserver.whmcs.carts import totals
from counterfoil.mockserver.whmcs.model.catalogue import Currency
from counterfoil.mockserver.whmcs.model.installation import Installation

#: what an amount is for, and the amount
Row = tuple[str, Decimal]


def invoice(installation: Installation, query: Mapping[str, str], now: datetime) -> Page:
    """`/viewinvoice.php?id=…`: the invoice with its items, sums and payments."""
    asked = query.get("id", "")
    found = installation.invoices.get(int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    if found is None:
        return _missing(f"There is no invoice {asked}".rstrip())
    client = installation.clients[found.client]
    currency = installation.currency_of(client)
    method = installation.payment_methods.get(found.method)
    about = {
        "Status": found.status,
        "For": client.company or f"{client.first_name} {client.last_name}",
        "Issued": found.issued.isoformat(),
        "Due": found.due.isoformat(),
        "To be paid by": method.title if method is not None else found.method,
    }
    sums: list[Row] = [("Subtotal", found.subtotal)]
    sums += [(f"Tax {rate}%", tax) for rate, tax in ((found.rate, found.tax), (found.rate2, found.tax2)) if tax]
    if found.credit:
        sums.append(("Paid by credit", -found.credit))
    sums.append(("Total", found.total))
    sums += [(f"Paid on {each.at.date().isoformat()}", -each.amount) for each in found.payments]
    sums.append(("Left to pay", found.balance))
    title = f"Invoice {found.id}"
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in about.items())
    items = ((item.description, item.amount) for item in found.items)
    hint = "The mock takes no money here: AddInvoicePayment pays an invoice."
    return Page(
        title, f"<h1>{title}</h1><dl>{listed}</dl>{_table('What it is for', items, sums, currency)}<p>{hint}</p>"
    )


def cart(installation: Installation, query: Mapping[str, str], now: datetime) -> Page:
    """`/cart.php?a=checkout&cart=…`: what a guest is about to buy."""
    found = installation.carts.get(query.get("cart", ""))
    if found is None or found.user is not None:
        return _missing("There is no such cart of a guest")
    buyer = totals.buyer(installation, found, None, now.date())
    sums = totals.totals(installation, buyer, found)
    lines = ((line.description, line.amount + line.setup + line.late_fee) for line in sums.lines)
    below: list[Row] = [("Subtotal", sums.subtotal)]
    if sums.promotion:
        below.append(("Promotion", -sums.promotion))
    below += [(f"{tax.rule.name} {tax.rule.rate}%", tax.amount) for tax in sums.taxes]
    below.append(("Total", sums.total))
    hint = (
        "Nobody is logged in, so nothing is ordered yet. Log in with <code>POST /api/v2/user/session</code> and check the "
        "cart out again with the state that comes with the answer."
    )
    return Page("Checkout", f"<h1>Checkout</h1>{_table('In the cart', lines, below, buyer.currency)}<p>{hint}</p>")


def _missing(what: str) -> Page:
    return Page("Not found", f"<h1>Not found</h1><p>{escape(what)}.</p>", found=False)


def _table(caption: str, rows: Iterable[Row], sums: Iterable[Row], currency: Currency) -> str:
    """A table of amounts whose last rows are sums; each row has its header, for those who hear it read."""

    def shown(each: Iterable[Row]) -> str:
        return "".join(
            f"<tr><th scope=row>{escape(what)}</th><td>{escape(currency.text(amount))}</td></tr>"
            for what, amount in each
        )

    head = "<thead><tr><th scope=col>What</th><th scope=col>Amount</th></tr></thead>"
    return f"<table><caption>{caption}</caption>{head}<tbody>{shown(rows)}</tbody><tfoot>{shown(sums)}</tfoot></table>"


PAGES: Mapping[str, PageMaker] = {"/viewinvoice.php": invoice, "/cart.php": cart}
