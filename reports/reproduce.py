"""Each finding as a test of its own, which anybody can run with pytest, requests and jsonschema."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pprint import pformat
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from counterfoil.reports.causes import Cause, cause_id, causes_of
from counterfoil.reports.findings import Found, findings_of
from counterfoil.reports.printable import counted, visible
from counterfoil.reports.results import Header, Result

FOLDER = "reproduce"
#: how each of the files begins; an older one that begins so may be removed
BEGINNING = "# A finding of Counterfoil as a test"

_KEPT = 10_000  # characters of a body in the results
_CASES = 3
_OTHERS = 50


def render_reproductions(header: Header, results: list[Result]) -> dict[str, str]:
    """Render every cause of the run as a test file, by the file's name: the finding that shows it best."""
    causes = causes_of(findings_of(header, results).all)
    return {file_of(cause_id(cause.first)): _file(header, cause) for cause in reversed(causes)}


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


def _file(header: Header, cause: Cause) -> str:
    found = cause.findings[0]
    finding, request = found.finding, found.finding.request
    target = header.target.get(finding.contract)
    sent = "\n".join((request.url, *request.headers.values(), request.body))
    base = target.url if target and request.url.startswith(target.url) else _origin(request.url)
    return _template().render(
        told=list(_told(cause)),
        sent=bool(finding.demand) and len(request.body) < _KEPT,
        curl=[visible(line) for line in request.curl.splitlines()],
        summary=f"Finding {_digest(finding.id)}.",
        secrets=tuple(name for name in secrets_in(request.curl) if f"${name}" in sent),
        base_variable=re.sub(r"\W", "_", f"{finding.contract}_url", flags=re.ASCII).upper(),
        base=repr(base),
        method=repr(request.method),
        url=repr(request.url),
        headers=_literal(dict(request.headers)),
        body=repr(request.body),
        demand=_literal(finding.demand),
        of_format=finding.id.endswith(":format"),
    )


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
