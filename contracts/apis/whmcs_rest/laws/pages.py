"""The laws of lists: their pages are the whole list, and `meta` says where a page stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, users
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

CONCATENATED = Law(
    "pages_are_the_list",
    "The pages of a list together are the whole list, each entry once.",
    "list_products",
    promises=("a_page_is_chosen",),
)
SIZED = Law(
    "page_size_is_kept",
    "Every page but the last has as many entries as were asked for.",
    "list_products",
    promises=("a_page_has_the_size_asked_for",),
)
BEYOND = Law("page_beyond_is_empty", "A page beyond the last is empty.", "list_products", "chosen")
META = Law("meta_is_true", "What `meta` says is so.", "list_tld_pricing", promises=("meta_tells_where_a_page_stands",))

_MOST_PAGES = 8
_WHOLE = 500  # the largest page that the contract has


@dataclass(frozen=True)
class _List:
    """A list that comes in pages. `known` says which known ids stand in which place of its path."""

    operation: str
    has_meta: bool = False
    below: str = ""
    of_user: bool = False
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    known: Mapping[str, str] = field(default_factory=dict)


_LISTS = (
    _List("list_tld_pricing", has_meta=True),
    _List("list_spotlight_tld_pricing", has_meta=True),
    _List("list_idn_languages", has_meta=True),
    _List("check_spotlight_domains", has_meta=True, query={"domain": "counterfoil"}),
    _List("query_domain_suggestions", has_meta=True, body={"term": "counterfoil"}),
    _List("list_countries"),
    _List("list_currencies"),
    _List("list_billing_cycles"),
    _List("list_payment_methods"),
    _List("list_products"),
    _List("list_product_groups"),
    _List("list_product_addons", known={"product_id": "product"}),
    _List("list_product_custom_fields", known={"product_id": "product"}),
    _List("list_product_config_options", known={"product_id": "product"}),
    _List("get_country", below="states", known={"country_code": "country"}),
    _List("get_cart", below="items"),
    _List("list_user_clients", of_user=True),
    _List("list_services", of_user=True),
    _List("list_domains", of_user=True),
    _List("list_carts", of_user=True),
)


class PagesMachine(RuleBasedStateMachine):
    """Reads lists page by page. A subclass has the context, and who calls."""

    context: LawContext
    lists: tuple[_List, ...]
    guest: Caller
    user: Caller | None

    @rule(index=st.integers(0, len(_LISTS) - 1), size=st.integers(1, 7))
    def read(self, index: int, size: int) -> None:
        """Read a list as a whole, and then in pages of a size that makes few enough of them."""
        one = self.lists[index % len(self.lists)]
        self.context.begin()
        if one.below and not self.context.alone:
            return  # that a list inside of an object comes in pages is our choice
        whole, _ = self._page(one, 1, _WHOLE)
        size = max(size, -(-len(whole) // _MOST_PAGES))
        last = max(1, -(-len(whole) // size))
        read: list[Any] = []
        for number in range(1, last + 1):
            page, meta = self._page(one, number, size)
            full = len(page) == size or (number == last and len(page) <= size)
            self.context.hold(
                SIZED, full, f"Page {number} of {last} of {one.operation} has {len(page)} instead of {size}."
            )
            self._hold_meta(one, meta, len(whole), number, size)
            read += page
        why = f"{one.operation} has {len(whole)} entries; its pages of {size} have {len(read)}, or others."
        self.context.hold(CONCATENATED, read == whole, why)
        beyond, meta = self._page(one, last + 1, size)
        self.context.hold(
            BEYOND, not beyond, f"Page {last + 1} of {last} of {one.operation} has {len(beyond)} entries."
        )
        self._hold_meta(one, meta, len(whole), last + 1, size)

    def _hold_meta(self, one: _List, meta: Any, total: int, number: int, size: int) -> None:
        if one.has_meta and meta is not None:
            pages = max(1, -(-total // size))
            wanted = {"total_items": total, "page": number, "total_pages": pages, "page_size": size}
            told = {name: meta.get(name) for name in wanted} if isinstance(meta, dict) else meta
            self.context.hold(META, told == wanted, f"{one.operation}: expected were {wanted}, but there are {told}.")

    def _page(self, one: _List, number: int, size: int) -> tuple[list[Any], Any]:
        """The entries of a page, and its `meta`, if it has one."""
        path = {name: self.context.ids[known] for name, known in one.known.items()}
        if one.operation == "get_cart":
            path = {"cart_id": _filled_cart(self.context, self.guest)}
        caller = self.user if one.of_user and self.user else self.guest
        query = {**one.query, "page": number, "page_size": size}
        exchange, _ = caller.call(one.operation, path, one.body, query)
        with self.context.reading():
            data = exchange.tree["data"]
            return list(data[one.below] if one.below else data), exchange.tree.get("meta")


def _filled_cart(context: LawContext, caller: Caller) -> str:
    """A cart with several items, filled once in a stateful test."""

    def fill() -> str:
        with context.reading():
            place = {"cart_id": caller.call("create_cart")[0].tree["data"]["id"]}
            item = {"type": "product", "product_id": context.ids["product"], "billing_cycle": None}
            caller.call("add_cart_items", place, {"items": [item] * 5})
            return str(place["cart_id"])

    cart: str = context.once("filled cart", fill)
    return cart


def _machine(context: LawContext) -> Machine:
    guest = Caller(context)
    user = next((Caller(context, name) for name in users(context.world)), None)
    known = [one for one in _LISTS if all(name in context.ids for name in one.known.values())]
    lists = tuple(one for one in known if user or not one.of_user)
    return type("PagesMachine", (PagesMachine,), {"context": context, "lists": lists, "guest": guest, "user": user})


PAGES = StatefulTest(
    contract="whmcs-rest",
    name="pages",
    description="lists that are read page by page",
    operation="list_products",
    laws=(CONCATENATED, SIZED, BEYOND, META),
    machine=_machine,
    needs=("product",),
    sizes={"smoke": (5, 2), "gate": (20, 3), "deep": (40, 5)},
)
