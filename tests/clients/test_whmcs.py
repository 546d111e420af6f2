"""Published clients of the WHMCS API work against the mock as they are.

They differ in what they send: a GET or a POST, the action in the query or the body, plain or indexed lines, an administrator's
login or an API credential in either pair of fields. No client of BILLmanager or of Shop-Script installs from npm or PyPI.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.end_to_end

HERE = Path(__file__).parent / "whmcs"


@pytest.mark.parametrize("client", ["whmcs", "whmcs-js", "whmcs-api", "@dojnaz/whmcs"])
def test_a_client_from_npm_orders(
    client: str, base: str, node_modules: Callable[[Path], Path], run: Callable[..., str]
) -> None:
    """It places an order, finds it, accepts it, and says what the mock refuses."""
    modules = node_modules(HERE / "package-lock.json")

    told = json.loads(run("node", HERE / "walk.cjs", client, BASE_URL=base, NODE_PATH=modules))

    assert ("Pending", "Active", "10.00") == (told["before"], told["after"], told["amount"])
    assert told["refused"].endswith("Client ID not found")


@pytest.mark.parametrize(("client", "state"), [("whmcspy", "Active"), ("whmcs-api-client", "Cancelled")])
def test_a_client_from_pypi_orders(
    client: str, state: str, base: str, site_packages: Callable[[Path], Path], run: Callable[..., str]
) -> None:
    """It does the same in Python, with the client's own models."""
    packages = site_packages(HERE / "requirements.txt")

    told = json.loads(run(sys.executable, HERE / "walk.py", client, BASE_URL=base, PYTHONPATH=packages))

    assert ("Pending", state, "10.00") == (told["before"], told["after"], told["amount"])
    assert "Client ID not found" == told["refused"]
