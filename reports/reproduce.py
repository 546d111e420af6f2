"""Each finding as a test of its own, which anybody can run with pytest, requests and jsonschema."""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from pprint import pformat
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from counterfoil.reports.causes import Cause, cause_id, causes_of
from counterfoil.reports.findings import Found, findings_of
from counterfoil.reports.printable import counted, visible
from counterfoil.reports.replayed import in_json, put, seen, told_at
from counterfoil.reports.results import Call, Finding, Header, Replay, Request, Result

FOLDER = "reproduce"
#: how each of the files begins; an older one that begins so may be removed
BEGINNING = "# A finding of Counterfoil as a test"

#: what each of the files has of ours, as it stands
_REPLAYED: tuple[Callable[..., Any], ...] = (in_json, put, seen, told_at)
_KEPT = 10_000  # characters of a body in the results
_CASES = 3
_OTHERS = 50


def render_reproductions(header: Header, results: list[Result]) -> dict[str, str]:
    """Render a test of each cause of the run, by the file's name: from the finding that shows it best.

    It sends the calls itself where a schema can say what is asked of an answer. Else it has Counterfoil try the case again,
    which judges it by all of its calls.
    """
    files: dict[str, str] = {}
    for cause in causes_of(findings_of(header, results).all):
        shown = next((found for found in cause.findings if _stands_alone(found.finding)), cause.findings[0])
        if again(header, shown.finding):
            ordered = Cause((shown, *(each for each in cause.findings if each is not shown)))
            files.setdefault(file_of(cause_id(shown.finding)), _file(header, ordered))
    return files


def _stands_alone(finding: Finding) -> bool:
    """Whether its calls can be sent by anybody, and what is asked of their answers can be said without us."""
    requests = [call.request for call in finding.calls] or [finding.request]
    whole = all(len(request.body) < _KEPT and request.curl for request in requests)
    return bool(finding.demand and finding.replayable and whole)


def again(header: Header, finding: Finding) -> str:
    """The command that shows its cause again, where there is one."""
    target = header.target.get(finding.contract)
    can = _stands_alone(finding) or (target is not None and target.again)
    return f"pytest {FOLDER}/{file_of(cause_id(finding))}" if can else ""


def again_in(header: Header, cause: Cause) -> str:
    """The command that shows the cause again, by any of its findings."""
    return next(filter(None, (again(header, found.finding) for found in cause.findings)), "")


def file_of(finding: str) -> str:
    """The name of the file that reproduces the cause of that id: the same in every run."""
    plain = re.sub(r"\W+", "_", finding, flags=re.ASCII).strip("_").lower()[:80].strip("_")
    return f"test_{plain}_{_digest(finding)}.py"


def secrets_in(curl: str) -> tuple[str, ...]:
    """The variables that a shell fills into the command. Between single quotes it fills in none."""
    names: dict[str, None] = {}
    for quoted, bare in re.findall(r"""'[^']*'|\\.|"((?:\\.|[^"\\])*)"|\$\{?(\w+)""", curl, re.DOTALL):
        names |= dict.fromkeys([bare] if bare else re.findall(r"\\.|\$\{?(\w+)", quoted))
    return tuple(name for name in names if name)


def _by_counterfoil(header: Header, cause: Cause) -> str:
    """A test that has Counterfoil try the case again, with the calls as they were told."""
    found = cause.findings[0]
    finding, target = found.finding, header.target[found.finding.contract]
    calls = [
        line
        for number, call in enumerate(finding.calls, 1)
        for line in (f"{number}. {_one_line(call.says)}", f"   {_one_line(call.request.curl)}")
    ]
    return _template("rerun.py.j2").render(
        told=list(_told(cause)),
        calls=calls,
        summary=f"Finding {_digest(finding.id)}.",
        url_variable=_url_variable(finding.contract),
        url=repr("" if target.embedded else target.url),
        options=_literal(list(target.again)),
        case=repr(found.cases[0]),
        finding=repr(finding.id),
    )


def _file(header: Header, cause: Cause) -> str:
    found = cause.findings[0]
    finding, request = found.finding, found.finding.request
    if not _stands_alone(finding):
        return _by_counterfoil(header, cause)
    target = header.target.get(finding.contract)
    calls = finding.calls or (Call("", request),)
    *before, last = [(call.request.method, call.replay or _as_it_was(call.request)) for call in calls]
    sent = "\n".join(text for _, each in (*before, last) for text in (each.url, *each.headers.values(), each.body))
    named = [name for call in calls for name in secrets_in(call.request.curl)]
    # what a curl line calls another one of a secret may have been made of the secret itself
    known = dict.fromkeys(each for name in named for each in (name, name.removeprefix("OTHER_")))
    base = target.url if target and request.url.startswith(target.url) else _origin(request.url)
    return _template("reproduction.py.j2").render(
        told=list(_told(cause)),
        summary=f"Finding {_digest(finding.id)}.",
        secrets=tuple(name for name in known if f"${name}" in sent),
        before=_literal(
            [(method, each.url, dict(each.headers), each.body, dict(each.keeps)) for method, each in before]
        ),
        connection=_literal(dict(target.connection) if target else {}),
        base_variable=_url_variable(finding.contract),
        base=repr(base),
        method=repr(request.method),
        url=repr(last[1].url),
        headers=_literal(dict(last[1].headers)),
        body=repr(last[1].body),
        demand=_literal(finding.demand),
        replayed="\n\n".join(inspect.getsource(each) for each in _REPLAYED),
        of_format=finding.id.endswith(":format"),
    )


def _as_it_was(request: Request) -> Replay:
    return Replay(request.url, request.headers, request.body)


def _told(cause: Cause) -> Iterator[str]:
    """What a reader has to know, line by line: no line of it can end the comment that it stands in."""
    found = cause.findings[0]
    finding = found.finding
    paragraphs = [
        finding.title,
        "",
        *finding.why.splitlines(),
        "",
        f"Contract: {finding.contract}. Operation: {finding.operation}. Check: {finding.check}.",
        f"Clause: {finding.clause} ({finding.evidence}, {finding.severity}).",
        f"Finding: {finding.id}",
        f"Met {counted(found.count, 'time')}, in {', '.join(found.cases[:_CASES])}{_others(found)}.",
    ]
    if len(cause.findings) > 1:
        paragraphs += ["", f"The same cause: {cause.title}. The others:"]
        paragraphs += [f"  {other.finding.id}" for other in cause.findings[1:_OTHERS]]
    for paragraph in paragraphs:
        yield _one_line(paragraph)


def _others(found: Found) -> str:
    others = len(found.cases) - _CASES
    return f" and {counted(others, 'other case')}" if others > 0 else ""


def _one_line(text: str) -> str:
    return visible(" ".join(text.split())).rstrip()


def _digest(finding: str) -> str:
    return hashlib.sha256(finding.encode("utf-8", "replace")).hexdigest()[:6]


def _origin(url: str) -> str:
    match = re.match(r"[a-z]+://[^/?#]*", url)
    return match[0] if match else url


def _literal(value: Any) -> str:
    return pformat(value, sort_dicts=False, width=110)


def _url_variable(contract: str) -> str:
    """The variable of the environment that points a test elsewhere."""
    return re.sub(r"\W", "_", f"{contract}_url", flags=re.ASCII).upper()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the file is Python, and everything in it from outside is a literal or a comment
    )
    return environment.get_template(name)
