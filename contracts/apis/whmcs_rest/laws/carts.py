"""Carts that hold a bit of everything, one of each caller: what is in them, and what they come to."""

from collections import Counter
from decimal import Decimal
from typing import Any

from counterfoil.contracts.apis.whmcs_rest.laws.callers import LONGEST_PAGE, Caller, Cart, Contents, users, value
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import Offer, offers
from counterfoil.contracts.apis.whmcs_rest.laws.sums import SUMS, lines, sums_told
from counterfoil.contracts.apis.whmcs_rest.laws.walks import walk
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference
from counterfoil.reports.mismatch import told as as_json

OFFERED = Law(
    "offered_can_be_added",
    "What the catalogue offers can be put into a cart.",
    "add_cart_items",
    promises=("items_are_added",),
)
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
COUNTED = Law("counter_counts", "The counter counts the items and their addons.", "get_cart_counter", "chosen")
PROMOTED = Law(
    "promotion_is_shown",
    "An applied code stands among the promotions of the cart.",
    "apply_cart_promotion",
    promises=("a_code_is_applied", "applied_codes_are_listed"),
)
TAKEN_BACK = Law(
    "promotion_leaves_no_trace",
    "A code that is removed from a cart is no promotion of it any more, and the totals are as they were.",
    "remove_cart_promotion",
    promises=("a_code_is_removed",),
)
OWNED = Law(
    "a_users_cart_is_no_strangers",
    "The cart of a user who is logged in is shown to no guest and to no other user.",
    "get_cart",
    promises=("a_state_opens_the_cart_of_a_user",),
)
WHOLE_TEXT = Law(
    "answers_are_kept_whole",
    "What is answered to a custom field is read again to its last letter.",
    "update_cart_item_custom_field",
    promises=("one_custom_field_is_answered",),
)

_LAWS = (
    OFFERED, ADDED, CHANGED, SEVERAL, NAMED, PLACED, KEPT_PLACE, ASSOCIATED, DELETED, COUNTED, PROMOTED, TAKEN_BACK, OWNED, WHOLE_TEXT,
)  # fmt: skip

_EXTRAS = ("dns_management", "email_forwarding", "id_protection")
#: letters of one byte, of several, of two code units, and one that ends a text in some languages
_TEXTS = ("Zo\u00eb \u65e5\u672c \U0001f642", "before\x00after")
_MANY = 3


def _fill(context: LawContext) -> None:
    """Fill a cart of a guest, and of two users, and let the others look into it."""
    callers = [Caller(context), *(Caller(context, name) for name in users(context.world)[:2])]
    for caller in callers:
        context.begin()
        cart = _Filled(context, caller)
        cart.everything()
        for stranger in callers if caller.is_user else ():
            if stranger is not caller:
                _, got = stranger.call("get_cart", cart.path)
                context.hold(OWNED, not got.accepted, f"To {stranger.name}, get_cart is {got}.")


class _Filled(Cart):
    """One caller's cart, which is looked into after every call."""

    def __init__(self, context: LawContext, caller: Caller) -> None:
        super().__init__(context, caller)
        self.offers = offers(context, caller)
        self.signs: dict[str, tuple[str, str]] = context.once("signs", self._signs)

    def _signs(self) -> dict[str, tuple[str, str]]:
        with self.context.reading():
            every = self.caller.call("list_currencies", query={"page_size": LONGEST_PAGE})[0].tree["data"]
            return {
                each["code"]: (str(each.get("prefix", "")).strip(), str(each.get("suffix", "")).strip())
                for each in every
            }

    def change(self, operation: str, body: Any = None, **path: Any) -> bool:
        """Call an operation that changes the cart; whether it was accepted. Whatever is in the cart, its sums follow."""
        _, got = self.call(operation, body, **path)
        self.look()
        with self.context.reading():
            for law, wrong in sums_told(self.contents, self.signs):
                self.context.hold(law, wrong is None, wrong or "")
        return got.accepted

    @property
    def products(self) -> list[Contents]:
        """The products in the cart."""
        return [each for each in self.contents["items"] if each.get("type") == "product"]

    def everything(self) -> None:
        """One step after the other."""
        several = next((each for each in self.offers if each.several and each.amount > 0), None)
        if several is not None:
            self._several(several)
        self._add()
        self._change()
        self._associate()
        self._delete()
        self._count()
        self._answer()
        self._register()
        self._place()
        self._promote()

    def _several(self, offer: Offer) -> None:
        """Put one of it into the cart alone, and then so many."""
        costs = []
        for many in (1, _MANY):
            if self.change("add_cart_items", {"items": [offer.item(many)]}):
                with self.context.reading():
                    costs.append(value(self.contents["totals"]["subtotal"]))
            self.change("clear_cart_items")
        if len(costs) > 1:
            one, so_many = costs
            due = {one * _MANY, (one - offer.setup) * _MANY + offer.setup}
            self.context.hold(SEVERAL, so_many in due, f"One costs {one}, and {_MANY} cost {so_many}.")

    def _add(self) -> None:
        """Add two products at once, then one of them twice, then all the other cycles."""
        firsts = list({each.product: each for each in reversed(self.offers)}.values())[::-1][:2]
        again = [each.item() for each in firsts[:1]]
        others = [each.item(2 if each.several else 1) for each in self.offers if each not in firsts]
        wanted, addons = Counter[int](), Counter[int]()
        for items in filter(None, ([each.item(addons=2) for each in firsts], again, again, others)):
            accepted = self.change("add_cart_items", {"items": items})
            self.context.hold(OFFERED, accepted, f"It is refused: {as_json(items)}.")
            if not accepted:
                continue
            for item in items:
                wanted[item["product_id"]] += item["quantity"]
                addons.update(each["id"] for each in item["addons"])
            with self.context.reading():
                there, with_them = Counter[int](), Counter[int]()
                for told in self.products:
                    there[told["product"]["id"]] += told["quantity"]
                    with_them.update(each["addon"]["id"] for each in told.get("addons") or ())
            why = f"Asked was for {as_json(wanted)}, and there is {as_json(there)}."
            self.context.hold(ADDED, there == wanted, why)
            lacking = addons.keys() - with_them.keys()
            self.context.hold(ADDED, not lacking, f"The addons {as_json(lacking)} were asked for, and are not there.")

    def _change(self) -> None:
        """Change the quantity of a product that has addons."""
        several = {each.product for each in self.offers if each.several}
        with self.context.reading():
            able = [each for each in self.products if each.get("addons") and each["product"]["id"] in several]
        for item in able[:1]:
            before = self._addons()
            body = {"type": "product", "quantity": item["quantity"] + 1, "billing_cycle": item["billing"]["cycle"]}
            if self.change("update_cart_item", body, item_id=item["item_id"]):
                after = self._addons()
                why = f"There were the addons {as_json(before)}, and are {as_json(after)}."
                self.context.hold(CHANGED, before == after, why)

    def _addons(self) -> list[int]:
        with self.context.reading():
            return sorted(each["addon"]["id"] for item in self.products for each in item.get("addons") or ())

    def _associate(self) -> None:
        """Give an item without addons several at once, and choose all options of the one that has the most."""
        offered = {each.product: each for each in reversed(self.offers)}
        with self.context.reading():
            items = [(each, offered.get(each["product"]["id"])) for each in self.products]
        known = [(item, offer) for item, offer in items if offer is not None]
        bare = next((each for each in known if not each[0].get("addons")), None)
        if bare is not None:
            self._put("addons", "add_cart_item_addons", *bare)
        if known:
            chosen = max(known, key=lambda each: len(each[1].options))
            self._put("config_options", "set_cart_item_config_options", *chosen)

    def _put(self, name: str, operation: str, item: Contents, offer: Offer) -> None:
        wanted = offer.item(addons=2, choice=1)[name]
        if not wanted or not self.change(operation, {name: wanted}, item_id=item["item_id"]):
            return
        with self.context.reading():
            now = next(each for each in self.products if each["item_id"] == item["item_id"])
            there: dict[int, Any] = {each["addon"]["id"]: None for each in now.get("addons") or ()}
            if name == "config_options":
                there = {each["id"]: each.get("option", {}).get("value") for each in now.get(name) or ()}
        lacking = [each for each in wanted if each["id"] not in there or there[each["id"]] != each.get("value")]
        self.context.hold(ASSOCIATED, not lacking, f"{name}: {as_json(lacking)} is not there.")

    def _delete(self) -> None:
        """Delete the last product."""
        with self.context.reading():
            before = [each["item_id"] for each in self.products]
        if before and self.change("delete_cart_item", item_id=before[-1]):
            with self.context.reading():
                after = [each["item_id"] for each in self.products]
            self.context.hold(DELETED, after == before[:-1], f"There were {as_json(before)}, and are {as_json(after)}.")

    def _count(self) -> None:
        """Count what is in the cart."""
        exchange, _ = self.call("get_cart_counter")
        with self.context.reading():
            told, there = exchange.tree["data"]["counter"], len(lines(self.contents))
        self.context.hold(COUNTED, told == there, f"There are {there}, but the counter is {told}.")

    def _answer(self) -> None:
        """Answer a text field with letters that some programs lose."""
        with self.context.reading():
            fields = [
                {"item_id": item["item_id"], "custom_field_id": field["id"]}
                for item in self.products
                for field in item.get("custom_fields") or ()
                if field["type"] in ("text", "textarea") and not field.get("validation")
            ]
        for path in fields[:1]:
            for text in _TEXTS:
                if not self.change("update_cart_item_custom_field", {"value": text}, **path):
                    continue
                exchange, _ = self.call("get_cart_item_custom_field", **path)
                with self.context.reading():
                    told = str(exchange.tree["data"]["value"])
                cut = told != text and text.startswith(told)
                why = f"{as_json(text)} was answered, and {as_json(told)} is read."
                self.context.hold(WHOLE_TEXT, not cut and (told == text or "\0" in text), why)

    def _register(self) -> None:
        """Register a name without extras, for the fewest years and for the most that have a price."""
        name = self.context.ids.get("free_name")
        for years, due in self._prices_of(name).items() if name else ():
            asked = {"type": "domain_register", "name": name, "period": years, **dict.fromkeys(_EXTRAS, False)}
            if not self.change("add_cart_items", {"items": [asked]}):
                continue
            with self.context.reading():
                item = [each for each in self.contents["items"] if each.get("name") == name][-1]
                extras = [extra for extra in _EXTRAS if item.get(extra) is True]
                price = item["billing"]["price"]
                cost = sum((value(each["setup"]) + value(each["amount"]) for each in price.values()), Decimal())
            self.context.hold(NAMED, not extras, f"No extras were asked for, and there are {', '.join(extras)}.")
            why = f"{name} for {years} years costs {due}, and {cost} in the cart."
            self.context.hold(NAMED, len(price) != 1 or cost == due, why)
            self.change("delete_cart_item", item_id=item["item_id"])

    def _prices_of(self, name: str) -> dict[int, Decimal]:
        """What it costs to register a name for the fewest years, and for the most."""
        told, got = self.caller.call("get_domain_availability", query={"domain": name})
        with self.context.reading():
            if not got.accepted or told.tree["data"]["domain"].get("is_premium"):
                return {}
            pricing = told.tree["data"]["domain"]["pricing"]
            prices = {each["period"]: value(each["register"]) for each in pricing if each.get("register")}
        return {years: prices[years] for years in sorted({min(prices), max(prices)})} if prices else {}

    def _place(self) -> None:
        """Say where the cart is: a guest is there, and a user's client where it lives."""
        before = self.contents
        known = [self.context.ids[name] for name in ("untaxed_country", "taxed_country") if name in self.context.ids]
        for country in known:
            if not self.change("set_cart_geolocation", {"country_code": country}):
                continue
            with self.context.reading():
                taxes, was = (of["totals"].get("taxes") or [] for of in (self.contents, before))
                place = (self.contents["totals"].get("geolocation") or {}).get("country_code")
            if self.caller.is_user:
                why = f"In {country}, the taxes are {as_json(taxes)} instead of {as_json(was)}."
                self.context.hold(PLACED, was == taxes, why)
            else:
                self.context.hold(KEPT_PLACE, place == country, f"The place is {place} instead of {country}.")

    def _promote(self) -> None:
        """Apply a promotion code, and remove it."""
        code, before = self.context.ids.get("promo"), self.contents
        if code is None or not self.change("apply_cart_promotion", {"code": code}):
            return
        shown = self._codes()
        self.context.hold(PROMOTED, shown == [code], f"{code} was applied, but there are {as_json(shown)}.")
        if self.change("remove_cart_promotion"):
            left, totals = self._codes(), self.contents["totals"]
            self.context.hold(TAKEN_BACK, not left, f"There is still {', '.join(map(str, left))}.")
            why = f"The totals differ. {difference(before['totals'], totals)}"
            self.context.hold(TAKEN_BACK, before["totals"] == totals, why)

    def _codes(self) -> list[Any]:
        with self.context.reading():
            return [each["code"] for each in self.contents["promotions"] if each]


CARTS = walk(
    "carts",
    "get_cart",
    (*_LAWS, *SUMS),
    _fill,
    description="carts with a bit of everything, one of each caller, and what they come to",
    needs=("product",),
)
