"""What a request is for, judged by what goes over the wire: to read, to be refused, or to change something."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request, Sent, Withheld
from counterfoil.contracts.safety.credentials import CredentialState, credential_state
from counterfoil.contracts.safety.ownership import ownable
from counterfoil.contracts.safety.rules import NEEDS_WRITES, Rules
from counterfoil.contracts.wire import nesting
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import Clause, schemas_of

MONEY = "moves money, which is never done at a deployment"

_RANKS = ("reads", "session", "changes", "removes", "creates", "pays")


class Intent(Enum):
    """Why a request may be sent."""

    READS = "changes nothing"
    REFUSAL = "has to be refused"
    CHANGES = "changes something"
    CREATES = "creates something"


def intent_of(request: Request, sent: Sent, target: Target, rules: Rules) -> Intent:
    """What the request is for, as far as it may be sent to somebody's deployment. Raises Withheld."""
    contract = target.contract
    operation = max(meant(request, sent, contract), key=lambda each: _RANKS.index(each.effect))
    if operation.effect in ("reads", "session"):
        return Intent.READS
    broken = broken_by(sent, operation, contract)
    if pays(operation, sent, contract, broken):
        raise Withheld(MONEY)
    if (operation is request.operation or request.expected is False) and _is_to_be_refused(
        request, sent, target, broken
    ):
        return Intent.REFUSAL
    if not rules.writes:
        raise Withheld(f"{NEEDS_WRITES}, since it {operation.effect} something there")
    return Intent.CREATES if operation.effect == "creates" else Intent.CHANGES


def _is_to_be_refused(request: Request, sent: Sent, target: Target, broken: dict[str, Clause] | None) -> bool:
    """Whether the contract leaves no choice: what it only chose, a deployment may well accept.

    What comes of a mistake there must not be somebody else's loss: a broken clause is reason enough to ask for something
    new, but not to change or remove what exists.
    """
    if request.expected is not None:
        return not request.expected
    must = any(clause.evidence != "chosen" for clause in (broken or {}).values())
    if must and request.operation.effect == "creates" and not sent.path.keys() & ownable(target.contract):
        return True
    return credential_state(request, sent, target) in (CredentialState.NONE, CredentialState.WRONG)


def meant(request: Request, sent: Sent, contract: Contract) -> list[Operation]:
    """The operations that somebody may read out of the request: its own, and what its path, method or function names."""
    own = request.operation
    filled = own.path
    for name, value in sent.path.items():
        filled = filled.replace("{" + name + "}", value)
    others = [each for each in contract.operations.values() if each is not own]
    functions = list(_functions(sent, contract))
    if contract.function_property is None:
        return [own, *(each for each in others if each.method == sent.method and each.path in (own.path, filled))]
    if all(_names(own, function, contract) for function in functions):
        return [own]
    return [own, *(each for each in others if any(_names(each, function, contract) for function in functions))]


def _functions(sent: Sent, contract: Contract) -> Iterator[str]:
    """What the request gives as the name of the function, in any place and letter case."""
    wanted = (contract.function_property or "").casefold()
    for name, value in (*sent.query, *sent.fields):
        if wanted and name.partition("[")[0].strip().casefold() == wanted:
            yield value
    if wanted and isinstance(sent.tree, dict):
        yield from (str(value) for name, value in sent.tree.items() if str(name).casefold() == wanted)


def _names(operation: Operation, function: str, contract: Contract) -> bool:
    """Whether the text names this operation's function."""
    name = contract.function_property or ""
    schemas = schemas_of(contract)
    described: Any = next((each.schema for each in operation.parameters if each.name == name), None)
    for media in operation.request.values():
        described = schemas.properties(media.schema).get(name, described)
    return described is not None and bool(operation.function) and schemas.holds(described, function)


def pays(operation: Operation, sent: Sent, contract: Contract, broken: dict[str, Clause] | None) -> bool:
    """Whether anybody might read out of the request that money is to be moved."""
    says = operation.pays
    if isinstance(says, bool):
        return says
    names = says.get("required", [])
    pairs = [*sent.query, *sent.fields]
    if broken is None or any(sum(name == each for each, _ in pairs) > 1 for name in names):
        return True
    schemas = schemas_of(contract)
    described = {each.name: each.schema for each in operation.parameters}
    for media in operation.request.values():
        described |= schemas.properties(media.schema)
    whole = {"properties": {name: described[name] for name in names if name in described}}
    tree = sent.tree if isinstance(sent.tree, dict) else {}
    for reading in (*nesting.readings(pairs, contract.brackets), tree):
        given = {**tree, **reading}
        if schemas.holds(says, as_read(given, whole, contract, "form")):
            return True
        if all(name in given for name in names) and any(
            clause.pointer.split("/")[1:2] == [name] for clause in broken.values() for name in names
        ):
            return True
    return False
