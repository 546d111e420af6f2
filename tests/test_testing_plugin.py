"""`counterfoil.testing` and its pytest plugin, as a project has them that was made from the documentation alone."""

import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from counterfoil.testing import ControlRefused, InProcess, Mock, MockFailed, World

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/testing-with-the-mock.md").read_text()
EXAMPLES = ROOT / "docs/examples"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ADDRESS = "https://shop.example.com"
STANDS_AT = "2026-01-05T09:00:00Z"
TOKEN = {"access_token": "counterfoil-token"}
ORDER = {"contact_id": "1", "items[0][sku_id]": "1"}


def place(base: str, session: requests.Session | None = None) -> dict:
    """An order placed with `requests`."""
    return (session or requests.Session()).post(f"{base}/api.php/shop.order.add", params=TOKEN, data=ORDER).json()


def written(folder: Path, *names: str) -> Path:
    """The named files of the page, and no others, in the folder."""
    for name in names:
        block = re.search(rf"^<!-- file: {re.escape(name)} -->\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        assert block is not None, f"the page has no {name}"
        (folder / name).write_text(block[1])
    return folder


def passed(folder: Path, *arguments: str) -> str:
    """What a pytest of its own prints in the folder; it has to pass."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COUNTERFOIL"))}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder, env=known, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert 0 == run.returncode, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def in_process() -> InProcess:
    """One mock in this process; each test takes a world of it."""
    return InProcess(["shopscript"], clock=STANDS_AT)


@pytest.mark.end_to_end
def test_a_project_made_from_the_page_runs_its_tests_in_parallel(tmp_path: Path) -> None:
    """In an empty folder, with what the page has for pytest, on two workers."""
    written(tmp_path, "test_shop.py", "pytest.ini")

    assert "2 passed" in passed(tmp_path, "-n", "2")


@pytest.mark.end_to_end
def test_a_project_made_from_the_page_needs_no_port(tmp_path: Path) -> None:
    """The program keeps its own address, and nothing listens."""
    assert "1 passed" in passed(written(tmp_path, "test_in_process.py"))


@pytest.mark.end_to_end
def test_the_example_for_pytest_passes(tmp_path: Path) -> None:
    """Each test in a world of its own, on two workers."""
    assert "5 passed" in passed(Path(shutil.copytree(EXAMPLES / "pytest", tmp_path / "example")), "-n", "2")


def node(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What npm or npx prints in the folder."""
    program = shutil.which(arguments[0])
    if program is None:
        pytest.skip("node is not here")
    return subprocess.run(
        [program, *arguments[1:]], cwd=folder, env=os.environ | environ,
        capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip


def free_port() -> str:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def play(folder: Path, port: str) -> str:
    """What Playwright prints of the project's tests; they have to pass."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed, so Playwright has no browser")
    installed = node(
        folder, "npm", "install", "--silent", "--no-audit", "--no-fund", PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD="1"
    )
    if installed.returncode:
        pytest.skip(f"Playwright cannot be had here: {installed.stderr[-300:]}")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = node(
        folder, "npx", "playwright", "test", "--workers=2", "--reporter=line",
        CHROMIUM=CHROMIUM, COUNTERFOIL_PORT=port, SHOP_PORT=free_port(), PATH=programs,
    )  # fmt: skip
    assert 0 == run.returncode, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout


@pytest.mark.end_to_end
def test_a_playwright_project_made_from_the_page_runs_its_tests_in_parallel(tmp_path: Path) -> None:
    """In an empty folder, with what the page has for Playwright; only the port is another one, since it may be taken."""
    port = free_port()
    written(tmp_path, "playwright.config.js", "shop.spec.js")
    config = tmp_path / "playwright.config.js"
    config.write_text(config.read_text().replace("8099", port))
    shutil.copy(EXAMPLES / "playwright/package.json", tmp_path)

    assert "2 passed" in play(tmp_path, port)


@pytest.mark.end_to_end
def test_the_example_for_playwright_passes(tmp_path: Path) -> None:
    """A page in a browser orders in one world for each test, and is refused where that is ordered."""
    copied = Path(
        shutil.copytree(EXAMPLES / "playwright", tmp_path / "example", ignore=shutil.ignore_patterns("node_modules"))
    )

    assert "4 passed" in play(copied, free_port())


def test_a_run_that_does_not_use_the_plugin_imports_nothing_for_it(tmp_path: Path) -> None:
    """Of Counterfoil, the package and the fixtures; neither Flask, Requests, the mock nor the suite."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_it(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.hasplugin('counterfoil')\n"
        "    ours = {name for name in sys.modules if name.split('.')[0] == 'counterfoil'}\n"
        "    assert {'counterfoil', 'counterfoil.fixtures'} == ours\n"
        "    assert not {'flask', 'requests', 'httpx', 'werkzeug', 'click'} & set(sys.modules)\n"
    )

    assert "1 passed" in passed(tmp_path, "-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:anyio")


def test_a_world_is_thrown_away_after_its_block(in_process: InProcess) -> None:
    """Whatever its name was made from, and whatever went wrong within."""
    with suppress(ZeroDivisionError), in_process.world("test_it[a/b €]") as world:
        assert re.fullmatch(r"test_it-a-b-[0-9]+-[0-9]+", world.name)
        assert [] == world.journal()
        raise ZeroDivisionError

    with pytest.raises(ControlRefused, match="There is no world"):
        world.journal()


def test_a_world_tells_what_was_mailed_and_what_it_ignores() -> None:
    """What time makes of the seeded service, and a parameter that is none."""
    with InProcess(["whmcs"], clock=STANDS_AT).world() as world:
        world.advance(days=20)
        (told,) = world.outbox(to="davis@example.com", template="*Suspension*")
        assert {"client": 1, "service": 19} == told["related"]
        assert len(world.outbox()) > 3

        world.strict()
        assert {"strict": "refuse"} == world.control("GET", "strict")
        world.strict("off")
        assert {"strict": "off"} == world.control("GET", "strict")


def test_two_worlds_never_see_each_other(in_process: InProcess) -> None:
    """Each counts its own orders."""
    session = requests.Session()
    session.mount(in_process.url, in_process.requests_adapter())

    with in_process.world() as one, in_process.world() as other:
        assert [2, 3, 2] == [place(world.url, session)["id"] for world in (one, one, other)]
        assert (2, 1) == (len(one.journal()), len(other.journal()))
        assert one.journal() == session.get(f"{one.url}/_mock/journal").json()["entries"]


@pytest.fixture
def world(in_process: InProcess) -> World:
    """A world for one test."""
    with in_process.world() as made:
        yield made


def test_a_world_does_what_the_control_plane_can(in_process: InProcess, world: World) -> None:
    """The clock, faults, snapshots, the program, and a reset."""
    with in_process.instead_of(ADDRESS, world):
        empty = world.snapshot()
        world.advance(days=40)
        assert "2026-02-14 09:00:00" == place(ADDRESS)["create_datetime"]

        world.fault("add_order", refusal="token_expired", times=1)
        assert "invalid_token" == place(ADDRESS)["error"]

        world.defects("order_total_forgets_the_quantity")
        assert 3 == place(ADDRESS)["id"]

        world.restore(empty)
        assert 2 == place(ADDRESS)["id"]

        world.reset()
        world.set_clock("2026-03-01T00:00:00Z")
        assert "2026-03-01 00:00:00" == place(ADDRESS)["create_datetime"]


def test_a_control_request_that_is_refused_says_why(world: World) -> None:
    """In the words of the control plane."""
    with pytest.raises(ControlRefused, match="Did you mean order_total_forgets_the_quantity"):
        world.defects("order_total_forgets_the_quantities")


def test_only_what_is_below_the_address_is_answered(in_process: InProcess) -> None:
    """An address that only begins alike is somebody else's."""
    with in_process.instead_of(f"{ADDRESS}:1/shop"):
        assert 1 <= place(f"{ADDRESS}:1/shop")["id"]
        for other in ("http://127.0.0.1:1", "http://127.0.0.1:1/shop"):
            with pytest.raises(requests.ConnectionError):
                place(other)
    with pytest.raises(requests.ConnectionError):
        place("http://127.0.0.1:1/shop")


def test_an_answer_is_the_one_to_the_request_that_was_sent(in_process: InProcess, world: World) -> None:
    """The program under test does not see that it was led elsewhere; streams and files go as well."""
    with in_process.instead_of(ADDRESS, world):
        body = iter([b"contact_id=1&", b"items[0][sku_id]=1"])
        answer = requests.post(
            f"{ADDRESS}/api.php/shop.order.add", params=TOKEN, data=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip

    assert (200, "OK", 2) == (answer.status_code, answer.reason, answer.json()["id"])
    assert answer.url == answer.request.url == f"{ADDRESS}/api.php/shop.order.add?access_token=counterfoil-token"
    assert answer.headers["content-type"].startswith("application/json")


def test_httpx_is_answered_too(in_process: InProcess, world: World) -> None:
    """By a transport of its own, and below an address, from functions that wait and from others."""
    httpx = pytest.importorskip("httpx")
    import asyncio

    path = "/api.php/shop.order.add"

    async def later() -> int:
        async with httpx.AsyncClient() as client:
            return (await client.post(ADDRESS + path, params=TOKEN, data=ORDER)).json()["id"]

    with httpx.Client(transport=in_process.httpx_transport(), base_url=world.url) as client:
        assert 2 == client.post(path, params=TOKEN, data=ORDER).json()["id"]
    with in_process.instead_of(ADDRESS, world):
        assert 3 == httpx.post(ADDRESS + path, params=TOKEN, data=ORDER).json()["id"]
        assert 4 == asyncio.run(later())


@pytest.mark.end_to_end
def test_a_mock_ends_with_its_block() -> None:
    """It takes the options of `serve`; afterwards nobody listens."""
    with Mock("--vendor", "shopscript", "--clock", STANDS_AT) as mock:
        assert 2 == place(mock.url)["id"]
        assert "2026-01-05T09:00:00Z" == mock.main.control("GET", "clock")["now"]
        with mock.world() as world:
            assert 2 == place(world.url)["id"]

    with pytest.raises(requests.ConnectionError):
        place(mock.url)


def test_a_mock_that_does_not_start_says_why() -> None:
    """The message is that of `serve`."""
    with pytest.raises(MockFailed, match="There is no vendor 'ebay'"), Mock("--vendor", "ebay"):
        pass
