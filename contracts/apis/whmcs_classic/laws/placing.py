"""The laws of AddOrder: what was asked for is made, for that client and no other, at the price that it has."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Made, Row, Shown, cycle
from counterfoil.contracts.apis.whmcs_classic.laws.money import Priced, Promotion, money, wrong_amounts
from counterfoil.contracts.apis.whmcs_classic.laws.wanted import Line, Offer, Wanted, offers
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.declared.choices import NOBODY
from counterfoil.reports.mismatch import told as as_json

SOLD = Law(
    "sold_can_be_ordered", "A client can order what the catalogue offers.", "add_order", promises=("adds_a_new_order",)
)
CREATED = Law(
    "created_is_there",
    "What AddOrder names is there, and is that client's and of that order.",
    "add_order",
    "published",
    promises=(
        "productids_are_the_services",
        "addonids_are_the_addons",
        "domainids_are_the_domains",
        "clientid_names_the_client",
    ),
)
ORDERED = Law(
    "ordered_is_made",
    "An order makes the products, cycles, domains, years and addons asked for.",
    "add_order",
    promises=(
        "pid_names_the_product",
        "domain_names_the_domain",
        "billingcycle_decides_how_often_is_paid",
        "regperiod_counts_years",
        "addons_are_a_list_of_ids",
    ),
)
LEFT_OUT = Law(
    "unknown_is_left_out", "An unknown product and an expired code contribute nothing.", "add_order", "chosen"
)
ALIGNED = Law(
    "indexes_align", "What has one index is of one line, where others have nothing for it.", "add_order", "chosen"
)
PENDING = Law(
    "new_is_pending",
    "A new order is Pending, and so is what it made; its invoice is not paid.",
    "add_order",
    "published",
)
PRICED = Law(
    "lines_cost_what_they_cost", "A line costs what the catalogue says, or what it cost before.", "get_orders", "chosen"
)
PROMOTED = Law(
    "promotion_takes_off",
    "A promotion takes off what it says, where it is meant for.",
    "get_orders",
    "chosen",
    promises=("promocode_applies_to_the_order",),
)
CREDIT = Law(
    "credit_is_kept",
    "A client's credit settles what it can, and returns with what is cancelled, deleted or paid too much.",
    "get_clients_details",
    "chosen",
)
UNINVOICED = Law(
    "noinvoice_makes_none",
    "An order with noinvoice has no invoice.",
    "add_order",
    "documented",
    promises=("noinvoice_makes_no_invoice",),
)
STOCK = Law("stock_is_counted", "What is cancelled is for sale again.", "get_products", "chosen")
SINKS = Law("stock_sinks_with_an_order", "What is ordered is not for sale any more.", "get_products")

PLACING_LAWS = (
    SOLD, CREATED, ORDERED, LEFT_OUT, ALIGNED, PENDING, PRICED, PROMOTED, CREDIT, UNINVOICED, STOCK, SINKS,
)  # fmt: skip

MOST = 6  # orders in a run
INDEX = st.integers(0, 20)
_ADDONS = ("addon", "other_addon", "onetime_addon")
_CODES = ("promo", "other_promo", "expired_promo", "recurring_promo")
_LINE = st.tuples(INDEX, st.sampled_from(("plain", "addons", "choices", "domain")), st.integers(1, 3))


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

    @precondition(lambda self: len(self.orders) < MOST and "limited_product" in self.context.ids)
    @rule(many=st.integers(1, 2))
    def order_the_limited(self, many: int) -> None:
        """Order so many of a product that may be out of stock."""
        left = self.calls.left_in_stock()
        offered = offers(self.context, self.calls, self.clients[0], ("limited_product",))
        lines = [self._line(offer, "plain", 1) for offer in offered[:1] * many]
        if left is None or not lines:
            return
        self._place(Wanted(self.clients[0], self._method(0), lines), limited=many, sold=many <= left)
        due, now = left - (many if many <= left else 0), self.calls.left_in_stock()
        self.context.hold(
            SINKS, self.context.may_be_left(due, now), f"Of {left}, {many} were ordered, and there are {now}."
        )

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
            choices=offer.choices if how == "choices" else (),
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
        is_none_due = bool(wanted.more.get("noinvoice"))
        self.context.hold(UNINVOICED, not (is_none_due and made.invoice), f"There is the invoice {made.invoice}.")
        shown = self.calls.shown(made, beside)
        placed = Placed(wanted, made, shown, beside, limited)
        with self.context.reading():
            self.hold_made(placed)
            self._hold_prices(placed, codes)
            status = {shown.status, *(str(part["status"]) for part in shown.parts)}
            invoice = shown.invoice.get("status", "Unpaid")
            due = "Unpaid" if not shown.invoice or money(shown.invoice, "balance") > 0 else "Paid"
            self.context.hold(PENDING, status == {"Pending"}, f"There is {' and '.join(sorted(status))}.")
            self.context.hold(PENDING, invoice == due, f"The invoice is {invoice} instead of {due}.")
            settled, left = (money(shown.invoice, name) if shown.invoice else Decimal() for name in ("credit", "total"))
            can = min(self.credit[wanted.client], settled + left)
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

    def hold_made(self, placed: Placed) -> None:
        """Hold what is so of an order whatever was done with it: it has all that was asked for, and its amounts add up."""
        self._hold_created(placed)
        self._hold_ordered(placed)
        for law, wrong in wrong_amounts(placed.shown):
            self.context.hold(law, not wrong, wrong)

    def _hold_created(self, placed: Placed) -> None:
        made, shown, hold, client = placed.made, placed.shown, self.context.hold, placed.wanted.client
        hold(CREATED, bool(shown.order), f"GetOrders does not find order {made.order}.")
        kinds = (
            (made.services, shown.services, "clientid"),
            (made.addons, shown.addons, "userid"),
            (made.domains, shown.domains, "userid"),
        )
        for ids, rows, owner in kinds:
            found = sorted((int(row["id"]), int(row["orderid"]), int(row[owner])) for row in rows)
            wanted = sorted((each, made.order, client) for each in ids)
            hold(CREATED, found == wanted, f"Id, order and client are others: {difference(wanted, found)}")
        if made.invoice:
            is_of = (shown.invoice.get("result"), int(shown.invoice.get("userid", 0)))
            hold(CREATED, is_of == ("success", client), f"Of the invoice {made.invoice} there is {as_json(is_of)}.")

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
        names = {str(row["id"]): str(row["domain"]) for row in shown.services}
        asked = sorted((line.domain, addon) for line in known for addon in line.addons)
        asked += [(str(service), int(wanted.more["addonid"])) for service in placed.beside]
        of = [names.get(str(row["serviceid"]), str(row["serviceid"])) for row in shown.addons]
        has = sorted(zip(of, (int(row["addonid"]) for row in shown.addons), strict=True))
        hold(asked_for, has == asked, difference(asked, has))
        self._hold_lines(placed)
        method = {str(row["paymentmethod"]) for row in (shown.order, *shown.parts)}
        hold(ORDERED, method == {wanted.method}, f"The payment method is {' and '.join(sorted(method))}.")

    def _hold_lines(self, placed: Placed) -> None:
        made, told = placed.made, Counter(line["type"] for line in placed.shown.order["lineitems"]["lineitem"])
        due = {"product": len(made.services), "addon": len(made.addons), "domain": len(made.domains)}
        if "renewal" in told:  # nobody shows the line of a renewal: that there is one is chosen
            due["renewal"] = len(placed.wanted.more.get("domainrenewals", ()))
        if told.keys() - due.keys():  # what a line is called that is no product and no domain is chosen
            due = {kind: due[kind] for kind in ("product", "domain")}
        there = {kind: told[kind] for kind in due}
        self.context.hold(ORDERED, there == due, f"The lines differ. {difference(due, there)}")

    def _hold_prices(self, placed: Placed, codes: list[Row]) -> None:
        """Hold what each line costs, with the promotion if there is one whose effect is known."""
        lines = placed.shown.order["lineitems"]["lineitem"]
        told, due = [money(line, "amount") for line in lines], [self._due(placed, line) for line in lines]
        known = [each for each in due if each is not None]
        if not codes:
            for is_, each in zip(told, due, strict=True):
                wanted = is_ if each is None else each.costs
                self.context.hold(PRICED, is_ == wanted, f"It costs {is_} instead of {wanted}.")
            return
        promotion = Promotion.of(codes[0], str(placed.shown.order["date"])[:10])
        if promotion is not None and len(known) == len(lines):
            costs = [each.costs - less for each, less in zip(known, promotion.taken_off(known), strict=True)]
            why = f"With {placed.wanted.promotion}, the lines cost {as_json(told)} instead of {as_json(costs)}."
            self.context.hold(PROMOTED, told == costs, why)

    def _due(self, placed: Placed, line: Row) -> Priced | None:
        """What a line costs without a promotion; None where nobody has said so far."""
        if line["type"] == "product":
            of = {each.domain: each for each in placed.wanted.lines}[line["domain"]]
            return Priced(str(of.offer.product), of.amount, of.setup)
        what, many = f"D.{line['domain'].partition('.')[2]}", str(line["billingcycle"])
        if line["type"] == "addon":
            addons = {int(row["id"]): row["addonid"] for row in placed.shown.addons}
            what, many = f"A{addons[int(line['relid'])]}", cycle(line["billingcycle"])
        of_its_own = line["domain"] if line["type"] == "renewal" else what
        key = (f"{line['type']} {of_its_own}", many, placed.wanted.client)
        if not placed.wanted.promotion:
            self.prices.setdefault(key, money(line, "amount"))
        return Priced(what, self.prices[key]) if key in self.prices else None
