"""Carts that hold a bit of everything, one of each caller: what is in them, and what they come to.

Nothing here is drawn: the few calls are the same in every run, so that also the shortest one sees them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, users
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import Offer, offers
from counterfoil.contracts.apis.whmcs_rest.laws.lines import value
from counterfoil.contracts.apis.whmcs_rest.laws.sums import (
    DISPLAYED,
    ONE_CURRENCY,
    RECURS,
    SUBTOTAL,
    TAXED,
    TOTAL,
    sums_told,
)
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.reports.mismatch import told as as_json

ADDED = Law(
    "what_is_added_is_there",
    "What is put into a cart is in it, as often and with the addons that were asked for, beside what was there before.",
    "add_cart_items",
    promises=("items_are_added",),
)
CHANGED = Law(
    "a_quantity_changes_alone",
    "Another quantity of a product leaves its addons, and what is beside it.",
    "update_cart_item",
    promises=("an_item_is_changed",),
)
SEVERAL = Law(
    "several_cost_several_times_as_much",
    "So many of a product that is sold in any quantity cost so many times what one costs; setup fees may be due once.",
    "add_cart_items",
    promises=("a_carts_totals_follow_from_its_items",),
)
NAMED = Law(
    "a_name_costs_what_its_availability_says",
    "A registration is in the cart with the extras that were asked for, at the price of so many years.",
    "add_cart_items",
    promises=("items_are_added", "tlds_have_prices"),
)
PLACED = Law(
    "a_users_taxes_follow_the_client",
    "With a login, the address of the client decides the taxes, whatever place the cart is given.",
    "set_cart_geolocation",
    promises=("a_user_is_taxed_where_the_client_lives",),
)
KEPT_PLACE = Law(
    "a_guests_place_is_shown",
    "The place that is set for a guest's cart stands in its totals.",
    "set_cart_geolocation",
    promises=("a_guest_is_taxed_where_the_cart_is",),
)
ASSOCIATED = Law(
    "all_that_is_associated_is_there",
    "Of addons and options that are associated with an item in one call, all are there as asked.",
    "add_cart_item_addons",
    promises=("addons_are_added_to_an_item", "config_options_are_chosen"),
)
DELETED = Law(
    "a_deleted_item_goes_alone",
    "An item that is deleted leaves those beside it, equal ones too.",
    "delete_cart_item",
    promises=("an_item_is_deleted",),
)
REMOVED = Law(
    "a_removed_code_is_gone",
    "A code that is removed from a cart is no promotion of it any more.",
    "remove_cart_promotion",
    promises=("a_code_is_removed",),
)
WHOLE_TEXT = Law(
    "answers_are_kept_whole",
    "What is answered to a custom field is read again to its last letter.",
    "update_cart_item_custom_field",
    promises=("one_custom_field_is_answered",),
)

_LAWS = (
    ADDED, CHANGED, ASSOCIATED, DELETED, REMOVED, SEVERAL, NAMED, PLACED, KEPT_PLACE, WHOLE_TEXT, SUBTOTAL, TOTAL, TAXED, RECURS, ONE_CURRENCY, DISPLAYED,
)  # fmt: skip

_EXTRAS = ("dns_management", "email_forwarding", "id_protection")
#: letters of one byte, of several, of two code units, and one that ends a text in some languages
_TEXTS = ("Zo\u00eb \u65e5\u672c \U0001f642", "before\x00after")
_MANY = 3

Contents = Mapping[str, Any]


class FilledMachine(RuleBasedStateMachine):
    """A cart of each caller. A subclass has the context, and who calls."""

    context: LawContext
    callers: tuple[Caller, ...]

    @rule()
    def fill(self) -> None:
        """Fill a cart of each, and look into it after every call."""
        for caller in self.callers:
            self.context.begin()
            _Filled(self.context, caller).everything()


class _Filled:
    """One caller's cart."""

    def __init__(self, context: LawContext, caller: Caller) -> None:
        self.context, self.caller = context, caller
        with context.reading():
            self.path = {"cart_id": caller.call("create_cart")[0].tree["data"]["id"]}
        self.signs: dict[str, tuple[str, str]] = context.once("signs", self._signs)
        self.contents: Contents = {"items": []}

    def _signs(self) -> dict[str, tuple[str, str]]:
        with self.context.reading():
            every = self.caller.call("list_currencies", query={"page_size": 500})[0].tree["data"]
            return {
                each["code"]: (str(each.get("prefix", "")).strip(), str(each.get("suffix", "")).strip())
                for each in every
            }

    def call(self, operation: str, body: Any = None, **path: Any) -> bool:
        """Call an operation on the cart and look into it; whether it was accepted."""
        _, got = self.caller.call(operation, {**self.path, **path}, body)
        self.look()
        return got.accepted

    def look(self) -> None:
        """Read the cart: whatever is in it, its sums have to follow."""
        exchange, _ = self.caller.call("get_cart", self.path, query={"page_size": 500})
        with self.context.reading():
            self.contents = exchange.tree["data"]
            for law, wrong in sums_told(self.contents, self.signs):
                self.context.hold(law, wrong is None, wrong or "")

    def everything(self) -> None:
        """One step after the other."""
        known = offers(self.context, self.caller)
        several = next((each for each in known if each.several and each.price.amount > 0), None)
        if several is not None:
            self._several(several)
        self._add(known)
        self._answer()
        self._register()
        self._place()
        if "promo" in self.context.ids:
            self.call("apply_cart_promotion", {"code": self.context.ids["promo"]})
            if self.call("remove_cart_promotion"):
                with self.context.reading():
                    left = [each["code"] for each in self.contents["promotions"] if each]
                self.context.hold(REMOVED, not left, f"There is still {', '.join(map(str, left))}.")

    def _several(self, offer: Offer) -> None:
        costs = [cost for many in (1, _MANY) if (cost := self._subtotal(offer, many)) is not None]
        if len(costs) > 1:
            one, so_many = costs
            due = {one * _MANY, (one - offer.price.setup) * _MANY + offer.price.setup}
            self.context.hold(SEVERAL, so_many in due, f"One costs {one}, and {_MANY} cost {so_many}.")
        self.call("clear_cart_items")

    def _subtotal(self, offer: Offer, many: int) -> Decimal | None:
        """What so many of it alone come to."""
        self.call("clear_cart_items")
        if not self.call("add_cart_items", {"items": [_item(offer, many)]}):
            return None
        with self.context.reading():
            return value(self.contents["totals"]["subtotal"])

    def _add(self, known: list[Offer]) -> None:
        """Add two products at once, then one of them twice, then other cycles."""
        firsts = list({each.product: each for each in reversed(known)}.values())[::-1][:2]
        wanted = Counter[int]()
        addons = Counter[int]()
        again = [_item(each, 1) for each in firsts[:1]]
        others = [[_item(each, 2 if each.several else 1)] for each in known[1:3]]
        for items in ([_item(each, 1, addons=2) for each in firsts], again, again, *others):
            if not items or not self.call("add_cart_items", {"items": items}):
                continue
            for item in items:
                wanted[item["product_id"]] += item["quantity"]
                addons.update(each["id"] for each in item["addons"])
            with self.context.reading():
                there, with_them = Counter[int](), Counter[int]()
                for told in self._products():
                    there[told["product"]["id"]] += told["quantity"]
                    with_them.update(each["addon"]["id"] for each in told.get("addons") or ())
            why = f"Asked was for {as_json(wanted)}, and there is {as_json(there)}."
            self.context.hold(ADDED, there == wanted, why)
            lacking = addons.keys() - with_them.keys()
            self.context.hold(ADDED, not lacking, f"The addons {as_json(lacking)} were asked for, and are not there.")
        self._change(known)
        self._associate(known)
        self._delete()

    def _delete(self) -> None:
        """Delete the last product."""
        with self.context.reading():
            before = [each["item_id"] for each in self._products()]
        if before and self.call("delete_cart_item", item_id=before[-1]):
            with self.context.reading():
                after = [each["item_id"] for each in self._products()]
            self.context.hold(DELETED, after == before[:-1], f"There were {as_json(before)}, and are {as_json(after)}.")

    def _associate(self, known: list[Offer]) -> None:
        """Give an item without addons several at once, and choose all options of the one that has the most."""
        offered = {each.product: each for each in reversed(known)}
        with self.context.reading():
            items = [
                (each, offered[each["product"]["id"]]) for each in self._products() if each["product"]["id"] in offered
            ]
            bare = [each for each in items if not each[0].get("addons")]
            chosen = max(items, key=lambda each: len(each[1].options), default=None)
        if bare:
            self._put("addons", "add_cart_item_addons", *bare[0])
        if chosen is not None:
            self._put("config_options", "set_cart_item_config_options", *chosen)

    def _put(self, name: str, operation: str, item: Mapping[str, Any], offer: Offer) -> None:
        wanted = offer.item(1, 2, 1)[name]
        if not wanted or not self.call(operation, {name: wanted}, item_id=item["item_id"]):
            return
        with self.context.reading():
            now = next(each for each in self._products() if each["item_id"] == item["item_id"])
            there: dict[int, Any] = {each["addon"]["id"]: None for each in now.get("addons") or ()}
            if name == "config_options":
                there = {each["id"]: each.get("option", {}).get("value") for each in now.get(name) or ()}
        lacking = [each for each in wanted if each["id"] not in there or there[each["id"]] != each.get("value")]
        self.context.hold(ASSOCIATED, not lacking, f"{name}: {as_json(lacking)} is not there.")

    def _change(self, known: list[Offer]) -> None:
        several = {each.product for each in known if each.several}
        for item in self._products():
            if not (item.get("addons") and item["product"]["id"] in several):
                continue
            before = self._addons()
            body = {"type": "product", "quantity": item["quantity"] + 1, "billing_cycle": item["billing"]["cycle"]}
            if self.call("update_cart_item", body, item_id=item["item_id"]):
                after = self._addons()
                why = f"There were the addons {as_json(before)}, and are {as_json(after)}."
                self.context.hold(CHANGED, before == after, why)
            return

    def _products(self) -> Iterator[Mapping[str, Any]]:
        return (each for each in self.contents["items"] if each.get("type") == "product")

    def _addons(self) -> list[int]:
        with self.context.reading():
            return sorted(each["addon"]["id"] for item in self._products() for each in item.get("addons") or ())

    def _answer(self) -> None:
        """Answer a text field with letters that some programs lose."""
        for item in self._products():
            for field in item.get("custom_fields") or ():
                if field["type"] not in ("text", "textarea") or field.get("validation"):
                    continue
                path = {"item_id": item["item_id"], "custom_field_id": field["id"]}
                for text in _TEXTS:
                    if not self.call("update_cart_item_custom_field", {"value": text}, **path):
                        continue
                    exchange, _ = self.caller.call("get_cart_item_custom_field", {**self.path, **path})
                    with self.context.reading():
                        told = str(exchange.tree["data"]["value"])
                    cut = told != text and text.startswith(told)
                    why = f"{as_json(text)} was answered, and {as_json(told)} is read."
                    self.context.hold(WHOLE_TEXT, not cut and (told == text or "\0" in text), why)
                return

    def _register(self) -> None:
        """Register a name without extras, for the fewest years and for the most that have a price."""
        name = self.context.ids.get("free_name")
        if name is None:
            return
        told, got = self.caller.call("get_domain_availability", query={"domain": name})
        if not got.accepted:
            return
        with self.context.reading():
            domain = told.tree["data"]["domain"]
            prices = {each["period"]: value(each["register"]) for each in domain["pricing"] if each.get("register")}
            if domain.get("is_premium"):
                return
        for years in sorted({min(prices), max(prices)}) if prices else ():
            asked = {"type": "domain_register", "name": name, "period": years, **dict.fromkeys(_EXTRAS, False)}
            if not self.call("add_cart_items", {"items": [asked]}):
                continue
            with self.context.reading():
                item = [each for each in self.contents["items"] if each.get("name") == name][-1]
                extras = [extra for extra in _EXTRAS if item.get(extra) is True]
                price = item["billing"]["price"]
                cost = sum((value(each["setup"]) + value(each["amount"]) for each in price.values()), Decimal())
                is_one = len(price) == 1 and item["billing"].get("price")
            self.context.hold(NAMED, not extras, f"No extras were asked for, and there are {', '.join(extras)}.")
            why = f"{name} for {years} years costs {prices[years]}, and {cost} in the cart."
            self.context.hold(NAMED, not is_one or cost == prices[years], why)
            self.call("delete_cart_item", item_id=item["item_id"])

    def _place(self) -> None:
        """Say where the cart is: a guest is there, and a user's client where it lives."""
        before = self.contents
        country = self.context.ids.get("taxed_country")
        for each in filter(None, (country, self.context.ids.get("untaxed_country"))):
            if not self.call("set_cart_geolocation", {"country_code": each}):
                continue
            with self.context.reading():
                totals = self.contents["totals"]
                if self.caller.is_user:
                    was, is_ = before["totals"].get("taxes") or [], totals.get("taxes") or []
                    why = f"In {each}, the taxes are {as_json(is_)} instead of {as_json(was)}."
                    self.context.hold(PLACED, was == is_, why)
                else:
                    told = (totals.get("geolocation") or {}).get("country_code")
                    self.context.hold(KEPT_PLACE, told == each, f"The place is {told} instead of {each}.")
        if country is not None and not self.caller.is_user:
            self.call("set_cart_geolocation", {"country_code": country})


def _item(offer: Offer, quantity: int, addons: int = 0) -> dict[str, Any]:
    return offer.item(quantity, addons, 0)


def _machine(context: LawContext) -> Machine:
    known = tuple(Caller(context, name) for name in users(context.world))
    return type("FilledMachine", (FilledMachine,), {"context": context, "callers": (Caller(context), *known[:2])})


FILLED_CARTS = StatefulTest(
    contract="whmcs-rest",
    name="filled carts",
    description="carts with a bit of everything, one of each caller, and what they come to",
    operation="get_cart",
    laws=_LAWS,
    machine=_machine,
    needs=("product",),
    sizes={"smoke": (1, 1), "gate": (1, 1), "deep": (1, 1)},
)
