"""Holds the mock to its contract with liberties taken, each alone and many at once, and sees what the suite says of it.

A liberty is allowed by the documents, so whatever breaks or warns is a false alarm of the suite.
"""

import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests

from counterfoil.contracts.audit import ALARMS
from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.phases import clauses, fuzz, laws, witness
from counterfoil.contracts.phases.cases import Call, Case
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.read import read as read_profile
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.run.discovery import discovered, shown
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.reports import results
from counterfoil.reports.results import Result
from counterfoil.specs.clauses import clauses_of_requests

#: by the liberties that install other things, the profile that describes them
PROFILES = {
    name: Path(__file__).with_name(file)
    for name, file in (
        ("another_panel", "another_panel.toml"),
        ("another_shop", "another_shop.toml"),
        ("another_whmcs", "another_whmcs.toml"),
        ("another_whmcs_with_rest", "another_whmcs.toml"),
    )
}


@dataclass(frozen=True)
class Program:
    """The mock of one contract, with these liberties taken; without operations, all of them are about to change."""

    contract: str
    liberties: tuple[str, ...]
    operations: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """How it is told: the liberty's name, or how many there are."""
        if not self.liberties:
            return "without any"
        return self.liberties[0] if len(self.liberties) == 1 else f"{len(self.liberties)} at once"

    @property
    def profile(self) -> Path | None:
        """What describes the installation, if one of the liberties makes another one."""
        return next((PROFILES[name] for name in self.liberties if name in PROFILES), None)


@dataclass(frozen=True)
class Judged:
    """What the suite said of one program: its false alarms, what it noted, and what it could not carry out."""

    program: Program
    alarms: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    cases: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0
    #: why cases could not be carried out, or the whole run
    trouble: tuple[str, ...] = ()
    #: by case, what was answered in it
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def noticed(self) -> bool:
        """Whether the suite raised a false alarm, or stumbled."""
        return bool(self.alarms or self.trouble)

    def differs(self, other: "Judged") -> bool:
        """Whether some case was answered otherwise than by another program."""
        return any(answer != other.answers.get(case) for case, answer in self.answers.items())


def catalogue(base_url: str, contracts: Sequence[str]) -> list[dict[str, Any]]:
    """The liberties that the mock can take in these contracts."""
    answer = requests.get(f"{base_url}/_mock/liberties", timeout=10)
    answer.raise_for_status()
    return [liberty for liberty in answer.json()["liberties"] if liberty["contract"] in contracts]


def programs(liberties: Sequence[dict[str, Any]]) -> Iterator[Program]:
    """For each contract the mock's own program, then each liberty alone, then as many at once as can go together."""
    for contract in dict.fromkeys(each["contract"] for each in liberties):
        yield Program(contract, ())
    for each in liberties:
        yield Program(each["contract"], (each["name"],), frozenset(each["operations"]))
    for contract in dict.fromkeys(each["contract"] for each in liberties):
        together = _together([each for each in liberties if each["contract"] == contract])
        if len(together) > 1:
            yield Program(contract, tuple(together))


def _together(liberties: Sequence[dict[str, Any]]) -> list[str]:
    """The first of each set of liberties that decide the same thing, and all others."""
    chosen: list[dict[str, Any]] = []
    for each in liberties:
        if not any(each["name"] in other["apart"] or other["name"] in each["apart"] for other in chosen):
            chosen.append(each)
    return [each["name"] for each in chosen]


def judged(
    base_url: str, wanted: Sequence[Program], level: str, seed: int, jobs: int, done: Callable[[Judged], None]
) -> list[Judged]:
    """The suite's verdict on each program, each in a world of its own, as many at a time as `jobs`."""
    with ProcessPoolExecutor(jobs) as pool:
        runs = {
            pool.submit(_judged, f"{base_url}/w/free-{number}", program, level, seed): program
            for number, program in enumerate(wanted)
        }
        found = {}
        for future in as_completed(runs):
            found[runs[future]] = future.result()
            done(found[runs[future]])
    return [_seen(found[program], found) for program in wanted]


def _seen(one: Judged, found: Mapping[Program, Judged]) -> Judged:
    """What became of a program; one whose answers are all the mock's own has a liberty that nobody could see."""
    own = found.get(Program(one.program.contract, ()))
    if own is None or own is one or one.trouble or one.differs(own):
        return one
    return replace(one, trouble=("every answer is the mock's own: nobody could see that the liberty is taken",))


def _judged(world: str, program: Program, level: str, seed: int) -> Judged:
    started_at = time.perf_counter()
    try:
        with _plan(program, world, level, seed) as plan:
            heard = plan.targets[program.contract].recording = []
            told, answers = [], {}
            for result in _results(program, plan):
                told.append(result)
                answers[result.id] = _digest(heard)
                heard.clear()
    except Exception as error:  # noqa: BLE001 - what is allowed must not end the run, whatever it does to the suite
        return Judged(program, trouble=(f"the run broke down: {type(error).__name__}: {error}",))
    alarms: dict[str, str] = {}
    notes: dict[str, None] = {}
    for result in told:
        for finding in result.findings:
            if finding.severity in ALARMS:
                alarms.setdefault(finding.id, f"{finding.severity} ({finding.evidence}): {finding.why}")
            else:
                notes[finding.id] = None
    failed = (each for each in told if each.verdict == "errored" and each.cause != "not_judged")
    trouble = dict.fromkeys(f"{each.id}: {each.reason}" for each in failed)
    return Judged(
        program,
        alarms,
        tuple(notes),
        dict(Counter(each.cause or each.verdict for each in told)),
        sum(each.requests for each in told),
        round(time.perf_counter() - started_at, 1),
        tuple(trouble),
        answers,
    )


def _digest(heard: Iterable[Observation]) -> str:
    digest = hashlib.sha256()
    for seen in heard:
        headers = sorted((name.lower(), value) for name, value in seen.exchange.headers.items())
        told = [f"{name}: {value}" for name, value in headers if name not in ("date", "server")]
        digest.update(f"{seen.exchange.status} {told} ".encode() + seen.exchange.body)
    return digest.hexdigest()


@contextmanager
def _plan(program: Program, world: str, level: str, seed: int) -> Iterator[Plan]:
    """The plan of a run against a world whose program takes the liberties."""
    base_url, _, name = world.rpartition("/w/")
    requests.post(f"{base_url}/_mock/worlds", json={"name": name}, timeout=10).raise_for_status()
    order = {"liberties": list(program.liberties)}
    requests.put(f"{world}/_mock/liberties", json=order, timeout=10).raise_for_status()
    profile = str(program.profile) if program.profile else None
    with tempfile.TemporaryDirectory(prefix="counterfoil-audit-") as folder:
        begun = _begun(program.contract, world, level, seed, folder, profile, {})
        target = begun.targets[program.contract]
        entry = (read_profile(program.profile) if program.profile else seeded()).of(program.contract)
        known = shown(discovered(target, entry), target.mask())
        begun.close()
        plan = _begun(program.contract, world, level, seed, folder, profile, known)
        yield plan
        plan.close()
    requests.delete(f"{base_url}/_mock/worlds/{name}", timeout=10)


def _begun(
    contract: str, url: str, level: str, seed: int, folder: str, profile: str | None, known: dict[str, results.KnownId]
) -> Plan:  # fmt: skip
    header = results.Header(
        counterfoil="",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        level=level,
        strict=False,
        target={contract: results.Target(url, [], known)},
        contracts={},
        versions={},
    )
    return Plan(header, folder, [contract], profile)


def _results(program: Program, plan: Plan) -> Iterator[Result]:
    """What the suite says of the operations that are about to change, in all its phases."""
    target = plan.targets[program.contract]
    for case in plan.cases[program.contract]:
        if not program.operations or program.operations & _called(case):
            yield _result(case.id, partial(witness.run, case, target, False))
    for operation in target.contract.operations.values():
        if program.operations and operation.id not in program.operations:
            continue
        if clauses_of_requests(target.contract, operation.id):
            yield _result(f"clauses/{operation.id}", partial(clauses.run, operation, plan))
        yield _result(f"fuzz/{operation.id}", partial(fuzz.run, operation, plan))
    for stateful_test in stateful_tests(target.contract):
        yield _result(stateful_test.id, partial(laws.run, stateful_test, plan))


def _result(name: str, carry_out: Callable[[], Result]) -> Result:
    """The result; an errored one where the suite breaks down, which an answer that is allowed must not do to it."""
    try:
        return carry_out()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        reason = f"{type(error).__name__}: {error}"
        return Result(name, "", "", "suite", name, "errored", reason)


def _called(case: Case) -> set[str]:
    return {step.operation for step in case.steps if isinstance(step, Call)}
