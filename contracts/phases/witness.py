"""Carries out a witness: every step must have the outcome that the contract names, and show what the case says."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import jsonpath_rfc9535
import jsonschema_rs
import jwt
import msgspec

from counterfoil.contracts.checks import assertions as demands
from counterfoil.contracts.checks.context import Observation, called
from counterfoil.contracts.checks.offered import offered
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.generate.examples import constants, example_request, parameter_constants
from counterfoil.contracts.http.client import Exchange, Request, Target
from counterfoil.contracts.phases.cases import Ask, Call, Case, filled
from counterfoil.contracts.phases.record import About, CaseRecord, Ending, NotJudged, carried_out, ended, result
from counterfoil.contracts.phases.replay import Made, heard, is_large, replays
from counterfoil.contracts.safety.ownership import KEPT
from counterfoil.contracts.wire import wire
from counterfoil.reports.mismatch import NOTHING, mismatches
from counterfoil.reports.mismatch import told as as_json
from counterfoil.reports.printable import counted
from counterfoil.reports.results import Finding, Mismatch, Result
from counterfoil.specs import Contract
from counterfoil.specs.evidence import STRENGTH, marks
from counterfoil.specs.pointers import NOWHERE, at_pointer, steps_of
from counterfoil.specs.schemas import schemas_of

#: a name in a query, and all the names at its end, behind whatever chooses among several
_NAME = re.compile(r"""\.([A-Za-z_]\w*)|\['([^']+)'\]""")
#: what speaks of texts, and would mean something else of numbers
_ABOUT_TEXTS = frozenset(("type", "pattern", "format", "minLength", "maxLength"))
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_NAMES_AT_END = re.compile(rf"(?:{_NAME.pattern.replace('(', '(?:')})+$")

_MEDIA = {"form": wire.FORM, "multipart": wire.MULTIPART, "json": wire.JSON, "query": "query"}


def run(case: Case, target: Target, strict: bool, until: float = float("inf")) -> Result:
    """The result of one witness, in a world of its own where the target has worlds; skipped after `until`."""
    about = About(case.id, case.contract, case.operation, "witness", case.description, case.clause, case.promises)
    lacking = why_not(case, target)
    if lacking.verdict == "skipped":
        return result(about, lacking)
    record = CaseRecord()

    def work() -> Ending:
        with target.world("witness") as world:
            _steps(case, world, strict, record)
        return Ending()

    return carried_out(about, target, record, work, until)


def why_not(case: Case, target: Target) -> Ending:
    """Skipped, where the target lacks something for the case or some step would not be sent; passed, if all can be done."""
    if case.needs_mock and target.control is None:
        return _lacking("needs a mock, which can be given settings, faults and a clock")
    missing = target.installation.lacks(case.needed_ids) or case.elsewhere(target.ids)
    if missing:
        return _lacking(missing)
    calls = [step for step in case.steps if isinstance(step, Call)]

    def allowed() -> Ending:
        for step in calls:
            target.sessions.wanted(asked(step, target))
        values = defaultdict(lambda: KEPT, target.ids)
        target.check(_request(step, target, values) for step in calls)
        return Ending()

    return ended(allowed)


def _lacking(reason: str) -> Ending:
    return Ending("skipped", "lacking", reason)


def _steps(case: Case, world: Target, strict: bool, record: CaseRecord) -> None:
    values: dict[str, Any] = dict(world.ids)
    sent: list[Made] = []
    for step in case.steps:
        if isinstance(step, Ask):
            world.command(step.method, step.path, filled(step.body, values))
            continue
        exchange = offered(world.send(_request(step, world, values)), world.contract)
        sent.append(Made(partial(_request, step, world), dict(values), exchange))
        got = outcome(exchange, world.contract)
        seen = Observation(world, exchange, got, strict, step.expect)
        holds = step.expect in got.candidates
        record.count(step.operation, step.expect if holds else got.label(exchange.status))
        for finding in check(seen):
            record.add(_after(sent, finding, world, case))
        if got.unclear:
            raise NotJudged(f"{step.operation} in: {case.description}: {got.unclear}")
        if not holds:
            record.add(_after(sent, _wrong_outcome(seen, step, case), world, case))
            return
        facts = _kept(seen, step, case, values) or _wrong_facts(seen, step, case, values)
        sent[-1].told = {name: (filled(place, sent[-1].values), values.get(name)) for name, place in step.keep.items()}
        if facts:
            # where what an earlier answer has told is expected, it would be told otherwise in another run
            known = not any(f"{{{name}}}" in repr(step.see) for each in sent for name in each.told)
            for finding in facts:
                record.add(_after(sent, finding, world, case, known=known))
            return


def _after(sent: list[Made], finding: Finding, world: Target, case: Case, *, known: bool = True) -> Finding:
    """The finding with the calls of the case that led to it. What a mock is told in between, only that mock can do again."""
    calls = tuple(called(world, each.exchange) for each in sent)
    only_calls = not any(isinstance(step, Ask) for step in case.steps)
    if any(is_large(each.exchange) for each in sent):
        return msgspec.structs.replace(finding, calls=calls)
    if not (only_calls and known and demands.breaks(heard(sent[-1].exchange, world), finding.demand)):
        return msgspec.structs.replace(finding, calls=calls)
    again = replays(sent, world)
    if again is not None:
        calls = tuple(msgspec.structs.replace(call, replay=each) for call, each in zip(calls, again, strict=True))
    return msgspec.structs.replace(finding, calls=calls, replayable=again is not None)


class NotPrepared(Exception):
    """A step before the one that is wanted did not have its outcome; the message says which."""


def prepared(case: Case, number: int, world: Target) -> Request:
    """The request of the case's step with that number, ready to be sent: the steps before it have been carried out.

    Raises:
        NotPrepared: one of them did not come out as the case says.
        NotOffered: the target lacks the operation of one of them.
    """
    values: dict[str, Any] = dict(world.ids)
    for step in case.steps[:number]:
        if isinstance(step, Ask):
            world.command(step.method, step.path, filled(step.body, values))
            continue
        exchange = offered(world.send(_request(step, world, values)), world.contract)
        got = outcome(exchange, world.contract)
        seen = Observation(world, exchange, got, strict=False, expected=step.expect)
        if step.expect not in got.candidates or _kept(seen, step, case, values):
            raise NotPrepared(f"{step.operation} does not come out as {step.expect} in: {case.description}")
    step = case.steps[number]
    if isinstance(step, Ask):
        raise NotPrepared(f"this step calls nothing in: {case.description}")
    return _request(step, world, values)


def exchanged(case: Case, world: Target, values: dict[str, Any]) -> Iterator[Exchange]:
    """What the steps of the case are answered, whatever it is. What they give to go on with goes into `values`.

    It ends where that is not in the answer.
    """
    for step in case.steps:
        if isinstance(step, Ask):
            world.command(step.method, step.path, filled(step.body, values))
            continue
        exchange = world.send(_request(step, world, values))
        yield exchange
        if _kept(Observation(world, exchange, outcome(exchange, world.contract), strict=False), step, case, values):
            return


def sketched(case: Case, number: int, target: Target) -> Request:
    """What that step's request looks like before anything is sent: what earlier steps give is 1."""
    step = case.steps[number]
    assert isinstance(step, Call)
    return _request(step, target, defaultdict(lambda: 1, target.ids))


def asked(step: Call, target: Target) -> Request:
    """As much of the step's request as says whose session it needs."""
    operation = target.contract.operations[step.operation]
    return Request(operation, headers=step.headers, credentials=step.credentials, session=step.session)


def _request(step: Call, world: Target, values: Mapping[str, Any]) -> Request:
    operation = world.contract.operations[step.operation]
    base = example_request(world, operation)
    media_type = _MEDIA.get(step.encoding or "", base.media_type)
    given: dict[str, Any] = {
        "query": filled(dict(step.query), values),
        "path": filled(dict(step.path), values),
        "headers": filled(dict(step.headers), values),
        "credentials": filled(dict(step.credentials), values) if step.credentials is not None else None,
        "method": step.method,
        "media_type": media_type,
        "raw": str(filled(step.raw.text, values)).encode() * step.raw.times if step.raw else None,
        "session": step.session,
        "expected": _is_expected(step, world.contract),
    }
    body = filled(step.body, values)
    if step.from_example:
        if isinstance(body, dict):
            body = {**(base.body or {}), **body}
        merged: dict[str, Any] = {"query": {**base.query, **given["query"]}, "path": {**base.path, **given["path"]}}
        return replace(base, **{**given, **merged}, body=base.body if body is None else body)
    if step.raw is None and operation.request and (body is None or isinstance(body, dict)):
        schema = next(iter(operation.request.values())).schema
        body = {**constants(world.contract, schema), **(body or {})}
    given["query"] = {**parameter_constants(operation), **given["query"]}
    return Request(operation, body=body, **given)


def _is_expected(step: Call, contract: Contract) -> bool | None:
    """Whether the step's call has to be accepted or refused; None where its refusal is but our choice."""
    answer, _, example = contract.operations[step.operation].examples[step.expect]
    if not contract.is_refusal(example, answer.status):
        return True
    return None if example.evidence == "chosen" else False


def _wrong_outcome(seen: Observation, step: Call, case: Case) -> Finding:
    answer, _, example = seen.exchange.operation.examples[step.expect]
    contract, status, got = seen.target.contract, seen.exchange.status, seen.outcome
    links = [*_links(step, case, seen), answer.evidence]
    if contract.is_refusal(example, answer.status) and got.refused and status == answer.status:
        links.append(contract.name_evidence(example))  # it is refused as it has to be, but for the name
    title = f"{step.operation} is not answered with {step.expect}"
    why = f"{case.description}: expected {step.expect}, but status {status}: {got}."
    instead = " or ".join(got.candidates) or ("accepted" if got.accepted else "refused")
    cause = f"answers {status} ({instead}) in place of {step.expect}"
    detail, demand = f"outcome:{step.expect}:{case.description}", demands.of_outcome(answer, example, contract)
    differs = [Mismatch("the outcome", f"{answer.status} {step.expect}", f"{status} {instead}")]
    return seen.finding("wrong_outcome", detail, links, title, why, cause=cause, demand=demand, mismatches=differs)


def _links(step: Call, case: Case, seen: Observation) -> list[str]:
    """What a demand of the case's step rests on: every mark of its prose, and the outcome that it expects."""
    _, _, example = seen.exchange.operation.examples[step.expect]
    return [*marks(case.clause), example.evidence]


def _wrong_facts(seen: Observation, step: Call, case: Case, values: Mapping[str, Any]) -> list[Finding]:
    found = []
    for place, asked_for in step.see.items():
        pointer, wanted = filled(place, values), filled(asked_for, values)
        value = _at(seen, pointer)
        schema = wanted if isinstance(wanted, dict) else {"const": wanted}
        # what is not there is not that
        holds = schema.keys() == {"not"} if value is NOWHERE else jsonschema_rs.is_valid(schema, value)
        if not holds and not _holds_of_numbers(schema, value):
            differing = _differing(pointer, schema, value)
            told = [f"expected {each.expected}, but it is {each.got}" for each in differing if each.at == pointer]
            why = told[0] if told else f"it differs from what was expected in {counted(len(differing), 'place')}"
            found.append(_wrong_fact(seen, step, case, place, why, (pointer, schema), differing))
    return found


def _holds_of_numbers(schema: dict[str, Any], value: Any) -> bool:
    """Whether it holds where a number and its text are one: of which type a value is, the contract's schemas say."""
    if value is NOWHERE or _ABOUT_TEXTS & set(_keywords(schema)):
        return False
    return jsonschema_rs.is_valid(_with_numbers(schema), _with_numbers(value))


def _keywords(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keywords(below)


def _with_numbers(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _with_numbers(below) for name, below in node.items()}
    if isinstance(node, list):
        return [_with_numbers(each) for each in node]
    return int(node) if isinstance(node, str) and _WHOLE.fullmatch(node) else node


def _differing(pointer: str, schema: dict[str, Any], value: Any) -> list[Mismatch]:
    """In what the value differs from what it has to be: place by place, where it has to be that value and no other."""
    wanted = schema["const"] if schema.keys() == {"const"} else schema
    if value is NOWHERE:
        return [Mismatch(pointer, as_json(wanted), NOTHING)]
    if wanted is not schema and pointer.startswith("/"):
        found = [msgspec.structs.replace(each, at=f"{pointer}{each.at}") for each in mismatches(wanted, value)]
        if found:
            return found
    return [Mismatch(pointer, NOTHING if schema == {"not": {}} else as_json(wanted), as_json(value))]


def _kept(seen: Observation, step: Call, case: Case, values: dict[str, Any]) -> list[Finding]:
    for name, pointer in step.keep.items():
        value = _at(seen, filled(pointer, values))
        if value is NOWHERE:
            return [_wrong_fact(seen, step, case, pointer, "expected a value to go on with, but nothing is there")]
        values[name] = value
    return []


def _wrong_fact(
    seen: Observation,
    step: Call,
    case: Case,
    place: str,
    why: str,
    demanded: tuple[str, Any] | None = None,
    differing: Sequence[Mismatch] = (),
) -> Finding:
    """`place` is as the case writes it, so that the finding is the same in every run."""
    pointer, wanted = demanded or (place, True)
    title = f"{place or 'The body'} of {step.operation} is not what the case says: {case.description}"
    detail, demand = f"fact:{place}:{case.description}", demands.of_fact(seen.exchange, pointer, wanted)
    cause = f"{place or 'the body'}: {case.description.partition(' [')[0]}"
    links = (*_links(step, case, seen), *_place(seen, pointer))
    told = f"At {pointer}: {why}."
    return seen.finding("wrong_fact", detail, links, title, told, cause=cause, demand=demand, mismatches=differing)


def _place(seen: Observation, pointer: str) -> Iterator[str]:
    """That the place is but a choice, where the schemas on the way say so: a case can know it no better than they do."""
    answer, media = seen.exchange.answer, seen.exchange.media
    if answer is None or media is None:
        return
    schemas, names = schemas_of(seen.target.contract), _NAMES_AT_END.search(pointer)
    if pointer.startswith("/"):
        founded = schemas.founded_at(media.schema, steps_of(pointer), answer.evidence)
    else:
        steps = [dotted or quoted for dotted, quoted in _NAME.findall(names[0])] if names else []
        founded = schemas.founded_below(media.schema, steps, answer.evidence) if steps else None
    if founded == STRENGTH[-1]:
        yield founded


def _found(query: str, tree: Any) -> list[Any]:
    try:
        return list(jsonpath_rfc9535.find(query, tree).values()) if isinstance(tree, dict | list) else []
    except jsonpath_rfc9535.JSONPathError:
        return []  # an id that the target gave makes no query of it


def _at(seen: Observation, place: str) -> Any:
    """What stands at a place: a pointer into the body, a query of it, a header, a pointer into a token's claims.

    Of what a query finds, it is the first.
    """
    if place.startswith("$"):
        return next(iter(_found(place, seen.exchange.tree)), NOWHERE)
    if not place.startswith("header:"):
        return at_pointer(seen.exchange.tree, place)
    name, hash_, pointer = place.removeprefix("header:").partition("#")
    value = next((value for each, value in seen.exchange.headers.items() if each.lower() == name.lower()), NOWHERE)
    if not hash_ or value is NOWHERE:
        return value
    try:
        return at_pointer(jwt.decode(str(value), options={"verify_signature": False}), pointer)
    except jwt.InvalidTokenError:
        return NOWHERE
