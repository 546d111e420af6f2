"""A stateful test: a Hypothesis state machine that holds a target to some laws, and what comes of it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, multiple, run_state_machine_as_test

from counterfoil.contracts.generate import constants  # noqa: F401 - so that a seed gives the same runs everywhere
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import NotOffered, Withheld
from counterfoil.contracts.phases.laws.context import Broken, Law, LawContext, Stopped, TimeIsUp
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.phases.record import About, CaseRecord, Ending, carried_out, result
from counterfoil.reports.results import Result
from counterfoil.specs.evidence import WEIGHT

__all__ = ["Law", "StatefulTest", "run"]

#: per level, how many runs a stateful test has, and of how many steps each
SIZES = {"smoke": (5, 15), "gate": (30, 25), "deep": (50, 30)}
#: the time that a stateful test has in a deep run, or its part of the time that the whole run is given
_DEEP_SECONDS = 30.0
_DEEP_SHARE = 0.02
#: how long the calls of the first broken law are made fewer; of the second half as long, of the third a third, …
_SHRINKING_SECONDS = {"smoke": 2.0, "gate": 6.0, "deep": 20.0}
#: the same, where that does not decide about the verdict
_BRIEFLY = 2.0

Machine = type[RuleBasedStateMachine]


@dataclass(frozen=True)
class StatefulTest:
    """Laws that are tried together. `machine` makes the state machine that breaks them where it can.

    It may be asked more than once: each time a law is found broken, the others are tried without it.
    """

    contract: str
    name: str
    description: str
    operation: str
    laws: tuple[Law, ...]
    machine: Callable[[LawContext], Machine]
    #: the known ids without which there is nothing to try
    needs: tuple[str, ...] = ()
    #: tells what else the target lacks, in words for the report
    lacks: Callable[[Target], str | None] = lambda _: None
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=lambda: SIZES)

    @property
    def id(self) -> str:
        """The same from run to run."""
        return f"{self.contract}/laws/{self.name}"


def run(stateful_test: StatefulTest, plan: Plan) -> Result:
    """The result of one stateful test, in a world of its own where the target has worlds."""
    target = plan.targets[stateful_test.contract]
    about = About(
        stateful_test.id,
        stateful_test.contract,
        stateful_test.operation,
        "laws",
        stateful_test.description,
        " ".join(law.sentence for law in stateful_test.laws),
        tuple(dict.fromkeys(name for law in stateful_test.laws for name in law.promises)),
    )
    lacking = target.installation.lacks(stateful_test.needs) or stateful_test.lacks(target)
    if lacking:
        return result(about, Ending("skipped", "lacking", lacking))
    record, used = CaseRecord(), list[LawContext]()

    def work() -> Ending:
        with target.world("laws") as world:
            used.append(LawContext(world, plan.header.strict, record))
            return _everything(stateful_test, plan, used[0])

    done = carried_out(about, target, record, work, plan.until)
    return msgspec.structs.replace(done, digest=used[0].digest.hexdigest() if used else "")


def _everything(stateful_test: StatefulTest, plan: Plan, context: LawContext) -> Ending:
    """Try the laws: once, or deep until the time is up."""
    level, number = plan.header.level, plan.header.seed
    left = plan.until - time.time()
    if level == "deep":
        left = min(left, _DEEP_SECONDS if plan.max_time is None else plan.max_time * _DEEP_SHARE)
    until = time.monotonic() + left
    while True:
        context.until = until
        try:
            _round(stateful_test, context, number, level)
        except TimeIsUp as reason:
            return _judged(context) if level == "deep" else Ending("passed", "time_up", str(reason))
        except Stopped as stopped:
            raise stopped.error from stopped
        except Flaky:
            return Ending(
                "errored",
                "not_judged",
                "the target does not answer the same calls alike, so that its laws cannot be tried",
            )
        number += 1
        if level != "deep":
            return _judged(context)


def _judged(context: LawContext) -> Ending:
    """All that was tried holds; or nothing could be told, or asked for."""
    if context.unjudged is None:
        return Ending()
    cause = context.unjudged.__cause__
    if not context.held and isinstance(cause, Stopped):
        raise cause.error
    if not context.held and isinstance(context.unjudged, NotOffered | Withheld):
        raise context.unjudged
    return Ending("passed" if context.held else "skipped", "not_judged", f"not judged: {context.unjudged}")


def _round(stateful_test: StatefulTest, context: LawContext, number: int, level: str) -> None:
    """Run the machine until it breaks no law that it has not broken before."""
    for turn in range(len(stateful_test.laws) + 1):
        context.smallest = None
        context.checking = turn == 0
        with _shortened(context, _SHRINKING_SECONDS[level] / (turn + 1)):
            machine = _in_steps(stateful_test.machine(context), context)
            seed(number)(machine)
            run_state_machine_as_test(machine, settings=_settings(*stateful_test.sizes[level]))
        if context.smallest is None:
            return
        context.keep(context.smallest)
        if context.smallest.law.fundamental:
            return


def _in_steps(machine: Machine, context: LawContext) -> Machine:
    """The machine, each of whose rules is a step of its context, which it need not have itself."""
    machine.context = context
    state = machine.setup_state()
    for rule in (*state.rules, *state.initializers):
        if not hasattr(rule.function, "is_a_step"):
            rule.function = _step(rule.function, has_results=bool(rule.targets))
    return machine


def _step(function: Callable[..., Any], *, has_results: bool) -> Callable[..., Any]:
    @wraps(function)
    def step(machine: Any, **data: Any) -> Any:
        result: Any = multiple() if has_results else None
        with machine.context.step(machine) as goes_on:
            if goes_on:
                result = function(machine, **data)
        return result

    step.is_a_step = True  # type: ignore[attr-defined]
    return step


@contextmanager
def _shortened(context: LawContext, longest: float) -> Iterator[None]:
    """Ends without an exception also where a law is broken: `context.smallest` has it then.

    From there on the calls are made fewer, for so many seconds at most.
    """
    until = context.until

    def hurry(law: Law) -> None:
        seconds = longest if context.strict or WEIGHT[law.evidence] == "broken" else min(longest, _BRIEFLY)
        context.until = min(context.until, time.monotonic() + seconds)

    context.on_broken = hurry
    try:
        yield
    except (Broken, Flaky, TimeIsUp):
        if context.smallest is None:
            raise
    finally:
        context.until = until


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
