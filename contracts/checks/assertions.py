"""What a clause asks of an answer, as one JSON Schema to which anybody can hold an answer.

The schema speaks of an object with `status`, `media_type`, `headers` (by their names in lower case), `text` (the body,
where its bytes are text, with the escapes of slashes and line breaks undone) and `body` (what it holds, where it is
JSON). Under `if` it says of which answers the clause speaks. An empty demand is one that no schema can say.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs

from counterfoil.contracts.checks.outcome import beginning, telling_names
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.specs import Answer, Contract, Example
from counterfoil.specs.formats import PATTERNS
from counterfoil.specs.pointers import unescaped
from counterfoil.specs.schemas import schemas_of

Demand = dict[str, Any]

#: the schema of what may not be there
ABSENT: Demand = {"not": {}}

_NAMED = ("properties", "patternProperties", "dependentSchemas")
_SAID_OF_TEXT = ("pattern", "enum", "const", "format", "minLength", "maxLength")
_ANNOTATIONS = frozenset(("title", "description", "default", "example", "examples", "deprecated", "$comment"))
_NUMBERS = {"integer": r"^\s*[+-]?[0-9]+\s*$", "number": r"^\s*[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*$"}


def demand_of(check: str, detail: str, exchange: Exchange, contract: Contract) -> Demand:
    """What the clause asks that a check has found broken; `detail` is the finding's id within its operation."""
    says = _SAYS.get(check)
    return _rooted(contract, says(detail, exchange, contract)) if says else {}


def of_outcome(answer: Answer, example: Example, contract: Contract) -> Demand:
    """The answer is this outcome: its status, and where a refusal is named, its name."""
    by_status: Demand = {"properties": {"status": {"const": answer.status}}}
    if not contract.is_refusal(example, answer.status):
        refused = [{"not": _refused(contract)}] if isinstance(contract.refused, dict) else []
        return _rooted(contract, {"allOf": [by_status, *refused, *_telling_names(answer, example, contract)]})
    text = _name_in(example, contract)
    if not isinstance(text, str):
        return by_status
    named = _at(_steps(contract), {"pattern": beginning(text)})
    return {"allOf": [by_status, {"properties": {"body": named}}]}


def _telling_names(answer: Answer, example: Example, contract: Contract) -> Iterator[Demand]:
    """By which names in its body an outcome is known, where something else can be accepted under its status, too."""
    every = [each for media in answer.media.values() for each in media.examples.values()]
    accepted = {each.name for each in every if not contract.is_refusal(each, answer.status)}
    if len(accepted) > 1 and isinstance(example.value, Mapping):
        for name in sorted(telling_names(example.value)):
            yield {"properties": {"body": _at(name.split("/"), True)}}


def of_fact(exchange: Exchange, place: str, wanted: Any) -> Demand:
    """What stands at a pointer into the body, or in a header, is valid."""
    if place.startswith("$"):
        return {}  # a schema asks of a place, not of the entry that a query finds
    if not place.startswith("header:"):
        return _of_body(exchange, _at(place.split("/")[1:], wanted))
    name, hash_, _ = place.removeprefix("header:").partition("#")
    if hash_:
        return {}  # into a token, which only its reader can open
    headers = _at([name.lower()], wanted)
    return {"if": _under(exchange), "then": {"properties": {"headers": headers}}}


def breaks(answer: Mapping[str, Any], demand: Demand) -> bool:
    """Whether the answer is one that the demand speaks of, and is not as it asks: only then does it show anything."""
    try:
        return bool(demand) and not jsonschema_rs.is_valid(demand, answer, validate_formats=True)
    except ValueError:
        return False  # a pattern or a text that the validator cannot take


def without(pattern: str, exchange: Exchange) -> Demand:
    """The text of the answer holds nothing of the kind."""
    return {"if": _under(exchange), "then": {"properties": {"text": {"not": {"pattern": pattern}}}}}


def _server_error(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    return {"properties": {"status": {"maximum": 499}}}


def _undocumented_status(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    return {"properties": {"status": {"enum": sorted(exchange.operation.answers)}}}


def _undocumented_media_type(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    patterns = [re.escape(name).replace(r"\*", ".*") for name in exchange.answer.media] if exchange.answer else []
    wanted: Demand = {"media_type": {"pattern": f"^({'|'.join(patterns)})$"}} if patterns else {"text": {"const": ""}}
    return {"if": _under(exchange), "then": {"properties": wanted}}


def _malformed_body(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    return _if_of_that_type(exchange, "body") if _is_json(exchange) else {}


def _charset(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    return _if_of_that_type(exchange, "text")


def _body_schema(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    if exchange.media is None or not _is_json(exchange):
        return {}
    schema = exchange.media.schema
    for clause in schemas_of(contract).broken(schema, exchange.tree, "", formats=True):
        if detail.endswith(f":{clause.id}"):
            missing = unescaped(clause.pointer.rpartition("/")[2])
            return _of_body(exchange, _alone(contract, schema, list(clause.path), missing))
    return {}


def _undocumented_property(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    pointer = detail.removesuffix(":undocumented").partition(":/")[2]
    return _of_body(exchange, _at(pointer.split("/"), ABSENT))


def _header(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    """As much of it as can be said of a text."""
    name, _, keyword = detail.partition(":header:")[2].rpartition(":")
    schema = exchange.answer.headers[name].get("schema", {}) if exchange.answer else {}
    if keyword == "required":
        wanted: Demand = {"required": [name.lower()]}
    elif keyword == "type" and schema.get("type") in _NUMBERS:
        wanted = {"properties": {name.lower(): {"pattern": _NUMBERS[schema["type"]]}}}
    elif keyword in _SAID_OF_TEXT and schema.get("type") == "string":
        wanted = {"properties": {name.lower(): {keyword: schema[keyword]}}}
    else:
        return {}
    return {"if": _under(exchange), "then": {"properties": {"headers": wanted}}}


def _accepted_invalid(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    by_status: Demand = {"properties": {"status": {"minimum": 300}}}
    if not isinstance(contract.refused, dict):
        return by_status
    return {"anyOf": [by_status, _refused(contract)]} if _is_json(exchange) else {}


def _undocumented_refusal(detail: str, exchange: Exchange, contract: Contract) -> Demand:
    """If it is a refusal, it has one of the names."""
    examples = exchange.answer.examples.values() if exchange.answer else ()
    names = [_name_in(each, contract) for each in examples if contract.is_refusal(each, exchange.status)]
    if contract.named_by is None or not all(isinstance(name, str) for name in names):
        return {}
    named = {"anyOf": [{"pattern": beginning(name)} for name in names]} if names else ABSENT
    when = {**_under(exchange), "required": ["body"]}
    if exchange.status < 400:
        when = {"allOf": [when, _refused(contract)]}
    return {"if": when, "then": {"properties": {"body": _at(_steps(contract), named)}}}


#: by the name of the check, what it asks; what no schema can say is not among them
_SAYS: dict[str, Callable[[str, Exchange, Contract], Demand]] = {
    "server_error": _server_error,
    "undocumented_status": _undocumented_status,
    "undocumented_media_type": _undocumented_media_type,
    "malformed_body": _malformed_body,
    "charset": _charset,
    "body_schema": _body_schema,
    "undocumented_property": _undocumented_property,
    "missing_header": _header,
    "header_schema": _header,
    "accepted_invalid": _accepted_invalid,
    "undocumented_refusal": _undocumented_refusal,
}


def _is_json(exchange: Exchange) -> bool:
    """What another format means is for the contract to say, and not for a schema alone."""
    return exchange.media_type.endswith("json")


def _under(exchange: Exchange) -> Demand:
    return {"properties": {"status": {"const": exchange.status}}}


def _like(exchange: Exchange) -> Demand:
    return {"properties": {"status": {"const": exchange.status}, "media_type": {"const": exchange.media_type}}}


def _if_of_that_type(exchange: Exchange, part: str) -> Demand:
    """What the bytes were wrongly said to be may be mended by saying something else of them."""
    of_another = {"not": {"properties": {"media_type": {"const": exchange.media_type}}}}
    return {"if": _under(exchange), "then": {"anyOf": [of_another, {"required": [part]}]}}


def _of_body(exchange: Exchange, schema: Any) -> Demand:
    if not _is_json(exchange):
        return {}
    return {"if": {**_like(exchange), "required": ["body"]}, "then": {"properties": {"body": schema}}}


def _refused(contract: Contract) -> Demand:
    return {"required": ["body"], "properties": {"body": contract.refused}}


def _steps(contract: Contract) -> list[str]:
    name = str(contract.named_by)
    return name.strip("/").split("/") if name.startswith("/") else [name]


def _name_in(example: Example, contract: Contract) -> Any:
    """By which text an example's refusal is known; None where there is none."""
    node = example.value if contract.named_by is not None else None
    for step in _steps(contract):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _at(steps: Sequence[str], wanted: Any) -> Any:
    """The schema of what has to stand there, as a schema of the whole; `*` is any member."""
    if not steps:
        return wanted
    key, rest = unescaped(steps[0]), steps[1:]
    number, absent = int(key) if key.isdecimal() else None, wanted == ABSENT
    if absent and not rest:
        return {"properties": {key: False}} | ({"maxItems": number} if number is not None else {})
    below = _at(rest, wanted)
    if key == "*":
        return {"items": below, "additionalProperties": below}
    there: Demand = {"properties": {key: below}} | ({} if absent else {"required": [key]})
    if number is not None:
        there |= {"prefixItems": [*[True] * number, below]} | ({} if absent else {"minItems": number + 1})
    return there


def _alone(contract: Contract, node: Any, path: list[Any], missing: str) -> Any:
    """As much of a schema as says the clause at the end of the path, with the conditions under which it is said."""
    if not path:
        return False
    step, *rest = path
    if step == "$ref":
        return _alone(contract, contract.deref({"$ref": node["$ref"]}), rest, missing)
    if not rest:
        return _keyword(node, step, missing)
    if step in _NAMED:
        return {step: {rest[0]: _alone(contract, node[step][rest[0]], rest[1:], missing)}}
    if step == "allOf":
        return _alone(contract, node[step][rest[0]], rest[1:], missing)
    if step in ("anyOf", "oneOf"):
        own, others = node[step][rest[0]], [each for index, each in enumerate(node[step]) if index != rest[0]]
        return {"anyOf": [_alone(contract, own, rest[1:], missing), *others]}
    if step == "items":
        return {step: _alone(contract, node[step], rest, missing)}
    if step == "additionalProperties":
        return {**_other_names(node), step: _alone(contract, node[step], rest, missing)}
    if step in ("then", "else"):
        return {"if": node["if"], step: _alone(contract, node[step], rest, missing)}
    return {step: node[step]}


def _keyword(node: Any, word: str, missing: str) -> Any:
    if not isinstance(node, dict) or word not in node or word == "unevaluatedProperties":
        return node
    if word == "required":
        return {word: [missing]}
    if word == "format" and node[word] in PATTERNS:
        return {"pattern": PATTERNS[node[word]]}
    if word == "additionalProperties":
        return {**_other_names(node), word: node[word]}
    return {word: node[word]}


def _other_names(node: Mapping[str, Any]) -> Demand:
    return {word: dict.fromkeys(node[word], True) for word in ("properties", "patternProperties") if word in node}


def _rooted(contract: Contract, demand: Demand) -> Demand:
    """The demand with the components that it refers to, and without what only explains."""
    rooted: Demand = _bare(contract.rooted(demand))
    return rooted


def _bare(node: Any, names: bool = False) -> Any:
    """`names` are those of properties or components: each of them stays."""
    if isinstance(node, list):
        return [_bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    bare = {}
    for key, below in node.items():
        if names or not (key in _ANNOTATIONS or key.startswith("x-")):
            data = not names and key in ("const", "enum", "required")
            bare[key] = below if data else _bare(below, names=not names and key in (*_NAMED, "schemas"))
    return bare
