"""What the documents alone ask of an answer: a contract's clauses without those that are but the mock's own choice."""

from functools import cache
from typing import Any

import jsonschema_rs

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import said, schemas_of

CHOSEN = "chosen"


class Founded:
    """The founded clauses of one operation's answers. They are compiled when somebody asks for them."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._contract = contract
        self._operation = operation
        self._validators: dict[tuple[int, str], Any] = {}

    def allows(self, status: int, media_type: str, body: Body) -> bool:
        """Whether all clauses that the body breaks are chosen."""
        answer = self._operation.answers[status]
        schema = answer.media[media_type].schema
        key = status, media_type
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.validator_for(
                _unbound(self._contract).rooted(_without_chosen(schema, self._contract))
            )
        if self._validators[key].is_valid(body):
            return True
        broken = schemas_of(self._contract).broken(schema, body, answer.evidence)
        return all(clause.evidence == CHOSEN for clause in broken)

    def knows(self, status: int, media_type: str, body: Body) -> bool:
        """Whether another operation documents such a refusal: which ones an operation gives is hardly ever told."""
        if status < 400:
            return False
        unbound = _unbound(self._contract)
        answers = [each.answers[status] for each in unbound.operations.values() if status in each.answers]
        schemas = [answer.media[media_type].schema for answer in answers if media_type in answer.media]
        return any(schemas_of(unbound).holds(schema, body) for schema in schemas)

    def requires_header(self, status: int, name: str) -> bool:
        """Whether a document asks for the header."""
        answer = self._operation.answers[status]
        return said(answer.headers[name], answer.evidence) != CHOSEN


@cache
def _unbound(contract: Contract) -> Contract:
    components = contract.document["components"]
    schemas = {name: _without_chosen(schema, contract) for name, schema in components["schemas"].items()}
    return Contract(contract.name, {**contract.document, "components": {**components, "schemas": schemas}})


def _without_chosen(node: Any, contract: Contract) -> Any:
    """The schema, in which anything fits where only a choice says what does."""
    if isinstance(node, list):
        return [_without_chosen(each, contract) for each in node]
    if not isinstance(node, dict):
        return node
    if _is_chosen(node, contract):
        return {}
    bound = {key: _without_chosen(value, contract) for key, value in node.items()}
    properties = node.get("properties", {})
    if isinstance(node.get("required"), list):
        bound["required"] = [name for name in node["required"] if not _is_chosen(properties.get(name), contract)]
    if {} in bound.get("oneOf", ()):
        bound["anyOf"] = bound.pop("oneOf")  # what is chosen fits anything, and so more than one branch may
    return bound


def _is_chosen(node: Any, contract: Contract) -> bool:
    """Whether the node says so itself, or beside it what it refers to."""
    return isinstance(node, dict) and said(node, said(contract.deref(node), "")) == CHOSEN
