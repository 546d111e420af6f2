"""Makes the plan of a run from what its caller chose: everything is checked and every target reached before it begins."""

import hashlib
import json
import platform
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from counterfoil.contracts.checks.sources import sources
from counterfoil.contracts.cli.options import Choice, Stop, UsageError
from counterfoil.contracts.generate.examples import harmless_request
from counterfoil.contracts.http.client import CredentialsRefused, Target, Unreachable, Withheld
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.http.mock import MockFailed, started
from counterfoil.contracts.http.trust import PROVEN, SAID, STARTED, NoMock, Trust
from counterfoil.contracts.phases.cases import CaseError
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.phases.laws import LawsError
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.phases.promises import known
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.profile.read import ProfileError
from counterfoil.contracts.profile.vocabulary import INSTALLATIONS, installation_of
from counterfoil.contracts.run.discovery import discovered_together, shown
from counterfoil.contracts.run.run_files import begin
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.guard import guarded
from counterfoil.contracts.safety.rules import Allowed, Rules
from counterfoil.reports import results
from counterfoil.reports.baseline import BaselineError
from counterfoil.reports.baseline import read as read_baseline
from counterfoil.reports.printable import line
from counterfoil.specs import Contract, names


@contextmanager
def usable() -> Iterator[None]:
    """Ends the command where a file of its caller cannot be used, or a target is not there to be tested. Raises Stop."""
    try:
        yield
    except (ProfileError, BaselineError, CaseError, LawsError, MockFailed, NoMock) as error:
        raise Stop(Exit.USAGE, str(error)) from error
    except (Unreachable, CredentialsRefused) as error:
        raise Stop(Exit.UNREACHABLE, str(error)) from error


@dataclass(frozen=True)
class Reached:
    """One contract's target: it answers, it lets us in, and the ids that are known of it."""

    contract: Contract
    target: Target
    ids: dict[str, results.KnownId] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    @property
    def is_mock(self) -> bool:
        """Whether it can be told things."""
        return self.target.control is not None

    @property
    def needs_no_token(self) -> bool:
        """Whether it is a mock that was not known by the token, which it then must not be sent."""
        return self.target.control is not None and self.target.control.token is None


@contextmanager
def prepared(choice: Choice, rules: Rules) -> Iterator[Plan]:
    """What the run is to do. Where no URL is given, a mock is there as long as the run takes. Raises Stop."""
    with ExitStack() as stack:
        with usable():
            _check_files(choice)
            mock_url = "" if choice.has_urls else stack.enter_context(started(choice.for_the_mock()))
            reached = _all_reached(choice, mock_url, rules)
            try:
                plan = _plan(choice, rules, _informed(reached, choice, rules))
            finally:
                for each in reached:
                    each.target.close()
            begin(Path(plan.out), plan)
        yield plan


def _check_files(choice: Choice) -> None:
    """A mistake in what was written is told before anything is sent."""
    for name, contract in choice.contracts.items():
        load_cases(contract, entry=choice.profile.of(name))
        stateful_tests(contract)
    read_baseline(choice.options.baseline)


def _all_reached(choice: Choice, mock_url: str, rules: Rules) -> list[Reached]:
    """Every target that is to be tested; what may be sent to each is said before anything else is."""
    reached: list[Reached] = []
    told: dict[tuple[str, Allowed], list[str]] = {}
    try:
        for name in choice.contracts:
            target, allowed = _recognised(name, choice, mock_url, rules)
            if target is not None:
                reached.append(Reached(choice.contracts[name], target))
                told.setdefault((target.base_url, allowed), []).append(name)
        for (url, allowed), of in told.items():
            click.echo(f"May be sent to {', '.join(of)} at {url}: {allowed.says}.")
        for more in dict.fromkeys(allowed.more for _, allowed in told if allowed.more):
            click.echo(more)
        for each in reached:
            probe(each.target)
    except BaseException:
        for each in reached:
            each.target.close()
        raise
    return reached


def _recognised(name: str, choice: Choice, mock_url: str, rules: Rules) -> tuple[Target | None, Allowed]:
    """The contract's target, and what may be sent to it; none where it is a mock that does not serve that contract."""
    contract, entry, given = choice.contracts[name], choice.profile.of(name), choice.urls[name]
    reason = STARTED if not given else SAID if rules.mock or entry.mock else ""
    careful = rules.may_send(entry.safety, trusted=reason or PROVEN).careful
    target = Target.described(contract, (given or mock_url).rstrip("/"), entry)
    try:
        target, found = target.recognised(reason, careful=careful)
        if not _is_to_be_tested(target, found, choice.named):
            target.close()
            return None, Allowed(True, "nothing")
    except BaseException:
        target.close()
        raise
    allowed = rules.may_send(entry.safety, found.why if found.control else "", found.why)
    return guarded(target, rules, None), allowed


def _informed(reached: Sequence[Reached], choice: Choice, rules: Rules) -> list[Reached]:
    """The same, with what is known of each: what contracts of one installation tell, they tell each other."""
    told = []
    for place in dict.fromkeys((each.target.base_url, installation_of(each.contract.name)) for each in reached):
        alike = [each for each in reached if (each.target.base_url, installation_of(each.contract.name)) == place]
        asked = {each.contract.name: (each.target, choice.profile.of(each.contract.name)) for each in alike}
        with ExitStack() as stack:
            beside = {name: entry for name, entry in _beside(alike, choice) if choice.profile_path}
            for name, entry in beside.items():
                target = guarded(Target.described(Contract.load(name), place[0], entry), rules, None)
                stack.callback(target.close)
                with suppress(Unreachable, CredentialsRefused):
                    probe(target)
                    asked[name] = (target, entry)
            # who logs in decides whose things are found; the classic API knows everybody's
            asked = {name: asked[name] for name in (*INSTALLATIONS.get(place[1], ()), *asked) if name in asked}
            known = discovered_together(asked, check=choice.profile_path is not None)
        for each in alike:
            of_it = known[each.contract.name]
            ids = shown(of_it, each.target.mask()) if choice.profile_path else {}
            told.append(replace(each, ids=ids, unfit=of_it.unfit))
    return told


def _beside(reached: Sequence[Reached], choice: Choice) -> Iterator[tuple[str, Entry]]:
    """The other contracts of the installation that the profile opens: they are not tested, but can be asked for ids."""
    installation = installation_of(reached[0].contract.name)
    for name in INSTALLATIONS.get(installation, ()):
        entry = choice.profile.of(name)
        opened = entry.accounts or entry.credentials.names()
        if opened and entry.url in (None, choice.profile.of(reached[0].contract.name).url):
            yield from () if name in {each.contract.name for each in reached} else [(name, entry)]


def _is_to_be_tested(target: Target, found: Trust, named: bool) -> bool:
    """Whether the target keeps its contract: a mock says so, of anything else its caller has to. Raises UsageError."""
    name, example = target.contract.name, f"say which contract it is to keep, as in --api {names()[0]}"
    if found.control is None:
        if not named and found.why:
            raise UsageError(f"{target.base_url}: {found.why}; or {example}")
        if not named:
            raise UsageError(f"{target.base_url} is no mock: {example}")
        return True
    if name not in found.served and named:
        raise UsageError(f"the mock at {target.base_url} serves {', '.join(found.served)}, but not {name}")
    return name in found.served


def probe(target: Target) -> None:
    """Log in, and ask for something that changes nothing.

    Refused credentials would make every case fail, and say nothing.
    """
    try:
        target.sessions.open_all()
    except CredentialsRefused as error:
        raise CredentialsRefused(f"{target.base_url} ({target.contract.name}): {error}") from error
    except Withheld as error:
        raise Unreachable(f"{target.base_url}: {error}") from error
    request = harmless_request(target)
    if request is not None:
        try:
            exchange = target.send(request)
        except Withheld as error:
            raise Unreachable(f"{target.base_url}: {error}") from error
        if exchange.status in (401, 403):
            told = line(target.mask().cut(exchange.body.decode("utf-8", "replace"), 200))
            raise CredentialsRefused(
                f"{target.base_url} refuses the credentials for {target.contract.name}: {request.operation.id} is answered "
                f"{exchange.status}: {told}. Give them in a profile (--profile)"
            )


def _plan(choice: Choice, rules: Rules, reached: Sequence[Reached]) -> Plan:
    options = choice.options
    return Plan(
        header=_header(choice, rules, reached),
        out=str(_folder(options.out)),
        mocks=[each.contract.name for each in reached if each.is_mock],
        profile=_text(choice.profile_path),
        max_time=options.max_time,
        own={each.contract.name: str(each.contract.own) for each in reached if each.contract.own},
        without_token=[each.contract.name for each in reached if each.needs_no_token],
        rules=rules,
        baseline=_text(options.baseline),
        shard=options.shard,
        only=options.cases,
    )


def _connection(entry: Entry, mask: Mask) -> dict[str, Any]:
    """How the target is reached, for whoever sends a request again."""
    tls = entry.tls
    told: dict[str, Any] = {} if tls.verify else {"verify": False}
    told |= {"verify": tls.ca_file} if tls.verify and tls.ca_file else {}
    if tls.client_certificate:
        told["cert"] = [each for each in (tls.client_certificate, tls.client_key) if each]
    if entry.proxy:
        proxy = mask.text(re.sub(r"[^/]*@", "", entry.proxy))
        told["proxies"] = {"http": proxy, "https": proxy}
    return told


def _inside(path: Path | None) -> str:
    """The file as seen from here; nothing, where it lies somewhere else."""
    here = Path.cwd()
    return path.resolve().relative_to(here).as_posix() if path and path.resolve().is_relative_to(here) else ""


def _text(path: Path | None) -> str | None:
    return str(path) if path else None


def _again(choice: Choice, rules: Rules, each: Reached) -> tuple[str, ...]:
    """The options with which this contract alone is tested in the same way."""
    options, contract = choice.options, each.contract
    given = ["--api", str(contract.own or contract.name), "--level", options.level, "--seed", str(options.seed)]
    given += ["--profile", str(choice.profile_path)] if choice.profile_path else []
    for overlay in contract.overlays[len(choice.profile.of(contract.name).overlays) :]:
        given += ["--overlay", f"{contract.name}={overlay}"]
    if options.strict is not None:
        given.append("--strict" if options.strict else "--no-strict")
    given += [f"--{name.replace('_', '-')}" for name in ("read_only", "writes", "free", "mock") if getattr(rules, name)]
    given += ["--max-orders", str(rules.max_orders)] if rules.writes else []
    given += ["--rate", f"{rules.rate:g}/s"] if rules.rate else []
    return tuple(given)


def _header(choice: Choice, rules: Rules, reached: Sequence[Reached]) -> results.Header:
    """What the results say of the run before its first result."""
    options = choice.options
    return results.Header(
        counterfoil=_version("counterfoil"),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=options.seed,
        level=options.level,
        strict=all(each.is_mock for each in reached) if options.strict is None else options.strict,
        target={
            each.contract.name: results.Target(
                each.target.base_url,
                list(each.contract.overlays),
                each.ids,
                each.unfit,
                embedded=not choice.has_urls,
                connection=_connection(choice.profile.of(each.contract.name), choice.mask),
                again=_again(choice, rules, each),
            )
            for each in reached
        },
        contracts={each.contract.name: _described(each.contract) for each in reached},
        versions={
            "python": platform.python_version(),
            "schemathesis": _version("schemathesis"),
            "hypothesis": _version("hypothesis"),
        },
        shard=options.shard,
        accepting=read_baseline(options.baseline).kept,
        profile=_inside(choice.profile_path),
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
    promises = {
        name: results.Promise(each.says, each.place, each.evidence, each.clauses, each.unseen)
        for name, each in known(contract).items()
    }
    return results.Contract(
        str(info.get("title", contract.name)), str(info.get("version", "")), sha256, operations, promises
    )


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _folder(named: Path | None) -> Path:
    """Where the results go, made where it is not there. Raises UsageError."""
    folder = named or _new_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the results cannot be written to {folder}: {error.strerror}") from error
    return folder


def _new_folder() -> Path:
    """`reports/runs/<time>`, with a number behind it where two runs start in one second."""
    stem = Path("reports/runs") / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder, number = stem, 1
    while folder.exists():
        number += 1
        folder = stem.with_name(f"{stem.name}-{number}")
    return folder
