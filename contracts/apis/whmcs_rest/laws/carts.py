"""Carts that hold a bit of everything, one of each caller: what is in them, and what they come to."""

from collections import Counter
from typing import Any

from counterfoil.contracts.apis.whmcs_rest.laws.callers import LONGEST_PAGE, Caller, Cart, Contents, users, value
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import Offer, offers
from counterfoil.contracts.apis.whmcs_rest.laws.sums import SUMS, sums_told
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
SEVERAL = Law(
    "several_cost_several_times_as_much",
    "So many of a product that is sold in any quantity cost so many times what one costs; setup fees may be due once.",
    "add_cart_items",
    promises=("a_carts_totals_follow_from_its_items",),
)
PLACED = Law(
    "a_users_taxes_follow_the_client",
    "With a login, the address of the client decides the taxes, whatever place the cart is given.",
    "set_cart_geolocation",
    promises=("a_user_is_taxed_where_the_client_lives",),
)
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
        for stranger in [each for each in callers if caller.is_user and each is not caller]:
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

    def products(self) -> list[Contents]:
        """The products in the cart."""
        return [each for each in self.contents["items"] if each.get("type") == "product"]

    def everything(self) -> None:
        """One step after the other."""
        several = next((each for each in self.offers if each.several and each.amount > 0), None)
        if several is not None:
            self._several(several)
        self._add()
        if "free_name" in self.context.ids:  # the prices of names are seldom round
            name = {"type": "domain_register", "name": self.context.ids["free_name"], "period": 1}
            self.change("add_cart_items", {"items": [name]})
        self._answer()
        self._place()
        self._promote()

    def _several(self, offer: Offer) -> None:
        """Put one of it into the cart alone, without options, and then so many."""
        costs = []
        for many in (1, _MANY):
            if self.change("add_cart_items", {"items": [{**offer.item(many), "config_options": []}]}):
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
                for told in self.products():
                    there[told["product"]["id"]] += told["quantity"]
                    with_them.update(each["addon"]["id"] for each in told.get("addons") or ())
            why = f"Asked was for {as_json(wanted)}, and there is {as_json(there)}."
            self.context.hold(ADDED, there == wanted, why)
            lacking = addons.keys() - with_them.keys()
            self.context.hold(ADDED, not lacking, f"The addons {as_json(lacking)} were asked for, and are not there.")

    def _answer(self) -> None:
        """Answer a text field with letters that some programs lose."""
        with self.context.reading():
            fields = [
                {"item_id": item["item_id"], "custom_field_id": field["id"]}
                for item in self.products()
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

    def _place(self) -> None:
        """Say where the cart is, which a guest can, and a user cannot."""
        before = self.contents
        for name in ("untaxed_country", "taxed_country"):
            country = self.context.ids.get(name)
            if country is None or not self.change("set_cart_geolocation", {"country_code": country}):
                continue
            with self.context.reading():
                taxes, was = (of["totals"].get("taxes") or [] for of in (self.contents, before))
            why = f"In {country}, the taxes are {as_json(taxes)} instead of {as_json(was)}."
            self.context.hold(PLACED, not self.caller.is_user or was == taxes, why)

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
    (OFFERED, ADDED, SEVERAL, PLACED, PROMOTED, TAKEN_BACK, OWNED, WHOLE_TEXT, *SUMS),
    _fill,
    description="carts with a bit of everything, one of each caller, and what they come to",
    needs=("product",),
)
