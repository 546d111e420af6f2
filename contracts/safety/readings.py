"""Which operations anybody may read out of a request: its own, and what its method, path or function's name says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from counterfoil.contracts.http.exchange import Request, Sent
from counterfoil.contracts.safety.contents import choices
from counterfoil.contracts.safety.nowhere import exists_nowhere
from counterfoil.contracts.wire import nesting
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import Clause, schemas_of

READING = ("reads", "session")
#: what the words in a name that no contract knows may mean to a program that knows it
_WORDS = {
    "pays": ("pay", "charge", "capture", "refund", "credit", "withdraw"),
    "removes": ("delete", "remove", "drop", "clear", "empty", "destroy", "purge", "reset", "close", "cancel", "terminate"),
    "creates": ("add", "create", "order", "new", "register", "insert", "import", "generate", "checkout", "confirm"),
    "changes": ("update", "set", "change", "edit", "accept", "pending", "fraud", "activate", "suspend", "send", "merge",
                "save", "put", "post", "action", "upgrade", "renew", "transfer", "module", "approve", "resume", "open"),
}  # fmt: skip
_OF_METHOD = {"POST": "creates", "PUT": "changes", "PATCH": "changes", "DELETE": "removes"}
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_OVERRIDES = ("_method", "x-http-method-override", "x-http-method", "x-method-override")
_QUIET = re.compile(r"[^a-z]+")
_READS = re.compile(r"^(?:get|list|search|find|read|show|view|count)")


@dataclass(frozen=True)
class Reading:
    """What the request does to whom reads it so. Without an operation, nothing is known of it but its name."""

    effect: str
    operation: Operation | None = None


def readings(request: Request, sent: Sent, contract: Contract) -> list[Reading]:
    """All that the request may do, its own operation first."""
    own = request.operation
    others = _by_function(own, sent, contract) if contract.function_property else _by_path(own, sent, contract)
    return [Reading(own.effect, own), *others]


def _by_function(own: Operation, sent: Sent, contract: Contract) -> Iterator[Reading]:
    for function in functions(sent, contract):
        named = [each for each in contract.operations.values() if names(each, function, contract)]
        for operation in named:
            is_alike = operation is own or (own in named and _does_the_same(operation, own))
            if not is_alike and not _lacks_its_signs(operation, named, sent, contract):
                yield Reading(operation.effect, operation)
        if not named:
            yield Reading(_effect_of(function))
    if own.effect in READING and _submits(sent, contract):
        yield Reading("changes")


def _does_the_same(operation: Operation, own: Operation) -> bool:
    return (operation.effect, operation.pays) == (own.effect, own.pays)


def functions(sent: Sent, contract: Contract) -> list[str]:
    """What the request gives as the name of the function, in any place and letter case."""
    wanted = (contract.function_property or "").casefold()
    found = [
        value for name, value in (*sent.query, *sent.fields) if name.partition("[")[0].strip().casefold() == wanted
    ]
    if isinstance(sent.tree, dict):
        found += [str(value) for name, value in sent.tree.items() if str(name).strip().casefold() == wanted]
    return list(dict.fromkeys(found))


def names(operation: Operation, function: str, contract: Contract) -> bool:
    """Whether the text names this operation's function, however it is written."""
    name = contract.function_property or ""
    schemas = schemas_of(contract)
    described: Any = next((each.schema for each in operation.parameters if each.name == name), None)
    for media in operation.request.values():
        described = schemas.properties(media.schema).get(name, described)
    if described is None or not operation.function:
        return False
    bare = function.strip()
    return schemas.holds(described, bare) or any(
        bare.casefold() == str(each).casefold() for each in (operation.function, *choices(described, contract))
    )


def _lacks_its_signs(operation: Operation, named: list[Operation], sent: Sent, contract: Contract) -> bool:
    """Whether another operation has the same function, and nothing in the request says that this one is meant."""
    if len(named) == 1 or operation.effect in READING:
        return False
    given = {name.partition("[")[0].strip().casefold() for name, _ in (*sent.query, *sent.fields)}
    wanted = {name.casefold() for name in _required(operation, contract)} - {
        (contract.function_property or "").casefold()
    }
    return bool(wanted) and not wanted & given


def _required(operation: Operation, contract: Contract) -> set[str]:
    found = {each.name for each in operation.parameters if each.required}
    for media in operation.request.values():
        schema = contract.deref(media.schema)
        for part in (schema, *(contract.deref(each) for each in schema.get("allOf", ()))):
            found |= set(part.get("required", ()))
    return found


def _submits(sent: Sent, contract: Contract) -> bool:
    """Whether it carries what marks a form as filled in."""
    given = {name.partition("[")[0].strip().casefold() for name, value in (*sent.query, *sent.fields) if value}
    return bool(_signs(contract) & given)


@lru_cache
def _signs(contract: Contract) -> frozenset[str]:
    """The required constants that only operations have that write something."""
    writing, reading = set[str](), {contract.function_property or ""}
    for operation in contract.operations.values():
        described = {each.name: each.schema for each in operation.parameters}
        for media in operation.request.values():
            described |= schemas_of(contract).properties(media.schema)
        if operation.effect in READING:
            reading |= described.keys()
        else:
            required = _required(operation, contract)
            writing |= {name for name in required if len(choices(described.get(name, {}), contract)) == 1}
    return frozenset(name.casefold() for name in writing - reading)


def _by_path(own: Operation, sent: Sent, contract: Contract) -> Iterator[Reading]:
    path = _plain(urlsplit(sent.url).path)
    there = [each for each in contract.operations.values() if _is_at(each, path)]
    for method in _methods(sent):
        exactly = [each for each in there if each.method == method]
        if not exactly and method in _SAFE and any(each.method == "GET" for each in there):
            continue
        yield from (Reading(each.effect, each) for each in exactly or there if each is not own)
        if not exactly and method in _OF_METHOD:
            yield Reading(_OF_METHOD[method])
    if own.effect in READING and own.method in _OF_METHOD:
        if any(other is not own and _is_at(own, other.path.casefold()) for other in contract.operations.values()):
            yield from (Reading(_effect_of(value)) for value in sent.path.values())
        if any(set(value) <= set("./\\") for value in sent.path.values()):
            yield Reading(_OF_METHOD[own.method])


def _methods(sent: Sent) -> list[str]:
    said = [value for name, value in (*sent.query, *sent.fields, *sent.headers.items()) if name.lower() in _OVERRIDES]
    return list(dict.fromkeys([sent.method.upper(), *(value.strip().upper() for value in said)]))


def _plain(path: str) -> str:
    return re.sub(r"/+", "/", unquote(path)).rstrip("/").casefold()


def _is_at(operation: Operation, path: str) -> bool:
    """Whether the path ends as the operation's does, whatever the base URL has before it."""
    return _ending(operation.path).search(path) is not None


@lru_cache(1024)
def _ending(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", path.rstrip("/").casefold())
    return re.compile("[^/]+".join(map(re.escape, parts)) + "$")


def _effect_of(name: str) -> str:
    """What a name that no contract knows may do, by the words in it. What is made up does nothing anywhere."""
    plain = _QUIET.sub("", name.casefold())
    if exists_nowhere(name) or not plain or _READS.match(plain):
        return "reads"
    return next((effect for effect, words in _WORDS.items() if any(word in plain for word in words)), "reads")


def pays(operation: Operation, sent: Sent, contract: Contract, broken: dict[str, Clause] | None) -> bool:
    """Whether anybody might read out of the request that money is to be moved."""
    says = operation.pays
    if isinstance(says, bool):
        return says
    required = says.get("required", [])
    pairs = [*sent.query, *sent.fields]
    if broken is None or any(sum(name == each for each, _ in pairs) > 1 for name in required):
        return True
    schemas = schemas_of(contract)
    described = {each.name: each.schema for each in operation.parameters}
    for media in operation.request.values():
        described |= schemas.properties(media.schema)
    whole = {"properties": {name: described[name] for name in required if name in described}}
    tree = sent.tree if isinstance(sent.tree, dict) else {}
    for reading in (*nesting.readings(pairs, contract.brackets), tree):
        given = {**tree, **reading}
        if schemas.holds(says, as_read(given, whole, contract, "form")):
            return True
        if all(name in given for name in required) and any(
            clause.pointer.split("/")[1:2] == [name] for clause in broken.values() for name in required
        ):
            return True
    return False
