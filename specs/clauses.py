"""Every clause of a contract: each promise that can be broken, on its own, by a request or by an answer.

A clause's id stays the same from run to run, and is the id of the finding that the suite makes when it sees the clause
broken, where such a finding exists. The words of an id:

- `{contract}:{operation}:request:{place}:{pointer}:{keyword}`, the place being `body`, `query`, `path`, `header` or
  `security`
- `{contract}:{operation}:answer:{status}:{pointer}:{keyword}`, with `:xml` or the like behind the status where the body
  is no JSON; `answer:{status}:header:{name}:{keyword}`; `answer:{status}:{media type}:media_type`, `…:malformed`
- `{contract}:{operation}:answer:{status}:status` and `{contract}:{operation}:outcome:{name}`
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from counterfoil.specs import Answer, Contract, Operation, Parameter
from counterfoil.specs.evidence import of_refusal, weakest
from counterfoil.specs.pointers import escaped
from counterfoil.specs.schemas import is_several, said, schemas_of

#: what a value has to satisfy, each a clause of its own
KEYWORDS = (
    "type", "enum", "const", "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
    "contains", "not",
)  # fmt: skip
# They say how wide a program's variable has to be: what is answered fits into it, what is asked may be refused for it.
_WIDTHS = frozenset(("int32", "int64", "float", "double"))
#: what a value claims beyond its type (see `contracts.reading.claims`)
CLAIMS = ("x-decimal", "x-amount", "x-counts", "x-sums")
_PROSE = {
    "required": "is there", "type": "is of the type {}", "format": "has the format {}", "enum": "is one of {}",
    "const": "is {}", "pattern": "matches {}", "minimum": "is at least {}", "maximum": "is at most {}",
    "exclusiveMinimum": "is more than {}", "exclusiveMaximum": "is less than {}", "multipleOf": "is a multiple of {}",
    "minLength": "has at least {} characters", "maxLength": "has at most {} characters",
    "minItems": "has at least {} items", "maxItems": "has at most {} items", "uniqueItems": "has no item twice",
    "minProperties": "has at least {} properties", "maxProperties": "has at most {} properties",
    "additionalProperties": "has no other properties", "dependentRequired": "is there if {} is",
    "contains": "contains what it has to", "not": "is not what it must not be", "oneOf": "is one of {}",
    "anyOf": "is any of {}", "media_type": "has the media type {}", "malformed": "can be read as {}",
    "x-decimal": "fits into {} digits and decimals", "x-amount": "is the amount that it shows", "x-counts": "counts {}", "x-sums": "comes to {}",
    "json": "is JSON", "status": "has the documented status {}", "outcome": "means {}", "valid": "opens the operation",
}  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """One promise. `part` is `request` or `answer`; `place` says where in it, `pointer` where in that.

    `value` is what the keyword says. Where a union says different things under one id, `others` has what its other
    branches say.
    """

    id: str
    contract: str
    operation: str
    part: str
    place: str
    pointer: str
    keyword: str
    value: Any
    evidence: str
    others: tuple[Any, ...] = ()

    @property
    def says(self) -> str:
        """The promise in words: `/quantity in the body is at least 1`."""
        whole = "the credential" if self.place == "security" else f"the {self.place}"
        if self.part == "answer":
            status, _, kind = self.place.partition(":")
            whole = f"the answer {status}{f' ({kind})' if kind not in ('', 'header') else ''}"
        what = f"{self.pointer} in {whole}" if self.pointer else whole
        if self.place.endswith(":header"):
            what = f"the header {self.pointer} of {whole}"
        elif self.place in ("query", "path", "header"):
            what = f"the {self.place} parameter {self.pointer.removeprefix('/')}"
        return f"{what} {_PROSE[self.keyword].format(_plain(self.value))}"


def _plain(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


#: a clause within its place: pointer, keyword, what the keyword says, evidence
_Found = tuple[str, str, Any, str]


@lru_cache
def clauses_of(contract: Contract) -> dict[str, Clause]:
    """Every clause of the contract by its id, in the contract's order."""
    operations = contract.operations.values()
    return _united(each for one in operations for each in (*_of_request(contract, one), *_of_answers(contract, one)))


@lru_cache
def clauses_of_requests(contract: Contract, operation: str) -> dict[str, Clause]:
    """The clauses of the operation's requests alone."""
    return _united(_of_request(contract, contract.operations[operation]))


def _united(clauses: Iterable[Clause]) -> dict[str, Clause]:
    """The clauses by their ids; what several say under one id is one clause."""
    found: dict[str, Clause] = {}
    for clause in clauses:
        known = found.setdefault(clause.id, clause)
        if clause.value != known.value and clause.value not in known.others:
            found[clause.id] = replace(known, others=(*known.others, clause.value))
    return found


def place_of(status: int, media_type: str) -> str:
    """The place of a body's clauses in an answer: `200`, and where the body is no JSON, what it is: `200:xml`."""
    return str(status) + ("" if media_type.endswith("json") else f":{media_type.rpartition('/')[2]}")


def _of_request(contract: Contract, operation: Operation) -> Iterator[Clause]:
    for place, found in (
        ("security", _of_security(contract, operation)),
        *((parameter.place, _of_parameter(contract, parameter)) for parameter in operation.parameters),
        ("body", _of_body(contract, operation)),
    ):
        for pointer, keyword, value, evidence in found:
            name = f"{contract.name}:{operation.id}:request:{place}:{pointer or '/'}:{keyword}"
            refusal = of_refusal(contract.document, place, keyword, operation.raw)
            evidence = weakest((evidence, operation.evidence, refusal))  # noqa: PLW2901
            yield Clause(name, contract.name, operation.id, "request", place, pointer, keyword, value, evidence)


def _of_security(contract: Contract, operation: Operation) -> Iterator[_Found]:
    ways = operation.raw.get("security", contract.document.get("security", []))
    if ways and {} not in ways:
        schemes = sorted({name for way in ways for name in way})
        yield "", "required", schemes, operation.evidence
        yield "", "valid", schemes, operation.evidence


def _of_parameter(contract: Contract, parameter: Parameter) -> Iterator[_Found]:
    own = f"/{parameter.name}"
    if parameter.required and parameter.place != "path":  # without it, the path would be another one
        yield own, "required", True, parameter.evidence
    for pointer, keyword, value, evidence in _Walk(contract).every(parameter.schema, parameter.evidence):
        yield f"{own}{pointer}", keyword, value, evidence


def _of_body(contract: Contract, operation: Operation) -> Iterator[_Found]:
    if operation.request_required:
        yield "", "required", True, operation.evidence
    if operation.request:
        yield "", "media_type", list(operation.request), operation.evidence
    for media_type, media in operation.request.items():
        if media_type.endswith("json"):
            yield "", "json", True, operation.evidence
        yield from _Walk(contract).every(media.schema, operation.evidence)


def _of_answers(contract: Contract, operation: Operation) -> Iterator[Clause]:
    def clause(place: str, pointer: str, keyword: str, value: Any, evidence: str, detail: str = "") -> Clause:
        detail = detail or f"answer:{place}:{pointer or '/'}:{keyword}"
        name = f"{contract.name}:{operation.id}:{detail}"
        founded = weakest((evidence, operation.answers[int(place.partition(":")[0])].evidence))
        return Clause(name, contract.name, operation.id, "answer", place, pointer, keyword, value, founded)

    for answer in operation.answers.values():
        place = str(answer.status)
        yield clause(place, "", "status", answer.status, answer.evidence, f"answer:{place}:status")
        for name, example in answer.examples.items():
            yield clause(place, "", "outcome", name, example.evidence, f"outcome:{name}")
        for name, evidence, keyword, value in _of_headers(contract, answer):
            at = f"{place}:header"
            yield clause(at, name, keyword, value, evidence, f"answer:{at}:{name}:{keyword}")
        if not answer.media:
            yield clause(place, "", "media_type", "none", answer.evidence, f"answer:{place}:none:media_type")
        for media_type, media in answer.media.items():
            own = f"answer:{place}:{media_type}"
            yield clause(place, "", "media_type", media_type, answer.evidence, f"{own}:media_type")
            yield clause(place, "", "malformed", media_type, answer.evidence, f"{own}:malformed")
            for pointer, keyword, value, evidence in _Walk(contract, claims=True).every(media.schema, answer.evidence):
                yield clause(place_of(answer.status, media_type), pointer, keyword, value, evidence)


def _of_headers(contract: Contract, answer: Answer) -> Iterator[tuple[str, str, str, Any]]:
    for name, header in answer.headers.items():
        evidence = header.get("x-evidence", answer.evidence)
        if header.get("required"):
            yield name, evidence, "required", True
        for _, keyword, value, own in _Walk(contract).every(header.get("schema", {}), evidence):
            yield name, own, keyword, value


class _Walk:
    """Walks down a schema to its clauses: pointers and evidence grow exactly as `contracts.reading.schemas` reports them.

    `claims` adds what the checks ask of the values of an answer beyond their types.
    """

    def __init__(self, contract: Contract, claims: bool = False) -> None:
        self._schemas = schemas_of(contract)
        self._contract = contract
        self._claims = claims

    def every(self, schema: Any, evidence: str) -> Iterator[_Found]:
        """Each clause below: pointer, keyword, what it says, and how well it is founded."""
        yield from self._below(schema, "", evidence, (), False)

    def _below(self, node: Any, pointer: str, evidence: str, above: tuple[str, ...], branch: bool) -> Iterator[_Found]:
        yield from self._node(node, pointer, said(node, evidence), above, branch)

    def _node(self, node: Any, pointer: str, evidence: str, above: tuple[str, ...], branch: bool) -> Iterator[_Found]:
        """`branch` is a schema at the root of a union's branch: its type is what the union itself asks for."""
        if not isinstance(node, dict):
            return
        if "$ref" in node:
            target = self._contract.deref({"$ref": node["$ref"]})
            if node["$ref"] not in above:
                known = (*above, node["$ref"])
                yield from self._node(target, pointer, said(node, said(target, evidence)), known, branch)
        for keyword in KEYWORDS:
            if keyword in node and not (keyword == "type" and branch) and _is_a_promise(keyword, node[keyword]):
                yield pointer, keyword, node[keyword], evidence
        yield from self._claimed(node, pointer, evidence) if self._claims else ()
        yield from self._required(node, pointer, evidence)
        for name, below in node.get("properties", {}).items():
            yield from self._below(below, f"{pointer}/{escaped(name)}", evidence, above, False)
        for below in (*node.get("patternProperties", {}).values(), *node.get("prefixItems", ())):
            yield from self._below(below, f"{pointer}/*", evidence, above, False)
        if node.get("additionalProperties") is False:
            yield pointer, "additionalProperties", False, evidence
        for word in ("additionalProperties", "items"):
            yield from self._below(node.get(word), f"{pointer}/*", evidence, above, False)
        yield from self._beside(node, pointer, evidence, above, branch)

    def _claimed(self, node: dict[str, Any], pointer: str, evidence: str) -> Iterator[_Found]:
        if node.get("format") in ("int32", "int64"):
            yield pointer, "format", node["format"], evidence
        if "x-decimal" in node:
            yield pointer, "x-decimal", node["x-decimal"], evidence
        amount: dict[str, str] = node.get("x-amount", {})
        for part in ("number", "text"):
            if part in amount:
                own = amount.get("x-evidence", evidence)
                yield f"{pointer}/{escaped(amount[part])}", "x-amount", amount[part], own
        for name, counted in node.get("x-counts", {}).items():
            yield f"{pointer}/{escaped(name)}", "x-counts", counted, evidence
        summed: dict[str, str] = node.get("x-sums", {})
        own = summed.get("x-evidence", evidence)
        for name in (each for each in summed if each != "x-evidence"):
            yield f"{pointer}/{name.replace('.', '/')}", "x-sums", summed[name], own

    def _required(self, node: dict[str, Any], pointer: str, evidence: str) -> Iterator[_Found]:
        missing = [("required", True, name) for name in node.get("required", ())]
        missing += [
            ("dependentRequired", of, n) for of, names in node.get("dependentRequired", {}).items() for n in names
        ]
        described = self._schemas.properties(node) if missing else {}
        for keyword, value, name in missing:
            # that a property is there is no better founded than the property itself
            yield f"{pointer}/{escaped(name)}", keyword, value, said(described.get(name), evidence)

    def _beside(
        self, node: dict[str, Any], pointer: str, evidence: str, above: tuple[str, ...], branch: bool
    ) -> Iterator[_Found]:
        """What other schemas say of the same value, or of its property names."""
        for part in node.get("allOf", ()):
            yield from self._below(part, pointer, evidence, above, branch)
        for word in ("then", "else"):
            yield from self._below(node.get(word), pointer, evidence, above, branch)
        for below in node.get("dependentSchemas", {}).values():
            yield from self._below(below, pointer, evidence, above, False)
        yield from self._below(node.get("propertyNames"), pointer, evidence, above, True)  # a name is always a text
        for word in ("oneOf", "anyOf"):
            branches = node.get(word, ())
            if any("type" in self._described(each) for each in branches):
                founded = weakest((evidence, *(said(self._schemas.deref(each), evidence) for each in branches)))
                yield pointer, word, [self._label(each) for each in branches], founded
            for each in branches:
                own = (
                    {word: below for word, below in each.items() if word != "items"}
                    if is_several(each, branches)
                    else each
                )
                yield from self._below(own, pointer, evidence, above, True)

    def _described(self, schema: Any) -> dict[str, Any]:
        schema = self._schemas.deref(schema)
        if not isinstance(schema, dict):
            return {}
        return {
            word: below for part in schema.get("allOf", ()) for word, below in self._described(part).items()
        } | schema

    def _label(self, branch: Any) -> str:
        if isinstance(branch, dict) and "$ref" in branch:
            return str(branch["$ref"]).rpartition("/")[2]
        return _plain(self._described(branch).get("type", "another"))


def _is_a_promise(keyword: str, says: Any) -> bool:
    """Whether any value could break it."""
    if keyword == "format":
        return says not in _WIDTHS
    return not (keyword in ("minLength", "minItems", "minProperties", "uniqueItems") and not says)
