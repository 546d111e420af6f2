"""`counterfoil test`: holds a target, or the mock that it starts itself, to its contracts."""

import hashlib
import json
import os
import platform
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from counterfoil.contracts.checks.sources import sources
from counterfoil.contracts.cli.dry_run import rehearsed
from counterfoil.contracts.cli.options import Choice, Options, UsageError
from counterfoil.contracts.cli.safety_options import careful, rules_of
from counterfoil.contracts.generate.examples import harmless_request
from counterfoil.contracts.http.client import CredentialsRefused, Target, Unreachable
from counterfoil.contracts.http.mock import MockFailed, started
from counterfoil.contracts.phases import plan as plans
from counterfoil.contracts.phases.cases import CaseError
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.phases.laws import LawsError, stateful_tests
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.read import ProfileError
from counterfoil.contracts.run.discovery import discovered, shown
from counterfoil.contracts.run.run_files import begin, end
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.guard import guarded
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import results
from counterfoil.reports.baseline import BaselineError
from counterfoil.reports.baseline import read as read_baseline
from counterfoil.reports.terminal import summary
from counterfoil.specs import Contract, SpecError, names

SUITE = Path(__file__).parent.parent / "run" / "suite"


def _shard(value: str | None) -> tuple[int, int]:
    """Which part of how many; all of it, if nothing is said. Raises BadParameter."""
    number, _, of = (value or "1/1").partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise click.BadParameter(f"{value!r} is no part: write it as in 2/8, the second of eight")


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("url", required=False)
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--api", "apis", multiple=True, metavar="CONTRACT", help="Only this contract: a name, or a folder of your own."
)
@click.option(
    "--level", default="gate", metavar="LEVEL", help="smoke (seconds), gate (about a minute), deep (--max-time)."
)
@click.option(
    "--profile", "profile_path", type=click.Path(path_type=Path), metavar="FILE", help="Describes the target."
)
@click.option(
    "--overlay", "overlays", multiple=True, metavar="NAME", help="An overlay of the contract, by name or path."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes up the same requests.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where the results and the reports are written."
)
@click.option("--strict/--no-strict", default=None, help="Every finding fails. The default for a mock.")
@click.option(
    "--max-time", type=click.FloatRange(min=1), metavar="SECONDS", help="Stops making up requests after this."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github"]),
    default="text",
    help="github: annotate the workflow, too.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Findings that are accepted for a while; `report --baseline-out` makes one.",
)
@click.option(
    "--shard",
    callback=lambda _context, _option, value: _shard(value),
    metavar="N/M",
    help="The Nth of M parts of the run.",
)
@careful
@click.pass_context
def test(context: click.Context, /, url: str | None, pytest_args: tuple[str, ...], form: str, **options: Any) -> None:
    """Hold a target to its contract.

    URL is where it answers, as in https://staging.example.com; without it, a mock is started, tested and stopped. What
    stands after `--` goes to pytest: `-- -k order -x -n 2`.

    Exit codes: 0 the contract holds, 1 broken, 2 wrong usage, 3 unreachable or credentials refused, 4 nothing was
    tested, 130 interrupted.
    """
    if url is not None and url.startswith("-"):  # `test -- -k order`: click takes the first of them for the URL
        pytest_args, url = (url, *pytest_args), None
    rules, dry_run = rules_of(options), options.pop("dry_run")
    say = _Discreet()
    try:
        with ExitStack() as stack:
            try:
                chosen = say.chosen = Choice(url, Options(**options))
                say.beginning()
                if dry_run:
                    click.echo(rehearsed(chosen.contracts, chosen.urls, chosen.profile, rules, chosen.options.level))
                    context.exit(Exit.HOLDS)
                base = None if chosen.has_urls else stack.enter_context(started(chosen.for_the_mock()))
                plan = _plan(chosen, base, rules)
            except (UsageError, ProfileError, BaselineError, SpecError, CaseError, LawsError) as error:
                raise _Stop(Exit.USAGE, str(error)) from error
            except (Unreachable, CredentialsRefused) as error:
                raise _Stop(Exit.UNREACHABLE, str(error)) from error
            except MockFailed as error:
                raise _Stop(Exit.USAGE, str(error)) from error
            code = _run(plan, pytest_args, form)
    except _Stop as stop:
        say(f"counterfoil test: {stop}")
        code = stop.code
    except KeyboardInterrupt:
        say("counterfoil test: interrupted before the first case")
        code = Exit.INTERRUPTED
    except click.exceptions.Exit:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, its message may hold anything
        say(traceback.format_exc())
        code = Exit.USAGE
    context.exit(int(code))


class _Discreet:
    """Says on stderr what there is to say, without the secrets of the profile once it is read."""

    chosen: Choice | None = None

    def __call__(self, text: str) -> None:
        """Say it."""
        click.echo(self.chosen.mask.text(text) if self.chosen else text, err=True)

    def beginning(self) -> None:
        """Tell which profile is used, and what there is to know of it."""
        assert self.chosen is not None
        for remark in self.chosen.remarks:
            self(f"counterfoil test: {remark}")
        if self.chosen.profile_path:
            click.echo(f"Profile: {self.chosen.profile_path}")


class _Stop(Exception):
    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


def _plan(chosen: Choice, mock_url: str | None, rules: Rules) -> Plan:
    options = chosen.options
    mocks, ids = [], dict[str, dict[str, results.KnownId]]()
    own = {name: str(contract.own) for name, contract in chosen.contracts.items() if contract.own}
    for name, contract in chosen.contracts.items():  # a mistake in what was written is told before anything is sent
        load_cases(contract, entry=chosen.profile.of(name))
        if contract.own:
            stateful_tests(name, contract.own)
    read_baseline(options.baseline)
    for name, contract in list(chosen.contracts.items()):
        entry = chosen.profile.of(name)
        target = Target.described(contract, chosen.urls[name] or str(mock_url), entry)
        target, served = target.recognised()
        if target.control and name not in served:
            if chosen.named:
                raise UsageError(f"the mock at {target.base_url} serves {', '.join(served)}, but not {name}")
            del chosen.contracts[name]
            continue
        if target.control:
            mocks.append(name)
        elif not chosen.named:
            raise UsageError(
                f"{target.base_url} is no mock: say which contract it is to keep, as in --api {names()[0]}"
            )
        target = guarded(target, rules, None)
        probe(target)
        known = discovered(target, entry)
        if chosen.profile_path:
            ids[name] = shown(known, target.mask())
        target.close()
    header = results.Header(
        counterfoil=_version("counterfoil"),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=options.seed,
        level=options.level,
        strict=len(mocks) == len(chosen.contracts) if options.strict is None else options.strict,
        target={
            name: results.Target(
                (chosen.urls[name] or str(mock_url)).rstrip("/"), list(contract.overlays), ids.get(name, {})
            )
            for name, contract in chosen.contracts.items()
        },
        contracts={name: _described(contract) for name, contract in chosen.contracts.items()},
        versions={
            "python": platform.python_version(),
            "schemathesis": _version("schemathesis"),
            "hypothesis": _version("hypothesis"),
        },
    )
    folder = options.out or _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the results cannot be written to {folder}: {error.strerror}") from error
    profile = str(chosen.profile_path) if chosen.profile_path else None
    baseline = str(options.baseline) if options.baseline else None
    begun = Plan(header, str(folder), mocks, profile, options.max_time, own, rules, baseline, options.shard)
    begin(folder, begun)
    return begun


def _folder() -> Path:
    """`reports/runs/<time>`, with a number behind it where two runs start in one second."""
    stem = Path("reports/runs") / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder, number = stem, 1
    while folder.exists():
        number += 1
        folder = stem.with_name(f"{stem.name}-{number}")
    return folder


def probe(target: Target) -> None:
    """Log in, and ask for something that changes nothing.

    Refused credentials would make every case fail, and say nothing.
    """
    try:
        target.sessions.open_all()
    except CredentialsRefused as error:
        raise CredentialsRefused(f"{target.base_url} ({target.contract.name}): {error}") from error
    request = harmless_request(target)
    if request is not None:
        exchange = target.send(request)
        if exchange.status in (401, 403):
            told = target.mask().text(exchange.body.decode("utf-8", "replace"))[:200]
            raise CredentialsRefused(
                f"{target.base_url} refuses the credentials for {target.contract.name}: {request.operation.id} is answered "
                f"{exchange.status}: {told}. Give them in a profile (--profile)"
            )


def _described(contract: Contract) -> results.Contract:
    info = contract.document.get("info", {})
    canonical = json.dumps(contract.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    operations, written = {}, sources(contract)
    for operation in contract.operations.values():
        outcomes = [
            results.Outcome(
                example.name,
                answer.status,
                media.media_type,
                not contract.is_refusal(example, answer.status),
                example.evidence,
            )
            for answer in operation.answers.values()
            for media in answer.media.values()
            for example in media.examples.values()
        ]
        place = written.get(operation.id, "")
        operations[operation.id] = results.Operation(operation.summary, operation.evidence, outcomes, place)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return results.Contract(str(info.get("title", contract.name)), str(info.get("version", "")), sha256, operations)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _run(plan: Plan, pytest_args: Sequence[str], form: str) -> Exit:
    plan.results.unlink(missing_ok=True)  # an older run's results must not be taken for this one's
    with _written(plan) as path:
        _pytest(path, pytest_args)
    end(Path(plan.out))
    try:
        read = results.read(plan.results)
    except results.InvalidResults as error:
        raise _Stop(
            Exit.USAGE, f"the suite did not come to its end ({error}); is what stands after `--` right?"
        ) from error
    from counterfoil.reports import render
    from counterfoil.reports.annotations import render_annotations

    render(plan.results, Path(plan.out))
    click.echo(summary(read))
    if form == "github":
        click.echo(render_annotations(read))
    click.echo(f"The report, for a browser: {Path(plan.out) / 'report.html'}")
    click.echo(plan.out)
    return Exit(read.footer.exit_code)


def _pytest(plan: Path, pytest_args: Sequence[str]) -> None:
    import pytest

    # no configuration of the folder in which the command is given
    arguments = ["-c", os.devnull, "--rootdir", str(SUITE), "--confcutdir", str(SUITE), "--import-mode=importlib"]
    arguments += ["-o", "disable_test_id_escaping_and_forfeit_all_rights_to_community_support=true", str(SUITE)]
    # other plugins of the environment are no part of the verdict; Schemathesis' own would only slow the start
    arguments += [
        "-p",
        "counterfoil.contracts.run.plugin",
        "-p",
        "no:schemathesis",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:anyio",
        "-s",
    ]
    if not any(argument.startswith(("-v", "--verbose", "--collect-only", "--co")) for argument in pytest_args):
        arguments += ["-p", "no:terminal"]
    pytest.main([*arguments, "--plan", str(plan), *pytest_args])


@contextmanager
def _written(plan: Plan) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="counterfoil-") as folder:
        path = Path(folder) / "plan.json"
        plans.write(plan, path)
        yield path
