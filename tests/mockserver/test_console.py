"""The console at `/`: without JavaScript, and walked in a browser."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.console.routes import HOME
from counterfoil.testing import Mock

WALKS = Path(__file__).parent / "console"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STANDS_AT = "2026-01-05T09:00:00Z"


def test_without_scripts_the_page_says_what_is_served(client: FlaskClient) -> None:
    """Contracts, credentials and paths stand in the page itself."""
    page = client.get("/").text

    for text in (
        "whmcs-rest",
        "/openapi/shopscript.json",
        "counterfoil-token",
        "POST /includes/api.php",
        "/_mock/reset",
    ):
        assert text in page


@pytest.mark.parametrize("path", ["/", "/_console/main.js", "/reference/shopscript"])
def test_a_page_runs_nothing_but_the_mocks_own_files(client: FlaskClient, path: str) -> None:
    """No inline script, nothing from elsewhere, and no frame around it."""
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]

    assert 200 == answer.status_code
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert not re.search(r"<script(?![^>]*src)|\son\w+=|https?://(?!localhost)", answer.text)


def test_every_file_that_is_asked_for_is_served(client: FlaskClient) -> None:
    """What pages and modules refer to is there, as what it is."""
    asked = set(
        re.findall(r"/_console/[\w./-]+\.(?:js|css|svg)", client.get("/").text + client.get("/reference/control").text)
    )
    for module in HOME.glob("*.js"):
        asked |= {f"/_console/{name}" for name in re.findall(r'from "\./([\w.]+)"', module.read_text())}
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

    assert len(asked) > 15
    for path in asked:
        answer = client.get(path)
        assert (200, kinds[Path(path).suffix]) == (answer.status_code, answer.mimetype), path


@pytest.mark.parametrize("name", ["routes.py", "__init__.py", "nothing.js", "..%2Fpages.py", "%2e%2e/app.py"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    """Neither the code nor what lies elsewhere."""
    assert 404 == client.get(f"/_console/{name}").status_code


def test_a_page_of_an_unknown_contract_is_not_there(client: FlaskClient) -> None:
    """It says so in the mock's own shape."""
    for path in ("/reference/ebay", "/reference/ebay.tools", "/_console/refusals/ebay.json"):
        assert (404, "not_mocked") == (client.get(path).status_code, client.get(path).json["error"])


def test_a_reference_leads_to_requests_that_run(client: FlaskClient) -> None:
    """The page of the contract has it as it is, the other one as it is exported for tools."""
    plain, tools = (client.get(f"/reference/shopscript{kind}").text for kind in ("", ".tools"))

    assert ("data-contract='shopscript'" in plain, "<a href='shopscript.tools'>" in plain) == (True, True)
    assert ("data-contract='shopscript.tools'" in tools, "<a href='shopscript'>" in tools) == (True, True)
    assert ".tools" not in client.get("/reference/control").text


def test_no_module_writes_html() -> None:
    """What strangers send becomes text: no module knows a way to make it anything else."""
    modules = {module.name: module.read_text() for module in HOME.glob("*.js")}

    assert len(modules) > 10
    for name, text in modules.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            name
        )


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walks with the packages that they need."""
    npm = shutil.which("npm")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed, so the console was not walked")
    if npm is None:
        pytest.skip("node is not here, so the console was not walked")
    home = Path(shutil.copytree(WALKS, tmp_path_factory.mktemp("walks") / "console"))
    installed = subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund"],
        cwd=home, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if installed.returncode:
        pytest.skip(f"the packages of the walks cannot be had here: {installed.stderr[-300:]}")
    return home


@pytest.fixture(scope="module")
def server() -> Iterator[Mock]:
    """A server for all walks."""
    with Mock("--clock", STANDS_AT) as mock:
        yield mock


def walked(walks: Path, walk: str, url: str) -> None:
    """The walk is walked to its end."""
    run = subprocess.run(
        [shutil.which("node") or "node", "walk.js", walk, url, CHROMIUM or ""],
        cwd=walks, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert 0 == run.returncode, run.stdout[-2000:] + run.stderr[-3000:]


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    "walk",
    [
        "order", "refusal", "rest", "clock", "reset", "worlds", "snapshot", "faults", "program", "stranger", "examples",
        "access",
    ],
)  # fmt: skip
def test_the_console_is_walked(walks: Path, server: Mock, walk: str) -> None:
    """In a world of its own, without an error in the browser, and without asking anybody else for anything."""
    with server.world(walk) as world:
        walked(walks, walk, world.url)


@pytest.mark.end_to_end
def test_the_reference_is_shown_without_asking_anybody_else(walks: Path, server: Mock) -> None:
    """Its files come from the mock."""
    walked(walks, "reference", server.url)


@pytest.mark.end_to_end
def test_the_console_asks_for_the_token(walks: Path) -> None:
    """Where the control plane has one, whoever is at the console is asked for it."""
    with Mock("--vendor", "shopscript", "--control-token", "of-this-test") as mock:
        walked(walks, "token", mock.url)
