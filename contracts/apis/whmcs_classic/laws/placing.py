"""The laws of AddOrder: what was asked for is made, for that client and no other, at the price that it has."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import NOBODY, Calls, Made, Row, Shown, cycle
from counterfoil.contracts.apis.whmcs_classic.laws.money import (
    AMOUNT,
    ASKED,
    INVOICE,
    STATUS,
    TAX,
    Priced,
    Promotion,
    money,
    wrong_amount,
    wrong_due,
    wrong_invoice,
    wrong_tax,
)
from counterfoil.contracts.apis.whmcs_classic.laws.placed import (
    AGAIN,
    ALIGNED,
    CREATED,
    CREDIT,
    LEFT_OUT,
    ORDERED,
    OVERRIDDEN,
    PENDING,
    PRICED,
    PROMOTED,
    SINKS,
    SOLD,
    STOCK,
    UNINVOICED,
    UNIQUE,
)
from counterfoil.contracts.apis.whmcs_classic.laws.wanted import Line, Offer, Wanted, offers
from counterfoil.contracts.phases.laws.context import LawContext, difference, one
from counterfoil.reports.mismatch import told as as_json

MOST = 6  # orders in a run
INDEX = st.integers(0, 20)
_ADDONS = ("addon", "other_addon", "onetime_addon")
_CODES = ("promo", "other_promo", "expired_promo", "recurring_promo")
_LINE = st.tuples(INDEX, st.sampled_from(("plain", "addons", "choices", "override", "domain")), st.integers(1, 3))


@dataclass
class Placed:
    """An order of this run: what was asked for, what it made, and what was shown of it last."""

    wanted: Wanted
    made: Made
    shown: Shown
    #: services that were there before and got addons by the order
    beside: tuple[int, ...] = ()
    #: how many pieces of the product with stock control it has
    limited: int = 0
    #: whether it was accepted, so that the years of its renewal are added
    renewed: bool = False


class PlacingMachine(RuleBasedStateMachine):
    """Orders that are placed for one of two clients. A subclass has the context."""

    context: LawContext
    calls: Calls
    clients: tuple[int, ...]

    @initialize()
    def begin(self) -> None:
        """Begin without an order of one's own."""
        self.context.begin(afresh=True)
        self.orders: list[Placed] = []
        self.domains = 0
        self.credit = {client: self.calls.credit(client) for client in self.clients}
        #: of all runs on a deployment, where the orders of earlier ones are there, too
        self.ids: set[tuple[str, str]] = self.context.once("ids", set)
        self.prices: dict[tuple[str, str, int], Decimal] = self.context.once("prices", dict)

    @precondition(lambda self: len(self.orders) < MOST)
    @rule(who=INDEX, lines=st.lists(_LINE, min_size=1, max_size=3), code=INDEX, invoiced=st.integers(0, 5))
    def place(self, who: int, lines: list[tuple[int, str, int]], code: int, invoiced: int) -> None:
        """Order products, some of them with what can be ordered with them."""
        client = one(self.clients, who)
        catalogue = offers(self.context, self.calls, client)
        codes = ["", *(str(self.context.ids[name]) for name in _CODES if name in self.context.ids)]
        more = {} if invoiced else {"noinvoice": True}
        wanted = [self._line(one(catalogue, index), how, years) for index, how, years in lines]
        if one(codes, code) and any(line.override for line in wanted):  # which is seen only where no code takes off
            self._place(Wanted(client, self._method(who), wanted, more))
        self._place(Wanted(client, self._method(who), wanted, more, one(codes, code)))

    @precondition(lambda self: len(self.orders) < MOST and {"offered_addon", "service"} <= self.context.ids.keys())
    @rule()
    def order_an_addon(self) -> None:
        """Order an addon for a service that the client has."""
        addon, service = int(self.context.ids["offered_addon"]), int(self.context.ids["service"])
        more = {"addonid": addon, "serviceid": service}
        self._place(Wanted(self.clients[0], self._method(0), more=more), beside=(service,))

    @precondition(lambda self: len(self.orders) < MOST and "owned_name" in self.context.ids)
    @rule(years=st.integers(1, 2))
    def order_a_renewal(self, years: int) -> None:
        """Renew a domain that the client has."""
        more = {"domainrenewals": {str(self.context.ids["owned_name"]): years}}
        self._place(Wanted(self.clients[0], self._method(1), more=more))

    @precondition(lambda self: len(self.orders) < MOST)
    @rule(who=INDEX, index=INDEX)
    def order_the_unknown(self, who: int, index: int) -> None:
        """Order a product that exists and one that does not."""
        client = one(self.clients, who)
        known = self._line(one(offers(self.context, self.calls, client), index), "plain", 1)
        unknown = self._line(Offer(NOBODY, "monthly", Decimal(), Decimal(), ()), "plain", 1)
        self._place(Wanted(client, self._method(who), [unknown, known]))

    @precondition(lambda self: self.orders and len(self.orders) < MOST)
    @rule(index=INDEX)
    def order_again(self, index: int) -> None:
        """Send the call that placed an order once more."""
        first = one(self.orders, index)
        if first.limited:
            return
        self._place(first.wanted, first.beside)

    @precondition(lambda self: len(self.orders) < MOST and "limited_product" in self.context.ids)
    @rule(many=st.integers(1, 2))
    def order_the_limited(self, many: int) -> None:
        """Order so many of a product that may be out of stock."""
        left = self.left_in_stock()
        offered = offers(self.context, self.calls, self.clients[0], ("limited_product",))
        lines = [self._line(offer, "plain", 1) for offer in offered[:1] * many]
        if left is None or not lines:
            return
        self._place(Wanted(self.clients[0], self._method(0), lines), limited=many, sold=many <= left)
        due, now = left - (many if many <= left else 0), self.left_in_stock()
        self.context.hold(SINKS, now == due, f"Of {left}, {many} were ordered, and there are {now}.")

    def left_in_stock(self) -> int | None:
        """How many of the product with stock control can be ordered; None where nobody says."""
        if "limited_product" not in self.context.ids:
            return None
        found = self.calls.rows("get_products", pid=str(self.context.ids["limited_product"]))
        with self.context.reading():
            told = found[0].get("quantity_available", "")
            return int(told) if str(told).isdigit() else None

    def _method(self, index: int) -> str:
        known = [name for name in ("payment_method", "other_payment_method") if name in self.context.ids]
        return str(self.context.ids[one(known, index)])

    def _line(self, offer: Offer, how: str, years: int) -> Line:
        self.domains += 1
        domain = f"counterfoil-{self.domains}.{self.context.ids.get('tld', 'example')}"
        known = [self.context.ids[name] for name in _ADDONS if name in self.context.ids] if how == "addons" else []
        return Line(
            offer=offer,
            domain=domain,
            addons=tuple(int(addon) for addon in known),
            choices=how == "choices",
            override=Decimal(f"{years}.95") if how == "override" else None,
            years=years if how == "domain" and "tld" in self.context.ids else 0,
        )

    def _place(self, wanted: Wanted, beside: tuple[int, ...] = (), limited: int = 0, *, sold: bool = True) -> None:
        codes = self.calls.rows("get_promotions", code=wanted.promotion) if wanted.promotion else []
        exchange, got = self.calls.call("add_order", wanted.fields)
        law = STOCK if limited else SOLD if self._offered(wanted) else LEFT_OUT
        self.context.hold(law, got.accepted is sold, f"It is {got}.")
        if not got.accepted:
            return
        made = self.calls.made(exchange)
        same = [each.made.order for each in self.orders if each.wanted == wanted]
        self.context.hold(AGAIN, made.order not in same, f"It is order {made.order} again.")
        asked_for_none = bool(wanted.more.get("noinvoice"))
        self.context.hold(UNINVOICED, not (asked_for_none and made.invoice), f"There is the invoice {made.invoice}.")
        shown = self.calls.shown(made, beside)
        placed = Placed(wanted, made, shown, beside, limited)
        self._hold_created(placed)
        with self.context.reading():
            self._hold_ids(placed)
            self._hold_ordered(placed)
            self.hold_amounts(placed)
            self._hold_prices(placed, codes)
            status = {shown.status, *(str(part["status"]) for part in shown.parts)}
            invoice = shown.invoice.get("status", "Unpaid")
            due = "Unpaid" if not shown.invoice or money(shown.invoice, "balance") > 0 else "Paid"
            self.context.hold(PENDING, status == {"Pending"}, f"There is {' and '.join(sorted(status))}.")
            self.context.hold(PENDING, invoice == due, f"The invoice is {invoice} instead of {due}.")
            settled = money(shown.invoice, "credit") if shown.invoice else Decimal()
            whole = settled + money(shown.invoice, "total") if shown.invoice else Decimal()
            can = min(self.credit[wanted.client], whole)
        self.context.hold(CREDIT, settled == can, f"Of {can}, {settled} is settled by credit.")
        self.hold_credit(wanted.client, -settled)
        self.orders.append(placed)

    def _offered(self, wanted: Wanted) -> bool:
        """Whether all of it is what the catalogue has; an unknown product is not, and a code that has expired."""
        known = all(line.offer.product != NOBODY for line in wanted.lines)
        return known and (not wanted.promotion or wanted.promotion != self.context.ids.get("expired_promo"))

    def hold_credit(self, client: int, change: Decimal) -> None:
        """Hold that the client's credit has changed by so much."""
        before, now = self.credit[client], self.calls.credit(client)
        self.credit[client] = now
        self.context.hold(CREDIT, now == before + change, f"It was {before}, changed by {change}, and is {now}.")

    def _hold_created(self, placed: Placed) -> None:
        made, shown, hold, client = placed.made, placed.shown, self.context.hold, placed.wanted.client
        hold(CREATED, bool(shown.order), f"GetOrders does not find order {made.order}.")
        kinds = (
            ("service", made.services, shown.services, "clientid"),
            ("addon", made.addons, shown.addons, "userid"),
            ("domain", made.domains, shown.domains, "userid"),
        )
        with self.context.reading():
            for kind, ids, rows, owner in kinds:
                found = sorted(int(row["id"]) for row in rows)
                hold(
                    CREATED,
                    found == sorted(ids),
                    f"AddOrder names the {kind}s {as_json(ids)}, but there are {as_json(found)}.",
                )
                for row in rows:
                    is_ = (int(row["orderid"]), int(row[owner]))
                    why = f"The {kind} {row['id']} is of order {is_[0]} of client {is_[1]}."
                    hold(CREATED, is_ == (made.order, client), why)
            of = tuple(int(shown.order[name]) for name in ("id", "userid", "invoiceid"))
            due = (made.order, client, made.invoice or 0)
            hold(CREATED, of == due, f"Order, client and invoice are {as_json(of)} instead of {as_json(due)}.")
            if made.invoice:
                is_of = (shown.invoice.get("result"), int(shown.invoice.get("userid", 0)))
                hold(CREATED, is_of == ("success", client), f"Of the invoice {made.invoice} there is {as_json(is_of)}.")

    def _hold_ids(self, placed: Placed) -> None:
        made = placed.made
        new = [("order", str(made.order)), ("order number", str(placed.shown.order["ordernum"]))]
        new += [("invoice", str(made.invoice))] if made.invoice else []
        for kind, ids in (("service", made.services), ("addon", made.addons), ("domain", made.domains)):
            new += [(kind, str(each)) for each in ids]
        told = [f"{kind} {number}" for (kind, number), many in Counter(new).items() if many > 1]
        told += [f"{kind} {number}" for kind, number in new if (kind, number) in self.ids]
        self.context.hold(UNIQUE, not told, f"There was {' and '.join(told)} before.")
        self.ids.update(new)

    def _hold_ordered(self, placed: Placed) -> None:
        wanted, shown, hold = placed.wanted, placed.shown, self.context.hold
        asked_for = ALIGNED if wanted.has_gaps else ORDERED
        known = [line for line in wanted.lines if line.offer.product != NOBODY]
        asked: Any = sorted((line.domain, line.offer.product, line.offer.cycle) for line in known)
        has: Any = sorted((str(row["domain"]), int(row["pid"]), cycle(row["billingcycle"])) for row in shown.services)
        hold(ORDERED if len(known) == len(wanted.lines) else LEFT_OUT, has == asked, difference(asked, has))
        asked = sorted((line.domain, line.years) for line in known if line.years)
        has = sorted((str(row["domainname"]), int(row["regperiod"])) for row in shown.domains)
        hold(asked_for, has == asked, difference(asked, has))
        names = {int(row["id"]): str(row["domain"]) for row in shown.services}
        asked = sorted((line.domain, addon) for line in known for addon in line.addons)
        asked += [(str(service), int(wanted.more["addonid"])) for service in placed.beside]
        has = sorted(
            (names.get(int(row["serviceid"]), str(row["serviceid"])), int(row["addonid"])) for row in shown.addons
        )
        hold(asked_for, has == asked, difference(asked, has))
        lines = Counter(line["type"] for line in shown.order["lineitems"]["lineitem"])
        made, renewals = placed.made, len(wanted.more.get("domainrenewals", ()))
        due = {"product": made.services, "addon": made.addons, "domain": made.domains}
        if "renewal" in lines:  # nobody shows the line of a renewal: that there is one is chosen
            due["renewal"] = tuple(range(renewals))
        if not lines.keys() <= {*due, "renewal"}:  # what a line is called that is no product and no domain is chosen
            due = {kind: due[kind] for kind in ("product", "domain")}
            lines = Counter({kind: many for kind, many in lines.items() if kind in due})
        there = {kind: len(ids) for kind, ids in due.items() if ids}
        hold(ORDERED, dict(lines) == there, f"The lines differ. {difference(there, dict(lines))}")
        method = {str(row["paymentmethod"]) for row in (shown.order, *shown.parts)}
        hold(ORDERED, method == {wanted.method}, f"The payment method is {' and '.join(sorted(method))}.")

    def hold_amounts(self, placed: Placed) -> None:
        """Hold what the amounts of an order keep, whatever was done with it."""
        shown = placed.shown
        wrong = wrong_due(shown)
        self.context.hold(ASKED, wrong is None, wrong or "")
        wrong = wrong_amount(shown)
        self.context.hold(AMOUNT, wrong is None, wrong or "")
        if shown.invoice:
            wrong = wrong_invoice(shown.invoice)
            self.context.hold(INVOICE, wrong is None, wrong or "")
            wrong = wrong_tax(shown.invoice)
            self.context.hold(TAX, wrong is None, wrong or "")
        told, due = shown.order["paymentstatus"], shown.invoice.get("status", "")
        self.context.hold(STATUS, told == due, difference(due, told))

    def _hold_prices(self, placed: Placed, codes: list[Row]) -> None:
        """Hold what each line costs, with the promotion if there is one whose effect is known."""
        lines, due = placed.shown.order["lineitems"]["lineitem"], [*self._due(placed)]
        promotion = Promotion.of(codes[0], str(placed.shown.order["date"])[:10]) if codes else None
        if (codes and promotion is None) or len(lines) != len(due):
            return
        known = [(line, each) for line, each in zip(lines, due, strict=True) if each is not None]
        if promotion is None:
            for line, each in known:
                given = ALIGNED if placed.wanted.has_gaps else OVERRIDDEN
                law = given if self._overridden(placed, line) else PRICED
                costs = each.amount + each.setup
                self.context.hold(law, money(line, "amount") == costs, f"It costs {line['amount']} instead of {costs}.")
        elif len(known) == len(lines):
            off = promotion.taken_off([each for _, each in known])
            costs_ = [each.amount + each.setup - less for (_, each), less in zip(known, off, strict=True)]
            told = [money(line, "amount") for line, _ in known]
            why = f"With {placed.wanted.promotion}, the lines cost {as_json(told)} instead of {as_json(costs_)}."
            self.context.hold(PROMOTED, told == costs_, why)

    @staticmethod
    def _overridden(placed: Placed, line: Row) -> bool:
        given = {each.domain for each in placed.wanted.lines if each.override is not None}
        return line["type"] == "product" and line["domain"] in given

    def _due(self, placed: Placed) -> Any:
        """What each line of the order costs without a promotion; None where nobody has said so far."""
        products = {line.domain: line for line in placed.wanted.lines}
        addons = {int(row["id"]): row for row in placed.shown.addons}
        for line in placed.shown.order["lineitems"]["lineitem"]:
            if line["type"] == "product":
                of = products[line["domain"]]
                yield Priced(str(of.offer.product), of.amount, of.setup)
                continue
            if line["type"] == "addon":
                what = f"A{addons[int(line['relid'])]['addonid']}"
                many = cycle(line["billingcycle"])
            else:
                what, many = f"D.{line['domain'].partition('.')[2]}", str(line["billingcycle"])
            of_its_own = line["domain"] if line["type"] == "renewal" else what
            key = (f"{line['type']} {of_its_own}", many, placed.wanted.client)
            if not placed.wanted.promotion:
                self.prices.setdefault(key, money(line, "amount"))
            yield Priced(what, self.prices[key]) if key in self.prices else None
