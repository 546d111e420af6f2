"""Causes as a terminal lists them: each in one line that says which operations, which field, and how."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from counterfoil.reports.causes import Cause
from counterfoil.reports.findings import Found
from counterfoil.reports.in_words import in_words
from counterfoil.reports.mismatch import NOTHING
from counterfoil.reports.printable import counted, line
from counterfoil.reports.results import Finding, Mismatch

#: what is asked of one place in an answer; of data, not by a schema; and what an answer is as a whole
_OF_PLACES = ("body_schema", "false_value", "wrong_fact")
_OF_OUTCOMES = ("wrong_outcome", "accepted_invalid", "undocumented_status", "undocumented_refusal")
_INSTEAD = re.compile(r"answers (.+) in place of (\w+)")
#: in a pointer or a query: which one of a list is meant
_ONE_OF_MANY = re.compile(r"\[[^\]]*\]|/(?:\d+|\*)(?=/|$)")
_QUOTED = re.compile(r"\['([^']*)'\]")
_OPERATIONS = 2
_WAYS = 2
_NAMES = 4
_LONGEST_VALUE = 40
#: the checks whose titles say more than what their findings have in common
_TITLED = ("law",)


@dataclass(frozen=True)
class Gathered:
    """Causes that a reader takes for one: about the same field of an operation, or the same outcome."""

    causes: tuple[Cause, ...]

    @property
    def first(self) -> Finding:
        """The finding that shows it best."""
        return self.causes[0].first

    @property
    def line(self) -> str:
        """Which operations are concerned, and how."""
        findings = [found.finding for cause in self.causes for found in cause.findings]
        operations = list(dict.fromkeys(each.operation for each in findings))
        told = " and ".join(operations[:_OPERATIONS])
        if len(operations) > _OPERATIONS:
            told = f"{', '.join(operations[:_OPERATIONS])} and {len(operations) - _OPERATIONS} more"
        ways = list(dict.fromkeys(_ways(self.causes)))
        how = "; ".join(ways[:_WAYS])
        if len(ways) > _WAYS:
            how += f"; and in {counted(len(ways) - _WAYS, 'way')} more"
        names_it = len(operations) == 1 and operations[0] in how.partition(" in place of ")[0]
        return line(how if names_it else f"{told}: {how}")


def gathered(causes: Sequence[Cause]) -> list[Gathered]:
    """The causes, each once, in the order of the first of those that belong together."""
    unread = _unread(causes)
    groups: list[tuple[set[tuple[str, ...]], list[Cause]]] = []
    for cause in causes:
        keys = {key for found in cause.findings for key in _keys(found, unread)} or {(cause.first.id,)}
        others = [group for group in groups if group[0] & keys]
        group = others[0] if others else (set(), [])
        if not others:
            groups.append(group)
        for other in others[1:]:
            group[0].update(other[0])
            group[1].extend(other[1])
            groups.remove(other)
        group[0].update(keys)
        group[1].append(cause)
    return [Gathered(tuple(every)) for _, every in groups]


def _unread(causes: Iterable[Cause]) -> dict[tuple[str, str], set[str]]:
    """By operation, the cases in which an answer could not be read: no outcome can be told from such a one."""
    cases: dict[tuple[str, str], set[str]] = {}
    for found in (found for cause in causes for found in cause.findings if found.finding.check == "malformed_body"):
        cases.setdefault((found.finding.contract, found.finding.operation), set()).update(found.cases)
    return cases


def _keys(found: Found, unread: dict[tuple[str, str], set[str]]) -> Iterator[tuple[str, ...]]:
    """What makes two causes belong together."""
    finding = found.finding
    of = (finding.contract,)
    if finding.check == "malformed_body":
        yield (*of, "unread", finding.cause)
        yield (*of, "unread", finding.operation)
    elif finding.check == "wrong_outcome" and set(found.cases) <= unread.get(
        (finding.contract, finding.operation), set()
    ):
        yield (*of, "unread", finding.operation)
    elif finding.check in _OF_OUTCOMES:
        instead = _INSTEAD.fullmatch(finding.cause)
        yield (*of, "outcome", instead[2] if instead else finding.cause)
        yield (*of, "exchange", finding.operation, finding.request.curl)
    elif finding.check in _OF_PLACES and (at := _at(finding)):
        yield (*of, "cause", finding.cause)
        for place in (at, *(each.at for each in finding.mismatches[:1])):
            yield (*of, "place", finding.operation, _plain(place))
        if _is_lacking(finding):
            yield (*of, "lacks", finding.operation, _parted(at)[0])
    else:
        yield (*of, "cause", finding.cause or finding.id)


def _at(finding: Finding) -> str:
    """The place that it is about: a case may lack a value at one, and then nothing is compared."""
    if finding.check == "wrong_fact":
        return finding.cause.partition(": ")[0]
    return finding.mismatches[0].at if finding.mismatches else ""


def _plain(at: str) -> str:
    """The names on the way to a place, whichever entry of a list it is in."""
    return _ONE_OF_MANY.sub("", _dotted(at)).removeprefix("$").replace("/", ".").strip(".")


def _dotted(at: str) -> str:
    return _QUOTED.sub(r".\1", at)


def _ways(causes: Sequence[Cause]) -> Iterator[str]:
    """In which ways it is wrong: of the same place once."""
    if any(cause.first.check == "malformed_body" for cause in causes):
        yield from (cause.first.cause for cause in causes if cause.first.check == "malformed_body")
        return
    instead = [found for cause in causes if (found := _INSTEAD.fullmatch(cause.first.cause))]
    if len({each[2] for each in instead}) == 1:
        yield _in_place(instead[0][2], list(dict.fromkeys(each[1] for each in instead)))
        causes = [cause for cause in causes if not _INSTEAD.fullmatch(cause.first.cause)]
    yield from _lacking(causes)
    told: dict[tuple[str, str], list[Finding]] = {}
    for finding in (cause.first for cause in causes if len(causes) == 1 or not _is_lacking(cause.first)):
        if finding.check in _OF_PLACES and (at := _at(finding)):
            told.setdefault((_plain(at), _got(finding)), []).append(finding)
        else:
            yield finding.title if finding.check in _TITLED else finding.cause or finding.title
    yield from (_of_place(findings) for findings in told.values())


def _lacking(causes: Sequence[Cause]) -> Iterator[str]:
    """What is not there, where one thing lacks several."""
    wholes: dict[str, dict[str, None]] = {}
    for finding in (cause.first for cause in causes if len(causes) > 1 and _is_lacking(cause.first)):
        whole, name = _parted(_at(finding))
        wholes.setdefault(whole, {})[name] = None
    for whole, names in wholes.items():
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        yield f"{whole or 'the body'} lacks {', '.join([*names][:_NAMES])}{more}"


def _got(finding: Finding) -> str:
    return finding.mismatches[0].got if finding.mismatches else NOTHING


def _is_lacking(finding: Finding) -> bool:
    return finding.check in _OF_PLACES and bool(_at(finding)) and _got(finding) == NOTHING


def _parted(at: str) -> tuple[str, str]:
    """Of what a place is a part, as far as it is named, and as what."""
    if "[?" in at:
        whole, _, which = _dotted(at).rpartition("[?")
        return f"{whole}[…]", which.partition("]")[2].lstrip(".") or which.rstrip("]")
    whole, _, name = at.rpartition("/" if at.startswith("/") else ".")
    return whole, name


def _in_place(wanted: str, answers: list[str]) -> str:
    if len(answers) == 1:
        return f"answers {answers[0]} in place of {wanted}"
    return f"in place of {wanted} it answers {', '.join(answers)}"


def _of_place(findings: list[Finding]) -> str:
    """A place, what stands there, what was expected, and in which case."""
    first = findings[0]
    differs = first.mismatches[0] if first.mismatches else Mismatch(_at(first), "a value", NOTHING)
    got = "is missing" if differs.got == NOTHING else f"is {_short(differs.got)}"
    expected = "" if differs.expected == "a value" else f", expected {_short(wanted(first, differs))}"
    cases = len({each.cause for each in findings if each.check == "wrong_fact"})
    case = f" ({first.cause.partition(': ')[2]})" if cases == 1 and len(findings) == 1 else ""
    return f"{differs.at or 'the body'} {got}{expected}{f' ({cases} cases)' if cases > 1 else case}"


def wanted(finding: Finding, differs: Mismatch) -> str:
    """What was expected, in words where it is a schema; what a law compares is data."""
    return differs.expected if finding.check == "law" else in_words(differs.expected)


def _short(value: str) -> str:
    return line(value, _LONGEST_VALUE)
