"""The pytest plugin: hands the suite its cases, and writes every result once into the results file."""

import gc
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from counterfoil.contracts.http.masking import masked
from counterfoil.contracts.phases import plan as plans
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.phases.promises import with_promises
from counterfoil.contracts.run.interrupt import Interrupt
from counterfoil.contracts.run.progress import Watch
from counterfoil.contracts.safety.created import left_by
from counterfoil.reports.conclusion import accepting, conclude
from counterfoil.reports.results import Footer, Result, Writer, decode, encode, totals

_PROPERTY = "counterfoil"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite needs a plan, which `counterfoil test` makes."""
    parser.addoption("--plan", metavar="FILE", help="what the run is to do; `counterfoil test` writes it")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Contracts, cases and engines stay: a large answer would make Python look through them for garbage again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that sees every report keeps the results; xdist's workers send theirs with the reports."""
    if not config.getoption("plan"):
        raise pytest.UsageError("The suite runs by `counterfoil test`, which makes the plan that it needs.")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(
            Recorder(_plan(config), _selects(config) or bool(_plan(config).only)), "counterfoil-recorder"
        )
        if threading.current_thread() is threading.main_thread():
            config.pluginmanager.register(Interrupt(), "counterfoil-interrupt")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Every process leaves the mock without the worlds that it made there."""
    if config.getoption("plan"):
        _plan(config).close()


def _plan(config: pytest.Config) -> Plan:
    return plans.read(Path(config.getoption("plan")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per witness, per operation and per contract, with ids that a person can select by."""
    plan = _plan(metafunc.config)
    if "case" in metafunc.fixturenames:
        every = [case for name in plan.targets for case in plan.witnesses(name)]
        metafunc.parametrize("case", every, ids=[case.id for case in every])
    if "operation" in metafunc.fixturenames:
        pairs = [(name, each) for name, target in plan.targets.items() for each in target.contract.operations.values()]
        metafunc.parametrize(
            "operation", [each for _, each in pairs], ids=[f"{name}/fuzz/{each.id}" for name, each in pairs]
        )
    if "contract" in metafunc.fixturenames:
        contracts = [target.contract for target in plan.targets.values()]
        metafunc.parametrize("contract", contracts, ids=[f"{contract.name}/contract" for contract in contracts])


_PHASES = ("test_contract", "test_witnesses", "test_clauses", "test_laws", "test_fuzz")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What was written down comes first, what is made up last; of a part of a run, what belongs to another is left out.

    So `-x` ends with what is easiest to read, and where a run may create but a few things, the witnesses have them.
    """
    plan = _plan(config)
    others = [item for item in items if not _is_in(plan, item)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]
    items.sort(key=lambda item: _PHASES.index(item.path.stem) if item.path.stem in _PHASES else 0)


def _is_in(plan: Plan, item: pytest.Item) -> bool:
    (number, of), name = plan.shard, _name(item.nodeid)
    if plan.only and name not in plan.only:
        return False
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % of == number - 1


@pytest.fixture(scope="session")
def plan(pytestconfig: pytest.Config) -> Plan:
    """What the run is to do."""
    return _plan(pytestconfig)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[Result], None]:
    """Hands a result to whoever writes the file, and gives pytest the verdict."""

    def keep(told: Result) -> None:
        plan = _plan(request.config)
        target = plan.targets.get(told.contract)
        named = with_promises(told, target.contract) if target else told
        result = plan.accepting.applied(_masked(named, plan), plan.today)
        request.node.user_properties.append((_PROPERTY, encode(result)))
        if target:
            request.session.shouldfail = target.is_down() or request.session.shouldfail
        if result.verdict == "skipped":
            pytest.skip(result.reason)
        if result.verdict in ("failed", "errored"):
            lines = [f"{finding.title}\n  {finding.why}\n  {finding.request.curl}" for finding in result.findings]
            pytest.fail("\n".join([result.reason, *lines]).strip(), pytrace=False)

    return keep


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """An error that nobody expected is shown as it is, but for the secrets in it."""
    report = yield
    if report.failed and not report.user_properties:
        report.longrepr = _plan(item.config).discreet(report.longreprtext)
    return report


class Recorder:
    """Keeps the results of a run: the file, what is shown meanwhile, and the verdict at the end."""

    def __init__(self, plan: Plan, partly: bool) -> None:
        self.plan = plan
        #: whether cases were left out that would have been tried otherwise
        self.partly = partly
        self.results: list[Result] = []
        self.failure = ""
        self.interrupted = False
        self._started = time.monotonic()
        self._writer = Writer(plan.results, plan.header)
        self._watch = Watch()
        self._watch.__enter__()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Without xdist, this process has collected the cases itself."""
        self._expect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """With xdist, every worker has collected the same cases."""
        self._expect(ids)

    def _expect(self, nodes: Sequence[str]) -> None:
        for contract, count in Counter(map(_contract, nodes)).items():
            self._watch.expect(contract, count)
        for unknown in sorted(set(self.plan.only) - set(map(_name, nodes))):
            self.failure = (
                self.failure or f"there is no case {unknown!r}: `-- --collect-only -q` lists them, between brackets"
            )

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """What is left out cannot show that something is no longer there."""
        self.partly |= any(_is_in(self.plan, item) for item in items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be collected has tested nothing, and says so."""
        if report.failed:
            self.failure = self.failure or self._told(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        """An error inside pytest is no verdict on the target."""
        self.failure = self.failure or self._told(str(excrepr))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Whoever stops the run gets what it saw until then. A run that stops itself has its verdict."""
        self.interrupted = excinfo.typename != "Interrupted"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the result that a report carries; a test that broke down without one is an errored result."""
        carried = [value for name, value in report.user_properties if name == _PROPERTY]
        if report.when == "call" and carried:
            self._add(decode(str(carried[-1])))
        elif report.failed and not (report.when == "teardown" and carried):
            name = _name(report.nodeid)
            result = Result(
                id=name,
                contract=_contract(report.nodeid),
                operation="",
                phase="suite",
                description=name,
                verdict="errored",
                reason=self._told(report.longreprtext),
            )
            self._add(_masked(result, self.plan))

    def _add(self, result: Result) -> None:
        self._writer.add(result)
        self.results.append(result)
        self._watch.add(result)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the footer, without which the file is no verdict."""
        self._watch.__exit__(None, None, None)
        header, partly = self.plan.header, self.partly or self.plan.shard != (1, 1)
        # what a run with little time has not found may be there; but had anything been accepted, it would have seen that
        in_haste = self.plan.max_time is not None
        unfit, told = self.plan.accepting.judged(header, self.results, partly=partly or in_haste)
        code, verdict = conclude(
            header,
            self.results,
            interrupted=self.interrupted,
            failure=self.plan.discreet(self.failure),
            unfit=unfit,
            partly=partly,
        )
        never = accepting(header, self.results).never
        is_cut = partly or any(each.cause == "time_up" for each in self.results)
        told += [f"Never accepted a request: {', '.join(never)}"] if never and not is_cut else []
        sums = totals(self.results)
        digest = hashlib.sha256("".join(sorted(f"{r.id}{r.digest}" for r in self.results)).encode()).hexdigest()
        footer = Footer(
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._started, 3),
            requests=sums["requests"],
            counts=sums["counts"],
            findings=sums["findings"],
            cases_digest=digest,
            exit_code=int(code),
            verdict=verdict,
            notices=[*unfit, *told],
            created=self._created(),
            partly=self.partly or in_haste,
        )
        self._writer.finish(footer)

    def _told(self, text: str) -> str:
        """What an error says, without the secrets of any target."""
        return self.plan.mask.cut(_last_line(text), 500)

    def _created(self) -> list[str] | None:
        """What the run has left at its targets; nothing is said where all of them are mocks, which forget it."""
        if set(self.plan.header.target) <= set(self.plan.mocks):
            return None
        return left_by(Path(self.plan.out), self.plan.rules.run)


def _selects(config: pytest.Config) -> bool:
    """Whether the caller leaves cases out."""
    options = ("keyword", "markexpr", "deselect", "maxfail")
    return any(config.getoption(name, None) for name in options)


def _masked(result: Result, plan: Plan) -> Result:
    """The result without the secrets of its target; without those of all of them, where it is nobody's."""
    targets = [plan.targets[result.contract]] if result.contract in plan.targets else plan.targets.values()
    for target in targets:
        result = masked(result, target.mask())
    return result


def _name(node: str) -> str:
    """The readable id between the brackets of a pytest id."""
    name = node.partition("[")[2]
    return name[:-1] if name.endswith("]") else node


def _contract(node: str) -> str:
    return _name(node).partition("/")[0]


def _last_line(text: str) -> str:
    """What an error says at its end, where its message stands."""
    lines = [line.removeprefix("E ").strip() for line in text.splitlines() if line.strip()]
    told = [line.removeprefix("E ").strip() for line in text.splitlines() if line.startswith("E ")]
    return (told or lines or [""])[-1]
