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
    """Render what shows each cause of the run again, by the file's name: from the finding that shows it best.

    It is a test where a schema can say what is asked of an answer; of several calls that only a law judges, it is a script
    that sends them again. What neither can show is not offered.
    """
    files = {}
    for cause in reversed(causes_of(findings_of(header, results).all)):
        for found in reversed(cause.findings):
            name = reproduction_of(found.finding)
            if name:
                files[name] = _file(header, Cause((found, *(each for each in cause.findings if each is not found))))
    return files


def reproduction_of(finding: Finding) -> str:
    """The name of the file that shows the cause of this finding again; empty, where this finding cannot."""
    name = file_of(cause_id(finding))
    requests = [call.request for call in finding.calls] or [finding.request]
    if any(len(request.body) >= _KEPT or not request.curl for request in requests):
        return ""
    if finding.demand and finding.replayable:
        return name
    return f"{name.removesuffix('.py').removeprefix('test_')}.sh" if len(finding.calls) > 1 else ""


def again(finding: Finding) -> str:
    """The command that shows it again, where there is one."""
    name = reproduction_of(finding)
    return f"{'pytest' if name.endswith('.py') else 'sh'} {FOLDER}/{name}" if name else ""


def again_in(cause: Cause) -> str:
    """The command that shows the cause again best: a test that one of its findings has, or else a script."""
    commands = [each for each in (again(found.finding) for found in cause.findings) if each]
    return min(commands, key=lambda command: not command.startswith("pytest"), default="")


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


def _script(cause: Cause) -> str:
    """The calls of a law as a script for a shell, which sends them and shows what comes."""
    calls = cause.first.calls
    secrets = dict.fromkeys(name for call in calls for name in secrets_in(call.request.curl))
    lines = [f"{BEGINNING.removesuffix(' as a test')}, call by call.", *(f"# {told}".rstrip() for told in _told(cause))]
    lines += ["set -eu", *(f': "${{{name}:?}}"' for name in secrets)]
    for number, call in enumerate(calls, 1):
        lines += ["", f"# {number}. {_one_line(call.says)}", visible(call.request.curl), "echo"]
    return "\n".join([*lines, ""])


def _file(header: Header, cause: Cause) -> str:
    found = cause.findings[0]
    finding, request = found.finding, found.finding.request
    if not (finding.demand and finding.replayable):
        return _script(cause)
    target = header.target.get(finding.contract)
    calls = finding.calls or (Call("", request),)
    *before, last = [(call.request.method, call.replay or _as_it_was(call.request)) for call in calls]
    sent = "\n".join(text for _, each in (*before, last) for text in (each.url, *each.headers.values(), each.body))
    named = [name for call in calls for name in secrets_in(call.request.curl)]
    # what a curl line calls another one of a secret may have been made of the secret itself
    known = dict.fromkeys(each for name in named for each in (name, name.removeprefix("OTHER_")))
    base = target.url if target and request.url.startswith(target.url) else _origin(request.url)
    return _template().render(
        told=list(_told(cause)),
        summary=f"Finding {_digest(finding.id)}.",
        secrets=tuple(name for name in known if f"${name}" in sent),
        before=_literal(
            [(method, each.url, dict(each.headers), each.body, dict(each.keeps)) for method, each in before]
        ),
        connection=_literal(dict(target.connection) if target else {}),
        base_variable=re.sub(r"\W", "_", f"{finding.contract}_url", flags=re.ASCII).upper(),
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


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the file is Python, and everything in it from outside is a literal or a comment
    )
    return environment.get_template("reproduction.py.j2")
