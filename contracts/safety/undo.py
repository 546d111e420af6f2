"""What undoes a call: the links of a contract's answers whose names begin with `undo`, filled from an exchange."""

from collections.abc import Mapping
from typing import Any

import msgspec

from counterfoil.contracts.generate.examples import usual_fields
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.safety.created import Step
from counterfoil.specs import Contract, Operation
from counterfoil.specs.pointers import NOWHERE, at_pointer


def steps(contract: Contract, request: Request, status: int, headers: Mapping[str, str], tree: Any) -> list[Step]:
    """What undoes the call that was answered so, in the order of the links' names; nothing where a value is missing."""
    answer = contract.deref(request.operation.raw["responses"].get(str(status), {}))
    found = []
    for name, link in sorted(answer.get("links", {}).items()):
        link = contract.deref(link)  # noqa: PLW2901 - what it refers to is what it is
        if not name.startswith("undo"):
            continue
        values = Values(request, headers, tree)
        parameters = {key: values.of(value) for key, value in link.get("parameters", {}).items()}
        body = values.of(link["requestBody"]) if "requestBody" in link else None
        if values.lacking:
            continue
        found.append(_step(contract, name, link, parameters, body, request.session))
    return found


def _step(
    contract: Contract, name: str, link: dict[str, Any], parameters: dict[str, Any], body: Any, session: str | None
) -> Step:
    operation = contract.operations[link["operationId"]]
    query, usual = usual_fields(contract, operation)
    places: dict[str, dict[str, Any]] = {"path": {}, "query": query, "header": {}}
    for key, value in parameters.items():
        place, _, bare = key.rpartition(".")
        home = place or next((each.place for each in operation.parameters if each.name == key), "query")
        places[home][bare] = value
    if operation.request:
        body = {**usual, **(body or {})}
    done = link.get("x-done", [])
    return Step(name, operation.id, places["path"], places["query"], places["header"], body, done, session)


def as_linked(contract: Contract, maker: str, step: Step) -> Step | None:
    """The step as a link of the contract has it that undoes what the operation `maker` creates; None where none does.

    A step comes from a file: it chooses the ids, and nothing else.
    """
    operation = contract.operations.get(maker)
    responses = operation.raw["responses"].values() if operation else ()
    for link in (contract.deref(response).get("links", {}).get(step.name) for response in responses):
        if link is None or not step.name.startswith("undo"):
            continue
        link = contract.deref(link)  # noqa: PLW2901 - what it refers to is what it is
        given = {**step.path, **step.query, **step.headers}
        parameters = {
            key: _chosen(written, given.get(key.rpartition(".")[2]))
            for key, written in link.get("parameters", {}).items()
        }
        body = _chosen(link["requestBody"], step.body) if "requestBody" in link else None
        made = _step(contract, step.name, link, parameters, body, step.session)
        if msgspec.structs.replace(step, done=made.done) == made:
            return made
    return None


def _chosen(written: Any, given: Any) -> Any:
    """What the link writes, with the given ids where it takes them from an answer."""
    if isinstance(written, dict):
        return {
            key: _chosen(below, given.get(key) if isinstance(given, dict) else None) for key, below in written.items()
        }
    if isinstance(written, list):
        return [
            _chosen(below, given[at] if isinstance(given, list) and at < len(given) else None)
            for at, below in enumerate(written)
        ]
    if isinstance(written, str) and written.startswith("$"):
        return given if isinstance(given, str | int) else None
    return written


def request_of(step: Step, contract: Contract, session: str | None) -> Request:
    """The step as a request, in the session of that account."""
    operation: Operation = contract.operations[step.operation]
    media_type = next(iter(operation.request), None)
    return Request(operation, step.path, step.query, step.headers, step.body, media_type=media_type, session=session)


class Values:
    """Runtime expressions of OpenAPI, evaluated. `lacking` tells whether one of them led nowhere."""

    def __init__(self, request: Request, headers: Mapping[str, str], tree: Any) -> None:
        self._request, self._headers, self._tree = request, headers, tree
        self.lacking = False

    def of(self, node: Any) -> Any:
        """The value with every expression in it replaced by what it stands for."""
        if isinstance(node, dict):
            return {key: self.of(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.of(value) for value in node]
        if not isinstance(node, str) or not node.startswith("$"):
            return node
        found = self._found(node)
        self.lacking |= found is NOWHERE or found is None
        return found

    def _found(self, expression: str) -> Any:
        place, _, pointer = expression.partition("#")
        if place == "$response.body":
            return at_pointer(self._tree, pointer)
        if place == "$request.body":
            return at_pointer(self._request.body, pointer)
        _, kind, name = place.split(".", 2)
        source: Mapping[str, Any] = {
            "path": self._request.path,
            "query": self._request.query,
            "header": self._request.headers if place.startswith("$request") else self._headers,
        }[kind]
        return next((value for each, value in source.items() if each.lower() == name.lower()), NOWHERE)
