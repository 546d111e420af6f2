"""Shop-Script's API as HTTP: addresses, tokens, formats, and the methods themselves."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import shop_data as data
from phpinput import array_of, body_pairs, pairs_of, text_of, to_decimal, to_int, truthy
from shop_state import OWN_PARAMS, Order, Shop, ShopError, now_text
from shop_views import show_order, show_sku
from shop_wire import NoXmlNameError, encoded

APPS = {"shop", "site", "webasyst"}
RESERVED = {"auth", "token", "revoke", "token-headless", "license-cache", "profile-update"}
HTML = "text/html; charset=utf-8"
Answer = tuple[int, str, bytes]


class PhpCrashError(Exception):
    """A TypeError of PHP that nothing catches."""


@dataclass
class Call:
    """One request as the methods see it."""

    verb: str
    address: str
    query: dict
    form: dict
    authorization: str
    ip: str
    user_agent: str
    host: str
    locale: str = "en_US"

    def needed(self, source: dict, name: str) -> Any:
        """A parameter that has to be there; the words depend on the language of the token's owner."""
        value = source.get(name)
        if not truthy(value):
            words = (
                "Отсутствует обязательный параметр: «{}»."
                if self.locale == "ru_RU"
                else "Required parameter is missing: “{}”."
            )
            raise ShopError(400, "invalid_param", words.format(name))
        return value


def text_param(call: Call, name: str) -> str | None:
    """A query parameter that PHP takes as a text only; an array is a crash."""
    value = call.query.get(name)
    if isinstance(value, dict):
        raise PhpCrashError(name)
    return value


def app_and_method(call: Call) -> tuple[str | None, str]:
    """The app and the method out of the address, which is never percent-decoded."""
    rest = re.sub(r"^.*?/api\.php", "", call.address.partition("?")[0], count=1).rstrip("/")
    if rest == "":
        return text_param(call, "app"), text_param(call, "method") or ""
    parts = rest[1:].split("/")
    if parts[0] == "cron" and len(parts) == 3:
        raise ShopError(404, "action_not_found", "No such job.")
    if len(parts) == 1 and "." in parts[0]:
        app, _, method = parts[0].partition(".")
        return app, method
    if len(parts) == 2:
        return parts[0], parts[1]
    raise ShopError(400, "invalid_request", "This address leads to no method.")


class ShopApi:
    """The API of one shop."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.lock = threading.RLock()
        self.methods: dict[str, tuple[str, Callable[[Call], Any]]] = {
            "OrderAdd": ("POST", self.order_add),
            "OrderGetInfo": ("GET", self.order_get_info),
            "OrderSearch": ("GET", self.order_search),
            "OrderDelete": ("POST", self.order_delete),
            "OrderAction": ("POST", self.order_action),
            "OrderActions": ("GET", self.order_actions),
            "CustomerAdd": ("POST", self.customer_add),
            "ProductAdd": ("POST", self.product_add),
            "ProductSkusGetInfo": ("GET", self.sku_get_info),
            "ProductSkusGetList": ("GET", self.sku_get_list),
            "ProductSkusUpdate": ("POST", self.sku_update),
            "StockGetList": ("GET", self.stock_get_list),
        }

    # the way of a request

    def handle(self, verb: str, address: str, headers: Any, body: bytes, ip: str) -> Answer:
        """Answer one request under /api.php."""
        if verb == "OPTIONS":
            return 200, HTML, b""
        form = array_of(body_pairs(body, headers.get("Content-Type", ""))) if verb == "POST" else {}
        call = Call(
            verb,
            address,
            array_of(pairs_of(address.partition("?")[2])),
            form,
            headers.get("Authorization", ""),
            ip,
            headers.get("User-Agent", ""),
            headers.get("Host", ""),
        )
        name = address.partition("?")[0].rpartition("/api.php/")[2].rstrip("/")
        with self.lock:
            try:
                return self.page(name, call) if name in RESERVED else self.answer(call)
            except ShopError as error:
                return self.refusal(call, error)
            except NoXmlNameError:
                return self.refusal(call, ShopError(500, "server_error", "Invalid Character Error"))
            except PhpCrashError:
                return 500, HTML, b""

    def answer(self, call: Call) -> Answer:
        """Everything in the order of the real controller: address, format, token, app, access, method, verb."""
        app, method = app_and_method(call)
        wanted = (text_param(call, "format") or "").lower()
        if wanted not in ("", "0", "json", "xml"):
            words = "Invalid response format: " + wanted.upper()
            return self.sent(call, 200, {"error": "invalid_request", "error_description": words}, False)
        scope, contact = self.token_owner(call)
        if app not in APPS:
            words = "The app is not here: " + text_of(app or "")
            raise ShopError(400, "app_not_installed", words, app=app if app is None else text_of(app))
        if app not in contact.apps or app not in scope:
            raise ShopError(403, "access_denied")
        key = "".join(part[:1].upper() + part[1:] for part in method.split(".") if part)
        if app != "shop" or key not in self.methods:
            shown = text_of(f"{app}.{method}").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            raise ShopError(404, "invalid_method", f"Unknown method: {shown}")
        verb, function = self.methods[key]
        if call.verb != verb:
            raise ShopError(405, "invalid_request", f"Method {call.verb} not allowed")
        return self.sent(call, 200, function(call), wanted == "xml")

    def given_token(self, call: Call) -> str:
        """The token: a form field hides the query even when it is empty; the header comes last."""
        value = call.form["access_token"] if "access_token" in call.form else call.query.get("access_token")
        if isinstance(value, dict):
            value = next(iter(value.values()), "")
        if isinstance(value, str) and truthy(value):
            return value
        header = re.sub(r"^\s*bearer\s+", "", call.authorization, flags=re.IGNORECASE).strip()
        if not truthy(header):
            raise ShopError(400, "token_required", "Access token is missing")
        return header

    def token_owner(self, call: Call) -> tuple[list[str], data.Contact]:
        """Scope and owner of the token of a call."""
        text = self.given_token(call)
        token = self.shop.tokens.get(text)
        if token is None:
            digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
            raise ShopError(401, "invalid_token", "Invalid access token", sha256=digest)
        if token.expires is not None and token.expires < now_text():
            raise ShopError(401, "invalid_token", "The time of this token is over")
        if token.contact_id not in self.shop.contacts:
            raise ShopError(500, "server_error", f"Contact does not exist: {token.contact_id}")
        contact = self.shop.contacts[token.contact_id]
        call.locale = contact.locale
        return token.scope.split(","), contact

    def refusal(self, call: Call, error: ShopError) -> Answer:
        """A refusal; its format is the form's before the query's."""
        source = call.form if "format" in call.form else call.query
        wanted = source.get("format")
        shown: dict[str, Any] = {"error": error.error}
        if error.words is not None:
            shown["error_description"] = error.words
        shown.update(error.extra)
        return self.sent(call, error.status, shown, isinstance(wanted, str) and wanted.lower() == "xml")

    @staticmethod
    def sent(call: Call, status: int, value: Any, xml: bool) -> Answer:
        """The finished answer; with a callback it is a script and always 200."""
        callback = call.query.get("callback")
        name = None
        if not xml and truthy(callback):
            status, name = 200, "Array" if isinstance(callback, dict) else callback
        media_type, body = encoded(value, xml, name)
        return status, media_type, body

    def page(self, name: str, call: Call) -> Answer:
        """The reserved addresses, which are no methods."""
        if name == "auth":
            return 200, HTML, b"<!doctype html><title>Sign in</title><form method=post>Sign in to go on</form>"
        if name == "token":
            return 200, HTML, encoded(self.issue_token(call), False, None)[1]
        if name == "revoke":
            text = self.given_token(call)
            self.token_owner(call)
            del self.shop.tokens[text]
            return self.sent(call, 200, {"revoked": True}, False)
        raise ShopError(404, "invalid_request", "Nothing is kept here.")

    def issue_token(self, call: Call) -> dict:
        """A new token for an authorization code, which works once."""
        if any(not truthy(call.form.get(key)) for key in ("code", "client_id", "grant_type")):
            return {"error": "invalid_request", "error_description": "code, client_id and grant_type have to be told"}
        if call.form["grant_type"] != "authorization_code":
            return {"error": "unsupported_grant_type", "error_description": "Only codes are taken here"}
        code = call.form["code"] if isinstance(call.form["code"], str) else ""
        if code not in self.shop.codes:
            return {"error": "invalid_grant", "error_description": "This code opens nothing"}
        text = "moor-" + secrets.token_hex(10)
        self.shop.tokens[text] = data.Token(302, self.shop.codes.pop(code))
        return {"access_token": text}

    # the methods

    def order_add(self, call: Call) -> dict:
        """shop.order.add"""
        customer = call.form.get("contact_id")
        if isinstance(customer, dict):
            raise ShopError(400, "invalid_param", "contact_id is one number; a new customer goes into contact.")
        if not truthy(customer):
            customer = call.needed(call.form, "contact")
        items = call.needed(call.form, "items")
        if not isinstance(items, dict):
            raise ShopError(400, "invalid_param", "items has to be an array of goods.")
        wanted = [self.wanted_item(item) for item in items.values() if isinstance(item, dict)]
        given = call.form.get("params")
        params = {key: text_of(value) for key, value in given.items()} if isinstance(given, dict) else {}
        params = {key: value for key, value in params.items() if key not in OWN_PARAMS}
        own = {"storefront": f"{call.host}/moor", "ip": call.ip, "user_agent": text_of(call.user_agent)}
        comment = text_of(call.form.get("comment"))
        contact_id = self.customer_id(customer)
        order = self.shop.add_order(contact_id, wanted, comment, {**params, **own})
        return show_order(self.shop, order)

    def customer_id(self, customer: Any) -> int:
        """The contact of an order: an array of fields makes a new one, everything else is an id."""
        if isinstance(customer, dict):
            return self.shop.add_contact(customer).id
        number = to_int(customer)
        if number <= 0:
            raise ShopError(400, "invalid_param", "That is nobody's id.")
        return number

    @staticmethod
    def wanted_item(item: dict) -> tuple:
        """SKU, quantity and service variants of one item; an empty quantity counts as not told."""
        quantity = item.get("quantity", "")
        services = item.get("services")
        variants = []
        for service in services.values() if isinstance(services, dict) else []:
            if isinstance(service, dict):
                variants.append(to_int(service.get("service_variant_id", "")))
        return to_int(item.get("sku_id", "")), to_decimal(quantity) if quantity != "" else 1, variants

    def order_get_info(self, call: Call) -> dict:
        """shop.order.getInfo"""
        return show_order(self.shop, self.shop.order(to_int(call.needed(call.query, "id"))))

    def order_search(self, call: Call) -> dict:
        """shop.order.search: oldest first; a wrong page is refused with status 200"""
        offset = to_int(call.query.get("offset", "0"))
        limit = to_int(call.query.get("limit", "")) if truthy(call.query.get("limit")) else 40
        if offset < 0:
            raise ShopError(200, "invalid_param", "The offset lies before the first order.")
        if limit < 0 or limit > 1000:
            raise ShopError(200, "invalid_param", "A page holds no order at least and a thousand at most.")
        found = self.orders_of(text_of(call.query.get("hash")))
        page = [show_order(self.shop, order) for order in found[offset : offset + limit]]
        return {"offset": offset, "limit": limit, "count": len(found), "orders": page}

    def orders_of(self, text: str) -> list[Order]:
        """The orders of a hash: nothing for all, id/1,2 or search/field=value&field=value||value."""
        kind, _, rest = text.strip("/").partition("/")
        orders = list(self.shop.orders.values())
        if kind == "id":
            numbers = {to_int(number) for number in rest.split(",")}
            return [order for order in orders if order.id in numbers]
        if kind != "search":
            return orders
        for condition in filter(None, rest.split("&")):
            name, _, value = condition.partition("=")
            values = value.split("||")
            reader = {
                "state_id": lambda order: order.state,
                "contact_id": lambda order: str(order.contact_id),
                "id": lambda order: str(order.id),
                "currency": lambda order: order.currency,
            }.get(name)
            orders = [order for order in orders if reader is not None and reader(order) in values]
        return orders

    def order_delete(self, call: Call) -> dict:
        """shop.order.delete"""
        return self.shop.act(self.shop.order(to_int(call.needed(call.form, "id"))), "delete")

    def order_action(self, call: Call) -> dict:
        """shop.order.action"""
        order = self.shop.order(to_int(call.needed(call.form, "id")))
        return self.shop.act(order, text_of(call.needed(call.form, "action")))

    def order_actions(self, call: Call) -> list:
        """shop.order.actions: a bare list"""
        order = self.shop.order(to_int(call.needed(call.query, "id")))
        return [{"id": action, "name": data.ACTION_NAMES[action]} for action in sorted(data.WORKFLOW[order.state])]

    def customer_add(self, call: Call) -> dict:
        """shop.customer.add"""
        fields = call.needed(call.form, "data")
        if not isinstance(fields, dict):
            raise ShopError(400, "invalid_param", "data has to be an array.")
        return {"contact_id": self.shop.add_contact(fields).id}

    def product_add(self, call: Call) -> dict:
        """shop.product.add: data[name], data[price], data[count]"""
        fields = call.needed(call.form, "data")
        product = self.shop.add_product(fields if isinstance(fields, dict) else {})
        skus = [show_sku(sku) for sku in self.shop.skus.values() if sku.product_id == product.id]
        return {"id": product.id, "name": product.name, "currency": data.CURRENCY, "skus": skus}

    def sku(self, number: int) -> data.Sku:
        """A variant by its number."""
        if number not in self.shop.skus:
            raise ShopError(404, "invalid_param", "The shelf has no such variant.")
        return self.shop.skus[number]

    def sku_get_info(self, call: Call) -> dict:
        """shop.product.skus.getInfo"""
        return show_sku(self.sku(to_int(call.needed(call.query, "id"))))

    def sku_get_list(self, call: Call) -> dict:
        """shop.product.skus.getList: all variants, or those of one product; newest first"""
        product = to_int(call.query.get("product_id", ""))
        found = [sku for sku in self.shop.skus.values() if not product or sku.product_id == product]
        return {"count": len(found), "skus": [show_sku(sku) for sku in reversed(found)]}

    def sku_update(self, call: Call) -> dict:
        """shop.product.skus.update: id in the form or the query, data[price], data[count] and so on"""
        source = call.form if "id" in call.form else call.query
        sku = self.sku(to_int(call.needed(source, "id")))
        fields = call.needed(call.form, "data")
        self.shop.change_sku(sku, fields if isinstance(fields, dict) else {})
        return show_sku(sku)

    def stock_get_list(self, _call: Call) -> dict:
        """shop.stock.getList"""
        return {"stocks": data.stocks()}
