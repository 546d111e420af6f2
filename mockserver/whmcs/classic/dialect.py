"""How the classic API is spoken: fields of a form in, JSON, XML or NVP out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.received import MAX_BODY
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Dialect, Problem
from counterfoil.mockserver.whmcs.classic import routes
from counterfoil.mockserver.whmcs.classic.clients.routes import details
from counterfoil.mockserver.whmcs.classic.orders import parameters
from counterfoil.mockserver.whmcs.classic.protocol import reasons
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.ordering import placing
from counterfoil.mockserver.whmcs.people import accounts
from counterfoil.mockserver.whmcs.people.addresses import caller_address
from counterfoil.specs import Contract

VERSION = "8.13.1"
NVP = "text/plain"
MEDIA_TYPES = {"json": "application/json", "xml": "application/xml", "nvp": NVP}

#: parameters of some functions that take several ids with commas between them
_ID_LISTS = frozenset(("addons", "pid", "serviceid"))
_COMMA = re.compile(r"\s*,\s*")

#: an id that is absent is answered like one that does not exist
_ABSENT_IDS = {
    "clientid": "client_id_not_found", "userid": "client_id_not_found", "orderid": "order_not_found",
    "invoiceid": "invoice_not_found",
}  # fmt: skip
_NO_SERVICE = {"accountid": ("module_refused", "")}
#: functions that have words of their own for a field: where it is absent, and where its value is none; in their order
_OWN_WORDS = {
    "domain_whois": {"domain": ("domain_invalid", "domain_invalid")},
    "validate_login": {"email": ("login_wrong", ""), "password2": ("login_wrong", "")},
    "send_email": {"customvars": ("", "variables_invalid")},
    "upgrade_product": {
        "serviceid": ("service_not_found", ""), "paymentmethod": ("invalid_payment_method", ""),
        "type": ("upgrade_type_invalid", "upgrade_type_invalid"),
    },
    "update_client_product": {"serviceid": ("service_not_found", "")},
    "update_client": {"": ("client_id_not_found", "")},
    "module_create": _NO_SERVICE, "module_suspend": _NO_SERVICE, "module_unsuspend": _NO_SERVICE,
    "module_terminate": _NO_SERVICE,
    "add_transaction": {"paymentmethod": ("payment_method_required", "")},
    "add_credit": {
        "clientid": ("client_id_not_found", ""), "type": ("", "credit_type_invalid"),
        "amount": ("amount_missing", "amount_malformed"), "date": ("", "day_invalid"),
    },
}  # fmt: skip


class ClassicCaller(msgspec.Struct, frozen=True):
    """Who calls, and the installation that let them in."""

    installation: Installation
    read_only: bool


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A broken clause: the field (none for a choice between fields), and whether it is absent."""

    field: str
    absent: bool
    reason: str


FALLBACK = "unknown_action"  # the operation for whatever names no other one


class Classic(Dialect):
    """The dialect of `includes/api.php`."""

    #: for tools that cannot send a fragment; what is sent as `action` counts before it
    aliases: tuple[str, ...] = ("/includes/api.php/{action}",)
    reads_first = frozenset(("action", "responsetype"))

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        #: by the function's name in small letters: the name as the vendor writes it, and the operation
        self._functions = {
            operation.function.lower(): (operation.function, operation.id)
            for operation in contract.operations.values()
            if operation.function
        }
        self._fields = {
            operation.id: reasons.fields(contract, next(iter(operation.request.values())).schema)
            for operation in contract.operations.values()
        }

    def unread(self, call: Call) -> str:
        """Whatever cannot be read names no action."""
        return FALLBACK

    def read(self, call: Call) -> None:
        """Query and body are one; where both have a name, the body counts. Empty values are absent."""
        call.media_type = NVP
        call.ip = caller_address(call.ip, call.header("X-Forwarded-For"))
        call.given = fields = {**call.parameters, **_filled(call.query_fields())}
        call.media_type = _media_type(fields)  # known before the body is read, which may turn out to be unreadable
        if call.sent:
            fields.update(_filled(call.body_fields()))
            call.media_type = _media_type(fields)
        form = fields.get("responsetype")
        if isinstance(form, str):
            fields["responsetype"] = form.lower()
        for name in _ID_LISTS.intersection(fields):
            fields[name] = _without_spaces(fields[name])
        action = fields.get("action")
        if isinstance(action, str):
            call.function = self._functions.get(action.lower(), (action, ""))[0]
            fields["action"] = call.function

    def operation(self, call: Call) -> str:
        """The function that `action` names."""
        return self._functions.get(call.function.lower(), ("", FALLBACK))[1]

    def gate(self, state: Installation, call: Call, operation: str) -> None:
        """Credentials, then the caller's address, then what the credentials may do."""
        call.caller = caller = ClassicCaller(state, _read_only(state, call.given))
        if not _welcome(state, call):
            raise Refusal("invalid_ip", ip=call.ip)
        if caller.read_only and call.function and not operation.startswith("get_"):
            raise Refusal("permission_denied", action=call.function.lower())

    def invalid(self, operation: str, problems: list[Problem], call: Call) -> Refusal:
        """The first refusal that applies: what is absent is refused by the function itself, other values by name."""
        if operation == FALLBACK:
            return _refusal_of(lambda: routes.unknown_action(call.caller.installation, call))
        broken = [_field_problem(problem) for problem in problems]
        if operation == "add_client":
            said = details(call.given)
            try:
                accounts.check(call.caller.installation, said)
            except Refusal as refusal:
                return refusal
        if operation == "add_order":
            if all(problem.absent for problem in broken):
                return _refusal_of(lambda: _draft(call))
            broken = _in_order_of_the_checks(broken)
        else:
            broken.sort(key=lambda problem: problem.field not in _ABSENT_IDS)
        for field, (absent, wrong) in _OWN_WORDS.get(operation, {}).items():
            for problem in broken:
                words = absent if problem.absent else wrong
                if problem.field == field and words:
                    return Refusal(words, **_facts(call.caller.installation))
        return self._refusal(operation, broken[0], call)

    def _refusal(self, operation: str, problem: FieldProblem, call: Call) -> Refusal:
        if not problem.absent:
            schema = reasons.described(self._fields[operation], problem.field)
            explained = reasons.explain(self._contract, schema, problem.field, call.given.get(problem.field))
            name, reason = explained or (problem.field, problem.reason)
            return Refusal("invalid_parameter", parameter=name, reason=reason)
        if not problem.field:
            return Refusal("no_items" if operation == "add_order" else "either_id_or_email_required")
        if problem.field in _ABSENT_IDS:
            return Refusal(_ABSENT_IDS[problem.field])
        if operation == "add_order" and problem.field == "paymentmethod":
            return Refusal("invalid_payment_method")
        return Refusal("invalid_parameter", parameter=problem.field, reason="it is required")

    def ordered(self, refusal: Refusal, call: Call, headers: list[str], state: Any) -> Refusal:
        """The refusal with what the caller has not sent as a field."""
        told = {"ip": call.ip, "action": call.function.lower() or "none", "status": "Closed", "limit": MAX_BODY}
        told |= _facts(state)
        refusal.facts.update({fact: value for fact, value in told.items() if fact not in refusal.facts})
        return refusal

    def write(self, body: Body, call: Call, operation: str) -> bytes:
        """The body in the form that was asked for."""
        if call.media_type == "application/json":
            return wire.json(body)
        if call.media_type == "application/xml":
            return wire.xml({"action": call.function.lower(), **body}, "whmcsapi", f' version="{VERSION}"')
        return wire.pairs(body)


def _facts(installation: Installation) -> dict[str, str]:
    """What refusals of what is absent tell."""
    return {"reason": "Service ID Not Found", "methods": ",".join(sorted(installation.payment_methods))}


def _filled(tree: dict[str, Any]) -> dict[str, Any]:
    """The fields without those that are empty, at any depth."""
    for name in [name for name, value in tree.items() if not (_filled(value) if isinstance(value, dict) else value)]:
        del tree[name]
    return tree


def _without_spaces(value: Any) -> Any:
    """The lists of ids without the spaces beside their commas."""
    if isinstance(value, dict):
        return {line: _without_spaces(each) for line, each in value.items()}
    return _COMMA.sub(",", value.strip()) if "," in value else value


def _media_type(fields: Body) -> str:
    form = fields.get("responsetype")
    return MEDIA_TYPES.get(form.lower(), NVP) if isinstance(form, str) else NVP


def _read_only(state: Installation, given: Body) -> bool:
    """Whether the caller may only read. Refused if nobody sends these credentials."""
    name, word = given.get("username"), given.get("password")
    pairs = (given.get("identifier"), given.get("secret")), (name, word)
    for credential in state.credentials:
        if (credential.identifier, credential.secret) in pairs:
            return credential.read_only
    if isinstance(word, str):
        for person in state.administrators.values():
            if person.may_call and person.username == name and person.password == word.lower():
                return False
    raise Refusal("invalid_credentials")


def _welcome(state: Installation, call: Call) -> bool:
    """Whether calls from that address are taken, or the access key comes along."""
    allowed, key = state.settings.allowed_ips, state.settings.access_key
    return call.ip in allowed or "*" in allowed or (key != "" and call.given.get("accesskey") == key)


def _field_problem(problem: Problem) -> FieldProblem:
    field = problem.field.partition("[")[0]
    if field:
        return FieldProblem(field, False, problem.reason)
    return FieldProblem(problem.missing, True, problem.reason)


def _in_order_of_the_checks(broken: list[FieldProblem]) -> list[FieldProblem]:
    first = ("clientid", "paymentmethod", "")
    return sorted(broken, key=lambda problem: first.index(problem.field) if problem.field in first else len(first))


def _draft(call: Call) -> Any:
    return placing.draft(call.caller.installation, parameters.order_request(call), call.now.date())


def _refusal_of(attempt: Callable[[], Any]) -> Refusal:
    """The refusal in which the attempt, which lacks something, ends."""
    try:
        attempt()
    except Refusal as refusal:
        return refusal
    return Refusal("no_items")
