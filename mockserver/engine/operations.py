"""A contract compiled once at start: what each operation takes and may answer, as functions that are quick to call."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs

from counterfoil.mockserver.engine.forms import Coercer, Coercion
from counterfoil.mockserver.engine.founded import Founded
from counterfoil.mockserver.engine.vendor import Accepted, Body, Problem
from counterfoil.specs import Contract, Media, Operation


class MockBug(Exception):
    """The mock was about to send an answer that its own contract does not allow."""


class Undocumented(MockBug):
    """A handler or a dialect refused under a name that its operation does not have."""


Template = Callable[[dict[str, Any]], Any]


def _template(value: Any) -> Template:
    """A function that fills an example's texts with facts."""
    if isinstance(value, dict):
        parts = {key: _template(each) for key, each in value.items()}
        return lambda facts: {key: part(facts) for key, part in parts.items()}
    if isinstance(value, list):
        members = [_template(each) for each in value]
        return lambda facts: [member(facts) for member in members]
    if isinstance(value, str) and "{" in value:
        return value.format_map
    return lambda facts: value


class Validators:
    """Compiles a contract's schemas; one that many operations refer to is compiled once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._by_ref: dict[str, Any] = {}

    def compile(self, schema: dict[str, Any]) -> Any:
        """The validator for the schema."""
        ref = schema["$ref"] if schema.keys() == {"$ref"} else None
        if ref is None:
            return jsonschema_rs.validator_for(self._contract.rooted(schema))
        if ref not in self._by_ref:
            self._by_ref[ref] = jsonschema_rs.validator_for(self._contract.rooted(schema))
        return self._by_ref[ref]


class Compiled:
    """One operation, ready for requests."""

    def __init__(self, contract: Contract, operation: Operation, coercion: Coercion, validators: Validators) -> None:
        self.id = operation.id
        fields, whole = _request_schemas(operation)
        self.coerce: Coercer = coercion.compile(fields)
        # problems are reported without the value, which may be a password
        self._request = jsonschema_rs.validator_for(contract.rooted(whole), mask="it")
        self._founded = Founded(contract, operation)
        self._answers = {
            (answer.status, media.media_type): validators.compile(media.schema)
            for answer in operation.answers.values()
            for media in answer.media.values()
        }
        self._headers = {
            answer.status: [
                (name, header.get("required", False), validators.compile(header["schema"]))
                for name, header in answer.headers.items()
            ]
            for answer in operation.answers.values()
        }
        #: by name: the status, and what makes the body
        self.refusals: dict[str, tuple[int, Template]] = {}
        #: the notation of those that the contract shows in another one than the usual
        self.notations: dict[str, str] = {}
        self._accepted: dict[str, int] = {}
        for name, (answer, media, example) in operation.examples.items():
            if contract.is_refusal(example, answer.status):
                self.refusals[name] = (answer.status, _template(example.value))
                if media.media_type != next(iter(answer.media)):
                    self.notations[name] = media.media_type
            else:
                self._accepted[name] = answer.status
        self._success = next(iter(self._accepted.values()), 0)
        self._operation, self._dereferenced = operation, contract.deref

    @property
    def accepted_names(self) -> Iterable[str]:
        """The names of its accepted outcomes."""
        return self._accepted.keys()

    @property
    def accepted_statuses(self) -> set[int]:
        """The statuses of its accepted outcomes."""
        return set(self._accepted.values())

    @cached_property
    def samples(self) -> dict[str, Any]:
        """What the contract shows of the operation's fields, by their names: plain values only."""
        return dict(_samples(self._operation, self._dereferenced))

    def summary(self, refusal: str) -> str:
        """Why the refusal is given, in the contract's words or those of its name."""
        words = self._operation.examples[refusal][2].summary or refusal.replace("_", " ")
        return words[:1].lower() + words[1:]

    def required_headers(self, refusal: str) -> list[str]:
        """The headers that the refusal cannot do without."""
        return [name for name, required, _ in self._headers[self.refusals[refusal][0]] if required]

    def problems(self, given: Body) -> list[Problem]:
        """The clauses of the request that the fields break; empty if they keep all."""
        if self._request.is_valid(given):
            return []
        return [problem for error in self._request.iter_errors(given) for problem in _problems(error)]

    def accepted(self, result: Body | Accepted) -> tuple[int, str, Body]:
        """The status, the outcome and the body of what a handler has done. Raises Undocumented."""
        if not isinstance(result, Accepted):
            return self._success, "accepted", result
        if result.name not in self._accepted:
            raise Undocumented(f"{self.id} has no accepted example named {result.name!r}")
        return self._accepted[result.name], result.name, result.body

    def refusal(self, name: str, facts: dict[str, Any]) -> tuple[int, Body]:
        """The status and the body of a named refusal.

        Raises:
            Undocumented: the operation has no such example.
            MockBug: the example asks for a fact that was not given.
        """
        if name not in self.refusals:
            raise Undocumented(f"{self.id} has no example named {name!r}; it has: {', '.join(sorted(self.refusals))}")
        status, template = self.refusals[name]
        try:
            return status, template(facts)
        except KeyError as error:
            raise MockBug(f"{self.id}: the example {name!r} needs the fact {error}, which was not given") from error

    def verify(
        self, status: int, media_type: str, body: Body, headers: Mapping[str, str] | None, *, chosen: bool
    ) -> None:
        """Raise MockBug unless the contract allows this body, and these headers if any are given, under this status.

        A clause that no document has does not bind unless `chosen`.
        """
        validator = self._answers.get((status, media_type))
        if validator is None:
            if not chosen and self._founded.knows(status, media_type, body):
                return
            raise MockBug(f"{self.id} documents no {media_type} under {status}")
        if not validator.is_valid(body) and (chosen or not self._founded.allows(status, media_type, body)):
            error = next(iter(validator.iter_errors(body)))
            path = "/".join(str(part) for part in error.instance_path)
            raise MockBug(f"{self.id} {status} {media_type}: /{path}: {error.message}")
        if headers is None:
            return
        for name, required, schema in self._headers[status]:
            value = headers.get(name)
            if value is None and required and (chosen or self._founded.requires_header(status, name)):
                raise MockBug(f"{self.id} {status}: the header {name} is missing")
            if value is not None and not schema.is_valid(value):
                raise MockBug(f"{self.id} {status}: the header {name} is {value!r}")


def _samples(operation: Operation, deref: Callable[[Any], Any]) -> Iterator[tuple[str, Any]]:
    """The plain values in the examples of a request, else those that its schemas show."""
    seen: dict[str, Any] = {}
    for parameter in operation.parameters:
        seen[parameter.name] = _sample(deref(parameter.schema))
    for media in operation.request.values():
        for name, schema in _properties(media.schema, deref):
            seen.setdefault(name, _sample(deref(schema)))
        for example in media.examples.values():
            seen.update(_plain(example.value))
    yield from ((name, value) for name, value in seen.items() if value is not None)


def _sample(schema: dict[str, Any]) -> Any:
    shown = [*schema.get("examples", ()), *(schema[key] for key in ("example", "default", "const") if key in schema)]
    return next((value for value in [*shown, *schema.get("enum", ())] if isinstance(value, str | int | float)), None)


def _properties(schema: dict[str, Any], deref: Callable[[Any], Any]) -> Iterator[tuple[str, Any]]:
    schema = deref(schema)
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _properties(part, deref)
    yield from schema.get("properties", {}).items()


def _plain(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, list):
        for each in tree:
            yield from _plain(each)
    if isinstance(tree, dict):
        for name, value in tree.items():
            if isinstance(value, str | int | float):
                yield name, value
            else:
                yield from _plain(value)


def _request_schemas(operation: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
    """A schema for the fields that arrive as text, and one for the whole request.

    A form's fields stand beside the parameters, and so do those of an object in the query, which OpenAPI explodes; a JSON
    body stands under `body`.
    """
    exploded = [p for p in operation.parameters if p.place == "query" and p.schema.get("type") == "object"]
    parameters = [parameter for parameter in operation.parameters if parameter not in exploded]
    media: Media | None = next(iter(operation.request.values()), None)
    form = media if media is not None and not media.media_type.endswith("json") else None
    fields: dict[str, Any] = {
        "type": "object",
        "properties": {parameter.name: parameter.schema for parameter in parameters},
        "required": [parameter.name for parameter in parameters if parameter.required],
    }
    beside = [parameter.schema for parameter in exploded] + ([form.schema] if form else [])
    if beside:
        fields["allOf"] = beside
    if media is None or form:
        return fields, fields
    required = fields["required"] + (["body"] if operation.request_required else [])
    return fields, {**fields, "properties": {**fields["properties"], "body": media.schema}, "required": required}


def _problems(error: Any) -> Iterator[Problem]:
    """The problems behind an error; in a union whose branches differ by a constant, those of the branch that it chooses."""
    branches = getattr(error.kind, "context", None)
    if branches:
        depth = len(error.instance_path)
        branches = [branch for branch in branches if not _is_of_another_type(branch, depth)] or branches
        choosing = _choosing(branches, depth + 1)
        chosen = [branch for branch, constant in zip(branches, choosing, strict=True) if constant is None]
        if len(chosen) == 1 and len(branches) > 1:
            for below in chosen[0]:
                yield from _problems(below)
            return
        constants = [constant for constant in choosing if constant is not None]
        if not chosen:
            offered = [value for constant in constants for value in _values(constant.kind)]
            yield Problem(_bracketed(constants[0].instance_path), "enum", _none_of(offered))
            return
        absent = [{e.kind.property for e in branch if e.kind.name == "required"} for branch in branches]
        for name in sorted(set.intersection(*absent)):
            yield Problem(_bracketed(error.instance_path), "required", "it is required", name)
            return
    keyword = error.kind.name
    reason = _none_of(_values(error.kind)) if keyword in ("const", "enum") else error.message
    yield Problem(_bracketed(error.instance_path), keyword, reason, getattr(error.kind, "property", ""))


def _is_of_another_type(branch: Iterable[Any], depth: int) -> bool:
    """Whether the branch is for another type of value altogether, a text where an object was sent."""
    return any(error.kind.name == "type" and len(error.instance_path) == depth for error in branch)


def _choosing(branches: list[list[Any]], depth: int) -> list[Any]:
    """For each branch, the error about the constant that tells the branches apart, if the value lacks it.

    It is that of the property whose constant most branches miss: each has its own there, and other constants in common.
    """
    missed = [
        {error.instance_path[-1]: error for error in reversed(list(branch))
         if error.kind.name in ("const", "enum") and len(error.instance_path) == depth}
        for branch in branches
    ]  # fmt: skip
    by_property: Counter[str | int] = Counter()
    for errors in missed:
        by_property.update({name: 2 + (error.kind.name == "const") for name, error in errors.items()})
    property_ = max(by_property, key=lambda name: by_property[name], default="")
    return [errors.get(property_) for errors in missed]


def _none_of(values: Iterable[Any]) -> str:
    """Why a value is refused beside which only these can be; all are told, once."""
    told = ", ".join(dict.fromkeys("null" if value is None else str(value) for value in values))
    return f"it is none of {told}"


def _values(kind: Any) -> list[Any]:
    return [kind.expected_value] if kind.name == "const" else list(kind.options)


def _bracketed(path: Iterable[str | int]) -> str:
    """The field as it is named on the wire: `items[0][sku_id]`."""
    return "".join(f"[{part}]" if place else str(part) for place, part in enumerate(path))


def compile_contract(contract: Contract) -> dict[str, Compiled]:
    """All operations of the contract by their operationId."""
    coercion, validators = Coercion(contract), Validators(contract)
    return {
        name: Compiled(contract, operation, coercion, validators) for name, operation in contract.operations.items()
    }
