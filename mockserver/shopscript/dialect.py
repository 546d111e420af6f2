"""How the order API is spoken: three URLs for each method, PHP forms, a token in three places, JSON, JSONP or XML."""

import hashlib
import re
from functools import lru_cache
from html import escape
from typing import Any

import msgspec

from counterfoil.mockserver.engine import forms
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Aside
from counterfoil.mockserver.engine.vendor import Body, Call, Dialect, Problem
from counterfoil.mockserver.shopscript import php_input, render, reserved, texts, writing
from counterfoil.mockserver.shopscript.php_input import NOTHING
from counterfoil.mockserver.shopscript.shop import APP, DATABASE_ERROR, Shop
from counterfoil.specs import Contract

JSON = "application/json"
XML = "text/xml"
SCRIPT = "text/javascript"
FORMATS = {"json": JSON, "xml": XML}

#: by operation, the parameters that must be something, in the order in which their absence is noticed
NEEDED = {
    "add_order": ("contact_id", "contact", "items"),
    "get_order": ("id",),
    "act_on_order": ("id", "action"),
    "list_order_actions": ("id",),
    "delete_order": ("id",),
}
#: what an order keeps of what is sent with it
STORED = ("contact_id", "contact", "items", "comment", "params")
#: a search's page is refused by other names where it is out of range
BOUNDS = {"limit": "invalid_limit", "offset": "invalid_offset"}
OUT_OF_RANGE = frozenset(("minimum", "maximum"))
#: the app that every installation has
FRAMEWORK = "webasyst"
#: PHP 8 ends so where a function is given an array in place of a text, which the API's program does not catch
PHP_ERROR = Answer(500, reserved.HTML, b"")


class Caller(msgspec.Struct):
    """What a request says of itself besides its parameters; where PHP has an array, there is one."""

    #: what follows api.php in the URL, without slashes around it
    address: str
    app: Any
    method: Any
    #: whether the URL has a shape in which a method can be named
    names_method: bool
    #: as it stands in the query; nothing where it is absent, empty or 0
    format: Any
    token: str
    #: the function of a script that the answer is to be
    callback: str
    #: of what a method answers; a refusal's may be another
    media_type: str
    order_form: render.OrderForm
    #: whether all fields could be read; if not, there may be bytes in them that are no text
    is_read: bool = True
    #: the language of the token's owner
    language: str = "en_US"


FALLBACK = "unknown_method"  # the operation for whatever reaches no other one


class ShopDialect(Dialect):
    """The order API, as its contract describes it."""

    aliases: tuple[str, ...] = ("/api.php", "/api.php/{tail...}")
    page_type = reserved.HTML
    reads_first = frozenset(("app", "method", "format", "callback", "access_token"))
    reads_on = True

    def __init__(self, contract: Contract) -> None:
        self._operations = {
            _class_name(operation.path.rpartition("/")[2].partition(".")[2]): operation.id
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
        """The fields of the form (POST) or the query (anything else), and what says how to answer."""
        (query, read_query), (form, read_form) = php_input.query(call), php_input.form(call)
        address = _address(call)
        app, method, names_method = _names(address, query)
        format_ = _given(query.get("format"))
        call.function = f"{_text(app)}.{_text(method)}"
        call.caller = Caller(
            address, app, method, names_method, format_, _token(form, query, call), _callback(query),
            _media_type(format_), self._order_form, read_query and read_form,
        )  # fmt: skip
        # a refusal is written by another program, which looks into the form first
        call.media_type = _media_type(form.get("format", format_))
        call.given = form if call.method == "POST" else query
        call.given["format"] = _media_type(format_).rpartition("/")[2]
        call.given.pop("callback", None)

    def operation(self, call: Call) -> str:
        """The method's operation, whatever the HTTP verb."""
        caller = call.caller
        if not caller.names_method or caller.app != APP or not isinstance(caller.method, str):
            return FALLBACK
        return self._operations.get(_class_name(caller.method), FALLBACK)

    def gate(self, state: Shop, call: Call, operation: str) -> None:
        """The checks before the parameters, in the order that `info.description` numbers."""
        caller: Caller = call.caller
        if not state.settings.api_enabled:
            raise Refusal("api_disabled")
        if state.settings.ssl_all and call.environ.get("wsgi.url_scheme") != "https":
            raise _moved(call)
        if caller.address in reserved.NAMES or reserved.is_cron(caller.address):
            _answer_reserved(state, call)
        if not caller.names_method:
            raise Refusal("malformed_request", url=escape(f"api.php/{caller.address}"))
        _check_format(call)
        _admit(state, call)
        if operation == FALLBACK:
            if isinstance(caller.method, dict):
                raise Aside("php_error", PHP_ERROR)
            raise _unprintable(Refusal("unknown_method", method=f"{caller.app}.{escape(_text(caller.method))}"), call)
        if call.method != self._verbs[operation]:
            raise Refusal("method_not_allowed", method=call.method)
        _settle(call, operation)

    def invalid(self, operation: str, problems: list[Problem], call: Call) -> Refusal:
        """What is missing comes first, then the first value that cannot be used."""
        missing = _missing(operation, call.given)
        if missing:
            return Refusal(f"{missing}_missing")
        problem = next((each for each in problems if each.field), problems[0])
        if problem.field in BOUNDS and problem.keyword in OUT_OF_RANGE:
            return Refusal(BOUNDS[problem.field])
        return Refusal("invalid_parameter", parameter=problem.field, reason=_reason(problem))

    def ordered(self, refusal: Refusal, call: Call, headers: list[str], state: Any) -> Refusal:
        """The refusal with what the caller has not sent as a parameter."""
        app, _, method = call.function.partition(".")
        token = call.caller.token if call.caller is not None else ""
        told = {
            "sha256": hashlib.sha256(token.encode()).hexdigest(), "app": app or APP, "url": call.path.strip("/"),
            "method": call.method if refusal.name == "method_not_allowed" else call.function or f"{APP}.{method}",
            "order_id": call.given.get("id", "0"),
        }  # fmt: skip
        refusal.facts.update({fact: value for fact, value in told.items() if fact not in refusal.facts})
        return refusal

    def write(self, body: Body, call: Call, operation: str) -> bytes:
        """JSON, or the framework's XML; an error of PHP itself is no more than its text. Raises NoName."""
        if isinstance(body, str):
            return body.encode()
        return writing.xml(body) if call.media_type == XML else writing.json(body)

    def encode(self, status: int, body: Body, call: Call, operation: str) -> tuple[int, bytes]:
        """The body in the owner's language; a script is always 200, and XML may fail when all is done."""
        caller: Caller = call.caller
        if caller.language != "en_US" and isinstance(body, dict) and "error_description" in body:
            body = {**body, "error_description": texts.translated(body["error_description"], caller.language)}
        try:
            data = self.write(body, call, operation)
        except writing.NoName:
            failed = {"error": "server_error", "error_description": "Invalid Character Error"}
            return 500, self.write(failed, call, operation)
        if call.media_type != JSON or not caller.callback:
            return status, data
        call.media_type = SCRIPT
        return 200, b"%b(%b);" % (caller.callback.encode(errors="surrogateescape"), data)


def _admit(shop: Shop, call: Call) -> None:
    """Refuse a caller whose token does not open the app."""
    caller: Caller = call.caller
    if not caller.token:
        raise Refusal("token_required")
    if not caller.token.isascii() and (php_input.is_stray(caller.token) or max(caller.token) > "\uffff"):
        raise Refusal("server_error", reason=DATABASE_ERROR)  # the table of tokens has neither
    token = shop.admit(caller.token, call.now)
    caller.language = shop.settings.language
    if isinstance(caller.app, dict):
        raise Aside("php_error", PHP_ERROR)
    if caller.app not in (APP, FRAMEWORK):
        raise _unprintable(_not_installed(caller.app), call)
    if caller.app not in token.scope:
        raise Refusal("access_denied")
    if not shop.settings.licensed:
        raise Refusal("payment_required")


def _settle(call: Call, operation: str) -> None:
    """Make of what was sent what can be looked at: nothing is absent, and bytes that are no text cannot be kept."""
    given = call.given
    given.pop("access_token", None)  # it has been looked at, as PHP looks at it
    for name in NEEDED.get(operation, ()):
        if given.get(name) in NOTHING:
            given.pop(name, None)
    if not call.caller.is_read and php_input.is_stray(given):
        stored = any(php_input.is_stray(given.get(name)) for name in STORED)
        if operation == "add_order" and stored and not _missing(operation, given):
            raise Refusal("server_error", reason=DATABASE_ERROR)
        call.given = php_input.readable(given)


def _missing(operation: str, given: Body) -> str:
    """The parameter whose absence is noticed first, if any is absent: a customer is named by one of two."""
    absent = [name for name in NEEDED.get(operation, ()) if name not in given]
    if "contact" in absent and "contact_id" in absent:
        return "contact"
    return next((name for name in absent if name not in ("contact", "contact_id")), "")


def _check_format(call: Call) -> None:
    caller: Caller = call.caller
    if isinstance(caller.format, dict):
        raise Aside("php_error", PHP_ERROR)
    if caller.format and caller.format.lower() not in FORMATS:
        call.media_type = JSON
        raise _unprintable(Refusal("invalid_format", format=caller.format.upper()), call)


def _unprintable(refusal: Refusal, call: Call) -> Exception:
    """The refusal; or what is left of it in JSON where it would tell bytes that are not UTF-8."""
    if not any(php_input.is_stray(fact) for fact in refusal.facts.values()):
        return refusal
    status = {"invalid_format": 200, "unknown_method": 404}.get(refusal.name, 400)
    return Aside(refusal.name, Answer(status, f"{JSON}; charset=utf-8", b""))


def _answer_reserved(shop: Shop, call: Call) -> None:
    """Answer at the addresses that are no methods."""
    address = call.caller.address
    if address not in reserved.NAMES:
        raise reserved.no_job(call.media_type)
    if address == reserved.REVOKE:
        if not call.caller.token:
            raise Refusal("token_required")
        shop.admit(call.caller.token, call.now)
        del shop.tokens[call.caller.token]
        raise Aside("reserved: revoke", Answer(200, f"{JSON}; charset=utf-8", b"[]"))
    raise reserved.page(address, call.given if call.method == "POST" else {})


def _moved(call: Call) -> Aside:
    """A redirect to the same URL, with its query, over TLS."""
    environ = call.environ
    query = environ.get("QUERY_STRING", "")
    path = f"{environ.get('SCRIPT_NAME', '')}{environ['PATH_INFO']}"
    url = f"https://{environ.get('HTTP_HOST', 'localhost')}{path}{'?' if query else ''}{query}"
    return Aside("moved_to_https", Answer(301, reserved.HTML, b"", [("Location", url)]))


def _not_installed(app: str | None) -> Refusal:
    refusal = Refusal("app_not_installed", app=app or "")
    if app is None:
        refusal.body = {"error": "app_not_installed", "error_description": "App is not installed ()", "app": None}
    return refusal


def _address(call: Call) -> str:
    """What follows api.php in the URL. PHP never decodes it; a server that hides the URL from us has decoded it."""
    environ = call.environ
    url: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    path = url.partition("?")[0] if url else call.path
    return path.partition("/api.php")[2].rstrip("/").removeprefix("/")


def _names(address: str, query: forms.Tree) -> tuple[Any, Any, bool]:
    """The app and its method, from whichever of the three URLs, and whether it is one of them."""
    if not address:
        return query.get("app"), query.get("method", ""), True
    return _named(address)


@lru_cache(maxsize=256)
def _named(address: str) -> tuple[str, str, bool]:
    first, *others = address.split("/")
    if len(others) == 1:
        return first, others[0], True
    app, dot, method = first.partition(".")
    return app, method, bool(dot) and not others


@lru_cache(maxsize=256)
def _class_name(method: str) -> str:
    """The method's name as the framework looks for it: each part begins with a capital, and the dots are gone."""
    return "".join(part[:1].upper() + part[1:] for part in method.split("."))


_BEARER = re.compile(r"\A\s*bearer\s+", re.IGNORECASE)


def _token(form: forms.Tree, query: forms.Tree, call: Call) -> str:
    """The token: a field of the form hides the query's, even an empty one; the header is asked last."""
    given = form["access_token"] if "access_token" in form else query.get("access_token")
    if isinstance(given, dict):
        given = next(iter(given.values()), "")
    if isinstance(given, str) and given not in NOTHING:
        return given
    header = call.header("Authorization")
    header = header[7:].strip() if header.startswith("Bearer ") else _BEARER.sub("", header, count=1).strip()
    return "" if header in NOTHING else header


def _callback(query: forms.Tree) -> str:
    given = query.get("callback")
    return "" if given in NOTHING else _text(given)


def _media_type(format_: Any) -> str:
    return XML if isinstance(format_, str) and format_.lower() == "xml" else JSON


def _given(value: Any) -> Any:
    """The value, or nothing where it is nothing to PHP."""
    return "" if value in NOTHING else value


def _text(value: Any) -> str:
    """What PHP makes of a value where it wants a text."""
    return "Array" if isinstance(value, dict) else value or ""


def _reason(problem: Problem) -> str:
    reason = _REASONS.get(problem.keyword, problem.reason)
    return reason if len(reason) <= 100 else f"{reason[:100]}…"


_REASONS = {
    "oneOf": "it is neither an id nor fields",
    "pattern": "it has none of the documented forms",
}
