"""How the panel is spoken to: flat parameters in a query or a form, one of five notations back."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from werkzeug.http import parse_cookie

from counterfoil.mockserver.billmanager import ordering, render, routes
from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.messages import LANGUAGES, REFUSALS
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Dialect, Problem
from counterfoil.specs import Contract, Operation

XML, JSON, TEXT = "text/xml", "application/json", "text/plain"
FORMATS = {"xml": XML, "devel": XML, "json": JSON, "xjson": JSON, "text": TEXT}
_KNOWN_FORMATS = tuple(FORMATS)
WRITERS: dict[str, Callable[[Body], bytes]] = {XML: wire.dollar_xml, JSON: wire.json, TEXT: wire.lines}

COOKIE = "billmgrses5"
#: a tariff and a data center in one, as the pages of a panel name what was chosen
_KEYVALUE = re.compile("([0-9]{1,9})_([0-9]{1,9})")

FALLBACK = "unknown_function"  # the operation for whatever names no other one
ORDERS = ("order_item", "order_item_by_query", "quick_order_item", "old_order_item")
#: whose functions name a product type, which has to be one of the new order
NEW = ("order_item", "order_item_by_query")
#: whose functions name any product type
TYPED = (*NEW, "old_order_item", "list_tariffs", "edit_service", "delete_service")


class Caller(msgspec.Struct):
    """Who calls, and how they want to be answered."""

    language: str = LANGUAGES[0]
    panel: Panel | None = None
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An operation that a function may mean."""

    operation: str
    method: str
    #: whether it does something, so that a button belongs to it
    acts: bool
    #: the buttons that it knows
    buttons: frozenset[str]


class BillDialect(Dialect):
    """The panel's address, as its contract describes it."""

    #: for tools that lose the query behind a fragment; what is sent as `func` counts before it
    aliases: tuple[str, ...] = ("/billmgr/{func}",)
    reads_first = frozenset(("func", "out", "lang", "keyvalue", "sok", "clicked_button"))

    def __init__(self, contract: Contract) -> None:
        #: by the function's name, and by a pattern of names: the operations that it may mean
        self._named: dict[str, list[Candidate]] = {}
        self._patterns: dict[re.Pattern[str], list[Candidate]] = {}
        #: by operation, its parameters in their order
        self._parameters: dict[str, list[str]] = {}
        for operation in contract.operations.values():
            fields = dict(_fields(contract, operation))
            self._parameters[operation.id] = list(fields)
            acts = "clicked_button" in fields or "sok" in fields
            candidate = Candidate(operation.id, operation.method, acts, _words(fields.get("clicked_button", {})))
            func = fields.get("func", {})
            for name in _words(func):
                self._named.setdefault(name, []).append(candidate)
            if "pattern" in func:
                self._patterns.setdefault(re.compile(func["pattern"]), []).append(candidate)

    def unread(self, call: Call) -> str:
        """Whatever cannot be read names no function."""
        return FALLBACK

    def read(self, call: Call) -> None:
        """Query and body are one, by any verb; where both have a name, the body counts. Empty values are absent."""
        call.media_type, call.caller = XML, Caller()
        call.given = fields = {**call.parameters, **_filled(call.query_fields())}
        _ask(call)  # known before the body is read, which may turn out to be unreadable
        if call.sent:
            fields.update(_filled(call.body_fields()))
            _ask(call)
        key = _KEYVALUE.fullmatch(str(fields.get("keyvalue", "")))
        if key and call.function.endswith(".order.param"):
            fields.setdefault("pricelist", key[1])
            fields.setdefault("datacenter", key[2])

    def malformed(self, call: Call, reason: str) -> Refusal:
        """The refusal for a request that cannot be read."""
        refusal = Refusal("invalid_value", parameter="request", text="unreadable", reason=reason)
        return routes.explain(refusal, call)

    def too_large(self, call: Call, limit: int) -> Refusal:
        """The refusal for a body of more bytes than the limit."""
        return routes.explain(Refusal("request_too_large", limit=limit), call)

    def operation(self, call: Call) -> str:
        """The operation that `func` means; of several, the one that acts if the call is to, and then by the verb."""
        candidates = list(self._named.get(call.function, ()))
        for pattern, more in self._patterns.items():
            candidates += more if pattern.fullmatch(call.function) else []
        if len(candidates) > 1:
            given = call.given
            acts = "clicked_button" in given or "sok" in given
            candidates = [each for each in candidates if each.acts is acts] or candidates
            button = given.get("clicked_button")
            pressed = [each for each in candidates if isinstance(button, str) and button in each.buttons]
            candidates = pressed or candidates
            candidates = [each for each in candidates if each.method == call.method] or candidates
        return candidates[0].operation if candidates else FALLBACK

    def gate(self, state: Panel, call: Call, operation: str) -> None:
        """The checks before the values, in the order in which the contract has them."""
        caller: Caller = call.caller
        caller.panel = state
        if call.given.get("lang") not in LANGUAGES:
            caller.language = state.settings.language
        try:
            for name, known in (("out", _KNOWN_FORMATS), ("lang", LANGUAGES)):
                if name in call.given and call.given[name] not in known:
                    raise _invalid(name, call)
            if operation == "log_in":
                return
            caller.client = _admitted(state, call)
            if operation == FALLBACK or not _is_served(state, call, operation):
                raise Refusal("unknown_function")
        except Refusal as refusal:
            routes.explain(refusal, call)
            raise

    def invalid(self, operation: str, problems: list[Problem], call: Call) -> Refusal:
        """The first refusal that applies: an order without a tariff, the form without `sok`, then the parameters."""
        broken = {problem.field.partition("[")[0] or problem.missing for problem in problems}
        return routes.explain(
            (_not_to_be_ordered(broken, call) if operation in ORDERS else None)
            or (_form(operation, call) if "sok" in self._parameters[operation] and "sok" not in call.given else None)
            or _invalid(self._first(operation, broken), call),
            call,
        )

    def _first(self, operation: str, broken: set[str]) -> str:
        """The broken parameter that the contract has first; one that it does not name, an addon's, comes last."""
        return next((name for name in self._parameters[operation] if name in broken), min(broken))

    def ordered(self, refusal: Refusal, call: Call, headers: list[str], state: Any) -> Refusal:
        """The refusal in the caller's language, or in words that were ordered, too. A form is shown as in the contract."""
        if refusal.name in REFUSALS and "message" not in refusal.facts:
            return routes.explain(refusal, call)
        refusal.facts |= {"function": call.function, "lang": call.caller.language}
        return refusal

    def write(self, body: Body, call: Call, operation: str) -> bytes:
        """The tree in the notation that was asked for."""
        language = call.caller.language
        if call.given.get("out") == "devel":
            body = render.developed(body, operation, call.function, language)
        return WRITERS[call.media_type](render.signed(body, call.function, language))


def _fields(contract: Contract, operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parameters of an operation with their schemas."""
    for parameter in operation.parameters:
        yield parameter.name, contract.deref(parameter.schema)
    for media in operation.request.values():
        yield from _properties(contract, media.schema)


def _properties(contract: Contract, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    schema = contract.deref(schema)
    for part in schema.get("allOf", ()):
        yield from _properties(contract, part)
    for name, below in schema.get("properties", {}).items():
        yield name, contract.deref(below)


def _words(schema: dict[str, Any]) -> frozenset[str]:
    """The words that a field may be."""
    return frozenset(schema.get("enum", [schema["const"]] if "const" in schema else []))


def _is_served(panel: Panel, call: Call, operation: str) -> bool:
    """Whether the function is one for a product type that the panel has, and the new order function for a new one."""
    new = panel.kinds.get(routes.item_type(call))
    if operation in NEW or (operation == "list_tariffs" and call.function.startswith("v2.")):
        return bool(new)
    return new is not None or operation not in TYPED


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", {})}


def _ask(call: Call) -> None:
    """Take from the fields what has to be known to refuse them."""
    out, language, function = (call.given.get(name) for name in ("out", "lang", "func"))
    call.media_type = FORMATS.get(out, XML) if isinstance(out, str) else XML
    call.function = function if isinstance(function, str) else ""
    if language in LANGUAGES:
        call.caller.language = language


def _admitted(panel: Panel, call: Call) -> Client:
    """The client who calls. Raises Refusal where what is sent does not open, or nothing is."""
    given = call.given
    if "auth" in given:
        return panel.resume(str(given["auth"]), call.now)
    if "authinfo" in given:
        return panel.admit(*routes.pair(str(given["authinfo"])), call.ip)
    cookie = parse_cookie(call.header("Cookie")).get(COOKIE)
    if cookie:
        return panel.resume(cookie, call.now)
    raise Refusal("login_required")


def _invalid(name: str, call: Call) -> Refusal:
    """The refusal of a parameter for its value, or because it has none."""
    name = name or ("password" if "username" in call.given else "username")  # a session needs one of two things
    if name not in call.given:
        return Refusal("invalid_value", parameter=name, text="empty_value")
    value = call.given[name]
    return Refusal("invalid_value", parameter=name, value="[…]" if isinstance(value, dict) else value)


def _not_to_be_ordered(broken: set[str], call: Call) -> Refusal | None:
    """The refusal of an order for its tariff, with or without `sok`; without, else the form."""
    panel, client, given = call.caller.panel, call.caller.client, call.given
    if "pricelist" not in given:
        return Refusal("wizard_unavailable")
    if "pricelist" in broken:
        return _invalid("pricelist", call)
    try:
        tariff = ordering.tariff(panel, client, routes.item_type(call), given["pricelist"], routes.provider(call))
    except Refusal as unknown:
        return unknown
    if "sok" in given:
        return None
    refusal = Refusal("order_form")
    refusal.body = routes.order_form(panel, call, tariff)
    return refusal


def _form(operation: str, call: Call) -> Refusal:
    refusal = Refusal("form")
    refusal.body = routes.form(call.caller.panel, call, operation)
    return refusal
