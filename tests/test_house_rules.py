"""The rules of the house, each held by a test."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from counterfoil.specs import Contract, names

ROOT = Path(__file__).parent.parent
PACKAGES = ("specs", "mockserver", "contracts", "reports")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py") if "runs" not in p.parts)
VENDORS = sorted(p.parent for p in (ROOT / "mockserver").glob("*/seed.yaml"))
SPEAKING = {"dialect", "routes", "render"}  # the modules of a vendor that know its wire


def module_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """What the module imports, by its full name; our own names without the package that they are installed below."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            found = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name.removeprefix("counterfoil.") for name in found)


def speaking_rooms(vendor: Path) -> list[Path]:
    """The folders of a vendor that has one for each contract: whatever is in them may know that contract's wire."""
    return [path.parent for path in vendor.glob("*/dialect.py")]


def room_of(name: str) -> str | None:
    """The folder of the module, or of what is imported from it; None for what is not ours."""
    place = ROOT.joinpath(*name.split("."))
    while place != ROOT:
        if place.is_dir():
            return str(place.relative_to(ROOT))
        place = place.parent
    return None


@cache
def arrows() -> dict[tuple[str, str], list[str]]:
    """From each room to each other one that it imports from: where it does. What only a type checker reads counts."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for path in [*MODULES, *(ROOT / "counterfoil").rglob("*.py")]:
        room = str(path.relative_to(ROOT).parent)
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("counterfoil."):
                continue  # `counterfoil` itself holds the version, which every room may ask for
            for alias in node.names:
                to = room_of(f"{node.module}.{alias.name}".removeprefix("counterfoil."))
                if to is None:
                    to = "counterfoil"
                if to != room:
                    arrows.setdefault((room, to), []).append(f"{module_id(path)}:{node.lineno} {alias.name}")
    return arrows


def circular(graph: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows from whose end other arrows lead back to their beginning."""
    reached = {room: {room} for arrow in graph for room in arrow}
    grew = True
    while grew:
        grew = False
        for start, end in graph:
            if not reached[end] <= reached[start]:
                reached[start] |= reached[end]
                grew = True
    return {(start, end) for start, end in graph if start in reached[end]}


def state_modules() -> list[Path]:
    """What is neither a vendor's wiring nor speaks for it, in whatever room."""
    return [
        path
        for vendor in VENDORS
        for path in sorted(vendor.rglob("*.py"))
        if path != vendor / "__init__.py"
        and path.stem not in SPEAKING
        and not any(path.is_relative_to(room) for room in speaking_rooms(vendor))
    ]


def test_the_house_was_found() -> None:
    """The rules below are asked of real modules."""
    assert len(MODULES) > 30
    assert {"shopscript", "whmcs"} <= {vendor.name for vendor in VENDORS}
    assert {"shop", "panel", "installation", "totals"} <= {path.stem for path in state_modules()}
    assert {room.name for vendor in VENDORS for room in speaking_rooms(vendor)} == {"classic", "rest"}


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_the_judge_shares_no_code_with_the_judged(path: Path) -> None:
    """`contracts` and `mockserver` do not import each other, and `specs` imports neither."""
    forbidden = {
        "specs": ("mockserver", "contracts", "reports"),
        "mockserver": ("contracts", "reports"),
        "contracts": ("mockserver",),
        "reports": ("mockserver", "specs"),
    }[path.relative_to(ROOT).parts[0]]

    assert [] == [name for name in imports(path) if name.split(".")[0] in forbidden]


def test_rooms_stand_one_above_the_other() -> None:
    """No two rooms import each other, and no way from room to room leads back to where it began."""
    graph = set(arrows())

    again = {arrow: arrows()[arrow] for arrow in circular(graph)}

    assert len(graph) > 50
    assert {} == again


def test_a_circle_is_noticed() -> None:
    """Of two rooms that import each other, of three in a row that end where they began, and of nothing else."""
    assert {("a", "b"), ("b", "a")} == circular({("a", "b"), ("b", "a"), ("b", "c"), ("d", "a")})
    assert 3 == len(circular({("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")}))
    assert set() == circular({("a", "b"), ("b", "c"), ("a", "c")})


@pytest.mark.parametrize("vendor", VENDORS, ids=module_id)
def test_a_vendor_imports_no_other_vendor(vendor: Path) -> None:
    """What two vendors need stands in the house, not in one of them."""
    others = {f"mockserver.{other.name}" for other in VENDORS if other != vendor}

    found = {name for path in vendor.rglob("*.py") for name in imports(path)}

    assert set() == {name for name in found if any(name == o or name.startswith(f"{o}.") for o in others)}


@pytest.mark.parametrize("path", state_modules(), ids=module_id)
def test_state_knows_no_wire(path: Path) -> None:
    """State imports no Flask, no werkzeug, no JSON, no XML, and nothing that speaks for its vendor."""
    roots = {name.split(".")[0] for name in imports(path)}
    rooms = {room.name for vendor in VENDORS for room in speaking_rooms(vendor)}
    speaking = {name for name in imports(path) if {*name.split(".")} & (SPEAKING | rooms)}

    assert set() == roots & {"flask", "werkzeug", "json", "xml", "orjson", "defusedxml"}
    assert set() == speaking


@pytest.mark.parametrize("path", [p for p in MODULES if "mockserver" in p.parts], ids=module_id)
def test_time_and_chance_come_from_the_world(path: Path) -> None:
    """No module of the mock but the world's own asks the machine for the time, a random number or a UUID."""
    allowed = {
        "worlds.py": {"time", "time.time"},
        "command.py": {"time"},
        "pipeline.py": {"time"},
        "varied.py": {"time"},
        "delivery.py": {"time"},
    }.get(path.name, set())
    calls = {ast.unparse(node.func) for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)}

    assert set() == {"random", "uuid", "secrets", "time"} & set(imports(path)) - allowed - (
        {"secrets"} if path.name == "command.py" else set()
    )
    assert set() == {"datetime.now", "datetime.utcnow", "date.today", "time.time"} & calls - allowed


@pytest.mark.parametrize(
    "path", [p for v in VENDORS for p in v.rglob("*.py") if p.stem.endswith(("routes", "render"))], ids=module_id
)
def test_a_handler_writes_no_status(path: Path) -> None:
    """Statuses stand in the contract, under the named example, and nowhere in a handler."""
    numbers = {node.value for node in ast.walk(parsed(path)) if isinstance(node, ast.Constant)}

    assert set() == {n for n in numbers if isinstance(n, int) and 200 <= n <= 599}


@pytest.mark.parametrize("vendor", VENDORS, ids=module_id)
def test_every_refusal_is_a_named_example(vendor: Path) -> None:
    """Whatever name a vendor's code refuses under is an example of one of its contracts."""
    from counterfoil.mockserver import vendors

    contracts = [Contract.load(name) for name in vendors.ALL[vendor.name].contracts]
    named = {name for c in contracts for operation in c.operations.values() for name in operation.examples}

    raised = {
        node.args[0].value
        for path in vendor.rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Refusal"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert raised
    assert set() == raised - named


@pytest.mark.parametrize("vendor", VENDORS, ids=module_id)
def test_vendor_folders_read_alike(vendor: Path) -> None:
    """Each vendor has a seed, and for each of its contracts a dialect and routes.

    A renderer stands beside the routes, or both stand in each room for a part of the contract.
    """
    homes = {path.parent for path in vendor.rglob("dialect.py")}

    assert (vendor / "seed.yaml").exists()
    assert homes
    for home in homes:
        rooms = {path.parent for name in ("routes.py", "render.py") for path in home.glob(f"*/{name}")}
        assert (home / "routes.py").exists()
        assert (home / "render.py").exists() != bool(rooms)
        for room in rooms:
            assert {"routes.py", "render.py"} <= {path.name for path in room.iterdir()}


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_a_module_has_one_reason_to_be_opened(path: Path) -> None:
    """A module over 400 lines has two, and one called utils has none."""
    assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in {"utils", "helpers", "common", "manager", "base"}


def test_every_contract_is_served_by_a_vendor() -> None:
    """A contract that nobody answers, or an answer without a contract, does not exist."""
    from counterfoil.mockserver import vendors

    served = {name for vendor in vendors.ALL.values() for name in vendor.contracts}

    assert set(names()) == served


def test_serving_imports_nothing_of_the_suite() -> None:
    """`counterfoil serve` starts without Schemathesis, pytest, the suite or the reports."""
    script = (
        "import sys, counterfoil; from counterfoil.mockserver.command import serve; from counterfoil.mockserver.create import create_app;"
        "create_app(); print(*sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = {name.removeprefix("counterfoil.").split(".")[0] for name in run.stdout.split()}
    assert "mockserver" in loaded
    assert set() == loaded & {"schemathesis", "hypothesis", "pytest", "contracts", "reports", "requests", "rich"}


TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", TESTS, ids=module_id)
def test_a_test_says_what_holds(path: Path) -> None:
    """Every test has a docstring: a sentence in the present tense, about behaviour."""
    tests = [
        node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    for node in tests:
        said = ast.get_docstring(node) or ""
        assert said.endswith((".", "!", "?")), f"{node.name} says nothing"
        assert not re.search(r"\bshould\b|\b[Tt]ests? (that|if|whether)\b", said), f"{node.name}: {said}"
