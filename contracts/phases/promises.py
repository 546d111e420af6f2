"""Which promises of the source document a finding breaks, and which of them nothing shows."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import msgspec

from counterfoil.reports.results import Finding, Result
from counterfoil.specs import Contract
from counterfoil.specs.promises import Promise, promises_of

#: the checks that ask what a case says, and no clause
_OF_CASES = ("wrong_outcome", "wrong_fact")


def known(contract: Contract) -> Mapping[str, Promise]:
    """The promises of the contract by their names."""
    return _known(str(contract.own or contract.name))


@cache
def _known(contract: str) -> Mapping[str, Promise]:
    return promises_of(contract)


def with_promises(result: Result, contract: Contract) -> Result:
    """The result whose findings name what they break: a law's finding does already, a case's breaks what the case shows.

    Any other one breaks the promises of its clause.
    """
    findings = [_naming(finding, result, known(contract)) for finding in result.findings]
    return msgspec.structs.replace(result, findings=findings)


def _naming(finding: Finding, result: Result, promises: Mapping[str, Promise]) -> Finding:
    if finding.check == "law":
        return finding
    if finding.check in _OF_CASES:
        return msgspec.structs.replace(finding, promises=result.promises)
    clause = finding.id.removeprefix(f"{finding.contract}:")
    names = tuple(promise.name for promise in promises.values() if promise.is_of(clause))
    return msgspec.structs.replace(finding, promises=names)


def problems(contract: Contract, showing: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """What is wrong with the names of promises: one that nobody made, or one that is made and that nothing shows.

    `showing` are the cases and the laws, as a reader knows them, each with the names of the promises that it shows.
    """
    promises, shown = known(contract), set[str]()
    for what, names in showing:
        yield from (
            f"{what} shows {name}, which {contract.name} does not promise" for name in names if name not in promises
        )
        shown |= set(names)
    for promise in promises.values():
        is_shown = promise.name in shown or bool(promise.clauses)
        if not is_shown and not promise.unseen:
            yield f"nothing shows {promise.name}: {promise.says}"
        if is_shown and promise.unseen:
            yield f"{promise.name} is shown, and is said to be unseen: {promise.unseen}"
