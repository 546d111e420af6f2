"""A contract's schemas at work: whether a value holds, which clauses it breaks, and how well those are founded."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from counterfoil.specs import Contract
from counterfoil.specs.evidence import STRENGTH, weakest
from counterfoil.specs.formats import FORMATS
from counterfoil.specs.pointers import escaped

#: who shows a message cuts it shorter, once it is masked
_LONGEST = 20_400
_CONTAINERS = frozenset(
    ("properties", "patternProperties", "dependentSchemas", "allOf", "anyOf", "oneOf", "prefixItems")
)
#: a broken answer can hold one mistake for every byte
MOST_ERRORS = 200
#: so many elements of each list are looked at for what is wrong; more, where it is not among them
_MOST_ELEMENTS = 100
#: of a text; whatever is asked of one is asked of so much of it
_MOST_SIGNS = 100_000
_ANY_MEMBER = frozenset(("items", "additionalProperties", "contains", "prefixItems"))


@dataclass(frozen=True)
class Clause:
    """One promise of a schema that a value breaks: where it stands, what it asks, and what was there instead.

    `path` leads to it from the schema's root, step by step.
    """

    pointer: str
    keyword: str
    evidence: str
    message: str
    path: tuple[Any, ...] = field(default=(), compare=False)
    #: what the keyword says, and what was there instead, where that is known
    wanted: Any = field(default=None, compare=False)
    got: Any = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The clause within its body: `/items/*/quantity:type`."""
        return f"{self.pointer or '/'}:{self.keyword}"


def _errors(validator: Any, value: Any) -> Iterator[Any]:
    """The errors of a value; of one with long lists, those of a part of it that is no longer than it needs to be wrong.

    The validator makes all its errors at once, and of a list it makes some for each of its elements.
    """
    elements, signs = _longest(value)
    if signs > _MOST_SIGNS:  # each error would tell all of it
        value = _cut(value, elements)
    ends = range(_MOST_ELEMENTS, elements, _MOST_ELEMENTS)
    if ends and validator.is_valid(_cut(value, ends[0])):
        at = bisect_left(ends, True, key=lambda most: not validator.is_valid(_cut(value, most)))
        ends = ends[at:]
    return iter(validator.iter_errors(_cut(value, ends[0]) if ends else value))


def _longest(node: Any) -> tuple[int, int]:
    """How many elements the longest list in it has, and how many signs the longest text."""
    elements, signs, level = 0, 0, [node]
    while level:  # level by level, which takes a third of the time of a call for each node
        lists = [each for each in level if isinstance(each, list)]
        elements = max(elements, max(map(len, lists), default=0))
        signs = max(signs, max((len(each) for each in level if isinstance(each, str)), default=0))
        members = [*lists, *(each.values() for each in level if isinstance(each, dict))]
        level = [below for each in members for below in each]
    return elements, signs


def _cut(node: Any, most: int) -> Any:
    """The value with no more than the first elements of each list, and of each text what a report may show."""
    if isinstance(node, dict):
        return {name: _cut(below, most) for name, below in node.items()}
    if isinstance(node, list):
        return [_cut(below, most) for below in node[:most]]
    return node[:_MOST_SIGNS] if isinstance(node, str) else node


class Schemas:
    """The schemas of one contract, each compiled once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._compiled: dict[tuple[int, bool], tuple[Any, Any]] = {}
        self._dereferenced: dict[int, tuple[Any, Any]] = {}

    def holds(self, schema: Any, value: Any, formats: bool = False) -> bool:
        """Whether the value is valid; formats count only when asked for."""
        if isinstance(schema, bool):
            return schema
        return bool(self._validator(schema, formats).is_valid(value))

    def broken(self, schema: Any, value: Any, evidence: str, formats: bool = False) -> list[Clause]:
        """The clauses that the value breaks, each once; `evidence` is what the schema inherits.

        Of a value that breaks the schema in very many places, the first are looked at.
        """
        validator = self._validator(schema, formats)
        if validator.is_valid(value):
            return []
        found: dict[str, Clause] = {}
        for error in islice(_errors(validator, value), MOST_ERRORS):
            for clause in self._explained(schema, error, evidence):
                found.setdefault(clause.id, clause)
        return list(found.values())

    def home(self, schema: Any, clause: Clause) -> str:
        """Where the clause is written, which is one place for all bodies that it holds for: `Order/items/*/price`."""
        node, home, container = schema, "", ""
        for step in clause.path[:-1]:
            if step == "$ref":
                home = str(node["$ref"]).rpartition("/")[2]
                node, container = self._contract.deref({"$ref": node["$ref"]}), ""
                continue
            if container:
                home += f"/{step}" if container in ("properties", "patternProperties") else ""
                container = ""
            else:
                home += "/*" if step in _ANY_MEMBER - _CONTAINERS else ""
                container = str(step) if step in _CONTAINERS else ""
            node = node[step]
        missing = f"/{clause.pointer.rpartition('/')[2]}" if clause.keyword in ("required", "dependentRequired") else ""
        return f"{home}{missing}" or clause.pointer

    def deref(self, schema: Any) -> Any:
        """The schema with its `$ref` followed; what stands beside the `$ref` is united with it."""
        if not isinstance(schema, dict) or "$ref" not in schema:
            return schema
        if id(schema) not in self._dereferenced:
            target = self.deref(self._contract.deref({"$ref": schema["$ref"]}))
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            united = {**target, **beside} if beside and isinstance(target, dict) else target
            self._dereferenced[id(schema)] = (schema, united)  # the schema is kept, so that its id stays its own
        return self._dereferenced[id(schema)][1]

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

    def founded_at(self, schema: Any, steps: Sequence[str], evidence: str) -> str | None:
        """How well it is founded that something stands there, by what the schemas on the way say; None if none leads there.

        Where several lead there, it is as well founded as the best of them.
        """
        evidence = said(schema, said(self._contract.deref(schema), evidence))
        node = self.deref(schema)
        if not steps:
            return evidence
        if not isinstance(node, dict):
            return None
        step, *rest = steps
        below = [node["properties"][step]] if step in node.get("properties", {}) else []
        if step.isdecimal() and "items" in node:
            below.append(node["items"])
        ways = [self.founded_at(each, rest, evidence) for each in below]
        ways += [self.founded_at(each, steps, evidence) for each in _parts(node)]
        return min(filter(None, ways), key=STRENGTH.index, default=None)

    def founded_below(self, schema: Any, steps: Sequence[str], evidence: str) -> str | None:
        """The same of what stands at the end of these steps anywhere below."""
        ways, waiting, seen = [], [(schema, evidence)], set()
        while waiting:
            here, inherited = waiting.pop()
            node, own = self.deref(here), said(here, said(self._contract.deref(here), inherited))
            if not isinstance(node, dict) or id(node) in seen:
                continue
            seen.add(id(node))
            ways.append(self.founded_at(here, steps, inherited))
            below = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
            waiting += [(each, own) for each in (*below, *_parts(node))]
        return min(filter(None, ways), key=STRENGTH.index, default=None)

    def _validator(self, schema: Any, formats: bool) -> Any:
        key = (id(schema), formats)
        if key not in self._compiled:
            compiled = jsonschema_rs.Draft202012Validator(
                self._contract.rooted(schema), validate_formats=formats, formats=FORMATS
            )
            self._compiled[key] = (schema, compiled)  # the schema is kept, so that its id stays its own
        return self._compiled[key][1]

    def nearest(self, branches: list[Any], values: list[Any]) -> int:
        """Which branch of a union was meant by a value that fits none; `values` is the value as each branch reads it.

        A branch of another type, or with another constant, was not meant, nor one that lacks the property by which the
        other branches tell themselves apart; of the others, the one that knows most of the value's properties, then the
        one that it breaks least.
        """
        return self._nearest(branches, values)[0]

    def _nearest(self, branches: list[Any], values: list[Any]) -> list[int]:
        """All branches to which a value that fits none is equally near, and nearer than to the others."""
        described = [self.properties(branch) for branch in branches]
        kinds = {name for own in described for name, below in own.items() if _is_constant(below)}

        def distance(index: int) -> tuple[int, int, int]:
            branch, value = branches[index], values[index]
            errors = list(_errors(self._validator(branch, False), value))
            foreign = 0
            for error in errors:
                depth, kind = len(error.instance_path), error.kind.name
                foreign += (kind == "type" and depth == 0) or (kind in ("const", "enum") and depth <= 1)
            if not isinstance(value, dict):
                return foreign, 0, len(errors)
            foreign += len(kinds & value.keys() - described[index].keys())
            known = described[index].keys() | self._required(branch)
            return foreign, -len(value.keys() & known), len(errors)

        distances = [distance(index) for index in range(len(branches))]
        return [index for index, each in enumerate(distances) if each == min(distances)]

    def _required(self, schema: Any) -> set[str]:
        schema = self.deref(schema)
        return set(schema.get("required", ())) if isinstance(schema, dict) else set()

    def _explained(self, schema: Any, error: Any, evidence: str) -> Iterator[Clause]:
        """The clause of an error; of a union that fits nowhere, the clauses of the branch that was meant."""
        context = getattr(error.kind, "context", None)
        if context:
            branches = self._at(schema, list(error.evaluation_path))
            index, *others = self._nearest(branches, [error.instance] * len(branches))
            # a union of plain types names itself: "none of integer, object" says more than one of them
            if any(len(below.instance_path) > len(error.instance_path) for below in context[index]) or any(
                below.kind.name != "type" for below in context[index]
            ):
                meant = [clause for below in context[index] for clause in self._explained(schema, below, evidence)]
                # which of several was meant cannot be told: what is said of one is no better founded than of another
                demands = [[*self._founded(schema, context[other], evidence)] for other in others]
                best = [min(each, key=STRENGTH.index) for each in demands if all(each) and each]
                yield from (replace(each, evidence=weakest((each.evidence, *best))) if best else each for each in meant)
                return
        yield self._clause(schema, error, evidence)

    def _founded(self, schema: Any, errors: list[Any], evidence: str) -> Iterator[str]:
        """How well the clauses of a branch are founded that a value breaks."""
        yield from (clause.evidence for below in errors for clause in self._explained(schema, below, evidence))

    def _at(self, node: Any, path: list[Any]) -> Any:
        for step in path:
            node = self._contract.deref({"$ref": node["$ref"]}) if step == "$ref" else node[step]
        return node

    def _clause(self, schema: Any, error: Any, evidence: str) -> Clause:
        """Walks down to the clause: the readable pointer grows by names, the evidence is that of the nearest that says."""
        *path, last = list(error.evaluation_path) or ["false"]
        node, pointer, container, several = schema, "", "", False
        evidence = said(node, evidence)
        for step in path:
            if container:
                pointer += {"properties": f"/{escaped(str(step))}", "patternProperties": "/*"}.get(container, "")
                several = container in ("oneOf", "anyOf") and is_several(node[step], node)
                node, container = node[step], ""
                evidence = said(node, evidence)
            elif step == "$ref":
                target = self._contract.deref({"$ref": node["$ref"]})
                evidence = said(node, said(target, evidence))  # what is said beside a `$ref` outweighs the component
                node = target
            else:
                pointer += "/*" if step in _ANY_MEMBER and not several else ""
                node = node.get(step, {})
                if step in _CONTAINERS:
                    container = str(step)
                else:
                    evidence = said(node, evidence)
        if last in ("required", "dependentRequired"):
            missing = str(error.kind.property)
            pointer += f"/{escaped(missing)}"
            # that a property is there is no better founded than the property itself
            evidence = said(self.properties(node).get(missing), evidence)
        if last in ("oneOf", "anyOf"):  # nobody knows that there is no other branch who chose one of them
            evidence = weakest((evidence, *(said(self.deref(branch), evidence) for branch in node.get(last, ()))))
        wanted = {str(last): node[last]} if isinstance(node, dict) and last in node else None
        return Clause(
            pointer, str(last), evidence, error.message[:_LONGEST], tuple(error.evaluation_path), wanted, error.instance
        )


def said(node: Any, inherited: str) -> str:
    """The evidence that the schema states itself, or else what it inherits."""
    return str(node.get("x-evidence", inherited)) if isinstance(node, dict) else inherited


def is_several(branch: Any, union: Sequence[Any]) -> bool:
    """Whether a branch of a union is for several of what another branch is for one of.

    What is said of one is said of each of several, so the pointers of both are the same.
    """
    if not isinstance(branch, dict) or branch.get("type") != "array" or "items" not in branch:
        return False
    return any(other == branch["items"] for other in union)


def _is_constant(schema: Any) -> bool:
    return isinstance(schema, dict) and ("const" in schema or "enum" in schema)


def _parts(schema: dict[str, Any]) -> list[Any]:
    """The schemas that speak of the same value as this one."""
    beside = [schema[word] for word in ("then", "else", "if") if word in schema]
    return [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ()), *beside]


@lru_cache
def schemas_of(contract: Contract) -> Schemas:
    """The compiled schemas of a contract, made once."""
    return Schemas(contract)
