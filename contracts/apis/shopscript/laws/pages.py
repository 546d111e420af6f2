"""The laws of a Shop-Script search: its pages are the whole list, the newest order first."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.shopscript.laws import reading as shop_reading
from counterfoil.contracts.apis.shopscript.laws.calls import MOST, Shop, Wanted, item
from counterfoil.contracts.phases.laws import pagination as slices
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.pagination import Slice, SliceLaws
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

_SLICES = SliceLaws(
    whole=Law(
        "pages_are_the_list",
        "The pages of a search together are the whole list, each order once and in its place.",
        "search_orders",
        "observed",
    ),
    sized=Law("limit_is_kept", "Every page but the last has as many orders as its limit.", "search_orders", "observed"),
    beyond=Law("page_beyond_is_empty", "A page beyond the last order is empty.", "search_orders", "observed"),
    told=Law(
        "page_says_where_it_stands",
        "`offset` and `limit` are those of the call, and `count` is that of all orders.",
        "search_orders",
        "observed",
    ),
)
NEWEST = Law("newest_is_first", "The newest order is the first.", "search_orders", "chosen")
CHOSEN = Law("chosen_are_found", "A search by ids finds those orders, and no others.", "search_orders", "observed")
WHOLE = Law("default_is_a_hundred", "Without a limit, a page has up to a hundred orders.", "search_orders", "chosen")

_ORDERS = 9
_NEW = "search/state_id=new"


class PagesMachine(RuleBasedStateMachine):
    """Reads searches page by page. A subclass has the context."""

    context: LawContext
    shop: Shop

    @rule(size=st.integers(1, 5), chosen=st.sets(st.integers(0, _ORDERS - 1), min_size=1), state=st.booleans())
    def read(self, size: int, chosen: set[int], state: bool) -> None:
        """Read some orders of the run's own in pages; and where nobody else is at work, all that there are."""
        self.context.begin()
        own = self.context.once("orders", self._placed)
        wanted = sorted((own[each % len(own)] for each in chosen), reverse=True)
        selector = f"id/{','.join(map(str, sorted(set(wanted))))}"
        found = [each.id for each in self.shop.search(selector).orders]
        self.context.hold(CHOSEN, sorted(found) == sorted(set(wanted)), f"{selector} finds {found}.")
        self._hold(selector, size)
        if self.context.alone:
            self._hold(_NEW if state else "", size)

    def _hold(self, selector: str, size: int) -> None:
        name = f"The search for {selector or 'everything'}"
        whole = self.shop.search(selector).orders
        listed = [each.id for each in whole]
        self.context.hold(NEWEST, listed == sorted(listed, reverse=True), f"{name} finds {listed}.")
        by_default = self._first(selector)
        why = f"{name} finds {by_default} of {len(whole)} orders."
        self.context.hold(WHOLE, by_default == min(len(whole), 100), why)

        def read(offset: int, limit: int) -> Slice:
            found = self.shop.search(selector, offset, limit)
            told = {"offset": found.offset, "limit": found.limit}
            return Slice([each.facts for each in found.orders], found.count, told, {"offset": offset, "limit": limit})

        if len(whole) < MOST:
            slices.hold(self.context, _SLICES, name, read, [each.facts for each in whole], size)

    def _first(self, selector: str) -> int:
        """How many orders come without being asked for a number."""
        query: dict[str, Any] = {"hash": selector} if selector else {}
        exchange, _ = self.shop.call("search_orders", **query)
        with self.context.reading():
            return len(exchange.tree["orders"])

    def _placed(self) -> list[int]:
        placed = []
        for number in range(_ORDERS):
            wanted = Wanted([item(self.context, number, 1, 0)], {"contact_id": self.context.ids["contact"]})
            exchange, _ = self.shop.call("add_order", wanted.body)
            with self.context.reading():
                placed.append(shop_reading.order(exchange.tree).id)
        return placed


def _machine(context: LawContext) -> Machine:
    return type("PagesMachine", (PagesMachine,), {"context": context, "shop": Shop(context)})


PAGES = StatefulTest(
    contract="shopscript",
    name="pages",
    description="searches that are read page by page",
    operation="search_orders",
    laws=(*_SLICES.all, NEWEST, CHOSEN, WHOLE),
    machine=_machine,
    needs=("contact", "sku"),
    sizes={"smoke": (4, 1), "gate": (12, 2), "deep": (40, 5)},
)
