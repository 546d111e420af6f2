"""`counterfoil test`: holds a target, or the mock that it starts itself, to its contracts."""

import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from contracts import plan as plans
from contracts import results
from contracts.arguments import example_request
from contracts.cases import CaseError
from contracts.cases import load as load_cases
from contracts.mock import MockFailed, started
from contracts.plan import Plan
from contracts.profile import Profile, ProfileError, seeded
from contracts.profile import read as read_profile
from contracts.summary import summary
from contracts.target import CredentialsRefused, Target, Unreachable
from contracts.verdict import Exit
from specs import Contract, SpecError, names
from specs.loader import shipped_overlay

SUITE = Path(__file__).parent / "suite"
LEVELS = ("smoke", "gate", "deep")


class UsageError(Exception):
    """The command cannot be carried out as written; the message says what to do."""


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("url", required=False)
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
@click.option("--api", "apis", multiple=True, metavar="CONTRACT", help="Test this contract only. Can be given again.")
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
@click.pass_context
def test(context: click.Context, /, url: str | None, pytest_args: tuple[str, ...], **options: Any) -> None:
    """Hold a target to its contract.

    URL is where it answers, as in https://staging.example.com; without it, a mock is started, tested and stopped. What
    stands after `--` goes to pytest: `-- -k order -x -n 2`.

    Exit codes: 0 the contract holds, 1 broken, 2 wrong usage, 3 unreachable or credentials refused, 4 nothing was
    tested, 130 interrupted.
    """
    if url is not None and url.startswith("-"):  # `test -- -k order`: click takes the first of them for the URL
        pytest_args, url = (url, *pytest_args), None
    try:
        with ExitStack() as stack:
            try:
                chosen = _Chosen(url, _Options(**options))
                base = None if chosen.has_urls else stack.enter_context(started(chosen.for_the_mock()))
                plan = _plan(chosen, base)
            except (UsageError, ProfileError, SpecError, CaseError) as error:
                raise _Stop(Exit.USAGE, str(error)) from error
            except (Unreachable, CredentialsRefused) as error:
                raise _Stop(Exit.UNREACHABLE, str(error)) from error
            except MockFailed as error:
                raise _Stop(Exit.USAGE, str(error)) from error
            code = _run(plan, pytest_args)
    except _Stop as stop:
        click.echo(f"counterfoil test: {stop}", err=True)
        code = stop.code
    except KeyboardInterrupt:
        click.echo("counterfoil test: interrupted before the first case", err=True)
        code = Exit.INTERRUPTED
    context.exit(int(code))


class _Stop(Exception):
    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class _Options:
    apis: tuple[str, ...]
    level: str
    profile_path: Path | None
    overlays: tuple[str, ...]
    seed: int
    out: Path | None
    strict: bool | None
    max_time: float | None


class _Chosen:
    """What the caller chose, checked: the contracts, with their overlays, and where each is to be tested."""

    def __init__(self, url: str | None, options: _Options) -> None:
        self.options = options
        apis, level, profile_path = options.apis, options.level, options.profile_path
        if level not in LEVELS:
            raise UsageError(f"there is no level {level!r}; choose one of {', '.join(LEVELS)}")
        self.profile: Profile = read_profile(profile_path) if profile_path else seeded()
        for name in [*apis, *self.profile.entries]:
            if name not in names():
                place = f" (in {profile_path})" if name not in apis else ""
                raise UsageError(f"there is no contract {name!r}{place}; there are: {', '.join(names())}")
        of_profile = [name for name, entry in self.profile.entries.items() if entry.url] if profile_path else []
        self.named = bool(apis) or bool(profile_path)
        chosen = list(dict.fromkeys(apis)) or of_profile or (list(self.profile.entries) if profile_path else names())
        self.urls = {name: url or (self.profile.of(name).url if profile_path else None) for name in chosen}
        for name, where in self.urls.items():
            if where is not None:
                _check_url(where, name)
        if any(self.urls.values()) and not all(self.urls.values()):
            without = [name for name, where in self.urls.items() if not where]
            raise UsageError(f"where is {', '.join(without)}? Give `url` in its table of {profile_path}, or a URL")
        self.contracts = self._load(options.overlays)

    @property
    def has_urls(self) -> bool:
        """Whether there is something to test; otherwise a mock has to be started."""
        return any(self.urls.values())

    def for_the_mock(self) -> list[str]:
        """The overlays as `serve` takes them: those of the command, then those of the profile."""
        own = [
            overlay if shipped_overlay(name, overlay) else f"{name}={overlay}"
            for name in self.urls
            for overlay in self.profile.of(name).overlays
        ]
        return list(dict.fromkeys([*self.options.overlays, *own]))

    def _load(self, overlays: Sequence[str]) -> dict[str, Contract]:
        loaded = {name: Contract.load(name, self.profile.of(name).overlays) for name in self.urls}
        for overlay in overlays:
            of, _, file = overlay.rpartition("=")
            able = [of] if of else [name for name in loaded if shipped_overlay(name, overlay)]
            if not set(able) <= loaded.keys():
                raise UsageError(
                    f"--overlay {overlay}: {of!r} is not one of the contracts to test: {', '.join(loaded)}"
                )
            if not able:
                raise UsageError(
                    f"none of {', '.join(loaded)} has an overlay {overlay!r}; a file of your own is CONTRACT=FILE"
                )
            for name in able:
                loaded[name] = Contract.load(name, (*loaded[name].overlays, file))
        return loaded


def _check_url(url: str, contract: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"{url!r} ({contract}) is no URL: write it with its scheme, as in https://{url.lstrip('/')}")


def _plan(chosen: _Chosen, mock_url: str | None) -> Plan:
    options = chosen.options
    mocks = []
    for contract in chosen.contracts.values():
        load_cases(contract)  # a mistake in a case file is told before anything is sent
    for name, contract in list(chosen.contracts.items()):
        entry = chosen.profile.of(name)
        target = Target.described(contract, chosen.urls[name] or str(mock_url), entry)
        target.connect()
        if target.control and name not in target.served:
            if chosen.named:
                raise UsageError(f"the mock at {target.base_url} serves {', '.join(target.served)}, but not {name}")
            del chosen.contracts[name]
            continue
        if target.control:
            mocks.append(name)
        elif not chosen.named:
            raise UsageError(
                f"{target.base_url} is no mock: say which contract it is to keep, as in --api {names()[0]}"
            )
        _probe(target)
        target.close()
    header = results.Header(
        counterfoil=_version("counterfoil"),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=options.seed,
        level=options.level,
        strict=len(mocks) == len(chosen.contracts) if options.strict is None else options.strict,
        target={
            name: results.Target((chosen.urls[name] or str(mock_url)).rstrip("/"), list(contract.overlays))
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
    return Plan(
        header, str(folder), mocks, str(options.profile_path) if options.profile_path else None, options.max_time
    )


def _folder() -> Path:
    """`reports/runs/<time>`, with a number behind it where two runs start in one second."""
    stem = Path("reports/runs") / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder, number = stem, 1
    while folder.exists():
        number += 1
        folder = stem.with_name(f"{stem.name}-{number}")
    return folder


def _probe(target: Target) -> None:
    """Log in, and ask for something that changes nothing.

    Refused credentials would make every case fail, and say nothing.
    """
    try:
        target.sessions.open_all()
    except CredentialsRefused as error:
        raise CredentialsRefused(f"{target.base_url} ({target.contract.name}): {error}") from error
    for operation in target.contract.operations.values():
        verb = operation.id.partition("_")[0]
        if target.sessions.schemes(operation) and not target.sessions.is_optional(operation):
            continue  # what opens it has been tried
        if (
            verb in ("get", "list", "search")
            and operation.id.endswith("s")
            and not any(p.required for p in operation.parameters)
        ):
            exchange = target.send(example_request(target, operation))
            if exchange.status in (401, 403):
                told = exchange.body.decode("utf-8", "replace")[:200]
                raise CredentialsRefused(
                    f"{target.base_url} refuses the credentials for {target.contract.name}: {operation.id} is answered "
                    f"{exchange.status}: {told}. Give them in a profile (--profile)"
                )
            return


def _described(contract: Contract) -> results.Contract:
    info = contract.document.get("info", {})
    canonical = json.dumps(contract.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    operations = {}
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
        operations[operation.id] = results.Operation(operation.summary, operation.evidence, outcomes)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return results.Contract(str(info.get("title", contract.name)), str(info.get("version", "")), sha256, operations)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _run(plan: Plan, pytest_args: Sequence[str]) -> Exit:
    plan.results.unlink(missing_ok=True)  # an older run's results must not be taken for this one's
    with _written(plan) as path:
        _pytest(path, pytest_args)
    try:
        read = results.read(plan.results)
    except results.InvalidResults as error:
        raise _Stop(
            Exit.USAGE, f"the suite did not come to its end ({error}); is what stands after `--` right?"
        ) from error
    from reports import render

    render(plan.results, Path(plan.out))
    click.echo(summary(read))
    click.echo(f"The report, for a browser: {Path(plan.out) / 'report.html'}")
    click.echo(plan.out)
    return Exit(read.footer.exit_code)


def _pytest(plan: Path, pytest_args: Sequence[str]) -> None:
    import pytest

    # no configuration of the folder in which the command is given
    arguments = ["-c", os.devnull, "--rootdir", str(SUITE), "--confcutdir", str(SUITE), "--import-mode=importlib"]
    arguments += ["-o", "disable_test_id_escaping_and_forfeit_all_rights_to_community_support=true", str(SUITE)]
    # other plugins of the environment are no part of the verdict; Schemathesis' own would only slow the start
    arguments += ["-p", "contracts.plugin", "-p", "no:schemathesis", "-p", "no:cacheprovider", "-p", "no:anyio", "-s"]
    if not any(argument.startswith(("-v", "--verbose", "--collect-only", "--co")) for argument in pytest_args):
        arguments += ["-p", "no:terminal"]
    pytest.main([*arguments, "--plan", str(plan), *pytest_args])


@contextmanager
def _written(plan: Plan) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="counterfoil-") as folder:
        path = Path(folder) / "plan.json"
        plans.write(plan, path)
        yield path
