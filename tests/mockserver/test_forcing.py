"""Every refusal that a contract names can be forced, and what comes back is held against the contract by the suite."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.http.client import Request, Target
from counterfoil.mockserver.app import Mock
from counterfoil.specs import Contract, Operation, names


class InProcess(HTTPAdapter):
    """Sends requests to the mock in this process."""

    def __init__(self, mock: Mock) -> None:
        super().__init__()
        self._client = Client(mock)

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """The mock's answer."""
        path = request.path_url
        got = self._client.open(path, method=request.method, data=request.body, headers=dict(request.headers))
        raw = HTTPResponse(BytesIO(got.data), list(got.headers), got.status_code, preload_content=False)
        return self.build_response(request, raw)


@pytest.fixture
def connection(mock: Mock) -> requests.Session:
    """A connection whose every request goes to the mock."""
    session = requests.Session()
    session.mount("http://", InProcess(mock))
    return session


def shown(operation: Operation) -> Any:
    """The first request that the contract shows."""
    for media in operation.request.values():
        for example in media.examples.values():
            return example.value
    return None


#: asks for JSON, the notation in which most refusals are shown
NOTATION = {"whmcs-classic": {"responsetype": "json"}, "billmanager": {"out": "json"}}
#: by operation, a function whose name the contract gives as a pattern
FUNCTIONS = {"order_item_by_query": "v2.vds.order.param"}


def request(operation: Operation, **headers: str) -> Request:
    """A request that names the operation, and needs to be no better than that."""
    path = {each.name: 1 for each in operation.parameters if each.place == "path"}
    query: dict[str, Any] = dict(NOTATION.get(operation.contract, {}))
    for each in operation.parameters:
        schema = {**each.schema, **next(iter(each.schema.get("allOf", ())), {})}
        values = [schema.get("const"), *schema.get("examples", ()), *schema.get("enum", ())]
        if each.place == "query" and each.required:
            query[each.name] = next((value for value in values if value is not None), 1)
    if operation.id in FUNCTIONS:
        query["func"] = FUNCTIONS[operation.id]
    return Request(operation, path=path, query=query, headers=headers, body=shown(operation), session="none")


def refusals(contract: Contract) -> Iterator[tuple[Operation, str]]:
    """Each operation with each of its refusals."""
    for operation in contract.operations.values():
        for name, (answer, _, example) in operation.examples.items():
            if contract.is_refusal(example, answer.status):
                yield operation, name


def wrong(target: Target, asked: Request, name: str) -> list[str]:
    """What the suite finds about the answer: it is documented, and the refusal that was ordered."""
    exchange = target.send(asked)
    got = outcome(exchange, target.contract)
    status = asked.operation.examples[name][0].status
    found = [finding.id for finding in check(Observation(target, exchange, got, strict=True, expected=name))]
    if exchange.status != status or not got.refused or name not in got.candidates:
        found.append(f"{asked.operation.id} {name}: {exchange.status} {exchange.body[:200]!r} {got}")
    return found


@pytest.mark.parametrize("contract", names())
def test_every_refusal_can_be_forced(connection: requests.Session, contract: str) -> None:
    """By the control plane and by header, each in the words of its vendor, though no fact was given."""
    target = Target.described(Contract.load(contract), "http://localhost")
    target.connection = connection
    broken = []
    forced = 0
    for operation, name in refusals(target.contract):
        fault = {"operation": operation.id, "contract": contract, "refusal": name, "times": 1}
        ordered = connection.put("http://localhost/_mock/faults", json=[fault])
        if ordered.status_code != 200:
            broken.append(f"{operation.id} {name}: {ordered.text}")
            continue
        broken += wrong(target, request(operation), name)
        assert connection.get("http://localhost/_mock/faults").json() == {"faults": []}, (operation.id, name)
        broken += wrong(target, request(operation, Prefer=f"outcome={name}"), name)
        forced += 1

    assert [] == broken
    assert forced == sum(1 for _ in refusals(target.contract)) > 0
