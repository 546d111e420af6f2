"""Breaks every clause of the answers that an honest run has recorded, offline, and asks the checks about each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from counterfoil.contracts.audit.broken_answers import broken_exchange
from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.generate.mutate import Unbreakable, schema_of
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases import cases, fuzz, witness
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.wire.places import places
from counterfoil.specs import Contract
from counterfoil.specs.clauses import Clause, clauses_of, place_of
from counterfoil.specs.pointers import steps_of

Fate = Literal["noticed", "unnoticed", "unexercised", "unbreakable"]

#: why no answer at all could break a clause: it promises nothing on that wire
_NEVER = ("any text is a string", "what is empty may count as absent", "any bytes can be read as")

#: how many recorded answers a clause is tried on
_MOST_TRIED = 12
_MOST_DONORS = 30


@dataclass(frozen=True)
class Row:
    """What became of one clause: by which findings it was noticed, or why it could not be tried."""

    clause: Clause
    fate: Fate
    found: tuple[str, ...] = ()
    reason: str = ""
    #: how many operations promise it
    operations: int = 1


def recorded(contract: str, plan: Plan) -> list[Observation]:
    """Every exchange of an honest run: each witness, and made-up requests to each operation. Raises Dishonest."""
    target = plan.targets[contract]
    heard: list[Observation] = []
    target.recording = heard
    findings = []
    for case in cases.load(target.contract):
        findings += witness.run(case, target, True).findings
    for operation in target.contract.operations.values():
        findings += fuzz.run(operation, plan).findings
    if findings:
        raise Dishonest(f"{contract}: an honest run has findings, so that nothing can be told: {findings[0].id}")
    target.recording = None
    return heard


class Dishonest(Exception):
    """The mock that is to be honest is not; the message names the first finding."""


def corrupted(target: Target, heard: Sequence[Observation]) -> list[Row]:
    """What becomes of every clause of every answer, once it is broken."""
    contract = target.contract
    of_operation: dict[tuple[str, int], list[Observation]] = defaultdict(list)
    for seen in heard:
        if seen.is_turned_away:
            continue  # such an answer may be that of whatever stands before the API
        of_operation[seen.operation, seen.exchange.status].append(seen)
    kept = {key: _different(every) for key, every in of_operation.items()}
    promises: dict[str, list[Clause]] = defaultdict(list)
    for clause in clauses_of(contract).values():
        if clause.part == "answer":
            promises[_promise(clause, contract)].append(clause)
    return [_of_promise(same, kept, contract) for same in promises.values()]


def _of_promise(same: Sequence[Clause], kept: Mapping[tuple[str, int], list[Observation]], contract: Contract) -> Row:
    """What becomes of a promise: where the first operation that makes it shows nothing, another one may."""
    rows = []
    for clause in same:
        heard = kept.get((clause.operation, int(clause.place.partition(":")[0])), [])
        row = replace(_row(clause, heard, contract), operations=len(same))
        if row.fate in ("noticed", "unnoticed"):
            return row
        rows.append(row)
    return min(rows, key=lambda row: row.fate != "unbreakable")


def _promise(clause: Clause, contract: Contract) -> str:
    """What is said in one place is promised once, in however many answers: the component that says it, and where in it."""
    if clause.place.endswith(":header"):
        return f"header {clause.pointer} {clause.keyword} {clause.value}"
    if not clause.pointer.startswith("/"):
        return clause.id
    steps = steps_of(clause.pointer)
    last = (
        steps[-1:] if clause.keyword in ("required", "dependentRequired") else []
    )  # the object says what it must have
    home = _home(schema_of(clause, contract), steps[: len(steps) - len(last)], contract)
    if home is None or not home[0]:
        return clause.id
    ref, rest = home
    notation = clause.place.partition(":")[2]
    return f"{ref} {notation} {'/'.join([*rest, *last])} {clause.keyword}"


def _home(node: Any, steps: Sequence[str], contract: Contract) -> tuple[str, Sequence[str]] | None:
    """The innermost component on the way of the steps, and the steps that are left in it; None where there is none."""
    if not isinstance(node, dict):
        return None
    own = (node["$ref"], steps) if "$ref" in node else None
    node = contract.deref(node)
    if not steps:
        return own or ("", steps)
    found = next(filter(None, (_home(below, rest, contract) for below, rest in _ways(node, steps))), None)
    return own if found and not found[0] and own else found


def _ways(node: Mapping[str, Any], steps: Sequence[str]) -> Iterator[tuple[Any, Sequence[str]]]:
    """The schemas by which the steps can lead on, and what is left of the steps there."""
    step, *rest = steps
    if step == "*":
        yield from ((node.get(word), rest) for word in ("items", "additionalProperties"))
    yield node.get("properties", {}).get(step), rest
    for part in (*node.get("allOf", ()), *node.get("oneOf", ()), *node.get("anyOf", ()), node.get("then")):
        yield part, steps
    if step != "*":  # what may stand alone or several times
        yield node.get("items"), steps


def _different(heard: Sequence[Observation]) -> list[Observation]:
    """One of each shape, the richest first: most of what was recorded says nothing new."""
    shapes: dict[str, Observation] = {}
    for seen in heard:
        exchange = seen.exchange
        shapes.setdefault(f"{seen.expected} {exchange.media_type} {_shape(exchange.tree)}", seen)
    return sorted(shapes.values(), key=lambda seen: -len(seen.exchange.body))


def _shape(tree: Any) -> str:
    if isinstance(tree, dict):
        return "{" + ",".join(f"{name}:{_shape(below)}" for name, below in sorted(tree.items())) + "}"
    if isinstance(tree, list):
        return f"[{'|'.join(sorted({_shape(below) for below in tree}))}]"
    return type(tree).__name__


def _row(clause: Clause, heard: Sequence[Observation], contract: Contract) -> Row:
    if not heard:
        return Row(clause, "unexercised", reason="no such answer was seen")
    reason = "no answer of this kind was seen"
    able = _likeliest(clause, [seen for seen in heard if _is_about(clause, seen)])
    donors = [seen.exchange.tree for seen in able[:_MOST_DONORS]]
    for seen in able[:_MOST_TRIED] if clause.keyword != "outcome" else able:
        try:
            broken = broken_exchange(clause, seen.exchange, contract, donors)
        except Unbreakable as error:
            reason = str(error)
            if reason.startswith(_NEVER):
                return Row(clause, "unbreakable", reason=reason)
            continue
        if broken is None:
            continue
        wrong = replace(seen, exchange=broken, outcome=outcome(broken, contract))
        found = [finding.id for finding in check(wrong)]
        if wrong.expected is not None and wrong.expected not in wrong.outcome.candidates:
            found.append(f"{contract.name}:{clause.operation}:outcome:{wrong.expected}")
        if found:
            return Row(clause, "noticed", tuple(found))
        if clause.keyword != "outcome":  # an outcome is noticed by the witness that expects it, if there is one
            return Row(clause, "unnoticed")
        reason = "no witness expects it"
    return Row(clause, "unexercised", reason=reason)


def _likeliest(clause: Clause, heard: Sequence[Observation]) -> list[Observation]:
    """Those first that have what the clause speaks of."""
    steps = steps_of(clause.pointer) if clause.pointer.startswith("/") else []
    return sorted(heard, key=lambda seen: not any(True for _ in places(seen.exchange.tree, steps)))


def _is_about(clause: Clause, seen: Observation) -> bool:
    """Whether the clause can speak of the answer: its body's clauses speak of bodies in one notation."""
    exchange = seen.exchange
    if clause.keyword == "outcome":
        return bool(seen.expected == clause.value)
    if clause.keyword in ("media_type", "malformed"):
        return bool(clause.value == (exchange.media_type or "none"))
    of_whole = clause.keyword == "status" or clause.place.endswith(":header")
    return of_whole or place_of(exchange.status, exchange.media_type) == clause.place
