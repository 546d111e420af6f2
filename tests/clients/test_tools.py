"""Tools that read OpenAPI take the exported contracts, and order with them at the mock as they are."""

import json
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.end_to_end

HERE = Path(__file__).parent
#: by contract, the request that orders and what its answer has
ORDERS = {
    "billmanager": ("Order an item with a form", '"lineitem.id"'),
    "shopscript": ("Place an order", '"items_total_discount"'),
    "whmcs-classic": ("Place an order for a client", '"orderid"'),
}


def _world(base: str, name: str) -> str:
    """Where a world of that name is, made anew."""
    request = urllib.request.Request(f"{base}/_mock/worlds", json.dumps({"name": name}).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request):
        return f"{base}/w/{name}"


@pytest.mark.deep
def test_a_client_from_openapi_python_client_orders(
    base: str, site_packages: Callable[[Path], Path], run: Callable[..., str], tmp_path: Path
) -> None:
    """What it generates of each contract is complete, has types, and orders."""
    packages = site_packages(HERE / "generated" / "requirements.txt")
    settings = tmp_path / "settings.yaml"
    settings.write_text("post_hooks: []\n")
    for contract in ORDERS:
        document, package = tmp_path / f"{contract}.json", tmp_path / contract.replace("-", "_")
        document.write_text(run(sys.executable, "-m", "counterfoil", "specs", "export", contract, "--for", "clients"))
        said = run(
            sys.executable, "-m", "openapi_python_client", "generate", "--path", document, "--meta", "none",
            "--config", settings, "--output-path", package, PYTHONPATH=packages,
        )  # fmt: skip
        assert "Warning" not in said, said

    told = run(sys.executable, HERE / "generated" / "walk.py", BASE_URL=base, PYTHONPATH=f"{packages}:{tmp_path}")

    assert {"status": "Pending", "items": 1, "total": 50.0} == json.loads(told)


@pytest.mark.deep
@pytest.mark.parametrize("parameters", ["Schema", "Example"])
@pytest.mark.parametrize("contract", sorted(ORDERS))
def test_postman_orders(
    contract: str, parameters: str, base: str, node_modules: Callable[[Path], Path], run: Callable[..., str]
) -> None:
    """The collection that it makes of a contract runs as it is, in both of the ways in which it finds values."""
    modules = node_modules(HERE / "postman" / "package-lock.json")
    world = _world(base, f"postman-{contract}-{parameters.lower()}")

    answers: list[dict[str, Any]] = json.loads(
        run("node", HERE / "postman" / "run.cjs", contract, parameters, BASE_URL=world, NODE_PATH=modules)
    )

    name, told = ORDERS[contract]
    assert told in next(each["body"] for each in answers if each["name"] == name)
    assert all(each["body"].startswith("{") for each in answers), "each is answered in JSON"
    assert not [each for each in answers if "redential" in each["body"] or "token" in each["body"]]
