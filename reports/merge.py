"""Several results files, from shards or from one run per contract, read as one run."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from counterfoil.reports.baseline import Baseline
from counterfoil.reports.conclusion import Exit, conclude
from counterfoil.reports.results import Contract, Footer, Header, Result, Results, Target, Writer, totals
from counterfoil.reports.verdict import worst

_JUDGED = (Exit.HOLDS, Exit.BROKEN, Exit.NOTHING)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Disagreement(ValueError):
    """Two runs that cannot be told as one; the message names both files and what they disagree about."""


def merged(runs: dict[Path, Results]) -> Results:
    """Read several runs as one: contracts united, results in the order given, the footer made anew.

    Raises:
        Disagreement: the runs differ in what a report states once (seed, level, a contract's text, a target), or
            two of them hold different results under one id.
    """
    if len(runs) == 1:
        return next(iter(runs.values()))
    header = _header({path: run.header for path, run in runs.items()})
    results = _results({path: run.results for path, run in runs.items()})
    return Results(header, results, _footer(list(runs.values()), header, results))


def written(run: Results, path: Path) -> None:
    """Write a run as a results file."""
    writer = Writer(path, run.header)
    for result in run.results:
        writer.add(result)
    writer.finish(run.footer)


def _header(headers: dict[Path, Header]) -> Header:
    first = next(iter(headers.values()))
    _agreed("the seed", {path: str(header.seed) for path, header in headers.items()})
    _agreed("the level", {path: header.level for path, header in headers.items()})
    _agreed("strictness", {path: str(header.strict).lower() for path, header in headers.items()})
    _agreed("the baseline", {path: _said(header) for path, header in headers.items()})
    names = dict.fromkeys(name for header in headers.values() for name in header.contracts)
    contracts: dict[str, Contract] = {}
    targets: dict[str, Target] = {}
    for name in names:
        holding = {path: header for path, header in headers.items() if name in header.contracts}
        _agreed(f"the sha256 of {name}", {path: header.contracts[name].sha256 for path, header in holding.items()})
        contracts[name] = next(iter(holding.values())).contracts[name]
        aimed = {path: header.target[name] for path, header in holding.items() if name in header.target}
        _agreed(f"the overlays of {name}", {path: ", ".join(target.overlays) for path, target in aimed.items()})
        _agreed(f"the URL of {name}", {path: address(target) for path, target in aimed.items()})
        if aimed:
            targets[name] = next(iter(aimed.values()))
    return msgspec.structs.replace(
        first,
        counterfoil=_listed(header.counterfoil for header in headers.values()),
        started=min(header.started for header in headers.values()),
        target=targets,
        contracts=contracts,
        versions=_versions(headers.values()),
        shard=(1, 1),
    )


def _said(header: Header) -> str:
    """What the baseline accepts, wherever its file lies in each part."""
    return ", ".join(entry.id for entry in header.accepting.entries)


def address(target: Target) -> str:
    """Where a target is. Each shard may start a mock of its own, so the port of this very machine says nothing."""
    parts = urlsplit(target.url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}" if parts.hostname in _LOOPBACK else target.url


def _agreed(what: str, said: dict[Path, str]) -> None:
    """Insist that all files say the same."""
    entries = list(said.items())
    for path, value in entries[1:]:
        first, expected = entries[0]
        if value != expected:
            raise Disagreement(
                f"{what} differs: {expected or 'none'} in {first}, {value or 'none'} in {path}. "
                "Only parts of one and the same test can be merged."
            )


def _versions(headers: Iterable[Header]) -> dict[str, str]:
    every = list(headers)
    tools = dict.fromkeys(tool for header in every for tool in header.versions)
    return {tool: _listed(header.versions[tool] for header in every if tool in header.versions) for tool in tools}


def _listed(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _results(files: dict[Path, list[Result]]) -> list[Result]:
    kept: dict[str, tuple[Path, Result]] = {}
    for path, results in files.items():
        for result in results:
            first, known = kept.setdefault(result.id, (path, result))
            if known != result:
                raise Disagreement(
                    f"the result {result.id!r} is in {first} and, different, in {path}. One case has one verdict: "
                    "leave out the older file, or compare the two runs (--compare)."
                )
    return [result for _, result in kept.values()]


def _footer(runs: list[Results], header: Header, results: list[Result]) -> Footer:
    footers, sums = [run.footer for run in runs], totals(results)
    created = [footer.created for footer in footers if footer.created is not None]
    partly = any(footer.partly for footer in footers) or not _is_whole(runs)
    unfit, told = Baseline.of(header.accepting).judged(header, results, partly=partly)
    exit_code, verdict = _verdict(footers, header, results, unfit, partly=partly)
    own = (notice for run in runs for notice in run.footer.notices if not _is_of_baseline(notice, run.header))
    return msgspec.structs.replace(
        footers[0],
        finished=max(footer.finished for footer in footers),
        seconds=sum(footer.seconds for footer in footers),
        requests=sums["requests"],
        counts=sums["counts"],
        findings=sums["findings"],
        cases_digest=_cases_digest(results),
        exit_code=exit_code,
        notices=list(dict.fromkeys([*unfit, *told, *own])),
        created=[thing for each in created for thing in each] if created else None,
        verdict=verdict,
        partly=partly,
    )


def _is_whole(runs: list[Results]) -> bool:
    """Whether, for each number of parts into which a run was cut, all of them are here."""
    cut: dict[tuple[int, tuple[str, ...]], set[int]] = {}
    for run in runs:
        number, of = run.header.shard
        cut.setdefault((of, tuple(sorted(run.header.contracts))), set()).add(number)
    return all(numbers == set(range(1, of + 1)) for (of, _), numbers in cut.items())


def _is_of_baseline(notice: str, header: Header) -> bool:
    """Whether it speaks of an entry of the baseline, which the parts are judged by anew, together."""
    return any(notice.startswith(f"{entry.place}: ") for entry in header.accepting.entries)


def _verdict(
    footers: list[Footer], header: Header, results: list[Result], unfit: list[str], *, partly: bool
) -> tuple[int, str]:
    """The verdict on all results together, where no part has broken down; otherwise that of the worst part."""
    exit_code = worst([footer.exit_code for footer in footers])
    if exit_code in _JUDGED:
        return conclude(header, results, unfit=unfit, partly=partly)
    return exit_code, " ".join(dict.fromkeys(footer.verdict for footer in footers if footer.exit_code == exit_code))


def _cases_digest(results: list[Result]) -> str:
    """The digest that one run of all these cases would have had, in whichever order it ran them."""
    return hashlib.sha256("".join(sorted(f"{result.id}{result.digest}" for result in results)).encode()).hexdigest()
