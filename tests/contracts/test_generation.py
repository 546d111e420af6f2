"""Requests are made up the same way for the same seed, and mean on the wire what they are taken for."""

import pytest

from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.generate.generation_schema import function_names, narrowed
from counterfoil.contracts.generate.known_ids import with_known_ids
from counterfoil.contracts.generate.schemathesis import generate
from counterfoil.contracts.generate.variations import written
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.profile.model import Credentials, Entry
from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of

IDS, NEVER = {"item": [41]}, {"gift", "key"}


@pytest.mark.parametrize("name", ["sell", "list_sales"])
def test_the_same_seed_makes_the_same_requests(till: Contract, name: str) -> None:
    """Another seed makes others."""
    operation = till.operations[name]
    first, again, other = (
        [written(request) for request, _ in generate(till, operation, False, 20, seed)] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_valid_request_is_valid_on_the_wire(till: Contract) -> None:
    """Also with known ids in it."""
    operation = till.operations["sell"]
    target = Target.described(till, "http://nowhere", Entry(credentials=Credentials(body={"key": "k"})))
    for request, number in generate(till, operation, False, 30, 1):
        changed = with_known_ids(request, IDS, NEVER, number, till)
        assert broken_by(target.prepare(changed), operation, till) == {}
    target.close()


def test_many_invalid_requests_are_invalid_on_the_wire(till: Contract) -> None:
    """And the function's name is right in all of them, or they would be another operation's."""
    operation = till.operations["sell"]
    target = Target.described(till, "http://nowhere", Entry(credentials=Credentials(body={"key": "k"})))
    made = [
        with_known_ids(request, IDS, NEVER, number, till) for request, number in generate(till, operation, True, 30, 1)
    ]
    broken = [broken_by(target.prepare(request), operation, till) for request in made]
    assert sum(map(bool, broken)) > len(made) / 3
    assert all(request.body["action"] == "sell" for request in made if isinstance(request.body, dict))
    target.close()


def test_about_half_of_the_ids_are_known_ones(till: Contract) -> None:
    """What the suite is told never to make up is left out."""
    operation = till.operations["sell"]
    bodies = [with_known_ids(r, IDS, NEVER, n, till).body for r, n in generate(till, operation, False, 40, 1)]
    known = [body["item"] == 41 for body in bodies]
    assert 0.2 < sum(known) / len(known) < 0.8
    assert not any("gift" in body for body in bodies)


@pytest.mark.parametrize("name", ["shopscript", "whmcs-classic"])
def test_the_narrowed_contract_takes_the_documented_examples(name: str) -> None:
    """Narrowing forbids nothing that the contract itself shows."""
    contract = Contract.load(name)
    narrow = Contract(name, narrowed(contract))
    for operation in contract.operations.values():
        for media_type, media in operation.request.items():
            schema = narrow.operations[operation.id].request[media_type].schema
            names = function_names(contract, operation)
            for example in media.examples.values():
                value = {name: below for name, below in example.value.items() if name not in names}
                assert schemas_of(narrow).broken(schema, value, "") == [], (operation.id, example.name)
