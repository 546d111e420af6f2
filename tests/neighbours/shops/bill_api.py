"""BILLmanager's API as HTTP: parameters, signing in, and the functions."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

import bill_data as data
import bill_views as views
from bill_state import Account, BillError, Billing, Item, cents, flag, wanted_item, whole
from bill_wire import FORMATS, Node, rendered
from phpinput import body_pairs, pairs_of

Answer = tuple[int, str, bytes, str | None]
Params = dict[str, str]
SESSION_SECONDS = 3600
ADMIN_FUNCTIONS = {"account", "user", "project", "pricelist", "provider", "datacenter"}
HIDDEN = {"password", "authinfo", "auth"}
OLD_ONLY = {"certificate", "domain"}
ITEMTYPES = {tariff.itemtype for tariff in data.TARIFFS}
ORDER = re.compile(r"(v2\.)?([A-Za-z0-9_-]+)\.order\.(param|pricelist)")


def numbers_of(params: Params, name: str) -> list[int]:
    """A list of ids, parted by commas."""
    return [whole({name: part.strip()}, name) for part in params.get(name, "").split(",")]


class BillApi:
    """The API of one panel."""

    def __init__(self) -> None:
        self.billing = Billing()
        self.lock = threading.RLock()
        self.sessions: dict[str, tuple[str, float]] = {}
        self.functions: dict[str, Callable[[Account, Params], list[Node]]] = {
            "cart": self.cart,
            "cart.empty": self.cart_empty,
            "cartorder.create.confirm": self.cart_order,
            "basket": self.basket,
            "payment.add": self.payment_add,
            "payment.add.method": self.payment_method,
            "order": lambda account, _params: views.order_list(account),
            "payment": lambda account, _params: views.payment_list(account),
            "subaccount": lambda account, _params: views.subaccount(account),
            "pricelist.export": self.pricelist_export,
        }

    # the way of a request

    def handle(self, verb: str, address: str, headers: Any, body: bytes, ip: str) -> Answer:
        """Answer one request; everything but a foreign HTTP method is status 200."""
        if verb not in ("GET", "POST"):
            return 405, "text/plain; charset=utf-8", b"Only GET and POST are served here.\n", None
        params = dict(pairs_of(address.partition("?")[2]))
        params.update(body_pairs(body, headers.get("Content-Type", "")) if verb == "POST" else [])
        params = {key: value.encode("utf-8", "replace").decode() for key, value in params.items()}
        out = params.get("out", "")
        func = params.get("func", "")
        cookie = None
        with self.lock:
            try:
                if out and out not in FORMATS:
                    out = "xml"
                    raise BillError("value", "out", params["out"])
                if func == "auth":
                    content, cookie = self.sign_in(params, ip)
                else:
                    content = self.call(func, self.account_of(params, headers, ip), params)
            except BillError as error:
                content = [self.error_node(error, func, params)]
        echo = [
            Node(key, value)
            for key, value in params.items()
            if key not in HIDDEN and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", key)
        ]
        doc = Node("doc", *content, Node("tparams", *echo), lang=self.language(params), func=func, binary="/billmgr")
        media_type, text = rendered(doc, out)
        return 200, media_type, text.encode(), cookie

    @staticmethod
    def language(params: Params) -> str:
        """The language of the words."""
        return "ru" if params.get("lang") == "ru" else "en"

    def error_node(self, error: BillError, func: str, params: Params) -> Node:
        """The error of an answer."""
        language = self.language(params)
        words = data.WORDS[error.words][language == "ru"].format(object=error.about, value=error.value)
        attributes = {"type": error.kind, **({"object": error.about} if error.about else {}), "lang": language}
        return Node(
            "error",
            Node("param", error.about, name="object", type="msg"),
            Node("param", error.value, name="value"),
            Node("stack", Node("action", func, level="16", user="")),
            Node("msg", words),
            **attributes,
        )

    # signing in

    def check_password(self, name: str, password: str) -> data.User:
        """The user, if the password is right."""
        user = self.billing.users.get(name)
        if user is None or not secrets.compare_digest(user.password.encode(), password.encode()):
            raise BillError("auth", "badpassword")
        return user

    def sign_in(self, params: Params, ip: str) -> tuple[list[Node], str]:
        """func=auth: a new session."""
        if "authinfo" in params:
            user = self.authinfo_user(params, ip)
        else:
            user = self.check_password(params.get("username", ""), params.get("password", ""))
        number = secrets.token_hex(14)
        self.sessions[number] = (user.name, time.monotonic())
        return [Node("auth", number, id=number, level="16")], number

    def authinfo_user(self, params: Params, ip: str) -> data.User:
        """The user of an authinfo, which some users may send from some addresses only."""
        name, _, password = params["authinfo"].partition(":")
        user = self.check_password(name, password)
        if user.authinfo_from is not None and ip not in user.authinfo_from:
            raise BillError("auth", "badip", ip)
        return user

    def account_of(self, params: Params, headers: Any, ip: str) -> Account:
        """Whose request this is: authinfo before auth before the cookie."""
        if "authinfo" in params:
            return self.billing.accounts[self.authinfo_user(params, ip).account]
        number = params.get("auth")
        if number is None:
            try:
                cookie = SimpleCookie(headers.get("Cookie", "")).get("billmgrses5")
            except CookieError:
                cookie = None
            number = cookie.value if cookie else ""
        name, used = self.sessions.get(number, ("", 0.0))
        now = time.monotonic()
        if not name or now - used > SESSION_SECONDS:
            self.sessions.pop(number, None)
            raise BillError("auth", "session", words="session")
        self.sessions[number] = (name, now)
        return self.billing.accounts[self.billing.users[name].account]

    def call(self, func: str, account: Account, params: Params) -> list[Node]:
        """Find the function and call it."""
        if func in self.functions:
            return self.functions[func](account, params)
        if func in ITEMTYPES:
            return views.service_list(account, func)
        if func in ADMIN_FUNCTIONS:
            raise BillError("access", func, func)
        match = ORDER.fullmatch(func)
        itemtype = {"ssl": "certificate"}.get(match.group(2), match.group(2)) if match else ""
        if match is None or itemtype not in ITEMTYPES or (match.group(1) and itemtype in OLD_ONLY):
            raise BillError("missed", "func", func, "func")
        if match.group(3) == "pricelist":
            return self.pricelist(account, itemtype, params)
        return (self.new_order if match.group(1) else self.old_order)(account, itemtype, params)

    # ordering

    def new_order(self, account: Account, itemtype: str, params: Params) -> list[Node]:
        """v2.{ITEMTYPE}.order.param"""
        if not params.get("sok"):
            return views.order_form(account, itemtype, params, "order_period")
        if params.get("clicked_button", "") not in ("", "order"):
            raise BillError("value", "clicked_button", params["clicked_button"])
        item = wanted_item(account, itemtype, params, "order_period", False)
        new_cart = flag(params, "force_use_new_cart", True)
        if flag(params, "skipbasket", False):
            return self.paid_at_once(account, item)
        return self.kept(account, item, new_cart)

    def old_order(self, account: Account, itemtype: str, params: Params) -> list[Node]:
        """{ITEMTYPE}.order.param: the old order, which SSL and domains still need"""
        period = "period" if "period" in params or "order_period" not in params else "order_period"
        if not params.get("sok"):
            return views.order_form(account, itemtype, params, period)
        button = params.get("clicked_button", "")
        if button not in ("", "finish", "basket", "quickbasket", "ok", "order"):
            raise BillError("value", "clicked_button", button)
        item = wanted_item(account, itemtype, params, period, False)
        new_cart = flag(params, "force_use_new_cart", False)
        if flag(params, "skipbasket", False):
            return self.paid_at_once(account, item)
        return self.kept(account, item, new_cart)

    def paid_at_once(self, account: Account, item: Item) -> list[Node]:
        """An order that the balance pays without any cart."""
        made = self.billing.order(account, [item], 0)
        return [Node("id", str(made.services[0].id)), Node("ok", "func=order")]

    def kept(self, account: Account, item: Item, new_cart: bool) -> list[Node]:
        """An item that waits: in the new cart, or in the old basket."""
        if new_cart:
            self.billing.put_in_cart(account, item)
            return [Node("ok"), Node("lineitem.id", str(item.id))]
        self.billing.put_in_basket(account, item)
        return [Node("ok"), Node("item.id", str(item.id)), Node("billorder", str(account.billorder))]

    def pricelist(self, account: Account, itemtype: str, params: Params) -> list[Node]:
        """v2.{ITEMTYPE}.order.pricelist: the tariffs of a type, bare rows"""
        found = account.tariffs(itemtype)
        if params.get("datacenter"):
            place = whole(params, "datacenter")
            found = [tariff for tariff in found if place in tariff.datacenters]
        return [views.tariff_row(account, tariff, False) for tariff in found]

    def pricelist_export(self, account: Account, params: Params) -> list[Node]:
        """pricelist.export: all tariffs of the provider with their options"""
        found = account.tariffs(params.get("itemtype") or None)
        return [Node("list", *(views.tariff_row(account, tariff, True) for tariff in found), name="pricelist")]

    # the new cart

    def cart(self, account: Account, params: Params) -> list[Node]:
        """cart: view it, or delete one item"""
        if params.get("sok") and params.get("clicked_button"):
            if params["clicked_button"] != "delete":
                raise BillError("value", "clicked_button", params["clicked_button"])
            account.cart.remove(self.billing.item_of(account.cart, whole(params, "id")))
            return [Node("ok")]
        cost = cents(sum(item.cost for item in account.cart))
        total = Node("total", Node("count", str(len(account.cart))), *views.money_nodes(cost, account))
        rows = [views.cart_row(account, item) for item in reversed(account.cart)]
        return [total, Node("list", *rows, name="lineitems")]

    def cart_empty(self, account: Account, params: Params) -> list[Node]:
        """cart.empty: with sok it empties the cart"""
        if not params.get("sok"):
            return [Node("count", str(len(account.cart)))]
        account.cart = []
        return [Node("ok")]

    def cart_order(self, account: Account, params: Params) -> list[Node]:
        """cartorder.create.confirm: order the items told in elid, or the whole cart"""
        chosen = numbers_of(params, "elid") if params.get("elid") else [item.id for item in account.cart]
        if not params.get("sok"):
            methods = account.provider.paymethods
            values = [Node("val", name, key=str(number)) for number, name in methods.items()]
            return [Node("elid", ",".join(map(str, chosen))), Node("slist", *values, name="paymethod_id")]
        if not chosen:
            raise BillError("value", "elid", words="empty")
        return views.ordered(self.billing.order_cart(account, chosen, whole(params, "paymethod_id")))

    # the old basket

    def basket(self, account: Account, params: Params) -> list[Node]:
        """basket: view it, delete or activate an item, clear it, or apply a promo code"""
        button = params.get("clicked_button", "")
        if params.get("sok"):
            self.change_basket(account, button, params)
            return [Node("ok")]
        discount = account.discount()
        rows = [
            Node(
                "elem",
                Node("item.id", str(item.id)),
                Node("item.type", item.tariff.itemtype),
                Node("item.period", str(item.period)),
                Node("item.autoprolong", "on" if item.autoprolong else "off"),
                Node("name", item.tariff.name),
                Node("cost", str(item.cost)),
            )
            for item in account.basket
        ]
        total = sum((item.cost for item in account.basket), cents(0)) - discount
        number = [Node("billorder", str(account.billorder))] if account.billorder else []
        return [
            Node("total_sum", str(total)),
            Node("tax", "0.00"),
            Node("full_discount", str(discount)),
            *number,
            Node("list", *rows, name="itemlist"),
        ]

    def change_basket(self, account: Account, button: str, params: Params) -> None:
        """The writing half of basket."""
        if button == "delete":
            self.billing.drop_from_basket(account, whole(params, "id"))
        elif button == "free":
            self.billing.free_item(account, whole(params, "id"))
        elif button == "clearbasket":
            self.billing.clear_basket(account)
        elif button:
            raise BillError("value", "clicked_button", button)
        else:
            code = params.get("promocode", "")
            if code not in data.PROMOCODES:
                raise BillError("missed", "promocode", code)
            if not account.basket:
                raise BillError("promocode_not_use", "promocode", code)
            account.promocode = code

    @staticmethod
    def check_billorder(account: Account, params: Params) -> None:
        """The order number has to be the one of the basket."""
        number = whole(params, "billorder")
        if number != account.billorder:
            raise BillError("missed", "billorder", str(number))

    def payment_add(self, account: Account, params: Params) -> list[Node]:
        """payment.add: the ways to pay the old basket"""
        self.check_billorder(account, params)
        rows = [
            Node("elem", Node("paymethod", str(number)), Node("name", name))
            for number, name in account.provider.paymethods.items()
        ]
        return [Node("billorder", str(account.billorder)), Node("list", *rows, name="methodlist")]

    def payment_method(self, account: Account, params: Params) -> list[Node]:
        """payment.add.method: pay the old basket in one of these ways"""
        if not params.get("sok"):
            return self.payment_add(account, params)
        self.check_billorder(account, params)
        return views.ordered(self.billing.order_basket(account, whole(params, "paymethod")))
