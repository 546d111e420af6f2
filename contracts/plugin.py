"""The pytest plugin: hands the suite its cases, and writes every result once into the results file."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts import cases
from contracts import plan as plans
from contracts.plan import Plan
from contracts.progress import Watch
from contracts.results import Footer, Result, Writer, decode, encode, totals
from contracts.verdict import conclude

_PROPERTY = "counterfoil"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite needs a plan, which `counterfoil test` makes."""
    parser.addoption("--plan", metavar="FILE", help="what the run is to do; `counterfoil test` writes it")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that sees every report keeps the results; xdist's workers send theirs with the reports."""
    if not config.getoption("plan"):
        raise pytest.UsageError("The suite runs by `counterfoil test`, which makes the plan that it needs.")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(_plan(config)), "counterfoil-recorder")


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
        every = [case for target in plan.targets.values() for case in cases.load(target.contract)]
        metafunc.parametrize("case", every, ids=[case.id for case in every])
    if "operation" in metafunc.fixturenames:
        pairs = [(name, each) for name, target in plan.targets.items() for each in target.contract.operations.values()]
        metafunc.parametrize(
            "operation", [each for _, each in pairs], ids=[f"{name}/fuzz/{each.id}" for name, each in pairs]
        )
    if "contract" in metafunc.fixturenames:
        contracts = [target.contract for target in plan.targets.values()]
        metafunc.parametrize("contract", contracts, ids=[f"{contract.name}/contract" for contract in contracts])


@pytest.fixture(scope="session")
def plan(pytestconfig: pytest.Config) -> Plan:
    """What the run is to do."""
    return _plan(pytestconfig)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[Result], None]:
    """Hands a result to whoever writes the file, and gives pytest the verdict."""

    def keep(result: Result) -> None:
        request.node.user_properties.append((_PROPERTY, encode(result)))
        if result.verdict == "skipped":
            pytest.skip(result.reason)
        if result.verdict in ("failed", "errored"):
            told = [f"{finding.title}\n  {finding.why}\n  {finding.request.curl}" for finding in result.findings]
            pytest.fail("\n".join([result.reason, *told]).strip(), pytrace=False)

    return keep


class Recorder:
    """Keeps the results of a run: the file, what is shown meanwhile, and the verdict at the end."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
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

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be collected has tested nothing, and says so."""
        if report.failed:
            self.failure = self.failure or _last_line(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        """An error inside pytest is no verdict on the target."""
        self.failure = self.failure or _last_line(str(excrepr))

    def pytest_keyboard_interrupt(self) -> None:
        """Whoever stops the run gets what it saw until then."""
        self.interrupted = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the result that a report carries; a test that broke down without one is an errored result."""
        carried = [value for name, value in report.user_properties if name == _PROPERTY]
        if report.when == "call" and carried:
            self._add(decode(str(carried[-1])))
        elif report.failed and not (report.when == "teardown" and carried):
            name = _name(report.nodeid)
            self._add(
                Result(
                    id=name,
                    contract=_contract(report.nodeid),
                    operation="",
                    phase="suite",
                    description=name,
                    verdict="errored",
                    reason=_last_line(report.longreprtext),
                )
            )

    def _add(self, result: Result) -> None:
        self._writer.add(result)
        self.results.append(result)
        self._watch.add(result)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the footer, without which the file is no verdict."""
        self._watch.__exit__(None, None, None)
        code, verdict = conclude(self.results, self.plan.header.target, self.interrupted, self.failure)
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
        )
        self._writer.finish(footer)


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
    return (told or lines or [""])[-1][:500]
