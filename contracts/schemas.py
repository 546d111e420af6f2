"""A contract's schemas at work: whether a value holds, which clauses it breaks, and how well those are founded."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from specs import Contract

_CONTAINERS = frozenset(
    ("properties", "patternProperties", "dependentSchemas", "allOf", "anyOf", "oneOf", "prefixItems")
)
_ANY_MEMBER = frozenset(("items", "additionalProperties", "contains", "prefixItems"))


@dataclass(frozen=True)
class Clause:
    """One promise of a schema that a value breaks: where it stands, what it asks, and what was there instead."""

    pointer: str
    keyword: str
    evidence: str
    message: str

    @property
    def id(self) -> str:
        """The clause within its body: `/items/*/quantity:type`."""
        return f"{self.pointer or '/'}:{self.keyword}"


class Schemas:
    """The schemas of one contract, each compiled once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._compiled: dict[tuple[int, bool], tuple[Any, Any]] = {}

    def holds(self, schema: Any, value: Any, formats: bool = False) -> bool:
        """Whether the value is valid; formats count only when asked for."""
        if isinstance(schema, bool):
            return schema
        return bool(self._validator(schema, formats).is_valid(value))

    def broken(self, schema: Any, value: Any, evidence: str, formats: bool = False) -> list[Clause]:
        """The clauses that the value breaks, each once; `evidence` is what the schema inherits."""
        validator = self._validator(schema, formats)
        if validator.is_valid(value):
            return []
        found: dict[str, Clause] = {}
        for error in validator.iter_errors(value):
            for clause in self._explained(schema, error, evidence):
                found.setdefault(clause.id, clause)
        return list(found.values())

    def deref(self, schema: Any) -> Any:
        """The schema with its `$ref` followed; what stands beside the `$ref` is united with it."""
        while isinstance(schema, dict) and "$ref" in schema:
            target = self._contract.deref({"$ref": schema["$ref"]})
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**target, **beside} if beside and isinstance(target, dict) else target
        return schema

    def properties(self, schema: Any) -> dict[str, Any]:
        """The properties that the schema describes, in any of its parts."""
        schema = self.deref(schema)
        if not isinstance(schema, dict):
            return {}
        result = dict(schema.get("properties", {}))
        for part in _parts(schema):
            for name, below in self.properties(part).items():
                result.setdefault(name, below)
        return result

    def is_open(self, schema: Any) -> bool:
        """Whether the schema describes a map, or leaves its properties open: then no property is undocumented."""
        schema = self.deref(schema)
        if not isinstance(schema, dict):
            return True
        if "additionalProperties" in schema or "patternProperties" in schema:
            return True
        return any(self.is_open(part) for part in _parts(schema) if self._says_properties(part))

    def undescribed(self, schema: Any, value: Any, where: str = "") -> Iterator[str]:
        """Pointers to the properties of the value that no part of the schema describes."""
        schema = self.deref(schema)
        if not isinstance(schema, dict):
            return
        schema = self._with_what_fits(schema, value)
        if isinstance(value, dict):
            known = self.properties(schema)
            if not known or self.is_open(schema):
                return
            for name, below in value.items():
                if name not in known:
                    yield f"{where}/{_escaped(name)}"
                elif isinstance(below, dict | list):
                    yield from self.undescribed(known[name], below, f"{where}/{_escaped(name)}")
        elif isinstance(value, list):
            items = schema.get("items") or next(
                (
                    part["items"]
                    for part in map(self.deref, _parts(schema))
                    if isinstance(part, dict) and "items" in part
                ),
                None,
            )
            for below in value:
                yield from self.undescribed(items, below, f"{where}/*")

    def _with_what_fits(self, schema: dict[str, Any], value: Any) -> dict[str, Any]:
        """The schema with those branches of its unions that the value is valid under."""
        for word in ("oneOf", "anyOf"):
            fitting = [part for part in schema.get(word, ()) if self.holds(part, value)]
            if fitting:
                others = {key: below for key, below in schema.items() if key != word}
                schema = {**others, "allOf": [*schema.get("allOf", ()), *fitting]}
        return schema

    def _says_properties(self, part: Any) -> bool:
        part = self.deref(part)
        return isinstance(part, dict) and ("properties" in part or "additionalProperties" in part)

    def _validator(self, schema: Any, formats: bool) -> Any:
        key = (id(schema), formats)
        if key not in self._compiled:
            compiled = jsonschema_rs.Draft202012Validator(self._contract.rooted(schema), validate_formats=formats)
            self._compiled[key] = (schema, compiled)  # the schema is kept, so that its id stays its own
        return self._compiled[key][1]

    def nearest(self, branches: list[Any], values: list[Any]) -> int:
        """Which branch of a union was meant by a value that fits none; `values` is the value as each branch reads it.

        A branch of another type, or with another constant, was not meant; of the others, the one that knows most of the
        value's properties, then the one that it breaks least.
        """

        def distance(index: int) -> tuple[int, int, int]:
            branch, value = branches[index], values[index]
            errors = list(self._validator(branch, False).iter_errors(value))
            foreign = 0
            for error in errors:
                depth, kind = len(error.instance_path), error.kind.name
                foreign += (kind == "type" and depth == 0) or (kind in ("const", "enum") and depth <= 1)
            known = len(value.keys() & self.properties(branch)) if isinstance(value, dict) else 0
            return foreign, -known, len(errors)

        return min(range(len(branches)), key=distance)

    def _explained(self, schema: Any, error: Any, evidence: str) -> Iterator[Clause]:
        """The clause of an error; of a union that fits nowhere, the clauses of the branch that was meant."""
        context = getattr(error.kind, "context", None)
        if context:
            branches = self._at(schema, list(error.evaluation_path))
            index = self.nearest(branches, [error.instance] * len(branches))
            # a union of plain types names itself: "none of integer, object" says more than one of them
            if any(len(below.instance_path) > len(error.instance_path) for below in context[index]) or any(
                below.kind.name != "type" for below in context[index]
            ):
                for below in context[index]:
                    yield from self._explained(schema, below, evidence)
                return
        yield self._clause(schema, error, evidence)

    def _at(self, node: Any, path: list[Any]) -> Any:
        for step in path:
            node = self._contract.deref({"$ref": node["$ref"]}) if step == "$ref" else node[step]
        return node

    def _clause(self, schema: Any, error: Any, evidence: str) -> Clause:
        """Walks down to the clause: the readable pointer grows by names, the evidence is that of the nearest that says."""
        *path, last = list(error.evaluation_path) or ["false"]
        node, pointer, container = schema, "", ""
        evidence = _said(node, evidence)
        for step in path:
            if container:
                pointer += {"properties": f"/{_escaped(str(step))}", "patternProperties": "/*"}.get(container, "")
                node, container = node[step], ""
                evidence = _said(node, evidence)
            elif step == "$ref":
                target = self._contract.deref({"$ref": node["$ref"]})
                evidence = _said(node, _said(target, evidence))  # what is said beside a `$ref` outweighs the component
                node = target
            else:
                pointer += "/*" if step in _ANY_MEMBER else ""
                node = node.get(step, {})
                if step in _CONTAINERS:
                    container = str(step)
                else:
                    evidence = _said(node, evidence)
        if last in ("required", "dependentRequired"):
            missing = str(error.kind.property)
            pointer += f"/{_escaped(missing)}"
            # that a property is there is no better founded than the property itself
            evidence = _said(self.properties(node).get(missing), evidence)
        return Clause(pointer, str(last), evidence, error.message[:400])


def _said(node: Any, inherited: str) -> str:
    return str(node.get("x-evidence", inherited)) if isinstance(node, dict) else inherited


def _parts(schema: dict[str, Any]) -> list[Any]:
    """The schemas that speak of the same value as this one."""
    beside = [schema[word] for word in ("then", "else", "if") if word in schema]
    return [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ()), *beside]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@lru_cache
def schemas_of(contract: Contract) -> Schemas:
    """The compiled schemas of a contract, made once."""
    return Schemas(contract)
