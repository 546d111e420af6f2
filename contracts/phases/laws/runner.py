"""A trial: a Hypothesis state machine that holds a target to some laws, and what comes of it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Uncooperative, Unreachable, Withheld
from counterfoil.contracts.phases.laws.context import Bench, Broken, Law, Stopped, TimeIsUp, Unreadable
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.verdict import UNANSWERED
from counterfoil.reports.results import Result, Verdict

__all__ = ["Law", "Trial", "run"]

#: per level, how many runs a trial has, and of how many steps each
SIZES = {"smoke": (5, 15), "gate": (30, 25), "deep": (50, 30)}
#: the time of a deep run, and which part of it each trial has
_DEEP_SECONDS = 300.0
_DEEP_SHARE = 0.1
#: how long a broken law's calls are made fewer
_SHRINKING_SECONDS = 20.0

Machine = type[RuleBasedStateMachine]


@dataclass(frozen=True)
class Trial:
    """Laws that are tried together. `machine` makes the state machine that breaks them where it can.

    It may be asked more than once: each time a law is found broken, the others are tried without it.
    """

    contract: str
    name: str
    description: str
    operation: str
    laws: tuple[Law, ...]
    machine: Callable[[Bench], Machine]
    #: the known ids without which there is nothing to try
    needs: tuple[str, ...] = ()
    #: tells what else the target lacks, in words for the report
    lacks: Callable[[Target], str | None] = lambda _: None
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=lambda: SIZES)

    @property
    def id(self) -> str:
        """The same from run to run."""
        return f"{self.contract}/laws/{self.name}"


def run(trial: Trial, plan: Plan) -> Result:
    """The result of one trial, in a world of its own where the target has worlds."""
    target = plan.targets[trial.contract]
    missing = next((name for name in trial.needs if name not in target.ids), None)
    lacking = f'needs the known id "{missing}" in the profile' if missing else trial.lacks(target)
    if lacking:
        return _result(trial, "skipped", lacking)
    started, before = time.perf_counter(), target.requests
    verdict: Verdict = "passed"
    reason, bench = "", None
    try:
        with target.world("laws") as world:
            bench = Bench(world, plan.header.strict)
            reason = _everything(trial, plan, bench)
    except Unreachable as error:
        verdict, reason = "errored", f"{UNANSWERED}{error}"
    except Stopped as stopped:
        silent = isinstance(stopped.error, Unreachable)
        withheld = isinstance(stopped.error, Withheld)
        verdict, reason = "skipped" if withheld else "errored", f"{UNANSWERED if silent else ''}{stopped}"
    except (Uncooperative, Unreadable) as error:
        verdict, reason = "errored", str(error)
    except Flaky:
        verdict, reason = "errored", "the target does not answer the same calls alike, so that its laws cannot be tried"
    findings = list(bench.findings.found.values()) if bench else []
    if any(finding.severity == "broken" for finding in findings):
        verdict = "failed"
    return _result(
        trial,
        verdict,
        reason,
        seconds=round(time.perf_counter() - started, 3),
        requests=target.requests - before,
        seen=bench.findings.seen_plainly() if bench else {},
        findings=findings,
        digest=bench.digest.hexdigest() if bench else "",
    )


def _result(trial: Trial, verdict: Verdict, reason: str, **more: Any) -> Result:
    return Result(
        id=trial.id,
        contract=trial.contract,
        operation=trial.operation,
        phase="laws",
        description=trial.description,
        clause=" ".join(law.sentence for law in trial.laws),
        verdict=verdict,
        reason=reason,
        **more,
    )


def _everything(trial: Trial, plan: Plan, bench: Bench) -> str:
    """Try the laws: once, or deep until the time is up. Why it ended early, if it did."""
    level, number = plan.header.level, plan.header.seed
    seconds = (plan.max_time or _DEEP_SECONDS) * _DEEP_SHARE if level == "deep" else plan.max_time
    until = time.monotonic() + seconds if seconds else float("inf")
    while True:
        bench.until = until
        try:
            _round(trial, bench, number, *trial.sizes[level])
        except TimeIsUp as reason:
            return "" if level == "deep" else str(reason)
        number += 1
        if level != "deep":
            return ""


def _round(trial: Trial, bench: Bench, number: int, runs: int, steps: int) -> None:
    """Run the machine until it breaks no law that it has not broken before."""
    for turn in range(len(trial.laws) + 1):
        bench.smallest = None
        bench.checking = turn == 0
        with _shortened(bench):
            machine = trial.machine(bench)
            seed(number)(machine)
            run_state_machine_as_test(machine, settings=_settings(runs, steps))
        if bench.smallest is None:
            return
        bench.keep(bench.smallest)
        if bench.smallest.law.fundamental:
            return


@contextmanager
def _shortened(bench: Bench) -> Iterator[None]:
    """Ends without an exception also where a law is broken: `bench.smallest` has it then."""
    until = bench.until
    bench.on_broken = lambda: setattr(bench, "until", min(bench.until, time.monotonic() + _SHRINKING_SECONDS))
    try:
        yield
    except (Broken, Flaky, TimeIsUp):
        if bench.smallest is None:
            raise
    finally:
        bench.until = until


def _settings(runs: int, steps: int) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
