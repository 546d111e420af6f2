"""How well it is founded that something stands at a place of an answer, by what the schemas on the way say."""

import pytest

from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of


@pytest.mark.parametrize(
    ("contract", "operation", "place", "founded"),
    [
        ("whmcs-rest", "get_product", "data/name", "documented"),
        ("whmcs-classic", "get_invoice", "status", "published"),
        # the component says so, or what stands beside the reference to it
        ("whmcs-classic", "get_invoice", "transactions/transaction/0/gateway", "chosen"),
        ("whmcs-classic", "get_clients_domains", "domain", "chosen"),
        # of a union, the branch that has it
        ("billmanager", "order_item", "doc/lineitem.id/$", "observed"),
        ("billmanager", "order_item", "doc/billorder/$", "chosen"),
        # a column that has a mark of its own, in a row that is but chosen
        ("billmanager", "list_accounts", "doc/elem/0/balance/$", "observed"),
        # the answer, where nothing on the way says anything
        ("billmanager", "list_accounts", "doc/elem/0/project/$", "chosen"),
        ("whmcs-rest", "get_product", "data/nothing/of/the/kind", None),
    ],
)
def test_a_place_is_as_well_founded_as_the_schemas_on_the_way_say(
    contract: str, operation: str, place: str, founded: str | None
) -> None:
    """The nearest that says something counts."""
    known = Contract.load(contract)
    answer = known.operations[operation].answers[200]
    schema = answer.media["application/json"].schema

    assert founded == schemas_of(known).founded_at(schema, place.split("/"), answer.evidence)


@pytest.mark.parametrize(
    ("contract", "operation", "names", "founded"),
    [
        ("billmanager", "get_cart", ["autoprolong", "$"], "chosen"),
        ("billmanager", "get_cart", ["price", "price", "cost", "$"], "observed"),
        ("whmcs-classic", "get_orders", ["status"], "published"),
        ("whmcs-rest", "get_cart", ["nothing"], None),
    ],
)
def test_what_stands_anywhere_below_is_as_well_founded_as_the_best_place(
    contract: str, operation: str, names: list[str], founded: str | None
) -> None:
    """Where it stands exactly, whoever asks for it does not know."""
    known = Contract.load(contract)
    answer = known.operations[operation].answers[200]

    assert founded == schemas_of(known).founded_below(answer.media["application/json"].schema, names, answer.evidence)
