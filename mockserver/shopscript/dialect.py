"""How the order API is spoken: three URLs for each method, PHP forms, a token in three places, JSON or XML."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterfoil.mockserver.engine import forms, wire
from counterfoil.mockserver.engine.received import MAX_BODY
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Dialect, Problem
from counterfoil.mockserver.shopscript import render
from counterfoil.mockserver.shopscript.shop import APP, Shop
from counterfoil.specs import Contract

XML = "text/xml"
FORMATS = {"json": "application/json", "xml": XML}

#: what PHP takes for nothing, so that a required parameter counts as missing
NOTHING: tuple[Any, ...] = ("", "0", {})
#: by operation, the parameters that must be something, in the order in which their absence is noticed
NEEDED = {
    "add_order": ("contact_id", "contact", "items"),
    "get_order": ("id",),
    "act_on_order": ("id", "action"),
    "list_order_actions": ("id",),
    "delete_order": ("id",),
}
#: a search's page is refused by other names where it is out of range
BOUNDS = {"limit": "invalid_limit", "offset": "invalid_offset"}
OUT_OF_RANGE = frozenset(("minimum", "maximum"))


@dataclass(slots=True)
class Caller:
    """What a request says of itself besides its parameters."""

    app: str
    format: str
    token: str
    order_form: render.OrderForm


FALLBACK = "unknown_method"  # the operation for whatever reaches no other one


class ShopDialect(Dialect):
    """The order API, as its contract describes it."""

    aliases: tuple[str, ...] = ("/api.php", "/api.php/{tail...}")

    def __init__(self, contract: Contract) -> None:
        self._operations = {
            operation.path.rpartition("/")[2]: operation.id
            for operation in contract.operations.values()
            if operation.id != FALLBACK
        }
        self._verbs = {operation.id: operation.method for operation in contract.operations.values()}
        items = contract.document["components"]["schemas"]["OrderItems"]
        by_source = items.get("type") == "array"
        self._order_form = render.order_by_source if by_source else render.order_on_the_wire

    def unread(self, call: Call) -> str:
        """Whatever cannot be read reaches no method."""
        return FALLBACK

    def read(self, call: Call) -> None:
        """The fields of the form (POST) or the query (anything else), and `format` from the query."""
        query = call.query_fields()
        format_ = _text(query.get("format", "json")).lower()
        call.media_type = FORMATS.get(format_, call.media_type)
        app, method = _names(call, query)
        call.function = f"{app}.{method}"
        form = _form(call)
        token = _first(form.get("access_token"), query.get("access_token"), _bearer(call))
        call.caller = Caller(app, format_, token, self._order_form)
        call.given = form if call.method == "POST" else query
        call.given["format"] = format_

    def operation(self, call: Call) -> str:
        """The method's operation, whatever the HTTP verb."""
        return self._operations.get(call.function, FALLBACK)

    def gate(self, state: Shop, call: Call, operation: str) -> None:
        """The checks before the parameters, in the order that `info.description` numbers."""
        caller: Caller = call.caller
        if not state.settings.api_enabled:
            raise Refusal("api_disabled")
        if caller.format not in FORMATS:
            raise Refusal("invalid_format", format=caller.format.upper())
        _admit(state, caller, call.now)
        if operation == FALLBACK:
            raise Refusal("unknown_method", method=call.function)
        if call.method != self._verbs[operation]:
            raise Refusal("method_not_allowed", method=call.method)
        for name in NEEDED.get(operation, ()):
            if call.given.get(name) in NOTHING:
                call.given.pop(name, None)

    def invalid(self, operation: str, problems: list[Problem], call: Call) -> Refusal:
        """What is missing comes first, then the first value that cannot be used."""
        missing = [name for name in NEEDED.get(operation, ()) if name not in call.given]
        if "contact" in missing and "contact_id" in missing:
            return Refusal("contact_missing")
        for name in missing:
            if name not in ("contact", "contact_id"):
                return Refusal(f"{name}_missing")
        problem = next((each for each in problems if each.field), problems[0])
        if problem.field in BOUNDS and problem.keyword in OUT_OF_RANGE:
            return Refusal(BOUNDS[problem.field])
        return Refusal("invalid_parameter", parameter=problem.field, reason=_reason(problem))

    def ordered(self, refusal: Refusal, call: Call, headers: list[str], state: Any) -> Refusal:
        """The refusal with what the caller has not sent as a parameter."""
        app, _, method = call.function.partition(".")
        token = call.caller.token if call.caller is not None else ""
        told = {
            "sha256": hashlib.sha256(token.encode()).hexdigest(), "app": app or APP, "limit": MAX_BODY,
            "method": call.method if refusal.name == "method_not_allowed" else call.function or f"{APP}.{method}",
            "order_id": call.given.get("id", "0"),
        }  # fmt: skip
        refusal.facts.update({fact: value for fact, value in told.items() if fact not in refusal.facts})
        return refusal

    def write(self, body: Body, call: Call, operation: str) -> bytes:
        """JSON, or the vendor's XML."""
        return wire.xml(body, "response", singular=True) if call.media_type == XML else wire.json(body)


def _admit(shop: Shop, caller: Caller, now: datetime) -> None:
    """Refuse a caller whose token does not open the app."""
    if not caller.token:
        raise Refusal("token_required")
    token = shop.admit(caller.token, now)
    if caller.app != APP:
        raise Refusal("app_not_installed", app=caller.app)
    if APP not in token.scope:
        raise Refusal("access_denied")
    if not shop.settings.licensed:
        raise Refusal("payment_required")


def _form(call: Call) -> forms.Tree:
    """PHP's `$_POST`: empty for another verb, and for a body that is no form."""
    if call.method != "POST":
        return forms.Tree()
    return call.body_fields()


def _names(call: Call, query: forms.Tree) -> tuple[str, str]:
    """The app and its method, from whichever of the three URLs.

    Raises:
        MalformedForm: the URL has none of the three shapes.
    """
    segments = call.path.strip("/").split("/")[1:]
    if not segments:
        return _text(query.get("app", "")), _text(query.get("method", ""))
    if len(segments) == 2:
        return segments[0], segments[1]
    app, dot, method = segments[0].partition(".")
    if len(segments) > 2 or not dot:
        raise forms.MalformedForm("the URL names no method: it ends in app.method, app/method or ?app=…&method=…")
    return app, method


def _bearer(call: Call) -> str:
    header = call.header("Authorization").strip()
    return header[6:].strip() if header[:7].lower() == "bearer " else header


def _first(*tokens: Any) -> str:
    """The first that is something to PHP."""
    return next((token for token in tokens if isinstance(token, str) and token not in NOTHING), "")


def _text(value: Any) -> str:
    """A plain field's text; a field with brackets has none."""
    return value if isinstance(value, str) else "Array"


def _reason(problem: Problem) -> str:
    reason = _REASONS.get(problem.keyword, problem.reason)
    return reason if len(reason) <= 100 else f"{reason[:100]}…"


_REASONS = {
    "oneOf": "it is neither an id nor fields",
    "pattern": "it has none of the documented forms",
}
