"""What a program can check of a hand-written contract. `load()` has refused the rest before."""

import fnmatch
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from counterfoil.specs import sums
from counterfoil.specs.clauses import clauses_of
from counterfoil.specs.declared import laws_of
from counterfoil.specs.formats import FORMATS
from counterfoil.specs.loader import HERE, folder_of, load, load_file, name_of, refs
from counterfoil.specs.promises import in_any_notation, promises_of
from counterfoil.specs.quoting import complaint, quoted
from counterfoil.specs.reading import SpecError
from counterfoil.specs.view import Contract, Operation

_NOT_OPENAPI = "not OpenAPI 3.1"
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
_CHECKER = FormatChecker()
for _name, _holds in FORMATS.items():
    _CHECKER.checks(_name)(lambda value, holds=_holds: not isinstance(value, str) or holds(value))


#: documents that are shipped and are no contracts: nobody holds an implementation to them
DOCUMENTS = (HERE.parent / "mockserver" / "control.yaml",)


def lint_all(subjects: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Each document, and each contract plain and under each of its overlays, with what is wrong with it."""
    for name in subjects:
        if name.endswith((".yaml", ".yml")):
            yield Path(name).name, lint_file(Path(name))
            continue
        yield name, lint(name)
        for overlay in sorted((folder_of(name) / "overlays").glob("*.yaml")):
            yield f"{name} --overlay {overlay.stem}", lint(name, overlay.stem)


def lint(name: str, *overlays: str) -> list[str]:
    """What is wrong with a contract, a sentence each; empty when it is good."""
    try:
        document = load(name, overlays)
    except SpecError as error:
        return [str(error)]
    return [*lint_document(name, document), *([] if overlays else _promises(name, document))]


def _promises(name: str, document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the promises of a contract: whether something shows them is asked where the cases are known."""
    try:
        promises = promises_of(name)
    except SpecError as error:
        yield str(error)
        return
    if any(promise.clauses for promise in promises.values()):
        contract = Contract(name_of(name), document)
        clauses = {in_any_notation(each.removeprefix(f"{contract.name}:")) for each in clauses_of(contract)}
        yield from (
            f"the promise {promise.name}: no clause is like {pattern!r}; `counterfoil specs show {name} --clauses` lists them"
            for promise in promises.values()
            for pattern in promise.clauses
            if not fnmatch.filter(clauses, pattern)
        )


def lint_file(path: Path) -> list[str]:
    """What is wrong with a document that is no contract: nobody needs its outcomes named, or its effects told."""
    try:
        return _lint_openapi(path.stem, load_file(path))
    except SpecError as error:
        return [str(error)]


def lint_document(name: str, document: dict[str, Any]) -> list[str]:
    """What is wrong with a contract's united document."""
    problems = _lint_openapi(name, document)
    if any(problem.startswith(_NOT_OPENAPI) for problem in problems):
        return problems  # what follows reads the document as OpenAPI
    contract = Contract(name, document)
    for operation in contract.operations.values():
        problems += _operation(contract, operation)
    return [*problems, *_terms(document), *_laws(contract)]


def _terms(node: Any) -> Iterator[str]:
    """What no sum can be: a term that says more than sums can."""
    for name, term in node.get("x-sums", {}).items() if isinstance(node, dict) else ():
        try:
            sums.parsed(str(term))
        except sums.TermError as error:
            yield f"x-sums {name}: {error}"
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _terms(below)


def _laws(contract: Contract) -> Iterator[str]:
    """What is wrong with what the contract declares."""
    try:
        laws_of(contract)
    except SpecError as error:
        yield str(error)


def _lint_openapi(name: str, document: dict[str, Any]) -> list[str]:
    problems = [f"{_NOT_OPENAPI}: {complaint(e)} at {e.json_path}" for e in _openapi_errors(document)]
    if problems:
        return problems
    problems += _unused(document)
    problems += [f"schema {n!r} is no PascalCase noun" for n in _schemas(document) if not _PASCAL.fullmatch(n)]
    for operation in Contract(name, document).operations.values():
        if not _SNAKE.fullmatch(operation.id):
            problems.append(f"operationId {operation.id!r} is not snake_case")
    return problems


def _openapi_errors(document: dict[str, Any]) -> Iterator[Any]:
    return OpenAPIV31SpecValidator(document).iter_errors()


def _schemas(document: dict[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})
    return schemas


def _unused(document: dict[str, Any]) -> list[str]:
    """Components that nothing refers to: a clause that holds for nobody."""
    targets = {target for _, target in refs(document)}
    return [
        f"components/{kind}/{name} is used by nothing"
        for kind, members in document.get("components", {}).items()
        if kind != "securitySchemes"
        for name in members
        if f"#/components/{kind}/{name}" not in targets
    ]


def _operation(contract: Contract, operation: Operation) -> Iterator[str]:  # noqa: C901 - one question after another
    if operation.method != "GET" and "x-effect" not in operation.raw:
        yield f"{operation.id}: x-effect does not say what a {operation.method} does, so a careful run will not send it"
    if operation.request and not next(iter(operation.request.values())).examples:
        yield f"{operation.id}: the request has no named example"
    for media in operation.request.values():
        for example in media.examples.values():
            yield from _invalid(contract, media.schema, example.value, f"{operation.id} request {example.name}")
    seen: dict[str, int] = {}
    for answer in operation.answers.values():
        if not answer.examples:
            yield f"{operation.id} {answer.status}: the response has no named example"
        yield from _links(contract, operation, answer.status)
        for media in answer.media.values():
            for name, example in media.examples.items():
                where = f"{operation.id} {answer.status} {media.media_type} {name}"
                if not _SNAKE.fullmatch(name):
                    yield f"{where}: the name is not snake_case"
                if seen.setdefault(name, answer.status) != answer.status:
                    yield f"{where}: the name stands under {seen[name]} as well; an outcome has one status"
                yield from _invalid(contract, media.schema, example.value, where)
                yield from _bad_template(example.value, where)


_EXPRESSION = re.compile(r"\$(response|request)\.(body#(/.*)?|(path|query|header)\.[^#]+)")


def _links(contract: Contract, operation: Operation, status: int) -> Iterator[str]:
    """What is wrong with the links of an answer: they name another operation, and values of this call."""
    answer = contract.deref(operation.raw["responses"][str(status)])
    for name, written in answer.get("links", {}).items():
        link, where = contract.deref(written), f"{operation.id} {status} link {name}"
        target = contract.operations.get(link.get("operationId", ""))
        if target is None:
            yield f"{where}: {quoted(link.get('operationId'))} is no operation of this contract"
            continue
        yield from (
            f"{where}: {target.id} has no outcome {each!r}"
            for each in link.get("x-done", ())
            if each not in target.examples
        )
        for value in [*link.get("parameters", {}).values(), *_leaves(link.get("requestBody"))]:
            if isinstance(value, str) and value.startswith("$") and not _EXPRESSION.fullmatch(value):
                yield f"{where}: {value!r} names nothing of a request or an answer"


def _leaves(node: Any) -> Iterator[Any]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if not isinstance(node, dict | list):
        yield node
    for each in below:
        yield from _leaves(each)


def _invalid(contract: Contract, schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    validator = Draft202012Validator(contract.rooted(schema), format_checker=_CHECKER)
    for error in validator.iter_errors(value):
        yield f"{where}: the example is not valid under its schema: {error.json_path}: {complaint(error)}"


def _bad_template(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _bad_template(each, where)
    elif isinstance(value, str) and "{" in value:
        try:
            value.format_map(_Anything())
        except (ValueError, AttributeError, LookupError) as error:
            yield f"{where}: {value!r} is no template ({error}); a literal brace is doubled"


class _Anything(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "x"
